/* SPDX-License-Identifier: Apache-2.0 */
/* cache-bench MODEL.gguf TEXT: what each type of cache costs and gains. The text is read in windows of
 * at most 512 tokens; the perplexity is over all of them, and the logits of each window's end are
 * compared with those over a cache of F32. Speeds are of decode at that depth, by processor time, the
 * best of alternating runs. One JSON line a type. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "model/session.h"

enum { MAX_WINDOW = 512, MAX_TOKENS = 1 << 16, N_STEPS = 16, N_RUNS = 7, N_TYPES = 3 };

static const tl_type types[N_TYPES] = { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q8_0 };

typedef struct
{
  tl_session *session;
  double      sum; /* of -log p */
  float       largest, range; /* of differences of logits; of the logits themselves */
  size_t      n_same; /* windows whose likeliest token is that of F32 */
  double      best;   /* seconds of N_STEPS */
} candidate;

typedef struct
{
  candidate of[N_TYPES];
  uint32_t  n_vocab, window;
  size_t    n, n_windows, n_scored;
  int32_t  *ids;
} bench;

static double
processor_seconds (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void
compare (const bench *b, candidate *c)
{
  const float *exact = tl_session_get_logits (b->of[0].session);
  const float *got = tl_session_get_logits (c->session);
  uint32_t best = 0, best_exact = 0;

  for (uint32_t i = 0; i < b->n_vocab; i++)
    {
      c->largest = fmaxf (c->largest, fabsf (got[i] - exact[i]));
      c->range = fmaxf (c->range, fabsf (exact[i]));
      best = got[i] > got[best] ? i : best;
      best_exact = exact[i] > exact[best_exact] ? i : best_exact;
    }
  c->n_same += best == best_exact;
}

static void
score_window (bench *b, const int32_t *ids, size_t n)
{
  float logprobs[MAX_WINDOW];

  for (int t = 0; t < N_TYPES; t++)
    {
      candidate *c = &b->of[t];

      tl_session_truncate (c->session, 0);
      if (!tl_session_score (c->session, ids, n, logprobs, NULL))
        abort ();
      for (size_t i = 1; i < n; i++)
        c->sum -= (double) logprobs[i];
      compare (b, c);
    }
  b->n_windows++;
  b->n_scored += n - 1;
}

/* Each candidate's context is full but for the steps. */
static void
measure_speed (bench *b)
{
  for (int run = 0; run < N_RUNS * N_TYPES; run++)
    {
      candidate *c = &b->of[run % N_TYPES];
      double start;

      tl_session_truncate (c->session, b->window - N_STEPS);
      start = processor_seconds ();
      for (int i = 0; i < N_STEPS; i++)
        if (!tl_session_decode (c->session, b->ids[i], NULL))
          abort ();
      c->best = fmin (c->best, processor_seconds () - start);
    }
}

static void
print (const bench *b, const tl_model_info *info)
{
  for (int t = 0; t < N_TYPES; t++)
    {
      const candidate *c = &b->of[t];

      printf ("{\"name\": \"cache %s\", \"bytes_a_position\": %llu, \"perplexity\": %.4f, "
              "\"tokens\": %zu, \"largest_logit_difference\": %.4f, \"largest_logit\": %.2f, "
              "\"same_likeliest\": %.3f, \"decode\": %.1f, \"depth\": %u, "
              "\"unit\": \"tokens/s of processor time\"}\n",
              tl_type_get_info ((uint32_t) types[t])->name,
              (unsigned long long) tl_session_cache_bytes (info, types[t]),
              exp (c->sum / (double) b->n_scored), b->n_scored, (double) c->largest,
              (double) c->range, (double) c->n_same / (double) b->n_windows, N_STEPS / c->best,
              b->window - N_STEPS);
    }
}

static bool
open_sessions (bench *b, const tl_model *model, tl_error *err)
{
  const tl_model_info *info = tl_model_get_info (model);

  b->n_vocab = info->n_vocab;
  b->window = info->n_ctx_train < MAX_WINDOW ? info->n_ctx_train : MAX_WINDOW;
  for (int t = 0; t < N_TYPES; t++)
    {
      b->of[t] = (candidate) { .best = INFINITY };
      b->of[t].session = tl_session_new_with_cache (model, b->window, types[t], NULL, err);
      if (b->of[t].session == NULL)
        return false;
    }
  return true;
}

int
main (int argc, char **argv)
{
  tl_error err = { 0 };
  tl_model *model = argc == 3 ? tl_model_open (argv[1], &err) : NULL;
  tl_map text = { 0 };
  bench b = { 0 };
  bool good;

  if (argc != 3)
    return fprintf (stderr, "usage: cache-bench MODEL.gguf TEXT\n"), 2;
  good = model != NULL && open_sessions (&b, model, &err) && tl_map_open (&text, argv[2], &err)
         && tl_tokenizer_encode (tl_model_get_tokenizer (model), (const char *) text.data, text.size,
                                 TL_TOKENIZE_NONE, &b.ids, &b.n, &err);
  if (good && b.n < b.window)
    good = tl_error_set (&err, TL_ERROR_ARGUMENT, "%s: shorter than %u tokens", argv[2], b.window);
  for (size_t at = 0; good && at + b.window <= b.n && at < MAX_TOKENS; at += b.window)
    score_window (&b, b.ids + at, b.window);
  if (good)
    {
      measure_speed (&b);
      print (&b, tl_model_get_info (model));
    }
  else
    fprintf (stderr, "cache-bench: %s\n", err.message);
  free (b.ids);
  tl_map_close (&text);
  for (int t = 0; t < N_TYPES; t++)
    tl_session_free (b.of[t].session);
  tl_model_close (model);
  return good ? 0 : 1;
}
