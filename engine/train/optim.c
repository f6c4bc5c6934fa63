/* SPDX-License-Identifier: Apache-2.0 */
/* AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2), clipping by the global norm
 * (Pascanu et al. 2013, arXiv:1211.5063) and the learning-rate schedules. The loop over parameters
 * itself is in elementwise-loops.c. */
#include "train/optim.h"

#include "train/elementwise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool
tl_adamw_init (tl_adamw *o, size_t n, tl_error *err)
{
  memset (o, 0, sizeof *o);
  o->m = calloc (n > 0 ? n : 1, sizeof *o->m);
  o->v = calloc (n > 0 ? n : 1, sizeof *o->v);
  if (o->m == NULL || o->v == NULL)
    {
      tl_adamw_clear (o);
      return tl_error_set (err, TL_ERROR_MEMORY, "no memory for the moments of %zu parameters", n);
    }
  o->n = n;
  return true;
}

void
tl_adamw_clear (tl_adamw *o)
{
  free (o->m);
  free (o->v);
  memset (o, 0, sizeof *o);
}

float
tl_adamw_step (tl_adamw *o, const tl_adamw_params *p, float lr_scale, float *params, float *grads,
               const uint8_t *decay)
{
  const tl_elementwise *e = tl_elementwise_get ();
  float  norm = (float) sqrt (e->sum_squares (grads, o->n));
  double t = (double) o->step + 1.0;
  float  lr = p->lr * lr_scale;
  tl_adamw_step_params step = {
    .beta1 = p->beta1,
    .beta2 = p->beta2,
    .eps = p->eps,
    .grad_scale = p->clip_norm > 0.0f && norm > p->clip_norm ? p->clip_norm / norm : 1.0f,
    .lr = (float) (lr / (1.0 - pow (p->beta1, t))),
    .root_scale = (float) (1.0 / sqrt (1.0 - pow (p->beta2, t))),
    .decay = lr * p->weight_decay,
  };

  if (!isfinite (norm))
    return norm;
  o->step++;
  for (size_t i = 0; i < (o->n_ranges > 0 ? o->n_ranges : 1); i++)
    {
      tl_range r = o->n_ranges > 0 ? o->ranges[i] : (tl_range) { 0, o->n };

      e->adamw (&step, params + r.begin, grads + r.begin, o->m + r.begin, o->v + r.begin,
                decay != NULL ? decay + r.begin : NULL, r.end - r.begin);
    }
  return norm;
}

float
tl_schedule_get (const tl_schedule *s, uint64_t step)
{
  uint64_t flat_end = s->warmup_steps + s->hold_steps;
  double   t; /* 0 at the end of the flat part, 1 at the end of the run */

  if (step < s->warmup_steps) /* the first step is already more than 0, the last is 1 */
    return (float) ((double) (step + 1) / (double) s->warmup_steps);
  if (step < flat_end)
    return 1.0f;
  if (step >= s->total_steps)
    return s->final_factor;

  t = (double) (step - flat_end) / (double) (s->total_steps - flat_end);
  switch (s->kind)
    {
    case TL_SCHEDULE_COSINE: /* Loshchilov & Hutter 2017, arXiv:1608.03983 */
      return (float) (s->final_factor + (1.0 - s->final_factor) * 0.5 * (1.0 + cos (M_PI * t)));
    case TL_SCHEDULE_LINEAR:
      return (float) (1.0 - (1.0 - s->final_factor) * t);
    }
  return 1.0f;
}
