/* SPDX-License-Identifier: Apache-2.0 */
/* Answering a message that is in the store: the smallest tool that does it is chosen; the reply is
 * saved while it streams and again at its end. */
#include "chat-private.h"

#include "skills/plain.h"

#include <glib/gi18n-lib.h>

/* A reply that streams is on the disk after at most this long; a kill costs no more. */
#define SAVE_INTERVAL_US (G_USEC_PER_SEC / 2)

/* A message as the store takes it. */
typedef struct
{
  gint64          id;
  TlmMessageState state;
  char           *text, *error, *route;
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
  g_free (row);
}

static void
save_row_job (gpointer owner,
              GTask   *task)
{
  Row    *row = g_task_get_task_data (task);
  GError *error = NULL;

  if (tlm_db_run (owner, &error,
                  "UPDATE messages SET state = ?, text = ?, error = ?, route = ?, elapsed_ms = ?, "
                  "context_used = ?, context_held = ? WHERE id = ?", "itttdiii",
                  (gint64) row->state, row->text, row->error, row->route, row->elapsed_ms,
                  row->context_used, row->context_held, row->id))
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
  row->context_used = tlm_message_get_context_used (message);
  row->context_held = tlm_message_get_context_held (message);
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
  tlm_reply_free (reply);
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
  TlmReply          *reply = data;
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  TlmContextUse      use;

  /* The text has come through on_text() already. */
  text = tlm_engine_service_generate_finish (TLM_ENGINE_SERVICE (source), result, &error);
  tlm_engine_service_generate_get_context (result, &use);
  tlm_message_set_context (reply->answer, use.n_used, use.n_held);
  say_left_out (reply, use.n_used <= use.n_held ? use.n_left_out : 0);
  finish (reply, error);
}

static void
reverse (GArray *turns)
{
  for (guint i = 0; i < turns->len / 2; i++)
    {
      TlmTurn *a = &g_array_index (turns, TlmTurn, i);
      TlmTurn *b = &g_array_index (turns, TlmTurn, turns->len - 1 - i);
      TlmTurn  kept = *a;

      *a = *b;
      *b = kept;
    }
}

/* The chat's instructions and what was said so far, up to the message that is to be answered; failed
 * and empty ones aside. The texts are borrowed. */
static GArray *
collect_turns (TlmReply *reply)
{
  const TlmChatSettings *settings = tlm_chat_get_settings (reply->chat);
  TlmTurn                instructions = { TLM_TURN_SYSTEM, settings->instructions };
  GArray                *turns = g_array_new (FALSE, FALSE, sizeof (TlmTurn));

  for (TlmMessage *message = reply->question; message != NULL;
       message = tlm_message_get_parent (message))
    {
      gboolean asks = tlm_message_get_role (message) == TLM_ROLE_USER;
      TlmTurn  turn = { asks ? TLM_TURN_USER : TLM_TURN_ASSISTANT,
                        (char *) tlm_message_get_text (message) };

      if (*turn.text != '\0' && tlm_message_get_state (message) != TLM_MESSAGE_FAILED)
        g_array_append_val (turns, turn);
    }
  if (*settings->instructions != '\0')
    g_array_append_val (turns, instructions);
  reverse (turns);
  return turns;
}

static void
continue_with_model (TlmReply *reply)
{
  const TlmChatSettings *settings = tlm_chat_get_settings (reply->chat);
  g_autofree char    *name = g_path_get_basename (reply->chats->model_path);
  g_autoptr (GArray)  turns = collect_turns (reply);
  TlmGenerateRequest  request;

  tlm_generate_request_init (&request);
  request.model_path = reply->chats->model_path;
  request.chat_format = reply->chats->chat_format;
  request.turns = (TlmTurn *) (void *) turns->data;
  request.n_turns = turns->len;
  request.whole = !settings->drop_oldest;
  request.max_tokens = (guint) settings->max_tokens;
  request.temperature = (float) settings->temperature;
  request.top_p = (float) settings->top_p;
  request.seed = (guint64) (settings->seed != 0 ? settings->seed
                                                : tlm_message_get_id (reply->answer));
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
  for (TlmMessage *message = tlm_message_get_parent (reply->question); message != NULL;
       message = tlm_message_get_parent (message))
    {
      if (tlm_message_get_role (message) != TLM_ROLE_USER)
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
void
tlm_reply_answer (TlmReply *reply)
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
