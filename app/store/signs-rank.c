/* SPDX-License-Identifier: Apache-2.0 */
/* A row weighs the grams that it shares, a rare one more, as words do. A sign alone counts as well
 * as two and three beside each other, so that a word of one sign is found and a longer one weighs
 * more. */
#include "signs-rank.h"

#include "signs.h"

#include <math.h>

#define MAX_ROWS 1000 /* of a gram: the statement's too */

static const struct
{
  const char *last, *rows;
  const char *due; /* what the index has not taken in yet, and how many of the grams it holds */
} kinds[] = {
  [TLM_WORDS_OF_NOTES] = {
    "SELECT ifnull (max (id), 0) FROM notes",
    "SELECT rowid FROM signs_notes WHERE signs_notes MATCH ?1 AND rowid < ?2"
    " ORDER BY rowid DESC LIMIT 1000",
    "SELECT id, n_held (?1, n.title, n.text) FROM signs_notes_due CROSS JOIN notes n USING (id)"
    " UNION ALL SELECT id, n_held (?1, title, text) FROM notes"
    " WHERE id <= (SELECT notes FROM signs_left)" },
  [TLM_WORDS_OF_MESSAGES] = {
    "SELECT ifnull (max (id), 0) FROM messages",
    "SELECT rowid FROM signs_messages WHERE signs_messages MATCH ?1 AND rowid < ?2"
    " ORDER BY rowid DESC LIMIT 1000",
    "SELECT id, n_held (?1, m.text) FROM signs_messages_due CROSS JOIN messages m USING (id)"
    " UNION ALL SELECT id, n_held (?1, text) FROM messages"
    " WHERE id <= (SELECT messages FROM signs_left)" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == TLM_N_WORDS);

GHashTable *
tlm_ranked_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

void
tlm_ranked_add (GHashTable *ranked,
                gint64      id,
                double      score)
{
  TlmRanked *row = g_hash_table_lookup (ranked, &id);

  if (row == NULL)
    {
      row = g_new0 (TlmRanked, 1);
      row->id = id;
      g_hash_table_add (ranked, row);
    }
  row->score += score;
}

/* Returns: -1 on failure */
static gint64
read_last (TlmDb   *db,
           TlmWords words,
           GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, kinds[words].last, "");
  gint64        last = -1;

  while (row != NULL && tlm_db_step (db, row, error) > 0)
    last = sqlite3_column_int64 (row, 0);
  return last;
}

/* As bm25() of FTS5 has it. Where only the newest rows of a gram were read, the last of them
 * @oldest, the others are taken to have it as often. */
static double
weigh (guint  n,
       gint64 oldest,
       gint64 last)
{
  double n_rows = MAX ((double) last, n), all = n;

  if (n == MAX_ROWS)
    all = MIN (n * n_rows / (double) MAX (last - oldest + 1, 1), n_rows);
  return MAX (log ((n_rows - all + 0.5) / (all + 0.5)), 1e-6);
}

/* Returns: its weight, or -1 on failure */
static double
rank_gram (TlmDb      *db,
           TlmWords    words,
           const char *gram,
           gint64      before,
           gint64      last,
           GHashTable *ranked,
           GError    **error)
{
  g_autofree char *match = tlm_signs_quote (gram);
  sqlite3_stmt    *row = tlm_db_query (db, error, kinds[words].rows, "ti", match, before);
  gint64           ids[MAX_ROWS];
  double           weight;
  guint            n = 0;
  int              more = -1;

  while (row != NULL && (more = tlm_db_step (db, row, error)) > 0)
    ids[n++] = sqlite3_column_int64 (row, 0);
  weight = weigh (n, n > 0 ? ids[n - 1] : 0, MIN (last, before));
  for (guint i = 0; i < n; i++)
    tlm_ranked_add (ranked, ids[i], -weight);
  return more == 0 ? weight : -1;
}

/* As n_held () takes them. */
static char *
join_lines (GPtrArray *grams)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < grams->len; i++)
    g_string_append_printf (lines, "%s%s", i > 0 ? "\n" : "", (char *) grams->pdata[i]);
  return g_string_free (lines, FALSE);
}

/* The grams weigh alike here, @sum together. What the index still has of such a row is nothing. */
static gboolean
rank_due (TlmDb      *db,
          TlmWords    words,
          GPtrArray  *grams,
          gint64      before,
          double      sum,
          GHashTable *ranked,
          GError    **error)
{
  g_autofree char *lines = join_lines (grams);
  sqlite3_stmt    *row = tlm_db_query (db, error, kinds[words].due, "t", lines);
  int              more = -1;

  while (row != NULL && (more = tlm_db_step (db, row, error)) > 0)
    {
      gint64 id = sqlite3_column_int64 (row, 0);
      int    n = sqlite3_column_int (row, 1);

      if (id >= before)
        continue;
      g_hash_table_remove (ranked, &id);
      if (n > 0)
        tlm_ranked_add (ranked, id, -sum * n / grams->len);
    }
  return more == 0;
}

gboolean
tlm_signs_rank (TlmDb      *db,
                TlmWords    words,
                const char *text,
                gint64      before,
                GHashTable *ranked,
                GError    **error)
{
  g_autoptr (GPtrArray) grams = tlm_signs_list (text, TRUE);
  gint64                last = read_last (db, words, error);
  double                weight = last < 0 ? -1 : 0, sum = 0;

  for (guint i = 0; i < grams->len && weight >= 0; i++)
    {
      weight = rank_gram (db, words, grams->pdata[i], before, last, ranked, error);
      sum += weight;
    }
  return weight >= 0 && rank_due (db, words, grams, before, sum, ranked, error);
}
