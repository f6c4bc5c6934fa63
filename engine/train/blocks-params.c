/* SPDX-License-Identifier: Apache-2.0 */
/* Where each tensor of a block stack lies in the flat parameters, its name, its initial value. */
#include "train/blocks-private.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

/* Of one layer, in order; the attention projections and gate, up stand together. */
enum
{
  ATTN_NORM, ATTN_Q, ATTN_K, ATTN_V, ATTN_OUT, FFN_NORM, FFN_GATE, FFN_UP, FFN_DOWN, N_TENSORS
};

static const char *const tensor_names[N_TENSORS] = {
  "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up",
  "ffn_down",
};

size_t
tl_blocks_q_dim (const tl_blocks_config *c)
{
  return (size_t) c->n_heads * c->head_dim;
}

size_t
tl_blocks_kv_dim (const tl_blocks_config *c)
{
  return (size_t) c->n_kv_heads * c->head_dim;
}

static void
tensor_shape (const tl_blocks_config *c, size_t kind, size_t *rows, size_t *cols)
{
  const size_t n_embd = c->n_embd;
  const size_t shapes[N_TENSORS][2] = {
    [ATTN_NORM] = { 1, n_embd },
    [ATTN_Q] = { tl_blocks_q_dim (c), n_embd },
    [ATTN_K] = { tl_blocks_kv_dim (c), n_embd },
    [ATTN_V] = { tl_blocks_kv_dim (c), n_embd },
    [ATTN_OUT] = { n_embd, tl_blocks_q_dim (c) },
    [FFN_NORM] = { 1, n_embd },
    [FFN_GATE] = { c->n_ff, n_embd },
    [FFN_UP] = { c->n_ff, n_embd },
    [FFN_DOWN] = { n_embd, c->n_ff },
  };

  *rows = shapes[kind][0];
  *cols = shapes[kind][1];
}

/* Floats of one layer before tensor @kind; of the whole layer for N_TENSORS. */
static size_t
offset_in_layer (const tl_blocks_config *c, size_t kind)
{
  size_t offset = 0;

  for (size_t i = 0; i < kind; i++)
    {
      size_t rows, cols;

      tensor_shape (c, i, &rows, &cols);
      offset += rows * cols;
    }
  return offset;
}

tl_layer_offsets
tl_blocks_layer_offsets (const tl_blocks_config *c, size_t layer)
{
  size_t begin = layer * offset_in_layer (c, N_TENSORS);

  return (tl_layer_offsets) {
    .attn_norm = begin,
    .qkv = begin + offset_in_layer (c, ATTN_Q),
    .attn_out = begin + offset_in_layer (c, ATTN_OUT),
    .ffn_norm = begin + offset_in_layer (c, FFN_NORM),
    .gate_up = begin + offset_in_layer (c, FFN_GATE),
    .down = begin + offset_in_layer (c, FFN_DOWN),
  };
}

size_t
tl_blocks_final_norm (const tl_blocks_config *c)
{
  return c->n_layers * offset_in_layer (c, N_TENSORS);
}

size_t
tl_blocks_n_params (const tl_blocks_config *c)
{
  return tl_blocks_final_norm (c) + c->n_embd;
}

size_t
tl_blocks_n_tensors (const tl_blocks_config *c)
{
  return (size_t) c->n_layers * N_TENSORS + 1;
}

tl_blocks_tensor
tl_blocks_param (const tl_blocks_config *c, size_t i)
{
  size_t layer = i / N_TENSORS;
  size_t kind = i % N_TENSORS;
  tl_blocks_tensor t = { "output_norm.weight", tl_blocks_final_norm (c), 1, c->n_embd };

  assert (i < tl_blocks_n_tensors (c));
  if (layer == c->n_layers)
    return t;
  snprintf (t.name, sizeof t.name, "blk.%zu.%s.weight", layer, tensor_names[kind]);
  t.offset = layer * offset_in_layer (c, N_TENSORS) + offset_in_layer (c, kind);
  tensor_shape (c, kind, &t.rows, &t.cols);
  return t;
}

void
tl_blocks_init_params (const tl_blocks_config *c, float *params, tl_rng *rng)
{
  /* GPT-2 (Radford et al. 2019): the residual stream's variance stays the same at any depth. */
  const float residual_scale = 1.0f / sqrtf (2.0f * (float) c->n_layers);

  for (size_t i = 0; i < tl_blocks_n_tensors (c); i++)
    {
      tl_blocks_tensor t = tl_blocks_param (c, i);
      size_t kind = i % N_TENSORS;
      bool   is_gain = kind == ATTN_NORM || kind == FFN_NORM; /* the last tensor too */
      float  std = 0.02f * (kind == ATTN_OUT || kind == FFN_DOWN ? residual_scale : 1.0f);

      for (size_t j = 0; j < t.rows * t.cols; j++)
        params[t.offset + j] = is_gain ? 1.0f : std * tl_rng_normal (rng);
    }
}
