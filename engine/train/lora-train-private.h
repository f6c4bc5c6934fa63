/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the adapters' trainer, for its own files. */
#pragma once

#include "model/targets.h"
#include "train/blocks-attention.h"
#include "train/lora-train.h"

/* A matrix of the model and what is trained at it. */
typedef struct
{
  const tl_matrix *w;
  const float     *wide; /* [rows, cols] widened, or the trained matrix; NULL: tile by tile */
  uint32_t         rank; /* 0: no pair */
  bool             full; /* the matrix itself is trained, from offset a on */
  size_t           a, b; /* offsets in the parameters: A [rank, cols], B [rows, rank] */
} tl_lora_site;

/* What forward keeps of one layer; R is the room. */
typedef struct
{
  float   *qkv;      /* [R, qkv_dim] turned */
  float   *raw;      /* [R, q_dim + kv_dim] before the norms of heads; NULL without them */
  float   *att;      /* [R, q_dim] */
  float   *lse;      /* [R, n_heads] */
  float   *attn_out; /* [R, n_embd] before the norm of the branch; NULL without one */
  float   *h;        /* [R, n_embd] after the attention branch */
  float   *gate_up;  /* [R, 2 n_ff]; backward overwrites it with its gradient */
  float   *down;     /* [R, n_embd] as attn_out */
} tl_lora_layer;

struct tl_lora_trainer
{
  tl_lora_config      config;
  const tl_model     *model;
  tl_ops              ops;
  tl_row_attention    attention;
  tl_adamw            adamw;
  tl_checkpoint_state state;
  uint64_t            older_hash; /* of checkpoints from before alpha counted */
  tl_cancel_func      cancel;
  void               *cancel_data;
  bool                cancelled; /* the last loss was cut short */

  tl_lora_site *sites;   /* [n_layers TL_TARGETS + 1], the last of the head */
  size_t        tile_floats; /* of the largest part that is widened at once; 0: all are kept so */
  size_t        n_params;
  float        *params, *grads;
  bool          drops;   /* of the last forward */
  uint64_t      drop_key;

  size_t    room;        /* R */
  size_t    n_rows, kv_dim, widest;
  uint32_t *seq_begin;   /* [R + 1] */
  int32_t  *ids;         /* [R] */
  int32_t  *targets;     /* [R] of each row that learns, */
  uint32_t *target_rows; /* [R] and the row */
  size_t    n_targets, head_rows;

  tl_lora_layer *layers; /* [n_layers], or all the same with recompute */
  float *memory;         /* everything below, and what the layers point to */
  float *x;              /* [n_layers + 1, R, n_embd] what goes into each layer */
  float *norm, *branch, *dnorm, *dx; /* [R, n_embd] */
  float *act, *dact;                 /* [R, n_ff] */
  float *act_normed, *att_normed;    /* [R, n_ff], [R, q_dim] of a family with sub-norms */
  float *datt;                       /* [R, q_dim] */
  float *dqkv;                       /* [R, qkv_dim] */
  float *low, *dlow;                 /* [R, rank] A x and its gradient */
  float *dropped;                    /* [R, widest] */
  float *tile;                       /* [tile_floats] widened weights */
  float *angles[2][2];               /* by rotation: cosine, sine [max_seq_len, n_rot / 2] */
  float *y, *logits;                 /* [head_rows, n_embd], [head_rows, n_vocab] */
  float *scores;
  float *wide;                       /* what sites point to */
};

/* Floats of weights widened at once: 4 MiB. */
#define TL_LORA_TILE ((size_t) 1 << 20)

static inline const tl_lora_site *
tl_lora_site_of (const tl_lora_trainer *t, size_t layer, tl_target target)
{
  return &t->sites[layer * TL_TARGETS + target];
}

/* y[n_rows, rows of the site], @ldy apart = (scale W + c B A) x */
void tl_lora_product          (tl_lora_trainer *t, const tl_lora_site *s, const float *x,
                               size_t n_rows, float *y, size_t ldy);
/* @dx: [n_rows, cols] = beta dx + the gradient; the site's gradients are added to. */
void tl_lora_product_backward (tl_lora_trainer *t, const tl_lora_site *s, const float *x,
                               size_t n_rows, const float *dy, size_t ldy, float *dx, float beta);

/* From the projections in @l->qkv to queries and keys that attention takes, in place. */
void tl_lora_heads          (tl_lora_trainer *t, uint32_t layer, tl_lora_layer *l);
/* The same for t->dqkv. */
void tl_lora_heads_backward (tl_lora_trainer *t, uint32_t layer, const tl_lora_layer *l);

/* act = gate (g) u, of rows that hold g and u side by side; and their gradients in place of them.
 * */
void tl_lora_gate          (tl_lora_trainer *t, const float *gate_up);
void tl_lora_gate_backward (tl_lora_trainer *t, float *gate_up);

/* From t->x of @layer to that of the next. */
void tl_lora_layer_forward  (tl_lora_trainer *t, uint32_t layer);
/* t->dx is the gradient of the layer's output and becomes that of its input. */
void tl_lora_layer_backward (tl_lora_trainer *t, uint32_t layer);

/* The loss of @examples, all in range, summed and divided by their learned tokens; NAN, and
 * t->cancelled, when cut short. */
double tl_lora_batch_loss (tl_lora_trainer *t, const tl_lora_example *examples, size_t n,
                           tl_rng *rng, bool backward);
