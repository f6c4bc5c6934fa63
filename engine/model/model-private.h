/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a loaded model, for the session that computes with it. */
#pragma once

#include <string.h>

#include "model/family.h"
#include "model/linear.h"
#include "model/model.h"

/* The most that a model file may ask for; far beyond any model of this engine's size, and small
 * enough that no product of them overflows 64 bits. */
#define TL_MODEL_MAX_WIDTH 65536u
#define TL_MODEL_MAX_CTX (1u << 24)
#define TL_MODEL_MAX_HEAD 1024u

typedef struct
{
  const float *attn_norm, *ffn_norm; /* [n_embd] */

  /* What some families have, else NULL. */
  const float *attn_post_norm, *ffn_post_norm; /* [n_embd] */
  const float *attn_sub_norm;                  /* [n_embd] */
  const float *ffn_sub_norm;                   /* [n_ff] */
  const float *q_norm, *k_norm;                /* [head_dim] */
  const float *q_bias, *k_bias, *v_bias;       /* [heads x head_dim] */
  bool         is_windowed;                    /* and so rotated by the other frequencies */

  tl_matrix    q;                    /* [n_heads head_dim, n_embd] */
  tl_matrix    k, v;                 /* [n_kv_heads head_dim, n_embd] */
  tl_matrix    o;                    /* [n_embd, n_heads head_dim] */
  tl_matrix    gate, up;             /* [n_ff, n_embd] */
  tl_matrix    down;                 /* [n_embd, n_ff] */
} tl_layer;

/* The rotation of positions. */
typedef struct
{
  float        base;
  float        scale;   /* positions are multiplied by it; 1 without linear scaling */
  const float *factors; /* [n_rot / 2] each frequency is divided by its own; or NULL */
} tl_rotation;

struct tl_model
{
  tl_gguf      *gguf;
  tl_tokenizer *tokenizer; /* or NULL */
  tl_model_info info;
  const tl_family *family;
  tl_gate       gate;
  uint32_t      n_rot;         /* rotated dimensions of a head */
  uint32_t      n_rotations;   /* 2 where windowed layers have their own */
  tl_rotation   rotations[2];
  const float  *long_factors;  /* [n_rot / 2] for contexts longer than n_ctx_short; or NULL */
  uint32_t      n_ctx_short;
  float         rope_gain;     /* of rotated queries and keys; mostly 1 */
  uint32_t      window;        /* positions that a windowed layer sees */
  float         embd_scale;    /* of token embeddings */
  float         attn_scale;    /* of q K^T */
  float         branch_scale;  /* of what a branch adds */
  float         logit_scale;
  tl_matrix     token_embd;    /* [n_vocab, n_embd] */
  tl_matrix     output;        /* [n_vocab, n_embd]; the same as token_embd when tied */
  const float  *output_norm;   /* [n_embd] */
  tl_layer     *layers;        /* [n_layers] */
  tl_panels    *panels;        /* what matrices point to */
  void         *packed;        /* the panels' data */
};

/* Fill m->info and the rotary settings, or the weights, from m->gguf. */
bool tl_model_read_params  (tl_model *m, tl_error *err);
bool tl_model_bind_weights (tl_model *m, tl_error *err);

/* Gives the matrices whose type has a panel form their panels, whose data is not there before
 * tl_model_pack() was called. */
bool tl_model_plan_pack (tl_model *m, tl_error *err);
bool tl_model_pack      (tl_model *m, tl_error *err);
