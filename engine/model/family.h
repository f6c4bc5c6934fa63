/* SPDX-License-Identifier: Apache-2.0 */
/* What one family of models does otherwise than another, as data that the loading and the forward
 * pass read. Facts: the families' papers and the names and conventions of GGUF files. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gguf/gguf.h"
#include "kernels/kernels.h"

/* Groups of tensors beside those that all families have; each is read by weights.c. */
typedef enum
{
  TL_PART_SPLIT = 1 << 0,      /* attn_q, attn_k, attn_v and ffn_gate */
  TL_PART_FUSED = 1 << 1,      /* attn_qkv, and ffn_up with the gate's rows first */
  TL_PART_QKV_BIAS = 1 << 2,
  TL_PART_HEAD_NORMS = 1 << 3, /* of each query and key head, before the rotation */
  TL_PART_POST_NORMS = 1 << 4, /* of each branch's result, before it is added */
  TL_PART_SUB_NORMS = 1 << 5,  /* of what the attention's and the feed-forward's last matrix take */
  TL_PART_SCALES = 1 << 6,     /* one factor for each matrix; each may be absent */
  TL_PART_ROPE_FREQS = 1 << 7, /* divisors of the rotation's frequencies; may be absent */
  TL_PART_LONG_ROPE = 1 << 8,  /* the same for short and for long contexts; both may be absent */
} tl_part;

/* The function of the feed-forward gate. */
typedef enum
{
  TL_GATE_SILU,
  TL_GATE_GELU,  /* in the tanh form; Hendrycks & Gimpel 2016, arXiv:1606.08415 */
  TL_GATE_RELU2, /* max (0, x)^2; So et al. 2021, arXiv:2109.08668 */
} tl_gate;

typedef struct
{
  const char *name;             /* general.architecture */
  unsigned    parts;            /* of tl_part */
  bool        rotates_halves;   /* pairs are (i, i + n_rot / 2), else neighbours */
  tl_gate     gate;
  bool        scales_embedding; /* by sqrt (n_embd) */
  bool        has_multipliers;  /* of embedding, attention, branches and logits, in the file */
  uint32_t    window_period;    /* every such layer sees all, the others a window; 0: all see all */
} tl_family;

/**
 * tl_family_find:
 * Returns: (transfer none) (nullable): the static entry; on NULL @err lists those that there are
 */
const tl_family *tl_family_find (const char *name, tl_error *err);

/**
 * tl_gate_mul:
 * @y: [n] = gate (@y) @up
 */
void tl_gate_mul (const tl_kernels *k, tl_gate gate, float *y, const float *up, size_t n);
