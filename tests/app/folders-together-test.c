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
makes_new_notes_when_it_is_watched_anew (Fixture *f, gconstpointer data)
{
  watch_anew (f);
  assert_count (f, NOTES, "4");
  assert_count (f, "SELECT count (DISTINCT note_id) FROM folder_files", "2");
  watch_anew (f);
  assert_count (f, NOTES, "6");
}

static void
create_note (Fixture *f, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmNote)      note = NULL;

  tlm_notes_create_async (f->notes, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  note = tlm_notes_create_finish (f->notes, result, NULL);
  g_assert_nonnull (note);
}

static void
delete_file (Fixture *f, const char *name)
{
  g_autoptr (GFile) file = g_file_get_child (f->vault, name);

  g_assert_true (g_file_delete (file, NULL, NULL));
}

/* Such as one whose copy was exported into the folder, or one that is still blank. */
static void
leaves_a_note_that_came_from_no_file (Fixture *f, gconstpointer data)
{
  create_note (f, "# Mine\n\nWords.\n");
  create_note (f, "");
  write_file (f, "copy.md", "# Mine\n\nWords.\n");
  write_file (f, "empty.md", "");
  look (f);
  assert_count (f, "SELECT count (*) FROM notes WHERE title = 'Mine'", "2");
  write_file (f, "copy.md", "# Theirs\n\nOther words.\n");
  write_file (f, "empty.md", "# Filled\n");
  look (f);
  delete_file (f, "copy.md");
  delete_file (f, "empty.md");
  look (f);
  assert_count (f, NOTES, "4");
  assert_count (f, NOTES " AND (text = '' OR text LIKE '# Mine%Words.%')", "2");
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

/* Its notes would be known to no folder. */
static void
makes_no_note_for_a_folder_that_is_not_watched (Fixture *f, gconstpointer data)
{
  write_file (f, "three.md", "# Three\n");
  tlm_folders_start (f->folders);
  wait_until_idle (f, TRUE);
  tlm_test_exec (f->store, "DELETE FROM folders");
  wait_until_idle (f, FALSE);
  assert_count (f, NOTES, "2");
  g_assert_cmpuint (count_notes (f), ==, 2);
}

/* Nor is one looked through that waits for it. */
static void
stops_where_another_program_watches_no_longer (Fixture *f, gconstpointer data)
{
  GListModel            *list = tlm_folders_get_list (f->folders);
  g_autoptr (TlmFolder) first = g_object_ref (get_folder (f)), second = NULL;

  tlm_test_exec (f->store, "INSERT INTO folders (uri) VALUES ('file:///no/such/folder')");
  tlm_folders_reload (f->folders);
  while (g_list_model_get_n_items (list) < 2)
    g_main_context_iteration (NULL, TRUE);
  second = g_list_model_get_item (list, 1);
  g_assert_true (tlm_folders_get_busy (f->folders));
  tlm_test_exec (f->store, "DELETE FROM folders");
  tlm_folders_reload (f->folders);
  wait_until_idle (f, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 0);
  g_assert_true (tlm_folder_get_paused (first));
  g_assert_null (tlm_folder_get_problem (second));
}

#define ADD(path, func) g_test_add ("/app/folders-together/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-a-note-with-its-file", keeps_a_note_with_its_file);
  ADD ("makes-new-notes-when-it-is-watched-anew", makes_new_notes_when_it_is_watched_anew);
  ADD ("leaves-a-note-that-came-from-no-file", leaves_a_note_that_came_from_no_file);
  ADD ("makes-one-note-in-two-programs", makes_one_note_in_two_programs);
  ADD ("hears-of-the-folders-of-another-program", hears_of_the_folders_of_another_program);
  ADD ("makes-no-note-for-a-folder-that-is-not-watched", makes_no_note_for_a_folder_that_is_not_watched);
  ADD ("stops-where-another-program-watches-no-longer", stops_where_another_program_watches_no_longer);
  return g_test_run ();
}
