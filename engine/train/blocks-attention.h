/* SPDX-License-Identifier: Apache-2.0 */
/* Attention for training, over sequences of rows that hold queries, keys and values side by side:
 * forward, and backward beside it. */
#pragma once

#include "train/ops.h"

typedef struct
{
  const tl_ops   *ops;
  uint32_t        n_heads, n_kv_heads, head_dim;
  bool            causal;
  size_t          q_dim, qkv_dim; /* of all query heads; of a row */
  size_t          max_seq_len;
  const uint32_t *seq_begin;      /* [n_seqs + 1] rows */
  size_t          n_seqs;
  const float    *cosine, *sine;  /* [max_seq_len, head_dim / 2]; NULL: nothing is turned here */
  float          *scores;         /* [threads, tl_attention_thread_floats()] */
} tl_row_attention;

size_t tl_attention_thread_floats (size_t max_seq_len);

/**
 * tl_attention_forward:
 * @qkv: [rows, qkv_dim] projections; queries and keys are turned in place
 * @att: (out): [rows, q_dim] softmax (q k^T / sqrt (head_dim)) v
 * @lse: (out): [rows, n_heads] log sum exp of each row of scores
 */
void tl_attention_forward  (const tl_row_attention *a, float *qkv, float *att, float *lse);

/* @qkv, @att and @lse as forward left them; @datt: [rows, q_dim]; @dqkv: (out): [rows, qkv_dim], the
 * gradient of the projections before they were turned */
void tl_attention_backward (const tl_row_attention *a, float *qkv, float *att, float *lse,
                            const float *datt, float *dqkv);
