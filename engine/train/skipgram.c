/* SPDX-License-Identifier: Apache-2.0 */
/* Skip-gram with negative sampling. Every token has two vectors: one as the centre, which is the
 * result, and one as a neighbour, which is thrown away. For a centre c and a token o that is a
 * neighbour (t = 1) or was drawn at random (t = 0) the loss is
 *   -t log sigmoid (c . o) - (1 - t) log sigmoid (-c . o)
 * and one step of plain gradient descent moves both by lr (t - sigmoid (c . o)) times the other. */
#include "train/skipgram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define N_DRAWS (1u << 18) /* entries of the table of random tokens: 64 for each of 4,096 */
#define MAX_RUN 4096       /* tokens that are looked at together */

typedef struct
{
  const tl_skipgram_config *c;
  const tl_kernels         *kernels;
  tl_rng                    rng;
  size_t                    n_vocab;
  float                    *centres;    /* [n_vocab, dim] borrowed */
  float                    *neighbours; /* [n_vocab, dim] */
  float                    *kept;       /* [n_vocab] chance of a token to be looked at */
  float                    *delta;      /* [dim] */
  int32_t                  *draws;      /* [N_DRAWS] tokens, by their count to the power of 3/4 */
  int32_t                  *run;        /* [MAX_RUN] what is left of a run after skipping */
} skipgram;

void
tl_skipgram_config_init (tl_skipgram_config *c)
{
  *c = (tl_skipgram_config) {
    .seed = 1, .dim = 96, .window = 5, .n_negative = 5, .lr = 0.04f, .subsample = 5e-4f,
  };
}

static bool
count_tokens (const int32_t *ids, size_t n, size_t n_vocab, double *counts, double *total,
              tl_error *err)
{
  for (size_t i = 0; i < n; i++)
    if (ids[i] >= 0 && (size_t) ids[i] >= n_vocab)
      return tl_error_set (err, TL_ERROR_ARGUMENT, "Token %d is outside a vocabulary of %zu",
                           (int) ids[i], n_vocab);
    else if (ids[i] >= 0)
      {
        counts[ids[i]]++;
        ++*total;
      }
  return *total > 0.0
         || tl_error_set (err, TL_ERROR_ARGUMENT, "The text to learn token vectors from is empty");
}

static void
fill_draws (skipgram *s, const double *counts)
{
  double sum = 0.0, reached;
  size_t token = 0;

  for (size_t i = 0; i < s->n_vocab; i++)
    sum += pow (counts[i], 0.75);
  reached = pow (counts[0], 0.75);
  for (size_t i = 0; i < N_DRAWS; i++)
    {
      while (token + 1 < s->n_vocab && (double) i * sum >= reached * N_DRAWS)
        reached += pow (counts[++token], 0.75);
      s->draws[i] = (int32_t) token;
    }
}

/* A token of share f is kept with the chance sqrt (subsample / f) + subsample / f. */
static void
fill_kept (skipgram *s, const double *counts, double total)
{
  for (size_t i = 0; i < s->n_vocab; i++)
    {
      double rarity = (double) s->c->subsample * total / fmax (counts[i], 1.0);

      s->kept[i] = (float) fmin (sqrt (rarity) + rarity, 1.0);
    }
}

static bool
prepare (skipgram *s, const int32_t *ids, size_t n, tl_error *err)
{
  double *counts = calloc (s->n_vocab, sizeof *counts), total = 0.0;
  bool ok;

  s->neighbours = calloc (s->n_vocab * s->c->dim, sizeof *s->neighbours);
  s->kept = malloc (s->n_vocab * sizeof *s->kept);
  s->delta = malloc (s->c->dim * sizeof *s->delta);
  s->draws = malloc (N_DRAWS * sizeof *s->draws);
  s->run = malloc (MAX_RUN * sizeof *s->run);
  if (counts == NULL || s->neighbours == NULL || s->kept == NULL || s->delta == NULL
      || s->draws == NULL || s->run == NULL)
    ok = tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for %zu token vectors", s->n_vocab);
  else
    ok = count_tokens (ids, n, s->n_vocab, counts, &total, err);
  if (ok)
    {
      fill_draws (s, counts);
      fill_kept (s, counts, total);
      for (size_t i = 0; i < s->n_vocab * s->c->dim; i++)
        s->centres[i] = (tl_rng_uniform (&s->rng) - 0.5f) / (float) s->c->dim;
    }
  free (counts);
  return ok;
}

static void
learn (skipgram *s, float *centre, int32_t token, float target, float lr)
{
  float *other = s->neighbours + (size_t) token * s->c->dim;
  float z = s->kernels->dot_f32 (centre, other, s->c->dim);
  float step = lr * (target - 1.0f / (1.0f + expf (-z)));

  s->kernels->axpy_f32 (s->delta, step, other, s->c->dim);
  s->kernels->axpy_f32 (other, step, centre, s->c->dim);
}

static void
learn_pair (skipgram *s, int32_t token, int32_t neighbour, float lr)
{
  float *centre = s->centres + (size_t) token * s->c->dim;

  memset (s->delta, 0, s->c->dim * sizeof *s->delta);
  learn (s, centre, neighbour, 1.0f, lr);
  for (uint32_t k = 0; k < s->c->n_negative; k++)
    {
      int32_t drawn = s->draws[tl_rng_below (&s->rng, N_DRAWS)];

      if (drawn != neighbour)
        learn (s, centre, drawn, 0.0f, lr);
    }
  s->kernels->axpy_f32 (centre, 1.0f, s->delta, s->c->dim);
}

static void
learn_run (skipgram *s, size_t n, float lr)
{
  for (size_t i = 0; i < n; i++)
    {
      size_t window = 1 + tl_rng_below (&s->rng, s->c->window);
      size_t begin = i > window ? i - window : 0, end = i + window < n ? i + window + 1 : n;

      for (size_t k = begin; k < end; k++)
        if (k != i)
          learn_pair (s, s->run[i], s->run[k], lr);
    }
}

/* Takes the next run, up to a negative id, into s->run; returns where it ended. */
static size_t
take_run (skipgram *s, const int32_t *ids, size_t n, size_t at, size_t *n_run)
{
  *n_run = 0;
  for (; at < n && ids[at] >= 0 && *n_run < MAX_RUN; at++)
    if (tl_rng_uniform (&s->rng) < s->kept[ids[at]])
      s->run[(*n_run)++] = ids[at];
  return at < n && ids[at] < 0 ? at + 1 : at;
}

static void
clear (skipgram *s)
{
  free (s->neighbours);
  free (s->kept);
  free (s->delta);
  free (s->draws);
  free (s->run);
}

bool
tl_skipgram_train (const tl_skipgram_config *c, const int32_t *ids, size_t n, size_t n_vocab,
                   float *vectors, tl_cancel_func cancel, void *cancel_data, tl_error *err)
{
  skipgram s = { .c = c, .kernels = tl_kernels_get (), .n_vocab = n_vocab, .centres = vectors };
  bool ok;

  tl_rng_init (&s.rng, c->seed);
  ok = prepare (&s, ids, n, err);
  for (size_t at = 0, n_run; ok && at < n;)
    {
      float left = 1.0f - (float) ((double) at / (double) n);

      at = take_run (&s, ids, n, at, &n_run);
      learn_run (&s, n_run, c->lr * fmaxf (left, 0.01f));
      if (cancel != NULL && cancel (cancel_data))
        ok = tl_error_set (err, TL_ERROR_CANCELLED, "Learning token vectors was stopped");
    }
  clear (&s);
  return ok;
}
