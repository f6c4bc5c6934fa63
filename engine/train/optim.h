/* SPDX-License-Identifier: Apache-2.0 */
/* AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101), clipping by global norm and the learning-rate
 * schedules, over flat arrays. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#pragma GCC visibility push(default)

typedef struct
{
  float lr, beta1, beta2, eps, weight_decay, clip_norm; /* clip_norm 0: off */
} tl_adamw_params;

typedef struct
{
  size_t begin, end;
} tl_range;

typedef struct
{
  size_t   n;
  uint64_t step;
  float   *m, *v; /* [n] each */
  /* Borrowed: the parameters it moves, the others being another optimiser's. None: all. */
  const tl_range *ranges;
  size_t          n_ranges;
} tl_adamw;

/**
 * tl_adamw_init:
 * @o: (out): the caller's own; both moments are zero
 * @n: parameters
 */
bool tl_adamw_init (tl_adamw *o, size_t n, tl_error *err);

/**
 * tl_adamw_clear:
 * @o: what it took is given back
 */
void tl_adamw_clear (tl_adamw *o);

/**
 * tl_adamw_step:
 * @p: rates
 * @lr_scale: the schedule's factor
 * @params: (inout): [n]
 * @grads: [n] left scaled
 * @decay: (nullable): [n] a multiplier of the weight decay for each parameter as uint8 0 or 1;
 * NULL for 1 everywhere
 *
 * Returns: the gradient's norm before clipping. @grads is left scaled. A norm that is not finite
 * changes nothing and is returned, so that the caller can skip the step.
 */
float tl_adamw_step (tl_adamw *o, const tl_adamw_params *p, float lr_scale, float *params,
                     float *grads, const uint8_t *decay);

typedef enum { TL_SCHEDULE_COSINE, TL_SCHEDULE_LINEAR } tl_schedule_kind;

typedef struct
{
  tl_schedule_kind kind;
  uint64_t         warmup_steps, hold_steps, total_steps; /* up, constant, then down */
  float            final_factor;                          /* e.g. 0.07 */
} tl_schedule;

/**
 * tl_schedule_get:
 * @step: in [0, total_steps]
 *
 * Returns: the factor of the rate there
 */
float tl_schedule_get (const tl_schedule *s, uint64_t step);

#pragma GCC visibility pop
