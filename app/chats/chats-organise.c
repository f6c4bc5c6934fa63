/* SPDX-License-Identifier: Apache-2.0 */
/* What a person does to a chat as a whole: its name, and where in the list it stands. The chat has
 * it as soon as the store does. */
#include "chat-private.h"
#include "notes/titles.h"

typedef struct
{
  TlmChat     *chat; /* main thread only */
  gint64       id;
  char        *title; /* NULL: the place is to change */
  TlmChatPlace place;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->chat);
  g_free (change->title);
  g_free (change);
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  Change  *change = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good;

  if (change->title != NULL)
    good = tlm_db_run (owner, &error, "UPDATE chats SET title = ? WHERE id = ?", "ti",
                       change->title, change->id);
  else
    good = tlm_db_run (owner, &error, "UPDATE chats SET place = ? WHERE id = ?", "ii",
                       (gint64) change->place, change->id);
  tlm_task_return_success (task, good, error);
}

/* Out and in again, since the filter of a list looks at what is new in it. One that went to the bin
 * meanwhile stays there. */
void
tlm_chats_put_in_place (TlmChats *self,
                        TlmChat  *chat)
{
  g_object_ref (chat);
  if (tlm_ordered_list_remove (&self->list, chat))
    tlm_ordered_list_insert (&self->list, chat);
  g_object_unref (chat);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  Change           *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (good && change->title != NULL)
    tlm_chat_set_title (change->chat, change->title);
  else if (good && tlm_chat_get_place (change->chat) != change->place)
    {
      tlm_chat_set_place (change->chat, change->place);
      tlm_chats_put_in_place (self, change->chat);
    }
  tlm_task_return_success (outer, good, error);
}

/* @title: (transfer full) (nullable) */
static void
post (TlmChats    *self,
      TlmChat     *chat,
      char        *title,
      TlmChatPlace place,
      GTask       *outer)
{
  GTask  *inner = g_task_new (self, g_task_get_cancellable (outer), saved, outer);
  Change *change = g_new0 (Change, 1);

  change->chat = g_object_ref (chat);
  change->id = tlm_chat_get_id (chat);
  change->title = title;
  change->place = place;
  g_task_set_task_data (inner, change, change_free);
  tlm_store_post (self->store, inner, save_job);
}

void
tlm_chats_rename_async (TlmChats           *self,
                        TlmChat            *chat,
                        const char         *title,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  post (self, chat, tlm_title_tidy (title), 0, g_task_new (self, c, cb, data));
}

void
tlm_chats_place_async (TlmChats           *self,
                       TlmChat            *chat,
                       TlmChatPlace        place,
                       GCancellable       *c,
                       GAsyncReadyCallback cb,
                       gpointer            data)
{
  post (self, chat, NULL, place, g_task_new (self, c, cb, data));
}

gboolean
tlm_chats_organise_finish (TlmChats     *self,
                           GAsyncResult *r,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
