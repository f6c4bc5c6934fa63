/* SPDX-License-Identifier: Apache-2.0 */
/* "‹ 2/3 ›": the row that it stands in has its actions. */
#include "message-versions.h"

#include <glib/gi18n.h>

struct _TlmMessageVersions
{
  AdwBin     parent_instance;
  GtkWidget *older_button;
  GtkWidget *label;
  GtkWidget *newer_button;
};

G_DEFINE_FINAL_TYPE (TlmMessageVersions, tlm_message_versions, ADW_TYPE_BIN)

/**
 * tlm_message_versions_new:
 *
 * Returns: (transfer floating): one that tlm_message_versions_set() has still to fill
 */
GtkWidget *
tlm_message_versions_new (void)
{
  return g_object_new (TLM_TYPE_MESSAGE_VERSIONS, NULL);
}

/**
 * tlm_message_versions_set:
 * @version: the one that is shown, from 0
 * @n: how many there are
 */
void
tlm_message_versions_set (TlmMessageVersions *self, guint version, guint n)
{
  g_autofree char *text = g_strdup_printf ("%u/%u", version + 1, n);
  /* Translators: of a message that was edited, or of an answer that was made again. */
  g_autofree char *name = g_strdup_printf (_("Version %u of %u"), version + 1, n);

  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->label), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

/**
 * tlm_message_versions_focus:
 * @step: -1 for the button that leads to an earlier version, 1 to a later one; there the other one
 *   is meant when that is the end
 */
void
tlm_message_versions_focus (TlmMessageVersions *self, int step)
{
  GtkWidget *wanted = step < 0 ? self->older_button : self->newer_button;

  if (!gtk_widget_is_sensitive (wanted))
    wanted = step < 0 ? self->newer_button : self->older_button;
  gtk_widget_grab_focus (wanted);
}

static void
tlm_message_versions_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_MESSAGE_VERSIONS);
  G_OBJECT_CLASS (tlm_message_versions_parent_class)->dispose (object);
}

static void
tlm_message_versions_class_init (TlmMessageVersionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_message_versions_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/message-versions.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmMessageVersions, older_button);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageVersions, label);
  gtk_widget_class_bind_template_child (widget_class, TlmMessageVersions, newer_button);
}

static void
tlm_message_versions_init (TlmMessageVersions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
