/* SPDX-License-Identifier: Apache-2.0 */
/* The dialogs: about, preferences, a link's address, the file chooser. AdwDialog's family from
 * libadwaita 1.5 and GtkFileDialog from GTK 4.10, their windowed elders before. */
#include "compat.h"

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

/**
 * tlm_present_about:
 * @parent: a widget of the window to show it over
 */
void
tlm_present_about (GtkWidget *parent)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (ADW_DIALOG (g_object_new (ADW_TYPE_ABOUT_DIALOG, ABOUT_PROPERTIES, NULL)),
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

  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));
  adw_dialog_present (dialog, parent);
#else
  GtkWidget *window = adw_preferences_window_new ();

  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (gtk_widget_get_root (parent)));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 520);
  gtk_window_present (GTK_WINDOW (window));
#endif
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
                                  _("_Copy Address"), NULL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (link_response_cb), g_strdup (uri),
                         (GClosureNotify) (void (*) (void)) g_free, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, parent);
#else
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  GtkWidget *dialog = adw_message_dialog_new (window, heading, valid);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"), "copy",
                                    _("_Copy Address"), NULL);
  g_signal_connect_data (dialog, "response", G_CALLBACK (link_response_cb), g_strdup (uri),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

typedef struct
{
  TlmFileFunc func;
  gpointer    user_data;
} OpenFile;

#if GTK_CHECK_VERSION(4, 10, 0)

static void
open_file_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree OpenFile *open = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file != NULL)
    open->func (file, open->user_data);
}

static void
save_file_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree OpenFile *open = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file != NULL)
    open->func (file, open->user_data);
}

#else

static void
open_file_cb (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autofree OpenFile *open = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

      open->func (file, open->user_data);
    }
  g_object_unref (chooser);
}

#endif

/**
 * tlm_present_open_file:
 * @filter: (nullable): which files are offered
 * @func: called with the chosen file; not called when the person cancels
 * @user_data: must live as long as @parent's window
 */
void
tlm_present_open_file (GtkWidget     *parent,
                       const char    *title,
                       GtkFileFilter *filter,
                       TlmFileFunc    func,
                       gpointer       user_data)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  OpenFile *open = g_new (OpenFile, 1);

  *open = (OpenFile){ func, user_data };
#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_default_filter (dialog, filter);
  gtk_file_dialog_open (dialog, window, NULL, open_file_cb, open);
#else
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    title, window, GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), _("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (filter != NULL)
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  g_signal_connect (chooser, "response", G_CALLBACK (open_file_cb), open);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
#endif
}

/**
 * tlm_present_save_file:
 * @name: what is proposed
 * @func: called with the chosen file, which may exist; not called when the person cancels
 * @user_data: must live as long as @parent's window
 */
void
tlm_present_save_file (GtkWidget  *parent,
                       const char *title,
                       const char *name,
                       TlmFileFunc func,
                       gpointer    user_data)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (parent));
  OpenFile *open = g_new (OpenFile, 1);

  *open = (OpenFile){ func, user_data };
#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, window, NULL, save_file_cb, open);
#else
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    title, window, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect (chooser, "response", G_CALLBACK (open_file_cb), open);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
#endif
}
