/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: what is written in a chat and not sent yet. The chat has it at once, the store a moment
 * later; the jobs keep their order, so a message that is sent clears what was saved before it. What was
 * pasted and set aside may be megabytes: it is written only when it has changed. */
#include "chat-private.h"

#include <string.h>

/* A draft on its way into the store. */
typedef struct
{
  TlmChat *chat; /* main thread only */
  gint64   id;
  GRefString *text;   /* all of it: the chat's own */
  char       *typed;  /* NULL for what stays; */
  const char *pasted; /* in the text */
} Draft;

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_object_unref (draft->chat);
  g_ref_string_release (draft->text);
  g_free (draft->typed);
  g_free (draft);
}

static gboolean
write_pasted (TlmDb      *db,
              gint64      chat_id,
              const char *pasted,
              GError    **error)
{
  return tlm_db_run (db, error, "DELETE FROM draft_texts WHERE chat_id = ?", "i", chat_id)
         && (*pasted == '\0'
             || tlm_db_run (db, error, "INSERT INTO draft_texts VALUES (?, ?)", "it", chat_id, pasted));
}

gboolean
tlm_draft_write (TlmDb      *db,
                 gint64      chat_id,
                 const char *typed,
                 const char *pasted,
                 GError    **error)
{
  return (typed == NULL
          || tlm_db_run (db, error, "UPDATE chats SET draft = ? WHERE id = ?", "ti", typed, chat_id))
         && (pasted == NULL || write_pasted (db, chat_id, pasted, error));
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  TlmDb   *db = owner;
  Draft   *draft = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_begin (db, &error)
                  && tlm_draft_write (db, draft->id, draft->typed, draft->pasted, &error)
                  && tlm_db_commit (db, &error);

  if (!good)
    tlm_db_rollback (db);
  tlm_task_return_success (task, good, error);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  Draft            *draft = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (!good)
    {
      tlm_chat_set_draft_saved (draft->chat, FALSE);
      tlm_store_ask_again (self->store);
    }
  tlm_task_return_success (outer, good, error);
}

/* The length of what is typed; what was pasted follows. */
static gsize
get_typed_len (const char *draft)
{
  return strcspn (draft, TLM_DRAFT_SEPARATOR);
}

/* The chat has @text from now on. (nullable): what of it the store has not got */
static Draft *
draft_new (TlmChat    *chat,
           const char *text)
{
  const char *old = tlm_chat_get_draft (chat);
  gsize       len = get_typed_len (text), old_len = get_typed_len (old);
  gboolean    known = tlm_chat_get_draft_saved (chat);
  gboolean    typed = !known || len != old_len || strncmp (text, old, len) != 0;
  gboolean    pasted = !known || !g_str_equal (text + len, old + old_len);
  Draft      *draft;

  if (!typed && !pasted)
    return NULL;
  tlm_chat_set_draft (chat, text);
  tlm_chat_set_draft_saved (chat, TRUE);
  draft = g_new0 (Draft, 1);
  draft->chat = g_object_ref (chat);
  draft->id = tlm_chat_get_id (chat);
  draft->text = tlm_chat_ref_draft (chat);
  draft->typed = typed ? g_strndup (draft->text, len) : NULL;
  if (pasted)
    draft->pasted = draft->text + len + (draft->text[len] != '\0' ? strlen (TLM_DRAFT_SEPARATOR) : 0);
  return draft;
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
  Draft *draft = draft_new (chat, text);

  if (draft == NULL)
    {
      g_task_return_boolean (outer, TRUE);
      g_object_unref (outer);
      return;
    }
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

void
tlm_chats_save_drafts (TlmChats *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (self), i);
      g_autofree char    *draft = NULL;

      if (tlm_chat_get_draft_saved (chat))
        continue;
      draft = g_strdup (tlm_chat_get_draft (chat));
      tlm_chats_save_draft_async (self, chat, draft, NULL, NULL, NULL);
    }
}
