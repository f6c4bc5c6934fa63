/* SPDX-License-Identifier: Apache-2.0 */
/* The application as it is started, where windows come and go: erasing everything, and locking when
 * nobody does anything. The data folder is the test's own (tests/home.c). */
#include "application-private.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "settings/backups-group.h"
#include "settings/data-group.h"
#include "store/backups.h"
#include "store/db.h"
#include "store/erase.h"
#include "notes/note-page.h"
#include "compat/compat.h"
#include "core/alarm.h"
#include "core/paths.h"
#include "models/engine-service-private.h"
#include "support.h"
#include "settings/preferences.h"
#include "settings/trouble-page.h"
#include "settings/unlock-page.h"
#include "settings/vault-group.h"

#define PASSPHRASE "correct horse battery"
#define NOTE_TITLE "Harbour"

static GtkWidget *
get_window (TlmApplication *application, GType type)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (application)); l != NULL; l = l->next)
    if (find_widget (l->data, type, NULL) != NULL)
      return l->data;
  return NULL;
}

static gboolean
shows (GtkWidget *window, const char *text)
{
  return window != NULL && find_widget (window, GTK_TYPE_LABEL, text) != NULL;
}

typedef struct
{
  TlmApplication *application;
  void          (*body) (TlmApplication *application);
} Test;

/* When there is a window, with the sample note and the Privacy page in it. */
static gboolean
test_cb (gpointer user_data)
{
  Test *test = user_data;
  GtkWidget *window = get_window (test->application, TLM_TYPE_WINDOW);

  wait_until (find_widget (window, GTK_TYPE_BUTTON, "a Sample Note") != NULL);
  gtk_widget_activate_action (window, "win.new-sample", NULL);
  wait_until (shows (window, NOTE_TITLE));
  gtk_widget_activate_action (window, "win.show-privacy", NULL);
  test->body (test->application);
  gtk_window_destroy (GTK_WINDOW (get_window (test->application, TLM_TYPE_WINDOW))); /* the last */
  return G_SOURCE_REMOVE;
}

static void
run (gconstpointer body)
{
  g_autoptr (TlmApplication) application = tlm_application_new ();
  Test test = { application, (void (*) (TlmApplication *)) body };

  tlm_erase_everything (NULL); /* of the test before */
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_idle_add (test_cb, &test);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
}

static void
test_erases (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *before = get_window (application, TLM_TYPE_WINDOW), *window;
  GtkWidget *group = find_widget (before, TLM_TYPE_DATA_GROUP, NULL);
  g_autofree char *path = NULL;

  g_settings_set_boolean (settings, "suggest-words", FALSE);
  g_settings_set_string (settings, "chat-model-path", "/nonexistent.gguf");
  g_object_add_weak_pointer (G_OBJECT (before), (gpointer *) &before);
  type_into (group, "To Confirm, Type: erase", "erase");
  click (group, "E_rase Everything");

  window = get_window (application, TLM_TYPE_WINDOW);
  wait_until (shows (window, "Everything is erased."));
  g_assert_cmpint (gtk_label_get_max_width_chars (
                     GTK_LABEL (find_widget (window, GTK_TYPE_LABEL, "Everything is erased."))), >, 20);
  g_assert_null (before);
  wait_until (find_widget (window, GTK_TYPE_BUTTON, "a Sample Note") != NULL);
  g_assert_false (shows (window, NOTE_TITLE));
  g_assert_true (g_settings_get_boolean (settings, "suggest-words"));
  path = g_settings_get_string (settings, "chat-model-path");
  g_assert_cmpstr (path, ==, "");
}

/* (transfer none): the group, with the recovery code in it */
static GtkWidget *
seal (TlmApplication *application)
{
  GtkWidget *window = get_window (application, TLM_TYPE_WINDOW);
  GtkWidget *group = find_widget (window, TLM_TYPE_VAULT_GROUP, NULL);

  type_into (group, "Passphrase (8+ Characters)", PASSPHRASE);
  type_into (group, "Repeat the Passphrase", PASSPHRASE);
  click (group, "_Encrypt");
  wait_until (gtk_widget_get_sensitive (group));
  return group;
}

static void
keep_code (GtkWidget *group)
{
  GtkWidget *row = find_row (group, "Recovery Code, Shown Only Now"), *button;

  wait_until ((button = find_described (row, "I Have Kept the Code")) != NULL);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_locks_when_idle (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *window;

  keep_code (seal (application));
  g_settings_set_double (settings, "lock-idle-minutes", 0.005);
  wait_until ((window = get_window (application, TLM_TYPE_UNLOCK_PAGE)) != NULL);
  g_assert_null (get_window (application, TLM_TYPE_WINDOW));
  g_settings_set_double (settings, "lock-idle-minutes", 0);

  type_into (window, "Passphrase or Recovery Code", PASSPHRASE);
  click (window, "_Unlock");
  wait_until (shows (get_window (application, TLM_TYPE_WINDOW), NOTE_TITLE));
  g_assert_null (get_window (application, TLM_TYPE_UNLOCK_PAGE));
}

/* Neither when nobody does anything nor when the person wants to leave. */
static void
test_waits_for_the_code (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *window = get_window (application, TLM_TYPE_WINDOW);
  GtkWidget *group = seal (application);
  gint64 at;

  gtk_widget_activate_action (window, "win.escape", NULL); /* to the note */
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  g_assert_true (get_window (application, TLM_TYPE_WINDOW) == window);
  g_assert_true (shows (window, "The recovery code is shown only now."));
  g_assert_true (gtk_widget_get_mapped (group));

  g_settings_set_double (settings, "lock-idle-minutes", 0.005);
  at = application->locks_at;
  wait_until (application->locks_at > at && tlm_alarm_get_time () > at); /* when it would have */
  g_assert_true (get_window (application, TLM_TYPE_WINDOW) == window);

  keep_code (group);
  wait_until (get_window (application, TLM_TYPE_UNLOCK_PAGE) != NULL);
  g_settings_set_double (settings, "lock-idle-minutes", 0);
  window = get_window (application, TLM_TYPE_UNLOCK_PAGE);
  type_into (window, "Passphrase or Recovery Code", PASSPHRASE);
  click (window, "_Unlock");
  wait_until (shows (get_window (application, TLM_TYPE_WINDOW), NOTE_TITLE));
}

static GtkWidget *
lock (TlmApplication *application)
{
  GtkWidget *window;

  g_action_group_activate_action (G_ACTION_GROUP (application), "lock", NULL);
  wait_until ((window = get_window (application, TLM_TYPE_UNLOCK_PAGE)) != NULL);
  return window;
}

/* (transfer none): the window then */
static GtkWidget *
unlock (TlmApplication *application, GtkWidget *window)
{
  type_into (window, "Passphrase or Recovery Code", PASSPHRASE);
  click (window, "_Unlock");
  wait_until (shows (get_window (application, TLM_TYPE_WINDOW), NOTE_TITLE));
  return get_window (application, TLM_TYPE_WINDOW);
}

#if ADW_CHECK_VERSION(1, 5, 0)
#define DIALOG ADW_TYPE_ALERT_DIALOG /* in the window */
#else
#define DIALOG GTK_TYPE_WINDOW
#endif

/* (nullable) (transfer none): the dialog with the question */
static GtkWidget *
find_question (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (shows (window, "is only in memory, and would be lost"))
        return find_widget (window, DIALOG, NULL);
    }
  return NULL;
}

/* A link in its place is not written through, so that the store is open in memory. */
static void
test_locks_nothing_away (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  g_autofree char *database = tlm_paths_dup_database ();
  g_autofree char *other = g_strconcat (database, ".other", NULL);
  GtkWidget *window, *question;
  gint64 at;

  keep_code (seal (application));
  window = lock (application);
  g_assert_cmpint (rename (database, other), ==, 0);
  g_assert_cmpint (symlink (other, database), ==, 0);
  unlock (application, window);
  g_assert_true (tlm_store_get_is_volatile (tlm_services_get_store (application->services)));
  g_settings_set_double (settings, "lock-idle-minutes", 0.005); /* nothing is written */
  wait_until ((window = get_window (application, TLM_TYPE_UNLOCK_PAGE)) != NULL);
  g_settings_set_double (settings, "lock-idle-minutes", 0);
  unlock (application, window);
  window = unlock (application, lock (application));

  gtk_widget_activate_action (window, "win.new-note", NULL);
  wait_until (tlm_store_would_lose (tlm_services_get_store (application->services)));
  g_settings_set_double (settings, "lock-idle-minutes", 0.005);
  at = application->locks_at;
  wait_until (application->locks_at > at && tlm_alarm_get_time () > at);
  g_assert_true (get_window (application, TLM_TYPE_WINDOW) == window);
  g_settings_set_double (settings, "lock-idle-minutes", 0);

  g_action_group_activate_action (G_ACTION_GROUP (application), "lock", NULL);
  wait_until ((question = find_question ()) != NULL);
  click (question, "_Cancel");
  wait_until (find_question () == NULL);
  g_assert_true (get_window (application, TLM_TYPE_WINDOW) == window);
  g_action_group_activate_action (G_ACTION_GROUP (application), "lock", NULL);
  wait_until ((question = find_question ()) != NULL);
  click (question, "_Lock Now");
  wait_until ((window = get_window (application, TLM_TYPE_UNLOCK_PAGE)) != NULL);
  unlock (application, window);
}

/* While the code is being made. */
static void
test_waits_for_the_lock (TlmApplication *application)
{
  GtkWidget *window = get_window (application, TLM_TYPE_WINDOW);
  GtkWidget *group = find_widget (window, TLM_TYPE_VAULT_GROUP, NULL);

  type_into (group, "Passphrase (8+ Characters)", PASSPHRASE);
  type_into (group, "Repeat the Passphrase", PASSPHRASE);
  click (group, "_Encrypt");
  gtk_window_close (GTK_WINDOW (window));
  g_assert_true (get_window (application, TLM_TYPE_WINDOW) == window);
  wait_until (gtk_widget_get_sensitive (group));
  g_assert_nonnull (find_widget (find_row (group, "Recovery Code, Shown Only Now"),
                                 GTK_TYPE_LABEL, "-"));
}

/* As if something happened in its window. */
static void
use (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers
    = gtk_widget_observe_controllers (GTK_WIDGET (gtk_widget_get_root (widget)));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled;

      if (g_signal_handler_find (controller, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                 (gpointer) tlm_application_was_used, NULL) != 0)
        {
          g_signal_emit_by_name (controller, "event", NULL, &handled);
          g_assert_cmpint (gtk_event_controller_get_propagation_limit (controller), ==, GTK_LIMIT_NONE);
        }
    }
}

static GtkWidget *
find_in_toplevels (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && found == NULL; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      found = find_widget (window, type, NULL);
    }
  return found;
}

static void
test_is_used_in_dialogs (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GtkWidget *page;
  gint64 before;

  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  wait_until ((page = find_in_toplevels (TLM_TYPE_PREFERENCES)) != NULL);
  g_settings_set_double (settings, "lock-idle-minutes", 10);
  before = application->locks_at;
  wait_until ((use (page), application->locks_at > before));
  g_settings_set_double (settings, "lock-idle-minutes", 0);
  tlm_leave_preferences (page, "win.escape");
}

/* Another program has the database open, as SQLite says so. A fork of a program with threads may do
 * little more. */
static pid_t
hold (const char *database)
{
  struct flock lock = {
    .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510
  };
  pid_t child = fork ();
  int fd;

  if (child == 0)
    {
      fd = open (database, O_RDONLY);
      _exit (fcntl (fd, F_SETLK, &lock) == 0 && pause () == 0);
    }
  while (!tlm_db_is_in_use (database))
    g_usleep (1000);
  return child;
}

/* What cannot take the place at once is not said to be there, and does not come later. */
static void
test_restores_now_or_never (TlmApplication *application)
{
  g_autofree char *database = tlm_paths_dup_database ();
  GtkWidget *window = get_window (application, TLM_TYPE_WINDOW);
  GtkWidget *group = find_widget (window, TLM_TYPE_BACKUPS_GROUP, NULL);
  pid_t child;

  click (group, "_Back Up Now");
  wait_until (find_button (group, "_Restore") != NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  child = hold (database);
  click (group, "_Restore");
  wait_until (window == NULL);
  window = get_window (application, TLM_TYPE_WINDOW);
  wait_until (shows (window, "Another program holds the database."));
  g_assert_false (shows (window, "The backup is restored."));
  g_assert_false (tlm_backups_is_waiting (database));
  wait_until (shows (window, NOTE_TITLE));
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);

  gtk_widget_activate_action (window, "win.show-privacy", NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  click (find_widget (window, TLM_TYPE_BACKUPS_GROUP, NULL), "_Restore");
  wait_until (window == NULL);
  window = get_window (application, TLM_TYPE_WINDOW);
  wait_until (shows (window, "The backup is restored."));
  wait_until (shows (window, NOTE_TITLE));
}

/* Pixels: of the first line of what is written in @view. */
static int
get_line_height (GtkWidget *view)
{
  GdkRectangle place;
  GtkTextIter start;

  gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), &start);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (view), &start, &place);
  return place.height;
}

/* Notes, and what is said of them; no farther than twice and half the size. */
static void
test_makes_text_larger (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GActionGroup *actions = G_ACTION_GROUP (application);
  GtkWidget *window = get_window (application, TLM_TYPE_WINDOW), *page, *view;
  int usual;

  gtk_widget_activate_action (window, "win.escape", NULL);
  wait_until ((page = find_widget (window, TLM_TYPE_NOTE_PAGE, NULL)) != NULL);
  wait_until ((view = find_widget (page, GTK_TYPE_TEXT_VIEW, NULL)) != NULL
              && get_line_height (view) > 0);
  usual = get_line_height (view);
  g_action_group_activate_action (actions, "zoom-in", NULL);
  wait_until (get_line_height (view) > usual);
  for (guint i = 0; i < 20; i++)
    g_action_group_activate_action (actions, "zoom-in", NULL);
  g_assert_cmpint (g_settings_get_int (settings, "text-zoom"), ==, 200);
  wait_until (ABS (get_line_height (view) - 2 * usual) <= 2);
  /* A size in points is made larger too. */
  g_settings_set_double (settings, "editor-size", 32);
  g_settings_set_boolean (settings, "editor-system-size", FALSE);
  wait_until (get_line_height (view) > 4 * usual);
  g_settings_reset (settings, "editor-system-size");

  for (guint i = 0; i < 20; i++)
    g_action_group_activate_action (actions, "zoom-out", NULL);
  g_assert_cmpint (g_settings_get_int (settings, "text-zoom"), ==, 50);
  wait_until (get_line_height (view) < usual);

  click (window, "50 %"); /* in the menu */
  g_assert_cmpint (g_settings_get_int (settings, "text-zoom"), ==, 100);
  wait_until (get_line_height (view) == usual);
}

/* Models under the person's settings see so much, and keep it so. */
static void
test_sets_the_context (TlmApplication *application)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  TlmEngineService *engine = tlm_services_get_engine (application->services);

  g_settings_set_double (settings, "chat-context", 1536);
  g_assert_cmpint (g_atomic_int_get (&engine->max_context), ==, 1536);
  g_assert_false (g_atomic_int_get (&engine->compact_context));
  g_settings_set_boolean (settings, "chat-compact-context", TRUE);
  g_assert_true (g_atomic_int_get (&engine->compact_context));
  g_settings_reset (settings, "chat-context");
  g_settings_reset (settings, "chat-compact-context");
  g_assert_cmpint (g_atomic_int_get (&engine->max_context), ==, TLM_DEFAULT_CONTEXT);
}

static gboolean
trouble_cb (gpointer user_data)
{
  TlmApplication *application = user_data;
  GtkApplication *windows = GTK_APPLICATION (application);
  GtkWidget *window;

  g_application_hold (G_APPLICATION (application));
  wait_until (tlm_services_get_trouble (application->services) != NULL);
  for (guint i = 0; i < 5; i++)
    wait_a_moment ();
  g_assert_null (gtk_application_get_windows (windows));
  g_application_activate (G_APPLICATION (application));
  g_assert_nonnull (window = get_window (application, TLM_TYPE_TROUBLE_PAGE));
  g_assert_null (get_window (application, TLM_TYPE_WINDOW));
  gtk_window_destroy (GTK_WINDOW (window));
  g_application_release (G_APPLICATION (application));
  return G_SOURCE_REMOVE;
}

/* As the desktop starts it to search; a window comes when the person asks for one. */
static void
test_searches_a_damaged_store (void)
{
  g_autoptr (TlmApplication) application = tlm_application_new ();
  g_autofree char *path = tlm_paths_dup_database (), *folder = g_path_get_dirname (path);
  g_autofree char *zeros = g_malloc0 (8192);

  tlm_erase_everything (NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, zeros, 8192, NULL));
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_NON_UNIQUE | G_APPLICATION_IS_SERVICE);
  g_idle_add (trouble_cb, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ui/application/erases", test_erases, run);
  g_test_add_data_func ("/ui/application/locks-when-idle", test_locks_when_idle, run);
  g_test_add_data_func ("/ui/application/waits-for-the-code", test_waits_for_the_code, run);
  g_test_add_data_func ("/ui/application/locks-nothing-away", test_locks_nothing_away, run);
  g_test_add_data_func ("/ui/application/waits-for-the-lock", test_waits_for_the_lock, run);
  g_test_add_data_func ("/ui/application/is-used-in-dialogs", test_is_used_in_dialogs, run);
  g_test_add_func ("/ui/application/searches-a-damaged-store", test_searches_a_damaged_store);
  g_test_add_data_func ("/ui/application/restores-now-or-never", test_restores_now_or_never, run);
  g_test_add_data_func ("/ui/application/makes-text-larger", test_makes_text_larger, run);
  g_test_add_data_func ("/ui/application/sets-the-context", test_sets_the_context, run);
  return g_test_run ();
}
