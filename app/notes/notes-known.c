/* SPDX-License-Identifier: Apache-2.0 */
/* Saving a note that another window, or its file, may have written since it was read here: that text is not
 * lost, it becomes a note of its own. All on the store's thread. */
#include "notes-private.h"

GHashTable *
tlm_notes_known_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

void
tlm_notes_know (GHashTable *known,
                gint64      id,
                gint64      updated)
{
  g_hash_table_replace (known, g_memdup2 (&id, sizeof id), g_memdup2 (&updated, sizeof updated));
}

/* Whether the row is other than this program knows it, and holds another text than the one to come. */
static gboolean
find_other (TlmDb         *db,
            GHashTable    *known,
            TlmNoteChange *change,
            gboolean      *other,
            GError       **error)
{
  const gint64 *updated = change->basis != 0 ? &change->basis : g_hash_table_lookup (known, &change->id);
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT updated, text IS NOT ?, title, trashed IS 0 "
                                               "FROM notes WHERE id = ?", "ti", change->text, change->id);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  *other = FALSE;
  change->is_new = step == 0 || (step > 0 && sqlite3_column_int (row, 3));
  if (step <= 0)
    return step == 0;
  change->other_updated = sqlite3_column_int64 (row, 0);
  *other = updated != NULL && *updated != change->other_updated && sqlite3_column_int (row, 1);
  if (*other)
    change->other_title = g_strdup (tlm_db_column_text (row, 2));
  sqlite3_reset (row);
  return TRUE;
}

static gboolean
set_aside (TlmDb         *db,
           TlmNoteChange *change,
           GError       **error)
{
  if (!tlm_db_run (db, error,
                   "INSERT INTO notes (title, text, created, updated) "
                   "SELECT title, text, created, updated FROM notes WHERE id = ?", "i", change->id))
    return FALSE;
  change->other_id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  return TRUE;
}

/* An "upsert": should another program have removed the note for good, or be about to ("trashed" is 0), its
 * text comes back rather than being lost. */
static gboolean
write_all (TlmDb         *db,
           GHashTable    *known,
           TlmNoteChange *change,
           GError       **error)
{
  gboolean other;

  return find_other (db, known, change, &other, error)
         && (!other || set_aside (db, change, error))
         && tlm_db_run (db, error,
                        "INSERT INTO notes (id, title, text, created, updated) "
                        "VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (id) DO UPDATE "
                        "SET title = excluded.title, text = excluded.text, "
                        "updated = excluded.updated, trashed = nullif (trashed, 0)", "itti", change->id, change->title,
                        change->text, change->now)
         && (change->file == NULL || change->file->keep (db, change, change->file->data, error))
         && tlm_db_commit (db, error);
}

gboolean
tlm_notes_write (TlmDb         *db,
                 GHashTable    *known,
                 TlmNoteChange *change,
                 GError       **error)
{
  if (!tlm_db_begin (db, error))
    return FALSE;
  if (!write_all (db, known, change, error))
    {
      tlm_db_rollback (db);
      return FALSE;
    }
  if (change->basis == 0)
    tlm_notes_know (known, change->id, change->now);
  return TRUE;
}
