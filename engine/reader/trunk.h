/* SPDX-License-Identifier: Apache-2.0 */
/* From featurised notes to trunk rows and key and action logits, and back.
 *
 *   pooled_i = sum_t g_t e_t / (sum_t g_t + 1/2),  g_t = sigmoid (gate[token])
 *   x_i      = P pooled_i + W f_i + b
 *   h        = blocks (x)           (each note sees itself only)
 *   logit_i  = H h_i + S f_i + sum of the wide weights of the unit's buckets + c       [2]
 */
#pragma once

#include "reader/reader-internal.h"
#include "train/ops.h"

typedef struct tl_trunk tl_trunk;

/**
 * tl_trunk_new:
 * @max_rows: the most units, over all notes of one call
 * @dropout: of the blocks while training
 */
tl_trunk *tl_trunk_new  (const tl_reader_layout *l, size_t max_rows, float dropout, tl_pool *pool,
                         tl_error *err);
void      tl_trunk_free (tl_trunk *t);

/**
 * tl_trunk_forward:
 * @rng: (nullable): dropout is drawn from it; NULL for inference
 */
void tl_trunk_forward (tl_trunk *t, const float *params, const tl_note *const *notes,
                       size_t n_notes, tl_rng *rng);

/* Of the last forward: [rows, d] and [rows, 2]; note k begins at row tl_trunk_get_row (t, k). */
const float *tl_trunk_get_rows   (const tl_trunk *t);
const float *tl_trunk_get_logits (const tl_trunk *t);
size_t       tl_trunk_get_row    (const tl_trunk *t, size_t note);

/* Gradients of the loss that the caller fills before backward: zeroed by forward. */
float *tl_trunk_get_d_rows   (tl_trunk *t);
float *tl_trunk_get_d_logits (tl_trunk *t);

/* Of the last forward, which must have been with the same notes and @params. @grads: += */
void tl_trunk_backward (tl_trunk *t, const float *params, float *grads,
                        const tl_note *const *notes);

/* Normal draws for all groups; the span heads too. */
void tl_reader_init_params (const tl_reader_layout *l, float *params, tl_rng *rng);
