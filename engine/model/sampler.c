/* SPDX-License-Identifier: Apache-2.0 */
/* Sampling. Top-k is a pass over the logits, so that only those it leaves cost an exponential; the
 * other limits walk these from the most likely down by popping a heap, so that only survivors are
 * ever sorted. All memory is taken when the sampler is made. */
#include "model/sampler.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/maths.h"

#define MAX_LAST_N 1024u

typedef struct
{
  float   p; /* logit, then weight: exp ((logit - max) / temperature) */
  int32_t id;
} candidate;

struct tl_sampler
{
  tl_sampler_params params;
  uint32_t          n_vocab;
  tl_rng            rng;
  candidate        *candidates; /* [n_vocab] */
  uint32_t         *penalised;  /* [n_vocab] the round in which the id was last penalised */
  uint32_t          round;
  int32_t           recent[MAX_LAST_N]; /* a ring of the last tokens */
  uint32_t          n_recent, next_recent;
};

void
tl_sampler_params_init (tl_sampler_params *p)
{
  *p = (tl_sampler_params) { 0.0f, 0, 1.0f, 0.0f, 1.0f, 64, 0 };
}

static bool
check_params (const tl_sampler_params *p, tl_error *err)
{
  if (!(p->temperature >= 0.0f && p->temperature <= 100.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "temperature %g is not from 0 to 100",
                         (double) p->temperature);
  if (!(p->top_p >= 0.0f && p->top_p <= 1.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "top-p %g is not from 0 to 1", (double) p->top_p);
  if (!(p->min_p >= 0.0f && p->min_p <= 1.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "min-p %g is not from 0 to 1", (double) p->min_p);
  if (!(p->repeat_penalty > 0.0f && p->repeat_penalty <= 100.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "repetition penalty %g is not above 0 and at most 100",
                         (double) p->repeat_penalty);
  if (p->repeat_last_n > MAX_LAST_N)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a penalty over %u tokens; at most %u can be",
                         p->repeat_last_n, MAX_LAST_N);
  return true;
}

tl_sampler *
tl_sampler_new (const tl_sampler_params *p, uint32_t n_vocab, tl_error *err)
{
  tl_sampler *s;

  assert (n_vocab > 0);
  if (!check_params (p, err))
    return NULL;
  s = calloc (1, sizeof *s);
  if (s != NULL)
    {
      s->candidates = calloc (n_vocab, sizeof *s->candidates);
      s->penalised = calloc (n_vocab, sizeof *s->penalised);
    }
  if (s == NULL || s->candidates == NULL || s->penalised == NULL)
    {
      tl_sampler_free (s);
      tl_error_set (err, TL_ERROR_MEMORY, "out of memory");
      return NULL;
    }
  s->params = *p;
  s->n_vocab = n_vocab;
  tl_rng_init (&s->rng, p->seed);
  return s;
}

void
tl_sampler_free (tl_sampler *s)
{
  if (s == NULL)
    return;
  free (s->candidates);
  free (s->penalised);
  free (s);
}

void
tl_sampler_accept (tl_sampler *s, int32_t id)
{
  if (s->params.repeat_last_n == 0 || id < 0 || (uint32_t) id >= s->n_vocab)
    return;
  s->recent[s->next_recent] = id;
  s->next_recent = (s->next_recent + 1) % s->params.repeat_last_n;
  if (s->n_recent < s->params.repeat_last_n)
    s->n_recent++;
}

/* Each recent token once, however often it occurred. */
static void
penalise_repetition (tl_sampler *s, float *logits)
{
  if (s->params.repeat_penalty == 1.0f)
    return;
  s->round++;
  for (uint32_t i = 0; i < s->n_recent; i++)
    {
      int32_t id = s->recent[i];

      if (s->penalised[id] == s->round)
        continue;
      s->penalised[id] = s->round;
      if (logits[id] > 0.0f)
        logits[id] /= s->params.repeat_penalty;
      else
        logits[id] *= s->params.repeat_penalty;
    }
}

/* More likely; the lower id first among equals, so that the order is total. */
static bool
is_before (candidate a, candidate b)
{
  return a.p > b.p || (a.p == b.p && a.id < b.id);
}

/* What is not a number is never likely. */
static candidate
get_candidate (const float *logits, const int32_t *allowed, size_t i)
{
  int32_t id = allowed != NULL ? allowed[i] : (int32_t) i;

  assert (id >= 0);
  return (candidate) { isnan (logits[id]) ? -INFINITY : logits[id], id };
}

/* The best one moves to the front. */
static void
sift_down (candidate *heap, size_t n, size_t at)
{
  candidate moving = heap[at];

  for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1)
    {
      if (child + 1 < n && is_before (heap[child + 1], heap[child]))
        child++;
      if (!is_before (heap[child], moving))
        break;
      heap[at] = heap[child];
      at = child;
    }
  heap[at] = moving;
}

static void
make_heap (candidate *c, size_t n)
{
  for (size_t i = n / 2; i-- > 0;)
    sift_down (c, n, i);
}

/* The same candidate in the opposite order. */
static candidate
flip (candidate c)
{
  return (candidate) { -c.p, ~c.id };
}

/* The @k best of @n: a flipped heap has the worst of those kept at its front, and nearly all others
 * go no further than the comparison with it. */
static void
gather_best (tl_sampler *s, const float *logits, const int32_t *allowed, size_t n, size_t k)
{
  candidate *c = s->candidates;

  for (size_t i = 0; i < k; i++)
    c[i] = flip (get_candidate (logits, allowed, i));
  make_heap (c, k);
  for (size_t i = k; i < n; i++)
    {
      candidate next = flip (get_candidate (logits, allowed, i));

      if (is_before (c[0], next))
        {
          c[0] = next;
          sift_down (c, k, 0);
        }
    }
  for (size_t i = 0; i < k; i++)
    c[i] = flip (c[i]);
}

/* All that top-k leaves, in no order; returns how many. Greedy is the best one. */
static size_t
gather (tl_sampler *s, const float *logits, const int32_t *allowed, size_t n_allowed)
{
  size_t n = allowed != NULL ? n_allowed : s->n_vocab;
  size_t k = s->params.temperature == 0.0f ? 1 : s->params.top_k;

  if (k > 0 && k < n)
    {
      gather_best (s, logits, allowed, n, k);
      n = k;
    }
  else
    for (size_t i = 0; i < n; i++)
      s->candidates[i] = get_candidate (logits, allowed, i);
  return n;
}

static candidate
find_best (const candidate *c, size_t n)
{
  candidate best = c[0];

  for (size_t i = 1; i < n; i++)
    if (is_before (c[i], best))
      best = c[i];
  return best;
}

/* Logits to weights relative to the best one. An infinite best leaves only its equals. */
static void
weigh (candidate *c, size_t n, float best, float temperature)
{
  for (size_t i = 0; i < n; i++)
    c[i].p = c[i].p == best ? 1.0f : tl_exp ((c[i].p - best) / temperature);
}

/* The best one of a heap changes places with the last. */
static void
pop_best (candidate *heap, size_t n)
{
  candidate best = heap[0];

  heap[0] = heap[n - 1];
  heap[n - 1] = best;
  sift_down (heap, n - 1, 0);
}

/* Keeps the smallest set of best ones whose share of all reaches top-p, at least one, and none
 * below min-p. The survivors move to the end of the array, the best last. */
static size_t
truncate_sorted (const tl_sampler *s, candidate *c, size_t n)
{
  double total = 0.0, sum = 0.0;
  size_t kept;

  make_heap (c, n);
  for (size_t i = 0; i < n; i++)
    total += (double) c[i].p;
  for (kept = 0; kept < n; kept++)
    {
      if (kept > 0 && s->params.top_p < 1.0f && sum >= (double) s->params.top_p * total)
        break;
      if (kept > 0 && c[0].p < s->params.min_p)
        break;
      sum += (double) c[0].p;
      pop_best (c, n - kept);
    }
  return kept;
}

static size_t
truncate_min_p (const tl_sampler *s, candidate *c, size_t n)
{
  size_t first = n;

  for (size_t i = n; i-- > 0;)
    if (c[i].p >= s->params.min_p)
      c[--first] = c[i];
  return n - first;
}

/* One of the @kept last candidates, with probability proportional to its weight. */
static int32_t
draw (tl_sampler *s, const candidate *c, size_t n, size_t kept)
{
  double total = 0.0, target;

  for (size_t i = n - kept; i < n; i++)
    total += (double) c[i].p;
  target = (double) tl_rng_uniform (&s->rng) * total;
  for (size_t i = n; i-- > n - kept;)
    {
      target -= (double) c[i].p;
      if (target < 0.0)
        return c[i].id;
    }
  return c[n - 1].id; /* rounding left a trace */
}

int32_t
tl_sampler_sample (tl_sampler *s, float *logits, const int32_t *allowed, size_t n_allowed)
{
  candidate *c = s->candidates;
  size_t n, kept;

  assert (allowed == NULL || (n_allowed > 0 && n_allowed <= s->n_vocab));
  penalise_repetition (s, logits);
  n = gather (s, logits, allowed, n_allowed);
  if (s->params.temperature == 0.0f)
    return c[0].id;
  weigh (c, n, find_best (c, n).p, s->params.temperature);
  if (s->params.top_k > 0 || s->params.top_p < 1.0f)
    kept = truncate_sorted (s, c, n);
  else
    kept = truncate_min_p (s, c, n);
  return draw (s, c, n, kept);
}
