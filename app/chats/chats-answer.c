/* SPDX-License-Identifier: Apache-2.0 */
/* Answering a message that is in the store: the smallest tool that does it is chosen; the reply is
 * saved while it streams and again at its end. */
#include "chats-digest.h"

#include "models/adapters.h"
#include "models/model-names.h"
#include "attachments.h"
#include "notes/question.h"
#include "skills/plain.h"
#include "core/words.h"

#include <glib/gi18n-lib.h>

/* What streams is on its way to the disk after this long; a kill costs hardly more. */
#define SAVE_DELAY_MS 500

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

/* The end of the answer, however it came. @error: (nullable) (transfer none) */
static void
finish (TlmReply     *reply,
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

/* Before it answers. @reason: when neither the person nor the router said why */
static void
set_tool (TlmReply   *reply,
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
  finish (reply, error);
}

static gboolean
save_timeout_cb (gpointer data)
{
  TlmReply *reply = data;

  reply->save_timeout = 0;
  tlm_chats_save_message (reply->chats, reply->answer, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* However slowly more comes. */
static void
on_text (const char *text,
         gpointer    data)
{
  TlmReply *reply = data;

  tlm_message_append (reply->answer, text);
  if (reply->save_timeout == 0)
    reply->save_timeout = g_timeout_add (SAVE_DELAY_MS, save_timeout_cb, reply);
}

/* (transfer none) (nullable): what stands for the oldest messages */
static const TlmDigest *
find_digest (TlmReply *reply)
{
  const TlmDigest *digest = NULL;

  for (TlmMessage *message = tlm_message_get_parent (reply->question);
       message != NULL && digest == NULL; message = tlm_message_get_parent (message))
    digest = tlm_message_get_digest (message);
  return digest;
}

/* @format: of a number; goes on from what answered, on a line of its own: a name may hold any other
 * mark */
static void
add_to_route (TlmReply   *reply,
              const char *format,
              guint       n)
{
  g_autofree char *said = g_strdup_printf (format, n), *route = NULL;

  route = g_strjoin ("\n", tlm_message_get_route (reply->answer), said, NULL);
  tlm_message_set_route (reply->answer, route);
}

/* Nothing of a chat is left out in silence. @n: messages that had no room, or that a model without a
 * format for conversations is not told of */
static void
say_left_out (TlmReply *reply,
              guint     n)
{
  const TlmDigest *digest = find_digest (reply);

  if (digest != NULL)
    /* Translators: goes on from the name of the model that answered. */
    add_to_route (reply, ngettext ("with a summary of the oldest message",
                                   "with a summary of the %u oldest messages", digest->n_messages),
                  digest->n_messages);
  if (n > 0)
    add_to_route (reply, ngettext ("without the oldest message", "without the %u oldest messages", n), n);
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

/* The chat's instructions, and the summary of what was said long ago. (transfer full) */
static char *
dup_system_text (TlmReply *reply)
{
  const char      *instructions = tlm_chat_get_settings (reply->chat)->instructions;
  const TlmDigest *digest = find_digest (reply);
  g_autofree char *text = digest != NULL ? tlm_digest_dup_text (digest) : NULL;

  if (text == NULL)
    return g_strdup (instructions);
  return g_strconcat (instructions, *instructions != '\0' ? "\n\n" : "", text, NULL);
}

/* The system's text and what was said so far that it does not summarise, up to the message that is to be
 * answered; failed and empty ones aside. The texts are borrowed. */
static GArray *
collect_turns (TlmReply   *reply,
               const char *system)
{
  TlmTurn told = { TLM_TURN_SYSTEM, (char *) system };
  GArray *turns = g_array_new (FALSE, FALSE, sizeof (TlmTurn));

  for (TlmMessage *message = reply->question; message != NULL;
       message = tlm_message_get_parent (message))
    {
      gboolean asks = tlm_message_get_role (message) == TLM_ROLE_USER;
      TlmTurn  turn = { asks ? TLM_TURN_USER : TLM_TURN_ASSISTANT,
                        (char *) tlm_message_get_text (message) };

      if (message != reply->question && tlm_message_get_digest (message) != NULL)
        break;
      if (tlm_message_is_said (message))
        g_array_append_val (turns, turn);
    }
  if (*system != '\0')
    g_array_append_val (turns, told);
  reverse (turns);
  return turns;
}

/* (nullable) */
static const char *
get_model_path (TlmReply *reply)
{
  return reply->specialists.base != NULL ? reply->specialists.base : reply->chats->model_path;
}

static void
stop_before_its_turn (TlmReply *reply)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");

  finish (reply, error);
}

/* "meeny with Mail (SHA-256 0123456789ab…)": as they are called now; a name that is given later is
 * not what answered. (transfer full) */
static char *
dup_model_name (TlmReply *reply)
{
  const char           *chosen = reply->specialists.chosen;
  g_autoptr (GPtrArray) adapters = tlm_adapters_read (chosen != NULL ? chosen : "");
  char                 *name = tlm_model_names_dup (reply->names, get_model_path (reply));

  for (guint i = 0; i < adapters->len; i++)
    {
      const TlmAdapterChoice *choice = adapters->pdata[i];
      g_autofree char        *added = tlm_model_names_dup (reply->names, choice->path);
      g_autofree char        *before = name;

      /* Translators: a model, the specialist that is added to it, and the beginning of its checksum. */
      name = g_strdup_printf (_("%s with %s (SHA-256 %.12s…)"), before, added, choice->sha256);
    }
  return name;
}

static void
continue_with_model (TlmReply *reply)
{
  const TlmChatSettings *settings = tlm_chat_get_settings (reply->chat);
  g_autofree char    *name = dup_model_name (reply), *system = dup_system_text (reply);
  g_autoptr (GArray)  turns = collect_turns (reply, system);
  TlmGenerateRequest  request;

  tlm_generate_request_init (&request);
  request.model_path = get_model_path (reply);
  request.adapters = reply->specialists.chosen;
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
  if (reply->verdict.too_broad && reply->specialists.base == NULL)
    tlm_message_append (reply->answer, tlm_reply_caution (reply->verdict.risky));
  tlm_engine_service_generate_async (reply->chats->engine, &request, on_text, reply,
                                     g_task_get_cancellable (reply->outer), generated, reply);
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
  set_tool (reply, tool, reason);
  tlm_message_set_route (reply->answer, "code");
  tlm_message_append (reply->answer, text);
  g_free (text);
  finish (reply, NULL);
}

static void
ask_model (TlmReply *reply)
{
  set_tool (reply, TLM_TOOL_LARGE, _("None of the smaller tools does this."));
  tlm_reply_stand_in_line (reply, continue_with_model, stop_before_its_turn);
}

/* What the person chose for this message, or for the chat. */
static void
ask_specialists (TlmReply *reply)
{
  const TlmRouteVerdict *verdict = &reply->verdict;

  tlm_message_set_tool (reply->answer, tlm_tool_names[TLM_TOOL_SMALL],
                        verdict->chosen ? verdict->why : _("You chose a specialist for this chat."));
  tlm_reply_stand_in_line (reply, continue_with_model, stop_before_its_turn);
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

      set_tool (reply, TLM_TOOL_HAND_OVER,
                _("Your notes do not say, and no small model knows enough for it."));
      tlm_message_append (reply->answer, "\n\n");
      tlm_message_append (reply->answer, more);
    }
  finish (reply, error);
}

/* Only what was there before the question: this chat too, with the texts that stand in it. */
static void
ask_notes (TlmReply *reply)
{
  TlmStore         *store = reply->chats->store;
  TlmEngineService *engine = reply->chats->engine;
  GCancellable     *c = g_task_get_cancellable (reply->outer);
  g_autofree char  *wish = tlm_attachments_dup_body (tlm_message_get_text (reply->question));

  set_tool (reply, TLM_TOOL_RETRIEVAL, _("It may stand in your notes."));
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
  set_tool (reply, TLM_TOOL_READER, _("It brings a text, and this points at what matters in one."));
  tlm_engine_service_summarize_async (reply->chats->engine, text, -1,
                                      g_task_get_cancellable (reply->outer), summarized, reply);
}

static void
asked_attached (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  TlmReply          *reply = data;
  g_autofree char   *text = tlm_attachments_dup_texts (tlm_message_get_text (reply->question));
  g_autoptr (GError) error = NULL;
  TlmSpan            answer;

  if (tlm_engine_service_ask_finish (TLM_ENGINE_SERVICE (source), result, &answer, &error))
    {
      g_autofree char *words = tlm_reply_from_text (text, &answer);

      tlm_message_set_route (reply->answer, "eeny");
      tlm_message_append (reply->answer, words);
    }
  finish (reply, error);
}

/* A question about what is attached: the sentence of it that answers. */
static void
ask_attached (TlmReply   *reply,
              const char *question)
{
  g_autofree char *text = tlm_attachments_dup_texts (tlm_message_get_text (reply->question));

  set_tool (reply, TLM_TOOL_READER, _("It asks about what is attached, and this points at the answer."));
  tlm_engine_service_ask_async (reply->chats->engine, text, question,
                                g_task_get_cancellable (reply->outer), asked_attached, reply);
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
    ask_model (reply);
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
        ask_model (reply);
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
    ask_model (reply);
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
    ask_specialists (reply);
  else if (verdict->chosen)
    answer_as_chosen (reply, &route);
  else if (attached != NULL && route.intent == TLM_INTENT_HELP)
    answer_about_attached (reply, wish, &route);
  else if (verdict->wanted == TLM_TOOL_RETRIEVAL && route.start == route.end)
    ask_notes (reply);
  else if (route.intent != TLM_INTENT_HELP)
    read_or_ask_for_text (reply, &route);
  else if (reply->chats->model_path != NULL)
    ask_model (reply);
  else
    answer_in_words (reply);
}
