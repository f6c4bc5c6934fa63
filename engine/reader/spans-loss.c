/* SPDX-License-Identifier: Apache-2.0 */
/* What the span heads learn from one note. Titles: the mean reward under the softmax over
 * candidates is raised, and the softmax pulled towards exp (reward / temperature). Tags: each
 * candidate by itself. Owner and due words: the probability of all candidates that read right,
 * "none" among them. Nothing flows back into the trunk and the token vectors: the heads are small
 * and would only disturb them. */
#include "reader/spans-internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define H TL_SPAN_N_HIDDEN
#define TITLE_TEMPERATURE 0.1f /* .05 and .1 are equal in cross-validation */
#define TITLE_REWARD 2.0f      /* weight of the mean reward beside the pull; 2 and 10 are equal */
#define TITLES_A_NOTE 384
#define DROP_FEATURE 0.1f
#define DROP_HASH 0.3f
#define DROP_INPUT 0.3f

static void
softmax (float *x, size_t n)
{
  float max = -INFINITY, sum = 0.0f;

  for (size_t i = 0; i < n; i++)
    max = fmaxf (max, x[i]);
  for (size_t i = 0; i < n; i++)
    sum += x[i] = expf (x[i] - max);
  for (size_t i = 0; i < n; i++)
    x[i] /= sum;
}

/* Scores become the gradient of -sum q log p - weight sum p r. */
static float
title_loss (float *scores, float *rewards, size_t n)
{
  float loss = 0.0f, mean = 0.0f;
  float *q = rewards + n; /* the second half of the buffer */

  softmax (scores, n);
  for (size_t i = 0; i < n; i++)
    {
      q[i] = rewards[i] / TITLE_TEMPERATURE;
      mean += scores[i] * rewards[i];
    }
  softmax (q, n);
  for (size_t i = 0; i < n; i++)
    {
      loss -= q[i] * logf (scores[i] + 1e-12f);
      scores[i] = (scores[i] - q[i]) - TITLE_REWARD * scores[i] * (rewards[i] - mean);
    }
  return loss - TITLE_REWARD * mean;
}

/* Each candidate by itself, binary cross-entropy, a mean over the note's candidates times their
 * number that is right, so that long notes do not count more. */
static float
tag_loss (float *scores, const float *rewards, size_t n)
{
  float loss = 0.0f, scale = 1.0f, right = 0.0f;

  for (size_t i = 0; i < n; i++)
    right += rewards[i];
  scale = 1.0f / fmaxf (right, 4.0f);
  for (size_t i = 0; i < n; i++)
    {
      float z = scores[i], p = 1.0f / (1.0f + expf (-z));

      loss += scale * (fmaxf (z, 0.0f) - z * rewards[i] + log1pf (expf (-fabsf (z))));
      scores[i] = scale * (p - rewards[i]);
    }
  return loss;
}

/* -log of the probability of all that is right; 0 when nothing is. */
static float
choice_loss (float *scores, const float *rewards, size_t n)
{
  float right = 0.0f;

  softmax (scores, n);
  for (size_t i = 0; i < n; i++)
    right += scores[i] * rewards[i];
  if (right <= 0.0f)
    {
      memset (scores, 0, n * sizeof *scores);
      return 0.0f;
    }
  for (size_t i = 0; i < n; i++)
    scores[i] -= scores[i] * rewards[i] / right;
  return -logf (right);
}

/* Features and hashed words are left out at random, so that no single one is trusted. */
static void
drop (tl_candidates *c, tl_rng *rng)
{
  float keep_scale = 1.0f / (1.0f - DROP_FEATURE);

  for (size_t i = 0; i < c->n; i++)
    {
      tl_candidate *item = &c->items[i];
      uint32_t n = 0;

      for (size_t f = 0; f < TL_SPAN_N_FEATURES; f++)
        if (item->x[f] != 0.0f)
          item->x[f] = tl_rng_uniform (rng) < DROP_FEATURE ? 0.0f : item->x[f] * keep_scale;
      for (size_t h = 0; h < item->n_hashes; h++)
        if (tl_rng_uniform (rng) >= DROP_HASH)
          item->hashes[n++] = item->hashes[h];
      item->n_hashes = n;
    }
}

/* A page has some thousand candidate titles, nearly all poor: a few hundred teach as much. */
static void
thin_out (tl_span_scored *s, size_t aim, tl_rng *rng)
{
  tl_candidates *c = &s->candidates;
  float best = 0.0f, keep = (float) aim / (float) (c->n + 1);
  size_t n = 0;

  for (size_t i = 0; i < c->n; i++)
    best = fmaxf (best, s->rewards[i]);
  for (size_t i = 0; i < c->n; i++)
    if ((s->rewards[i] > 0.0f && s->rewards[i] >= 0.6f * best) || tl_rng_uniform (rng) < keep)
      {
        c->items[n] = c->items[i];
        s->rewards[n++] = s->rewards[i];
      }
  c->n = n;
}

typedef struct
{
  tl_span_scorer scorer;
  float         *grads; /* of the span heads, or NULL */
  tl_rng        *rng;
  float         *d_words[TL_SPAN_N_KINDS]; /* [n_words, H] */
} loss_run;

/* Now and then a head does without the token vectors: d_words stays NULL then. */
static bool
run_init (loss_run *r)
{
  size_t n = r->scorer.view.n_words + 1;

  for (int kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    if (r->rng != NULL && tl_rng_uniform (r->rng) < DROP_INPUT)
      memset (r->scorer.words[kind], 0, n * H * sizeof (float));
    else if ((r->d_words[kind] = calloc (n, H * sizeof (float))) == NULL)
      return false;
  return true;
}

static void
run_finish (loss_run *r)
{
  for (size_t kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    {
      if (r->grads != NULL && r->d_words[kind] != NULL)
        tl_span_head_project_backward (r->grads + kind * tl_span_head_n_params (),
                                       r->scorer.word_rows, r->scorer.view.n_words,
                                       r->d_words[kind]);
      free (r->d_words[kind]);
    }
  tl_span_scorer_clear (&r->scorer);
}

static float
kind_loss (tl_span_kind kind, tl_span_scored *s)
{
  size_t n = s->candidates.n;

  switch (kind)
    {
    case TL_SPAN_TITLE:
      return title_loss (s->scores, s->rewards, n);
    case TL_SPAN_TAG:
      return tag_loss (s->scores, s->rewards, n);
    case TL_SPAN_OWNER:
    case TL_SPAN_DUE:
      return choice_loss (s->scores, s->rewards, n);
    case TL_SPAN_N_KINDS:
      break;
    }
  return 0.0f;
}

/* @scale: of the gradient: one over the number of decisions of this kind */
static float
learn (loss_run *r, tl_span_kind kind, size_t unit, const tl_note_labels *labels, float scale)
{
  tl_span_scored s;
  size_t params_at = (size_t) kind * tl_span_head_n_params ();
  float loss;

  if (!tl_span_scorer_propose (&r->scorer, kind, unit, &s))
    return NAN;
  tl_span_label (&r->scorer.view, kind, unit, labels, &s);
  if (r->rng != NULL && kind == TL_SPAN_TITLE)
    thin_out (&s, TITLES_A_NOTE, r->rng);
  if (r->rng != NULL)
    drop (&s.candidates, r->rng);
  if (s.candidates.n == 0)
    {
      tl_span_scored_clear (&s);
      return 0.0f;
    }
  tl_span_scorer_score (&r->scorer, kind, &s);
  loss = kind_loss (kind, &s) * scale;
  for (size_t i = 0; i < s.candidates.n; i++)
    s.scores[i] *= scale;
  if (r->grads != NULL)
    tl_span_head_backward (r->scorer.params + params_at, r->grads + params_at, s.candidates.items,
                           s.candidates.n, s.hidden, s.scores, r->d_words[kind]);
  tl_span_scored_clear (&s);
  return loss;
}

float
tl_spans_loss (const tl_reader_layout *l, const float *params, float *grads,
               const tl_spans_example *e, tl_rng *rng)
{
  const tl_note_labels *labels = e->labels;
  loss_run r = { .grads = grads, .rng = rng };
  float loss = 0.0f, n_actions = 0.0f;

  if (!tl_span_scorer_init (&r.scorer, l, params, e->note, e->logits))
    return NAN;
  if (!run_init (&r))
    loss = NAN;
  if (labels->has_titles)
    loss += learn (&r, TL_SPAN_TITLE, 0, labels, labels->weight);
  if (labels->has_tags)
    loss += learn (&r, TL_SPAN_TAG, 0, labels, labels->weight);
  for (size_t u = 0; u < e->note->n_units && labels->has_actions; u++)
    n_actions += labels->units[u].action;
  for (size_t u = 0; u < e->note->n_units && n_actions > 0.0f; u++)
    if (labels->units[u].action)
      {
        loss += learn (&r, TL_SPAN_OWNER, u, labels, labels->weight / n_actions);
        loss += learn (&r, TL_SPAN_DUE, u, labels, labels->weight / n_actions);
      }
  run_finish (&r);
  return loss;
}
