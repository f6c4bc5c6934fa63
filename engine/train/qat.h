/* SPDX-License-Identifier: Apache-2.0 */
/* Quantisation-aware training: what the forward pass sees of the float masters. Weights become
 * ternary as in BitNet b1.58 (Ma et al. 2024, arXiv:2402.17764) or binary (Wang et al. 2023,
 * arXiv:2310.11453), activations int8; gradients pass straight through to the masters (Bengio et
 * al. 2013, arXiv:1308.3432). Scales are rounded to IEEE half, as TQ2_0 and TQ1_0 store them, so
 * that an exported file holds exactly the weights that were trained. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { TL_QAT_NONE, TL_QAT_TERNARY, TL_QAT_BINARY } tl_qat_kind;

typedef struct
{
  tl_qat_kind kind;
  bool        tensor_scale;      /* as BitNet; else one for 256 weights of a row */
  bool        float_activations; /* the weights alone are quantised */
  uint64_t    start_step;        /* of the ramp; float before it */
  uint64_t    ramp_steps;        /* from float to all quantised; 0: at once */
} tl_qat_config;

/* How far the weights of @step are quantised, in [0, 1]: rises linearly over the ramp. */
float tl_qat_get_lambda (const tl_qat_config *q, uint64_t step);

/* The scale of a whole tensor [n]: mean |w|, rounded to half. */
float tl_qat_tensor_scale (const float *w, size_t n);

/**
 * tl_qat_weights:
 * @y: (out): [n] what the product sees; may not alias @w
 * @w: [n] masters of a row, or of whole rows
 * @scale: of the tensor; 0 for one scale a block of 256 (the last may be shorter), from the row
 * itself
 *
 * y = (1 - lambda) w + lambda s q with s = mean |w| and q = round (w / s) within [-1, 1], or for
 * TL_QAT_BINARY q = 1 where w >= 0 and -1 elsewhere. With lambda 1 y is exactly s q.
 */
void tl_qat_weights (tl_qat_kind kind, float lambda, float scale, float *y, const float *w,
                     size_t n);
