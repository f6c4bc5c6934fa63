/* SPDX-License-Identifier: Apache-2.0 */
/* Notes that follow the files of a folder: new, changed, gone, and changed on both sides; and what the
 * folder says of itself. */
#include <glib/gstdio.h>
#include <string.h>

#include "folders-support.h"
#include "support.h"

static void
assert_problem (Fixture *f, const char *part)
{
  const char *problem = tlm_folder_get_problem (get_folder (f));

  g_assert_nonnull (problem);
  g_assert_nonnull (strstr (problem, part));
}

static void
keeps_files_as_notes (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (count_notes (f), ==, 2);
  g_assert_true (has_title (f, "One"));
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
}

/* As a command does, which looks through none. */
static void
tells_paths_of_a_store (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *path = g_file_get_path (f->vault);
  g_auto (GStrv)           paths = NULL;

  tlm_folders_read_paths_async (f->store, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  paths = tlm_folders_read_paths_finish (f->store, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 1);
  g_assert_cmpstr (paths[0], ==, path);
}

static void
follows_changes (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) two = g_file_get_child (f->vault, "two.md");

  write_file (f, "one.md", "# First\n\nOther words.\n");
  g_assert_true (g_file_delete (two, NULL, NULL));
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 1);
  g_assert_true (has_title (f, "First"));
}

/* (transfer full) */
static TlmNote *
find_note (Fixture *f, const char *title)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (TlmNote) any = g_list_model_get_item (G_LIST_MODEL (f->notes), i);

      g_assert_nonnull (any);
      if (g_str_equal (tlm_note_get_title (any), title))
        return g_steal_pointer (&any);
    }
}

static void
save (Fixture *f, TlmNote *note, const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_save_async (f->notes, note, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_save_finish (f->notes, result, NULL));
}

static void
assert_texts (Fixture *f, const char *title, const char *texts)
{
  g_autofree char *sql = g_strdup_printf ("SELECT group_concat (text, '|') FROM (SELECT text FROM notes "
                                          "WHERE trashed IS NULL AND title = '%s' ORDER BY text)", title);
  g_autofree char *found = tlm_test_query (f->database, sql);

  g_assert_cmpstr (found, ==, texts);
}

/* The text that a person wrote here is never replaced, nor is the file's lost. */
static void
keeps_both_of_a_conflict (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile)   file = g_file_get_child (f->vault, "one.md");
  g_autoptr (TlmNote) note = find_note (f, "One");
  g_autofree char    *text = NULL;

  save (f, note, "# Mine\n");
  write_file (f, "one.md", "# Theirs\n\nMore.\n");
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 3);
  g_assert_true (has_title (f, "Mine"));
  g_assert_true (has_title (f, "Theirs"));
  assert_problem (f, "“one.md” was changed both in the folder and here. Your note “Mine” stays, the file’s "
                     "text is the note “Theirs”.");
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "# Theirs\n\nMore.\n");
}

/* As the note's page reads it when it is opened. (transfer full) */
static TlmNote *
open_note (Fixture *f, const char *title)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char         *text = NULL;
  TlmNote                 *note = find_note (f, title);

  tlm_notes_get_text_async (f->notes, note, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  text = tlm_notes_get_text_finish (f->notes, result, NULL);
  g_assert_nonnull (text);
  return note;
}

static void
count (guint *n)
{
  ++*n;
}

static void
tells_the_page_of_a_note_that_it_was_replaced (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) note = open_note (f, "One");
  guint               n_replaced = 0;

  g_signal_connect_swapped (note, "replaced", G_CALLBACK (count), &n_replaced);
  write_file (f, "one.md", "# One\n\nOther words.\n");
  look (f);
  g_assert_cmpuint (n_replaced, ==, 1);
  write_file (f, "one.md", "# One\n\nStill other words.\n");
  look (f);
  g_assert_cmpuint (n_replaced, ==, 2);
  g_assert_cmpuint (count_notes (f), ==, 2);
  /* It was typed into before it could read the new text. */
  save (f, note, "# One\n\nWords, and more.\n");
  save (f, note, "# One\n\nWords, and still more.\n");
  assert_texts (f, "One", "# One\n\nStill other words.\n|# One\n\nWords, and still more.\n");
  g_assert_cmpuint (n_replaced, ==, 2);
}

/* As the note's page does with what was typed just now. */
static void
save_what_is_typed (TlmNote *note, Fixture *f)
{
  tlm_notes_save_async (f->notes, note, "# Mine\n", NULL, NULL, NULL);
}

static void
keeps_what_was_typed_just_now (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) one = open_note (f, "One"), two = open_note (f, "Two");
  g_autoptr (GFile)   file = g_file_get_child (f->vault, "two.md");

  g_signal_connect (one, "flush", G_CALLBACK (save_what_is_typed), f);
  g_signal_connect (two, "flush", G_CALLBACK (save_what_is_typed), f);
  write_file (f, "one.md", "# Theirs\n\nMore.\n");
  g_assert_true (g_file_delete (file, NULL, NULL));
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 3);
  assert_texts (f, "Mine", "# Mine\n|# Mine\n");
  assert_problem (f, "Your note “Mine” stays, the file’s text is the note “Theirs”.");
}

static void
take_note (TlmNote **slot, TlmNote *note)
{
  g_assert_null (*slot);
  *slot = note;
}

static void
tells_of_a_note_that_goes_with_its_file (Fixture *f, gconstpointer data)
{
  g_autoptr (TlmNote) note = open_note (f, "Two");
  g_autoptr (GFile)   file = g_file_get_child (f->vault, "two.md");
  TlmNote            *gone = NULL;

  g_signal_connect_swapped (f->folders, "gone", G_CALLBACK (take_note), &gone);
  g_assert_true (g_file_delete (file, NULL, NULL));
  look (f);
  g_assert_true (gone == note);
}

static void
forgets_a_folder_but_not_its_notes (Fixture *f, gconstpointer data)
{
  tlm_folders_remove (f->folders, get_folder (f));
  while (g_list_model_get_n_items (tlm_folders_get_list (f->folders)) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_notes (f), ==, 2);
}

static void
names_a_file_that_cannot_be_read (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) bad = g_file_get_child (f->vault, "bad.pdf");

  assert_problem (f, "“bad.pdf”: ");
  g_assert_true (g_file_delete (bad, NULL, NULL));
  look (f);
  g_assert_null (tlm_folder_get_problem (get_folder (f)));
}

static void
move_vault (Fixture *f, const char *from, const char *to)
{
  g_autofree char *old = g_build_filename (f->folder, from, NULL);
  g_autofree char *new = g_build_filename (f->folder, to, NULL);

  g_assert_cmpint (g_rename (old, new), ==, 0);
}

static void
keeps_notes_of_a_folder_that_is_gone (Fixture *f, gconstpointer data)
{
  move_vault (f, "vault", "elsewhere");
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
  assert_problem (f, "This folder is not there.");
  move_vault (f, "elsewhere", "vault");
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
  assert_problem (f, "“bad.pdf”: ");
}

/* As the place of a disk that is not mounted. */
static void
keeps_notes_of_a_folder_that_is_empty (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_file_get_path (f->vault);

  move_vault (f, "vault", "elsewhere");
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
  assert_problem (f, "No notes are in this folder any more");
}

static void
wait_until_paused (Fixture *f, gboolean paused)
{
  g_autofree char *stored = NULL;

  do
    {
      g_main_context_iteration (NULL, FALSE);
      g_free (stored);
      stored = tlm_test_query (f->database, "SELECT paused FROM folders");
    }
  while (!g_str_equal (stored, paused ? "1" : "0"));
}

static void
leaves_a_paused_folder_alone (Fixture *f, gconstpointer data)
{
  tlm_folders_set_paused (f->folders, get_folder (f), TRUE);
  wait_until_paused (f, TRUE);
  tlm_test_settle ();
  write_file (f, "three.md", "# Three\n");
  tlm_folders_start (f->folders);
  tlm_test_settle ();
  g_assert_false (tlm_folders_get_busy (f->folders));
  g_assert_cmpuint (count_notes (f), ==, 2);
  tlm_folders_set_paused (f->folders, get_folder (f), FALSE);
  wait_until_idle (f, TRUE);
  wait_until_idle (f, FALSE);
  g_assert_true (has_title (f, "Three"));
}

/* A folder that was empty when it was seen last is watched, too. */
static void
notices_a_file_in_a_new_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) inside = g_file_get_child (f->vault, "inside");

  g_assert_true (g_file_make_directory (inside, NULL, NULL));
  look (f);
  write_file (f, "inside/three.md", "# Three\n");
  while (count_notes (f) < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (has_title (f, "Three"));
  wait_until_idle (f, FALSE);
}

static void
set_flag (gboolean *flag)
{
  *flag = TRUE;
}

/* For a moment, as on a full disk. */
static void
tries_again_when_the_notes_cannot_be_read (Fixture *f, gconstpointer data)
{
  gboolean late = FALSE;

  /* The bin, which is emptied before, holds something of long ago. */
  tlm_test_exec (f->store, "INSERT INTO notes (title, text, created, updated, trashed) "
                           "VALUES ('Old', '', 1, (strftime ('%s') - 86400) * 1000000, 1)");
  tlm_test_exec (f->store, "CREATE TRIGGER full BEFORE UPDATE ON notes "
                           "BEGIN SELECT raise (ABORT, 'full'); END");
  look (f);
  tlm_test_exec (f->store, "DROP TRIGGER full");
  g_timeout_add_once (10000, (GSourceOnceFunc) set_flag, &late);
  while (!tlm_folders_get_busy (f->folders) && !late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  wait_until_idle (f, FALSE);
}

static void
failed_cb (TlmFolders *folders, const char *sentence, char **said)
{
  g_free (*said);
  *said = g_strdup (sentence);
}

static void
refuses_what_is_watched_already (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) inside = g_file_get_child (f->vault, "inside");
  g_autoptr (GFile) around = g_file_get_parent (f->vault);
  g_autofree char  *said = NULL;

  g_signal_connect (f->folders, "failed", G_CALLBACK (failed_cb), &said);
  tlm_folders_add (f->folders, inside);
  g_assert_nonnull (strstr (said, "is watched already, with all folders inside it."));
  tlm_folders_add (f->folders, around);
  g_assert_nonnull (strstr (said, "lies inside this folder"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/folders/keeps-files-as-notes", keeps_files_as_notes);
  ADD ("/app/folders/tells-paths-of-a-store", tells_paths_of_a_store);
  ADD ("/app/folders/follows-changes", follows_changes);
  ADD ("/app/folders/keeps-both-of-a-conflict", keeps_both_of_a_conflict);
  ADD ("/app/folders/tells-the-page-of-a-note-that-it-was-replaced",
       tells_the_page_of_a_note_that_it_was_replaced);
  ADD ("/app/folders/keeps-what-was-typed-just-now", keeps_what_was_typed_just_now);
  ADD ("/app/folders/tells-of-a-note-that-goes-with-its-file", tells_of_a_note_that_goes_with_its_file);
  ADD ("/app/folders/forgets-a-folder-but-not-its-notes", forgets_a_folder_but_not_its_notes);
  ADD ("/app/folders/names-a-file-that-cannot-be-read", names_a_file_that_cannot_be_read);
  ADD ("/app/folders/keeps-notes-of-a-folder-that-is-gone", keeps_notes_of_a_folder_that_is_gone);
  ADD ("/app/folders/keeps-notes-of-a-folder-that-is-empty", keeps_notes_of_a_folder_that_is_empty);
  ADD ("/app/folders/leaves-a-paused-folder-alone", leaves_a_paused_folder_alone);
  ADD ("/app/folders/notices-a-file-in-a-new-folder", notices_a_file_in_a_new_folder);
  ADD ("/app/folders/tries-again-when-the-notes-cannot-be-read",
       tries_again_when_the_notes_cannot_be_read);
  ADD ("/app/folders/refuses-what-is-watched-already", refuses_what_is_watched_already);
  return g_test_run ();
}
