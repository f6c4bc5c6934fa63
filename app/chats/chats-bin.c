/* SPDX-License-Identifier: Apache-2.0 */
/* Chats go to the bin and come back. Loading the list empties what has lain there too long. */
#include "chat-private.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>

static void
trash_job (gpointer owner,
           GTask   *task)
{
  TlmChatChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  gboolean       good;

  good = tlm_db_run (owner, &error, "UPDATE chats SET trashed = ? WHERE id = ?", "ii", change->now,
                     change->id);
  tlm_task_return_success (task, good, error);
}

static void
trashed (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  TlmChatChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (good)
    {
      tlm_chats_stop_answers (self, change->chat);
      tlm_ordered_list_remove (&self->list, change->chat);
    }
  tlm_task_return_success (outer, good, error);
}

void
tlm_chats_trash_async (TlmChats           *self,
                       TlmChat            *chat,
                       GCancellable       *c,
                       GAsyncReadyCallback cb,
                       gpointer            data)
{
  tlm_chats_post (self, chat, g_task_new (self, c, cb, data), trash_job, trashed);
}

gboolean
tlm_chats_trash_finish (TlmChats     *self,
                        GAsyncResult *r,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}

static void
restore_job (gpointer owner,
             GTask   *task)
{
  TlmChatChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  gboolean       good;

  good = tlm_db_run (owner, &error, "UPDATE chats SET trashed = NULL WHERE id = ? "
                                  "AND trashed IS NOT 0", "i", change->id);
  if (good && sqlite3_changes (tlm_db_get_handle (owner)) == 0)
    {
      g_set_error_literal (&error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                           _("This chat is no longer in the bin."));
      good = FALSE;
    }
  tlm_task_return_success (task, good, error);
}

/* The chat itself while it is being answered, rather than what was read of it: it has what the store
 * does not have yet. The id alone may be another's, once a chat is deleted for good.
 * (transfer none) */
static TlmChat *
find_itself (TlmChats *self,
             TlmChat  *chat)
{
  for (guint i = 0; i < self->replies->len; i++)
    {
      TlmChat *answered = ((TlmReply *) self->replies->pdata[i])->chat;

      if (tlm_chat_get_id (answered) == tlm_chat_get_id (chat)
          && tlm_chat_get_updated_us (answered) == tlm_chat_get_updated_us (chat))
        return answered;
    }
  return chat;
}

static void
restored (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  TlmChatChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (good && tlm_ordered_list_find (&self->list, change->id) == NULL)
    tlm_ordered_list_insert (&self->list, find_itself (self, change->chat));
  tlm_task_return_success (outer, good, error);
}

void
tlm_chats_restore_async (TlmChats           *self,
                         TlmChat            *chat,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  tlm_chats_post (self, chat, g_task_new (self, c, cb, data), restore_job, restored);
}

gboolean
tlm_chats_restore_finish (TlmChats     *self,
                          GAsyncResult *r,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
