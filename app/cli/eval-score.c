/* SPDX-License-Identifier: Apache-2.0 */
/* Does a language model's likelihood tell key sentences from others? Each unit of a note is scored
 * after the text before it; how surprising it is becomes a rank of its own, and a hint added to the
 * reader's. The weight of the hint is the best one for these very notes, so what the last row gains
 * is more than it would gain on others. */
#include <math.h>
#include <stdlib.h>

#include "cli/eval-lm.h"
#include "cli/eval-rank.h"
#include "core/errors.h"

#define MAX_CONTEXT 600 /* bytes before a unit that the model is given */

typedef enum { READER, SURPRISE, MEAN_SURPRISE, HINTED, N_SYSTEMS } System;

static const char *const system_names[N_SYSTEMS] = {
  "reader", "surprise of the unit", "surprise a token", "reader + surprise",
};

static const float weights[] = { -0.8f, -0.4f, -0.2f, -0.1f, 0.1f, 0.2f, 0.4f, 0.8f };

typedef struct
{
  const TlmDataset   *notes;
  const tl_model     *model;
  const tl_tokenizer *tokenizer;
  tl_session         *session;
  double             *p3[N_SYSTEMS];               /* [notes] */
  double             *hinted[G_N_ELEMENTS (weights)]; /* [notes] */
} Bench;

/* Nats of all of @text [from, to) after what stands before it, and how many tokens they are. */
static gboolean
score_unit (Bench *b, const char *text, gsize from, gsize to, double *nats, gsize *n_tokens,
            tl_error *err)
{
  gsize start = from > MAX_CONTEXT ? from - MAX_CONTEXT : 0;
  g_autofree float *logprobs = NULL;
  int32_t *before = NULL, *ids = NULL;
  size_t n_before = 0, n = 0, room = tl_session_get_n_ctx (b->session), skip;
  gboolean ok;

  while (start < from && (text[start] & 0xc0) == 0x80)
    start++;
  ok = tl_tokenizer_encode (b->tokenizer, text + start, from - start, TL_TOKENIZE_ADD_BOS, &before,
                            &n_before, err)
       && tl_tokenizer_encode (b->tokenizer, text + from, to - from, TL_TOKENIZE_NONE, &ids, &n,
                               err);
  n = MIN (n, room / 2);
  skip = n_before + n > room ? n_before + n - room : 0;
  logprobs = g_new (float, n + 1);
  tl_session_truncate (b->session, 0);
  ok = ok
       && (n_before == 0
           || tl_session_prefill (b->session, before + skip, n_before - skip, NULL, NULL, err))
       && tl_session_score (b->session, ids, n, logprobs, err);
  for (gsize i = 0; ok && i < n; i++) /* the first token of a note has nothing before it */
    *nats -= isnan (logprobs[i]) ? 0 : (double) logprobs[i];
  *n_tokens = n;
  free (before);
  free (ids);
  return ok;
}

static float
logit (float p)
{
  p = CLAMP (p, 1e-4f, 1 - 1e-4f);
  return logf (p / (1 - p));
}

static void
standardise (float *x, gsize n)
{
  double sum = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i];
  for (gsize i = 0; i < n; i++)
    squares += ((double) x[i] - sum / (double) n) * ((double) x[i] - sum / (double) n);
  for (gsize i = 0; i < n; i++)
    x[i] = (float) (((double) x[i] - sum / (double) n) / (sqrt (squares / (double) n) + 1e-9));
}

static double
rate (Bench *b, gsize i, const tl_note *note, const float *scores)
{
  TlmOpinion opinion = { note, scores };
  double metrics[TLM_N_METRICS] = { 0 };

  return tlm_eval_rank (&b->notes->examples[i], &opinion, metrics) ? metrics[TLM_METRIC_P3] : NAN;
}

static gboolean
rate_note (Bench *b, gsize i, tl_reader *reader, const tl_note *note, tl_error *err)
{
  const tl_reader_example *e = &b->notes->examples[i];
  float total[TL_READER_MAX_UNITS], mean[TL_READER_MAX_UNITS], scores[TL_READER_MAX_UNITS];
  tl_reading *reading = tl_reader_read (reader, e->text, e->len, NULL, NULL, err);

  if (reading == NULL)
    return FALSE;
  for (gsize u = 0; u < note->n_units; u++)
    {
      double nats = 0;
      gsize n = 0;

      if (!score_unit (b, e->text, note->units[u].start, note->units[u].end, &nats, &n, err))
        break;
      total[u] = (float) nats;
      mean[u] = (float) (nats / (double) MAX (n, 1));
      scores[u] = reading->units[u].p_key;
    }
  if (err->code == TL_OK)
    {
      b->p3[READER][i] = rate (b, i, note, scores);
      b->p3[SURPRISE][i] = rate (b, i, note, total);
      b->p3[MEAN_SURPRISE][i] = rate (b, i, note, mean);
      standardise (mean, note->n_units);
      for (gsize w = 0; w < G_N_ELEMENTS (weights); w++)
        {
          float hinted[TL_READER_MAX_UNITS];

          for (gsize u = 0; u < note->n_units; u++)
            hinted[u] = logit (scores[u]) + weights[w] * mean[u];
          b->hinted[w][i] = rate (b, i, note, hinted);
        }
    }
  tl_reading_free (reading);
  return err->code == TL_OK;
}

static gboolean
rate_notes (Bench *b, tl_reader *reader, tl_error *err)
{
  tl_tokenizer *tokenizer = tl_tokenizer_new_from_gguf (tl_model_get_gguf (b->model), err);
  gboolean ok = tokenizer != NULL;

  for (gsize i = 0; ok && i < b->notes->n; i++)
    {
      tl_note *note;
      tl_note_labels labels;

      ok = tl_example_prepare (tokenizer, &b->notes->examples[i], &note, &labels, err);
      if (ok)
        {
          ok = rate_note (b, i, reader, note, err);
          tl_example_free_labels (&labels);
          tl_note_free (note);
        }
    }
  tl_tokenizer_free (tokenizer);
  return ok;
}

/* Over the notes that have key units: the others are NAN. */
static TlmInterval
interval (const Bench *b, const double *values, const double *minus)
{
  g_autofree double *kept = g_new (double, b->notes->n);
  gsize n = 0;

  for (gsize i = 0; i < b->notes->n; i++)
    if (!isnan (values[i]))
      kept[n++] = values[i] - (minus != NULL ? minus[i] : 0);
  return tlm_bootstrap (kept, n, 1);
}

static void
report (Bench *b, GString *out)
{
  gsize best = 0;

  for (gsize w = 1; w < G_N_ELEMENTS (weights); w++)
    if (interval (b, b->hinted[w], NULL).mean > interval (b, b->hinted[best], NULL).mean)
      best = w;
  b->p3[HINTED] = b->hinted[best];
  g_string_append (out, "key sentences            P@3   minus reader [95 %]\n");
  for (int s = 0; s < N_SYSTEMS; s++)
    {
      TlmInterval d = interval (b, b->p3[s], b->p3[READER]);

      g_string_append_printf (out, "%-22s %5.3f   %+.3f [%+.3f, %+.3f]", system_names[s],
                              interval (b, b->p3[s], NULL).mean, d.mean, d.low, d.high);
      if (s == HINTED)
        g_string_append_printf (out, "  weight %+.1f, the best for these notes",
                                (double) weights[best]);
      g_string_append_c (out, '\n');
    }
}

gboolean
tlm_eval_score (const TlmDataset *notes, const tl_model *model, tl_reader *reader, GString *out,
                GError **error)
{
  tl_error err = { 0 };
  Bench b = { .notes = notes, .model = model, .tokenizer = tl_model_get_tokenizer (model) };
  gboolean ok;

  for (int s = 0; s < HINTED; s++)
    b.p3[s] = g_new0 (double, notes->n);
  for (gsize w = 0; w < G_N_ELEMENTS (weights); w++)
    b.hinted[w] = g_new0 (double, notes->n);
  b.session = tl_session_new (model, 0, NULL, &err);
  ok = b.session != NULL && rate_notes (&b, reader, &err);
  if (ok)
    report (&b, out);
  else
    tlm_error_from_engine (error, &err);
  for (int s = 0; s < HINTED; s++)
    g_free (b.p3[s]);
  for (gsize w = 0; w < G_N_ELEMENTS (weights); w++)
    g_free (b.hinted[w]);
  tl_session_free (b.session);
  return ok;
}
