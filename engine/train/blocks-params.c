/* SPDX-License-Identifier: Apache-2.0 */
/* Where each tensor of a block stack lies in the flat parameters, its name, its initial value. */
#include "train/blocks-private.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

static const char *const tensor_names[TL_LAYER_TENSORS] = {
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
  const size_t shapes[TL_LAYER_TENSORS][2] = {
    [TL_ATTN_NORM] = { 1, n_embd },
    [TL_ATTN_Q] = { tl_blocks_q_dim (c), n_embd },
    [TL_ATTN_K] = { tl_blocks_kv_dim (c), n_embd },
    [TL_ATTN_V] = { tl_blocks_kv_dim (c), n_embd },
    [TL_ATTN_OUT] = { n_embd, tl_blocks_q_dim (c) },
    [TL_FFN_NORM] = { 1, n_embd },
    [TL_FFN_GATE] = { c->n_ff, n_embd },
    [TL_FFN_UP] = { c->n_ff, n_embd },
    [TL_FFN_DOWN] = { n_embd, c->n_ff },
  };

  *rows = shapes[kind][0];
  *cols = shapes[kind][1];
}

/* Floats of one layer before tensor @kind; of the whole layer for TL_LAYER_TENSORS. */
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
  size_t begin = layer * offset_in_layer (c, TL_LAYER_TENSORS);

  return (tl_layer_offsets) {
    .attn_norm = begin,
    .qkv = begin + offset_in_layer (c, TL_ATTN_Q),
    .attn_out = begin + offset_in_layer (c, TL_ATTN_OUT),
    .ffn_norm = begin + offset_in_layer (c, TL_FFN_NORM),
    .gate_up = begin + offset_in_layer (c, TL_FFN_GATE),
    .down = begin + offset_in_layer (c, TL_FFN_DOWN),
  };
}

size_t
tl_blocks_final_norm (const tl_blocks_config *c)
{
  return c->n_layers * offset_in_layer (c, TL_LAYER_TENSORS);
}

size_t
tl_blocks_n_params (const tl_blocks_config *c)
{
  return tl_blocks_final_norm (c) + c->n_embd;
}

size_t
tl_blocks_n_tensors (const tl_blocks_config *c)
{
  return (size_t) c->n_layers * TL_LAYER_TENSORS + 1;
}

tl_blocks_tensor
tl_blocks_param (const tl_blocks_config *c, size_t i)
{
  size_t layer = i / TL_LAYER_TENSORS;
  size_t kind = i % TL_LAYER_TENSORS;
  tl_blocks_tensor t = { "output_norm.weight", tl_blocks_final_norm (c), 1, c->n_embd };

  assert (i < tl_blocks_n_tensors (c));
  if (layer == c->n_layers)
    return t;
  snprintf (t.name, sizeof t.name, "blk.%zu.%s.weight", layer, tensor_names[kind]);
  t.offset = layer * offset_in_layer (c, TL_LAYER_TENSORS) + offset_in_layer (c, kind);
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
      size_t kind = i % TL_LAYER_TENSORS;
      bool   is_gain = kind == TL_ATTN_NORM || kind == TL_FFN_NORM; /* the last tensor too */
      float  std = 0.02f * (kind == TL_ATTN_OUT || kind == TL_FFN_DOWN ? residual_scale : 1.0f);

      for (size_t j = 0; j < t.rows * t.cols; j++)
        params[t.offset + j] = is_gain ? 1.0f : std * tl_rng_normal (rng);
    }
}
