/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the bin, read whenever somebody looks, and its end. */
#include "bin.h"

#include <glib/gi18n-lib.h>

#include "chats/chat-private.h"
#include "core/errors.h"
#include "notes/note-private.h"
#include "store-private.h"

struct _TlmBinItem
{
  GObject    parent_instance;
  TlmBinKind kind;
  gint64     id;
  char      *title;
  GObject   *item;    /* (nullable) */
  guint64    size;
  gint64     trashed; /* Unix microseconds */
};

G_DEFINE_FINAL_TYPE (TlmBinItem, tlm_bin_item, G_TYPE_OBJECT)

static void
tlm_bin_item_finalize (GObject *object)
{
  TlmBinItem *self = TLM_BIN_ITEM (object);

  g_free (self->title);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (tlm_bin_item_parent_class)->finalize (object);
}

static void
tlm_bin_item_class_init (TlmBinItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_bin_item_finalize;
}

static void
tlm_bin_item_init (TlmBinItem *self)
{
}

static TlmBinItem *
item_new (TlmBinKind  kind,
          gint64      id,
          const char *title,
          gint64      trashed)
{
  TlmBinItem *self = g_object_new (TLM_TYPE_BIN_ITEM, NULL);

  self->kind = kind;
  self->id = id;
  self->title = g_strdup (title);
  self->trashed = trashed;
  return self;
}

GObject *
tlm_bin_item_get_item (TlmBinItem *self)
{
  return self->item;
}

TlmBinKind
tlm_bin_item_get_kind (TlmBinItem *self)
{
  return self->kind;
}

const char *
tlm_bin_item_get_title (TlmBinItem *self)
{
  return self->title;
}

guint64
tlm_bin_item_get_size (TlmBinItem *self)
{
  return self->size;
}

gboolean
tlm_bin_item_same (TlmBinItem *self,
                   TlmBinItem *other)
{
  return self->kind == other->kind && self->id == other->id && self->trashed == other->trashed
         && g_strcmp0 (self->title, other->title) == 0;
}

guint
tlm_bin_item_get_days_left (TlmBinItem *self,
                            gint64      now)
{
  const gint64 day = G_TIME_SPAN_DAY / G_USEC_PER_SEC;
  gint64       left = self->trashed / G_USEC_PER_SEC + TLM_BIN_DAYS * day - now;

  return (guint) ((CLAMP (left, 0, TLM_BIN_DAYS * day) + day - 1) / day);
}

/* Of each kind, what lists it: its id, its name and when it came, and what restores one. Times of
 * specialists are seconds. */
static const struct
{
  const char *list, *restore;
} kinds[] = {
  [TLM_BIN_NOTE] = { "SELECT id, title, trashed, updated FROM notes WHERE trashed > 0", NULL },
  [TLM_BIN_CHAT] = { "SELECT " TLM_CHAT_COLUMNS ", trashed FROM chats "
                     "WHERE trashed > 0 AND trashed < " TLM_CHAT_COMING, NULL },
  [TLM_BIN_EXAMPLES] = { "SELECT id, name, trashed FROM example_sets WHERE trashed IS NOT NULL",
                         "UPDATE example_sets SET trashed = NULL WHERE id = ?" },
  [TLM_BIN_SPECIALIST] = { "SELECT id, name, trashed * 1000000 FROM trainings "
                           "WHERE trashed IS NOT NULL",
                           "UPDATE trainings SET trashed = NULL WHERE id = ?" },
  [TLM_BIN_LICENSE] = { "SELECT id, number, trashed FROM licenses WHERE trashed IS NOT NULL",
                        "UPDATE licenses SET trashed = NULL WHERE id = ?" },
  [TLM_BIN_MODEL] = { "SELECT id, name, trashed, size FROM models WHERE trashed IS NOT NULL",
                      "UPDATE models SET trashed = NULL WHERE id = ?" },
};

static TlmBinItem *
read_item (TlmBinKind    kind,
           sqlite3_stmt *row)
{
  int         last = kind == TLM_BIN_CHAT ? sqlite3_column_count (row) - 1 : 2;
  TlmBinItem *item = item_new (kind, sqlite3_column_int64 (row, 0), tlm_db_column_text (row, 1),
                               sqlite3_column_int64 (row, last));

  if (kind == TLM_BIN_NOTE)
    item->item = G_OBJECT (tlm_note_new (item->id, item->title, sqlite3_column_int64 (row, 3)));
  else if (kind == TLM_BIN_CHAT)
    item->item = G_OBJECT (tlm_chat_read (row));
  else if (kind == TLM_BIN_MODEL)
    item->size = (guint64) sqlite3_column_int64 (row, 3);
  return item;
}

static gboolean
read_items (TlmDb     *db,
            GPtrArray *items,
            GError   **error)
{
  for (gsize kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      sqlite3_stmt *row = tlm_db_query (db, error, kinds[kind].list, "");
      int           more = row != NULL ? 1 : -1;

      while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
        g_ptr_array_add (items, read_item ((TlmBinKind) kind, row));
      if (more < 0)
        return FALSE;
    }
  return TRUE;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 first = (*(TlmBinItem *const *) a)->trashed, second = (*(TlmBinItem *const *) b)->trashed;

  return first > second ? -1 : first < second;
}

static void
load_job (gpointer owner,
          GTask   *task)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GError               *error = NULL;

  if (!read_items (owner, items, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_sort (items, compare_times);
  g_task_return_pointer (task, g_steal_pointer (&items), (GDestroyNotify) g_ptr_array_unref);
}

void
tlm_bin_load_async (TlmStore           *store,
                    GCancellable       *c,
                    GAsyncReadyCallback cb,
                    gpointer            data)
{
  tlm_store_post (store, g_task_new (store, c, cb, data), load_job);
}

GListModel *
tlm_bin_load_finish (TlmStore     *store,
                     GAsyncResult *r,
                     GError      **error)
{
  g_autoptr (GPtrArray) items = g_task_propagate_pointer (G_TASK (r), error);
  GListStore           *list;

  if (items == NULL)
    return NULL;
  list = g_list_store_new (TLM_TYPE_BIN_ITEM);
  g_list_store_splice (list, 0, 0, items->pdata, items->len);
  return G_LIST_MODEL (list);
}

/* ---- Its end, and the way back ---- */

#define ALL_KINDS (-1)

/* What is to go, or to come back. */
typedef struct
{
  int    kind; /* a TlmBinKind, or ALL_KINDS */
  gint64 id;   /* 0: all */
} Change;

static gboolean
delete_kind (TlmDb     *db,
             TlmBinKind kind,
             gint64     id,
             GError   **error)
{
  switch (kind)
    {
    case TLM_BIN_NOTE:
      return tlm_store_delete (db, TLM_WORDS_OF_NOTES,
                               "UPDATE notes SET trashed = 0 WHERE ?1 IN (0, id) AND trashed > 0", id,
                               error);
    case TLM_BIN_CHAT:
      return tlm_store_delete (db, TLM_WORDS_OF_MESSAGES,
                               "UPDATE chats SET trashed = 0 WHERE ?1 IN (0, id) "
                               "AND trashed > 0 AND trashed < " TLM_CHAT_COMING, id, error);
    case TLM_BIN_EXAMPLES:
      return tlm_db_run (db, error, "DELETE FROM example_sets WHERE ?1 IN (0, id) "
                                    "AND trashed IS NOT NULL", "i", id);
    case TLM_BIN_SPECIALIST:
      return tlm_trained_delete (db, G_MAXINT64, id, error);
    case TLM_BIN_LICENSE:
      return tlm_db_run (db, error, "DELETE FROM licenses WHERE ?1 IN (0, id) "
                                    "AND trashed IS NOT NULL", "i", id);
    case TLM_BIN_MODEL:
      return tlm_models_delete (db, G_MAXINT64, id, error);
    }
  g_assert_not_reached ();
}

static void
delete_job (gpointer owner,
            GTask   *task)
{
  Change  *change = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = TRUE;

  for (gsize kind = 0; good && kind < G_N_ELEMENTS (kinds); kind++)
    if (change->kind == ALL_KINDS || change->kind == (int) kind)
      good = delete_kind (owner, (TlmBinKind) kind, change->id, &error);
  tlm_task_return_success (task, good, error);
}

static void
restore_job (gpointer owner,
             GTask   *task)
{
  Change  *change = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, kinds[change->kind].restore, "i", change->id);

  if (good && sqlite3_changes (tlm_db_get_handle (owner)) == 0)
    {
      g_set_error_literal (&error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                           _("This is no longer in the bin."));
      good = FALSE;
    }
  tlm_task_return_success (task, good, error);
}

/* @item: (nullable): NULL for all */
static void
post (TlmStore     *store,
      TlmBinItem   *item,
      TlmWorkerFunc job,
      GTask        *task)
{
  Change *change = g_new0 (Change, 1);

  *change = item != NULL ? (Change) { (int) item->kind, item->id } : (Change) { ALL_KINDS, 0 };
  g_task_set_task_data (task, change, g_free);
  tlm_store_post (store, task, job);
}

void
tlm_bin_delete_async (TlmStore           *store,
                      TlmBinItem         *item,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  post (store, item, delete_job, g_task_new (store, c, cb, data));
}

void
tlm_bin_restore_async (TlmStore           *store,
                       TlmBinItem         *item,
                       GCancellable       *c,
                       GAsyncReadyCallback cb,
                       gpointer            data)
{
  g_return_if_fail (kinds[item->kind].restore != NULL);
  post (store, item, restore_job, g_task_new (store, c, cb, data));
}

gboolean
tlm_bin_delete_finish (TlmStore     *store,
                       GAsyncResult *r,
                       GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

gboolean
tlm_bin_restore_finish (TlmStore     *store,
                        GAsyncResult *r,
                        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

/* When somebody wrote something or threw it away last, before @before; 0: never. */
static gboolean
find_last_change (TlmDb   *db,
                  gint64   before,
                  gint64  *last_us,
                  GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT max (seen) FROM ("
                                    "SELECT max (updated) AS seen FROM notes "
                                    "WHERE trashed IS NULL AND updated < ?1 "
                                    "UNION ALL SELECT max (updated) FROM chats "
                                    "WHERE trashed IS NULL AND updated < ?1 "
                                    "UNION ALL SELECT max (updated) FROM notes "
                                    "WHERE trashed IS NOT NULL AND updated < ?1 "
                                    "UNION ALL SELECT max (updated) FROM chats "
                                    "WHERE trashed IS NOT NULL AND updated < ?1 "
                                    "UNION ALL SELECT max (trashed) FROM notes WHERE trashed < ?1 "
                                    "UNION ALL SELECT max (trashed) FROM chats WHERE trashed < ?1)",
                                    "i", before);

  if (row == NULL || tlm_db_step (db, row, error) != 1)
    return FALSE;
  *last_us = sqlite3_column_int64 (row, 0);
  sqlite3_reset (row);
  return TRUE;
}

/* A clock that has jumped ahead must not empty the bin, nor must what is written on the day of the
 * jump: time goes on by no more than a day beyond the last change on an earlier day, if there is one. */
gboolean
tlm_store_get_bin_limit (TlmDb   *db,
                         gint64  *limit_us,
                         GError **error)
{
  gint64 now = g_get_real_time (), seen, earlier;

  if (!find_last_change (db, now, &seen, error)
      || !find_last_change (db, seen - seen % G_TIME_SPAN_DAY, &earlier, error))
    return FALSE;
  if (earlier > 0)
    seen = earlier;
  *limit_us = (seen > 0 ? MIN (now, seen + G_TIME_SPAN_DAY) : now) - TLM_BIN_DAYS * G_TIME_SPAN_DAY;
  return TRUE;
}

gboolean
tlm_store_empty_bin (TlmDb      *db,
                     TlmWords    words,
                     const char *sql,
                     GError    **error)
{
  int      before = tlm_db_get_n_written (db);
  gint64   limit_us;
  gboolean done = tlm_store_get_bin_limit (db, &limit_us, error)
                  && tlm_store_delete (db, words, sql, limit_us, error);

  tlm_db_take_for_upkeep (db, before);
  return done;
}
