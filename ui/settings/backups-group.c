/* SPDX-License-Identifier: Apache-2.0 */
/* A row a backup, folded: what can be done with it says first what it does. A restored backup is
 * laid ready and checked by the store; "app.reopen" then ends all work and begins anew with it. */
#include "backups-group.h"

#include "store/backups.h"
#include "compat/compat.h"
#include "common/dates.h"
#include "common/focus.h"

#include <glib/gi18n.h>

struct _TlmBackupsGroup
{
  AdwPreferencesGroup parent_instance;
  GtkWidget          *now_button, *empty_row;
  GPtrArray          *rows; /* of GtkWidget in the group, which owns them */
  TlmServices        *services;
};

G_DEFINE_FINAL_TYPE (TlmBackupsGroup, tlm_backups_group, ADW_TYPE_PREFERENCES_GROUP)

static TlmStore *
get_store (TlmBackupsGroup *self)
{
  return tlm_services_get_store (self->services);
}

static void
say (TlmBackupsGroup *self, const char *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBackupsGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
  tlm_return_focus (GTK_WIDGET (self), GTK_WIDGET (self));
  if (!tlm_store_backup_finish (TLM_STORE (source), result, &error))
    say (self, error->message);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "app.reopen", "s",
                                _("The backup is restored. What was there before is a backup now."));
}

static void
restore_cb (GtkWidget *button, TlmBackupsGroup *self)
{
  tlm_grey_out (GTK_WIDGET (self));
  tlm_store_restore_async (get_store (self), g_object_get_data (G_OBJECT (button), "path"), NULL,
                           restored_cb, g_object_ref (self));
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBackupsGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = tlm_backups_save_copy_finish (result, &error);

  say (self, done ? _("The copy is saved.") : error->message);
}

static void
target_chosen_cb (GFile *target, gpointer user_data)
{
  TlmBackupsGroup *self = user_data;
  const char *path = g_object_get_data (G_OBJECT (self), "copying");

  tlm_backups_save_copy_async (path, target, NULL, copied_cb, g_object_ref (self));
}

static void
save_copy_cb (GtkWidget *button, TlmBackupsGroup *self)
{
  const char *path = g_object_get_data (G_OBJECT (button), "path");
  g_autofree char *name = g_path_get_basename (path);

  g_object_set_data_full (G_OBJECT (self), "copying", g_strdup (path), g_free);
  tlm_present_save_file (GTK_WIDGET (self), _("Save a Copy"), name, target_chosen_cb, self);
}

static GtkWidget *
new_button (TlmBackupsGroup *self, const TlmBackup *backup, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  g_object_set_data_full (G_OBJECT (button), "path", g_strdup (backup->path), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", callback, self, 0);
  return button;
}

static GtkWidget *
new_act (TlmBackupsGroup *self, const TlmBackup *backup, const char *title, const char *subtitle,
         const char *label, GCallback callback)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", subtitle, NULL);
  GtkWidget *button = new_button (self, backup, label, callback);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  return row;
}

static GtkWidget *
new_row (TlmBackupsGroup *self, const TlmBackup *backup)
{
  GtkWidget *row = adw_expander_row_new ();
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *day = tlm_dates_dup_heading (backup->time, now);
  g_autofree char *time = tlm_dates_dup_time (backup->time, now);
  g_autofree char *size = g_format_size (backup->size);
  /* Translators: first a day, such as “Today”, then a time of the day */
  g_autofree char *title = g_strdup_printf (_("%s, %s"), day, time);
  /* Translators: why the backup was made, and how large it is */
  g_autofree char *subtitle = g_strdup_printf (_("%s · %s"),
                                               tlm_backup_reason_get_title (backup->reason), size);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row),
    new_act (self, backup, _("Restore"),
             _("All goes back to how it was then. What is there now becomes a backup first."),
             _("_Restore"), G_CALLBACK (restore_cb)));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row),
    new_act (self, backup, _("Save a Copy"), _("For another disk"), _("_Save a Copy…"),
             G_CALLBACK (save_copy_cb)));
  return row;
}

static void
show_backups (TlmBackupsGroup *self)
{
  const char *path = tlm_store_get_path (get_store (self));
  g_autoptr (GPtrArray) backups = path != NULL ? tlm_backups_list (path) : g_ptr_array_new ();

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < backups->len; i++)
    {
      GtkWidget *row = new_row (self, backups->pdata[i]);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (self->empty_row, backups->len == 0);
  gtk_widget_set_sensitive (self->now_button, !tlm_store_get_is_volatile (get_store (self)));
}

static void
backed_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBackupsGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = tlm_store_backup_finish (TLM_STORE (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return; /* closed meanwhile */
  show_backups (self);
  tlm_return_focus (self->now_button, GTK_WIDGET (self));
  say (self, done ? _("A backup is made and checked.") : error->message);
}

static void
back_up_cb (TlmBackupsGroup *self)
{
  tlm_grey_out (self->now_button);
  tlm_store_back_up_async (get_store (self), NULL, backed_up_cb, g_object_ref (self));
}

/**
 * tlm_backups_group_set_services:
 * @services: whose store has the backups
 */
void
tlm_backups_group_set_services (TlmBackupsGroup *self, TlmServices *services)
{
  g_set_object (&self->services, services);
}

static void
tlm_backups_group_map (GtkWidget *widget)
{
  if (TLM_BACKUPS_GROUP (widget)->services != NULL)
    show_backups (TLM_BACKUPS_GROUP (widget));
  GTK_WIDGET_CLASS (tlm_backups_group_parent_class)->map (widget);
}

static void
tlm_backups_group_dispose (GObject *object)
{
  TlmBackupsGroup *self = TLM_BACKUPS_GROUP (object);

  g_clear_object (&self->services);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_BACKUPS_GROUP);
  G_OBJECT_CLASS (tlm_backups_group_parent_class)->dispose (object);
}

static void
tlm_backups_group_class_init (TlmBackupsGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_backups_group_dispose;
  widget_class->map = tlm_backups_group_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/backups-group.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmBackupsGroup, now_button);
  gtk_widget_class_bind_template_child (widget_class, TlmBackupsGroup, empty_row);
  gtk_widget_class_bind_template_callback (widget_class, back_up_cb);
}

static void
tlm_backups_group_init (TlmBackupsGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}
