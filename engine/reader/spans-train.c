/* SPDX-License-Identifier: Apache-2.0 */
/* Trains the span heads on what the trunk says of the notes: a few epochs of AdamW, each head with
 * its own clipping so that none drowns another. First without every eighth note, on which the
 * probabilities are calibrated (Platt 1999); then anew on all. */
#include "reader/spans-internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/optim.h"

/* Of a few tried in five-fold cross-validation on the training notes. */
#define EPOCHS 10
#define BATCH 8
#define HOLD_OUT 8 /* one in so many notes */

static const tl_adamw_params adamw = {
  .lr = 5e-3f, .beta1 = 0.9f, .beta2 = 0.98f, .eps = 1e-8f, .weight_decay = 0.05f,
  .clip_norm = 1.0f,
};

typedef struct
{
  const tl_reader_layout *layout;
  float                  *params; /* the whole array */
  float                  *grads;  /* of the span heads */
  uint8_t                *decay;
  tl_adamw                optim[TL_SPAN_N_KINDS];
  tl_rng                  rng;
} span_trainer;

static bool
trainer_init (span_trainer *t, const tl_reader_layout *l, float *params, uint64_t seed,
              tl_error *err)
{
  *t = (span_trainer){ .layout = l, .params = params };
  t->grads = malloc (tl_spans_n_params () * sizeof *t->grads);
  t->decay = malloc (tl_spans_n_params ());
  if (t->grads == NULL || t->decay == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train the span heads");
  for (int kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    if (!tl_adamw_init (&t->optim[kind], tl_span_head_n_params (), err))
      return false;
  tl_rng_init (&t->rng, seed);
  for (size_t i = 0; i < tl_spans_n_tensors (); i++)
    {
      tl_reader_tensor tensor = tl_spans_tensor (i);

      memset (t->decay + tensor.offset, tensor.decay, tensor.rows * tensor.cols);
      for (size_t k = 0; k < tensor.rows * tensor.cols; k++)
        params[l->spans + tensor.offset + k] = tensor.init * tl_rng_normal (&t->rng);
    }
  return true;
}

static void
trainer_clear (span_trainer *t)
{
  for (int kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    tl_adamw_clear (&t->optim[kind]);
  free (t->grads);
  free (t->decay);
}

static void
shuffle (uint32_t *order, size_t n, tl_rng *rng)
{
  for (size_t i = n; i > 1; i--)
    {
      size_t j = tl_rng_below (rng, (uint32_t) i);
      uint32_t swap = order[i - 1];

      order[i - 1] = order[j];
      order[j] = swap;
    }
}

static bool
step (span_trainer *t, const tl_spans_example *examples, const uint32_t *order, size_t n,
      float lr_scale)
{
  size_t n_head = tl_span_head_n_params ();

  memset (t->grads, 0, tl_spans_n_params () * sizeof *t->grads);
  for (size_t i = 0; i < n; i++)
    if (isnan (tl_spans_loss (t->layout, t->params, t->grads, &examples[order[i]], &t->rng)))
      return false;
  for (size_t i = 0; i < tl_spans_n_params (); i++)
    t->grads[i] /= (float) n;
  for (size_t kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    tl_adamw_step (&t->optim[kind], &adamw, lr_scale,
                   t->params + t->layout->spans + kind * n_head, t->grads + kind * n_head,
                   t->decay + kind * n_head);
  return true;
}

/* Trains anew on the notes of @order. */
static bool
train (const tl_reader_layout *l, float *params, const tl_spans_example *examples, uint32_t *order,
       size_t n, uint64_t seed, tl_cancel_func cancel, void *cancel_data, tl_error *err)
{
  size_t batch = n < BATCH ? n : BATCH, n_steps = n > 0 ? EPOCHS * (n / batch) : 0;
  tl_schedule schedule = { TL_SCHEDULE_LINEAR, n_steps / 16, 0, n_steps, 0.05f };
  span_trainer t;
  bool ok = trainer_init (&t, l, params, seed, err);

  for (size_t i = 0; i < n_steps && ok; i++)
    {
      size_t at = i % (n / batch) * batch;

      if (at == 0)
        shuffle (order, n, &t.rng);
      if (cancel != NULL && cancel (cancel_data))
        ok = tl_error_set (err, TL_ERROR_CANCELLED, "Training was stopped");
      else if (!step (&t, examples, order + at, batch, tl_schedule_get (&schedule, i)))
        ok = tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train the span heads");
    }
  trainer_clear (&t);
  return ok;
}

/* Logits and how right each was, for one kind. */
typedef struct
{
  float *logits, *rights;
  size_t n, room;
} outcomes;

static bool
outcomes_add (outcomes *o, float logit, float right)
{
  if (o->n == o->room)
    {
      size_t room = o->room > 0 ? 2 * o->room : 1024;
      float *logits = realloc (o->logits, room * sizeof *logits), *rights;

      if (logits == NULL)
        return false;
      o->logits = logits;
      rights = realloc (o->rights, room * sizeof *rights);
      if (rights == NULL)
        return false;
      o->rights = rights;
      o->room = room;
    }
  o->logits[o->n] = logit;
  o->rights[o->n++] = right;
  return true;
}

/* Platt scaling: Newton steps on the cross-entropy of sigmoid (a z + b), with a weak pull towards
 * the identity so that few notes do no harm. */
static void
fit_platt (const outcomes *o, float *ab)
{
  double a = 1.0, b = 0.0;

  for (int iteration = 0; iteration < 50; iteration++)
    {
      double ga = a - 1.0, gb = b, haa = 1.0, hab = 0.0, hbb = 1.0, det;

      for (size_t i = 0; i < o->n; i++)
        {
          double z = o->logits[i], p = 1.0 / (1.0 + exp (-(a * z + b))), w = p * (1.0 - p);

          ga += (p - o->rights[i]) * z;
          gb += p - o->rights[i];
          haa += w * z * z;
          hab += w * z;
          hbb += w;
        }
      det = haa * hbb - hab * hab;
      a -= (hbb * ga - hab * gb) / det;
      b -= (haa * gb - hab * ga) / det;
    }
  ab[0] = isfinite (a) ? (float) a : 1.0f;
  ab[1] = isfinite (b) ? (float) b : 0.0f;
}

/* What would be shown of one kind, and how right it is. */
static bool
judge (const tl_span_scorer *scorer, tl_span_kind kind, size_t unit, const tl_note_labels *labels,
       outcomes *o)
{
  tl_span_scored s;
  uint32_t chosen[TL_SPAN_MAX_SHOWN];
  size_t n = 1;
  bool ok = true;
  float logit;

  if (!tl_span_scorer_propose (scorer, kind, unit, &s))
    return false;
  tl_span_label (&scorer->view, kind, unit, labels, &s);
  tl_span_scorer_score (scorer, kind, &s);
  if (kind == TL_SPAN_TITLE)
    n = tl_span_choose_titles (&scorer->view, &s, chosen);
  else if (kind == TL_SPAN_TAG)
    n = tl_span_choose_tags (&scorer->view, &s, chosen);
  else
    chosen[0] = (uint32_t) tl_span_choose_words (&s, &logit);
  for (size_t i = 0; i < n && ok; i++)
    {
      if (kind == TL_SPAN_TITLE)
        logit = tl_span_logit (s.scores[chosen[i]]);
      else if (kind == TL_SPAN_TAG)
        logit = s.scores[chosen[i]];
      ok = outcomes_add (o, logit, s.rewards[chosen[i]]);
    }
  tl_span_scored_clear (&s);
  return ok;
}

static bool
judge_note (const tl_reader_layout *l, const float *params, const tl_spans_example *e,
            outcomes o[TL_SPAN_N_KINDS])
{
  const tl_note_labels *labels = e->labels;
  tl_span_scorer scorer;
  bool ok;

  if (!tl_span_scorer_init (&scorer, l, params, e->note, e->logits))
    return false;
  ok = (!labels->has_titles || judge (&scorer, TL_SPAN_TITLE, 0, labels, &o[TL_SPAN_TITLE]))
       && (!labels->has_tags || judge (&scorer, TL_SPAN_TAG, 0, labels, &o[TL_SPAN_TAG]));
  for (size_t u = 0; u < e->note->n_units && ok; u++)
    if (labels->has_actions && labels->units[u].action)
      ok = judge (&scorer, TL_SPAN_OWNER, u, labels, &o[TL_SPAN_OWNER])
           && judge (&scorer, TL_SPAN_DUE, u, labels, &o[TL_SPAN_DUE]);
  tl_span_scorer_clear (&scorer);
  return ok;
}

static bool
calibrate (const tl_reader_layout *l, const float *params, const tl_spans_example *examples,
           size_t n, float *calibration, tl_error *err)
{
  outcomes o[TL_SPAN_N_KINDS] = { { 0 } };
  bool ok = true;

  for (size_t i = 0; i < n && ok; i += HOLD_OUT)
    ok = judge_note (l, params, &examples[i], o);
  for (int kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    {
      fit_platt (&o[kind], calibration + 2 * kind);
      free (o[kind].logits);
      free (o[kind].rights);
    }
  return ok || tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to calibrate the span heads");
}

bool
tl_spans_train (const tl_reader_layout *l, float *params, const tl_spans_example *examples,
                size_t n, uint64_t seed, float *calibration, tl_cancel_func cancel, void *cancel_data,
                tl_error *err)
{
  uint32_t *order = malloc ((n + 1) * sizeof *order);
  size_t n_kept = 0;
  bool ok;

  if (order == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train the span heads");
  for (size_t i = 0; i < n; i++)
    if (i % HOLD_OUT != 0)
      order[n_kept++] = (uint32_t) i;
  ok = train (l, params, examples, order, n_kept, seed, cancel, cancel_data, err)
       && calibrate (l, params, examples, n, calibration, err);
  for (size_t i = 0; i < n; i++)
    order[i] = (uint32_t) i;
  ok = ok && train (l, params, examples, order, n, seed, cancel, cancel_data, err);
  free (order);
  return ok;
}
