/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the bin, read whenever somebody looks, and its end. */
#include "bin.h"

#include "chat-private.h"
#include "note-private.h"

struct _TlmBinItem
{
  GObject  parent_instance;
  GObject *item;
  gint64   trashed; /* Unix microseconds */
};

G_DEFINE_FINAL_TYPE (TlmBinItem, tlm_bin_item, G_TYPE_OBJECT)

static void
tlm_bin_item_finalize (GObject *object)
{
  g_object_unref (TLM_BIN_ITEM (object)->item);
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

/* @item: (transfer full) */
static TlmBinItem *
item_new (gpointer item,
          gint64   trashed)
{
  TlmBinItem *self = g_object_new (TLM_TYPE_BIN_ITEM, NULL);

  self->item = item;
  self->trashed = trashed;
  return self;
}

GObject *
tlm_bin_item_get_item (TlmBinItem *self)
{
  return self->item;
}

guint
tlm_bin_item_get_days_left (TlmBinItem *self,
                            gint64      now)
{
  const gint64 day = G_TIME_SPAN_DAY / G_USEC_PER_SEC;
  gint64       left = self->trashed / G_USEC_PER_SEC + TLM_BIN_DAYS * day - now;

  return (guint) ((CLAMP (left, 0, TLM_BIN_DAYS * day) + day - 1) / day);
}

static gboolean
read_notes (TlmDb     *db,
            GPtrArray *items,
            GError   **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT id, title, updated, trashed FROM notes "
                                               "WHERE trashed IS NOT NULL", "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_ptr_array_add (items, item_new (tlm_note_new (sqlite3_column_int64 (row, 0),
                                                    tlm_db_column_text (row, 1),
                                                    sqlite3_column_int64 (row, 2)),
                                      sqlite3_column_int64 (row, 3)));
  return more == 0;
}

static gboolean
read_chats (TlmDb     *db,
            GPtrArray *items,
            GError   **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT " TLM_CHAT_COLUMNS ", trashed FROM chats "
                                               "WHERE trashed IS NOT NULL", "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_ptr_array_add (items, item_new (tlm_chat_read (row),
                                      sqlite3_column_int64 (row, sqlite3_column_count (row) - 1)));
  return more == 0;
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

  if (!read_notes (owner, items, &error) || !read_chats (owner, items, &error))
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

/* What is to go: of one table, or of both. */
typedef struct
{
  gboolean notes, chats;
  gint64   id; /* 0: all */
} Deletion;

static void
delete_job (gpointer owner,
            GTask   *task)
{
  Deletion *deletion = g_task_get_task_data (task);
  GError   *error = NULL;
  gboolean  good = TRUE;

  if (deletion->notes)
    good = tlm_store_delete (owner, "DELETE FROM notes WHERE ?1 IN (0, id) AND trashed IS NOT NULL",
                             deletion->id, &error);
  if (good && deletion->chats)
    good = tlm_store_delete (owner, "DELETE FROM chats WHERE ?1 IN (0, id) AND trashed IS NOT NULL",
                             deletion->id, &error);
  tlm_task_return_success (task, good, error);
}

void
tlm_bin_delete_async (TlmStore           *store,
                      TlmBinItem         *item,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  GTask    *task = g_task_new (store, c, cb, data);
  Deletion *deletion = g_new0 (Deletion, 1);

  deletion->notes = item == NULL || TLM_IS_NOTE (item->item);
  deletion->chats = item == NULL || TLM_IS_CHAT (item->item);
  if (item != NULL)
    g_object_get (item->item, "id", &deletion->id, NULL);
  g_task_set_task_data (task, deletion, g_free);
  tlm_store_post (store, task, delete_job);
}

gboolean
tlm_bin_delete_finish (TlmStore     *store,
                       GAsyncResult *r,
                       GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
