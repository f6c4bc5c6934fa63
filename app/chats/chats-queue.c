/* SPDX-License-Identifier: Apache-2.0 */
/* The line before the language model, which makes one answer at a time. Each reply in it knows how
 * many are ahead; one that waits can be taken out at once, without its turn having come. */
#include "chat-private.h"

static void
set_ahead (TlmReply *reply,
           guint     n_ahead)
{
  tlm_message_set_n_ahead (reply->answer, n_ahead);
  tlm_chat_set_n_ahead (reply->chat, n_ahead);
}

static void
stop_waiting_to_be_cancelled (TlmReply *reply)
{
  if (reply->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (reply->outer), reply->cancelled_id);
  reply->cancelled_id = 0;
}

static void
run (TlmReply *reply)
{
  stop_waiting_to_be_cancelled (reply);
  set_ahead (reply, 0);
  reply->run (reply);
}

/* Those behind the one that has left move up. */
static void
move_up (TlmChats *self,
         guint     place)
{
  for (guint i = MAX (place, 1); i < self->line->len; i++)
    set_ahead (self->line->pdata[i], i);
  if (place == 0 && self->line->len > 0)
    run (self->line->pdata[0]);
}

void
tlm_reply_leave_line (TlmReply *reply)
{
  TlmChats *self = reply->chats;
  guint     place;

  if (!g_ptr_array_find (self->line, reply, &place))
    return;
  stop_waiting_to_be_cancelled (reply);
  set_ahead (reply, 0);
  g_ptr_array_remove_index (self->line, place);
  move_up (self, place);
}

/* Not from within the signal, which cannot be disconnected there. By then its turn may have come,
 * and the engine stops it, or it may be gone. */
static gboolean
take_out (gpointer data)
{
  TlmChats                *self = data;
  g_autoptr (GPtrArray)    line = g_ptr_array_copy (self->line, NULL, NULL);

  for (guint i = 1; i < line->len; i++)
    {
      TlmReply *reply = line->pdata[i];

      if (g_cancellable_is_cancelled (g_task_get_cancellable (reply->outer))
          && g_ptr_array_find (self->line, reply, NULL))
        reply->stop (reply);
    }
  return G_SOURCE_REMOVE;
}

static void
cancelled (GCancellable *cancellable,
           gpointer      self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, take_out, g_object_ref (self), g_object_unref);
}

void
tlm_reply_stand_in_line (TlmReply    *reply,
                         TlmReplyFunc run_func,
                         TlmReplyFunc stop_func)
{
  TlmChats     *self = reply->chats;
  GCancellable *cancellable = g_task_get_cancellable (reply->outer);

  reply->run = run_func;
  reply->stop = stop_func;
  g_ptr_array_add (self->line, reply);
  if (self->line->len == 1)
    {
      run (reply);
      return;
    }
  set_ahead (reply, self->line->len - 1);
  if (cancellable != NULL)
    reply->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled), self, NULL);
}
