/* SPDX-License-Identifier: Apache-2.0 */
/* Saving messages as they grow and end; what the store refuses is kept, and posted again. */
#include "chat-private.h"

/* A message as the store takes it. */
typedef struct
{
  gint64          id, created;
  TlmMessageState state;
  char           *text, *error, *route, *tool, *why;
  double          elapsed_ms;
  gint64          context_used, context_held;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->text);
  g_free (row->error);
  g_free (row->route);
  g_free (row->tool);
  g_free (row->why);
  g_free (row);
}

/* Once it is deleted for good, its id may be that of another message. */
static void
save_row_job (gpointer owner,
              GTask   *task)
{
  Row    *row = g_task_get_task_data (task);
  GError *error = NULL;

  if (tlm_db_run (owner, &error,
                  "UPDATE messages SET state = ?, text = ?, error = ?, route = ?, elapsed_ms = ?, "
                  "context_used = ?, context_held = ?, tool = ?, why = ? "
                  "WHERE id = ? AND created = ?", "itttdiittii",
                  (gint64) row->state, row->text, row->error, row->route, row->elapsed_ms,
                  row->context_used, row->context_held, row->tool, row->why, row->id,
                  row->created))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tlm_chats_save_message (TlmChats           *self,
                        TlmMessage         *message,
                        GAsyncReadyCallback done,
                        gpointer            data)
{
  GTask *task = g_task_new (self, NULL, done, data);
  Row   *row = g_new0 (Row, 1);

  row->id = tlm_message_get_id (message);
  row->created = tlm_message_get_created (message);
  row->state = tlm_message_get_state (message);
  row->text = g_strdup (tlm_message_get_text (message));
  row->error = g_strdup (tlm_message_get_error (message));
  row->route = g_strdup (tlm_message_get_route (message));
  row->tool = g_strdup (tlm_message_get_tool (message));
  row->why = g_strdup (tlm_message_get_why (message));
  row->elapsed_ms = tlm_message_get_elapsed_ms (message);
  row->context_used = tlm_message_get_context_used (message);
  row->context_held = tlm_message_get_context_held (message);
  g_task_set_task_data (task, row, row_free);
  tlm_store_post (self->store, task, save_row_job);
}

void
tlm_chats_keep_unsaved (TlmChats   *self,
                        TlmMessage *message)
{
  g_ptr_array_add (self->unsaved, g_object_ref (message));
  tlm_store_ask_again (self->store);
}

/* What failed before was said then. */
static void
saved_again (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (TlmMessage) message = data;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    tlm_chats_keep_unsaved (TLM_CHATS (source), message);
}

static void
save_again (TlmChats *self)
{
  g_autoptr (GPtrArray) unsaved = g_steal_pointer (&self->unsaved);

  self->unsaved = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < unsaved->len; i++)
    tlm_chats_save_message (self, unsaved->pdata[i], saved_again, g_object_ref (unsaved->pdata[i]));
}

void
tlm_chats_save_replies (TlmChats *self)
{
  for (guint i = 0; i < self->replies->len; i++)
    {
      TlmReply *reply = self->replies->pdata[i];

      if (tlm_message_get_id (reply->answer) != 0)
        tlm_chats_save_message (self, reply->answer, NULL, NULL);
    }
  save_again (self);
}
