/* SPDX-License-Identifier: Apache-2.0 */
/* The list of chats: loading, making, opening, the bin. Sending a message is in chats-send.c,
 * what is written before in chats-draft.c. */
#include "chats-digest.h"
#include "chats-import-rows.h"

static GType
get_item_type (GListModel *model)
{
  return TLM_TYPE_CHAT;
}

static guint
get_n_items (GListModel *model)
{
  return TLM_CHATS (model)->list.items->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GPtrArray *items = TLM_CHATS (model)->list.items;

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TlmChats, tlm_chats, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tlm_chats_finalize (GObject *object)
{
  TlmChats *self = TLM_CHATS (object);

  tlm_ordered_list_clear (&self->list);
  g_ptr_array_unref (self->line);
  g_ptr_array_unref (self->replies);
  g_ptr_array_unref (self->opened);
  g_ptr_array_unref (self->unsaved);
  g_tree_unref (self->presets);
  g_clear_object (&self->store);
  g_clear_object (&self->engine);
  g_free (self->model_path);
  g_free (self->chat_format);
  G_OBJECT_CLASS (tlm_chats_parent_class)->finalize (object);
}

static void
tlm_chats_class_init (TlmChatsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_chats_finalize;
  g_signal_new ("gone", TLM_TYPE_CHATS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                TLM_TYPE_CHAT);
  g_signal_new ("parted", TLM_TYPE_CHATS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                TLM_TYPE_CHAT);
}

/* Pinned chats are as if they had changed long after all others: the half of what an int64 holds is
 * 146,000 years. */
static gint64
get_chat_time (gpointer chat)
{
  gint64 ahead = tlm_chat_get_place (chat) == TLM_CHAT_PINNED ? G_MAXINT64 / 2 : 0;

  return tlm_chat_get_updated_us (chat) + ahead;
}

static gint64
get_chat_id (gpointer chat)
{
  return tlm_chat_get_id (chat);
}

static void
tlm_chats_init (TlmChats *self)
{
  self->line = g_ptr_array_new ();
  self->replies = g_ptr_array_new ();
  self->opened = g_ptr_array_new_with_free_func (g_object_unref);
  self->unsaved = g_ptr_array_new_with_free_func (g_object_unref);
  self->presets = tlm_presets_new ();
  tlm_ordered_list_init (&self->list, G_LIST_MODEL (self), get_chat_time, get_chat_id);
}

static void
save_again (TlmChats *self)
{
  tlm_chats_save_replies (self);
  tlm_chats_save_drafts (self);
}

TlmChats *
tlm_chats_new (TlmStore         *store,
               TlmEngineService *engine)
{
  TlmChats *self = g_object_new (TLM_TYPE_CHATS, NULL);

  self->store = g_object_ref (store);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (store, "again", G_CALLBACK (save_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "closing", G_CALLBACK (save_again), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * tlm_chats_find:
 *
 * Returns: (transfer none) (nullable): the chat of a search hit
 */
TlmChat *
tlm_chats_find (TlmChats *self,
                gint64    id)
{
  return tlm_ordered_list_find (&self->list, id);
}

void
tlm_chats_set_model (TlmChats   *self,
                     const char *path,
                     const char *format)
{
  g_free (self->model_path);
  g_free (self->chat_format);
  self->model_path = path != NULL && *path != '\0' ? g_strdup (path) : NULL;
  self->chat_format = format != NULL && *format != '\0' ? g_strdup (format) : NULL;
}

static void
change_free (gpointer data)
{
  TlmChatChange *change = data;

  g_clear_object (&change->chat);
  g_free (change);
}

void
tlm_chats_post (TlmChats           *self,
                TlmChat            *chat,
                GTask              *outer,
                TlmWorkerFunc       job,
                GAsyncReadyCallback done)
{
  GTask         *inner = g_task_new (self, g_task_get_cancellable (outer), done, outer);
  TlmChatChange *change = g_new0 (TlmChatChange, 1);

  change->chat = chat != NULL ? g_object_ref (chat) : NULL;
  change->id = chat != NULL ? tlm_chat_get_id (chat) : 0;
  change->now = g_get_real_time ();
  g_task_set_task_data (inner, change, change_free);
  tlm_store_post (self->store, inner, job);
}

/* A reply that was streaming when the program ended has what was saved of it, and is stopped. */
static gboolean
tidy_up (TlmDb   *db,
         GError **error)
{
  return tlm_store_empty_bin (db, TLM_WORDS_OF_MESSAGES,
                              "UPDATE chats SET trashed = 0 WHERE trashed > 0 AND trashed < ?", error)
         && tlm_db_run (db, error, "UPDATE messages SET state = 2 WHERE state = 1", "");
}

/* All that is there before a chat is opened. */
typedef struct
{
  GPtrArray *chats;
  GTree     *presets;
  GArray    *hidden; /* ids of chats of imports that were killed */
} Everything;

static void
everything_free (gpointer data)
{
  Everything *all = data;

  g_clear_pointer (&all->chats, g_ptr_array_unref);
  g_clear_pointer (&all->presets, g_tree_unref);
  g_clear_pointer (&all->hidden, g_array_unref);
  g_free (all);
}

TlmChat *
tlm_chat_read (sqlite3_stmt *row)
{
  TlmChat        *chat = tlm_chat_new (sqlite3_column_int64 (row, 0), tlm_db_column_text (row, 1),
                                       sqlite3_column_int64 (row, 2), tlm_db_column_text (row, 3));
  TlmChatSettings settings;

  tlm_chat_set_place (chat, sqlite3_column_int (row, 4));
  tlm_chat_settings_read (row, 5, &settings);
  tlm_chat_set_settings (chat, &settings);
  return chat;
}

gboolean
tlm_chats_read (TlmDb     *db,
                GPtrArray *chats,
                GError   **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT " TLM_CHAT_COLUMNS " FROM chats "
                                    "WHERE trashed IS NULL "
                                    "ORDER BY place = 1 DESC, updated DESC, id DESC", "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_ptr_array_add (chats, tlm_chat_read (row));
  return more == 0;
}

static void
load_job (gpointer owner,
          GTask   *task)
{
  TlmDb      *db = owner;
  Everything *all = g_new0 (Everything, 1);
  GError     *error = NULL;

  all->chats = g_ptr_array_new_with_free_func (g_object_unref);
  all->presets = tlm_presets_new ();
  if (tidy_up (db, &error) && tlm_chats_read (db, all->chats, &error)
      && tlm_presets_load (db, all->presets, &error)
      && (all->hidden = tlm_import_rows_list_hidden (db, &error)) != NULL)
    {
      g_task_return_pointer (task, all, everything_free);
      return;
    }
  everything_free (all);
  g_task_return_error (task, error);
}

static void
loaded (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  GError           *error = NULL;
  Everything       *all = g_task_propagate_pointer (G_TASK (result), &error);

  if (all != NULL)
    {
      tlm_ordered_list_replace (&self->list, g_steal_pointer (&all->chats));
      g_tree_unref (self->presets);
      self->presets = g_steal_pointer (&all->presets);
      tlm_chats_sweep (self, all->hidden);
      everything_free (all);
    }
  tlm_task_return_success (outer, all != NULL, error);
}

void
tlm_chats_load_async (TlmChats           *self,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  tlm_chats_post (self, NULL, g_task_new (self, c, cb, data), load_job, loaded);
}

gboolean
tlm_chats_load_finish (TlmChats     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}

static void
create_job (gpointer owner,
            GTask   *task)
{
  TlmDb         *db = owner;
  TlmChatChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  gboolean       good = tlm_db_run (db, &error,
                              "INSERT INTO chats (title, created, updated) VALUES ('', ?, ?)", "ii",
                              change->now, change->now);

  if (good)
    change->id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  tlm_task_return_success (task, good, error);
}

static void
created (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  TlmChatChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  TlmChat          *chat;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error);
      return;
    }
  chat = tlm_chat_new (change->id, "", change->now, "");
  tlm_chat_fill (chat, g_ptr_array_new_with_free_func (g_object_unref), 0);
  tlm_ordered_list_insert (&self->list, chat);
  g_task_return_pointer (outer, chat, g_object_unref);
}

void
tlm_chats_create_async (TlmChats           *self,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  tlm_chats_post (self, NULL, g_task_new (self, c, cb, data), create_job, created);
}

TlmChat *
tlm_chats_create_finish (TlmChats     *self,
                         GAsyncResult *r,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), NULL);
  return g_task_propagate_pointer (G_TASK (r), error);
}

/* The messages of a chat as the store has them. */
typedef struct
{
  GPtrArray *messages; /* of all branches, by id */
  gint64     leaf;
} Content;

static void
content_free (gpointer data)
{
  Content *content = data;

  g_clear_pointer (&content->messages, g_ptr_array_unref);
  g_free (content);
}

/* The parent is older, so it is there already. */
static TlmMessage *
make_message (sqlite3_stmt *row,
              GPtrArray    *older)
{
  TlmMessage *parent = tlm_messages_find (older, sqlite3_column_int64 (row, 7));
  TlmMessage *message
    = tlm_message_new (sqlite3_column_int64 (row, 0), sqlite3_column_int (row, 1),
                       sqlite3_column_int (row, 2), tlm_db_column_text (row, 3),
                       (const char *) sqlite3_column_text (row, 4), tlm_db_column_text (row, 5),
                       sqlite3_column_double (row, 6));

  tlm_message_set_context (message, (guint) sqlite3_column_int (row, 9),
                           (guint) sqlite3_column_int (row, 10));
  tlm_message_set_tool (message, tlm_db_column_text (row, 11), tlm_db_column_text (row, 12));
  if (parent != NULL)
    tlm_message_set_parent (message, parent);
  return message;
}

static void
open_job (gpointer owner,
          GTask   *task)
{
  TlmDb         *db = owner;
  TlmChatChange *change = g_task_get_task_data (task);
  Content       *content = g_new0 (Content, 1);
  GError        *error = NULL;
  sqlite3_stmt  *row = tlm_db_query (db, &error,
                                    "SELECT m.id, role, state, text, error, route, elapsed_ms, "
                                    "parent, leaf, context_used, context_held, tool, why "
                                    "FROM messages AS m JOIN chats ON chats.id = "
                                    "chat_id WHERE chat_id = ? ORDER BY m.id", "i", change->id);

  content->messages = g_ptr_array_new_with_free_func (g_object_unref);
  while (row != NULL && tlm_db_step (db, row, &error) > 0)
    {
      content->leaf = sqlite3_column_int64 (row, 8);
      g_ptr_array_add (content->messages, make_message (row, content->messages));
    }
  if (error == NULL && tlm_chat_digests_read (db, change->id, content->messages, &error))
    {
      g_task_return_pointer (task, content, content_free);
      return;
    }
  content_free (content);
  g_task_return_error (task, error);
}

static void
opened (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (GTask) outer = data;
  TlmChatChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  Content          *content = g_task_propagate_pointer (G_TASK (result), &error);

  if (content != NULL)
    {
      tlm_chat_fill (change->chat, g_steal_pointer (&content->messages), content->leaf);
      content_free (content);
    }
  tlm_task_return_success (outer, content != NULL, error);
}

void
tlm_chats_open_async (TlmChats           *self,
                      TlmChat            *chat,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  GTask *outer = g_task_new (self, c, cb, data);

  tlm_chats_keep_opened (self, chat);
  if (!tlm_chat_get_filled (chat))
    {
      tlm_chats_post (self, chat, outer, open_job, opened);
      return;
    }
  g_task_return_boolean (outer, TRUE);
  g_object_unref (outer);
}

/* What was written here meanwhile stays; the end of its reply asks again. */
static void
refilled (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TlmChats      *self = TLM_CHATS (source);
  TlmChatChange *change = g_task_get_task_data (G_TASK (result));
  Content       *content = g_task_propagate_pointer (G_TASK (result), NULL);

  if (content == NULL)
    return;
  if (self->unsaved->len == 0 && tlm_chat_empty (change->chat))
    tlm_chat_fill (change->chat, g_steal_pointer (&content->messages), content->leaf);
  else
    self->stale = TRUE;
  content_free (content);
}

gboolean
tlm_chats_refill (TlmChats *self,
                  TlmChat  *chat)
{
  GTask         *task;
  TlmChatChange *change;

  if (tlm_chat_get_busy (chat) || self->unsaved->len > 0)
    return FALSE;
  task = g_task_new (self, NULL, refilled, NULL);
  change = g_new0 (TlmChatChange, 1);
  change->chat = g_object_ref (chat);
  change->id = tlm_chat_get_id (chat);
  g_task_set_task_data (task, change, change_free);
  tlm_store_post (self->store, task, open_job);
  return TRUE;
}

gboolean
tlm_chats_open_finish (TlmChats     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
