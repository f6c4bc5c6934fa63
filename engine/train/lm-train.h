/* SPDX-License-Identifier: Apache-2.0 */
/* Trains a llama-family language model from scratch in f32: embedding, blocks, tied or untied head,
 * cross-entropy, AdamW. Deterministic for a seed on one CPU path, whatever the number of threads. */
#pragma once

#include "gguf/gguf.h"
#include "train/blocks.h"
#include "train/checkpoint.h"

typedef struct
{
  tl_blocks_config blocks;
  uint32_t         n_vocab;
  bool             tied;
  uint32_t         seq_len;        /* tokens a sequence */
  uint32_t         batch_tokens;   /* tokens a step: a multiple of seq_len */
  tl_adamw_params  adamw;
  tl_schedule      schedule;
  uint64_t         seed;
} tl_lm_train_config;

typedef struct tl_lm_trainer tl_lm_trainer;

/* @pool is borrowed. Parameters start at their seeded initial values. */
tl_lm_trainer *tl_lm_trainer_new  (const tl_lm_train_config *c, tl_pool *pool, tl_error *err);
void           tl_lm_trainer_free (tl_lm_trainer *t);

size_t   tl_lm_trainer_n_params   (const tl_lm_trainer *t);
float   *tl_lm_trainer_get_params (tl_lm_trainer *t); /* embedding [n_vocab, n_embd], blocks, head */
float   *tl_lm_trainer_get_grads  (tl_lm_trainer *t);

/**
 * tl_lm_trainer_loss:
 * @inputs: @targets: [n_seqs, seq_len]; a target of -1 is left out of the mean
 * @backward: also adds the gradient of the mean loss to the gradients
 *
 * Returns: mean cross-entropy in nats a token.
 */
float tl_lm_trainer_loss (tl_lm_trainer *t, const int32_t *inputs, const int32_t *targets,
                          size_t n_seqs, bool backward);

/**
 * tl_lm_trainer_step:
 * One optimiser step on a batch drawn from @tokens [n] by the trainer's own generator.
 * Returns: the loss; INFINITY when the step was skipped because a gradient was not finite.
 */
float tl_lm_trainer_step (tl_lm_trainer *t, const int32_t *tokens, size_t n);

uint64_t tl_lm_trainer_get_step (const tl_lm_trainer *t);
bool     tl_lm_trainer_save     (const tl_lm_trainer *t, const char *path, tl_error *err);
bool     tl_lm_trainer_load     (tl_lm_trainer *t, const char *path, tl_error *err);

/**
 * tl_lm_trainer_export:
 * @tokenizer: a GGUF whose tokenizer.ggml.* keys are copied
 * @type: of the matrices; norms stay F32
 * Writes a plain llama GGUF that llama.cpp reads.
 */
bool tl_lm_trainer_export (const tl_lm_trainer *t, const tl_gguf *tokenizer, tl_type type,
                           const char *name, const char *path, tl_error *err);
