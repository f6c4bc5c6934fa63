/* SPDX-License-Identifier: Apache-2.0 */
/* Answering a message that is in the store: the smallest tool that does it is chosen, and the reply is
 * saved at its end. */
#include "chat-private.h"

#include "attachments.h"
#include "notes/question.h"
#include "skills/plain.h"

#include <glib/gi18n-lib.h>

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
    {
      tlm_chats_keep_unsaved (reply->chats, reply->answer);
      g_task_return_error (reply->outer, error);
    }
  tlm_reply_free (reply);
}

void
tlm_reply_finish (TlmReply     *reply,
                  const GError *error)
{
  TlmMessageState state = TLM_MESSAGE_DONE;
  double          elapsed_ms = (g_get_monotonic_time () - reply->started) / 1000.0;

  tlm_reply_leave_line (reply);
  g_clear_handle_id (&reply->save_timeout, g_source_remove);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    state = TLM_MESSAGE_STOPPED;
  else if (error != NULL)
    state = TLM_MESSAGE_FAILED;
  tlm_message_finish (reply->answer, state, state == TLM_MESSAGE_FAILED ? error->message : NULL,
                      elapsed_ms);
  tlm_chats_save_message (reply->chats, reply->answer, final_save_done, reply);
}

void
tlm_chats_stop_answers (TlmChats *self,
                        TlmChat  *chat)
{
  for (guint i = 0; i < self->replies->len; i++)
    {
      TlmReply *reply = self->replies->pdata[i];

      if (reply->chat == chat)
        g_cancellable_cancel (g_task_get_cancellable (reply->outer));
    }
}

void
tlm_reply_set_tool (TlmReply   *reply,
                    TlmTool     tool,
                    const char *reason)
{
  const TlmRouteVerdict *verdict = &reply->verdict;
  gboolean          meant = verdict->wanted == (int) tool
                   || (verdict->wanted == TLM_TOOL_ANY && verdict->said == (int) tool);

  tlm_message_set_tool (reply->answer, tlm_tool_names[tool],
                        meant && verdict->why != NULL ? verdict->why : reason);
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
  tlm_reply_finish (reply, error);
}

/* The text in a message of the person, which stands at @route in it, and what is attached to it.
 * (transfer full) (nullable) */
static char *
dup_text (TlmMessage     *message,
          const TlmRoute *route)
{
  const char      *text = tlm_message_get_text (message);
  g_autofree char *attached = tlm_attachments_dup_texts (text);
  g_autofree char *part = g_strndup (text + route->start, route->end - route->start);

  if (*part == '\0')
    return g_steal_pointer (&attached);
  return attached == NULL ? g_steal_pointer (&part) : g_strconcat (part, "\n\n", attached, NULL);
}

/* The newest earlier message of the person that holds a text: "and now the tags" means that one.
 * (transfer full) (nullable) */
static char *
find_earlier_text (TlmReply *reply)
{
  for (TlmMessage *message = tlm_message_get_parent (reply->question); message != NULL;
       message = tlm_message_get_parent (message))
    {
      TlmRoute route;
      char    *text;

      if (tlm_message_get_role (message) != TLM_ROLE_USER)
        continue;
      tlm_message_find_route (message, &route);
      text = dup_text (message, &route);
      if (text != NULL)
        return text;
    }
  return NULL;
}

static void
answer_at_once (TlmReply   *reply,
                TlmTool     tool,
                const char *reason,
                char       *text)
{
  tlm_reply_set_tool (reply, tool, reason);
  tlm_message_set_route (reply->answer, "code");
  tlm_message_append (reply->answer, text);
  g_free (text);
  tlm_reply_finish (reply, NULL);
}

static void
asked_notes (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  TlmReply                  *reply = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (TlmNotesAnswer) answer = tlm_ask_notes_finish (TLM_STORE (source), result, &error);
  g_autofree char           *text = answer != NULL ? tlm_reply_from_notes (answer) : NULL;

  if (text != NULL)
    {
      tlm_message_set_route (reply->answer, "eeny");
      tlm_message_append (reply->answer, text);
    }
  /* Where the notes speak of it and only do not say, it is no wide knowledge that is asked for. */
  if (text != NULL && reply->verdict.too_broad && !tlm_notes_answer_says (answer)
      && (reply->verdict.risky || !tlm_notes_answer_is_about (answer)))
    {
      g_autofree char *more = tlm_reply_too_broad (reply->verdict.risky);

      tlm_reply_set_tool (reply, TLM_TOOL_HAND_OVER,
                _("Your notes do not say, and no small model knows enough for it."));
      tlm_message_append (reply->answer, "\n\n");
      tlm_message_append (reply->answer, more);
    }
  tlm_reply_finish (reply, error);
}

/* Only what was there before the question: this chat too, with the texts that stand in it. */
static void
ask_notes (TlmReply *reply)
{
  TlmStore         *store = reply->chats->store;
  TlmEngineService *engine = reply->chats->engine;
  GCancellable     *c = g_task_get_cancellable (reply->outer);
  g_autofree char  *wish = tlm_attachments_dup_body (tlm_message_get_text (reply->question));

  tlm_reply_set_tool (reply, TLM_TOOL_RETRIEVAL, _("It may stand in your notes."));
  if (reply->verdict.passages != NULL)
    tlm_ask_passages_async (store, engine, wish, reply->verdict.passages, c, asked_notes, reply);
  else
    tlm_ask_notes_async (store, engine, wish, tlm_message_get_id (reply->question), c, asked_notes,
                         reply);
}

static void
read_text (TlmReply   *reply,
           const char *text)
{
  tlm_reply_set_tool (reply, TLM_TOOL_READER, _("It brings a text, and this points at what matters in one."));
  tlm_engine_service_summarize_async (reply->chats->engine, text, -1,
                                      g_task_get_cancellable (reply->outer), summarized, reply);
}

/* What came with the message, else what came last before it. (transfer full) (nullable) */
static char *
find_attached (TlmReply *reply)
{
  for (TlmMessage *message = reply->question; message != NULL;
       message = tlm_message_get_parent (message))
    {
      char *text = tlm_message_get_role (message) == TLM_ROLE_USER
                     ? tlm_attachments_dup_texts (tlm_message_get_text (message))
                     : NULL;

      if (text != NULL)
        return text;
    }
  return NULL;
}

/* Where what came before does not say, the notes may. */
static void
asked_attached (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  TlmReply          *reply = data;
  g_autofree char   *text = find_attached (reply);
  g_autofree char   *own = tlm_attachments_dup_texts (tlm_message_get_text (reply->question));
  g_autoptr (GError) error = NULL;
  g_autofree char   *words = NULL;
  TlmSpan            answer;

  if (tlm_engine_service_ask_finish (TLM_ENGINE_SERVICE (source), result, &answer, &error))
    {
      if (own == NULL && answer.start == answer.end)
        {
          ask_notes (reply);
          return;
        }
      words = tlm_reply_from_text (text, &answer);
      tlm_message_set_route (reply->answer, "eeny");
      tlm_message_append (reply->answer, words);
    }
  tlm_reply_finish (reply, error);
}

/* A question about what is attached: the sentence of it that answers. */
static void
ask_attached (TlmReply   *reply,
              const char *question)
{
  g_autofree char *text = find_attached (reply);

  tlm_reply_set_tool (reply, TLM_TOOL_READER,
                      _("It asks about what is attached, and this points at the answer."));
  tlm_engine_service_ask_async (reply->chats->engine, text, question,
                                g_task_get_cancellable (reply->outer), asked_attached, reply);
}

/* A question: what was attached earlier in the chat comes before the notes. */
static void
ask_attached_or_notes (TlmReply   *reply,
                       const char *question)
{
  g_autofree char *earlier = find_attached (reply);

  if (earlier != NULL)
    ask_attached (reply, question);
  else
    ask_notes (reply);
}

/* Nothing is named that can be done: what the assistant is for, or that this is beyond it. */
static void
answer_in_words (TlmReply *reply)
{
  const TlmRouteVerdict *verdict = &reply->verdict;

  if (verdict->too_broad || verdict->wanted == TLM_TOOL_HAND_OVER
      || (!verdict->chosen && verdict->said == TLM_TOOL_LARGE))
    answer_at_once (reply, TLM_TOOL_HAND_OVER,
                    _("It asks for new text, which needs a larger model than those installed."),
                    tlm_reply_too_broad (verdict->risky));
  else
    answer_at_once (reply, TLM_TOOL_CODE, _("It names nothing that the tools here do."),
                    tlm_reply_help ());
}

/* The text that a skill is to read, in this message or an earlier one, or the wish for one. */
static void
read_or_ask_for_text (TlmReply       *reply,
                      const TlmRoute *route)
{
  g_autofree char *text = dup_text (reply->question, route);

  if (text == NULL)
    text = find_earlier_text (reply);
  if (text != NULL)
    read_text (reply, text);
  else if (reply->chats->model_path != NULL && !reply->verdict.chosen)
    tlm_reply_ask_model (reply);
  else
    answer_at_once (reply, TLM_TOOL_READER, _("It names what the reader does with a text."),
                    tlm_reply_ask_for_text (reply->intent));
}

/* What the person chose is done, as far as it can be. */
static void
answer_as_chosen (TlmReply       *reply,
                  const TlmRoute *route)
{
  switch ((TlmTool) reply->verdict.wanted)
    {
    case TLM_TOOL_READER:
      if (reply->intent == TLM_INTENT_HELP)
        reply->intent = TLM_INTENT_SUMMARY;
      read_or_ask_for_text (reply, route);
      break;
    case TLM_TOOL_RETRIEVAL:
      ask_notes (reply);
      break;
    case TLM_TOOL_SMALL:
    case TLM_TOOL_LARGE:
      if (reply->chats->model_path != NULL)
        tlm_reply_ask_model (reply);
      else
        answer_in_words (reply);
      break;
    case TLM_TOOL_CODE:
    case TLM_TOOL_HAND_OVER:
    case TLM_N_TOOLS:
      answer_in_words (reply);
      break;
    }
}

/* What comes with something attached and names no skill: a question about it, or other words for a model,
 * else what matters in it. */
static void
answer_about_attached (TlmReply       *reply,
                       const char     *wish,
                       const TlmRoute *route)
{
  if (*wish != '\0' && reply->chats->model_path != NULL)
    tlm_reply_ask_model (reply);
  else if (tlm_question_is_asked (wish))
    ask_attached (reply, wish);
  else if (reply->verdict.said == TLM_TOOL_LARGE || reply->verdict.too_broad)
    answer_in_words (reply);
  else
    {
      reply->intent = TLM_INTENT_SUMMARY;
      read_or_ask_for_text (reply, route);
    }
}

/* What is put to plain code: the wish, and on lines below it what is attached. (transfer full) */
static char *
dup_plain_wish (const char *wish,
                const char *attached)
{
  return attached != NULL ? g_strconcat (wish, "\n\n", attached, NULL) : g_strdup (wish);
}

/* What was chosen for the message; else the specialists of the chat, unless a wrong answer could hurt and
 * no small model should be trusted with it; else the smallest tool that does it: plain code where it is
 * certain, a question to the notes, a skill when one is asked for, else the chosen model, else a few
 * words. */
void
tlm_reply_answer (TlmReply *reply)
{
  const TlmRouteVerdict *verdict = &reply->verdict;
  const char            *text = tlm_message_get_text (reply->question);
  g_autofree char       *wish = tlm_attachments_dup_body (text);
  g_autofree char       *attached = tlm_attachments_dup_texts (text);
  g_autofree char       *counted = dup_plain_wish (wish, attached);
  gboolean               special = reply->specialists.base != NULL;
  char                  *plain = NULL;
  TlmRoute               route;

  if (reply->specialists.absent != NULL)
    tlm_message_append (reply->answer, reply->specialists.absent);
  if (!special && (!verdict->chosen || verdict->wanted == TLM_TOOL_CODE))
    plain = tlm_plain_answer (counted, tlm_day_from_unix (g_get_real_time () / G_USEC_PER_SEC));
  tlm_message_find_route (reply->question, &route);
  reply->intent = route.intent;
  if (plain != NULL)
    answer_at_once (reply, TLM_TOOL_CODE, _("Plain code answers this exactly."), plain);
  else if (special && verdict->too_broad && verdict->risky)
    answer_in_words (reply);
  else if (special)
    tlm_reply_ask_specialists (reply);
  else if (verdict->chosen)
    answer_as_chosen (reply, &route);
  else if (attached != NULL && route.intent == TLM_INTENT_HELP)
    answer_about_attached (reply, wish, &route);
  else if (verdict->wanted == TLM_TOOL_RETRIEVAL && route.start == route.end)
    ask_attached_or_notes (reply, wish);
  else if (route.intent != TLM_INTENT_HELP)
    read_or_ask_for_text (reply, &route);
  else if (reply->chats->model_path != NULL)
    tlm_reply_ask_model (reply);
  else
    answer_in_words (reply);
}
