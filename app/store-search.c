/* SPDX-License-Identifier: Apache-2.0 */
/* One search over notes and messages. The query is taken as words, never as FTS5's language: each
 * is quoted and matched as a prefix, all must be there. Scripts that put no space between words
 * are one long word to the index; a query in them is looked for by reading the texts. */
#include "store-private.h"

#include "shown.h"

#include <string.h>

#define MAX_HITS 200
#define MAX_WORDS 16 /* a pasted page is no query; its first words are */

struct _TlmSearchHit
{
  GObject    parent_instance;
  TlmHitKind kind;
  gint64     id;
  gint64     message_id;
  char      *title;
  char      *snippet;
};

enum { PROP_0, PROP_KIND, PROP_ID, PROP_TITLE, PROP_SNIPPET, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmSearchHit, tlm_search_hit, G_TYPE_OBJECT)

static void
tlm_search_hit_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  TlmSearchHit *self = TLM_SEARCH_HIT (object);

  switch (id)
    {
    case PROP_KIND:
      g_value_set_int (value, (int) self->kind);
      break;
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SNIPPET:
      g_value_set_string (value, self->snippet);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_search_hit_finalize (GObject *object)
{
  TlmSearchHit *self = TLM_SEARCH_HIT (object);

  g_free (self->title);
  g_free (self->snippet);
  G_OBJECT_CLASS (tlm_search_hit_parent_class)->finalize (object);
}

static void
tlm_search_hit_class_init (TlmSearchHitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_search_hit_get_property;
  object_class->finalize = tlm_search_hit_finalize;
  properties[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, TLM_HIT_CHAT, 0, flags);
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SNIPPET] = g_param_spec_string ("snippet", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_search_hit_init (TlmSearchHit *self)
{
}

TlmSearchHit *
tlm_search_hit_new (TlmHitKind  kind,
                    gint64      id,
                    gint64      message_id,
                    const char *title,
                    const char *snippet)
{
  TlmSearchHit    *self = g_object_new (TLM_TYPE_SEARCH_HIT, NULL);
  g_autofree char *valid = NULL;

  self->kind = kind;
  self->id = id;
  self->message_id = message_id;
  self->title = g_utf8_make_valid (title, -1);
  valid = g_utf8_make_valid (snippet, -1);
  self->snippet = tlm_shown_dup_unlinked (valid, "\xe2\x81\xa8"); /* U+2068, before what was found */
  return self;
}

TlmHitKind
tlm_search_hit_get_kind (TlmSearchHit *self)
{
  return self->kind;
}

gint64
tlm_search_hit_get_id (TlmSearchHit *self)
{
  return self->id;
}

gint64
tlm_search_hit_get_message_id (TlmSearchHit *self)
{
  return self->message_id;
}

const char *
tlm_search_hit_get_title (TlmSearchHit *self)
{
  return self->title;
}

const char *
tlm_search_hit_get_snippet (TlmSearchHit *self)
{
  return self->snippet;
}

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

      *unspaced |= in_word && g_unichar_iswide (c);
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

/* "cafe"* "ol"* for the index, or ["cafe","ol"] for json_each(). Words hold nothing to escape. */
static char *
join_words (GPtrArray  *words,
            const char *before,
            const char *between,
            const char *after)
{
  GString *out = g_string_new (before);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? between : "", (char *) words->pdata[i]);
  g_string_append (out, after);
  return g_string_free (out, FALSE);
}

/* bm25 is comparable enough between the two indices for one order. A chat appears once, with its
 * best message. snippet () works only where its index is read, so those results are fixed first;
 * it is costly, so only for the best (of the messages some may be in the bin). ?3: whether chats are
 * searched too. */
static const char search_sql[] =
  "WITH note_hits AS MATERIALIZED ("
  "  SELECT n.id, n.title, rank AS score,"
  "         snippet (notes_index, -1, char (0x2068), char (0x2069), '…', 12) AS shown"
  "  FROM notes_index JOIN notes n ON n.id = notes_index.rowid"
  "  WHERE notes_index MATCH ?1 AND n.trashed IS NULL ORDER BY rank LIMIT ?2"
  "), message_hits AS MATERIALIZED ("
  "  SELECT rowid AS id, rank AS score,"
  "         snippet (messages_index, 0, char (0x2068), char (0x2069), '…', 12) AS shown"
  "  FROM messages_index WHERE ?3 AND messages_index MATCH ?1 ORDER BY rank LIMIT 1000"
  ") SELECT 0 AS kind, id, title, shown, 0, score FROM note_hits"
  "  UNION ALL"
  "  SELECT 1, c.id, c.title, h.shown, m.id, min (h.score)"
  "  FROM message_hits h JOIN messages m ON m.id = h.id JOIN chats c ON c.id = m.chat_id"
  "  WHERE c.trashed IS NULL GROUP BY c.id"
  "  ORDER BY score LIMIT ?2";

/* ?1: a JSON array of the words, ?2: the first of them, ?4: whether chats are
 * searched too. The newest come first. */
static const char scan_sql[] =
  "WITH found AS ("
  "  SELECT 0 AS kind, id, title, updated, title || char (10) || text AS content, 0 AS message"
  "  FROM notes"
  "  WHERE trashed IS NULL"
  "  UNION ALL"
  "  SELECT 1, c.id, c.title, max (m.id), m.text, m.id"
  "  FROM messages m JOIN chats c ON c.id = m.chat_id"
  "  WHERE ?4 AND c.trashed IS NULL AND instr (m.text, ?2) > 0 GROUP BY c.id"
  ") SELECT kind, id, title, replace ("
  "    substr (content, max (1, instr (content, ?2) - 12), 12 + length (?2) + 24), ?2,"
  "    char (0x2068) || ?2 || char (0x2069)), message"
  "  FROM found WHERE NOT EXISTS"
  "    (SELECT 1 FROM json_each (?1) word WHERE instr (content, word.value) = 0)"
  "  ORDER BY kind, updated DESC LIMIT ?3";

typedef struct
{
  char          *query;
  TlmStoreSearch kinds;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->query);
  g_free (search);
}

static sqlite3_stmt *
start_search (TlmDb         *db,
              GPtrArray     *words,
              gboolean       unspaced,
              TlmStoreSearch kinds,
              char         **argument,
              GError       **error)
{
  gint64 chats = kinds == TLM_SEARCH_ALL;

  if (unspaced)
    {
      *argument = join_words (words, "[\"", "\",\"", "\"]");
      return tlm_db_query (db, error, scan_sql, "ttii", *argument, words->pdata[0],
                           (gint64) MAX_HITS, chats);
    }
  *argument = join_words (words, "\"", "\"* \"", "\"*");
  return tlm_db_query (db, error, search_sql, "tii", *argument, (gint64) MAX_HITS, chats);
}

static void
search_job (gpointer owner,
            GTask   *task)
{
  TlmDb                *db = owner;
  Search               *search = g_task_get_task_data (task);
  gboolean              unspaced;
  g_autoptr (GPtrArray) words = split_words (search->query, &unspaced);
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char      *argument = NULL;
  GError               *error = NULL;
  sqlite3_stmt         *row = NULL;

  if (words->len > 0)
    row = start_search (db, words, unspaced, search->kinds, &argument, &error);
  while (row != NULL && tlm_db_step (db, row, &error) > 0)
    g_ptr_array_add (hits, tlm_search_hit_new (sqlite3_column_int (row, 0),
                                               sqlite3_column_int64 (row, 1),
                                               sqlite3_column_int64 (row, 4),
                                               tlm_db_column_text (row, 2),
                                               tlm_db_column_text (row, 3)));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&hits), (GDestroyNotify) g_ptr_array_unref);
}

void
tlm_store_search_async (TlmStore           *self,
                        const char         *query,
                        TlmStoreSearch      kinds,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask  *task = g_task_new (self, c, cb, data);
  Search *search = g_new (Search, 1);

  search->query = g_strdup (query);
  search->kinds = kinds;
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
