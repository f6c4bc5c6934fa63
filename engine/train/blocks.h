/* SPDX-License-Identifier: Apache-2.0 */
/* A stack of Llama blocks in f32 with its backward pass: what the language-model trainer and the
 * reader's trunk have in common. Each block is
 *   h = x + Wo attention (rope (Wq n1), rope (Wk n1), Wv n1),   n1 = rms_norm (x)
 *   y = h + Wdown (silu (Wgate n2) * (Wup n2)),                 n2 = rms_norm (h)
 * and the stack ends with a final rms_norm. Inputs are rows of vectors, tokens or sentences alike.
 * Source of the graph: Touvron et al. 2023, arXiv:2302.13971. */
#pragma once

#include "base/rng.h"
#include "kernels/pool.h"

typedef struct
{
  uint32_t n_embd, n_layers, n_heads, n_kv_heads, head_dim, n_ff;
  float    rms_eps, rope_base; /* rope_base 0: no rotation */
  bool     causal;             /* false: every row of a sequence sees every other */
  float    dropout;            /* on the two branches, before they are added; 0 at inference */
} tl_blocks_config;

typedef struct tl_blocks tl_blocks;

/* Parameters are one flat array owned by the caller (so that one optimiser sees them all):
 * tl_blocks_n_params() floats in the order of tl_blocks_param() below. */
size_t tl_blocks_n_params (const tl_blocks_config *c);

typedef struct
{
  char   name[48]; /* llama.cpp's: "blk.0.attn_q.weight", ..., "output_norm.weight" */
  size_t offset;   /* in floats */
  size_t rows, cols; /* [rows, cols] row-major, y = W x; a vector has rows 1 */
} tl_blocks_tensor;

size_t           tl_blocks_n_tensors (const tl_blocks_config *c);
tl_blocks_tensor tl_blocks_param     (const tl_blocks_config *c, size_t i);
/* Normal(0, 0.02), the two residual projections scaled by 1/sqrt(2 n_layers), gains 1. */
void             tl_blocks_init_params (const tl_blocks_config *c, float *params, tl_rng *rng);

/**
 * tl_blocks_new:
 * @max_rows: the most rows that one forward takes, over all its sequences
 * Takes all memory for activations; forward and backward do not allocate.
 */
tl_blocks *tl_blocks_new  (const tl_blocks_config *c, size_t max_rows, size_t max_seq_len,
                           tl_pool *pool, tl_error *err);
void       tl_blocks_free (tl_blocks *b);

/* Rounds the input of each projection to int8 by row from now on, as BitNet does: forward and
 * backward see d round (x / d) with d = max |x| / 127 of the row, and the gradient passes straight
 * through. */
void tl_blocks_set_int8 (tl_blocks *b, bool int8);

/**
 * tl_blocks_observe_func:
 * @tensor: as tl_blocks_param() numbers them: the first of those that this input is multiplied by
 * @x: [n_rows, width]
 */
typedef void (*tl_blocks_observe_func) (void *data, size_t tensor, const float *x, size_t n_rows,
                                        size_t width);
/* Shows the input of each projection of every forward; NULL for nobody. */
void tl_blocks_set_observer (tl_blocks *b, tl_blocks_observe_func observe, void *data);

/**
 * tl_blocks_forward:
 * @x: [n_rows, n_embd], sequences one after the other
 * @seq_lens: [n_seqs], summing to n_rows; attention and positions do not cross sequences
 * @rng: (nullable): dropout masks are drawn from it; NULL for inference
 * @y: (out): [n_rows, n_embd] after the final norm; may not alias @x
 */
void tl_blocks_forward  (tl_blocks *b, const float *params, const float *x,
                         const uint32_t *seq_lens, size_t n_seqs, tl_rng *rng, float *y);

/**
 * tl_blocks_backward:
 * @grads: += [n_params]; @dy: [n_rows, n_embd]; @dx: (out): [n_rows, n_embd]; may alias @dy
 *
 * Of the last forward, whose activations it uses up: once for each forward.
 */
void tl_blocks_backward (tl_blocks *b, const float *params, float *grads, const float *dy,
                         float *dx);
