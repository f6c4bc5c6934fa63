/* SPDX-License-Identifier: Apache-2.0 */
/* The list of the matrices of a layer. */
#include "model/targets.h"

static const tl_target_tensor tensors[] = {
  { "attn_q.weight", TL_TARGET_Q, 1, TL_PART_SPLIT },
  { "attn_k.weight", TL_TARGET_K, 1, TL_PART_SPLIT },
  { "attn_v.weight", TL_TARGET_V, 1, TL_PART_SPLIT },
  { "attn_qkv.weight", TL_TARGET_Q, 3, TL_PART_FUSED },
  { "attn_output.weight", TL_TARGET_OUT, 1, 0 },
  { "ffn_gate.weight", TL_TARGET_GATE, 1, TL_PART_SPLIT },
  { "ffn_up.weight", TL_TARGET_UP, 1, TL_PART_SPLIT },
  { "ffn_up.weight", TL_TARGET_GATE, 2, TL_PART_FUSED },
  { "ffn_down.weight", TL_TARGET_DOWN, 1, 0 },
};

const tl_target_tensor *
tl_target_tensor_at (size_t i)
{
  return i < sizeof tensors / sizeof *tensors ? &tensors[i] : NULL;
}

const tl_matrix *
tl_model_get_target (const tl_model *m, uint32_t layer, tl_target target)
{
  const tl_layer *l = &m->layers[layer];
  const tl_matrix *all[TL_TARGETS] = { &l->q, &l->k, &l->v, &l->o, &l->gate, &l->up, &l->down };

  return all[target];
}
