/* SPDX-License-Identifier: Apache-2.0 */
/* The index of signs follows the texts in steps, between other work: first what has changed, then,
 * the newest first, what was there before the database had such an index. All of it stands on the
 * disk, so who opens the database next goes on, and a search finds both meanwhile: it reads what is
 * not in the index (sql/0024-signs.sql). */
#include "db-private.h"

#include "signs.h"

/* Commits cost as much as the work where they come more often. A search waits for one step. */
#define STEP_US (32 * G_TIME_SPAN_MILLISECOND)

#define HAS_MORE                                                                                   \
  "SELECT 1 FROM signs_notes_due UNION ALL SELECT 1 FROM signs_messages_due"                       \
  " UNION ALL SELECT 1 FROM signs_left WHERE notes > 0 OR messages > 0"

static const struct
{
  const char *due, *add, *remove, *done; /* what changed */
  const char *left, *set_left;           /* what was there before */
} kinds[] = {
  [TLM_WORDS_OF_NOTES] = {
    "SELECT d.id, d.title, d.text, n.title, n.text FROM signs_notes_due d"
    " LEFT JOIN notes n ON n.id = d.id LIMIT 1",
    "INSERT INTO signs_notes (rowid, grams) VALUES (?, ?)",
    "INSERT INTO signs_notes (signs_notes, rowid, grams) VALUES ('delete', ?, ?)",
    "DELETE FROM signs_notes_due WHERE id = ?",
    "SELECT id, title, text FROM notes WHERE id <= (SELECT notes FROM signs_left) ORDER BY id DESC",
    "UPDATE signs_left SET notes = ? WHERE notes > 0" },
  [TLM_WORDS_OF_MESSAGES] = {
    "SELECT d.id, d.title, d.text, '', m.text FROM signs_messages_due d"
    " LEFT JOIN messages m ON m.id = d.id LIMIT 1",
    "INSERT INTO signs_messages (rowid, grams) VALUES (?, ?)",
    "INSERT INTO signs_messages (signs_messages, rowid, grams) VALUES ('delete', ?, ?)",
    "DELETE FROM signs_messages_due WHERE id = ?",
    "SELECT id, '', text FROM messages WHERE id <= (SELECT messages FROM signs_left)"
    " ORDER BY id DESC",
    "UPDATE signs_left SET messages = ? WHERE messages > 0" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == TLM_N_WORDS);

/* @sql: adds or removes the texts in the columns @column of @row and behind it */
static gboolean
change (TlmDb        *db,
        const char   *sql,
        gint64        id,
        sqlite3_stmt *row,
        int           column)
{
  g_autoptr (GString) grams = g_string_new (NULL);
  g_autofree char    *text = g_strconcat (tlm_db_column_text (row, column), "\n",
                                          tlm_db_column_text (row, column + 1), NULL);

  tlm_signs_write (text, grams);
  return grams->len == 0 || tlm_db_run (db, NULL, sql, "it", id, grams->str);
}

/* Returns: 1 when a change was taken in, 0 when nothing is due, -1 when that failed */
static int
take_due (TlmDb   *db,
          TlmWords words)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, kinds[words].due, "");
  int           more = row != NULL ? tlm_db_step (db, row, NULL) : -1;
  gint64        id;
  gboolean      good;

  if (more <= 0)
    return more;
  id = sqlite3_column_int64 (row, 0);
  good = change (db, kinds[words].remove, id, row, 1) && change (db, kinds[words].add, id, row, 3);
  sqlite3_reset (row);
  return good && tlm_db_run (db, NULL, kinds[words].done, "i", id) ? 1 : -1;
}

/* Until @end, one text at least. Returns: whether it went well */
static gboolean
take_left (TlmDb   *db,
           TlmWords words,
           gint64   end)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, kinds[words].left, "");
  int           more = row != NULL ? tlm_db_step (db, row, NULL) : -1;
  gint64        id = 0;
  gboolean      good = TRUE;

  while (more > 0)
    {
      id = sqlite3_column_int64 (row, 0);
      good = change (db, kinds[words].add, id, row, 1);
      if (!good || g_get_monotonic_time () >= end)
        break;
      more = tlm_db_step (db, row, NULL);
    }
  if (more > 0)
    sqlite3_reset (row);
  return good && more >= 0
         && tlm_db_run (db, NULL, kinds[words].set_left, "i", more > 0 ? id - 1 : (gint64) 0);
}

int
tlm_db_index_due (TlmDb   *db,
                  TlmWords words,
                  gint64   end)
{
  int more;

  do
    more = take_due (db, words);
  while (more > 0 && g_get_monotonic_time () < end);
  return more;
}

/* Returns: whether it went well */
static gboolean
take_some (TlmDb *db)
{
  gint64 end = g_get_monotonic_time () + STEP_US;

  for (int i = 0; i < TLM_N_WORDS && g_get_monotonic_time () < end; i++)
    {
      int more = tlm_db_index_due (db, i, end);

      if (more < 0 || (more == 0 && !take_left (db, i, end)))
        return FALSE;
    }
  return TRUE;
}

/* Without the write lock, which others may wait for. */
static gboolean
has_more (TlmDb *db)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, HAS_MORE, "");
  gboolean      more = row != NULL && tlm_db_step (db, row, NULL) > 0;

  if (more)
    sqlite3_reset (row);
  return more;
}

/* Who holds the write lock may be another program that does this very work. */
static gboolean
begin_at_once (TlmDb *db)
{
  gboolean begun;

  sqlite3_busy_timeout (db->handle, 0);
  begun = tlm_db_begin (db, NULL);
  sqlite3_busy_timeout (db->handle, TLM_DB_BUSY_MS);
  return begun;
}

/* What cannot be written now is tried after the next job. */
gboolean
tlm_db_index_some (TlmDb *db)
{
  int before;

  if (db->handle == NULL || !has_more (db) || !begin_at_once (db))
    return FALSE;
  before = sqlite3_total_changes (db->handle);
  if (!take_some (db))
    {
      tlm_db_rollback (db);
      return FALSE;
    }
  db->n_indexed += sqlite3_total_changes (db->handle) - before;
  return tlm_db_commit (db, NULL);
}

int
tlm_db_get_n_written (TlmDb *db)
{
  return db->handle != NULL ? sqlite3_total_changes (db->handle) - db->n_indexed : 0;
}

void
tlm_db_take_for_upkeep (TlmDb *db,
                        int    n_before)
{
  db->n_upkeep += tlm_db_get_n_written (db) - n_before;
}

gboolean
tlm_db_holds_work (TlmDb *db)
{
  return db->handle != NULL && tlm_db_get_n_written (db) != db->n_upkeep;
}
