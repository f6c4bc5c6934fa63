/* SPDX-License-Identifier: Apache-2.0 */
/* What merging leaves in a full-text index, so that what was deleted is forgotten, and the index stays
 * whole. Each merge of all of it makes two levels more, and an index of more than 2,000 is damaged for
 * SQLite before 3.46: after some 1,000 deletions. And where the last level is empty, a newer SQLite keeps
 * the words of what was deleted, marked as such. Both end with an index that is made anew
 * (https://sqlite.org/src/file/ext/fts5/fts5_index.c, FTS5_MAX_SEGMENT, "Structure record", bOldest). */
#include "db-private.h"

#define STRUCTURE 10    /* its row, FTS5_STRUCTURE_ROWID */
#define MOST_LEVELS 1000
#define FEW_PAGES 256   /* of 4 kB: made anew in .1 s */

typedef struct
{
  guint n_levels, n_segments, n_in_last_level, n_pages;
} Levels;

static const struct
{
  const char *structure, *anew;
} indices[][2] = {
  [TLM_WORDS_OF_NOTES] = {
    { "SELECT block FROM notes_index_data WHERE id = ?",
      "INSERT INTO notes_index (notes_index) VALUES ('rebuild')" },
    { "SELECT block FROM signs_notes_data WHERE id = ?",
      "INSERT INTO signs_notes (signs_notes) VALUES ('delete-all'); DELETE FROM signs_notes_due;"
      "UPDATE signs_left SET notes = ifnull ((SELECT max (id) FROM notes), 0)" } },
  [TLM_WORDS_OF_MESSAGES] = {
    { "SELECT block FROM messages_index_data WHERE id = ?",
      "INSERT INTO messages_index (messages_index) VALUES ('rebuild')" },
    { "SELECT block FROM signs_messages_data WHERE id = ?",
      "INSERT INTO signs_messages (signs_messages) VALUES ('delete-all'); DELETE FROM signs_messages_due;"
      "UPDATE signs_left SET messages = ifnull ((SELECT max (id) FROM messages), 0)" } },
};

G_STATIC_ASSERT (G_N_ELEMENTS (indices) == TLM_N_WORDS);

typedef struct
{
  const guint8 *at, *end;
} Bytes;

/* A varint of SQLite's, of those that are found here. */
static guint
read_number (Bytes *bytes)
{
  guint n = 0;

  while (bytes->at < bytes->end)
    {
      guint8 byte = *bytes->at++;

      n = n << 7 | (byte & 0x7f);
      if ((byte & 0x80) == 0)
        break;
    }
  return n;
}

static void
read_level (Bytes  *bytes,
            Levels *levels)
{
  read_number (bytes); /* of them are being merged */
  levels->n_in_last_level = read_number (bytes);
  for (guint i = 0; i < levels->n_in_last_level && bytes->at < bytes->end; i++)
    {
      guint first, last;

      read_number (bytes); /* its name */
      first = read_number (bytes);
      last = read_number (bytes);
      levels->n_pages += last - first + 1;
    }
}

/* Returns: whether it was read */
static gboolean
read_levels (TlmDb      *db,
             const char *sql,
             Levels     *levels)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, sql, "i", (gint64) STRUCTURE);
  Bytes         bytes;

  *levels = (Levels) { 0 };
  if (row == NULL || tlm_db_step (db, row, NULL) <= 0)
    return FALSE;
  bytes.at = sqlite3_column_blob (row, 0);
  bytes.end = bytes.at + sqlite3_column_bytes (row, 0);
  bytes.at += MIN (4, bytes.end - bytes.at); /* which changes when the settings do */
  levels->n_levels = read_number (&bytes);
  levels->n_segments = read_number (&bytes);
  read_number (&bytes); /* how often it was written to */
  for (guint i = 0; i < levels->n_levels && bytes.at < bytes.end; i++)
    read_level (&bytes, levels);
  sqlite3_reset (row);
  return TRUE;
}

void
tlm_db_mend_levels (TlmDb   *db,
                    TlmWords words,
                    gboolean merged,
                    gboolean at_the_end)
{
  for (gsize i = 0; i < G_N_ELEMENTS (indices[words]); i++)
    {
      Levels   levels;
      gboolean few, remembers;

      if (!read_levels (db, indices[words][i].structure, &levels))
        continue;
      few = levels.n_pages <= FEW_PAGES;
      remembers = levels.n_segments > 0 && levels.n_in_last_level == 0 && (merged || few);
      if ((remembers || levels.n_levels > MOST_LEVELS) && (few || !at_the_end) && tlm_db_begin (db, NULL))
        {
          if (!tlm_db_exec (db, indices[words][i].anew, NULL))
            tlm_db_rollback (db);
          else
            tlm_db_commit (db, NULL);
        }
    }
}
