/* SPDX-License-Identifier: Apache-2.0 */
/* Prefill the prompt, then sample, decode and hand out whole characters until the model ends, the
 * asked number is there, the context is full or the caller stops it. */
#include "generation.h"

#include "chats/conversation.h"
#include "core/errors.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  const tl_model     *model;
  const tl_tokenizer *tokenizer;
  tl_session         *session;
  tl_sampler         *sampler;
  TlmWordFilter      *filter;
  tl_decoder          decoder;
  char               *piece;
  TlmBytesFunc        on_bytes;
  gpointer            data;
  tl_cancel_func      cancel;
  gpointer            cancel_data;
} Run;

void
tlm_generate_request_init (TlmGenerateRequest *request)
{
  *request = (TlmGenerateRequest) {
    .prompt = "",
    .max_tokens = 256,
    .temperature = 0.8f,
    .top_p = 0.95f,
    .min_p = 0.05f,
    .repeat_penalty = 1.1f,
    .top_k = 40,
    .lookup = TRUE,
  };
}

static tl_sampler *
make_sampler (const tl_model           *model,
              const TlmGenerateRequest *request,
              tl_error                 *err)
{
  tl_sampler_params params;

  tl_sampler_params_init (&params);
  params.temperature = request->temperature;
  params.top_k = request->top_k;
  params.top_p = request->top_p;
  params.min_p = request->min_p;
  params.repeat_penalty = request->repeat_penalty;
  params.repeat_last_n = 64;
  params.seed = request->seed;
  return tl_sampler_new (&params, tl_model_get_info (model)->n_vocab, err);
}

/* As tlm_form_encode() does for the examples that a specialist learns. */
static gboolean
encode_suffixed (const tl_tokenizer       *tokenizer,
                 const TlmGenerateRequest *request,
                 int32_t                 **ids,
                 size_t                   *n,
                 tl_error                 *err)
{
  int32_t *input = NULL, *suffix = NULL;
  size_t   n_input = 0, n_suffix = 0;
  gboolean good;

  good = tl_tokenizer_encode (tokenizer, request->prompt, strlen (request->prompt),
                              TL_TOKENIZE_ADD_BOS, &input, &n_input, err)
         && tl_tokenizer_encode (tokenizer, request->suffix, strlen (request->suffix),
                                 TL_TOKENIZE_NONE, &suffix, &n_suffix, err);
  *n = n_input + n_suffix;
  *ids = good ? malloc (MAX (*n, 1) * sizeof **ids) : NULL;
  if (good && *ids == NULL)
    good = tl_error_set (err, TL_ERROR_MEMORY, "no memory for the prompt");
  for (size_t i = 0; good && i < *n; i++)
    (*ids)[i] = i < n_input ? input[i] : suffix[i - n_input];
  free (input);
  free (suffix);
  return good;
}

/* An empty text has no tokens but the one that begins every text. */
gboolean
tlm_generation_encode (const tl_tokenizer       *tokenizer,
                       const TlmGenerateRequest *request,
                       int32_t                 **ids,
                       size_t                   *n,
                       tl_error                 *err)
{
  const char *prompt = request->prompt;
  int32_t     bos = tl_tokenizer_get_bos (tokenizer);

  if (request->suffix != NULL)
    return encode_suffixed (tokenizer, request, ids, n, err);
  if (*prompt != '\0')
    return tl_tokenizer_encode (tokenizer, prompt, strlen (prompt), TL_TOKENIZE_ADD_BOS, ids, n,
                                err);
  if (bos < 0)
    bos = tl_tokenizer_get_eos (tokenizer);
  if (bos < 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "this model has no token that begins a text: give it a prompt");
  *ids = malloc (sizeof **ids);
  if (*ids == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory for the prompt");
  **ids = bos;
  *n = 1;
  return true;
}

static gboolean
fail_long (size_t   n,
           guint    n_ctx,
           GError **error)
{
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               ngettext ("This text is %zu token long, and the model holds %u. Shorten it.",
                         "This text is %zu tokens long, and the model holds %u. Shorten it.",
                         (gulong) n), n, n_ctx);
  return FALSE;
}

static gboolean
encode_request (Run                      *run,
                const TlmGenerateRequest *request,
                int32_t                 **ids,
                size_t                   *n,
                guint                    *n_left_out,
                GError                  **error)
{
  guint    n_ctx = tl_session_get_n_ctx (run->session);
  tl_error err = { 0 };

  if (request->n_turns > 0)
    return tlm_conversation_encode (run->model, request, n_ctx, ids, n, n_left_out, error);
  if (!tlm_generation_encode (run->tokenizer, request, ids, n, &err))
    return tlm_error_from_engine (error, &err);
  return *n <= n_ctx || fail_long (*n, n_ctx, error);
}

gboolean
tlm_generation_fail_unspelt (tl_error *err)
{
  return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s",
                       _("The vocabulary of this model has no tokens for this text. Write another, or "
                         "use another model."));
}

static gboolean
prefill (Run           *run,
         const int32_t *ids,
         size_t         n,
         GError       **error)
{
  size_t   kept = tl_session_reuse (run->session, ids, n);
  tl_error err = { 0 };

  if (!(n > 0 ? tl_session_prefill (run->session, ids + kept, n - kept, run->cancel,
                                    run->cancel_data, &err)
              : tlm_generation_fail_unspelt (&err)))
    return tlm_error_from_engine (error, &err);
  for (size_t i = 0; i < n; i++)
    tl_sampler_accept (run->sampler, ids[i]);
  return TRUE;
}

static void
emit (Run   *run,
      gsize  n)
{
  if (n > 0)
    run->on_bytes (run->piece, n, run->data);
}

/* The next token, of those that the filter allows. */
static int32_t
choose (Run *run)
{
  gsize          n = 0;
  const int32_t *allowed = run->filter != NULL ? tlm_word_filter_get_allowed (run->filter, &n)
                                               : NULL;

  return tl_sampler_sample (run->sampler, tl_session_get_logits (run->session),
                            n > 0 ? allowed : NULL, n);
}

static gboolean
continue_text (Run      *run,
               guint     max_tokens,
               tl_error *err)
{
  for (guint n = 1; n <= max_tokens; n++)
    {
      int32_t id;

      if (run->cancel != NULL && run->cancel (run->cancel_data))
        return tl_error_set (err, TL_ERROR_CANCELLED, "stopped");
      id = choose (run);
      if (tl_tokenizer_is_end (run->tokenizer, id) || id == tl_tokenizer_get_bos (run->tokenizer))
        return TRUE;
      tl_sampler_accept (run->sampler, id);
      if (run->filter != NULL)
        tlm_word_filter_accept (run->filter, id);
      emit (run, tl_tokenizer_decode (run->tokenizer, &run->decoder, id, run->piece));
      if (n == max_tokens
          || tl_session_get_position (run->session) == tl_session_get_n_ctx (run->session))
        return TRUE;
      if (!tl_session_decode (run->session, id, err))
        return FALSE;
    }
  return TRUE;
}

/* The run has its sampler. */
static gboolean
answer (Run                      *run,
        const TlmGenerateRequest *request,
        TlmContextUse            *use,
        GError                  **error)
{
  int32_t *ids = NULL;
  size_t   n = 0;
  tl_error err = { 0 };
  gboolean good;

  use->n_held = tl_session_get_n_ctx (run->session);
  good = encode_request (run, request, &ids, &n, &use->n_left_out, error);
  if (!good)
    use->n_used = use->n_left_out > 0 ? (guint) n : 0;
  good = good && prefill (run, ids, n, error);
  free (ids);
  if (!good)
    return FALSE;
  good = continue_text (run, request->max_tokens, &err);
  use->n_used = tl_session_get_position (run->session);
  emit (run, tl_tokenizer_decode_finish (&run->decoder, run->piece));
  return good || tlm_error_from_engine (error, &err);
}

gboolean
tlm_generation_run (const tl_model           *model,
                    tl_session               *session,
                    const TlmGenerateRequest *request,
                    TlmBytesFunc              on_bytes,
                    gpointer                  data,
                    tl_cancel_func            cancel,
                    gpointer                  cancel_data,
                    TlmContextUse            *use,
                    GError                  **error)
{
  TlmContextUse own = { 0 };
  Run      run = { model, tl_model_get_tokenizer (model), session, .filter = request->filter,
                   .on_bytes = on_bytes, .data = data, .cancel = cancel, .cancel_data = cancel_data };
  tl_error err = { 0 };
  gboolean good;

  if (run.tokenizer == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL,
                           _("This model has no vocabulary, so it cannot write text."));
      return FALSE;
    }
  /* A continuation of a text keeps the space that it begins with; an answer begins a text. */
  run.decoder.started = request->n_turns == 0
                        && (*request->prompt != '\0' || request->suffix != NULL);
  run.piece = g_malloc (tl_tokenizer_get_max_piece (run.tokenizer) + 16);
  run.sampler = make_sampler (model, request, &err);
  tl_session_set_lookup (session, request->lookup);
  good = run.sampler != NULL ? answer (&run, request, use != NULL ? use : &own, error)
                             : tlm_error_from_engine (error, &err);
  tl_sampler_free (run.sampler);
  g_free (run.piece);
  return good;
}
