/* SPDX-License-Identifier: Apache-2.0 */
/* What the key and action heads are trained for, and the fit that makes their
 * scores probabilities. */
#pragma once

#include "reader/reader-internal.h"

typedef struct
{
  float listwise, action; /* weights, beside 1 for each unit's own key loss */
  float key_loss;         /* (out): mean over units, in nats */
} tl_unit_losses;

/**
 * tl_unit_losses_add:
 * @logits: [rows, 2] of all notes, one after the other; @dlogits: (out): += gradients
 *
 * Key: sigmoid cross-entropy of each counted content unit, and per note a softmax over its units
 * against the order that the person gave (1, 1/2, 1/3, ... normalised). Action: sigmoid
 * cross-entropy.
 * Returns: the weighted sum.
 */
float tl_unit_losses_add (tl_unit_losses *l, const tl_note *const *notes,
                          const tl_note_labels *const *labels, size_t n_notes, const float *logits,
                          float *dlogits);

/* Points for p = sigmoid (a z + b); zero it to begin. */
typedef struct
{
  float  *z;
  bool   *hit;
  size_t  n, capacity;
} tl_platt;

bool tl_platt_add   (tl_platt *p, float z, bool hit, tl_error *err);
void tl_platt_fit (const tl_platt *p, float ab[2]); /* by Newton's method; {1, 0} without points */
void tl_platt_clear (tl_platt *p);
