/* SPDX-License-Identifier: Apache-2.0 */
/* What stands above what is written: a text too long to be laid out at once, which is set aside whole,
 * as a line; what is attached, as a chip. */
#include "composer-private.h"

#include "attachment-chip.h"
#include "chat-page.h"
#include "chats/chats.h"
#include "common/focus.h"
#include "compat/compat.h"
#include "core/text-input.h"
#include "markdown-view.h"

#include <glib/gi18n.h>
#include <string.h>

/* A longer text is set aside: at 1.5 ms a KiB of one line, a tenth of a second to be laid out. Up to
 * TLM_MARKDOWN_VIEW_MAX_BYTES the person may put it in. */
#define ASIDE_BYTES (64 << 10)

static GtkWidget *
new_button (const char *action, guint i)
{
  GtkWidget *button = gtk_button_new ();

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", i);
  gtk_widget_add_css_class (button, "flat");
  return button;
}

static GtkWidget *
new_remove_button (guint i, const char *words)
{
  GtkWidget *button = new_button ("composer.remove-text", i);

  gtk_button_set_icon_name (GTK_BUTTON (button), "window-close-symbolic");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  return button;
}

static GtkWidget *
new_put_in_button (guint i)
{
  GtkWidget *button = new_button ("composer.put-in", i);

  /* Translators: puts a text that was set aside into the message that is written. */
  gtk_button_set_label (GTK_BUTTON (button), _("Insert"));
  return button;
}

static GtkWidget *
new_line (TlmComposer *self, guint i)
{
  gsize bytes = strlen (g_ptr_array_index (self->aside, i));
  g_autofree char *size = g_format_size (bytes);
  /* Translators: a text too long to be shown where messages are written; then its size. */
  g_autofree char *words = g_strdup_printf (_("Pasted text, %s"), size);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), tlm_decoration_new ("edit-paste-symbolic"));
  gtk_box_append (GTK_BOX (line), label);
  if (bytes <= TLM_MARKDOWN_VIEW_MAX_BYTES)
    gtk_box_append (GTK_BOX (line), new_put_in_button (i));
  gtk_box_append (GTK_BOX (line), new_remove_button (i, _("Remove the Pasted Text")));
  return line;
}

static void
add_chip (TlmComposer *self, const char *block, const TlmAttachment *attachment, guint i)
{
  /* Translators: a button; %s is the name of a file or note. */
  g_autofree char *words = g_strdup_printf (_("Remove “%s”"), attachment->name);

  tlm_attachment_chips_add (self->chips, block, attachment, new_remove_button (i, words));
}

static void
add_row (TlmComposer *self, guint i)
{
  const char *text = g_ptr_array_index (self->aside, i);
  g_autoptr (GArray) attachments = tlm_attachments_read (text, NULL);

  if (attachments->len > 0)
    add_chip (self, text, &g_array_index (attachments, TlmAttachment, 0), i);
  else
    gtk_box_append (GTK_BOX (self->aside_box), new_line (self, i));
}

/**
 * tlm_composer_update_aside:
 *
 * Shows what is set aside now.
 */
void
tlm_composer_update_aside (TlmComposer *self)
{
  GtkWidget *line;

  while ((line = gtk_widget_get_first_child (self->aside_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->aside_box), line);
  self->chips = tlm_attachment_chips_new ();
  for (guint i = 0; i < self->aside->len; i++)
    add_row (self, i);
  gtk_box_append (GTK_BOX (self->aside_box), self->chips);
  gtk_widget_set_visible (self->chips, gtk_widget_get_first_child (self->chips) != NULL);
  gtk_widget_set_visible (self->aside_box, self->aside->len > 0);
  tlm_composer_update (self);
}

static void
refuse (TlmComposer *self, gsize bytes)
{
  g_autofree char *size = g_format_size (bytes), *limit = g_format_size (TLM_TEXT_MAX_BYTES);
  /* Translators: both are sizes, as "70 MB". */
  g_autofree char *words = g_strdup_printf (_("A message takes up to %s, and this would make it %s. "
                                              "It was not put in; nothing else has changed."),
                                            limit, size);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

static gboolean
is_block (const char *text)
{
  g_autoptr (GArray) attachments = tlm_attachments_read (text, NULL);

  return attachments->len > 0;
}

static guint
count_texts (TlmComposer *self)
{
  guint n = 0;

  while (n < self->aside->len && !is_block (g_ptr_array_index (self->aside, n)))
    n++;
  return n;
}

/**
 * tlm_composer_set_aside:
 * @text: (transfer full): a text, or the block of what is attached
 *
 * Where there is no room for it the person is told.
 */
void
tlm_composer_set_aside (TlmComposer *self, char *text)
{
  g_autofree char *before = tlm_composer_dup_text (self);
  gsize bytes = strlen (before) + strlen (text);

  if (bytes > TLM_TEXT_MAX_BYTES)
    {
      refuse (self, bytes);
      g_free (text);
      return;
    }
  g_strdelimit (text, TLM_DRAFT_SEPARATOR, ' ');
  g_ptr_array_insert (self->aside, is_block (text) ? -1 : (int) count_texts (self), text);
  tlm_composer_update_aside (self);
}

/**
 * tlm_composer_insert_text_cb:
 *
 * Of the buffer, whichever way a text comes: pasted, dropped, or as the draft.
 */
void
tlm_composer_insert_text_cb (TlmComposer   *self,
                             GtkTextIter   *place,
                             const char    *text,
                             int            bytes,
                             GtkTextBuffer *buffer)
{
  if (self->putting_in || bytes <= ASIDE_BYTES)
    return;
  g_signal_stop_emission_by_name (buffer, "insert-text");
  tlm_composer_set_aside (self, g_strndup (text, (gsize) bytes));
  g_signal_emit_by_name (self, "changed");
}

/* @parameter: which; (transfer full) (nullable) */
static char *
take_aside (TlmComposer *self, GVariant *parameter)
{
  guint i = g_variant_get_uint32 (parameter);
  char *text = i < self->aside->len ? g_ptr_array_steal_index (self->aside, i) : NULL;

  tlm_composer_update_aside (self);
  gtk_widget_grab_focus (self->view);
  return text;
}

static void
remove_text_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmComposer *self = TLM_COMPOSER (widget);

  g_free (take_aside (self, parameter));
  g_signal_emit_by_name (self, "changed");
}

static void
put_in_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmComposer *self = TLM_COMPOSER (widget);
  g_autofree char *text = take_aside (self, parameter);

  if (text == NULL)
    return;
  self->putting_in = TRUE;
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)), text, -1);
  self->putting_in = FALSE;
}

/**
 * tlm_composer_attach:
 * @block: of tlm_attachment_dup_block(); where there is no room for it the person is told
 */
void
tlm_composer_attach (TlmComposer *self, const char *block)
{
  guint n = self->aside->len - count_texts (self);
  g_autofree char *words = NULL;

  if (n < TLM_ATTACHMENTS_MAX)
    {
      tlm_composer_set_aside (self, g_strdup (block));
      g_signal_emit_by_name (self, "changed");
      tlm_offer_focus (self->view, gtk_widget_get_ancestor (self->view, TLM_TYPE_CHAT_PAGE));
      return;
    }
  words = g_strdup_printf (ngettext ("A message takes up to %d attachment. Send this one first, or put the "
                                     "rest into the next.",
                                     "A message takes up to %d attachments. Send these first, or put the "
                                     "rest into the next.", TLM_ATTACHMENTS_MAX), TLM_ATTACHMENTS_MAX);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", words);
}

/**
 * tlm_composer_install_aside:
 * @widget_class: of TlmComposer
 */
void
tlm_composer_install_aside (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "composer.put-in", "u", put_in_cb);
  gtk_widget_class_install_action (widget_class, "composer.remove-text", "u", remove_text_cb);
}
