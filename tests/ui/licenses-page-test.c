/* SPDX-License-Identifier: Apache-2.0 */
/* The Licenses page in the window: a key comes in, is explained, leaves and comes back. */
#include "support.h"

#include "settings/licenses-page.h"
#include "core/paths.h"
#include "settings/preferences.h"
#include "notes/summary-receipt.h"

static TlmLicensesPage *
show_page (Fixture *fixture)
{
  wait_until (tlm_services_get_ready (fixture->services));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-licenses", NULL);
  return TLM_LICENSES_PAGE (find_widget (fixture->window, TLM_TYPE_LICENSES_PAGE, NULL));
}

static char *
read_vector (const char *name)
{
  g_autofree char *relative = g_strdup_printf ("licenses/vectors/%s.txt", name);
  g_autofree char *path = tlm_paths_dup_data (relative);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_explains (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);
  g_autofree char *key = read_vector ("year");
  GtkWidget *row;

  wait_until (find_widget (page, GTK_TYPE_LABEL, "No key covers eeny") != NULL);
  tlm_licenses_page_add_text (page, key);
  wait_until ((row = find_widget (page, ADW_TYPE_EXPANDER_ROW, NULL)) != NULL);
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, "TEST KEY"));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_until (find_widget (row, GTK_TYPE_LABEL, "Example Notes") != NULL);
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, "Versions released until 2027-11-25"));
  g_assert_nonnull (find_widget (row, GTK_TYPE_LABEL, "Not covered"));
  wait_until (find_widget (page, GTK_TYPE_LABEL, "Only a test key") != NULL);
}

static void
test_removes_and_undoes (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);
  g_autofree char *key = read_vector ("life");
  GtkWidget *row, *button;

  tlm_licenses_page_add_text (page, key);
  wait_until ((row = find_widget (page, ADW_TYPE_EXPANDER_ROW, NULL)) != NULL);
  button = find_widget (row, GTK_TYPE_BUTTON, NULL);
  g_signal_emit_by_name (button, "clicked");
  wait_until (find_widget (page, ADW_TYPE_EXPANDER_ROW, NULL) == NULL);
  wait_until ((button = find_widget (page, GTK_TYPE_BUTTON, "Undo")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  wait_until (find_widget (page, ADW_TYPE_EXPANDER_ROW, NULL) != NULL);
}

static void
test_says_why_not (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);

  tlm_licenses_page_add_text (page, "Dear Ada,");
  wait_until (find_widget (page, GTK_TYPE_LABEL, "There is no key in this text") != NULL);
}

static void
test_takes_a_dropped_file (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);
  g_autofree char *path = tlm_paths_dup_data ("licenses/vectors/domain.txt");

  drop_file (fixture, path);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "The domain example.com") != NULL);
}

static GtkWidget *
find_page (Fixture *fixture)
{
  return find_widget (fixture->window, TLM_TYPE_LICENSES_PAGE, NULL);
}

/* Wherever it is dropped, a key is no note; a note that quotes one is. */
static void
test_knows_a_key_anywhere (Fixture *fixture, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (fixture->services));
  g_autofree char *path = tlm_paths_dup_data ("licenses/vectors/domain.txt");
  g_autofree char *key = read_vector ("domain"), *text = g_strconcat ("From Ada:\n\n", key, NULL);
  g_autofree char *note = g_build_filename (fixture->folder, "note.txt", NULL);

  drop_file (fixture, path);
  wait_until (find_page (fixture) != NULL);
  wait_until (find_widget (find_page (fixture), GTK_TYPE_LABEL, "The domain example.com") != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (notes), ==, 0);

  g_assert_true (g_file_set_contents (note, text, -1, NULL));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.escape", NULL);
  drop_file (fixture, note);
  wait_until (g_list_model_get_n_items (notes) == 1);
}

static void
test_takes_dropped_text (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);
  g_autofree char *key = read_vector ("life");
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, key);
  drop (GTK_WIDGET (page), &value);
  g_value_unset (&value);
  wait_until (find_widget (page, ADW_TYPE_EXPANDER_ROW, NULL) != NULL);
}

static void
test_names_a_file_that_is_not_there (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/key.txt");

  tlm_licenses_page_add_file (page, file);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "/nonexistent/key.txt") != NULL);
}

/* The preferences follow while they are open. */
static void
test_preferences_show_the_state (Fixture *fixture, gconstpointer data)
{
  TlmLicensesPage *page = show_page (fixture);
  GListModel *list = tlm_licenses_get_list (tlm_services_get_licenses (fixture->services));
  TlmModels *models = tlm_services_get_models (fixture->services);
  GtkWidget *preferences = g_object_ref_sink (tlm_preferences_new (list, models));
  g_autofree char *key = read_vector ("year");

  g_assert_nonnull (find_widget (preferences, GTK_TYPE_LABEL, "Free for personal use"));
  g_assert_null (find_widget (preferences, GTK_TYPE_LABEL, "a test key for “Example Notes”"));
  tlm_licenses_page_add_text (page, key);
  wait_until (find_widget (preferences, GTK_TYPE_LABEL, "a test key for “Example Notes”") != NULL);
  g_object_unref (preferences);
}

/* As it is, whatever it looks like. */
static void
test_preferences_name_the_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");
  GListModel *list = tlm_licenses_get_list (tlm_services_get_licenses (fixture->services));
  TlmModels *models = tlm_services_get_models (fixture->services);
  GtkWidget *preferences;

  g_settings_set_string (settings, "chat-model-path", "/no/R & D <b>.gguf");
  preferences = g_object_ref_sink (tlm_preferences_new (list, models));
  g_assert_nonnull (find_widget (preferences, GTK_TYPE_LABEL, "R & D <b>.gguf"));
  g_object_unref (preferences);
  g_settings_reset (settings, "chat-model-path");
}

/* So does the receipt of a summary. */
static void
test_receipts_show_the_state (Fixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window), *receipt;
  g_autofree char *key = read_vector ("year");
  TlmLicensesPage *page;

  gtk_widget_activate_action (window, "win.new-sample", NULL);
  wait_until ((receipt = find_widget (window, TLM_TYPE_SUMMARY_RECEIPT, NULL)) != NULL);
  gtk_expander_set_expanded (GTK_EXPANDER (find_widget (receipt, GTK_TYPE_EXPANDER, NULL)), TRUE);
  wait_until (find_widget (receipt, GTK_TYPE_LABEL, "License: Free for personal use") != NULL);
  page = show_page (fixture);
  tlm_licenses_page_add_text (page, key);
  wait_until (find_widget (receipt, GTK_TYPE_LABEL, "a test key for “Example Notes”") != NULL);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "explains", test_explains },
    { "removes-and-undoes", test_removes_and_undoes },
    { "says-why-not", test_says_why_not },
    { "takes-a-dropped-file", test_takes_a_dropped_file },
    { "knows-a-key-anywhere", test_knows_a_key_anywhere },
    { "takes-dropped-text", test_takes_dropped_text },
    { "names-a-file-that-is-not-there", test_names_a_file_that_is_not_there },
    { "preferences-name-the-model", test_preferences_name_the_model },
    { "preferences-show-the-state", test_preferences_show_the_state },
    { "receipts-show-the-state", test_receipts_show_the_state },
  };

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/licenses-page/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, fixture_set_up, tests[i].run, fixture_tear_down);
    }
  return g_test_run ();
}
