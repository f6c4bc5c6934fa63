/* SPDX-License-Identifier: Apache-2.0 */
/* The trainer's inside, for its own files. */
#pragma once

#include "train/lm-train.h"
#include "train/ops.h"

struct tl_lm_trainer
{
  tl_lm_train_config  config;
  tl_ops              ops;    /* of the head */
  tl_blocks          *blocks;
  tl_adamw            adamw;
  tl_checkpoint_state state;
  tl_cancel_func      cancel;
  void               *cancel_data;
  bool                cancelled; /* the last loss was cut short */

  /* One array each: embedding [n_vocab, n_embd], blocks, an untied head [n_vocab, n_embd]. */
  size_t   n_params, blocks_at, head_at;
  float   *params, *grads;
  tl_range *ranges;   /* what AdamW moves when Muon moves the rest */
  float    *muon;     /* scratch of Muon; NULL without it */
  uint8_t *decay; /* 1 for matrices, 0 for gains */
  float   *quantised; /* [n of the blocks] what their products see; NULL without quantisation */

  size_t    micro_seqs; /* sequences that go through the blocks at once */
  size_t    head_rows;  /* rows whose logits exist at once */
  float    *x;          /* [micro_seqs * seq_len, n_embd] embedded inputs, later their gradient */
  float    *y, *dy;     /* the same shape: the blocks' output and its gradient */
  float    *logits;     /* [head_rows, n_vocab], later their gradient */
  uint32_t *seq_lens;   /* [micro_seqs], all seq_len */
  int32_t  *inputs, *targets; /* [batch_tokens] of a step */

  tl_lm_trainer *teacher; /* borrowed, or NULL */
  float          teacher_weight, temperature;
  float         *softened; /* [head_rows, n_vocab] scratch of the distillation; NULL without it */
};

/* @rng: (nullable): for dropout; @distil: learn from t->teacher too. Returns: the mean loss; NAN
 * and t->cancelled when cut short. */
double tl_lm_batch_loss   (tl_lm_trainer *t, const int32_t *inputs, const int32_t *targets,
                           size_t n_seqs, tl_rng *rng, bool backward, bool distil);
/* Fills @y [n of the blocks] with the blocks' parameters, their matrices quantised as far as
 * @lambda. */
void   tl_lm_quantise     (const tl_lm_trainer *t, float lambda, float *y);
/* Fills @params [n of the blocks] from a GGUF's tensors. */
bool   tl_lm_read_blocks  (const tl_lm_train_config *c, const tl_gguf *g, float *params,
                           tl_error *err);
bool   tl_lm_ids_in_range (const tl_lm_trainer *t, const int32_t *ids, size_t n, int32_t lowest);
