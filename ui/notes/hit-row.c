/* SPDX-License-Identifier: Apache-2.0 */
/* A search hit: where it is, and the words around it with the found ones in bold. */
#include "hit-row.h"

#include "compat/compat.h"

#include <glib/gi18n.h>

#define HIT_START "\u2068" /* the store puts a hit between these isolate marks */
#define HIT_END "\u2069"

struct _TlmHitRow
{
  GtkListBoxRow parent_instance;
  GtkWidget    *icon;
  GtkWidget    *title;
  GtkWidget    *snippet;
  TlmSearchHit *hit;
};

G_DEFINE_FINAL_TYPE (TlmHitRow, tlm_hit_row, GTK_TYPE_LIST_BOX_ROW)

/**
 * tlm_hit_row_dup_markup:
 * @snippet: plain text with hits between U+2068 and U+2069, in any disorder
 *
 * Returns: (transfer full): Pango markup in which every hit is bold
 */
char *
tlm_hit_row_dup_markup (const char *snippet)
{
  GString *markup = g_string_new (NULL);
  gboolean bold = FALSE;

  for (const char *c = snippet; *c != '\0'; c = g_utf8_next_char (c))
    {
      g_autofree char *escaped = NULL;

      if (g_str_has_prefix (c, HIT_START) || g_str_has_prefix (c, HIT_END))
        {
          gboolean start = g_str_has_prefix (c, HIT_START);

          if (start != bold)
            g_string_append (markup, start ? "<b>" : "</b>");
          bold = start;
          continue;
        }
      escaped = g_markup_escape_text (*c == '\n' ? " " : c, *c == '\n' ? 1 : g_utf8_next_char (c) - c);
      g_string_append (markup, escaped);
    }
  if (bold)
    g_string_append (markup, "</b>");
  return g_string_free (markup, FALSE);
}

static void
set_hit (TlmHitRow *self, TlmSearchHit *hit)
{
  gboolean chat = tlm_search_hit_get_kind (hit) == TLM_HIT_CHAT;
  const char *title = tlm_search_hit_get_title (hit);
  g_autofree char *markup = tlm_hit_row_dup_markup (tlm_search_hit_get_snippet (hit));

  self->hit = g_object_ref (hit);
  if (title == NULL || *title == '\0')
    title = chat ? _("New Chat") : _("New Note");
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                chat ? "tlm-chat-symbolic" : "tlm-note-symbolic");
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_markup (GTK_LABEL (self->snippet), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  tlm_describe (GTK_WIDGET (self), gtk_label_get_text (GTK_LABEL (self->snippet)));
}

/**
 * tlm_hit_row_new:
 * @hit: what was found
 */
GtkWidget *
tlm_hit_row_new (TlmSearchHit *hit)
{
  TlmHitRow *self = g_object_new (TLM_TYPE_HIT_ROW, NULL);

  set_hit (self, hit);
  return GTK_WIDGET (self);
}

/**
 * tlm_hit_row_get_hit:
 *
 * Returns: (transfer none): what was found
 */
TlmSearchHit *
tlm_hit_row_get_hit (TlmHitRow *self)
{
  return self->hit;
}

/* What Enter does, as an action that assistive tools can see. */
static void
activate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX);

  if (list != NULL)
    g_signal_emit_by_name (list, "row-activated", widget);
}

static void
tlm_hit_row_dispose (GObject *object)
{
  TlmHitRow *self = TLM_HIT_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_HIT_ROW);
  g_clear_object (&self->hit);
  G_OBJECT_CLASS (tlm_hit_row_parent_class)->dispose (object);
}

static void
tlm_hit_row_class_init (TlmHitRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_hit_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/hit-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmHitRow, icon);
  gtk_widget_class_bind_template_child (widget_class, TlmHitRow, title);
  gtk_widget_class_bind_template_child (widget_class, TlmHitRow, snippet);
  gtk_widget_class_install_action (widget_class, "row.activate", NULL, activate_cb);
}

static void
tlm_hit_row_init (TlmHitRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
