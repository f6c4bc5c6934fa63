/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a message, and asking again: the message and an empty reply are in the store before a tool
 * answers (chats-answer.c). A message that is edited and an answer that is made again begin a
 * branch beside what was there. */
#include "chat-private.h"

#include "models/adapters.h"
#include "models/model-names.h"
#include "attachments.h"
#include "core/errors.h"
#include "core/text-input.h"
#include "notes/titles.h"
#include "tool-choices.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The message goes where the branch that is shown ends. */
#define AT_LEAF (-1)

void
tlm_reply_free (TlmReply *reply)
{
  g_ptr_array_remove (reply->chats->replies, reply);
  tlm_chat_set_busy (reply->chat, FALSE);
  tlm_chats_catch_up (reply->chats);
  g_object_unref (reply->chat);
  g_object_unref (reply->question);
  g_object_unref (reply->answer);
  g_clear_object (&reply->before);
  g_object_unref (reply->outer);
  g_object_unref (reply->chats);
  tlm_chat_specialists_clear (&reply->specialists);
  g_free (reply->model_path);
  g_free (reply->chat_format);
  tlm_verdict_clear (&reply->verdict);
  g_clear_pointer (&reply->names, g_hash_table_unref);
  g_free (reply);
}

/* The message on its way into the store. */
typedef struct
{
  gint64   chat_id, now;
  gint64   parent; /* AT_LEAF, 0 for none */
  char    *text, *title;
  TlmDraft *draft; /* (nullable): empty, as the message was it */
  int      chosen;      /* a TlmTool, which is remembered with its specialist, or TLM_TOOL_ANY */
  const char *skill;    /* of tlm_intent_names: that the message was sent to */
  gint64   question_id; /* (inout): 0: is to be inserted */
  gint64   answer_id;   /* (out) */
  TlmChatSpecialists specialists; /* (inout): the one that was chosen, else those that are to answer */
  TlmRouteVerdict    verdict;     /* (out) */
  GHashTable *names;      /* (out): of tlm_model_names_read() */
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  g_free (sending->text);
  g_free (sending->title);
  g_clear_pointer (&sending->draft, tlm_draft_free);
  tlm_chat_specialists_clear (&sending->specialists);
  tlm_verdict_clear (&sending->verdict);
  g_clear_pointer (&sending->names, g_hash_table_unref);
  g_free (sending);
}

static gboolean
set_leaf (TlmDb   *db,
          Sending *sending,
          gint64   leaf,
          GError **error)
{
  return tlm_db_run (db, error, "UPDATE chats SET leaf = nullif (?, 0) WHERE id = ?", "ii", leaf,
                     sending->chat_id);
}

/* At the leaf, which it becomes. */
static gboolean
insert_message (TlmDb      *db,
                Sending    *sending,
                TlmRole     role,
                const char *text,
                gint64     *id,
                GError    **error)
{
  TlmMessageState state = role == TLM_ROLE_USER ? TLM_MESSAGE_DONE : TLM_MESSAGE_STREAMING;

  if (!tlm_db_run (db, error,
                   "INSERT INTO messages (chat_id, parent, role, state, text, route, elapsed_ms, "
                   "created, tool) SELECT id, leaf, ?, ?, ?, '', 0.0, ?, ? FROM chats WHERE id = ? "
                   "AND trashed IS NOT 0",
                   "iititi", (gint64) role, (gint64) state, text, sending->now,
                   role == TLM_ROLE_USER ? sending->skill : "", sending->chat_id))
    return FALSE;
  if (sqlite3_changes (tlm_db_get_handle (db)) == 0) /* another program deleted it */
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_NOT_FOUND, _("This chat is not there any more."));
      return FALSE;
    }
  *id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  return set_leaf (db, sending, *id, error);
}

static gboolean
insert_messages (TlmDb   *db,
                 Sending *sending,
                 GError **error)
{
  if (sending->parent != AT_LEAF && !set_leaf (db, sending, sending->parent, error))
    return FALSE;
  if (sending->question_id == 0
      && !insert_message (db, sending, TLM_ROLE_USER, sending->text, &sending->question_id, error))
    return FALSE;
  return insert_message (db, sending, TLM_ROLE_ASSISTANT, "", &sending->answer_id, error);
}

/* Who is to answer: what was chosen for this message, or the skill that it was sent to, goes before the
 * specialists of the chat, and these before what was chosen for messages like it. */
static gboolean
choose (TlmDb   *db,
        Sending *sending,
        GError **error)
{
  TlmChatSpecialists *specialists = &sending->specialists;
  int                 tool = sending->chosen;

  if (tool == TLM_TOOL_ANY && *sending->skill != '\0')
    tool = TLM_TOOL_READER;
  if (tool == TLM_TOOL_ANY && !tlm_chat_specialists_find (specialists, db, sending->chat_id, error))
    return FALSE;
  return tlm_verdict_reach (&sending->verdict, db, sending->question_id, sending->text, tool, specialists,
                            error);
}

/* What was chosen, for messages like this one. */
static gboolean
remember (TlmDb   *db,
          Sending *sending,
          GError **error)
{
  const char           *specialist = sending->specialists.chosen;
  g_autoptr (GPtrArray) chosen = tlm_adapters_read (specialist != NULL ? specialist : "");
  g_autofree char      *wish = tlm_attachments_dup_body (sending->text);

  return sending->chosen == TLM_TOOL_ANY
         || *wish == '\0'
         || tlm_tool_choice_save (db, wish, (TlmTool) sending->chosen,
                                  chosen->len > 0 ? chosen->pdata[0] : NULL, sending->now, error);
}

static void
send_job (gpointer owner,
          GTask   *task)
{
  TlmDb   *db = owner;
  Sending *sending = g_task_get_task_data (task);
  GError  *error = NULL;

  if (choose (db, sending, &error)
      && (sending->names = tlm_model_names_read (db, &error)) != NULL
      && tlm_db_begin (db, &error)
      && insert_messages (db, sending, &error)
      && remember (db, sending, &error)
      && tlm_db_run (db, &error, "UPDATE chats SET title = CASE title WHEN '' THEN ? ELSE title END, "
                                 "updated = ? WHERE id = ?", "tii",
                     sending->title, sending->now, sending->chat_id)
      && (sending->draft == NULL || tlm_draft_write (db, sending->draft, &error))
      && tlm_db_commit (db, &error))
    {
      if (sending->draft != NULL)
        tlm_draft_written (sending->draft);
      g_task_return_boolean (task, TRUE);
      return;
    }
  tlm_db_rollback (db);
  g_task_return_error (task, error);
}

/* What was written is a draft again, before the branch goes that has it. */
static void
keep_as_draft (TlmReply *reply)
{
  const char      *draft = tlm_chat_get_draft (reply->chat);
  const char      *text = tlm_message_get_text (reply->question);
  g_autofree char *both = tlm_draft_join (draft, text);

  if (*draft == '\0' || (reply->before != NULL && strstr (draft, text) == NULL))
    tlm_chat_set_draft (reply->chat, both);
}

/* The message could not be saved: it stays in sight with the reason, and is a draft again, unless
 * another one was begun. */
static void
give_up (TlmReply *reply,
         GError   *error)
{
  gboolean is_new = tlm_message_get_id (reply->question) == 0;

  if (is_new)
    tlm_message_finish (reply->question, TLM_MESSAGE_FAILED, error->message, 0);
  tlm_message_finish (reply->answer, TLM_MESSAGE_FAILED, error->message, 0);
  if (is_new)
    keep_as_draft (reply);
  if (reply->before != NULL)
    tlm_reply_drop_branch (reply);
  tlm_chat_set_draft_saved (reply->chat, FALSE);
  tlm_store_ask_again (reply->chats->store);
  g_task_return_error (reply->outer, error);
  tlm_reply_free (reply);
}

static void
sent (GObject      *source,
      GAsyncResult *result,
      gpointer      data)
{
  TlmReply *reply = data;
  Sending  *sending = g_task_get_task_data (G_TASK (result));
  GError   *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      give_up (reply, error);
      return;
    }
  if (tlm_message_get_id (reply->question) == 0)
    tlm_message_set_id (reply->question, sending->question_id);
  tlm_message_set_id (reply->answer, sending->answer_id);
  tlm_message_set_created (reply->answer, sending->now);
  reply->verdict = sending->verdict;
  sending->verdict = (TlmRouteVerdict) { .why = NULL };
  reply->specialists = sending->specialists;
  sending->specialists = (TlmChatSpecialists) { NULL };
  reply->names = g_steal_pointer (&sending->names);
  if (*tlm_chat_get_title (reply->chat) == '\0') /* it may have been named meanwhile */
    tlm_chat_set_title (reply->chat, sending->title);
  tlm_chat_set_updated_us (reply->chat, sending->now);
  tlm_ordered_list_move (&reply->chats->list, reply->chat);
  tlm_reply_answer (reply);
}

/* @question: (transfer full): appended, when it is not in the chat yet */
static TlmReply *
reply_new (TlmChats   *self,
           TlmChat    *chat,
           TlmMessage *question,
           GTask      *outer)
{
  TlmReply *reply = g_new0 (TlmReply, 1);

  reply->chats = g_object_ref (self);
  reply->chat = g_object_ref (chat);
  reply->outer = outer;
  reply->started = g_get_monotonic_time ();
  reply->question = question;
  reply->answer = tlm_message_new (0, TLM_ROLE_ASSISTANT, TLM_MESSAGE_STREAMING, "", NULL, "", 0);
  g_ptr_array_add (self->replies, reply);
  tlm_chat_set_busy (chat, TRUE);
  if (tlm_message_get_parent (question) == NULL)
    tlm_chat_append (chat, question);
  tlm_chat_append (chat, reply->answer);
  return reply;
}

/* As it, at @parent: what follows that stays as another branch. */
static TlmReply *
branch_new (TlmChats   *self,
            TlmChat    *chat,
            TlmMessage *parent,
            TlmMessage *question,
            GTask      *outer)
{
  GPtrArray  *shown = tlm_chat_peek_messages (chat);
  TlmMessage *before = g_object_ref (shown->pdata[shown->len - 1]);
  TlmReply   *reply;

  tlm_chat_show (chat, parent);
  reply = reply_new (self, chat, question, outer);
  reply->before = before;
  return reply;
}

/* The first message gives the chat its name: the text that it brings, or the name of what is attached,
 * rather than what it asks. */
static char *
make_title (TlmChat    *chat,
            TlmMessage *question)
{
  g_autofree char *title = g_strdup (tlm_chat_get_title (chat));
  const char      *text = tlm_message_get_text (question);
  g_autoptr (GArray) attachments = tlm_attachments_read (text, NULL);
  TlmRoute         route;

  if (*title != '\0')
    return g_steal_pointer (&title);
  tlm_message_find_route (question, &route);
  if (attachments->len > 0 && route.start == route.end)
    return tlm_title_of_message (g_array_index (attachments, TlmAttachment, 0).name);
  g_free (title);
  title = tlm_title_of_message (text + route.start);
  return *title != '\0' ? g_steal_pointer (&title) : tlm_title_of_message (text);
}

static void
take_specialist (TlmChatSpecialists    *specialists,
                 const TlmTrainedState *state)
{
  g_autoptr (GPtrArray) chosen = tlm_adapters_new ();

  tlm_adapters_add (chosen, state->path, 1, state->card->sha256);
  specialists->chosen = tlm_adapters_dup_text (chosen);
  specialists->base = g_strdup (state->base_path);
}

/* Without the cancellable: stopping the reply must not lose the message. Of a branch's parents the last
 * that the store has is its beginning there. @specialist: (nullable): that was chosen */
static void
post (TlmReply   *reply,
      int         chosen,
      TlmTrained *specialist)
{
  TlmMessage *question = reply->question;
  GTask      *task = g_task_new (reply->chats, NULL, sent, reply);
  Sending    *sending = g_new0 (Sending, 1);

  sending->chat_id = tlm_chat_get_id (reply->chat);
  sending->now = g_get_real_time ();
  sending->draft = reply->before == NULL ? tlm_draft_new (reply->chat) : NULL;
  sending->parent = reply->before != NULL ? tlm_chat_get_saved_leaf (reply->chat) : AT_LEAF;
  sending->chosen = chosen;
  sending->skill = tlm_intent_names[tlm_intent_find (tlm_message_get_tool (question))];
  sending->question_id = tlm_message_get_id (question);
  sending->text = g_strdup (tlm_message_get_text (question));
  sending->title = make_title (reply->chat, question);
  if (specialist != NULL)
    take_specialist (&sending->specialists, tlm_trained_get_state (specialist));
  g_task_set_task_data (task, sending, sending_free);
  tlm_store_post (reply->chats->store, task, send_job);
}

/* (transfer full) (nullable): NULL when @text cannot be sent, and the task has said so */
static GTask *
begin (TlmChats           *self,
       const char         *text,
       GCancellable       *c,
       GAsyncReadyCallback cb,
       gpointer            data)
{
  g_autoptr (GTask) outer = g_task_new (self, c, cb, data);
  GError           *error = NULL;

  g_task_set_check_cancellable (outer, FALSE);
  if (!tlm_text_check_utf8 (text, strlen (text), &error))
    g_task_return_error (outer, error);
  else if (tlm_text_is_blank (text))
    g_task_return_new_error (outer, TLM_ERROR, TLM_ERROR_EMPTY,
                             _("This message is empty. Write something first."));
  else
    return g_steal_pointer (&outer);
  return NULL;
}

/* @skill: of tlm_intent_names */
static TlmMessage *
new_question (const char *text,
              const char *skill)
{
  TlmMessage *question = tlm_message_new (0, TLM_ROLE_USER, TLM_MESSAGE_DONE, text, NULL, "", 0);

  tlm_message_set_tool (question, skill, "");
  return question;
}

void
tlm_chats_send_async (TlmChats           *self,
                      TlmChat            *chat,
                      const char         *text,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  tlm_chats_ask_skill_async (self, chat, TLM_INTENT_HELP, text, c, cb, data);
}

void
tlm_chats_ask_skill_async (TlmChats           *self,
                           TlmChat            *chat,
                           TlmIntent           skill,
                           const char         *text,
                           GCancellable       *c,
                           GAsyncReadyCallback cb,
                           gpointer            data)
{
  GTask *outer = begin (self, text, c, cb, data);

  if (outer == NULL)
    return;
  tlm_chat_set_draft (chat, "");
  tlm_chat_set_draft_saved (chat, TRUE);
  post (reply_new (self, chat, new_question (text, tlm_intent_names[skill]), outer), TLM_TOOL_ANY, NULL);
}

/* @tool: a TlmTool or TLM_TOOL_ANY; @specialist: (nullable) */
static void
answer_again (TlmChats           *self,
              TlmChat            *chat,
              TlmMessage         *answer,
              int                 tool,
              TlmTrained         *specialist,
              GCancellable       *c,
              GAsyncReadyCallback cb,
              gpointer            data)
{
  TlmMessage *question = tlm_message_get_parent (answer);
  GTask      *outer = begin (self, tlm_message_get_text (question), c, cb, data);

  if (outer == NULL)
    return;
  post (branch_new (self, chat, question, g_object_ref (question), outer), tool, specialist);
}

void
tlm_chats_regenerate_async (TlmChats           *self,
                            TlmChat            *chat,
                            TlmMessage         *answer,
                            GCancellable       *c,
                            GAsyncReadyCallback cb,
                            gpointer            data)
{
  answer_again (self, chat, answer, TLM_TOOL_ANY, NULL, c, cb, data);
}

void
tlm_chats_choose_tool_async (TlmChats           *self,
                             TlmChat            *chat,
                             TlmMessage         *answer,
                             TlmTool             tool,
                             GCancellable       *c,
                             GAsyncReadyCallback cb,
                             gpointer            data)
{
  answer_again (self, chat, answer, (int) tool, NULL, c, cb, data);
}

void
tlm_chats_ask_specialist_async (TlmChats           *self,
                                TlmChat            *chat,
                                TlmMessage         *answer,
                                TlmTrained         *specialist,
                                GCancellable       *c,
                                GAsyncReadyCallback cb,
                                gpointer            data)
{
  answer_again (self, chat, answer, TLM_TOOL_SMALL, specialist, c, cb, data);
}

static gboolean
begin_alike (const char *a,
             const char *b)
{
  gsize len = strcspn (a, "\n");

  return len == strcspn (b, "\n") && strncmp (a, b, len) == 0;
}

void
tlm_chats_edit_async (TlmChats           *self,
                      TlmChat            *chat,
                      TlmMessage         *message,
                      const char         *text,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  TlmMessage *parent = tlm_message_get_parent (message);
  gboolean    same_wish = begin_alike (text, tlm_message_get_text (message));
  const char *skill = same_wish ? tlm_message_get_tool (message) : "";
  g_autofree char *whole = tlm_attachments_move (tlm_message_get_text (message), text);
  GTask      *outer = begin (self, whole, c, cb, data);

  if (outer == NULL)
    return;
  post (branch_new (self, chat, parent, new_question (whole, skill), outer), TLM_TOOL_ANY, NULL);
}

gboolean
tlm_chats_send_finish (TlmChats     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
