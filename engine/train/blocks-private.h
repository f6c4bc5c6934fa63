/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the block stack share: where each tensor lies in the flat parameters, the
 * activations kept for backward, and the attention in between. */
#pragma once

#include "train/blocks-attention.h"
#include "train/blocks.h"

/* Offsets in floats. q, k and v lie one after the other, as do gate and up, so that each group is
 * one matrix to the product. */
typedef struct
{
  size_t attn_norm; /* [n_embd] */
  size_t qkv;       /* [q_dim + 2 kv_dim, n_embd] */
  size_t attn_out;  /* [n_embd, q_dim] */
  size_t ffn_norm;  /* [n_embd] */
  size_t gate_up;   /* [2 n_ff, n_embd] */
  size_t down;      /* [n_embd, n_ff] */
} tl_layer_offsets;

size_t           tl_blocks_q_dim         (const tl_blocks_config *c);
size_t           tl_blocks_kv_dim        (const tl_blocks_config *c);
tl_layer_offsets tl_blocks_layer_offsets (const tl_blocks_config *c, size_t layer);
size_t           tl_blocks_final_norm    (const tl_blocks_config *c); /* offset of its gain */

/* What forward keeps of one layer; R is max_rows. */
typedef struct
{
  float   *x;       /* [R, n_embd] input of the block */
  float   *qkv;     /* [R, q_dim + 2 kv_dim] after rope */
  float   *att;     /* [R, q_dim] weighted sums of v */
  float   *lse;     /* [R, n_heads] log sum exp of each row of scores */
  float   *h;       /* [R, n_embd] after the attention branch */
  float   *gate_up; /* [R, 2 n_ff]; backward overwrites it with its gradient */
  uint64_t att_key, ffn_key; /* of the dropout masks */
} tl_layer_activations;

struct tl_blocks
{
  tl_blocks_config config;
  tl_ops           ops;
  size_t           q_dim, qkv_dim;
  size_t           max_rows, max_seq_len;

  tl_layer_activations *layers;
  float *last;   /* [R, n_embd] input of the final norm */
  float *norm;   /* [R, n_embd] scratch from here on: the normed input of a product */
  float *branch; /* [R, n_embd] what a branch adds, or the gradient of it */
  float *act;    /* [R, n_ff] */
  float *dact;   /* [R, n_ff] */
  float *datt;   /* [R, q_dim] */
  float *dqkv;   /* [R, qkv_dim] */
  float *rounded; /* [R, the widest input of a projection] */
  float *cosine; /* [max_seq_len, head_dim / 2] */
  float *sine;
  float *scores; /* of the attention */
  float *memory;

  uint32_t *seq_begin; /* [max_rows + 1] */
  size_t    n_rows;
  tl_row_attention attention;
  bool      dropout; /* of the last forward */

  bool                   int8;
  tl_blocks_observe_func observe; /* or NULL */
  void                  *observe_data;
};

/* Of one layer, in order; the attention projections and gate, up stand together. */
enum
{
  TL_ATTN_NORM, TL_ATTN_Q, TL_ATTN_K, TL_ATTN_V, TL_ATTN_OUT, TL_FFN_NORM, TL_FFN_GATE, TL_FFN_UP,
  TL_FFN_DOWN, TL_LAYER_TENSORS
};
