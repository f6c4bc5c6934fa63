/* SPDX-License-Identifier: Apache-2.0 */
/* A note of a megabyte: its summary comes, not all of its rows, and no turn of the main loop takes
 * long. Turns are measured in the processor time of the main thread, which other programs on the
 * machine do not change. */
#include "support.h"

#include "core/paths.h"
#include "notes/span-row.h"

#include <gtksourceview/gtksource.h>
#include <time.h>

#define NOTE_BYTES 1000000
/* Of a turn. A person sees a pause from 100 ms on; the rest is for slower machines. */
#ifdef __SANITIZE_ADDRESS__
#define LIMIT_MS 3000
#else
#define LIMIT_MS 300
#endif

static double
thread_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double longest_ms;

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
turn (void)
{
  guint tick = g_timeout_add (20, tick_cb, NULL);
  double start = thread_ms ();

  g_main_context_iteration (NULL, TRUE);
  longest_ms = MAX (longest_ms, thread_ms () - start);
  g_source_remove (tick);
}

static void
turn_for (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end)
    turn ();
}

/* Says how long the longest turn since the last call took, and checks it. */
static void
check_turns (const char *what)
{
  g_test_message ("%s: the longest turn took %.0f ms", what, longest_ms);
  g_assert_cmpfloat (longest_ms, <, LIMIT_MS);
  longest_ms = 0;
}

static char *
dup_large_text (void)
{
  g_autofree char *path = tlm_paths_dup_data ("samples/meeting.md");
  g_autofree char *sample = NULL;
  GString *text = g_string_new (NULL);

  g_assert_true (g_file_get_contents (path, &sample, NULL, NULL));
  for (guint i = 1; text->len < NOTE_BYTES; i++)
    g_string_append_printf (text, "## Part %u\n\n%s\n", i, sample);
  return g_string_free (text, FALSE);
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gint64
create_note (Fixture *fixture, const char *text)
{
  TlmNotes *notes = tlm_services_get_notes (fixture->services);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmNote) note = NULL;

  tlm_notes_create_async (notes, text, NULL, keep_cb, &result);
  wait_until (result != NULL);
  note = tlm_notes_create_finish (notes, result, NULL);
  g_assert_nonnull (note);
  return tlm_note_get_id (note);
}

static guint
count_rows (GtkWidget *widget)
{
  guint n = TLM_IS_SPAN_ROW (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_rows (child);
  return n;
}

/* The turns and what a key does by itself. */
static void
type_at (GtkTextView *editor, int offset)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (editor);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (buffer, &iter, offset);
  gtk_text_buffer_place_cursor (buffer, &iter);
  for (int i = 0; i < 20; i++)
    {
      double start = thread_ms ();

      gtk_text_buffer_insert_interactive_at_cursor (buffer, "a", 1, TRUE);
      gtk_text_view_scroll_mark_onscreen (editor, gtk_text_buffer_get_insert (buffer));
      longest_ms = MAX (longest_ms, thread_ms () - start);
      turn ();
    }
}

static void
test_stays_fluent (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reader = tlm_paths_dup_data ("models/eeny.gguf");
  g_autofree char *text = dup_large_text ();
  gint64 id, start, deadline;
  GtkWidget *editor;

  if (!g_file_test (reader, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("models/eeny.gguf is not there");
      return;
    }
  id = create_note (fixture, text);
  start = g_get_monotonic_time ();
  deadline = start + 120 * G_USEC_PER_SEC;
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-note", "x", id);
  check_turns ("before");
  while (find_widget (fixture->window, TLM_TYPE_SPAN_ROW, NULL) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      turn ();
    }
  g_test_message ("the summary came after %.1f s",
                  (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC);
  turn_for (1);
  check_turns ("opening");
  g_assert_cmpuint (count_rows (GTK_WIDGET (fixture->window)), <=, 60);
  editor = find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL);
  type_at (GTK_TEXT_VIEW (editor), NOTE_BYTES / 2);
  check_turns ("typing");
  turn_for (4);
  check_turns ("after typing");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/large-note/stays-fluent", Fixture, NULL, fixture_set_up, test_stays_fluent,
              fixture_tear_down);
  return g_test_run ();
}
