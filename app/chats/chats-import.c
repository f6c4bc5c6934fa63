/* SPDX-License-Identifier: Apache-2.0 */
/* Chats out of a file into the store, in one transaction. A chat that is there already, with the
 * same messages in the same branches, is passed over: also one that was imported and has grown since,
 * for which its hash at that time is kept. Columns are taken as they come, so that our own export
 * loses nothing; a value that is of another type or out of range gives way to the column's default. */
#include "chat-file-own.h"
#include "chat-file-private.h"
#include "chat-private.h"
#include "chats-import-table.h"

#include "core/errors.h"
#include "export/export-chats.h"
#include "tool-choices.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ---- What is there ---- */

/* A message goes into the hash as where it hangs, whose it is, and what it says. */
static void
hash_message (GChecksum  *sum,
              gint64      parent,
              gboolean    user,
              const char *text)
{
  g_autofree char *head = g_strdup_printf ("%" G_GINT64_FORMAT " %d %zu ", parent, user,
                                           strlen (text));

  g_checksum_update (sum, (const guchar *) head, -1);
  g_checksum_update (sum, (const guchar *) text, -1);
}

/* The hash of what @ids and @sum have taken in, which begin anew. (transfer full) */
static char *
end_hash (GChecksum  *sum,
          GHashTable *ids)
{
  char *hash = g_strdup (g_checksum_get_string (sum));

  g_checksum_reset (sum);
  g_hash_table_remove_all (ids);
  return hash;
}

/* Messages are counted from 1 in their chat: the ids of the database do not matter. */
static gint64
count_id (GHashTable *ids,
          gint64      id,
          gint64      parent)
{
  gint64 *place = g_hash_table_lookup (ids, &parent);
  gint64  n = (gint64) g_hash_table_size (ids) + 1;

  g_hash_table_insert (ids, g_memdup2 (&id, sizeof id), g_memdup2 (&n, sizeof n));
  return place != NULL ? *place : 0;
}

static gboolean
add_sources (TlmDb      *db,
             GHashTable *known,
             GError    **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT source FROM chats WHERE source IS NOT NULL "
                                    "AND trashed IS NULL", "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_hash_table_add (known, g_strdup (tlm_db_column_text (row, 0)));
  return more == 0;
}

/* What lies in the bin does not count: who imports a chat again wants it back. */
static gboolean
add_contents (TlmDb      *db,
              GHashTable *known,
              GError    **error)
{
  sqlite3_stmt          *row = tlm_db_query (db, error,
                                    "SELECT chat_id, m.id, parent, role, text FROM messages AS m "
                                    "JOIN chats ON chats.id = chat_id WHERE trashed IS NULL "
                                    "ORDER BY chat_id, m.id", "");
  g_autoptr (GChecksum)  sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  gint64                 chat = 0;
  int                    more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      gint64 parent;

      if (chat != 0 && chat != sqlite3_column_int64 (row, 0))
        g_hash_table_add (known, end_hash (sum, ids));
      chat = sqlite3_column_int64 (row, 0);
      parent = count_id (ids, sqlite3_column_int64 (row, 1), sqlite3_column_int64 (row, 2));
      hash_message (sum, parent, sqlite3_column_int (row, 3) == TLM_ROLE_USER,
                    tlm_db_column_text (row, 4));
    }
  if (chat != 0)
    g_hash_table_add (known, end_hash (sum, ids));
  return more == 0;
}

/* ---- Chats ---- */

typedef struct
{
  TlmDb           *db;
  GCancellable    *cancellable;
  TlmImportTable   chats, messages;
  GHashTable      *known;
  GChecksum       *sum;
  GHashTable      *ids; /* of the file -> of the store, or the count of messages */
  TlmChatsImported imported;
} Import;

static gboolean
fail_damaged (GError **error)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                       _("A chat in the file is damaged: a message is not whole, or follows one "
                         "that is not there. Export the chats again."));
  return FALSE;
}

/* (nullable) */
static JsonObject *
get_object (JsonArray *array,
            guint      i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gint64
get_number (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

static gboolean
is_whole (Import     *self,
          JsonObject *message)
{
  gint64      id = message != NULL ? get_number (message, "id") : 0;
  gint64      parent = message != NULL ? get_number (message, "parent") : 0;
  const char *role = message != NULL ? tlm_chat_file_get_string (message, "role") : "";

  return id > 0 && !g_hash_table_contains (self->ids, &id)
         && (parent == 0 || g_hash_table_contains (self->ids, &parent))
         && (g_str_equal (role, "user") || g_str_equal (role, "assistant"))
         && json_object_has_member (message, "content");
}

/* (transfer full) (nullable): the hash of the chat, all messages of which are whole */
static char *
check_messages (Import    *self,
                JsonArray *messages,
                GError   **error)
{
  g_hash_table_remove_all (self->ids);
  g_checksum_reset (self->sum);
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonObject      *message = get_object (messages, i);
      g_autofree char *text = NULL;
      gint64           parent;

      if (!is_whole (self, message))
        {
          fail_damaged (error);
          return NULL;
        }
      parent = count_id (self->ids, get_number (message, "id"), get_number (message, "parent"));
      text = g_utf8_make_valid (tlm_chat_file_get_string (message, "content"), -1);
      hash_message (self->sum, parent,
                    g_str_equal (tlm_chat_file_get_string (message, "role"), "user"), text);
    }
  return end_hash (self->sum, self->ids);
}

/* One that was streaming when it was exported has what there was, and is stopped. */
static TlmMessageState
get_state (JsonObject *message)
{
  const char *state = tlm_chat_file_get_string (message, "state");

  if (g_str_equal (state, "stopped") || g_str_equal (state, "streaming"))
    return TLM_MESSAGE_STOPPED;
  return g_str_equal (state, "failed") ? TLM_MESSAGE_FAILED : TLM_MESSAGE_DONE;
}

static gboolean
insert_message (Import     *self,
                gint64      chat,
                JsonObject *message,
                GError    **error)
{
  gboolean user = g_str_equal (tlm_chat_file_get_string (message, "role"), "user");
  gint64   id = get_number (message, "id"), parent = get_number (message, "parent"), new_id = 0;
  g_autofree char *text = g_utf8_make_valid (tlm_chat_file_get_string (message, "content"), -1);
  gint64  *after = g_hash_table_lookup (self->ids, &parent);

  if (after == NULL)
    json_object_remove_member (message, "parent");
  tlm_import_table_set_object (&self->messages, message);
  tlm_import_table_set_number (&self->messages, "chat_id", chat);
  tlm_import_table_set_number (&self->messages, "role", user ? TLM_ROLE_USER : TLM_ROLE_ASSISTANT);
  tlm_import_table_set_number (&self->messages, "state", (gint64) get_state (message));
  if (after != NULL)
    tlm_import_table_set_number (&self->messages, "parent", *after);
  tlm_import_table_set_text (&self->messages, "text", text);
  if (!tlm_import_table_insert (&self->messages, self->db, &new_id, error))
    return FALSE;
  g_hash_table_insert (self->ids, g_memdup2 (&id, sizeof id), g_memdup2 (&new_id, sizeof new_id));
  return TRUE;
}

/* A sentence of an older part's summary; one of messages that are not there is passed over. Where it stands
 * in its message is checked when the chat is read. */
static gboolean
insert_sentence (Import     *self,
                 gint64      chat,
                 JsonObject *sentence,
                 GError    **error)
{
  gint64  after = get_number (sentence, "after"), source = get_number (sentence, "source");
  gint64 *new_after = g_hash_table_lookup (self->ids, &after);
  gint64 *new_source = g_hash_table_lookup (self->ids, &source);

  return new_after == NULL || new_source == NULL
         || tlm_db_run (self->db, error, "INSERT INTO chat_digests VALUES (?, ?, ?, ?, ?)", "iiiii",
                        chat, *new_after, *new_source, get_number (sentence, "start"),
                        get_number (sentence, "length"));
}

/* Behind the messages. */
static gboolean
insert_summaries (Import     *self,
                  gint64      id,
                  JsonObject *chat,
                  GError    **error)
{
  JsonNode  *node = json_object_get_member (chat, "summaries");
  JsonArray *sentences = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                      : NULL;

  for (guint i = 0; sentences != NULL && i < json_array_get_length (sentences); i++)
    {
      JsonObject *sentence = get_object (sentences, i);

      if (sentence != NULL && !insert_sentence (self, id, sentence, error))
        return FALSE;
    }
  return TRUE;
}

/* The branch that is shown ends with the leaf, or with the last message. */
static gboolean
set_leaf (Import     *self,
          gint64      chat,
          gint64      leaf,
          gint64      last,
          GError    **error)
{
  gint64 *end = g_hash_table_lookup (self->ids, &leaf);

  if (end == NULL)
    end = g_hash_table_lookup (self->ids, &last);
  return tlm_db_run (self->db, error, "UPDATE chats SET leaf = ? WHERE id = ?", "ii", *end, chat);
}

static gboolean
insert_chat (Import     *self,
             JsonObject *chat,
             JsonArray  *messages,
             const char *hash,
             GError    **error)
{
  guint  n = json_array_get_length (messages);
  gint64 id = 0;

  tlm_import_table_set_object (&self->chats, chat);
  tlm_import_table_set_text (&self->chats, "source", hash);
  if (get_number (chat, "updated") == 0 && *tlm_chat_file_get_string (chat, "updated") == '\0')
    tlm_import_table_set_number (&self->chats, "updated", g_get_real_time ());
  if (!tlm_import_table_insert (&self->chats, self->db, &id, error))
    return FALSE;
  g_hash_table_remove_all (self->ids);
  for (guint i = 0; i < n; i++)
    if (!insert_message (self, id, get_object (messages, i), error))
      return FALSE;
  self->imported.n_imported++;
  return insert_summaries (self, id, chat, error)
         && set_leaf (self, id, get_number (chat, "leaf"),
                      get_number (get_object (messages, n - 1), "id"), error);
}

static gboolean
import_chat (Import     *self,
             JsonObject *chat,
             GError    **error)
{
  JsonArray       *messages = json_object_get_array_member (chat, "messages");
  g_autofree char *hash = check_messages (self, messages, error);

  if (hash == NULL || g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (g_hash_table_contains (self->known, hash))
    {
      self->imported.n_known++;
      return TRUE;
    }
  g_hash_table_add (self->known, g_strdup (hash));
  return insert_chat (self, chat, messages, hash, error);
}

/* What was chosen here goes before what was chosen there. */
static gboolean
import_tool_choice (Import     *self,
                    JsonObject *choice,
                    GError    **error)
{
  return tlm_db_run (self->db, error,
                     "INSERT INTO tool_choices (text, tool, specialist, sha256, chosen) "
                     "VALUES (?, ?, ?, ?, ?) ON CONFLICT (text) DO NOTHING", "tttti",
                     tlm_chat_file_get_string (choice, "text"),
                     tlm_chat_file_get_string (choice, "tool"),
                     tlm_chat_file_get_string (choice, "specialist"),
                     tlm_chat_file_get_string (choice, "sha256"), get_number (choice, "chosen"));
}

/* A TlmOwnExportFunc. */
static gboolean
import_object (const char *table,
               JsonObject *object,
               gpointer    self,
               GError    **error)
{
  JsonNode *choice;

  if (g_str_equal (table, "tool_choices"))
    return import_tool_choice (self, object, error);
  choice = json_object_get_member (object, TLM_EXPORT_TOOL_CHOICE);
  if (choice != NULL && JSON_NODE_HOLDS_OBJECT (choice))
    return import_tool_choice (self, json_node_get_object (choice), error);
  return !tlm_chat_file_tidy_up (object) || import_chat (self, object, error);
}

/* @chats: (nullable): NULL for all that @own, an export of ours, has */
static gboolean
import_chats (Import    *self,
              GPtrArray *chats,
              GFile     *own,
              GError   **error)
{
  if (!tlm_import_table_init (&self->chats, self->db, "chats", error)
      || !tlm_import_table_init (&self->messages, self->db, "messages", error)
      || !add_sources (self->db, self->known, error)
      || !add_contents (self->db, self->known, error))
    return FALSE;
  if (chats == NULL)
    return tlm_own_export_each (own, import_object, self, self->cancellable, error);
  for (guint i = 0; i < chats->len; i++)
    if (!import_chat (self, chats->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* ---- On its way ---- */

/* The file is read on a thread of its own, since that may take a while, and nothing else should
 * wait for the store; but our own export, which may be larger than memory, is read while it is stored. */
typedef struct
{
  GFile           *path;
  TlmChatFile     *file; /* NULL: of our own export */
  GPtrArray       *added; /* of TlmChat */
  TlmChatsImported imported;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->path);
  g_clear_pointer (&job->file, tlm_chat_file_free);
  g_clear_pointer (&job->added, g_ptr_array_unref);
  g_free (job);
}

static gboolean
find_newest (TlmDb   *db,
             gint64  *id,
             GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT coalesce (max (id), 0) FROM chats", "");

  if (row == NULL || tlm_db_step (db, row, error) != 1)
    return FALSE;
  *id = sqlite3_column_int64 (row, 0);
  sqlite3_reset (row);
  return TRUE;
}

static gboolean
run (Job          *job,
     TlmDb        *db,
     GCancellable *c,
     GError      **error)
{
  Import   self = { .db = db, .cancellable = c };
  gint64   newest = 0;
  gboolean good;

  self.known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.sum = g_checksum_new (G_CHECKSUM_SHA256);
  self.ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  job->added = g_ptr_array_new_with_free_func (g_object_unref);
  good = tlm_db_begin (db, error) && find_newest (db, &newest, error)
         && import_chats (&self, job->file != NULL ? job->file->chats : NULL, job->path, error)
         && tlm_chats_read (db, newest, job->added, error);
  tlm_import_table_clear (&self.chats);
  tlm_import_table_clear (&self.messages);
  good = good && tlm_db_commit (db, error);
  if (!good)
    tlm_db_rollback (db);
  g_hash_table_unref (self.known);
  g_checksum_free (self.sum);
  g_hash_table_unref (self.ids);
  self.imported.n_left_out = job->file != NULL ? job->file->n_left_out : 0;
  job->imported = self.imported;
  return good;
}

static void
import_job (gpointer owner,
            GTask   *task)
{
  GError  *error = NULL;
  gboolean good = run (g_task_get_task_data (task), owner, g_task_get_cancellable (task), &error);

  tlm_task_return_success (task, good, error);
}

static void
imported (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  Job              *job = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  for (guint i = 0; good && i < job->added->len; i++)
    tlm_ordered_list_insert (&self->list, job->added->pdata[i]);
  if (good)
    g_task_return_pointer (outer, g_memdup2 (&job->imported, sizeof job->imported), g_free);
  else
    g_task_return_error (outer, error);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *c)
{
  Job     *job = data;
  GError  *error = NULL;
  gboolean own = tlm_own_export_is (job->path, c);

  if (!own)
    job->file = tlm_chat_file_read (job->path, c, &error);
  tlm_task_return_success (task, own || job->file != NULL, error);
}

static void
have_read (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TlmChats *self = TLM_CHATS (source);
  GTask    *outer = data, *inner;
  Job      *job = g_task_get_task_data (G_TASK (result)), *next;
  GError   *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }
  next = g_new0 (Job, 1);
  next->path = g_object_ref (job->path);
  next->file = g_steal_pointer (&job->file);
  inner = g_task_new (self, g_task_get_cancellable (outer), imported, outer);
  g_task_set_task_data (inner, next, job_free);
  tlm_store_post (self->store, inner, import_job);
}

void
tlm_chats_import_async (TlmChats           *self,
                        GFile              *file,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask            *outer = g_task_new (self, c, cb, data);
  g_autoptr (GTask) reading = g_task_new (self, c, have_read, outer);
  Job              *job = g_new0 (Job, 1);

  job->path = g_object_ref (file);
  g_task_set_task_data (reading, job, job_free);
  g_task_run_in_thread (reading, read_thread);
}

gboolean
tlm_chats_import_finish (TlmChats         *self,
                         GAsyncResult     *r,
                         TlmChatsImported *imported_out,
                         GError          **error)
{
  g_autofree TlmChatsImported *result = NULL;

  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  result = g_task_propagate_pointer (G_TASK (r), error);
  if (result != NULL)
    *imported_out = *result;
  return result != NULL;
}
