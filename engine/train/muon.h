/* SPDX-License-Identifier: Apache-2.0 */
/* Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): a matrix moves along its momentum
 * made orthogonal, so that all directions are learned at one rate. It needs far fewer tokens than
 * AdamW at the beginning of a run, for some work that depends on the shape and not on the batch. */
#pragma once

#include "train/ops.h"

typedef struct
{
  float lr;       /* 0: off */
  float momentum; /* e.g. 0.95 */
  float weight_decay;
} tl_muon_params;

/* Floats of scratch for matrices of at most [rows, cols]. */
size_t tl_muon_scratch_floats (size_t rows, size_t cols);

/**
 * tl_muon_orthogonalise:
 * @x: [rows, cols], in place
 * @scratch: tl_muon_scratch_floats (rows, cols)
 *
 * Towards U V^T of x = U S V^T by five Newton-Schulz steps x := a x + b (x x^T) x + c (x x^T)^2 x
 * with the post's coefficients, which bring each singular value that was not near 0 to about 0.7
 * to 1.2.
 */
void tl_muon_orthogonalise (const tl_ops *o, float *x, size_t rows, size_t cols, float *scratch);

/**
 * tl_muon_step:
 * @w: [rows, cols]; @grad: the same, used up; @m: the same, the momentum, 0 at first
 * @lr_scale: the schedule's factor
 *
 * m := momentum m + g,  d = orthogonal (g + momentum m),
 * w -= lr (weight_decay w + 0.2 sqrt (max (rows, cols)) d)
 * The factor gives a step AdamW's usual size, so one rate suits both: Liu et al. 2025,
 * arXiv:2502.16982.
 */
void tl_muon_step (const tl_ops *o, const tl_muon_params *p, float lr_scale, float *w, float *grad,
                   float *m, size_t rows, size_t cols, float *scratch);
