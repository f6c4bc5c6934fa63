/* SPDX-License-Identifier: Apache-2.0 */
/* How what was thrown away ends. A note or chat that is gone is marked so at once ("trashed" is 0);
 * its rows are deleted in steps, between other work. A full-text index keeps the words of what was
 * deleted until all of it is merged (https://www.sqlite.org/fts5.html, "The 'merge' Command"), which
 * is begun together with the last deletion and goes on in steps too. With a million messages both
 * take seconds. All of it stands on the disk: who opens the database next goes on. */
#include "db-private.h"

/* Of 4 kB. With a million messages on a machine with a load of 11 a step takes 16 ms, and 64 at
 * most in 95 of 100: nobody sees that a note is saved so much later. */
#define STEP_PAGES 64

/* As long as a step of a merge. */
#define STEP_US (16 * G_TIME_SPAN_MILLISECOND)

/* Without the write lock, which others may wait for. */
#define ANY_GONE "SELECT 1 FROM notes WHERE trashed = 0 UNION ALL SELECT 1 FROM chats WHERE trashed = 0"

#define GONE_CHAT "(SELECT id FROM chats WHERE trashed = 0 LIMIT 1)"

/* What tells whether anything is gone, what deletes a part of it, tried in this order, and what merges. */
static const struct
{
  const char *left, *deletions[2], *merges[2];
} ends[] = {
  [TLM_WORDS_OF_NOTES] = {
    "SELECT 1 FROM notes WHERE trashed = 0",
    { "DELETE FROM notes WHERE id = (SELECT id FROM notes WHERE trashed = 0 LIMIT 1)" },
    { "INSERT INTO notes_index (notes_index, rank) VALUES ('merge', ?)",
      "INSERT INTO signs_notes (signs_notes, rank) VALUES ('merge', ?)" } },
  [TLM_WORDS_OF_MESSAGES] = {
    "SELECT 1 FROM chats WHERE trashed = 0",
    { "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE chat_id = " GONE_CHAT " LIMIT 50)",
      "DELETE FROM chats WHERE id = " GONE_CHAT },
    { "INSERT INTO messages_index (messages_index, rank) VALUES ('merge', ?)",
      "INSERT INTO signs_messages (signs_messages, rank) VALUES ('merge', ?)" } },
};

G_STATIC_ASSERT (G_N_ELEMENTS (ends) == TLM_N_WORDS);

void
tlm_db_begin_to_forget (TlmDb   *db,
                        TlmWords words)
{
  if (words != TLM_WORDS_OF_NONE)
    db->forgetting[words] = TRUE;
}

static gboolean
has_row (TlmDb      *db,
         const char *sql)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, sql, "");
  gboolean      any = row != NULL && tlm_db_step (db, row, NULL) > 0;

  if (any)
    sqlite3_reset (row);
  return any;
}

/* Returns: 1 when a part was deleted, 0 when nothing is left, -1 when that failed */
static int
delete_part (TlmDb   *db,
             TlmWords words)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends[words].deletions) && ends[words].deletions[i] != NULL; i++)
    {
      if (!tlm_db_run (db, NULL, ends[words].deletions[i], ""))
        return -1;
      if (sqlite3_changes (db->handle) > 0)
        return 1;
    }
  return 0;
}

/* Where a savepoint begins, the index writes down what it holds in memory, also of the deletion. */
static gboolean
begin_to_merge (TlmDb   *db,
                TlmWords words)
{
  return tlm_db_run (db, NULL, "SAVEPOINT forgetting", "")
         && tlm_db_run (db, NULL, ends[words].merges[0], "i", (gint64) -STEP_PAGES)
         && tlm_db_run (db, NULL, ends[words].merges[1], "i", (gint64) -STEP_PAGES)
         && tlm_db_run (db, NULL, "RELEASE forgetting", "");
}

/* In a transaction. What the index of signs has of them is taken out at once, behind what else is
 * due. Returns: as delete_part(), 0 only when there was nothing at all */
static int
delete_parts (TlmDb   *db,
              TlmWords words)
{
  gint64 end = g_get_monotonic_time () + STEP_US;
  int    first = tlm_db_index_due (db, words, end), more;

  if (first != 0)
    return first;
  first = more = delete_part (db, words);
  while (more > 0 && g_get_monotonic_time () < end)
    more = delete_part (db, words);
  if (more > 0 && !has_row (db, ends[words].left))
    more = 0; /* the time was up with the last one */
  if (more < 0 || tlm_db_index_due (db, words, G_MAXINT64) < 0
      || (first > 0 && more == 0 && !begin_to_merge (db, words)))
    return -1;
  return first;
}

static int
delete_some (TlmDb   *db,
             TlmWords words)
{
  int some;

  if (!has_row (db, ANY_GONE))
    return 0;
  if (!tlm_db_begin (db, NULL))
    return -1;
  some = delete_parts (db, words);
  if (some < 0)
    tlm_db_rollback (db);
  else if (!tlm_db_commit (db, NULL))
    return -1;
  return some;
}

/* The one index after the other. A merge that had nothing to do changes less than two rows, as
 * FTS5's manual says. */
static gboolean
merge_some (TlmDb   *db,
            TlmWords words)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ends[words].merges); i++)
    {
      int before = sqlite3_total_changes (db->handle);

      if (!tlm_db_run (db, NULL, ends[words].merges[i], "i", (gint64) STEP_PAGES))
        return FALSE;
      if (sqlite3_total_changes (db->handle) - before >= 2)
        return TRUE;
    }
  return FALSE;
}

/* What cannot be written now is left to the next start. */
gboolean
tlm_db_forget_some (TlmDb   *db,
                    gboolean at_the_end)
{
  for (int i = 0; db->handle != NULL && i < TLM_N_WORDS; i++)
    if (db->forgetting[i])
      {
        int before = tlm_db_get_n_written (db), deleted = delete_some (db, i);

        db->forgetting[i] = deleted > 0 || (deleted == 0 && merge_some (db, i));
        if (!db->forgetting[i])
          tlm_db_mend_levels (db, i, db->merged[i], at_the_end);
        db->merged[i] = db->forgetting[i];
        tlm_db_take_for_upkeep (db, before);
        return TRUE;
      }
  return FALSE;
}
