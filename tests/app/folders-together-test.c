/* SPDX-License-Identifier: Apache-2.0 */
/* A file is one note, and its note is known to be that: when the program ends while files are read, when two
 * programs watch one folder, and when it is watched anew. */
#include "folders-support.h"
#include "store/store-private.h"
#include "store/watch.h"
#include "support.h"

static void
assert_count (Fixture *f, const char *sql, const char *n)
{
  g_autofree char *found = tlm_test_query (f->database, sql);

  g_assert_cmpstr (found, ==, n);
}

#define NOTES "SELECT count (*) FROM notes WHERE trashed IS NULL"

/* ---- one program ---- */

static gboolean
do_nothing (TlmDb *db, gpointer data, GError **error)
{
  return TRUE;
}

/* Until the store has done what it was asked for; nothing of it is heard here meanwhile. */
static void
wait_for_store (Fixture *f)
{
  g_autoptr (GMainContext) aside = g_main_context_new ();

  g_main_context_push_thread_default (aside);
  g_assert_true (tlm_store_call (f->store, do_nothing, NULL, NULL));
  g_main_context_pop_thread_default (aside);
}

/* At no moment does the store have a note whose file it does not know, so that the program may end there. */
static void
keeps_a_note_with_its_file (Fixture *f, gconstpointer data)
{
  write_file (f, "one.md", "# First\n\nOther words.\n");
  write_file (f, "three.md", "# Three\n");
  tlm_folders_start (f->folders);
  wait_until_idle (f, TRUE);
  while (tlm_folders_get_busy (f->folders))
    {
      g_main_context_iteration (NULL, TRUE);
      wait_for_store (f);
      assert_count (f, "SELECT count (*) FROM notes WHERE NOT EXISTS (SELECT 1 FROM folder_files "
                       "WHERE note_id = notes.id AND note_updated = updated)", "0");
    }
  assert_count (f, NOTES, "3");
  g_assert_true (has_title (f, "First"));
}

static void
watch_anew (Fixture *f)
{
  tlm_folders_remove (f->folders, get_folder (f));
  while (g_list_model_get_n_items (tlm_folders_get_list (f->folders)) > 0)
    g_main_context_iteration (NULL, TRUE);
  tlm_folders_add (f->folders, f->vault);
  wait_until_idle (f, TRUE);
  wait_until_idle (f, FALSE);
}

static void
takes_the_notes_of_an_earlier_watching (Fixture *f, gconstpointer data)
{
  watch_anew (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
  assert_count (f, NOTES, "2");
  write_file (f, "one.md", "# First\n\nOther words.\n");
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
  g_assert_true (has_title (f, "First"));
}

static void
takes_no_note_of_another_file (Fixture *f, gconstpointer data)
{
  write_file (f, "copy.md", "# One\n\nWords.\n");
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 3);
  watch_anew (f);
  g_assert_cmpuint (count_notes (f), ==, 3);
  assert_count (f, "SELECT count (DISTINCT note_id) FROM folder_files", "3");
}

/* ---- two ---- */

/* The second has the same database and folder. */
static void
start_other (Fixture *f, Fixture *other)
{
  *other = *f;
  other->store = tlm_test_open_store (f->database);
  other->notes = tlm_notes_new (other->store);
  other->folders = tlm_folders_new (other->store, other->notes);
}

static void
stop_other (Fixture *other)
{
  tlm_store_close (other->store);
  g_object_run_dispose (G_OBJECT (other->folders));
  g_object_unref (other->folders);
  g_object_unref (other->notes);
  g_object_unref (other->store);
}

static void
count (guint *n)
{
  ++*n;
}

/* Both at once, one of which waits for the other. */
static void
look_both (Fixture *f, Fixture *other)
{
  guint  n_here = 0, n_there = 0; /* a beginning and an end each */
  gulong here = g_signal_connect_swapped (f->folders, "notify::busy", G_CALLBACK (count), &n_here);
  gulong there = g_signal_connect_swapped (other->folders, "notify::busy", G_CALLBACK (count), &n_there);

  tlm_folders_start (f->folders);
  tlm_folders_start (other->folders);
  while (n_here < 2 || n_there < 2)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (f->folders, here);
  g_signal_handler_disconnect (other->folders, there);
}

static void
makes_one_note_in_two_programs (Fixture *f, gconstpointer data)
{
  Fixture other;

  start_other (f, &other);
  look (&other);
  write_file (f, "three.md", "# Three\n");
  look_both (f, &other);
  assert_count (f, NOTES, "3");
  /* What the first made or changed, the second goes on with. */
  write_file (f, "three.md", "# Three\n\nWords.\n");
  look (f);
  write_file (f, "three.md", "# Three\n\nOther words.\n");
  look (&other);
  assert_count (f, NOTES, "3");
  assert_count (f, "SELECT count (*) FROM notes WHERE text LIKE '%Other words%'", "1");
  assert_count (f, "SELECT count (*) FROM folder_files WHERE other_id IS NOT NULL", "0");
  stop_other (&other);
}

static void
keep_changed (guint *slot, guint changed)
{
  *slot |= changed;
}

static guint
watch_once (Fixture *f, TlmWatch *watch)
{
  guint  found = 0;
  gulong id = g_signal_connect_swapped (watch, "changed", G_CALLBACK (keep_changed), &found);

  tlm_watch_look (watch);
  tlm_test_exec (f->store, "SELECT 1");
  tlm_test_settle ();
  g_signal_handler_disconnect (watch, id);
  return found;
}

static void
hears_of_the_folders_of_another_program (Fixture *f, gconstpointer data)
{
  Fixture               other;
  g_autoptr (TlmWatch)  watch = NULL;
  g_autoptr (TlmFolder) folder = NULL;

  start_other (f, &other);
  watch = tlm_watch_new (other.store);
  tlm_watch_begin (watch);
  watch_once (&other, watch);
  tlm_test_exec (f->store, "UPDATE folders SET paused = 1");
  g_assert_true (watch_once (&other, watch) & TLM_WATCHED_FOLDERS);
  g_assert_false (watch_once (&other, watch) & TLM_WATCHED_FOLDERS);
  tlm_folders_reload (other.folders);
  tlm_test_exec (other.store, "SELECT 1");
  tlm_test_settle ();
  folder = g_object_ref (get_folder (&other));
  g_assert_true (tlm_folder_get_paused (folder));
  g_assert_false (tlm_folders_get_busy (other.folders));
  tlm_test_exec (f->store, "UPDATE folders SET paused = 0");
  tlm_folders_reload (other.folders);
  wait_until_idle (&other, TRUE);
  wait_until_idle (&other, FALSE);
  g_assert_true (get_folder (&other) == folder);
  g_clear_object (&watch);
  stop_other (&other);
}

#define ADD(path, func) g_test_add ("/app/folders-together/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-a-note-with-its-file", keeps_a_note_with_its_file);
  ADD ("takes-the-notes-of-an-earlier-watching", takes_the_notes_of_an_earlier_watching);
  ADD ("takes-no-note-of-another-file", takes_no_note_of_another_file);
  ADD ("makes-one-note-in-two-programs", makes_one_note_in_two_programs);
  ADD ("hears-of-the-folders-of-another-program", hears_of_the_folders_of_another_program);
  return g_test_run ();
}
