/* SPDX-License-Identifier: Apache-2.0 */
/* What a specialist is asked, as tokens. In the program's own form an output begins with a space,
 * as words in running text do. A conversation is written as the model's chat format says: the
 * output is what stands behind it up to the token that ends a turn. */
#include "specialist-form.h"

#include "text/chat-format.h"

#include <stdlib.h>
#include <string.h>

TlmTurn *
tlm_form_make_turns (const TlmForm            *self,
                     const TlmGenerateRequest *request,
                     guint                    *n)
{
  TlmTurn *turns = g_new (TlmTurn, request->n_turns + 2);

  *n = 0;
  if (self->system != NULL
      && (request->n_turns == 0 || request->turns[0].role != TLM_TURN_SYSTEM))
    turns[(*n)++] = (TlmTurn) { TLM_TURN_SYSTEM, self->system };
  for (guint i = 0; i < request->n_turns; i++)
    turns[(*n)++] = request->turns[i];
  if (request->n_turns == 0)
    turns[(*n)++] = (TlmTurn) { TLM_TURN_USER, (char *) request->prompt };
  return turns;
}

/* ---- conversations ---- */

static tl_chat_role
find_role (const char *name)
{
  return g_str_equal (name, "system")      ? TL_CHAT_SYSTEM
         : g_str_equal (name, "assistant") ? TL_CHAT_ASSISTANT
                                           : TL_CHAT_USER;
}

/* [0, *n) of what is asked; there is room for one more. (transfer full) */
static tl_chat_turn *
make_chat_turns (const TlmForm *self,
                 const char    *input,
                 char *const   *turns,
                 gsize         *n)
{
  const char             *plain[] = { "system", self->system, "user", input, NULL };
  char *const            *all = turns != NULL ? turns
                                : (char *const *) (self->system != NULL ? plain : plain + 2);
  tl_chat_turn           *out = g_new (tl_chat_turn, g_strv_length ((char **) all) / 2 + 1);

  for (*n = 0; all[2 * *n] != NULL; (*n)++)
    out[*n] = (tl_chat_turn) { find_role (all[2 * *n]), all[2 * *n + 1],
                               strlen (all[2 * *n + 1]) };
  return out;
}

/* The tokens of @turns up to where an answer begins, and those of @output and what ends it. */
static gboolean
encode_answered (const tl_model *model,
                 tl_chat_turn   *turns,
                 gsize           n_turns,
                 const char     *output,
                 int32_t       **ids,
                 gsize          *n,
                 gsize          *n_prompt,
                 tl_error       *err)
{
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (model);
  tl_chat_template    chat;
  int32_t            *prompt;
  gsize               same = 0;

  tl_chat_template_read (tl_model_get_gguf (model), &chat);
  if (!tl_chat_encode (tokenizer, &chat, turns, n_turns, &prompt, n_prompt, err))
    return FALSE;
  if (output == NULL)
    {
      *ids = prompt;
      *n = *n_prompt;
      return TRUE;
    }
  turns[n_turns] = (tl_chat_turn) { TL_CHAT_ASSISTANT, output, strlen (output) };
  if (!tl_chat_encode (tokenizer, &chat, turns, n_turns + 1, ids, n, err))
    {
      free (prompt);
      return FALSE;
    }
  while (same < MIN (*n, *n_prompt) && (*ids)[same] == prompt[same])
    same++;
  *n_prompt = same;
  free (prompt);
  while (same < *n && !tl_tokenizer_is_end (tokenizer, (*ids)[same]))
    same++;
  if (same < *n)
    {
      *n = same + 1;
      return TRUE;
    }
  free (*ids);
  return tl_error_set (err, TL_ERROR_UNSUPPORTED, "this model has no token that ends an answer");
}

/* Without its oldest turns, or when only one is left, without the end of that; FALSE: nothing is
 * left. */
static gboolean
shorten (tl_chat_turn *turns,
         gsize        *n_turns,
         gsize         n,
         gsize         max)
{
  gsize         begin = *n_turns > 0 && turns[0].role == TL_CHAT_SYSTEM ? 1 : 0, first = begin + 1;
  tl_chat_turn *last = &turns[*n_turns - 1];

  while (first < *n_turns && turns[first].role != TL_CHAT_USER)
    first++;
  if (first < *n_turns)
    {
      memmove (turns + begin, turns + first, (*n_turns - first) * sizeof *turns);
      *n_turns -= first - begin;
      return TRUE;
    }
  if (last->len == 0)
    return FALSE;
  last->len = last->len * max / n;
  while (last->len > 0 && (last->text[last->len] & 0xc0) == 0x80)
    last->len--;
  return TRUE;
}

static int32_t *
encode_conversation (const TlmForm  *self,
                     const tl_model *model,
                     const char     *input,
                     char *const    *turns,
                     const char     *output,
                     gsize           max,
                     gsize          *n,
                     gsize          *n_prompt,
                     gboolean       *cut,
                     tl_error       *err)
{
  gsize                    n_turns;
  g_autofree tl_chat_turn *said = make_chat_turns (self, input, turns, &n_turns);
  int32_t                 *ids;
  gboolean                 shorter = FALSE;

  while (encode_answered (model, said, n_turns, output, &ids, n, n_prompt, err))
    {
      if (cut != NULL)
        *cut = shorter;
      if (*n <= max)
        return ids;
      free (ids);
      shorter = TRUE;
      if (!shorten (said, &n_turns, *n, max))
        {
          tl_error_set (err, TL_ERROR_ARGUMENT,
                        "a conversation of %zu tokens; there is room for %zu", *n, max);
          break;
        }
    }
  return NULL;
}

/* ---- the program's own form ---- */

static gboolean
encode (const tl_tokenizer *tokenizer,
        const char         *text,
        tl_tokenize_flags   flags,
        int32_t           **ids,
        size_t             *n,
        tl_error           *err)
{
  return tl_tokenizer_encode (tokenizer, text, strlen (text), flags, ids, n, err);
}

/* " output" and the token that ends it. */
static gboolean
encode_spaced (const tl_tokenizer *tokenizer,
               const char         *output,
               int32_t           **ids,
               size_t             *n,
               tl_error           *err)
{
  g_autofree char *spaced = g_strconcat (" ", output, NULL);
  int32_t          end = tl_tokenizer_get_eos (tokenizer);
  int32_t         *plain;

  *ids = NULL;
  if (end < 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "this model has no token that ends a text");
  if (!encode (tokenizer, spaced, TL_TOKENIZE_NONE, &plain, n, err))
    return FALSE;
  *ids = malloc ((*n + 1) * sizeof **ids);
  if (*ids == NULL)
    {
      free (plain);
      return tl_error_set (err, TL_ERROR_MEMORY, "no memory for an output");
    }
  memcpy (*ids, plain, *n * sizeof *plain);
  (*ids)[(*n)++] = end;
  free (plain);
  return TRUE;
}

/* @tokens: (nullable): NULL where there are none */
static void
put_tokens (int32_t       *to,
            const int32_t *tokens,
            gsize          n)
{
  if (n > 0)
    memcpy (to, tokens, n * sizeof *to);
}

static int32_t *
encode_pair (const TlmForm      *self,
             const tl_tokenizer *tokenizer,
             const char         *input,
             const char         *output,
             gsize               max,
             gsize              *n,
             gsize              *n_prompt,
             gboolean           *cut,
             tl_error           *err)
{
  int32_t *in = NULL, *suffix = NULL, *out = NULL, *all = NULL;
  size_t   n_in = 0, n_suffix = 0, n_out = 0;
  gboolean good;

  good = encode (tokenizer, input, TL_TOKENIZE_ADD_BOS, &in, &n_in, err)
         && encode (tokenizer, self->suffix, TL_TOKENIZE_NONE, &suffix, &n_suffix, err)
         && (output == NULL || encode_spaced (tokenizer, output, &out, &n_out, err));
  if (good && n_out + n_suffix + 1 > max)
    good = tl_error_set (err, TL_ERROR_ARGUMENT, "an output of %zu tokens; there is room for %zu",
                         n_out, max);
  if (good)
    {
      gsize kept = MIN (n_in, max - n_out - n_suffix);

      if (cut != NULL)
        *cut = kept < n_in;
      *n_prompt = kept + n_suffix;
      *n = *n_prompt + n_out;
      all = malloc (MAX (*n, 1) * sizeof *all);
      good = all != NULL || tl_error_set (err, TL_ERROR_MEMORY, "no memory for an example");
      if (good)
        {
          put_tokens (all, in, kept);
          put_tokens (all + kept, suffix, n_suffix);
          put_tokens (all + *n_prompt, out, n_out);
        }
    }
  free (in);
  free (suffix);
  free (out);
  return all;
}

/* ---- either ---- */

int32_t *
tlm_form_encode (const TlmForm  *self,
                 const tl_model *model,
                 const char     *input,
                 char *const    *turns,
                 const char     *output,
                 gsize           max,
                 gsize          *n,
                 gsize          *n_prompt,
                 gboolean       *cut,
                 tl_error       *err)
{
  if (self->chat)
    return encode_conversation (self, model, input, turns, output, max, n, n_prompt, cut, err);
  return encode_pair (self, tl_model_get_tokenizer (model), input, output, max, n, n_prompt, cut,
                      err);
}

int32_t *
tlm_form_encode_output (const TlmForm  *self,
                        const tl_model *model,
                        const char     *output,
                        gsize          *n,
                        tl_error       *err)
{
  gsize    n_prompt;
  int32_t *ids = tlm_form_encode (self, model, "", NULL, output, G_MAXSIZE, n, &n_prompt, NULL,
                                  err);

  if (ids == NULL)
    return NULL;
  *n -= n_prompt;
  memmove (ids, ids + n_prompt, *n * sizeof *ids);
  return ids;
}
