/* SPDX-License-Identifier: Apache-2.0 */
/* What a dialog waits for may come when the dialog, or the window below it, has gone. */
#include "support.h"

#include "compat/compat.h"
#include "settings/tool-choices-group.h"
#include "store/store-private.h"

static guint n_chosen;

static void
chosen_cb (GFile *file, gpointer user_data)
{
  g_assert_true (GTK_IS_WINDOW (user_data));
  n_chosen++;
}

/* What GTK shows by itself where there is no portal is of the deprecated kind in later versions too. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS
static GtkDialog *
find_chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkDialog *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && found == NULL; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window))
        found = GTK_DIALOG (window);
    }
  return found;
}

/* (transfer none): in which something is chosen already */
static GtkDialog *
present_chooser (GtkWidget *window)
{
  g_autoptr (GFile) chosen = NULL;
  GtkDialog *chooser;

  gtk_window_present (GTK_WINDOW (window));
  tlm_present_save_file (window, "A file", "new.txt", chosen_cb, window);
  wait_until ((chooser = find_chooser ()) != NULL);
  wait_until ((chosen = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))) != NULL);
  return chooser;
}

static void
test_file_is_chosen (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();

  n_chosen = 0;
  gtk_dialog_response (present_chooser (window), GTK_RESPONSE_ACCEPT);
  wait_until (n_chosen == 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* It was locked meanwhile. */
static void
test_file_is_chosen_for_nobody (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  GtkDialog *chooser = present_chooser (window);

  n_chosen = 0;
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_dialog_response (chooser, GTK_RESPONSE_ACCEPT);
  wait_until (find_chooser () == NULL);
  g_assert_cmpuint (n_chosen, ==, 0);
}
G_GNUC_END_IGNORE_DEPRECATIONS

/* The tools that were chosen are still being read then. */
static void
test_preferences_are_closed_at_once (Fixture *fixture, gconstpointer data)
{
  TlmStore *store = tlm_services_get_store (fixture->services);
  GtkWidget *group = g_object_ref_sink (tlm_tool_choices_group_new (store));
  GtkWidget *list = find_widget (group, GTK_TYPE_LIST_BOX, NULL);

  g_object_add_weak_pointer (G_OBJECT (list), (gpointer *) &list);
  g_object_unref (group);
  wait_until (list == NULL);
}

static void
refuse_job (gpointer owner, GTask *task)
{
  GError *error = NULL;

  tlm_db_exec (owner, "INSERT INTO tool_choices (text, tool, chosen) VALUES ('How far?', 'code', 0); "
                      "CREATE TRIGGER refuse BEFORE DELETE ON tool_choices "
                      "BEGIN SELECT raise (ABORT, 'refused'); END", &error);
  g_assert_no_error (error);
  g_task_return_boolean (task, TRUE);
}

/* In the preferences, where they stand. */
static void
test_what_is_not_forgotten_is_said (Fixture *fixture, gconstpointer data)
{
  TlmStore *store = tlm_services_get_store (fixture->services);
  GtkWidget *page = g_object_new (ADW_TYPE_PREFERENCES_PAGE, "title", "Tools", NULL), *button;

  tlm_store_post (store, g_task_new (store, NULL, NULL, NULL), refuse_job);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (tlm_tool_choices_group_new (store)));
  tlm_present_preferences (GTK_WIDGET (fixture->window), page);
  wait_until ((button = find_described (page, "Forget")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  wait_until (find_widget (gtk_widget_get_root (page), GTK_TYPE_LABEL, "refused") != NULL);
  tlm_leave_preferences (page, "win.escape");
}

#define ADD(name, func)                                                                             \
  g_test_add ("/ui/dialogs/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("file-is-chosen", test_file_is_chosen);
  ADD ("file-is-chosen-for-nobody", test_file_is_chosen_for_nobody);
  ADD ("preferences-are-closed-at-once", test_preferences_are_closed_at_once);
  ADD ("what-is-not-forgotten-is-said", test_what_is_not_forgotten_is_said);
  return g_test_run ();
}
