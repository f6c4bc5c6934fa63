/* SPDX-License-Identifier: Apache-2.0 */
/* The dialogs: about, preferences, a link's address, the file chooser. AdwDialog's family from
 * libadwaita 1.5 and GtkFileDialog from GTK 4.10, their windowed elders before. */
#include "compat-private.h"

#include <glib/gi18n.h>

static const char *const developers[] = { "SPR", NULL };

#define ABOUT_PROPERTIES                                                                            \
  "application-name", "TinyLM",                                                                     \
  "application-icon", "com.sprapp.TinyLM",                                                          \
  "version", TINYLM_VERSION,                                                                        \
  "developer-name", "SPR",                                                                          \
  "developers", developers,                                                                         \
  /* Translators: write your names here, one a line; they are shown in the About window. */        \
  "translator-credits", _("translator-credits"),                                                    \
  "license-type", GTK_LICENSE_APACHE_2_0,                                                           \
  "comments", _("Summarizes private notes with tiny language models, on this computer only.")

#if ADW_CHECK_VERSION(1, 5, 0)

/* libadwaita (1.7) goes on with the sheet that the dialog lies in after it has gone, where nothing is
 * animated. It is among the first in the dialog. */
static void
closed_cb (AdwDialog *dialog)
{
  GtkWidget *part = gtk_widget_get_first_child (GTK_WIDGET (dialog));

  for (guint i = 0; i < 3 && part != NULL; i++, part = gtk_widget_get_first_child (part))
    g_idle_add_once (g_object_unref, g_object_ref (part));
}

/**
 * tlm_present_dialog:
 * @dialog: (transfer floating)
 * @parent: a widget of the window to show it over
 */
void
tlm_present_dialog (AdwDialog *dialog, GtkWidget *parent)
{
  g_signal_connect (dialog, "closed", G_CALLBACK (closed_cb), NULL);
  adw_dialog_present (dialog, parent);
}

#endif

/**
 * tlm_present_about:
 * @parent: a widget of the window to show it over
 */
void
tlm_present_about (GtkWidget *parent)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  tlm_present_dialog (ADW_DIALOG (g_object_new (ADW_TYPE_ABOUT_DIALOG, ABOUT_PROPERTIES, NULL)),
                      parent);
#else
  GtkWindow *window = g_object_new (ADW_TYPE_ABOUT_WINDOW, ABOUT_PROPERTIES, NULL);

  gtk_window_set_transient_for (window, GTK_WINDOW (gtk_widget_get_root (parent)));
  gtk_window_present (window);
#endif
}

/**
 * tlm_present_preferences:
 * @page: (transfer floating): an AdwPreferencesPage
 */
void
tlm_present_preferences (GtkWidget *parent, GtkWidget *page)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_preferences_dialog_new ();

  adw_dialog_set_title (dialog, adw_preferences_page_get_title (ADW_PREFERENCES_PAGE (page)));
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));
  tlm_present_dialog (dialog, parent);
#else
  GtkWidget *window = adw_preferences_window_new ();
  GtkWidget *over = GTK_WIDGET (gtk_widget_get_root (parent));

  gtk_window_set_title (GTK_WINDOW (window),
                        adw_preferences_page_get_title (ADW_PREFERENCES_PAGE (page)));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (over));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), MIN (640, gtk_widget_get_width (over)),
                               MIN (700, gtk_widget_get_height (over)));
  gtk_window_present (GTK_WINDOW (window));
#endif
  tlm_wrap_rows (page);
}

/**
 * tlm_preferences_add_toast:
 * @page: of tlm_present_preferences()
 * @toast: (transfer full)
 */
void
tlm_preferences_add_toast (GtkWidget *page, AdwToast *toast)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  GtkWidget *dialog = gtk_widget_get_ancestor (page, ADW_TYPE_PREFERENCES_DIALOG);

  adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (dialog), toast);
#else
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (gtk_widget_get_root (page)), toast);
#endif
}

/**
 * tlm_leave_preferences:
 * @page: of tlm_present_preferences()
 * @action: of the window that it was shown over
 */
void
tlm_leave_preferences (GtkWidget *page, const char *action)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  GtkWidget *dialog = gtk_widget_get_ancestor (page, ADW_TYPE_DIALOG);
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (page));

  adw_dialog_close (ADW_DIALOG (dialog));
#else
  GtkWindow *dialog = GTK_WINDOW (gtk_widget_get_root (page));
  GtkWidget *window = GTK_WIDGET (gtk_window_get_transient_for (dialog));

  gtk_window_close (dialog);
#endif
  gtk_widget_activate_action (window, action, NULL);
}

static void
link_response_cb (GObject *dialog, const char *response, gpointer user_data)
{
  const char *uri = user_data;

  if (g_str_equal (response, "copy"))
    gdk_clipboard_set_text (gdk_display_get_clipboard (gdk_display_get_default ()), uri);
}

/**
 * tlm_present_link:
 * @uri: as it stands in the text
 *
 * Shows where a link leads and offers to copy the address. The program itself opens nothing: it has
 * no network, and handing an address to another program is for the person to do.
 */
void
tlm_present_link (GtkWidget *parent, const char *uri)
{
  const char *heading = _("This link leads out of TinyLM");
  g_autofree char *valid = g_utf8_make_valid (uri, -1);
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_alert_dialog_new (heading, valid);

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "close", _("_Close"), "copy",
                                  _("Copy _Address"), NULL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (link_response_cb), g_strdup (uri),
                         (GClosureNotify) (void (*) (void)) g_free, G_CONNECT_DEFAULT);
  tlm_present_dialog (dialog, parent);
#else
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  GtkWidget *dialog = adw_message_dialog_new (window, heading, valid);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"), "copy",
                                    _("Copy _Address"), NULL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (link_response_cb), g_strdup (uri),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

/**
 * tlm_present_question:
 * @agree: the button that does it; the other one is Cancel
 * @func: called with @object
 *
 * Asks before something that cannot be taken back.
 */
void
tlm_present_question (GtkWidget *parent, const char *heading, const char *body, const char *agree,
                      GCallback func, gpointer object)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_alert_dialog_new (heading, body);

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _("_Cancel"), "agree", agree,
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "agree",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::agree", func, object, G_CONNECT_SWAPPED);
  tlm_present_dialog (dialog, parent);
#else
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  GtkWidget *dialog = adw_message_dialog_new (window, heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "agree",
                                    agree, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "agree",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response::agree", func, object, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

/* ---- The file chooser ---- */

typedef enum { CHOICE_SAVE, CHOICE_FILE, CHOICE_FILES, CHOICE_FOLDER } ChoiceKind;

/* The portal's chooser outlives the window, which may go when it is locked. */
typedef struct
{
  TlmFileFunc func;
  GWeakRef    parent, user_data;
  ChoiceKind  kind;
} Choice;

static Choice *
choice_new (GtkWidget *parent, TlmFileFunc func, gpointer user_data, ChoiceKind kind)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->func = func;
  choice->kind = kind;
  g_weak_ref_init (&choice->parent, parent);
  g_weak_ref_init (&choice->user_data, user_data);
  return choice;
}

static void
choice_free (Choice *choice)
{
  g_weak_ref_clear (&choice->parent);
  g_weak_ref_clear (&choice->user_data);
  g_free (choice);
}

static void
call (Choice *choice, GFile *file)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&choice->parent);
  g_autoptr (GObject) user_data = g_weak_ref_get (&choice->user_data);
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;

  /* What was destroyed may be kept by something else. */
  if (user_data != NULL && root != NULL && gtk_widget_get_realized (GTK_WIDGET (root)))
    choice->func (file, user_data);
}

/* Where the person last chose. */
static GFile *last_folder;

/* GTK would begin in the folder that the program happened to be started in, each time anew. In
 * Flatpak the portal keeps count, and the paths it hands out lie in no folder of the person's.
 * (transfer full) (nullable): NULL leaves it to GTK or the portal */
static GFile *
dup_first_folder (gboolean save)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || (last_folder == NULL && !save))
    return NULL;
  if (last_folder != NULL)
    return g_object_ref (last_folder);
  return g_file_new_for_path (documents != NULL && g_file_test (documents, G_FILE_TEST_IS_DIR)
                                ? documents : g_get_home_dir ());
}

/* @files: (nullable): NULL when the person cancelled */
static void
take_choice (Choice *choice, GListModel *files)
{
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      g_clear_object (&last_folder);
      last_folder = g_file_get_parent (file);
      call (choice, file);
    }
  choice_free (choice);
}

#if GTK_CHECK_VERSION(4, 10, 0)

/* (transfer full) (nullable) */
static GFile *
finish_one (ChoiceKind kind, GtkFileDialog *dialog, GAsyncResult *result)
{
  return kind == CHOICE_SAVE     ? gtk_file_dialog_save_finish (dialog, result, NULL)
         : kind == CHOICE_FOLDER ? gtk_file_dialog_select_folder_finish (dialog, result, NULL)
                                 : gtk_file_dialog_open_finish (dialog, result, NULL);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Choice *choice = user_data;
  GtkFileDialog *dialog = GTK_FILE_DIALOG (source);
  g_autoptr (GListModel) files = NULL;

  if (choice->kind == CHOICE_FILES)
    files = gtk_file_dialog_open_multiple_finish (dialog, result, NULL);
  else
    {
      g_autoptr (GFile) file = finish_one (choice->kind, dialog, result);

      files = G_LIST_MODEL (g_list_store_new (G_TYPE_FILE));
      if (file != NULL)
        g_list_store_append (G_LIST_STORE (files), file);
    }
  take_choice (choice, files);
}

#else

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT
                                   ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;

  take_choice (user_data, files);
  g_object_unref (dialog);
}

#endif

/* @name: (nullable): proposed for what is saved */
static void
choose (GtkWidget *parent, const char *title, const char *name, GtkFileFilter *filter, ChoiceKind kind,
        TlmFileFunc func, gpointer user_data)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  g_autoptr (GFile) folder = dup_first_folder (kind == CHOICE_SAVE);
  Choice *choice = choice_new (parent, func, user_data, kind);

#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_initial_folder (dialog, folder);
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_set_default_filter (dialog, filter);
  if (kind == CHOICE_SAVE)
    gtk_file_dialog_save (dialog, window, NULL, chosen_cb, choice);
  else if (kind == CHOICE_FOLDER)
    gtk_file_dialog_select_folder (dialog, window, NULL, chosen_cb, choice);
  else if (kind == CHOICE_FILES)
    gtk_file_dialog_open_multiple (dialog, window, NULL, chosen_cb, choice);
  else
    gtk_file_dialog_open (dialog, window, NULL, chosen_cb, choice);
#else
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    title, window, kind == CHOICE_SAVE     ? GTK_FILE_CHOOSER_ACTION_SAVE
                   : kind == CHOICE_FOLDER ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                           : GTK_FILE_CHOOSER_ACTION_OPEN,
    kind == CHOICE_SAVE ? _("_Save") : _("_Open"), _("_Cancel"));
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (folder != NULL)
    gtk_file_chooser_set_current_folder (chooser, folder, NULL);
  gtk_file_chooser_set_select_multiple (chooser, kind == CHOICE_FILES);
  if (kind == CHOICE_SAVE)
    gtk_file_chooser_set_current_name (chooser, name);
  if (filter != NULL)
    gtk_file_chooser_add_filter (chooser, filter);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
#endif
}

/**
 * tlm_present_open_file:
 * @filter: (nullable): which files are offered
 * @func: called with the chosen file; not called when the person cancels
 * @user_data: a GObject; nothing is called once it or @parent's window has gone
 */
void
tlm_present_open_file (GtkWidget     *parent,
                       const char    *title,
                       GtkFileFilter *filter,
                       TlmFileFunc    func,
                       gpointer       user_data)
{
  choose (parent, title, NULL, filter, CHOICE_FILE, func, user_data);
}

/**
 * tlm_present_open_files:
 * @filter: (nullable): which files are offered
 * @func: called with each of the chosen files; not called when the person cancels
 * @user_data: a GObject; nothing is called once it or @parent's window has gone
 */
void
tlm_present_open_files (GtkWidget     *parent,
                        const char    *title,
                        GtkFileFilter *filter,
                        TlmFileFunc    func,
                        gpointer       user_data)
{
  choose (parent, title, NULL, filter, CHOICE_FILES, func, user_data);
}

/**
 * tlm_present_save_file:
 * @name: what is proposed
 * @func: called with the chosen file, which may exist; not called when the person cancels
 * @user_data: a GObject; nothing is called once it or @parent's window has gone
 */
void
tlm_present_save_file (GtkWidget  *parent,
                       const char *title,
                       const char *name,
                       TlmFileFunc func,
                       gpointer    user_data)
{
  choose (parent, title, name, NULL, CHOICE_SAVE, func, user_data);
}

/**
 * tlm_present_open_folder:
 * @func: called with the chosen folder; not called when the person cancels
 * @user_data: a GObject; nothing is called once it or @parent's window has gone
 */
void
tlm_present_open_folder (GtkWidget *parent, const char *title, TlmFileFunc func, gpointer user_data)
{
  choose (parent, title, NULL, NULL, CHOICE_FOLDER, func, user_data);
}
