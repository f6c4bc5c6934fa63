/* SPDX-License-Identifier: Apache-2.0 */
/* How the search forgets. A full-text index keeps the words of what was deleted until all of it is
 * merged (https://www.sqlite.org/fts5.html, "The 'merge' Command"). With a million messages that
 * takes seconds, so it is begun together with the deletion and goes on in steps, between other work.
 * The index itself says on the disk that it is in the middle of a merge: who opens it after a kill
 * goes on. */
#include "db-private.h"

/* Of 4 kB. With a million messages on a machine with a load of 11 a step takes 16 ms, and 64 at
 * most in 95 of 100: nobody sees that a note is saved so much later. */
#define STEP_PAGES 64

static const char *const merges[] = {
  [TLM_WORDS_OF_NOTES] = "INSERT INTO notes_index (notes_index, rank) VALUES ('merge', ?)",
  [TLM_WORDS_OF_MESSAGES] = "INSERT INTO messages_index (messages_index, rank) VALUES ('merge', ?)",
};

G_STATIC_ASSERT (G_N_ELEMENTS (merges) == TLM_N_WORDS);

/* Where a savepoint begins, the index writes down what it holds in memory, also of the deletion. */
gboolean
tlm_db_begin_to_forget (TlmDb   *db,
                        TlmWords words,
                        GError **error)
{
  if (words == TLM_WORDS_OF_NONE)
    return TRUE;
  db->forgetting[words] = TRUE;
  return tlm_db_run (db, error, "SAVEPOINT forgetting", "")
         && tlm_db_run (db, error, merges[words], "i", (gint64) -STEP_PAGES)
         && tlm_db_run (db, error, "RELEASE forgetting", "");
}

/* A merge that had nothing to do changes less than two rows, as FTS5's manual says. What cannot be
 * written now is left to the next start. */
gboolean
tlm_db_forget_some (TlmDb *db)
{
  for (gsize i = 0; db->handle != NULL && i < TLM_N_WORDS; i++)
    if (db->forgetting[i])
      {
        int before = sqlite3_total_changes (db->handle);

        db->forgetting[i] = tlm_db_run (db, NULL, merges[i], "i", (gint64) STEP_PAGES)
                            && sqlite3_total_changes (db->handle) - before >= 2;
        return TRUE;
      }
  return FALSE;
}
