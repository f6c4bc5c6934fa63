/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: what is written in a chat and not sent yet. The chat has it at once, the store a moment
 * later; the jobs keep their order, so a message that is sent clears what was saved here before it. What was
 * pasted and set aside may be megabytes: it is written only when it has changed. What another window
 * wrote meanwhile in the same chat is neither overwritten nor cleared: both are the draft. */
#include "chat-private.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the store has, as far as this program read or wrote it. */
struct _TlmDraftBox
{
  GRefString *draft;    /* these three are the store's thread's */
  char       *theirs;   /* (nullable): the part of it that another program wrote */
  guint       n_joined; /* how often such a part came */
  guint       n_shown;  /* the main thread's: of these, how often the chat's own draft got it */
};

TlmDraftBox *
tlm_draft_box_new (GRefString *draft)
{
  TlmDraftBox *box = g_atomic_rc_box_new0 (TlmDraftBox);

  box->draft = g_ref_string_acquire (draft);
  return box;
}

static void
draft_box_clear (gpointer data)
{
  TlmDraftBox *box = data;

  g_ref_string_release (box->draft);
  g_free (box->theirs);
}

void
tlm_draft_box_unref (TlmDraftBox *box)
{
  g_atomic_rc_box_release_full (box, draft_box_clear);
}

struct _TlmDraft
{
  TlmChat     *chat; /* main thread only */
  gint64       id;
  GRefString  *text; /* all of it: the chat's own */
  TlmDraftBox *box;
  guint        n_shown;  /* of the box, when it was written */
  char        *theirs;   /* (out) (nullable): what the box is to have */
  char        *whole;    /* (out): what is written: with what another program wrote */
  guint        n_joined; /* (out): of the box, by then */
};

void
tlm_draft_free (gpointer data)
{
  TlmDraft *draft = data;

  g_object_unref (draft->chat);
  g_ref_string_release (draft->text);
  tlm_draft_box_unref (draft->box);
  g_free (draft->theirs);
  g_free (draft->whole);
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

/* @pasted: (nullable): NULL for what stays */
static gboolean
write_texts (TlmDb      *db,
             gint64      chat_id,
             const char *typed,
             const char *pasted,
             GError    **error)
{
  if (!tlm_db_run (db, error, "UPDATE chats SET draft = ? WHERE id = ?", "ti", typed, chat_id))
    return FALSE;
  if (sqlite3_changes (tlm_db_get_handle (db)) == 0)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_NOT_FOUND, _("This chat is not there any more."));
      return FALSE;
    }
  return pasted == NULL || write_pasted (db, chat_id, pasted, error);
}

/* The length of what is typed; what was pasted follows. */
static gsize
get_typed_len (const char *draft)
{
  return strcspn (draft, TLM_DRAFT_SEPARATOR);
}

static const char *
get_pasted (const char *draft)
{
  gsize len = get_typed_len (draft);

  return draft[len] != '\0' ? draft + len + strlen (TLM_DRAFT_SEPARATOR) : draft + len;
}

char *
tlm_draft_join (const char *theirs,
                const char *ours)
{
  gsize            len = get_typed_len (theirs), our_len = get_typed_len (ours);
  g_autofree char *typed = g_strndup (theirs, len), *our_typed = g_strndup (ours, our_len);
  gboolean         same = g_str_equal (theirs + len, ours + our_len);

  return g_strconcat (typed, len > 0 && our_len > 0 ? "\n\n" : "", our_typed, ours + our_len,
                      same ? "" : theirs + len, NULL);
}

/* (transfer full) (nullable): the one text of @sql, a literal; "" for no row */
static char *
read_text (TlmDb      *db,
           const char *sql,
           gint64      chat_id,
           GError    **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, sql, "i", chat_id);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;
  char         *text = step > 0 ? g_strdup (tlm_db_column_text (row, 0)) : NULL;

  if (step > 0)
    sqlite3_reset (row);
  return step == 0 ? g_strdup ("") : text;
}

/* The draft in the store; what was pasted is read only where it is to be written, and else what it was.
 * (transfer full) (nullable) */
static char *
read_draft (TlmDb    *db,
            TlmDraft *draft,
            gboolean  with_pasted,
            GError  **error)
{
  g_autofree char *typed = read_text (db, "SELECT draft FROM chats WHERE id = ?", draft->id, error);
  g_autofree char *pasted = NULL;

  if (typed == NULL)
    return NULL;
  pasted = !with_pasted ? g_strdup (get_pasted (draft->box->draft))
                        : read_text (db, "SELECT texts FROM draft_texts WHERE chat_id = ?", draft->id,
                                     error);
  if (pasted == NULL)
    return NULL;
  return g_strconcat (typed, *pasted != '\0' ? TLM_DRAFT_SEPARATOR : "", pasted, NULL);
}

/* What is to be in the store where @there is. Nothing there: it was sent, or taken away. A part of another
 * program that came before may not have been in sight when the text was written. */
static void
find_whole (TlmDraft   *draft,
            const char *there)
{
  TlmDraftBox     *box = draft->box;
  const char      *before = draft->n_shown != box->n_joined ? box->theirs : NULL;
  g_autofree char *both = before != NULL ? tlm_draft_join (there, before) : NULL;

  draft->whole = before != NULL ? tlm_draft_join (before, draft->text) : g_strdup (draft->text);
  if (*there == '\0' || g_str_equal (there, box->draft) || g_str_equal (there, draft->text)
      || g_str_equal (there, draft->whole))
    return;
  draft->theirs = g_strdup (both != NULL ? both : there);
  g_free (draft->whole);
  draft->whole = tlm_draft_join (draft->theirs, draft->text);
}

gboolean
tlm_draft_write (TlmDb    *db,
                 TlmDraft *draft,
                 GError  **error)
{
  gboolean         pastes = !g_str_equal (get_pasted (draft->text), get_pasted (draft->box->draft));
  g_autofree char *there = read_draft (db, draft, pastes, error);
  g_autofree char *typed = NULL;

  if (there == NULL)
    return FALSE;
  find_whole (draft, there);
  typed = g_strndup (draft->whole, get_typed_len (draft->whole));
  return write_texts (db, draft->id, typed, pastes ? get_pasted (draft->whole) : NULL, error);
}

void
tlm_draft_written (TlmDraft *draft)
{
  TlmDraftBox *box = draft->box;

  g_ref_string_release (box->draft);
  box->draft = g_str_equal (draft->whole, draft->text) ? g_ref_string_acquire (draft->text)
                                                       : g_ref_string_new (draft->whole);
  if (draft->theirs != NULL)
    {
      g_free (box->theirs);
      box->theirs = g_steal_pointer (&draft->theirs);
      box->n_joined++;
    }
  draft->n_joined = box->n_joined;
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  TlmDb    *db = owner;
  TlmDraft *draft = g_task_get_task_data (task);
  GError   *error = NULL;
  gboolean  good = tlm_db_begin (db, &error) && tlm_draft_write (db, draft, &error)
                   && tlm_db_commit (db, &error);

  if (good)
    tlm_draft_written (draft);
  else
    tlm_db_rollback (db);
  tlm_task_return_success (task, good, error);
}

/* The chat has what another program wrote, unless more was written here since: then that draft brings it. */
static void
show_saved (TlmChats *self,
            TlmDraft *draft)
{
  if (!g_str_equal (tlm_chat_get_draft (draft->chat), draft->text))
    return;
  tlm_chat_set_draft_saved (draft->chat, TRUE);
  if (draft->n_joined == draft->box->n_shown)
    return;
  draft->box->n_shown = draft->n_joined;
  tlm_chat_set_draft (draft->chat, draft->whole);
  g_signal_emit_by_name (self, "parted", draft->chat);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  TlmChats         *self = TLM_CHATS (source);
  g_autoptr (GTask) outer = data;
  TlmDraft         *draft = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  tlm_chat_add_jobs (draft->chat, -1);
  if (good)
    show_saved (self, draft);
  else
    {
      tlm_chat_set_draft_saved (draft->chat, FALSE);
      tlm_store_ask_again (self->store);
    }
  tlm_chats_catch_up (self);
  tlm_task_return_success (outer, good, error);
}

TlmDraft *
tlm_draft_new (TlmChat *chat)
{
  TlmDraft *draft = g_new0 (TlmDraft, 1);

  draft->chat = g_object_ref (chat);
  draft->id = tlm_chat_get_id (chat);
  draft->text = tlm_chat_ref_draft (chat);
  draft->box = g_atomic_rc_box_acquire (tlm_chat_get_draft_box (chat));
  draft->n_shown = draft->box->n_shown;
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

  if (tlm_chat_get_draft_saved (chat) && g_str_equal (text, tlm_chat_get_draft (chat)))
    {
      g_task_return_boolean (outer, TRUE);
      g_object_unref (outer);
      return;
    }
  tlm_chat_add_jobs (chat, 1);
  tlm_chat_set_draft (chat, text);
  tlm_chat_set_draft_saved (chat, TRUE);
  inner = g_task_new (self, c, saved, outer);
  g_task_set_task_data (inner, tlm_draft_new (chat), tlm_draft_free);
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
