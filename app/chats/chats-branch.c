/* SPDX-License-Identifier: Apache-2.0 */
/* Walking the branches of a chat. Which one is shown is kept, so that a restart shows it again. One that
 * could not begin goes. */
#include "chat-private.h"

/* A branch on its way into the store. */
typedef struct
{
  gint64 chat, leaf;
} Turn;

static void
turn_job (gpointer owner,
          GTask   *task)
{
  Turn    *turn = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "UPDATE chats SET leaf = nullif (?, 0) WHERE id = ?",
                              "ii", turn->leaf, turn->chat);

  tlm_task_return_success (task, good, error);
}

/* Shows the branch that ends with @leaf. @task: (transfer full) */
static void
turn_to (TlmChats   *self,
         TlmChat    *chat,
         TlmMessage *leaf,
         GTask      *task)
{
  Turn *turn = g_new0 (Turn, 1);

  tlm_chat_show (chat, leaf);
  turn->chat = tlm_chat_get_id (chat);
  turn->leaf = tlm_chat_get_saved_leaf (chat);
  g_task_set_task_data (task, turn, g_free);
  tlm_store_post (self->store, task, turn_job);
}

/* @task: (transfer full) */
static void
stay (GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
tlm_chats_turn_async (TlmChats           *self,
                      TlmChat            *chat,
                      TlmMessage         *message,
                      int                 step,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  GTask      *task = g_task_new (self, c, cb, data);
  TlmMessage *other = tlm_message_get_sibling (message, step);

  if (other != NULL)
    turn_to (self, chat, tlm_message_find_leaf (other), task);
  else
    stay (task);
}

void
tlm_chats_show_message_async (TlmChats           *self,
                              TlmChat            *chat,
                              gint64              id,
                              GCancellable       *c,
                              GAsyncReadyCallback cb,
                              gpointer            data)
{
  GTask      *task = g_task_new (self, c, cb, data);
  TlmMessage *hidden = tlm_chat_find_message (chat, id) == NULL ? tlm_chat_find_hidden (chat, id)
                                                                : NULL;

  if (hidden != NULL)
    turn_to (self, chat, tlm_message_find_leaf (hidden), task);
  else
    stay (task);
}

void
tlm_reply_drop_branch (TlmReply *reply)
{
  GPtrArray *shown = tlm_chat_peek_messages (reply->chat);
  gboolean   in_sight = shown->len > 0 && shown->pdata[shown->len - 1] == reply->answer;

  if (tlm_message_find_leaf (reply->answer) != reply->answer)
    return;
  tlm_chat_take_out (reply->chat, reply->answer);
  if (tlm_message_get_id (reply->question) == 0
      && tlm_message_find_leaf (reply->question) == reply->question)
    tlm_chat_take_out (reply->chat, reply->question);
  if (in_sight)
    tlm_chat_show (reply->chat, reply->before);
}

gboolean
tlm_chats_turn_finish (TlmChats     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
