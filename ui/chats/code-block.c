/* SPDX-License-Identifier: Apache-2.0 */
/* A block of code in a chat. Code reads from left to right in every language of the window, so the
 * view keeps that direction of its own. */
#include "code-block.h"

#include "growing-text.h"
#include "common/style.h"
#include "common/wheel.h"

#include <gtksourceview/gtksource.h>

struct _TlmCodeBlock
{
  AdwBin     parent_instance;
  GtkWidget *language;
  GtkWidget *view;
};

G_DEFINE_FINAL_TYPE (TlmCodeBlock, tlm_code_block, ADW_TYPE_BIN)

static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmCodeBlock *self = TLM_CODE_BLOCK (widget);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/* What GtkSourceView has read of a language, in 7 ms, it forgets with the last buffer that uses it. */
static void
keep_language (GtkSourceLanguage *language)
{
  static GHashTable *kept; /* GtkSourceLanguage -> GtkSourceBuffer */

  if (kept == NULL)
    kept = g_hash_table_new (NULL, NULL);
  if (language != NULL && !g_hash_table_contains (kept, language))
    g_hash_table_insert (kept, language, gtk_source_buffer_new_with_language (language));
}

/**
 * tlm_code_block_new:
 * @language: (nullable): as the fence names it, e.g. "c" or "python"
 */
GtkWidget *
tlm_code_block_new (const char *language)
{
  TlmCodeBlock *self = g_object_new (TLM_TYPE_CODE_BLOCK, NULL);
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (
    gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)));

  if (language != NULL)
    {
      GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
      g_autofree char *id = g_utf8_strdown (language, -1);
      GtkSourceLanguage *known = gtk_source_language_manager_get_language (manager, id);

      gtk_label_set_text (GTK_LABEL (self->language), language);
      keep_language (known);
      gtk_source_buffer_set_language (buffer, known);
    }
  return GTK_WIDGET (self);
}

/**
 * tlm_code_block_set_text:
 * @text: UTF-8
 */
void
tlm_code_block_set_text (TlmCodeBlock *self, const char *text)
{
  tlm_growing_text_set (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, -1);
}

static void
tlm_code_block_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_CODE_BLOCK);
  G_OBJECT_CLASS (tlm_code_block_parent_class)->dispose (object);
}

static void
tlm_code_block_class_init (TlmCodeBlockClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_code_block_dispose;
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/code-block.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmCodeBlock, language);
  gtk_widget_class_bind_template_child (widget_class, TlmCodeBlock, view);
  gtk_widget_class_install_action (widget_class, "code.copy", NULL, copy_cb);
}

static void
tlm_code_block_init (TlmCodeBlock *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tlm_wheel_share (GTK_SCROLLED_WINDOW (gtk_widget_get_parent (self->view)));
  gtk_widget_set_direction (self->view, GTK_TEXT_DIR_LTR);
  tlm_style_follow_scheme (GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view))));
}
