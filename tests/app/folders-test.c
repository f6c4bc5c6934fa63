/* SPDX-License-Identifier: Apache-2.0 */
/* Notes that follow the files of a folder: new, changed, gone, and changed on both sides. */
#include <glib/gstdio.h>
#include <string.h>

#include "folders.h"
#include "support.h"

typedef struct
{
  char       *folder, *database;
  GFile      *vault;
  TlmStore   *store;
  TlmNotes   *notes;
  TlmFolders *folders;
} Fixture;

static void
write_file (Fixture *f, const char *name, const char *text)
{
  g_autoptr (GFile) file = g_file_get_child (f->vault, name);

  g_assert_true (g_file_replace_contents (file, text, strlen (text), NULL, FALSE, 0, NULL, NULL, NULL));
}

static void
wait_until_idle (Fixture *f, gboolean busy)
{
  while (tlm_folders_get_busy (f->folders) != busy)
    g_main_context_iteration (NULL, TRUE);
}

static void
look (Fixture *f)
{
  tlm_folders_start (f->folders);
  wait_until_idle (f, TRUE);
  wait_until_idle (f, FALSE);
}

static guint
count_notes (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->notes));
}

static gboolean
has_title (Fixture *f, const char *title)
{
  for (guint i = 0; i < count_notes (f); i++)
    {
      g_autoptr (TlmNote) note = g_list_model_get_item (G_LIST_MODEL (f->notes), i);

      if (g_str_equal (tlm_note_get_title (note), title))
        return TRUE;
    }
  return FALSE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;

  f->folder = tlm_test_make_folder ();
  f->database = g_build_filename (f->folder, "tinylm.db", NULL);
  path = g_build_filename (f->folder, "vault", NULL);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  f->vault = g_file_new_for_path (path);
  f->store = tlm_test_open_store (f->database);
  f->notes = tlm_notes_new (f->store);
  f->folders = tlm_folders_new (f->store, f->notes);
  write_file (f, "one.md", "# One\n\nWords.\n");
  write_file (f, "two.md", "# Two\n\nWords.\n");
  write_file (f, "p.png", "x");
  write_file (f, "bad.pdf", "%PDF-1.7 torn");
  tlm_folders_add (f->folders, f->vault);
  wait_until_idle (f, TRUE);
  wait_until_idle (f, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  tlm_store_close (f->store);
  g_object_run_dispose (G_OBJECT (f->folders));
  g_object_unref (f->folders);
  g_object_unref (f->notes);
  g_object_unref (f->store);
  g_object_unref (f->vault);
  g_free (f->database);
  tlm_test_remove_folder (f->folder);
}

static void
keeps_files_as_notes (Fixture *f, gconstpointer data)
{
  g_assert_cmpuint (count_notes (f), ==, 2);
  g_assert_true (has_title (f, "One"));
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 2);
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

/* The text that a person wrote here is never replaced, nor is the file's lost. */
static void
keeps_both_of_a_conflict (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile)        file = g_file_get_child (f->vault, "one.md");
  g_autoptr (TlmNote)      note = NULL;
  g_autofree char         *text = NULL;

  for (guint i = 0; note == NULL; i++)
    {
      g_autoptr (TlmNote) any = g_list_model_get_item (G_LIST_MODEL (f->notes), i);

      if (g_str_equal (tlm_note_get_title (any), "One"))
        note = g_steal_pointer (&any);
    }
  tlm_notes_save_async (f->notes, note, "# Mine\n", NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_save_finish (f->notes, result, NULL));
  write_file (f, "one.md", "# Theirs\n\nMore.\n");
  look (f);
  g_assert_cmpuint (count_notes (f), ==, 3);
  g_assert_true (has_title (f, "Mine"));
  g_assert_true (has_title (f, "Theirs"));
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "# Theirs\n\nMore.\n");
}

static void
forgets_a_folder_but_not_its_notes (Fixture *f, gconstpointer data)
{
  tlm_folders_remove (f->folders, f->vault);
  while (g_list_model_get_n_items (tlm_folders_get_list (f->folders)) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_notes (f), ==, 2);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/folders/keeps-files-as-notes", keeps_files_as_notes);
  ADD ("/app/folders/follows-changes", follows_changes);
  ADD ("/app/folders/keeps-both-of-a-conflict", keeps_both_of_a_conflict);
  ADD ("/app/folders/forgets-a-folder-but-not-its-notes", forgets_a_folder_but_not_its_notes);
  return g_test_run ();
}
