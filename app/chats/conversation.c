/* SPDX-License-Identifier: Apache-2.0 */
/* Which format, and how many turns fit: the newest are counted one by one until the room is used,
 * so that a chat of ten thousand messages costs what the model can hold of it. */
#include "conversation.h"

#include "core/errors.h"
#include "text/chat-format.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* What a format writes around a turn; too few only means another try. */
#define TOKENS_AROUND 4

typedef struct
{
  const tl_tokenizer       *tokenizer;
  tl_chat_template          chat;
  const TlmGenerateRequest *request;
} Conversation;

char **
tlm_conversation_list_formats (void)
{
  GStrvBuilder         *names = g_strv_builder_new ();
  const tl_chat_format *format;
  char                **list;

  for (size_t i = 0; (format = tl_chat_format_at (i)) != NULL; i++)
    g_strv_builder_add (names, tl_chat_format_get_name (format));
  list = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return list;
}

static gboolean
find_format (Conversation   *c,
             const tl_model *model,
             GError        **error)
{
  const char *chosen = c->request->chat_format;

  tl_chat_template_read (tl_model_get_gguf (model), &c->chat);
  if (c->chat.format == NULL && chosen != NULL)
    c->chat.format = tl_chat_format_find (chosen);
  if (c->chat.format != NULL || (!c->chat.present && chosen == NULL))
    return TRUE;
  if (chosen != NULL)
    g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL, _("There is no chat format “%s”."), chosen);
  else
    g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
                 _("The model “%s” asks for conversations in a format that TinyLM does not know. "
                   "Choose a chat format for it in the preferences."),
                 tl_model_get_info (model)->name);
  return FALSE;
}

static tl_chat_role
get_role (const TlmTurn *turn)
{
  return turn->role == TLM_TURN_SYSTEM ? TL_CHAT_SYSTEM
         : turn->role == TLM_TURN_USER ? TL_CHAT_USER
                                       : TL_CHAT_ASSISTANT;
}

static gboolean
encode_text (const Conversation *c,
             const char         *text,
             int32_t           **ids,
             size_t             *n,
             tl_error           *err)
{
  return tl_tokenizer_encode (c->tokenizer, text, strlen (text), TL_TOKENIZE_ADD_BOS, ids, n, err);
}

/* The system turn, if there is one, and the turns from @first on. */
static gboolean
encode_from (const Conversation *c,
             guint               first,
             int32_t           **ids,
             size_t             *n,
             tl_error           *err)
{
  const TlmTurn           *all = c->request->turns;
  guint                    n_all = c->request->n_turns, n_turns = 0;
  g_autofree tl_chat_turn *turns = g_new (tl_chat_turn, n_all);

  if (c->chat.format == NULL)
    return encode_text (c, all[n_all - 1].text, ids, n, err);
  for (guint i = 0; i < n_all; i++)
    if (i >= first || (i == 0 && all[i].role == TLM_TURN_SYSTEM))
      turns[n_turns++] = (tl_chat_turn) { get_role (&all[i]), all[i].text, strlen (all[i].text) };
  return tl_chat_encode (c->tokenizer, &c->chat, turns, n_turns, ids, n, err);
}

static gboolean
count_tokens (const Conversation *c,
              const TlmTurn      *turn,
              size_t             *sum,
              tl_error           *err)
{
  int32_t *ids = NULL;
  size_t   n = 0;
  gboolean good = encode_text (c, turn->text, &ids, &n, err);

  free (ids);
  *sum += n + TOKENS_AROUND;
  return good;
}

/* Moves @first from the last turn back to the first of the person's from which on all may have
 * room. */
static gboolean
find_first (const Conversation *c,
            size_t              room,
            guint              *first,
            tl_error           *err)
{
  const TlmTurn *turns = c->request->turns;
  guint          begin = turns[0].role == TLM_TURN_SYSTEM ? 1 : 0;
  size_t         sum = 0;

  if (begin > 0 && !count_tokens (c, &turns[0], &sum, err))
    return FALSE;
  for (guint i = c->request->n_turns; i-- > begin && sum <= room;)
    {
      if (!count_tokens (c, &turns[i], &sum, err))
        return FALSE;
      if (sum <= room && turns[i].role == TLM_TURN_USER)
        *first = i;
    }
  return TRUE;
}

/* The next of the person's turns, or the last turn. */
static guint
skip_pair (const Conversation *c,
           guint               first)
{
  guint last = c->request->n_turns - 1;

  do
    first++;
  while (first < last && c->request->turns[first].role != TLM_TURN_USER);
  return MIN (first, last);
}

static gboolean
encode_what_fits (const Conversation *c,
                  guint               n_ctx,
                  int32_t           **ids,
                  size_t             *n,
                  guint              *first,
                  tl_error           *err)
{
  size_t room = n_ctx - MIN (c->request->max_tokens, n_ctx / 4);

  *first = c->request->n_turns - 1;
  if ((c->chat.format != NULL && !find_first (c, room, first, err))
      || !encode_from (c, *first, ids, n, err))
    return FALSE;
  while (*n > room && *first + 1 < c->request->n_turns)
    {
      free (*ids);
      *first = skip_pair (c, *first);
      if (!encode_from (c, *first, ids, n, err))
        return FALSE;
    }
  return TRUE;
}

/* The whole was asked for, and it has no room: how much it would take is counted for the person. */
static gboolean
refuse_to_leave_out (const Conversation *c,
                     guint               n_ctx,
                     size_t             *n,
                     GError            **error)
{
  int32_t *ids = NULL;
  tl_error err = { 0 };

  if (!encode_from (c, 0, &ids, n, &err))
    return tlm_error_from_engine (error, &err);
  free (ids);
  *n += MIN (c->request->max_tokens, n_ctx / 4);
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               ngettext ("With room for an answer this conversation takes %zu token, and the model "
                         "holds %u.",
                         "With room for an answer this conversation takes %zu tokens, and the model "
                         "holds %u.", (gulong) *n), *n, n_ctx);
  return FALSE;
}

static gboolean
fail_long (size_t   n,
           guint    n_ctx,
           GError **error)
{
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               ngettext ("This message is %zu token long, and the model holds %u. Shorten it, or "
                         "ask for a summary of it.",
                         "This message is %zu tokens long, and the model holds %u. Shorten it, or "
                         "ask for a summary of it.", (gulong) n), n, n_ctx);
  return FALSE;
}

gboolean
tlm_conversation_encode (const tl_model           *model,
                         const TlmGenerateRequest *request,
                         guint                     n_ctx,
                         int32_t                 **ids,
                         size_t                   *n_ids,
                         guint                    *n_left_out,
                         GError                  **error)
{
  Conversation c = { .tokenizer = tl_model_get_tokenizer (model), .request = request };
  tl_error     err = { 0 };
  guint        first = 0, n_out;

  *ids = NULL;
  if (!find_format (&c, model, error))
    return FALSE;
  if (!encode_what_fits (&c, n_ctx, ids, n_ids, &first, &err))
    return tlm_error_from_engine (error, &err);
  if (*n_ids >= n_ctx)
    {
      g_clear_pointer (ids, free);
      return fail_long (*n_ids, n_ctx, error);
    }
  n_out = first - (request->turns[0].role == TLM_TURN_SYSTEM && first > 0 ? 1 : 0);
  if (n_left_out != NULL)
    *n_left_out = n_out;
  if (!request->whole || n_out == 0 || c.chat.format == NULL)
    return TRUE;
  g_clear_pointer (ids, free);
  return refuse_to_leave_out (&c, n_ctx, n_ids, error);
}
