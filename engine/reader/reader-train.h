/* SPDX-License-Identifier: Apache-2.0 */
/* Trains a reader's trunk with its key and action heads over labelled notes and documents; the span
 * heads are trained afterwards, on what the trunk says of the notes (tl_spans_train). Deterministic
 * for a seed on one CPU path, whatever the number of threads; can be stopped at any step and
 * resumed from a checkpoint to the same result. */
#pragma once

#include "reader/example.h"
#include "reader/reader-file.h"
#include "train/checkpoint.h"
#include "train/optim.h"

typedef struct
{
  uint64_t        seed;
  uint32_t        notes_per_step;
  uint32_t        note_epochs;     /* passes over the notes (examples of weight 1) */
  uint32_t        document_epochs; /* passes over the others, mixed into the first part */
  float listwise; /* weight of the order of the key units beside each unit's own loss */
  float           action;          /* weight of the action units' loss beside the key units' */
  float           dropout;
  tl_adamw_params adamw;
} tl_reader_train_config;

void tl_reader_train_config_init (tl_reader_train_config *c); /* the recipe of eeny */

typedef struct tl_reader_trainer tl_reader_trainer;

/**
 * tl_reader_trainer_new:
 * @n_vocab: of the tokenizer that made the notes' tokens
 * @notes: @labels: [n] as tl_example_prepare() made them; borrowed as long as the trainer lives, so
 * that several trainers can share them
 * @pool: (nullable) (transfer none)
 */
tl_reader_trainer *tl_reader_trainer_new (const tl_reader_train_config *c, size_t n_vocab,
                                          const tl_note *const *notes,
                                          const tl_note_labels *const *labels, size_t n,
                                          tl_pool *pool, tl_error *err);
void               tl_reader_trainer_free (tl_reader_trainer *t);

/**
 * tl_reader_trainer_take_vectors:
 * @vectors: a GGUF with "token_embd.weight" [n_vocab, d], such as tl_skipgram_train() makes
 *
 * Before the first step: the token vectors start from these, centred and scaled to the size that
 * random ones have, instead of from random ones.
 */
bool tl_reader_trainer_take_vectors (tl_reader_trainer *t, const tl_gguf *vectors, tl_error *err);

uint64_t tl_reader_trainer_get_step    (const tl_reader_trainer *t);
uint64_t tl_reader_trainer_get_n_steps (const tl_reader_trainer *t);
size_t   tl_reader_trainer_n_params    (const tl_reader_trainer *t);
const tl_reader_layout *tl_reader_trainer_get_layout (const tl_reader_trainer *t);
float   *tl_reader_trainer_get_params  (tl_reader_trainer *t);
float   *tl_reader_trainer_get_grads   (tl_reader_trainer *t);

/* One optimiser step. Returns: the mean loss of the key units in nats; INFINITY if it
 * was skipped. */
float tl_reader_trainer_step (tl_reader_trainer *t);

/**
 * tl_reader_trainer_loss:
 * Of the examples @which [n], without dropout when @rng is NULL; @backward adds the gradients.
 * Returns: the whole loss.
 */
float tl_reader_trainer_loss (tl_reader_trainer *t, const uint32_t *which, size_t n, tl_rng *rng,
                              bool backward);

bool tl_reader_trainer_save (const tl_reader_trainer *t, const char *path, tl_error *err);
bool tl_reader_trainer_load (tl_reader_trainer *t, const char *path, tl_error *err);

/**
 * tl_reader_trainer_judge:
 * @rows: (out): [n_units, d]; @logits: (out): [n_units, 2]: what the trunk says of @note
 */
void tl_reader_trainer_judge (tl_reader_trainer *t, const tl_note *note, float *rows,
                              float *logits);

/* @tokenizer: whose tokenizer.ggml.* keys go into the file */
bool tl_reader_trainer_export (const tl_reader_trainer *t, const tl_reader_calibration *c,
                               const tl_gguf *tokenizer, const char *name, const char *path,
                               tl_error *err);
