/* SPDX-License-Identifier: Apache-2.0 */
/* Restoring and salvaging run in threads of their own; "app.reopen" begins anew with what they laid
 * ready. */
#include "trouble-page.h"

#include "compat/compat.h"
#include "store/backups.h"
#include "common/dates.h"
#include "common/focus.h"
#include "core/errors.h"
#include "store/salvage.h"
#include "store/vault.h"

#include <glib/gi18n.h>

struct _TlmTroublePage
{
  AdwBin               parent_instance;
  AdwStatusPage       *status_page;
  GtkWidget           *secret_group, *salvage_group, *report_row;
  GtkEditable         *secret_row;
  AdwPreferencesGroup *backups_group;
  GtkLabel            *error_label;
  char                *path; /* of the database */
  TlmSalvage          *salvage; /* that the report tells of */
  gboolean             damaged;
};

G_DEFINE_FINAL_TYPE (TlmTroublePage, tlm_trouble_page, ADW_TYPE_BIN)

/* Also read out by a screen reader, through the label's role. */
static void
show_error (TlmTroublePage *self, const char *sentence)
{
  gtk_label_set_text (self->error_label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), *sentence != '\0');
}

/* What the report tells of is no longer there to be agreed to. */
static void
drop_report (TlmTroublePage *self)
{
  g_clear_pointer (&self->salvage, tlm_salvage_free);
  gtk_widget_set_visible (self->report_row, FALSE);
}

/* What is begun anew takes the place of what the report tells of. */
static void
begin (TlmTroublePage *self)
{
  drop_report (self);
  show_error (self, "");
  tlm_grey_out (GTK_WIDGET (self));
}

/* FALSE: the page has gone, or an error is shown */
static gboolean
end (TlmTroublePage *self, const GError *error)
{
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
  tlm_return_focus (GTK_WIDGET (self), GTK_WIDGET (self));
  if (error != NULL)
    show_error (self, error->message);
  return error == NULL;
}

/* @sentence: what to say when what was laid ready is in its place. There is no window to say what is
 * amiss else. */
static void
reopen (TlmTroublePage *self, const char *sentence)
{
  g_autoptr (GError) error = NULL;

  if (tlm_backups_place_now (self->path, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.reopen", "s", sentence);
  else
    show_error (self, error->message);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmTroublePage) self = user_data;
  g_autoptr (GError) error = NULL;

  tlm_backups_restore_finish (result, &error);
  if (end (self, error))
    reopen (self, _("The backup is restored."));
}

static void
restore_cb (GtkWidget *button, TlmTroublePage *self)
{
  begin (self);
  tlm_backups_restore_async (self->path, g_object_get_data (G_OBJECT (button), "path"),
                             gtk_editable_get_text (self->secret_row), self->damaged, NULL,
                             restored_cb, g_object_ref (self));
}

static void
salvaged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmTroublePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmSalvage) salvage = tlm_salvage_finish (result, &error);
  g_autofree char *report = salvage != NULL ? tlm_salvage_dup_report (salvage) : NULL;

  if (!end (self, error))
    return;
  self->salvage = g_steal_pointer (&salvage);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->report_row), g_strchomp (report));
  gtk_widget_set_visible (self->report_row, TRUE);
}

static void
salvage_cb (TlmTroublePage *self)
{
  begin (self);
  tlm_salvage_async (self->path, gtk_editable_get_text (self->secret_row), NULL, salvaged_cb,
                     g_object_ref (self));
}

/* While another program has the database open what was salvaged stays, for the next try. */
static void
agree_cb (TlmTroublePage *self)
{
  g_autofree char *partial = tlm_backups_dup_partial (self->path);
  g_autoptr (GError) error = NULL;
  gboolean agreed = tlm_backups_commit (self->path, TRUE, &error);

  if (agreed || !g_file_test (partial, G_FILE_TEST_EXISTS))
    drop_report (self);
  if (agreed)
    reopen (self, _("What could be read is here. The damaged file is kept beside it."));
  else
    show_error (self, error->message);
}

static void
add_backup (TlmTroublePage *self, const TlmBackup *backup)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *day = tlm_dates_dup_heading (backup->time, now);
  g_autofree char *time = tlm_dates_dup_time (backup->time, now);
  g_autofree char *title = g_strdup_printf (_("%s, %s"), day, time);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle",
                                 tlm_backup_reason_get_title (backup->reason), NULL);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Restore"));

  g_object_set_data_full (G_OBJECT (button), "path", g_strdup (backup->path), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (restore_cb), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  adw_preferences_group_add (self->backups_group, row);
}

/* A passphrase is asked for where something is encrypted. */
static void
show_choices (TlmTroublePage *self)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (self->path);
  gboolean sealed = tlm_vault_is_sealed (self->path);

  for (guint i = 0; i < backups->len; i++)
    {
      const TlmBackup *backup = backups->pdata[i];

      add_backup (self, backup);
      sealed = sealed || backup->sealed;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->backups_group), backups->len > 0);
  gtk_widget_set_visible (self->salvage_group, self->damaged);
  gtk_widget_set_visible (self->secret_group, sealed);
}

/**
 * tlm_trouble_page_new:
 * @services: whose store is in trouble
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
tlm_trouble_page_new (TlmServices *services)
{
  TlmTroublePage *self = g_object_new (TLM_TYPE_TROUBLE_PAGE, NULL);
  TlmStore *store = tlm_services_get_store (services);
  const GError *trouble = tlm_services_get_trouble (services);
  g_autofree char *escaped = g_markup_escape_text (trouble->message, -1);

  self->path = g_strdup (tlm_store_get_path (store));
  self->damaged = trouble->code == TLM_ERROR_STORE_DAMAGED;
  adw_status_page_set_title (self->status_page, self->damaged ? _("Your Data Is Damaged")
                                                              : _("Your Data Is Newer"));
  adw_status_page_set_description (self->status_page, escaped);
  show_choices (self);
  tlm_wrap_rows (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

static void
tlm_trouble_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_TROUBLE_PAGE);
  G_OBJECT_CLASS (tlm_trouble_page_parent_class)->dispose (object);
}

static void
tlm_trouble_page_finalize (GObject *object)
{
  g_free (TLM_TROUBLE_PAGE (object)->path);
  g_clear_pointer (&TLM_TROUBLE_PAGE (object)->salvage, tlm_salvage_free);
  G_OBJECT_CLASS (tlm_trouble_page_parent_class)->finalize (object);
}

static void
tlm_trouble_page_class_init (TlmTroublePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_trouble_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_trouble_page_finalize;
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/trouble-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, status_page);
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, secret_group);
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, secret_row);
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, salvage_group);
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, report_row);
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, backups_group);
  gtk_widget_class_bind_template_child (widget_class, TlmTroublePage, error_label);
  gtk_widget_class_bind_template_callback (widget_class, salvage_cb);
  gtk_widget_class_bind_template_callback (widget_class, agree_cb);
}

static void
tlm_trouble_page_init (TlmTroublePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
