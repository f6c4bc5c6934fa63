/* SPDX-License-Identifier: Apache-2.0 */
/* Export runs on the store's thread with a bar and a way to stop it; erasing needs a typed word and
 * is done by "app.erase", since the window itself goes away for it. */
#include "data-group.h"

#include "compat/compat.h"
#include "export/export.h"

#include <glib/gi18n.h>

struct _TlmDataGroup
{
  AdwPreferencesGroup parent_instance;
  GtkProgressBar     *progress_bar;
  GtkWidget          *cancel_button;
  GtkWidget          *export_button;
  GtkEditable        *confirm_row;
  GtkWidget          *erase_button;
  TlmServices        *services;
  GCancellable       *exporting; /* NULL: nothing is under way */
};

G_DEFINE_FINAL_TYPE (TlmDataGroup, tlm_data_group, ADW_TYPE_PREFERENCES_GROUP)

static void
show_exporting (TlmDataGroup *self)
{
  gboolean busy = self->exporting != NULL;

  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), busy);
  gtk_widget_set_visible (self->cancel_button, busy);
  gtk_widget_set_visible (self->export_button, !busy);
}

static void
progress_cb (double fraction, gpointer user_data)
{
  TlmDataGroup *self = user_data;

  if (self->exporting != NULL)
    gtk_progress_bar_set_fraction (self->progress_bar, fraction);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmDataGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = tlm_export_finish (TLM_STORE (source), result, &error);

  if (self->exporting == NULL) /* the page has gone */
    return;
  g_clear_object (&self->exporting);
  show_exporting (self);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                done ? _("Everything is exported.") : error->message);
}

/* The chooser has asked whether to replace what was there, but an export never does. */
static void
target_chosen_cb (GFile *file, gpointer user_data)
{
  TlmDataGroup *self = user_data;
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _("This place is not on this computer. Choose one that is."));
  if (path == NULL || self->exporting != NULL)
    return;
  self->exporting = g_cancellable_new ();
  show_exporting (self);
  tlm_export_async (tlm_services_get_store (self->services), path, progress_cb, self,
                    self->exporting, exported_cb, g_object_ref (self));
}

static void
export_cb (TlmDataGroup *self)
{
  tlm_present_save_file (GTK_WIDGET (self), _("Export Everything"), "TinyLM.zip", target_chosen_cb,
                         self);
}

static void
cancel_cb (TlmDataGroup *self)
{
  g_cancellable_cancel (self->exporting);
}

static gboolean
is_confirmed (TlmDataGroup *self)
{
  g_autofree char *typed = g_utf8_casefold (gtk_editable_get_text (self->confirm_row), -1);
  /* Translators: the word that “To Confirm, Type: erase” asks for, in small letters. */
  g_autofree char *word = g_utf8_casefold (_("erase"), -1);

  return g_str_equal (g_strstrip (typed), word);
}

static void
confirm_changed_cb (TlmDataGroup *self)
{
  gtk_widget_set_sensitive (self->erase_button, is_confirmed (self));
}

static void
erase_cb (TlmDataGroup *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.erase", NULL);
}

/**
 * tlm_data_group_set_services:
 * @services: whose store is exported
 */
void
tlm_data_group_set_services (TlmDataGroup *self, TlmServices *services)
{
  g_set_object (&self->services, services);
}

static void
tlm_data_group_dispose (GObject *object)
{
  TlmDataGroup *self = TLM_DATA_GROUP (object);

  g_cancellable_cancel (self->exporting);
  g_clear_object (&self->exporting);
  g_clear_object (&self->services);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_DATA_GROUP);
  G_OBJECT_CLASS (tlm_data_group_parent_class)->dispose (object);
}

static void
tlm_data_group_class_init (TlmDataGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_data_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/data-group.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmDataGroup, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmDataGroup, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, TlmDataGroup, export_button);
  gtk_widget_class_bind_template_child (widget_class, TlmDataGroup, confirm_row);
  gtk_widget_class_bind_template_child (widget_class, TlmDataGroup, erase_button);
  gtk_widget_class_bind_template_callback (widget_class, export_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirm_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, erase_cb);
}

static void
tlm_data_group_init (TlmDataGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
