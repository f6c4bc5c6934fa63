/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a message: both the message and an empty reply are in the store before anything else;
 * then a tool answers; the reply is saved while it streams and again at its end. */
#include "chat-private.h"

#include "errors.h"
#include "router.h"
#include "skills/plain.h"
#include "skills/reply.h"
#include "store-private.h"
#include "text-input.h"
#include "titles.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A reply that streams is on the disk after at most this long; a kill costs no more. */
#define SAVE_INTERVAL_US (G_USEC_PER_SEC / 2)
#define MAX_REPLY_TOKENS 512

/* One message and its answer, on their way. */
typedef struct
{
  TlmChats   *chats;
  TlmChat    *chat;
  TlmMessage *question, *answer;
  GTask      *outer;
  TlmIntent   intent;
  gboolean    too_broad; /* no small model should be trusted with it: */
  gboolean    risky;     /* and a wrong answer could hurt */
  gint64      started, saved; /* monotonic */
} TlmReply;

static void
reply_free (TlmReply *reply)
{
  g_ptr_array_remove_fast (reply->chats->replies, reply);
  tlm_chat_set_busy (reply->chat, FALSE);
  g_object_unref (reply->chat);
  g_object_unref (reply->question);
  g_object_unref (reply->answer);
  g_object_unref (reply->outer);
  g_object_unref (reply->chats);
  g_free (reply);
}

/* A message as the store takes it. */
typedef struct
{
  gint64          id;
  TlmMessageState state;
  char           *text, *error, *route;
  double          elapsed_ms;
} Row;

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->text);
  g_free (row->error);
  g_free (row->route);
  g_free (row);
}

static void
save_row_job (gpointer owner,
              GTask   *task)
{
  Row    *row = g_task_get_task_data (task);
  GError *error = NULL;

  if (tlm_db_run (owner, &error,
                  "UPDATE messages SET state = ?, text = ?, error = ?, route = ?, elapsed_ms = ? "
                  "WHERE id = ?", "itttdi", (gint64) row->state, row->text, row->error, row->route,
                  row->elapsed_ms, row->id))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
save_message (TlmChats           *self,
              TlmMessage         *message,
              GAsyncReadyCallback done,
              gpointer            data)
{
  GTask *task = g_task_new (self, NULL, done, data);
  Row   *row = g_new0 (Row, 1);

  row->id = tlm_message_get_id (message);
  row->state = tlm_message_get_state (message);
  row->text = g_strdup (tlm_message_get_text (message));
  row->error = g_strdup (tlm_message_get_error (message));
  row->route = g_strdup (tlm_message_get_route (message));
  row->elapsed_ms = tlm_message_get_elapsed_ms (message);
  g_task_set_task_data (task, row, row_free);
  tlm_store_post (self->store, task, save_row_job);
}

void
tlm_chats_save_replies (TlmChats *self)
{
  for (guint i = 0; i < self->replies->len; i++)
    {
      TlmReply *reply = self->replies->pdata[i];

      if (tlm_message_get_id (reply->answer) != 0)
        save_message (self, reply->answer, NULL, NULL);
    }
}

static void
final_save_done (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  TlmReply *reply = data;
  GError   *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (reply->outer, TRUE);
  else
    g_task_return_error (reply->outer, error);
  reply_free (reply);
}

/* The end of the answer, however it came. @error: (nullable) (transfer none) */
static void
finish (TlmReply     *reply,
        const GError *error)
{
  TlmMessageState state = TLM_MESSAGE_DONE;
  double          elapsed_ms = (g_get_monotonic_time () - reply->started) / 1000.0;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    state = TLM_MESSAGE_STOPPED;
  else if (error != NULL)
    state = TLM_MESSAGE_FAILED;
  tlm_message_finish (reply->answer, state, state == TLM_MESSAGE_FAILED ? error->message : NULL,
                      elapsed_ms);
  save_message (reply->chats, reply->answer, final_save_done, reply);
}

static void
summarized (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  TlmReply              *reply = data;
  g_autoptr (GError)     error = NULL;
  g_autoptr (TlmSummary) summary = NULL;
  g_autofree char       *text = NULL;

  summary = tlm_engine_service_summarize_finish (TLM_ENGINE_SERVICE (source), result, &error);
  if (summary != NULL)
    {
      text = tlm_reply_from_summary (reply->intent, summary);
      tlm_message_set_route (reply->answer, tlm_summary_get_model_name (summary));
      tlm_message_append (reply->answer, text);
    }
  finish (reply, error);
}

static void
on_text (const char *text,
         gpointer    data)
{
  TlmReply *reply = data;
  gint64    now = g_get_monotonic_time ();

  tlm_message_append (reply->answer, text);
  if (now - reply->saved < SAVE_INTERVAL_US)
    return;
  reply->saved = now;
  save_message (reply->chats, reply->answer, NULL, NULL);
}

/* Nothing of a chat is left out in silence. */
static void
say_left_out (TlmReply *reply,
              guint     n)
{
  g_autofree char *said = NULL, *route = NULL;

  if (n == 0)
    return;
  said = g_strdup_printf (ngettext ("without the oldest message, which had no room",
                                    "without the %u oldest messages, which had no room", n), n);
  route = g_strdup_printf ("%s, %s", tlm_message_get_route (reply->answer), said);
  tlm_message_set_route (reply->answer, route);
}

static void
generated (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;

  /* The text has come through on_text() already. */
  text = tlm_engine_service_generate_finish (TLM_ENGINE_SERVICE (source), result, &error);
  say_left_out (data, tlm_engine_service_generate_get_left_out (result));
  finish (data, error);
}

/* What was said so far, up to the message that is to be answered; failed and empty ones aside. The
 * texts are borrowed from the messages. */
static GArray *
collect_turns (TlmReply *reply)
{
  GPtrArray *messages = tlm_chat_peek_messages (reply->chat);
  GArray    *turns = g_array_new (FALSE, FALSE, sizeof (TlmTurn));

  for (guint i = 0; i < messages->len && messages->pdata[i] != reply->answer; i++)
    {
      TlmMessage *message = messages->pdata[i];
      gboolean    asks = tlm_message_get_role (message) == TLM_ROLE_USER;
      TlmTurn     turn = { asks ? TLM_TURN_USER : TLM_TURN_ASSISTANT,
                           (char *) tlm_message_get_text (message) };

      if (*turn.text != '\0' && tlm_message_get_state (message) != TLM_MESSAGE_FAILED)
        g_array_append_val (turns, turn);
    }
  return turns;
}

static void
continue_with_model (TlmReply *reply)
{
  g_autofree char    *name = g_path_get_basename (reply->chats->model_path);
  g_autoptr (GArray)  turns = collect_turns (reply);
  TlmGenerateRequest  request;

  tlm_generate_request_init (&request);
  request.model_path = reply->chats->model_path;
  request.chat_format = reply->chats->chat_format;
  request.turns = (TlmTurn *) (void *) turns->data;
  request.n_turns = turns->len;
  request.max_tokens = MAX_REPLY_TOKENS;
  request.seed = (guint64) tlm_message_get_id (reply->answer);
  tlm_message_set_route (reply->answer, name);
  if (reply->too_broad)
    tlm_message_append (reply->answer, tlm_reply_caution (reply->risky));
  tlm_engine_service_generate_async (reply->chats->engine, &request, on_text, reply,
                                     g_task_get_cancellable (reply->outer), generated, reply);
}

/* The newest earlier message of the person that holds a text: "and now the tags" means that one. */
static const char *
find_earlier_text (TlmReply *reply,
                   TlmRoute *route)
{
  GPtrArray *messages = tlm_chat_peek_messages (reply->chat);

  for (guint i = messages->len; i-- > 0;)
    {
      TlmMessage *message = messages->pdata[i];

      if (message == reply->question || tlm_message_get_role (message) != TLM_ROLE_USER)
        continue;
      tlm_route_message (tlm_message_get_text (message), route);
      if (route->end > route->start)
        return tlm_message_get_text (message);
    }
  return NULL;
}

static void
answer_at_once (TlmReply *reply,
                char     *text)
{
  tlm_message_set_route (reply->answer, "code");
  tlm_message_append (reply->answer, text);
  g_free (text);
  finish (reply, NULL);
}

/* The smallest tool that does it: plain code where it is certain, a skill when one is asked for,
 * else the chosen model, else a word on what the assistant is for or that this is beyond it. */
static void
answer (TlmReply *reply)
{
  const char *text = tlm_message_get_text (reply->question);
  char       *plain = tlm_plain_answer (text, tlm_day_from_unix (g_get_real_time () / G_USEC_PER_SEC));
  TlmRoute    route;

  tlm_route_message (text, &route);
  reply->intent = route.intent;
  if (plain == NULL && route.intent != TLM_INTENT_HELP && route.start == route.end)
    text = find_earlier_text (reply, &route);
  if (plain != NULL)
    answer_at_once (reply, plain);
  else if (reply->intent != TLM_INTENT_HELP && text != NULL)
    tlm_engine_service_summarize_async (reply->chats->engine, text + route.start,
                                        (gssize) (route.end - route.start),
                                        g_task_get_cancellable (reply->outer), summarized, reply);
  else if (reply->chats->model_path != NULL)
    continue_with_model (reply);
  else if (reply->intent != TLM_INTENT_HELP)
    answer_at_once (reply, tlm_reply_ask_for_text (reply->intent));
  else
    answer_at_once (reply, reply->too_broad ? tlm_reply_too_broad (reply->risky)
                                            : tlm_reply_help ());
}

/* The message on its way into the store. */
typedef struct
{
  gint64 chat_id, now;
  char  *text, *title;
  gint64 question_id, answer_id; /* (out) */
  gboolean too_broad, risky;     /* (out) */
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  g_free (sending->text);
  g_free (sending->title);
  g_free (sending);
}

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
                   "INSERT INTO messages (chat_id, role, state, text, route, elapsed_ms, created) "
                   "VALUES (?, ?, ?, ?, '', 0.0, ?)", "iiiti", sending->chat_id, (gint64) role,
                   (gint64) state, text, sending->now))
    return FALSE;
  *id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  return TRUE;
}

/* Off the main thread: the first call opens the router's file. */
static void
judge (Sending *sending)
{
  const tl_router *router = tlm_router_get_built_in ();
  tl_request       request = { sending->text, strlen (sending->text), TL_ATTACH_NONE };
  TlmRouted        routed = { .tool = TLM_TOOL_LARGE };

  if (router != NULL)
    tlm_router_route (router, &request, &routed);
  sending->too_broad = routed.tool == TLM_TOOL_HAND_OVER;
  sending->risky = tlm_router_is_risky (&routed);
}

static void
send_job (gpointer owner,
          GTask   *task)
{
  TlmDb   *db = owner;
  Sending *sending = g_task_get_task_data (task);
  GError  *error = NULL;

  judge (sending);
  if (tlm_db_begin (db, &error)
      && insert_message (db, sending, TLM_ROLE_USER, sending->text, &sending->question_id, &error)
      && insert_message (db, sending, TLM_ROLE_ASSISTANT, "", &sending->answer_id, &error)
      && tlm_db_run (db, &error,
                     "UPDATE chats SET title = ?, updated = ?, draft = '' WHERE id = ?", "tii",
                     sending->title, sending->now, sending->chat_id)
      && tlm_db_commit (db, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  tlm_db_rollback (db);
  g_task_return_error (task, error);
}

/* The message could not be saved: it stays in sight with the reason, and is a draft again, unless
 * another one was begun. */
static void
give_up (TlmReply *reply,
         GError   *error)
{
  tlm_message_finish (reply->question, TLM_MESSAGE_FAILED, error->message, 0);
  tlm_message_finish (reply->answer, TLM_MESSAGE_FAILED, error->message, 0);
  if (*tlm_chat_get_draft (reply->chat) == '\0')
    tlm_chat_set_draft (reply->chat, tlm_message_get_text (reply->question));
  tlm_chat_set_draft_saved (reply->chat, FALSE);
  g_task_return_error (reply->outer, error);
  reply_free (reply);
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
  tlm_message_set_id (reply->question, sending->question_id);
  tlm_message_set_id (reply->answer, sending->answer_id);
  reply->too_broad = sending->too_broad;
  reply->risky = sending->risky;
  tlm_chat_set_title (reply->chat, sending->title);
  tlm_chat_set_updated_us (reply->chat, sending->now);
  tlm_ordered_list_move (&reply->chats->list, reply->chat);
  answer (reply);
}

static TlmReply *
reply_new (TlmChats   *self,
           TlmChat    *chat,
           const char *text,
           GTask      *outer)
{
  TlmReply *reply = g_new0 (TlmReply, 1);

  reply->chats = g_object_ref (self);
  reply->chat = g_object_ref (chat);
  reply->outer = outer;
  reply->started = reply->saved = g_get_monotonic_time ();
  reply->question = tlm_message_new (0, TLM_ROLE_USER, TLM_MESSAGE_DONE, text, NULL, "", 0);
  reply->answer = tlm_message_new (0, TLM_ROLE_ASSISTANT, TLM_MESSAGE_STREAMING, "", NULL, "", 0);
  g_ptr_array_add (self->replies, reply);
  tlm_chat_set_busy (chat, TRUE);
  tlm_chat_append (chat, reply->question);
  tlm_chat_append (chat, reply->answer);
  return reply;
}

/* The first message gives the chat its name: the text that it brings rather than what it asks. */
static char *
make_title (TlmChat    *chat,
            const char *text)
{
  g_autofree char *title = g_strdup (tlm_chat_get_title (chat));
  TlmRoute         route;

  if (*title != '\0')
    return g_steal_pointer (&title);
  tlm_route_message (text, &route);
  g_free (title);
  title = tlm_title_of_text (text + route.start);
  return *title != '\0' ? g_steal_pointer (&title) : tlm_title_of_text (text);
}

void
tlm_chats_send_async (TlmChats           *self,
                      TlmChat            *chat,
                      const char         *text,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  GTask   *outer = g_task_new (self, c, cb, data);
  GTask   *task;
  Sending *sending;
  GError  *error = NULL;

  g_task_set_check_cancellable (outer, FALSE);
  if (!tlm_text_check_content (text, strlen (text), &error))
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }
  sending = g_new0 (Sending, 1);
  sending->chat_id = tlm_chat_get_id (chat);
  sending->now = g_get_real_time ();
  sending->text = g_strdup (text);
  sending->title = make_title (chat, text);
  tlm_chat_set_draft (chat, "");
  tlm_chat_set_draft_saved (chat, TRUE);
  /* Without the cancellable: stopping the reply must not lose the message. */
  task = g_task_new (self, NULL, sent, reply_new (self, chat, text, outer));
  g_task_set_task_data (task, sending, sending_free);
  tlm_store_post (self->store, task, send_job);
}

gboolean
tlm_chats_send_finish (TlmChats     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
