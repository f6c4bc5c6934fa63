/* SPDX-License-Identifier: Apache-2.0 */
/* One search over notes and messages. The query is taken as words, never as FTS5's language: each
 * is quoted and matched as a prefix, but for single letters, and all must be there. Scripts that put
 * no space between words are one long word to that index; a query in them asks the one of signs.h.
 * What is found is in search-hit.c. */
#include "store-private.h"

#include "signs.h"

#define MAX_WORDS 16 /* a pasted page is no query; its first words are */

/* What FTS5's unicode61 tokenizer would also take as part of a word. Anything else separates, so no
 * quote or operator of the query language ever reaches it. */
static gboolean
is_word_char (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* The words of the query, and whether one is in a script without spaces. */
static GPtrArray *
split_words (const char *query,
             gboolean   *unspaced)
{
  g_autofree char *valid = g_utf8_make_valid (query, -1);
  GPtrArray       *words = g_ptr_array_new_with_free_func (g_free);
  const char      *start = NULL;

  *unspaced = FALSE;
  for (const char *p = valid; words->len < MAX_WORDS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean in_word = is_word_char (c);

      *unspaced |= in_word && tlm_signs_is_sign (c);
      if (in_word && start == NULL)
        start = p;
      if (!in_word && start != NULL)
        g_ptr_array_add (words, g_strndup (start, (gsize) (p - start)));
      if (!in_word)
        start = NULL;
      if (c == '\0')
        break;
    }
  return words;
}

/* As holds () takes them. */
static char *
join_words (GPtrArray *words)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "\n" : "", (char *) words->pdata[i]);
  return g_string_free (out, FALSE);
}

/* Of a word that is everywhere the newest are looked at: 1,000 notes, 200 more with the words in their
 * title (?2), and 1,000 messages. That takes about the same time in a large store as in a small one.
 * closeness () is comparable between the two indices, but differs between a title and the whole: a note
 * appears once, with the better, and a chat once, with its best message. What is in the bin is known by
 * an index; titles are read of the best alone. ?4: whether chats are searched too. */
static const char search_sql[] =
  "WITH trashed AS MATERIALIZED ("
  "  SELECT id FROM notes WHERE trashed IS NOT NULL"
  "), note_hits AS MATERIALIZED ("
  "  SELECT * FROM (SELECT rowid AS id, closeness (notes_index, 3) AS score"
  "    FROM notes_index WHERE notes_index MATCH ?2 AND rowid NOT IN trashed"
  "    ORDER BY rowid DESC LIMIT 200)"
  "  UNION SELECT * FROM (SELECT rowid, closeness (notes_index, 3)"
  "    FROM notes_index WHERE notes_index MATCH ?1 AND rowid NOT IN trashed"
  "    ORDER BY rowid DESC LIMIT 1000)"
  "), trashed_chats AS MATERIALIZED ("
  "  SELECT id FROM chats WHERE trashed IS NOT NULL"
  "), message_hits AS MATERIALIZED ("
  "  SELECT m.chat_id, m.id, closeness (messages_index) AS score"
  "  FROM messages_index CROSS JOIN messages m ON m.id = messages_index.rowid"
  "  WHERE ?4 AND messages_index MATCH ?1 AND m.chat_id NOT IN trashed_chats"
  "  ORDER BY messages_index.rowid DESC LIMIT 1000"
  "), best AS MATERIALIZED ("
  "  SELECT 0 AS kind, id, 0 AS message, min (score) AS score FROM note_hits GROUP BY id"
  "  UNION ALL"
  "  SELECT 1, chat_id, id, min (score) FROM message_hits GROUP BY chat_id"
  "  ORDER BY score LIMIT ?3"
  ") SELECT kind, id, CASE kind WHEN 0 THEN (SELECT title FROM notes WHERE notes.id = best.id)"
  "    ELSE (SELECT title FROM chats WHERE chats.id = best.id) END, message"
  "  FROM best ORDER BY score";

/* Of the best alone, as finding the place in a text is costly. ?2: a JSON array of their ids, of which there
 * are ?3. The + keeps FTS5 from beginning anew for each of them. */
static const char note_snippets_sql[] =
  "SELECT rowid, snippet (notes_index, -1, char (0x2068), char (0x2069), '…', 12) FROM notes_index "
  "WHERE notes_index MATCH ?1 AND +rowid IN (SELECT value FROM json_each (?2)) "
  "ORDER BY rowid DESC LIMIT ?3";
static const char message_snippets_sql[] =
  "SELECT rowid, snippet (messages_index, 0, char (0x2068), char (0x2069), '…', 12) FROM messages_index "
  "WHERE messages_index MATCH ?1 AND +rowid IN (SELECT value FROM json_each (?2)) "
  "ORDER BY rowid DESC LIMIT ?3";

/* ?1: the words, ?2: what the index of signs must have, ?3: how many at most, ?4: whether chats are
 * searched too. The index tells what may have the words; holds () reads it, and what the index has
 * not taken in yet. Of a word that is everywhere the newest are looked at, and the notes that were
 * changed last. A chat appears once, with its newest message. */
static const char signs_sql[] =
  "WITH note_hits (id) AS MATERIALIZED ("
  "  SELECT * FROM (SELECT n.id FROM signs_notes CROSS JOIN notes n ON n.id = signs_notes.rowid"
  "    WHERE signs_notes MATCH ?2 AND n.trashed IS NULL AND holds (?1, n.title, n.text)"
  "    ORDER BY signs_notes.rowid DESC LIMIT 1000)"
  "  UNION SELECT n.id"
  "    FROM (SELECT id FROM notes WHERE trashed IS NULL ORDER BY updated DESC LIMIT 200)"
  "    CROSS JOIN notes n USING (id) WHERE holds (?1, n.title, n.text)"
  "  UNION SELECT n.id FROM signs_notes_due CROSS JOIN notes n USING (id)"
  "    WHERE n.trashed IS NULL AND holds (?1, n.title, n.text)"
  "  UNION SELECT * FROM (SELECT id FROM notes WHERE id <= (SELECT notes FROM signs_left)"
  "    AND trashed IS NULL AND holds (?1, title, text) ORDER BY id DESC LIMIT 1000)"
  "), trashed AS MATERIALIZED ("
  "  SELECT id FROM chats WHERE trashed IS NOT NULL"
  "), message_hits (id) AS MATERIALIZED ("
  "  SELECT * FROM (SELECT m.id FROM signs_messages"
  "    CROSS JOIN messages m ON m.id = signs_messages.rowid"
  "    WHERE ?4 AND signs_messages MATCH ?2 AND m.chat_id NOT IN trashed AND holds (?1, m.text)"
  "    ORDER BY signs_messages.rowid DESC LIMIT 1000)"
  "  UNION SELECT m.id FROM signs_messages_due CROSS JOIN messages m USING (id)"
  "    WHERE ?4 AND m.chat_id NOT IN trashed AND holds (?1, m.text)"
  "  UNION SELECT * FROM (SELECT id FROM messages WHERE ?4"
  "    AND id <= (SELECT messages FROM signs_left)"
  "    AND chat_id NOT IN trashed AND holds (?1, text) ORDER BY id DESC LIMIT 1000)"
  ") SELECT 0, id, title, 0, excerpt (?1, title, text)"
  "  FROM (SELECT id FROM notes WHERE id IN note_hits ORDER BY updated DESC LIMIT ?3)"
  "  CROSS JOIN notes USING (id)"
  "  UNION ALL SELECT 1, c.id, c.title, m.id, excerpt (?1, m.text)"
  "  FROM (SELECT max (id) AS id FROM messages WHERE id IN message_hits GROUP BY chat_id"
  "    ORDER BY max (id) DESC LIMIT ?3)"
  "  CROSS JOIN messages m USING (id) CROSS JOIN chats c ON c.id = m.chat_id"
  "  LIMIT ?3";

/* The quotes make words of operators. A single letter begins half of all words, so it stands for itself. */
static char *
join_prefixes (GPtrArray *words)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    {
      const char *word = words->pdata[i];

      g_string_append_printf (out, "%s\"%s\"%s", i > 0 ? " " : "", word,
                              g_utf8_strlen (word, -1) > 1 ? "*" : "");
    }
  return g_string_free (out, FALSE);
}

/* The array of what is found, without snippets where @row has no fifth column of text. */
static gboolean
read_hits (TlmDb        *db,
           sqlite3_stmt *row,
           GPtrArray    *hits,
           GError      **error)
{
  int more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      gboolean shown = sqlite3_column_type (row, 4) == SQLITE_TEXT;

      g_ptr_array_add (hits, tlm_search_hit_new (sqlite3_column_int (row, 0),
                                                 sqlite3_column_int64 (row, 1),
                                                 sqlite3_column_int64 (row, 3),
                                                 tlm_db_column_text (row, 2),
                                                 shown ? tlm_db_column_text (row, 4) : ""));
    }
  return more == 0;
}

/* The row of the index that @hit is. */
static gint64
get_row (TlmSearchHit *hit)
{
  return tlm_search_hit_get_kind (hit) == TLM_HIT_NOTE ? tlm_search_hit_get_id (hit)
                                                       : tlm_search_hit_get_message_id (hit);
}

/* (transfer full): as JSON */
static char *
list_rows (GPtrArray *hits,
           TlmHitKind kind,
           gint64    *n)
{
  GString *ids = g_string_new ("[");

  *n = 0;
  for (guint i = 0; i < hits->len; i++)
    {
      TlmSearchHit *hit = hits->pdata[i];

      if (tlm_search_hit_get_kind (hit) == kind)
        g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, (*n)++ > 0 ? "," : "", get_row (hit));
    }
  g_string_append_c (ids, ']');
  return g_string_free (ids, FALSE);
}

static void
set_snippet (GPtrArray  *hits,
             TlmHitKind  kind,
             gint64      row,
             const char *snippet)
{
  for (guint i = 0; i < hits->len; i++)
    {
      TlmSearchHit *hit = hits->pdata[i];

      if (tlm_search_hit_get_kind (hit) == kind && get_row (hit) == row)
        tlm_search_hit_set_snippet (hit, snippet);
    }
}

static gboolean
read_snippets (TlmDb      *db,
               const char *words,
               TlmHitKind  kind,
               GPtrArray  *hits,
               GError    **error)
{
  gint64           n;
  g_autofree char *rows = list_rows (hits, kind, &n);
  sqlite3_stmt    *row = tlm_db_query (db, error,
                                    kind == TLM_HIT_NOTE ? note_snippets_sql : message_snippets_sql,
                                    "tti", words, rows, n);
  int              more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    set_snippet (hits, kind, sqlite3_column_int64 (row, 0), tlm_db_column_text (row, 1));
  return more == 0;
}

static gboolean
search_index (TlmDb         *db,
              GPtrArray     *words,
              TlmStoreSearch kinds,
              guint          max,
              GPtrArray     *hits,
              GError       **error)
{
  g_autofree char *all = join_prefixes (words);
  g_autofree char *title = g_strdup_printf ("title : (%s)", all);

  return read_hits (db, tlm_db_query (db, error, search_sql, "ttii", all, title, (gint64) max,
                                      (gint64) (kinds == TLM_SEARCH_ALL)), hits, error)
         && read_snippets (db, all, TLM_HIT_NOTE, hits, error)
         && read_snippets (db, all, TLM_HIT_CHAT, hits, error);
}

/* What a text that holds @words must have. */
static char *
join_grams (const char *words)
{
  g_autoptr (GPtrArray) grams = tlm_signs_list (words, FALSE);
  GString              *out = g_string_new (NULL);

  for (guint i = 0; i < grams->len; i++)
    {
      g_autofree char *term = tlm_signs_quote (grams->pdata[i]);

      g_string_append_printf (out, "%s%s", i > 0 ? " " : "", term);
    }
  return g_string_free (out, FALSE);
}

static gboolean
search_signs (TlmDb         *db,
              GPtrArray     *words,
              TlmStoreSearch kinds,
              guint          max,
              GPtrArray     *hits,
              GError       **error)
{
  g_autofree char *all = join_words (words), *match = join_grams (all);

  return read_hits (db, tlm_db_query (db, error, signs_sql, "ttii", all, match, (gint64) max,
                                      (gint64) (kinds == TLM_SEARCH_ALL)), hits, error);
}

typedef struct
{
  char          *query;
  TlmStoreSearch kinds;
  guint          max;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->query);
  g_free (search);
}

static void
search_job (gpointer owner,
            GTask   *task)
{
  Search               *search = g_task_get_task_data (task);
  gboolean              unspaced;
  g_autoptr (GPtrArray) words = split_words (search->query, &unspaced);
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func (g_object_unref);
  GError               *error = NULL;

  if (words->len > 0)
    (unspaced ? search_signs : search_index) (owner, words, search->kinds, search->max, hits,
                                               &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&hits), (GDestroyNotify) g_ptr_array_unref);
}

void
tlm_store_search_async (TlmStore           *self,
                        const char         *query,
                        TlmStoreSearch      kinds,
                        guint               max,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask  *task = g_task_new (self, c, cb, data);
  Search *search = g_new (Search, 1);

  search->query = g_strdup (query);
  search->kinds = kinds;
  search->max = MIN (max, TLM_SEARCH_MAX_HITS);
  g_task_set_task_data (task, search, search_free);
  tlm_store_post (self, task, search_job);
}

/**
 * tlm_store_search_finish:
 *
 * Returns: (transfer full) (nullable): a list of TlmSearchHit
 */
GListModel *
tlm_store_search_finish (TlmStore     *self,
                         GAsyncResult *r,
                         GError      **error)
{
  g_autoptr (GPtrArray) hits = NULL;
  GListStore           *list;

  g_return_val_if_fail (g_task_is_valid (r, self), NULL);
  hits = g_task_propagate_pointer (G_TASK (r), error);
  if (hits == NULL)
    return NULL;
  list = g_list_store_new (TLM_TYPE_SEARCH_HIT);
  g_list_store_splice (list, 0, 0, hits->pdata, hits->len);
  return G_LIST_MODEL (list);
}
