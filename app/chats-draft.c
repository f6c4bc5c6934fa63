/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: what is written in a chat and not sent yet. The chat has it at once, the store a moment
 * later; the jobs keep their order, so a message that is sent clears what was saved before it. */
#include "chat-private.h"

/* A draft on its way into the store. */
typedef struct
{
  TlmChat *chat; /* main thread only */
  gint64   id;
  char    *text;
} Draft;

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_object_unref (draft->chat);
  g_free (draft->text);
  g_free (draft);
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  Draft   *draft = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "UPDATE chats SET draft = ? WHERE id = ?", "ti",
                              draft->text, draft->id);

  tlm_task_return_success (task, good, error);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  g_autoptr (GTask) outer = data;
  Draft            *draft = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (!good)
    tlm_chat_set_draft_saved (draft->chat, FALSE);
  tlm_task_return_success (outer, good, error);
}

void
tlm_chats_save_draft_async (TlmChats           *self,
                            TlmChat            *chat,
                            const char         *text,
                            GCancellable       *c,
                            GAsyncReadyCallback cb,
                            gpointer            data)
{
  GTask *outer = g_task_new (self, c, cb, data);
  GTask *inner;
  Draft *draft;

  if (g_str_equal (tlm_chat_get_draft (chat), text) && tlm_chat_get_draft_saved (chat))
    {
      g_task_return_boolean (outer, TRUE);
      g_object_unref (outer);
      return;
    }
  tlm_chat_set_draft (chat, text);
  tlm_chat_set_draft_saved (chat, TRUE);
  draft = g_new0 (Draft, 1);
  draft->chat = g_object_ref (chat);
  draft->id = tlm_chat_get_id (chat);
  draft->text = g_strdup (text);
  inner = g_task_new (self, c, saved, outer);
  g_task_set_task_data (inner, draft, draft_free);
  tlm_store_post (self->store, inner, save_job);
}

gboolean
tlm_chats_save_draft_finish (TlmChats     *self,
                             GAsyncResult *r,
                             GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
