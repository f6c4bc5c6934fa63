/* SPDX-License-Identifier: Apache-2.0 */
#include "folders-support.h"

#include <glib/gstdio.h>
#include <string.h>

#include "support.h"

void
write_file (Fixture *f, const char *name, const char *text)
{
  g_autoptr (GFile) file = g_file_get_child (f->vault, name);

  g_assert_true (g_file_replace_contents (file, text, strlen (text), NULL, FALSE, 0, NULL, NULL, NULL));
}

void
wait_until_idle (Fixture *f, gboolean busy)
{
  while (tlm_folders_get_busy (f->folders) != busy)
    g_main_context_iteration (NULL, TRUE);
}

void
look (Fixture *f)
{
  tlm_folders_start (f->folders);
  wait_until_idle (f, TRUE);
  wait_until_idle (f, FALSE);
}

TlmFolder *
get_folder (Fixture *f)
{
  g_autoptr (TlmFolder) folder = g_list_model_get_item (tlm_folders_get_list (f->folders), 0);

  return folder;
}

guint
count_notes (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->notes));
}

gboolean
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

void
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

void
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
