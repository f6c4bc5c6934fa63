/* SPDX-License-Identifier: Apache-2.0 */
/* The Privacy page shows what tlm_privacy_check() finds, each time it is shown and whenever it is
 * asked to. A mark's shape and name say what its colour says. */
#include "privacy-page.h"

#include "backups-group.h"
#include "common/focus.h"
#include "data-group.h"
#include "chats/markdown-view.h"
#include "privacy/privacy.h"
#include "vault-group.h"

#include <glib/gi18n.h>

#define FEW_FILES 8 /* more are folded away, so that what comes below is found */

struct _TlmPrivacyPage
{
  AdwBin               parent_instance;
  AdwActionRow        *verdict_row;
  GtkImage            *verdict_icon;
  GtkWidget           *check_button;
  AdwPreferencesGroup *groups[TLM_N_FINDING_GROUPS];
  TlmVaultGroup       *vault_group;
  TlmBackupsGroup     *backups_group;
  TlmDataGroup        *data_group;
  TlmMarkdownView     *threats_view;
  GPtrArray           *rows;     /* of GtkWidget in the groups, which own them */
  TlmFolders          *folders;
  GCancellable        *checking; /* NULL: nothing is under way */
};

G_DEFINE_FINAL_TYPE (TlmPrivacyPage, tlm_privacy_page, ADW_TYPE_BIN)

static void
show_state (GtkWidget *mark, TlmFindingState state)
{
  static const struct { const char *icon, *style; } looks[] = {
    { "object-select-symbolic", "success" },
    { "dialog-information-symbolic", "dim-label" },
    { "dialog-error-symbolic", "error" },
  };

  gtk_image_set_from_icon_name (GTK_IMAGE (mark), looks[state].icon);
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (mark, looks[i].style);
  gtk_widget_add_css_class (mark, looks[state].style);
  gtk_accessible_update_property (GTK_ACCESSIBLE (mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tlm_finding_state_get_title (state), -1);
}

static GtkWidget *
new_mark (TlmFindingState state)
{
  GtkWidget *mark = gtk_image_new ();

  show_state (mark, state);
  return mark;
}

static void
copy_cb (GtkWidget *button, const char *command)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), command);
  gtk_widget_activate_action (button, "win.toast", "s", _("The command is in the clipboard."));
}

static GtkWidget *
new_copy_button (const TlmFinding *finding)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: %s says what a command shows, as in “Copy: Its Internet sockets: none”. */
  g_autofree char *name = g_strdup_printf (_("Copy: %s"), finding->title);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Copy"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (copy_cb), g_strdup (finding->text),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  return button;
}

static void
set_texts (GtkWidget *row, const TlmFinding *finding)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  g_object_set (row, "title", finding->title, "subtitle", finding->text, NULL);
}

static GtkWidget *
new_row (const TlmFinding *finding)
{
  GtkWidget *row = adw_action_row_new ();

  set_texts (row, finding);
  if (finding->group == TLM_FINDINGS_COMMANDS)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_copy_button (finding));
  else if (finding->group != TLM_FINDINGS_FILES)
    adw_action_row_add_prefix (ADW_ACTION_ROW (row), new_mark (finding->state));
  return row;
}

/* The row that sums up the files holds them. */
static GtkWidget *
new_total_row (const TlmFinding *finding)
{
  GtkWidget *row = adw_expander_row_new ();

  set_texts (row, finding);
  return row;
}

static void
clear_rows (TlmPrivacyPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];
      GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
    }
  g_ptr_array_set_size (self->rows, 0);
}

static void
show_findings (TlmPrivacyPage *self, GPtrArray *findings)
{
  GtkWidget *total = NULL;
  guint n_files = 0;

  clear_rows (self);
  for (guint i = 0; i < findings->len; i++)
    {
      const TlmFinding *finding = findings->pdata[i];
      GtkWidget *row;

      if (total != NULL && g_str_equal (finding->id, "file"))
        {
          adw_expander_row_add_row (ADW_EXPANDER_ROW (total), new_row (finding));
          adw_expander_row_set_expanded (ADW_EXPANDER_ROW (total), ++n_files <= FEW_FILES);
          continue;
        }
      if (g_str_equal (finding->id, "total"))
        row = total = new_total_row (finding);
      else
        row = new_row (finding);
      adw_preferences_group_add (self->groups[finding->group], row);
      g_ptr_array_add (self->rows, row);
    }
}

/* The sentences of what is broken, so that nobody has to look for the marks. (transfer full) */
static char *
dup_reasons (GPtrArray *findings)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < findings->len; i++)
    {
      const TlmFinding *finding = findings->pdata[i];

      if (finding->state == TLM_FINDING_BROKEN)
        g_ptr_array_add (lines, g_strdup_printf ("%s: %s", finding->title, finding->text));
    }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

static void
show_verdict (TlmPrivacyPage *self, GPtrArray *findings)
{
  g_autofree char *verdict = tlm_privacy_dup_verdict (findings);
  g_autofree char *reasons = dup_reasons (findings);
  gboolean broken = tlm_privacy_count_broken (findings) > 0;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->verdict_row), verdict);
  adw_action_row_set_subtitle (self->verdict_row, reasons);
  show_state (GTK_WIDGET (self->verdict_icon), broken ? TLM_FINDING_BROKEN : TLM_FINDING_HOLDS);
}

/**
 * tlm_privacy_page_set_services:
 * @services: whose data the groups about it lock, export and erase, and whose folders are watched
 */
void
tlm_privacy_page_set_services (TlmPrivacyPage *self, TlmServices *services)
{
  tlm_vault_group_set_services (self->vault_group, services);
  tlm_backups_group_set_services (self->backups_group, services);
  tlm_data_group_set_services (self->data_group, services);
  g_set_object (&self->folders, tlm_services_get_folders (services));
}

/**
 * tlm_privacy_page_show:
 * @findings: of tlm_privacy_check()
 */
void
tlm_privacy_page_show (TlmPrivacyPage *self, GPtrArray *findings)
{
  show_verdict (self, findings);
  show_findings (self, findings);
}

/**
 * tlm_privacy_page_holds_code:
 *
 * As tlm_vault_group_holds_code() says.
 */
gboolean
tlm_privacy_page_holds_code (TlmPrivacyPage *self)
{
  return tlm_vault_group_holds_code (self->vault_group);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmPrivacyPage) self = user_data;
  g_autoptr (GPtrArray) findings = tlm_privacy_check_finish (result, NULL);

  if (findings == NULL) /* cancelled: the page has gone */
    return;
  g_clear_object (&self->checking);
  gtk_widget_set_sensitive (self->check_button, TRUE);
  tlm_privacy_page_show (self, findings);
  tlm_return_focus (self->check_button, self->check_button);
}

static void
check (TlmPrivacyPage *self)
{
  g_auto (GStrv) watched = self->folders != NULL ? tlm_folders_dup_paths (self->folders) : NULL;

  if (self->checking != NULL)
    return;
  self->checking = g_cancellable_new ();
  tlm_grey_out (self->check_button);
  tlm_privacy_check_async ((const char *const *) watched, self->checking, checked_cb, g_object_ref (self));
}

static void
tlm_privacy_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tlm_privacy_page_parent_class)->map (widget);
  check (TLM_PRIVACY_PAGE (widget));
}

static void
tlm_privacy_page_dispose (GObject *object)
{
  TlmPrivacyPage *self = TLM_PRIVACY_PAGE (object);

  g_cancellable_cancel (self->checking);
  g_clear_object (&self->folders);
  g_clear_object (&self->checking);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_PRIVACY_PAGE);
  G_OBJECT_CLASS (tlm_privacy_page_parent_class)->dispose (object);
}

static void
bind_groups (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < TLM_N_FINDING_GROUPS; i++)
    {
      g_autofree char *name = g_strconcat (tlm_finding_group_get_id (i), "_group", NULL);

      gtk_widget_class_bind_template_child_full (
        widget_class, name, FALSE,
        G_STRUCT_OFFSET (TlmPrivacyPage, groups) + (gssize) (i * sizeof (gpointer)));
    }
}

static void
tlm_privacy_page_class_init (TlmPrivacyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_privacy_page_dispose;
  widget_class->map = tlm_privacy_page_map;
  g_type_ensure (TLM_TYPE_BACKUPS_GROUP);
  g_type_ensure (TLM_TYPE_DATA_GROUP);
  g_type_ensure (TLM_TYPE_MARKDOWN_VIEW);
  g_type_ensure (TLM_TYPE_VAULT_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/privacy-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, verdict_row);
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, check_button);
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, threats_view);
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, vault_group);
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, backups_group);
  gtk_widget_class_bind_template_child (widget_class, TlmPrivacyPage, data_group);
  bind_groups (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, check);
}

/* data/privacy.md, or the translation in the first of the languages that has one, as gettext chooses the
 * window's. (transfer full) */
static GBytes *
load_threats (void)
{
  const char *const *languages = g_get_language_names (); /* ends with "C" */

  for (; !g_str_equal (*languages, "C"); languages++)
    {
      g_autofree char *path = g_strdup_printf ("/com/sprapp/TinyLM/privacy.%s.md", *languages);
      GBytes *threats = g_resources_lookup_data (path, 0, NULL);

      if (threats != NULL)
        return threats;
    }
  return g_resources_lookup_data ("/com/sprapp/TinyLM/privacy.md", 0, NULL);
}

static void
tlm_privacy_page_init (TlmPrivacyPage *self)
{
  g_autoptr (GBytes) threats = load_threats ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  for (guint i = 0; i < TLM_N_FINDING_GROUPS; i++)
    adw_preferences_group_set_title (self->groups[i], tlm_finding_group_get_title (i));
  tlm_markdown_view_set_text (self->threats_view, g_bytes_get_data (threats, NULL));
}
