/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a specialist: to and from metadata, and asking with it. */
#include "specialist-form.h"

#include "models/generation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One line end, and a mark that texts seldom have at the beginning of a line. */
#define SUFFIX "\n=>"

#define KEY(name) "tinylm.specialist." name

TlmForm *
tlm_form_new (void)
{
  TlmForm *self = g_new0 (TlmForm, 1);

  self->suffix = g_strdup (SUFFIX);
  self->labels = g_ptr_array_new_with_free_func (g_free);
  self->temperature = 1;
  return self;
}

void
tlm_form_free (TlmForm *self)
{
  g_free (self->suffix);
  g_free (self->system);
  g_ptr_array_unref (self->labels);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_free (self);
}

/* ---- metadata ---- */

/* (transfer full) (nullable): NULL when it is no list of strings */
static GPtrArray *
read_strings (const tl_gguf *gguf,
              const char    *key)
{
  GPtrArray   *strings;
  tl_gguf_type type;
  size_t       n = 0;

  if (!tl_gguf_get_array (gguf, key, &type, &n) || type != TL_GGUF_STRING)
    return NULL;
  strings = g_ptr_array_new_with_free_func (g_free);
  for (size_t i = 0; i < n; i++)
    {
      tl_str string = tl_gguf_array_string (gguf, key, i);

      g_ptr_array_add (strings, g_utf8_make_valid (string.data, (gssize) string.len));
    }
  return strings;
}

static void
write_strings (tl_gguf_writer  *w,
               const char      *key,
               const GPtrArray *strings)
{
  g_autofree tl_str *values = g_new (tl_str, strings->len + 1);

  for (guint i = 0; i < strings->len; i++)
    values[i] = (tl_str) { strings->pdata[i], strlen (strings->pdata[i]) };
  tl_gguf_writer_strings (w, key, values, strings->len);
}

TlmForm *
tlm_form_read (const tl_gguf *gguf)
{
  TlmForm   *self;
  GPtrArray *labels;
  uint64_t   version = 0;
  tl_str     suffix, system;
  bool       chat, spread;

  if (!tl_gguf_get_u64 (gguf, KEY ("version"), &version) || version != 1
      || !tl_gguf_get_string (gguf, KEY ("suffix"), &suffix))
    return NULL;
  self = tlm_form_new ();
  g_free (self->suffix);
  self->suffix = g_utf8_make_valid (suffix.data, (gssize) suffix.len);
  self->chat = tl_gguf_get_bool (gguf, KEY ("chat"), &chat) && chat;
  self->spread = tl_gguf_get_bool (gguf, KEY ("held_out_spread"), &spread) && spread;
  if (tl_gguf_get_string (gguf, KEY ("system"), &system))
    self->system = g_utf8_make_valid (system.data, (gssize) system.len);
  labels = read_strings (gguf, KEY ("labels"));
  if (labels != NULL)
    {
      g_ptr_array_unref (self->labels);
      self->labels = labels;
    }
  self->words = read_strings (gguf, KEY ("words"));
  tl_gguf_get_f64 (gguf, KEY ("temperature"), &self->temperature);
  tl_gguf_get_f64 (gguf, KEY ("threshold"), &self->threshold);
  if (!(self->temperature > 0.01 && self->temperature < 100))
    self->temperature = 1;
  return self;
}

void
tlm_form_write (const TlmForm  *self,
                tl_gguf_writer *w)
{
  tl_gguf_writer_u32 (w, KEY ("version"), 1);
  tl_gguf_writer_string (w, KEY ("suffix"), self->suffix);
  if (self->chat)
    tl_gguf_writer_bool (w, KEY ("chat"), true);
  if (self->spread)
    tl_gguf_writer_bool (w, KEY ("held_out_spread"), true);
  if (self->system != NULL)
    tl_gguf_writer_string (w, KEY ("system"), self->system);
  if (self->words != NULL)
    write_strings (w, KEY ("words"), self->words);
  if (self->labels->len == 0)
    return;
  write_strings (w, KEY ("labels"), self->labels);
  tl_gguf_writer_f32 (w, KEY ("temperature"), (float) self->temperature);
  tl_gguf_writer_f32 (w, KEY ("threshold"), (float) self->threshold);
}

char *
tlm_form_make_prompt (const TlmForm *self,
                      const char    *input)
{
  return g_strconcat (input, self->suffix, NULL);
}

/* ---- asking ---- */

static gboolean
prefill (const TlmForm      *self,
         tl_session         *session,
         const tl_model     *model,
         const char         *input,
         char *const        *turns,
         gsize               reserve,
         tl_cancel_func      cancel,
         void               *cancel_data,
         gsize              *n,
         gboolean           *cut,
         tl_error           *err)
{
  gsize    n_prompt, n_ctx = tl_session_get_n_ctx (session);
  int32_t *ids = tlm_form_encode (self, model, input, turns, NULL,
                                  n_ctx > reserve ? n_ctx - reserve : 1, n, &n_prompt, cut, err);
  gboolean good;
  size_t   kept;

  if (ids == NULL)
    return FALSE;
  kept = tl_session_reuse (session, ids, *n);
  good = *n > 0 ? tl_session_prefill (session, ids + kept, *n - kept, cancel, cancel_data, err)
                : tlm_generation_fail_unspelt (err);
  free (ids);
  return good;
}

static double
log_p (const float *logits,
       guint        n,
       int32_t      id)
{
  float  max = logits[0];
  double sum = 0;

  for (guint i = 1; i < n; i++)
    max = MAX (max, logits[i]);
  for (guint i = 0; i < n; i++)
    sum += exp ((double) (logits[i] - max));
  return (double) (logits[id] - max) - log (sum);
}

/* The log-likelihood of a label behind the @n_prompt tokens whose logits are @first. */
static gboolean
score_label (const TlmForm  *self,
             tl_session     *session,
             const tl_model *model,
             const char     *label,
             gsize           n_prompt,
             const float    *first,
             guint           n_vocab,
             double         *score,
             tl_error       *err)
{
  gsize             n;
  int32_t          *ids = tlm_form_encode_output (self, model, label, &n, err);
  g_autofree float *logprobs = NULL;
  gboolean          good;

  if (ids == NULL)
    return FALSE;
  logprobs = g_new (float, n);
  tl_session_truncate (session, (uint32_t) n_prompt);
  good = tl_session_score (session, ids, n, logprobs, err);
  *score = log_p (first, n_vocab, ids[0]);
  for (size_t i = 1; good && i < n; i++)
    *score += (double) logprobs[i];
  free (ids);
  return good;
}

static void
soften (double *scores,
        guint   n,
        double  temperature)
{
  double max = scores[0], sum = 0;

  for (guint i = 1; i < n; i++)
    max = MAX (max, scores[i]);
  for (guint i = 0; i < n; i++)
    sum += scores[i] = exp ((scores[i] - max) / temperature);
  for (guint i = 0; i < n; i++)
    scores[i] /= sum;
}

/* Tokens that an output may have, at most, kept free behind a prompt. */
#define ROOM 64

gboolean
tlm_form_classify (const TlmForm      *self,
                   tl_session         *session,
                   const tl_model     *model,
                   const char         *input,
                   char *const        *turns,
                   double              temperature,
                   tl_cancel_func      cancel,
                   void               *cancel_data,
                   double             *p,
                   gboolean           *cut,
                   tl_error           *err)
{
  g_autofree float *first = NULL;
  guint             n_vocab = tl_model_get_info (model)->n_vocab;
  gsize             n;

  if (!prefill (self, session, model, input, turns, ROOM, cancel, cancel_data, &n, cut, err))
    return FALSE;
  first = g_memdup2 (tl_session_get_logits (session), n_vocab * sizeof *first);
  for (guint i = 0; i < self->labels->len; i++)
    {
      if (cancel != NULL && cancel (cancel_data))
        return tl_error_set (err, TL_ERROR_CANCELLED, "stopped");
      if (!score_label (self, session, model, self->labels->pdata[i], n, first, n_vocab, &p[i],
                        err))
        return FALSE;
    }
  soften (p, self->labels->len, temperature);
  return TRUE;
}

guint
tlm_labels_find_likeliest (const GPtrArray *labels,
                           const double    *p)
{
  guint best = 0;

  for (guint i = 1; i < labels->len; i++)
    best = p[i] > p[best] ? i : best;
  return best;
}

char *
tlm_form_dup_input (const TlmForm *self,
                    const char    *prompt)
{
  return !self->chat && g_str_has_suffix (prompt, self->suffix)
           ? g_strndup (prompt, strlen (prompt) - strlen (self->suffix)) : NULL;
}

/* (transfer full) (nullable) */
static TlmWordFilter *
make_filter (const TlmForm      *self,
             const char         *input,
             const tl_tokenizer *tokenizer)
{
  return self->words != NULL ? tlm_word_filter_new (self->words, input, tokenizer) : NULL;
}

void
tlm_form_fill_request (const TlmForm      *self,
                       const tl_tokenizer *tokenizer,
                       TlmGenerateRequest *request)
{
  request->suffix = self->suffix;
  request->filter = make_filter (self, request->prompt, tokenizer);
}

/* Of those that may follow; all of them may when @filter is NULL. */
static int32_t
find_best (const float   *logits,
           guint          n_vocab,
           TlmWordFilter *filter)
{
  gsize          n = 0;
  const int32_t *allowed = filter != NULL ? tlm_word_filter_get_allowed (filter, &n) : NULL;
  int32_t        best = n > 0 ? allowed[0] : 0;

  for (guint i = 1; i < (n > 0 ? n : n_vocab); i++)
    {
      int32_t id = n > 0 ? allowed[i] : (int32_t) i;

      best = logits[id] > logits[best] ? id : best;
    }
  return best;
}

char *
tlm_form_write_output (const TlmForm      *self,
                       tl_session         *session,
                       const tl_model     *model,
                       const char         *input,
                       char *const        *turns,
                       guint               max_tokens,
                       tl_cancel_func      cancel,
                       void               *cancel_data,
                       gboolean           *cut,
                       tl_error           *err)
{
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (model);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *piece = g_malloc (tl_tokenizer_get_max_piece (tokenizer) + 16);
  tl_decoder          decoder = { .started = true };
  g_autoptr (TlmWordFilter) filter = make_filter (self, input, tokenizer);
  gsize               n;

  if (!prefill (self, session, model, input, turns, MIN (max_tokens, ROOM), cancel, cancel_data, &n,
                cut, err))
    return NULL;
  for (guint i = 0; i < max_tokens; i++)
    {
      int32_t best;

      if (cancel != NULL && cancel (cancel_data))
        {
          tl_error_set (err, TL_ERROR_CANCELLED, "stopped");
          return NULL;
        }
      best = find_best (tl_session_get_logits (session), tl_model_get_info (model)->n_vocab, filter);
      if (tl_tokenizer_is_end (tokenizer, best)
          || tl_session_get_position (session) == tl_session_get_n_ctx (session))
        break;
      g_string_append_len (text, piece,
                           (gssize) tl_tokenizer_decode (tokenizer, &decoder, best, piece));
      if (filter != NULL)
        tlm_word_filter_accept (filter, best);
      if (!tl_session_decode (session, best, err))
        return NULL;
    }
  g_string_append_len (text, piece, (gssize) tl_tokenizer_decode_finish (&decoder, piece));
  return g_strstrip (g_string_free (g_steal_pointer (&text), FALSE));
}
