/* SPDX-License-Identifier: Apache-2.0 */
/* Chats out of a file into the store. A thread of its own reads the file, our own export a line at a time,
 * and brings the chats to the store in slices, between which the store does what else is wanted. Until the
 * last one is there nobody sees any of them; when it fails or is cancelled they are swept, and after a kill
 * at the next start. A chat that was there before, with the same messages in the same branches, is passed
 * over, but one of the list not for one in the bin: who imports it again wants it back. */
#include "chat-file-own.h"
#include "chat-file-private.h"
#include "chat-hash.h"
#include "chat-private.h"
#include "chats-import-rows.h"

#include "core/errors.h"
#include "export/export-chats.h"
#include "tool-choices.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SLICE_BYTES (512 << 10) /* of text that is read, and then waits for the store */
#define SLICE_US (100 * 1000)   /* of the store, most of them for the search index; a chat goes as a whole */

/* A chat on its way into the store. */
typedef struct
{
  JsonObject *chat;
  char       *hash;
} Coming;

static void
coming_free (gpointer data)
{
  Coming *coming = data;

  json_object_unref (coming->chat);
  g_free (coming->hash);
  g_free (coming);
}

typedef struct
{
  GTask           *task; /* whose source are the chats; borrowed */
  TlmStore        *store;
  GCancellable    *cancellable;
  GHashTable      *listed, *binned; /* hashes of what is there */
  gint64           known_up_to;     /* the id of a chat */
  gboolean         own;
  TlmChatHash     *hash;
  GPtrArray       *slice; /* of Coming */
  gsize            slice_bytes;
  GPtrArray       *choices; /* of JsonObject: rows of tool_choices */
  GArray          *ids;     /* of chats in the store that are hidden */
  GPtrArray       *added;   /* of TlmChat, once they are shown */
  double           done;    /* of the file, 0 to 1 */
  TlmChatsImported imported;
} Import;

typedef struct
{
  GFile           *file;
  TlmChatsProgress progress;
  gpointer         progress_data;
  int              percent; /* atomic; told when it changes */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->file);
  g_free (request);
}

/* ---- How far it is ---- */

static gboolean
tell_progress (gpointer task)
{
  Request *request = g_task_get_task_data (task);

  if (!g_task_get_completed (task))
    request->progress (g_atomic_int_get (&request->percent) / 100.0, request->progress_data);
  return G_SOURCE_REMOVE;
}

static void
note_progress (Import *self)
{
  Request            *request = g_task_get_task_data (self->task);
  int                 percent = (int) (CLAMP (self->done, 0.0, 1.0) * 100);
  g_autoptr (GSource) idle = NULL;

  if (request->progress == NULL || percent == g_atomic_int_get (&request->percent))
    return;
  g_atomic_int_set (&request->percent, percent);
  idle = g_idle_source_new ();
  g_source_set_callback (idle, tell_progress, g_object_ref (self->task), g_object_unref);
  g_source_attach (idle, g_task_get_context (self->task));
}

/* ---- Slices ---- */

/* A TlmStoreFunc: the first of the slice, as many as the time allows. */
static gboolean
insert_slice (TlmDb   *db,
              gpointer import,
              GError **error)
{
  Import       *self = import;
  TlmImportRows rows;
  gint64        end = g_get_monotonic_time () + SLICE_US;
  guint         n_before = self->ids->len, n = 0;
  gboolean      good = tlm_import_rows_init (&rows, db, error) && tlm_db_begin (db, error);

  while (good && n < self->slice->len && g_get_monotonic_time () < end)
    {
      Coming *coming = self->slice->pdata[n++];
      gint64  id;

      good = tlm_import_rows_insert (&rows, coming->chat, coming->hash, &id, error);
      if (good)
        g_array_append_val (self->ids, id);
    }
  tlm_import_rows_clear (&rows);
  good = good && tlm_db_commit (db, error);
  if (good)
    g_ptr_array_remove_range (self->slice, 0, n);
  else
    {
      tlm_db_rollback (db);
      g_array_set_size (self->ids, n_before);
    }
  return good;
}

static gboolean
hand_over (Import  *self,
           GError **error)
{
  while (self->slice->len > 0)
    if (!tlm_store_call (self->store, insert_slice, self, error)
        || g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
  self->slice_bytes = 0;
  note_progress (self);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* ---- Chats ---- */

static gboolean
is_whole (Import   *self,
          JsonNode *node)
{
  JsonObject *message = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64      id = message != NULL ? tlm_import_get_number (message, "id") : 0;
  gint64      parent = message != NULL ? tlm_import_get_number (message, "parent") : 0;
  const char *role = message != NULL ? tlm_chat_file_get_string (message, "role") : "";

  return id > 0 && !tlm_chat_hash_has (self->hash, id)
         && (parent == 0 || tlm_chat_hash_has (self->hash, parent))
         && (g_str_equal (role, "user") || g_str_equal (role, "assistant"))
         && json_object_has_member (message, "content");
}

static void
hash_message (Import     *self,
              JsonObject *message,
              gsize      *n_bytes)
{
  gboolean         user = g_str_equal (tlm_chat_file_get_string (message, "role"), "user");
  g_autofree char *text = g_utf8_make_valid (tlm_chat_file_get_string (message, "content"), -1);

  tlm_chat_hash_add (self->hash, tlm_import_get_number (message, "id"),
                     tlm_import_get_number (message, "parent"), user, text);
  *n_bytes += strlen (text);
}

/* (transfer full) (nullable): the hash of the chat, all messages of which are whole. @n_bytes: (out): of
 * its texts */
static char *
check_messages (Import     *self,
                JsonObject *chat,
                gsize      *n_bytes,
                GError    **error)
{
  JsonArray *messages = json_object_get_array_member (chat, "messages");

  *n_bytes = 0;
  if (json_array_get_length (messages) == 0)
    *n_bytes = tlm_chat_hash_add_draft (self->hash, tlm_chat_file_get_string (chat, "draft"),
                                        tlm_chat_file_get_string (chat, "draft_texts"));
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      if (!is_whole (self, json_array_get_element (messages, i)))
        {
          g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                               _("A chat in the file is damaged: a message is not whole, or follows one "
                                 "that is not there. Export the chats again."));
          return NULL;
        }
      hash_message (self, json_array_get_object_element (messages, i), n_bytes);
    }
  return tlm_chat_hash_end (self->hash);
}

/* Our own export holds no chat twice, though two may say the same; a folder may, as copies do. */
static gboolean
is_known (Import     *self,
          JsonObject *chat,
          const char *hash)
{
  gboolean binned = tlm_import_get_number (chat, "trashed") > 0
                    || *tlm_chat_file_get_string (chat, "trashed") != '\0';

  if (g_hash_table_contains (self->listed, hash)
      || (binned && g_hash_table_contains (self->binned, hash)))
    return TRUE;
  if (!self->own)
    g_hash_table_add (binned ? self->binned : self->listed, g_strdup (hash));
  return FALSE;
}

static gboolean
import_chat (Import     *self,
             JsonObject *chat,
             GError    **error)
{
  gsize            n_bytes;
  g_autofree char *hash = check_messages (self, chat, &n_bytes, error);
  Coming          *coming;

  if (hash == NULL)
    return FALSE;
  if (is_known (self, chat, hash))
    {
      self->imported.n_known++;
      return TRUE;
    }
  coming = g_new0 (Coming, 1);
  *coming = (Coming) { json_object_ref (chat), g_steal_pointer (&hash) };
  g_ptr_array_add (self->slice, coming);
  self->imported.n_imported++;
  self->slice_bytes += n_bytes;
  return self->slice_bytes < SLICE_BYTES || hand_over (self, error);
}

/* A TlmOwnExportFunc. */
static gboolean
import_object (const char *table,
               JsonObject *object,
               gpointer    import,
               GError    **error)
{
  Import   *self = import;
  JsonNode *choice = json_object_get_member (object, TLM_EXPORT_TOOL_CHOICE);

  if (g_str_equal (table, "tool_choices"))
    g_ptr_array_add (self->choices, json_object_ref (object));
  else if (choice != NULL && JSON_NODE_HOLDS_OBJECT (choice))
    g_ptr_array_add (self->choices, json_object_ref (json_node_get_object (choice)));
  else
    return !tlm_chat_file_tidy_up (object) || import_chat (self, object, error);
  return TRUE;
}

static gboolean
import_chats (Import      *self,
              TlmChatFile *file,
              GError     **error)
{
  for (guint i = 0; i < file->chats->len; i++)
    {
      self->done = (double) i / file->chats->len;
      if (!import_chat (self, file->chats->pdata[i], error))
        return FALSE;
    }
  self->imported.n_left_out = file->n_left_out;
  return TRUE;
}

/* ---- The end ---- */

/* What was chosen here goes before what was chosen there. */
static gboolean
insert_tool_choice (TlmDb      *db,
                    JsonObject *choice,
                    GError    **error)
{
  return tlm_db_run (db, error,
                     "INSERT INTO tool_choices (text, tool, specialist, sha256, chosen) "
                     "VALUES (?, ?, ?, ?, ?) ON CONFLICT (text) DO NOTHING", "tttti",
                     tlm_chat_file_get_string (choice, "text"),
                     tlm_chat_file_get_string (choice, "tool"),
                     tlm_chat_file_get_string (choice, "specialist"),
                     tlm_chat_file_get_string (choice, "sha256"),
                     tlm_import_get_number (choice, "chosen"));
}

/* One that came from a bin goes into the bin, and not into the list. */
static gboolean
show_chat (Import  *self,
           TlmDb   *db,
           gint64   id,
           GError **error)
{
  sqlite3_stmt *row;
  int           more;

  if (!tlm_import_rows_show (db, id, error))
    return FALSE;
  row = tlm_db_query (db, error, "SELECT " TLM_CHAT_COLUMNS " FROM chats "
                                 "WHERE trashed IS NULL AND id = ?", "i", id);
  more = row != NULL ? tlm_db_step (db, row, error) : -1;
  if (more > 0)
    g_ptr_array_add (self->added, tlm_chat_read (row));
  if (row != NULL)
    sqlite3_reset (row);
  return more >= 0;
}

/* A TlmStoreFunc: all at once, which takes no time to speak of: no text is touched. */
static gboolean
show_all (TlmDb   *db,
          gpointer import,
          GError **error)
{
  Import  *self = import;
  gboolean good = tlm_db_begin (db, error);

  for (guint i = 0; good && i < self->choices->len; i++)
    good = insert_tool_choice (db, self->choices->pdata[i], error);
  for (guint i = 0; good && i < self->ids->len; i++)
    good = show_chat (self, db, g_array_index (self->ids, gint64, i), error);
  good = good && tlm_db_commit (db, error);
  if (!good)
    tlm_db_rollback (db);
  return good;
}

/* ---- On its way ---- */

/* A TlmStoreFunc: more is to be read as long as known_up_to is not 0. */
static gboolean
read_known (TlmDb   *db,
            gpointer import,
            GError **error)
{
  Import *self = import;
  int     more = tlm_chat_hash_read_known (db, &self->known_up_to, self->listed, self->binned, error);

  if (more == 0)
    self->known_up_to = 0;
  return more >= 0;
}

static gboolean
read_all_known (Import  *self,
                GError **error)
{
  do
    if (!tlm_store_call (self->store, read_known, self, error)
        || g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
  while (self->known_up_to > 0);
  return TRUE;
}

static gboolean
read_file (Import  *self,
           GFile   *file,
           GError **error)
{
  g_autoptr (TlmChatFile) chats = NULL;

  self->own = tlm_own_export_is (file, self->cancellable);
  if (self->own)
    return tlm_own_export_each (file, import_object, self, &self->done, self->cancellable, error);
  chats = tlm_chat_file_read (file, self->cancellable, error);
  return chats != NULL && import_chats (self, chats, error);
}

static void
import_clear (Import *self)
{
  g_hash_table_unref (self->listed);
  g_hash_table_unref (self->binned);
  tlm_chat_hash_free (self->hash);
  g_ptr_array_unref (self->slice);
  g_ptr_array_unref (self->choices);
  g_array_unref (self->ids);
  g_clear_pointer (&self->added, g_ptr_array_unref);
}

/* What the list gets. */
typedef struct
{
  GPtrArray       *added;
  TlmChatsImported imported;
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_clear_pointer (&result->added, g_ptr_array_unref);
  g_free (result);
}

static void
import_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *c)
{
  Import  self = { .task = task, .store = TLM_CHATS (source)->store, .cancellable = c };
  GError *error = NULL;
  int     folder = tlm_import_hold_folder (self.store, LOCK_SH);

  self.listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.binned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.hash = tlm_chat_hash_new ();
  self.slice = g_ptr_array_new_with_free_func (coming_free);
  self.choices = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  self.ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self.added = g_ptr_array_new_with_free_func (g_object_unref);
  if (read_all_known (&self, &error) && read_file (&self, ((Request *) data)->file, &error)
      && hand_over (&self, &error) && tlm_store_call (self.store, show_all, &self, &error))
    {
      Result *result = g_new0 (Result, 1);

      *result = (Result) { g_steal_pointer (&self.added), self.imported };
      g_task_return_pointer (task, result, result_free);
    }
  else
    {
      tlm_import_sweep (self.store, self.ids);
      g_task_return_error (task, error);
    }
  import_clear (&self);
  if (folder >= 0)
    close (folder);
}

void
tlm_chats_import_async (TlmChats           *self,
                        GFile              *file,
                        TlmChatsProgress    progress,
                        gpointer            progress_data,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);
  Request          *request = g_new0 (Request, 1);

  *request = (Request) { g_object_ref (file), progress, progress_data, 0 };
  g_task_set_task_data (task, request, request_free);
  g_task_set_check_cancellable (task, FALSE); /* what came to its end is in the store */
  g_task_run_in_thread (task, import_thread);
}

/* The list may have been read again since they were shown in the store. */
static void
leave_out_listed (TlmChats  *self,
                  GPtrArray *added)
{
  for (guint i = added->len; i-- > 0;)
    if (tlm_chats_find (self, tlm_chat_get_id (added->pdata[i])) != NULL)
      g_ptr_array_remove_index (added, i);
}

gboolean
tlm_chats_import_finish (TlmChats         *self,
                         GAsyncResult     *r,
                         TlmChatsImported *imported,
                         GError          **error)
{
  Result *result;

  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  result = g_task_propagate_pointer (G_TASK (r), error);
  if (result == NULL)
    return FALSE;
  *imported = result->imported;
  if (result->added->len == 1)
    imported->only = tlm_chat_get_id (result->added->pdata[0]);
  leave_out_listed (self, result->added);
  tlm_ordered_list_insert_all (&self->list, result->added);
  result_free (result);
  return TRUE;
}
