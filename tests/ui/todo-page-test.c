/* SPDX-License-Identifier: Apache-2.0 */
/* The list of what is to be done, in the whole window with the real reader. */
#include "support.h"

#include "notes/note-page.h"
#include "core/paths.h"
#include "notes/todo-page.h"
#include "notes/todo-row.h"

#include <gtksourceview/gtksource.h>

#define NOTE                                                                                       \
  "# Boats\n\n- [ ] Ann calls the fitter by 8 May 2025\n- [ ] Bob paints the hull\n"               \
  "- [ ] Eve sends the bill before 2 March 2099\n"

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
has_reader (void)
{
  g_autofree char *path = tlm_paths_dup_data ("models/eeny.gguf");

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_test_skip ("models/eeny.gguf is not there");
  return FALSE;
}

static GtkWidget *
show_page (Fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-todo", NULL);
  return find_widget (f->window, TLM_TYPE_TODO_PAGE, NULL);
}

static void
add_note (Fixture *f)
{
  TlmNotes *notes = tlm_services_get_notes (f->services);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmNote) note = NULL;

  tlm_notes_create_async (notes, NOTE, NULL, keep_cb, &result);
  wait_until (result != NULL);
  note = tlm_notes_create_finish (notes, result, NULL);
  g_assert_nonnull (note);
}

static guint
count (GtkWidget *widget)
{
  guint n = TLM_IS_TODO_ROW (widget) && gtk_widget_get_mapped (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count (child);
  return n;
}

static GtkDropDown *
find_choice (GtkWidget *page, const char *name)
{
  return GTK_DROP_DOWN (gtk_widget_get_ancestor (find_widget (page, GTK_TYPE_LABEL, name),
                                                 GTK_TYPE_DROP_DOWN));
}

/* The box of the row whose sentence has @words. */
static GtkCheckButton *
find_box (GtkWidget *page, const char *words)
{
  GtkWidget *row = gtk_widget_get_ancestor (find_widget (page, GTK_TYPE_LABEL, words),
                                            TLM_TYPE_TODO_ROW);

  return GTK_CHECK_BUTTON (find_widget (row, GTK_TYPE_CHECK_BUTTON, NULL));
}

static void
test_teaches_when_empty (Fixture *f, gconstpointer data)
{
  g_assert_nonnull (find_widget (show_page (f), GTK_TYPE_LABEL, "Nothing to Do"));
}

static void
test_ticks_off (Fixture *f, gconstpointer data)
{
  GtkWidget *page;

  if (!has_reader ())
    return;
  add_note (f);
  page = show_page (f);
  wait_until (count (page) == 3);
  g_assert_nonnull (find_widget (page, GTK_TYPE_LABEL, "Ann · Overdue: Thu, 8 May 2025"));
  gtk_check_button_set_active (find_box (page, "Bob paints"), TRUE);
  wait_a_moment ();
  g_assert_cmpuint (count (page), ==, 3); /* nothing moves under the pointer */
  fixture_restart (f);
  page = show_page (f);
  wait_until (count (page) == 2);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_button (page, "Show Done")), TRUE);
  wait_until (count (page) == 3);
  g_assert_true (gtk_check_button_get_active (find_box (page, "Bob paints")));
}

static void
test_filters (Fixture *f, gconstpointer data)
{
  GtkWidget *page;
  GtkDropDown *who, *when;

  if (!has_reader ())
    return;
  add_note (f);
  page = show_page (f);
  wait_until (count (page) == 3);
  who = find_choice (page, "Anybody");
  when = find_choice (page, "Any date");
  gtk_drop_down_set_selected (when, 1);
  wait_until (count (page) == 1 && find_widget (page, GTK_TYPE_LABEL, "Ann calls") != NULL);
  gtk_drop_down_set_selected (when, 3);
  wait_until (count (page) == 1 && find_widget (page, GTK_TYPE_LABEL, "Eve sends") != NULL);
  gtk_drop_down_set_selected (when, 4);
  wait_until (count (page) == 1 && find_widget (page, GTK_TYPE_LABEL, "Bob paints") != NULL);
  gtk_drop_down_set_selected (when, 0);
  gtk_drop_down_set_selected (who, 3); /* Anybody, Nobody named, Ann, Bob, Eve */
  wait_until (count (page) == 1 && find_widget (page, GTK_TYPE_LABEL, "Bob paints") != NULL);
  gtk_drop_down_set_selected (when, 1);
  wait_until (find_widget (page, GTK_TYPE_LABEL, "No open item matches.") != NULL);
}

static char *
dup_selection (GtkTextBuffer *buffer)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_selection_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static gboolean
is_selected (GtkTextBuffer *buffer, const char *words)
{
  g_autofree char *selected = dup_selection (buffer);

  return g_str_equal (selected, words);
}

/* The note opens at the sentence; only there, and when asked, the box is ticked in the note. */
static void
test_leads_to_the_note (Fixture *f, gconstpointer data)
{
  GtkWidget *page, *row, *note_page;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  if (!has_reader ())
    return;
  add_note (f);
  page = show_page (f);
  wait_until (count (page) == 3);
  row = gtk_widget_get_ancestor (find_widget (page, GTK_TYPE_LABEL, "Bob paints"), TLM_TYPE_TODO_ROW);
  g_signal_emit_by_name (find_widget (row, GTK_TYPE_BUTTON, NULL), "clicked");
  note_page = find_widget (f->window, TLM_TYPE_NOTE_PAGE, NULL);
  g_assert_nonnull (note_page);
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_widget (note_page, GTK_SOURCE_TYPE_VIEW,
                                                                 NULL)));
  wait_until (is_selected (buffer, "Bob paints the hull"));
  gtk_widget_activate_action (note_page, "note.toggle-box", NULL);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  g_assert_nonnull (strstr (text, "\n- [x] Bob paints the hull\n- [ ] Eve"));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/todo-page/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("teaches-when-empty", test_teaches_when_empty);
  ADD ("ticks-off", test_ticks_off);
  ADD ("filters", test_filters);
  ADD ("leads-to-the-note", test_leads_to_the_note);
  return g_test_run ();
}
