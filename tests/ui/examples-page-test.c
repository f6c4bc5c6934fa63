/* SPDX-License-Identifier: Apache-2.0 */
/* A set of examples in the window: rows are added, found wrong, removed and taken back; what is half written
 * waits; what came in is said. */
#include "specialists-support.h"

#include "specialists/examples-editor.h"
#include "specialists/examples-page.h"
#include "specialists/examples-row.h"
#include "specialists/examples-words.h"
#include "specialists/specialists-page.h"

static GtkTextBuffer *
get_composer (GtkWidget *page)
{
  GtkWidget *editor = find_widget (page, TLM_TYPE_EXAMPLES_EDITOR, NULL);

  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_widget (editor, GTK_TYPE_TEXT_VIEW, NULL)));
}

/* (transfer none): with so much written in the example that is to be added */
static void
open_set (GtkWidget *page, const char *name, int n_chars)
{
  g_assert_true (gtk_widget_activate_action (page, "specialists.up", NULL));
  g_signal_emit_by_name (find_row (page, name), "activated");
  wait_until (find_widget (page, TLM_TYPE_EXAMPLES_EDITOR, NULL) != NULL);
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_composer (page)), ==, n_chars);
}

static void
test_half_an_example_waits (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);
  g_autofree char *first = g_strdup (tlm_example_set_get_name (begin_set (page, "Another Job")));

  gtk_text_buffer_set_text (get_composer (page), "Where", -1);
  open_set (page, first, 5);
  g_assert_true (gtk_widget_activate_action (page, "specialists.up", NULL));
  begin_set (page, "Tag My Way");
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_composer (page)), ==, 0);
  open_set (page, first, 5);
}

static void
test_finds_problems (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);
  TlmExampleSet *set = begin_set (page, "Another Job");

  tlm_example_set_append (set, "one", "a", NULL);
  tlm_example_set_append (set, "one", "b", NULL);
  tlm_example_set_append (set, "two", "", NULL);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "1 empty, 2 conflicting") != NULL);
}

static void
test_removes_and_takes_back (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f), *row;
  TlmExampleSet *set = begin_set (page, "Tag My Way");

  wait_until (find_widget (page, TLM_TYPE_EXAMPLES_ROW, NULL) != NULL);
  row = find_widget (page, TLM_TYPE_EXAMPLES_ROW, NULL);
  g_signal_emit_by_name (row, "removed");
  g_assert_cmpuint (count_rows (set), ==, 2);
  wait_until (find_widget (page, GTK_TYPE_BUTTON, "Undo") != NULL);
  g_signal_emit_by_name (find_widget (page, GTK_TYPE_BUTTON, "Undo"), "clicked");
  g_assert_cmpuint (count_rows (set), ==, 3);
}

static void
test_leaves_a_set_that_is_gone (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f);

  tlm_example_sets_remove (tlm_services_get_example_sets (f->services), begin_set (page, "Tag My Way"));
  wait_until (find_widget (f->window, GTK_TYPE_BUTTON, "Undo") != NULL);
  wait_until (find_widget (page, TLM_TYPE_EXAMPLES_PAGE, NULL) == NULL);
}

static void
press_key (GtkWidget *widget, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) c = g_list_model_get_item (controllers, i);
      gboolean handled;

      if (GTK_IS_EVENT_CONTROLLER_KEY (c))
        g_signal_emit_by_name (c, "key-pressed", key, 0, 0, &handled);
    }
}

/* The row that has the focus, not one whose text is being written. */
static void
test_removes_by_key (Fixture *f, gconstpointer data)
{
  GtkWidget *page = show_specialists (f), *row, *list;
  TlmExampleSet *set = begin_set (page, "Tag My Way");

  wait_until (find_widget (page, TLM_TYPE_EXAMPLES_ROW, NULL) != NULL);
  row = find_widget (page, TLM_TYPE_EXAMPLES_ROW, NULL);
  list = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_VIEW);
  tlm_examples_row_edit (TLM_EXAMPLES_ROW (row));
  press_key (list, GDK_KEY_Delete);
  g_assert_cmpuint (count_rows (set), ==, 3);
  tlm_examples_row_end_edit (TLM_EXAMPLES_ROW (row));
  gtk_widget_grab_focus (gtk_widget_get_parent (row));
  press_key (list, GDK_KEY_Delete);
  g_assert_cmpuint (count_rows (set), ==, 2);
}

static void
test_says_what_came_in (Fixture *f, gconstpointer data)
{
  g_autofree char *one = tlm_examples_dup_added (&(TlmExamples){ .n = 1 });
  g_autofree char *more = tlm_examples_dup_added (&(TlmExamples){ .n = 2, .n_empty = 1, .n_conflicts = 3 });

  g_assert_cmpstr (one, ==, "1 example came in.");
  g_assert_cmpstr (more, ==, "2 examples came in. 1 empty one was left out. "
                             "3 contradicted others; the last of them came in.");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/examples-page/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("half-an-example-waits", test_half_an_example_waits);
  ADD ("finds-problems", test_finds_problems);
  ADD ("removes-and-takes-back", test_removes_and_takes_back);
  ADD ("leaves-a-set-that-is-gone", test_leaves_a_set_that_is_gone);
  ADD ("removes-by-key", test_removes_by_key);
  ADD ("says-what-came-in", test_says_what_came_in);
  return g_test_run ();
}
