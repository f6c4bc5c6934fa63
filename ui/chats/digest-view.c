/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences are buttons, so that Tab goes through them and Enter shows the message that one is of. */
#include "digest-view.h"

#include <glib/gi18n.h>

struct _TlmDigestView
{
  AdwBin     parent_instance;
  GtkWidget *title;
  GtkWidget *undo_button;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (TlmDigestView, tlm_digest_view, ADW_TYPE_BIN)

static void
set_title (TlmDigestView *self, guint n)
{
  g_autofree char *title = g_strdup_printf (ngettext ("Summary of %u earlier message",
                                                      "Summary of %u earlier messages", n), n);

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static GtkWidget *
make_button (const TlmDigestPoint *point)
{
  GtkWidget *label = gtk_label_new (point->text), *button = gtk_button_new ();
  gboolean yours = point->role == TLM_ROLE_USER;

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "answer");
  gtk_widget_set_tooltip_text (button, yours ? _("Show your message") : _("Show the answer"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, point->text,
                                  -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "chat.show-message");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "x", point->message);
  return button;
}

/**
 * tlm_digest_view_new:
 * @message: behind which a summary stands
 */
GtkWidget *
tlm_digest_view_new (TlmMessage *message)
{
  TlmDigestView *self = g_object_new (TLM_TYPE_DIGEST_VIEW, NULL);
  const TlmDigest *digest = tlm_message_get_digest (message);

  set_title (self, digest->n_messages);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->undo_button), "x",
                                    tlm_message_get_id (message));
  for (guint i = 0; i < digest->points->len; i++)
    gtk_box_append (GTK_BOX (self->list), make_button (digest->points->pdata[i]));
  return GTK_WIDGET (self);
}

static void
tlm_digest_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_DIGEST_VIEW);
  G_OBJECT_CLASS (tlm_digest_view_parent_class)->dispose (object);
}

static void
tlm_digest_view_class_init (TlmDigestViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_digest_view_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/digest-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmDigestView, title);
  gtk_widget_class_bind_template_child (widget_class, TlmDigestView, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TlmDigestView, list);
}

static void
tlm_digest_view_init (TlmDigestView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
