/* SPDX-License-Identifier: Apache-2.0 */
/* Matrices of weights and their product with activations: the one place that knows how each type of
 * weight is multiplied, for one token (decode) and for many (prefill). */
#pragma once

#include "gguf/gguf.h"
#include "kernels/kernels.h"
#include "model/lora.h"

/* [rows, cols] in the mapped file, y = W x. */
typedef struct
{
  const void      *data;
  tl_type          type;
  size_t           rows, cols;
  size_t           row_bytes;
  float            scale;  /* of the product; mostly 1 */
  float            lora_scale; /* of what adapters add: the matrix's own factor is not theirs */
  const tl_panels *panels; /* the same packed, or NULL */
} tl_matrix;

/* y[0..n) of a product, times the matrix's scale. */
static inline void
tl_matrix_scale (const tl_matrix *w, float *y, size_t n)
{
  if (w->scale != 1.0f)
    for (size_t i = 0; i < n; i++)
      y[i] *= w->scale;
}

/* What a product needs besides its operands. Owned by the session; one product at a time. */
typedef struct
{
  const tl_kernels *k;
  tl_pool          *pool;
  tl_acts           acts;    /* of max n tokens; cols and group are set for each product */
  float            *tile;    /* [TL_LINEAR_TILE_FLOATS] wide weights */
  float            *scratch; /* tl_sgemm_scratch_floats() */
} tl_linear_ctx;

#define TL_LINEAR_TILE_FLOATS (64u * 1024u) /* 256 KiB: half of a small L2 */

typedef struct
{
  const tl_matrix *w;
  float           *y;    /* [n, w->rows] */
  const tl_lora   *lora; /* what adapters add; or NULL */
} tl_linear_job;

/* Up to so many tokens take dot products, and each one's result is the same as alone, whatever the type of
 * weights. Of one more, whose result is too (TL_SGEMM_THIN), half-precision weights are widened once: with
 * SSE2 alone that takes 0.6 of the time of dot products, with AVX2 1.4 times theirs. */
#define TL_LINEAR_FEW_TOKENS 3u

/**
 * tl_linear:
 * @jobs: [n_jobs] products of the same activations, done as one (Q, K and V; gate and up)
 * @x: [n, cols] activations; may not alias a result
 *
 * y[t, r] = scale sum_i W[r, i] x[t, i] + what adapters add. The cols of all @jobs are equal, and at most
 * TL_LINEAR_TILE_FLOATS. Packed weights take the activations as bytes, all others as f32. The result
 * does not depend on the number of threads; that of a token and packed weights does not depend on
 * the other tokens either.
 */
void tl_linear (const tl_linear_ctx *c, const tl_linear_job *jobs, size_t n_jobs, const float *x,
                size_t n);
