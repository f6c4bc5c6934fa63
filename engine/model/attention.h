/* SPDX-License-Identifier: Apache-2.0 */
/* Rotary positions and causal attention over the key-value cache, for grouped query heads. */
#pragma once

#include "model/kv-cache.h"

/**
 * tl_rope:
 * @x: [n_heads, head_dim] of one token, rotated in place
 * @cs: [n_rot / 2, 2] cosine and sine of each pair's angle at this token's position
 *
 * (x[2i], x[2i + 1]) turns by its angle; dimensions from @n_rot on stay. Su et al. 2021,
 * arXiv:2104.09864; llama's GGUF files hold Q and K permuted for these neighbouring pairs.
 */
void tl_rope (const tl_kernels *kernels, float *x, const float *cs, size_t n_heads, size_t head_dim,
              size_t n_rot);

typedef struct
{
  const tl_kernels  *k;
  const tl_kv_layer *kv;
  const float       *q;      /* [n, n_heads, head_dim], rotated */
  float             *y;      /* [n, n_heads, head_dim] */
  float             *scratch; /* [threads, tl_attention_scratch ()] */
  size_t             n, n_heads;
  size_t             pos; /* of the first of the n tokens, whose keys are stored already */
  float              scale;
  size_t             window; /* positions that a token sees, its own included; 0: all */
} tl_attention;

/**
 * tl_attention_run:
 * y = softmax (scale q K^T) V for each token and head, over the positions up to the token's own
 * that the window holds. Query head h reads the cache of head h / (n_heads / n_kv_heads). A token's
 * result depends neither on the number of threads nor on the other tokens of the run.
 */
void tl_attention_run (const tl_attention *a, tl_pool *pool);

/* The same for the query heads of cache heads [begin, end), in the calling thread, of which @thread
 * says which scratch is its own. */
void tl_attention_run_heads (const tl_attention *a, size_t begin, size_t end, unsigned thread);

/* Floats of scratch that a thread needs. */
size_t tl_attention_scratch (const tl_kv_layer *kv);
