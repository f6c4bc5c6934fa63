/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that become examples: in the page itself, and from a note's summary and a chat. */
#include "support.h"

#include "specialists/teach-page.h"

static TlmExampleSets *
sets_of (Fixture *fixture)
{
  return tlm_services_get_example_sets (fixture->services);
}

static GtkWidget *
show (Fixture *fixture, const char *kind, const char *output)
{
  GtkWidget *window = gtk_window_new (), *page;

  wait_until (tlm_services_get_ready (fixture->services));
  page = tlm_teach_page_new (sets_of (fixture), kind, "the text", output,
                             &(TlmExampleSource){ 0, 0 });
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (page));
  return page;
}

static void
close_page (GtkWidget *page)
{
  gtk_window_destroy (GTK_WINDOW (gtk_widget_get_root (page)));
}

static void
assert_last (TlmExampleSet *set, const char *input, const char *output)
{
  GListModel *rows = tlm_example_set_get_rows (set);
  g_autoptr (TlmExampleRow) row = g_list_model_get_item (rows, g_list_model_get_n_items (rows) - 1);

  g_assert_nonnull (row);
  g_assert_cmpstr (tlm_example_row_get_input (row), ==, input);
  g_assert_cmpstr (tlm_example_row_get_output (row), ==, output);
}

static void
test_makes_a_set (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show (fixture, "title", "An answer");
  GListModel *sets = tlm_example_sets_get_list (sets_of (fixture));
  g_autoptr (TlmExampleSet) set = NULL;

  type_into (page, "_Name of the New Set", "Names");
  click (page, "_Keep as an Example");
  g_assert_cmpuint (g_list_model_get_n_items (sets), ==, 1);
  set = g_list_model_get_item (sets, 0);
  g_assert_cmpstr (tlm_example_set_get_name (set), ==, "Names");
  g_assert_cmpstr (tlm_example_set_get_kind (set), ==, "title");
  assert_last (set, "the text", "An answer");
  g_assert_false (gtk_widget_get_sensitive (find_button (page, "Kept")));
  close_page (page);
}

static void
test_offers_the_set_of_its_kind (Fixture *fixture, gconstpointer data)
{
  TlmExampleSet *tags;
  GtkWidget *page;

  wait_until (tlm_services_get_ready (fixture->services));
  tags = tlm_example_sets_add (sets_of (fixture), "Tags", "tags");
  tlm_example_sets_add (sets_of (fixture), "Titles", "title");
  page = show (fixture, "tags", "a, b");
  click (page, "_Keep as an Example");
  assert_last (tags, "the text", "a, b");
  close_page (page);
}

/* Sets come and go in another window. */
static void
test_stays_with_the_chosen_set (Fixture *fixture, gconstpointer data)
{
  TlmExampleSet *gone, *tags;
  GtkWidget *page;

  wait_until (tlm_services_get_ready (fixture->services));
  tags = tlm_example_sets_add (sets_of (fixture), "Tags", "tags");
  gone = tlm_example_sets_add (sets_of (fixture), "Titles", "title");
  page = show (fixture, "tags", "a, b");
  tlm_example_sets_remove (sets_of (fixture), gone);
  tlm_example_sets_add (sets_of (fixture), "Other Tags", "tags");
  tlm_example_sets_add (sets_of (fixture), "Answers", "");
  click (page, "_Keep as an Example");
  assert_last (tags, "the text", "a, b");
  tlm_example_sets_remove (sets_of (fixture), tags);
  click (page, "_Keep as an Example");
  g_assert_cmpuint (g_list_model_get_n_items (tlm_example_set_get_rows (tags)), ==, 1);
  close_page (page);
}

static void
hidden_cb (GtkWidget *row, gboolean *hidden)
{
  *hidden = TRUE;
}

/* What is typed meanwhile is not disturbed, and what is kept is not offered again. */
static void
test_sets_change_elsewhere (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page, *row;
  gboolean hidden = FALSE;

  wait_until (tlm_services_get_ready (fixture->services));
  tlm_example_sets_add (sets_of (fixture), "Fields", "fields");
  page = show (fixture, "tags", "a, b");
  row = find_row (page, "_Name of the New Set");
  g_signal_connect (row, "unmap", G_CALLBACK (hidden_cb), &hidden); /* also for a moment: the keyboard goes */
  tlm_example_sets_add (sets_of (fixture), "Answers", "");
  g_assert_true (gtk_widget_get_mapped (row));
  g_assert_false (hidden);
  click (page, "_Keep as an Example");
  g_assert_false (gtk_widget_get_mapped (row));
  tlm_example_sets_add (sets_of (fixture), "Titles", "title");
  g_assert_false (gtk_widget_get_sensitive (find_button (page, "Kept")));
  close_page (page);
}

static void
test_keeps_no_empty_answer (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = show (fixture, "", " \n");

  g_assert_false (gtk_widget_get_sensitive (find_button (page, "_Keep as an Example")));
  close_page (page);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/teach-page/makes-a-set", Fixture, NULL, fixture_set_up, test_makes_a_set,
              fixture_tear_down);
  g_test_add ("/ui/teach-page/offers-the-set-of-its-kind", Fixture, NULL, fixture_set_up,
              test_offers_the_set_of_its_kind, fixture_tear_down);
  g_test_add ("/ui/teach-page/stays-with-the-chosen-set", Fixture, NULL, fixture_set_up,
              test_stays_with_the_chosen_set, fixture_tear_down);
  g_test_add ("/ui/teach-page/sets-change-elsewhere", Fixture, NULL, fixture_set_up,
              test_sets_change_elsewhere, fixture_tear_down);
  g_test_add ("/ui/teach-page/keeps-no-empty-answer", Fixture, NULL, fixture_set_up,
              test_keeps_no_empty_answer, fixture_tear_down);
  return g_test_run ();
}
