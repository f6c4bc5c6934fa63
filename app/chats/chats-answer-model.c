/* SPDX-License-Identifier: Apache-2.0 */
/* An answer by a language model, with specialists or without: the model's turn in the line, what it is
 * told of the chat, its text as it streams and is saved, and what is said of who answered. */
#include "chats-digest.h"

#include "models/adapters.h"
#include "models/model-names.h"
#include "core/words.h"

#include <glib/gi18n-lib.h>

/* What streams is on its way to the disk after this long; a kill costs hardly more. */
#define SAVE_DELAY_MS 500

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
  tlm_reply_finish (reply, error);
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
  return reply->specialists.base != NULL ? reply->specialists.base : reply->model_path;
}

static void
stop_before_its_turn (TlmReply *reply)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");

  tlm_reply_finish (reply, error);
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
  request.chat_format = reply->chat_format;
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

/* By the model that is chosen now: by the time of its turn it may be another, or none. */
static void
stand_in_line (TlmReply *reply)
{
  reply->model_path = g_strdup (reply->chats->model_path);
  reply->chat_format = g_strdup (reply->chats->chat_format);
  tlm_reply_stand_in_line (reply, continue_with_model, stop_before_its_turn);
}

void
tlm_reply_ask_model (TlmReply *reply)
{
  tlm_reply_set_tool (reply, TLM_TOOL_LARGE, _("None of the smaller tools does this."));
  stand_in_line (reply);
}

void
tlm_reply_ask_specialists (TlmReply *reply)
{
  const TlmRouteVerdict *verdict = &reply->verdict;

  tlm_message_set_tool (reply->answer, tlm_tool_names[TLM_TOOL_SMALL],
                        verdict->chosen ? verdict->why : _("You chose a specialist for this chat."));
  stand_in_line (reply);
}
