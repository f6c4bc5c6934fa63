/* SPDX-License-Identifier: Apache-2.0 */
/* One chat, or all, into one file; as Markdown, which cannot say so of a chat, none that lies in the bin.
 * The file appears whole or not at all. What the person chose for messages
 * follows all chats as lines {"tool_choice": {…}}. */
#include "chat-private.h"
#include "export/export-chats.h"
#include "export/export-json.h"

#include <string.h>

typedef struct
{
  gint64 id; /* 0: all */
  GFile *file;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->file);
  g_free (request);
}

static gboolean
append_chat (TlmDb   *db,
             gint64   id,
             gboolean markdown,
             GString *text,
             GError **error)
{
  JsonObject      *chat = tlm_export_chat_object (db, id, error);
  g_autofree char *page = NULL;

  if (chat == NULL)
    return FALSE;
  if (!markdown)
    {
      tlm_export_append_line (text, chat);
      return TRUE;
    }
  page = tlm_export_chat_markdown (chat);
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", page);
  json_object_unref (chat);
  return TRUE;
}

static gboolean
append_tool_choices (TlmDb   *db,
                     GString *text,
                     GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT * FROM tool_choices ORDER BY id", "");
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      JsonObject *line = json_object_new (), *choice = tlm_export_object (row, tlm_export_times);

      json_object_remove_member (choice, "id");
      json_object_set_object_member (line, TLM_EXPORT_TOOL_CHOICE, choice);
      tlm_export_append_line (text, line);
    }
  return more == 0;
}

static gboolean
append_chats (TlmDb   *db,
              gint64   id,
              gboolean markdown,
              GString *text,
              GError **error)
{
  g_autoptr (GArray) ids = NULL;

  if (id != 0)
    return append_chat (db, id, markdown, text, error);
  ids = tlm_export_list_chats (db, !markdown, error);
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (!append_chat (db, g_array_index (ids, gint64, i), markdown, text, error))
      return FALSE;
  return ids != NULL && (markdown || append_tool_choices (db, text, error));
}

/* GIO gives a new file its name before its contents. */
static gboolean
write_file (GFile         *file,
            const GString *text,
            GCancellable  *c,
            GError       **error)
{
  const char *path = g_file_peek_path (file);

  if (path != NULL && !g_file_query_exists (file, NULL))
    return g_file_set_contents_full (path, text->str, (gssize) text->len,
                                     G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
  return g_file_replace_contents (file, text->str, text->len, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                  NULL, c, error);
}

static void
export_job (gpointer owner,
            GTask   *task)
{
  TlmDb              *db = owner;
  Request            *request = g_task_get_task_data (task);
  GCancellable       *c = g_task_get_cancellable (task);
  g_autofree char    *name = g_file_get_basename (request->file);
  g_autoptr (GString) text = g_string_new (NULL);
  GError             *error = NULL;
  gboolean            good;

  good = append_chats (db, request->id, g_str_has_suffix (name, ".md"), text, &error)
         && write_file (request->file, text, c, &error);
  tlm_task_return_success (task, good, error);
}

void
tlm_chats_export_async (TlmChats           *self,
                        TlmChat            *chat,
                        GFile              *file,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask   *task = g_task_new (self, c, cb, data);
  Request *request = g_new0 (Request, 1);

  request->id = chat != NULL ? tlm_chat_get_id (chat) : 0;
  request->file = g_object_ref (file);
  g_task_set_task_data (task, request, request_free);
  tlm_store_post (self->store, task, export_job);
}

gboolean
tlm_chats_export_finish (TlmChats     *self,
                         GAsyncResult *r,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
