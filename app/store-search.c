/* SPDX-License-Identifier: Apache-2.0 */
/* One search over notes and messages. The query is taken as words, never as FTS5's language: each is
 * quoted and matched as a prefix, all must be there. */
#include "store-private.h"

#include <string.h>

#define MAX_HITS 200
#define MAX_WORDS 16 /* a pasted page is no query; its first words are */

struct _TlmSearchHit
{
  GObject    parent_instance;
  TlmHitKind kind;
  gint64     id;
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
                    const char *title,
                    const char *snippet)
{
  TlmSearchHit *self = g_object_new (TLM_TYPE_SEARCH_HIT, NULL);

  self->kind = kind;
  self->id = id;
  self->title = g_utf8_make_valid (title, -1);
  self->snippet = g_utf8_make_valid (snippet, -1);
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

/* "cafe ol" becomes "cafe"* "ol"*; NULL when the query holds no word. */
static char *
make_match (const char *query)
{
  g_autofree char *valid = g_utf8_make_valid (query, -1);
  GString         *match = g_string_new (NULL);
  gboolean         in_word = FALSE;
  guint            n_words = 0;

  for (const char *p = valid; *p != '\0' && n_words <= MAX_WORDS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_word_char (c) && !in_word)
        g_string_append (match, ++n_words > MAX_WORDS ? "" : n_words > 1 ? "\"* \"" : "\"");
      in_word = is_word_char (c);
      if (in_word && n_words <= MAX_WORDS)
        g_string_append_unichar (match, c);
    }
  if (n_words > 0)
    g_string_append (match, "\"*");
  return g_string_free (match, n_words == 0);
}

/* The two lists are cut to the same length; bm25 is comparable enough between them for one order. A
 * chat appears once, with its best message. */
static const char search_sql[] =
  "SELECT kind, id, title, snippet FROM ("
  "  SELECT 0 AS kind, n.id AS id, n.title AS title,"
  "         snippet (notes_index, -1, char (0x2068), char (0x2069), '…', 12) AS snippet,"
  "         rank AS score"
  "  FROM notes_index JOIN notes n ON n.id = notes_index.rowid"
  "  WHERE notes_index MATCH ?1 AND n.trashed IS NULL"
  "  UNION ALL"
  "  SELECT 1, c.id, c.title, h.snippet, min (h.score)"
  "  FROM (SELECT rowid AS id, rank AS score,"
  "               snippet (messages_index, 0, char (0x2068), char (0x2069), '…', 12) AS snippet"
  "        FROM messages_index WHERE messages_index MATCH ?1) h"
  "  JOIN messages m ON m.id = h.id JOIN chats c ON c.id = m.chat_id"
  "  WHERE c.trashed IS NULL GROUP BY c.id"
  ") ORDER BY score LIMIT ?2";

static void
search_job (gpointer owner,
            GTask   *task)
{
  TlmDb               *db = owner;
  g_autofree char     *match = make_match (g_task_get_task_data (task));
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func (g_object_unref);
  GError              *error = NULL;
  sqlite3_stmt        *row;
  int                  step = 0;

  if (match != NULL)
    {
      row = tlm_db_query (db, &error, search_sql, "ti", match, (gint64) MAX_HITS);
      while (row != NULL && (step = tlm_db_step (db, row, &error)) > 0)
        g_ptr_array_add (hits, tlm_search_hit_new (sqlite3_column_int (row, 0),
                                                   sqlite3_column_int64 (row, 1),
                                                   tlm_db_column_text (row, 2),
                                                   tlm_db_column_text (row, 3)));
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&hits), (GDestroyNotify) g_ptr_array_unref);
}

void
tlm_store_search_async (TlmStore           *self,
                        const char         *query,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask *task = g_task_new (self, c, cb, data);

  g_task_set_task_data (task, g_strdup (query), g_free);
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
