/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a folder's files, and which of them are new, changed or gone. */
#include "folder-walk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/errors.h"
#include "folder-scan.h"
#include "store/store-private.h"

void
tlm_folder_entry_free (gpointer data)
{
  TlmFolderEntry *entry = data;

  g_free (entry->path);
  g_free (entry->text);
  g_free (entry->sha256);
  g_free (entry);
}

void
tlm_folder_known_job (gpointer owner, GTask *task)
{
  TlmFolderWalk *walk = g_task_get_task_data (task);
  GError        *error = NULL;
  sqlite3_stmt  *row;

  row = tlm_db_query (owner, &error,
                      "SELECT path, modified, size, sha256, note_id, note_updated, other_id "
                      "FROM folder_files JOIN folders ON id = folder_id WHERE uri = ?", "t", walk->uri);
  while (row != NULL && tlm_db_step (owner, row, &error) > 0)
    {
      TlmFolderEntry *entry = g_new0 (TlmFolderEntry, 1);

      entry->path = g_strdup (tlm_db_column_text (row, 0));
      entry->modified = sqlite3_column_int64 (row, 1);
      entry->size = sqlite3_column_int64 (row, 2);
      entry->sha256 = g_strdup (tlm_db_column_text (row, 3));
      entry->note_id = sqlite3_column_int64 (row, 4);
      entry->note_updated = sqlite3_column_int64 (row, 5);
      entry->other_id = sqlite3_column_int64 (row, 6);
      g_hash_table_insert (walk->known, g_strdup (entry->path), entry);
    }
  tlm_task_return_success (task, error == NULL, error);
}

static gboolean
is_below (const char *path, GPtrArray *folders)
{
  for (guint i = 0; i < folders->len; i++)
    if (g_str_has_prefix (path, folders->pdata[i])
        && path[strlen (folders->pdata[i])] == G_DIR_SEPARATOR)
      return TRUE;
  return FALSE;
}

static void
take_file (TlmFolderWalk *walk, const TlmFolderFile *file)
{
  g_autofree char *key = NULL;
  gpointer         found = NULL;
  TlmFolderEntry  *entry;

  g_hash_table_steal_extended (walk->known, file->path, (gpointer *) &key, &found);
  entry = found != NULL ? found : g_new0 (TlmFolderEntry, 1);
  if (found != NULL && entry->modified == file->modified && entry->size == file->size)
    {
      tlm_folder_entry_free (entry);
      return;
    }
  g_free (entry->path);
  entry->path = g_strdup (file->path);
  entry->modified = file->modified;
  entry->size = file->size;
  g_ptr_array_add (walk->changes, entry);
}

/* Of what could not be looked into nothing is gone. */
static void
take_gone (TlmFolderWalk *walk, GPtrArray *closed)
{
  GHashTableIter left;
  gpointer       path, entry;

  g_hash_table_iter_init (&left, walk->known);
  while (g_hash_table_iter_next (&left, &path, &entry))
    if (!is_below (path, closed))
      {
        g_free (path);
        g_hash_table_iter_steal (&left);
        ((TlmFolderEntry *) entry)->gone = TRUE;
        g_ptr_array_add (walk->changes, entry);
      }
}

/* An empty folder where there were notes is rather the place of a disk that is not there. */
void
tlm_folder_scan_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TlmFolderWalk            *walk = data;
  GError                   *error = NULL;
  g_autoptr (TlmFolderScan) scan = tlm_folder_scan_new (walk->folder, cancellable, &error);

  if (scan != NULL && scan->files->len == 0 && g_hash_table_size (walk->known) > 0)
    g_set_error (&error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                 _("No notes are in this folder any more; those that were stay here. If you deleted the "
                   "files, move the notes to the bin; if its disk is not there, connect it."));
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < scan->files->len; i++)
    take_file (walk, &g_array_index (scan->files, TlmFolderFile, i));
  take_gone (walk, scan->closed);
  walk->inside = g_ptr_array_ref (scan->folders);
  for (guint i = 0; i < scan->closed->len; i++)
    tlm_folder_walk_add_problem (
      walk, g_strdup_printf (_("The folder “%s” may not be read. Its notes stay; allow reading it, "
                               "and they follow it again."), (char *) scan->closed->pdata[i]));
  g_task_return_boolean (task, TRUE);
}

/* ---- what is remembered ---- */

static gboolean
remember (TlmDb *db, TlmFolderWalk *walk, GError **error)
{
  const TlmFolderEntry *entry = walk->changes->pdata[walk->at];

  if (entry->gone)
    return tlm_db_run (db, error,
                       "DELETE FROM folder_files WHERE path = ? AND folder_id = "
                       "(SELECT id FROM folders WHERE uri = ?)", "tt", entry->path, walk->uri);
  return tlm_db_run (db, error,
                     "INSERT OR REPLACE INTO folder_files (folder_id, path, modified, size, sha256, "
                     "note_id, note_updated, other_id) SELECT id, ?, ?, ?, ?, NULLIF (?, 0), ?, "
                     "NULLIF (?, 0) FROM folders WHERE uri = ?", "tiitiiit", entry->path,
                     entry->modified, entry->size, entry->sha256, entry->note_id,
                     entry->note_updated, entry->other_id, walk->uri);
}

void
tlm_folder_remember_job (gpointer owner, GTask *task)
{
  GError  *error = NULL;
  gboolean good = remember (owner, g_task_get_task_data (task), &error);

  tlm_task_return_success (task, good, error);
}

/* Another program may watch the folder no longer. Nobody is to be told that: it was asked for. */
gboolean
tlm_folder_keep_file (TlmDb *db, const TlmNoteChange *change, gpointer data, GError **error)
{
  TlmFolderWalk  *walk = data;
  TlmFolderEntry *entry = walk->changes->pdata[walk->at];

  entry->note_id = change->id;
  entry->note_updated = change->now;
  if (!remember (db, walk, error))
    return FALSE;
  if (sqlite3_changes (tlm_db_get_handle (db)) > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the folder is watched no longer");
  return FALSE;
}
