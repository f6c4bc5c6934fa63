/* SPDX-License-Identifier: Apache-2.0 */
/* Trains a llama-family language model from scratch in f32: embedding, blocks, tied or untied head,
 * cross-entropy, AdamW. Deterministic for a seed on one CPU path with any number of threads. */
#pragma once

#include "gguf/gguf.h"
#include "train/blocks.h"
#include "train/checkpoint.h"
#include "train/muon.h"
#include "train/qat.h"

typedef struct
{
  tl_blocks_config blocks;
  uint32_t         n_vocab;
  bool             tied;
  uint32_t         seq_len;        /* tokens a sequence */
  uint32_t         batch_tokens;   /* tokens a step: a multiple of seq_len */
  tl_adamw_params  adamw;
  tl_muon_params   muon;           /* of the blocks' matrices when its rate is not 0 */
  tl_schedule      schedule;
  uint64_t         seed;
  tl_qat_config    quant;          /* of the blocks' matrices; embedding and head stay float */
} tl_lm_train_config;

typedef struct tl_lm_trainer tl_lm_trainer;

/* @pool is borrowed. Parameters start at their seeded initial values. */
tl_lm_trainer *tl_lm_trainer_new  (const tl_lm_train_config *c, tl_pool *pool, tl_error *err);
void           tl_lm_trainer_free (tl_lm_trainer *t);

size_t   tl_lm_trainer_n_params   (const tl_lm_trainer *t);
/* Embedding [n_vocab, n_embd], blocks, and the head [n_vocab, n_embd] when it is not tied. */
float   *tl_lm_trainer_get_params (tl_lm_trainer *t);
float   *tl_lm_trainer_get_grads  (tl_lm_trainer *t);

/**
 * tl_lm_trainer_set_teacher:
 * @teacher: (nullable) (transfer none): a float model of the same vocabulary, seq_len and
 * batch_tokens, of any width; used up by @t's steps, so the caller leaves it alone meanwhile
 * @weight: of the teacher's part, in [0, 1]
 * @temperature: softens both distributions, > 0
 *
 * From now on a step's loss is (1 - weight) cross-entropy + weight T^2 KL (teacher || student) of
 * the distributions softmax (logits / T). Hinton et al. 2015, arXiv:1503.02531.
 */
bool tl_lm_trainer_set_teacher (tl_lm_trainer *t, tl_lm_trainer *teacher, float weight,
                                float temperature, tl_error *err);

/**
 * tl_lm_trainer_loss:
 * @inputs: @targets: [n_seqs, seq_len]; a target of -1 is left out of the mean
 * @backward: also adds the gradient of the mean loss to the gradients
 *
 * Without dropout. Returns: mean cross-entropy in nats a token; 0 when no target counts; NAN, and
 * nothing is done, when an id is outside the vocabulary.
 */
float tl_lm_trainer_loss (tl_lm_trainer *t, const int32_t *inputs, const int32_t *targets,
                          size_t n_seqs, bool backward);

/**
 * tl_lm_trainer_logits:
 * @ids: [n] one sequence, n <= seq_len
 * @logits: (out): [n, n_vocab]
 * Returns: false when @n or an id is out of range.
 */
bool tl_lm_trainer_logits (tl_lm_trainer *t, const int32_t *ids, size_t n, float *logits);

/**
 * tl_lm_trainer_step:
 * One optimiser step on a batch of windows drawn from @tokens [n] by the trainer's own generator.
 *
 * Returns: the loss before the step; INFINITY when the step was skipped because a gradient was not
 * finite; NAN, and nothing is changed, when @n <= seq_len, an id is outside the vocabulary or the
 * cancel callback said stop.
 */
float tl_lm_trainer_step (tl_lm_trainer *t, const int32_t *tokens, size_t n);

/* Polled before each micro-batch of a step or loss; NULL for none. */
void tl_lm_trainer_set_cancel (tl_lm_trainer *t, tl_cancel_func cancel, void *cancel_data);

/* Borrowed: what the next checkpoint will say. The caller may write best_valid and seconds; step,
 * data_pos (tokens trained on) and the generator are the trainer's. */
tl_checkpoint_state *tl_lm_trainer_get_state (tl_lm_trainer *t);

uint64_t tl_lm_trainer_get_step (const tl_lm_trainer *t);

/* A run may be resumed with other rates, schedule and dropout; shape, batch and seed must agree. */
bool tl_lm_trainer_save (const tl_lm_trainer *t, const char *path, tl_error *err);
bool tl_lm_trainer_load (tl_lm_trainer *t, const char *path, tl_error *err);

/**
 * tl_lm_trainer_export:
 * @tokenizer: a GGUF whose tokenizer.ggml.* keys are copied
 * @type: of the blocks' matrices; norms stay F32
 * @embedding_type: of the embedding and the head
 *
 * Writes a plain llama GGUF that llama.cpp reads. With quantisation-aware training on, the blocks'
 * matrices are the quantised ones, as at the end of the ramp. A vocabulary of another size, rows
 * that are no whole number of a type's blocks, or a stack that is not a llama (not causal, no
 * rope) is an error.
 */
bool tl_lm_trainer_export (const tl_lm_trainer *t, const tl_gguf *tokenizer, tl_type type,
                           tl_type embedding_type, const char *name, const char *path,
                           tl_error *err);

/* The shape of a llama GGUF, into @c's blocks, n_vocab and tied; the rest of @c is left alone. */
bool tl_lm_train_config_from_gguf (tl_lm_train_config *c, const tl_gguf *gguf, tl_error *err);

/* Starts from a GGUF's weights, of any type that can be read: overwrites the parameters alone.
 * Every tensor must be there in the trainer's shape; on failure nothing is changed. */
bool tl_lm_trainer_import (tl_lm_trainer *t, const tl_gguf *gguf, tl_error *err);
