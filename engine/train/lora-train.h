/* SPDX-License-Identifier: Apache-2.0 */
/* Trains a LoRA adapter (model/adapter.h) beside a loaded model, whose weights stay as they are, of
 * whatever type: the products see them widened to float, all at once where that fits and tile by
 * tile where not. The loss is the cross-entropy of each example's output alone; several examples
 * share a batch, and neither attention nor positions cross from one to the next. Deterministic for
 * a seed on one CPU path with any number of threads. */
#pragma once

#include "model/adapter.h"
#include "train/checkpoint.h"

#pragma GCC visibility push(default)

typedef struct
{
  uint32_t        rank;        /* of each pair */
  float           alpha;       /* the pairs count alpha / rank */
  float           dropout;     /* of what A takes; Hu et al. 2021, section 5 */
  unsigned        targets;     /* a bit (1u << tl_target) for each matrix that gets a pair */
  bool            full;        /* the target matrices themselves are trained, and no pairs: rank and
                                  alpha are not looked at */
  bool            recompute;   /* keeps each layer's input alone and computes the rest again for
                                  backward (Chen et al. 2016, arXiv:1604.06174): a third more time,
                                  a fraction of the memory */
  uint32_t        max_rows;    /* tokens computed at once */
  uint32_t        room;        /* memory is taken for so many of them alone, */
  uint32_t        learn_room;  /* and for so many that are learned; 0: for all. More at once are
                                  parted, and a run may be gone on with with another room */
  uint32_t        max_seq_len; /* of an example; at most max_rows and the model's context */
  size_t          wide_bytes;  /* of weights that may be kept widened */
  tl_adamw_params adamw;
  tl_schedule     schedule;
  uint64_t        seed;
  uint64_t        data_hash;   /* of base and data: a run is resumed with the same alone */
} tl_lora_config;

/* Tokens [n_prompt, n) are to be learned, given those before; 0 < n_prompt < n. */
typedef struct
{
  const int32_t *ids; /* [n] borrowed */
  uint32_t       n, n_prompt;
} tl_lora_example;

typedef struct tl_lora_trainer tl_lora_trainer;

/**
 * tl_lora_estimate:
 * @c: what would be trained
 * @m: beside which model
 * @n_threads: on how many threads
 *
 * Returns: the memory that training would take beside the loaded model, in bytes, without taking it
 */
size_t tl_lora_estimate (const tl_lora_config *c, const tl_model *m, unsigned n_threads);

/**
 * tl_lora_count_params:
 * @c: what would be trained
 * @m: beside which model
 *
 * Returns: how many parameters would be trained; 0 without memory
 */
size_t tl_lora_count_params (const tl_lora_config *c, const tl_model *m);

/**
 * tl_lora_trainer_new:
 * @c: copied
 * @m: (transfer none): of a family whose matrices are not fused; windowed layers must see
 * max_seq_len
 * @pool: (nullable) (transfer none)
 *
 * The pairs begin as LoRA's do: A random, B zero, so that nothing is changed yet.
 * Returns: (transfer full) (nullable): of one owner; @m and @pool must outlive it
 */
tl_lora_trainer *tl_lora_trainer_new (const tl_lora_config *c, const tl_model *m, tl_pool *pool,
                                      tl_error *err);

/**
 * tl_lora_trainer_free:
 * @t: (nullable): what was not saved or exported is lost
 */
void tl_lora_trainer_free (tl_lora_trainer *t);

/**
 * tl_lora_trainer_end:
 * @t: that has taken its last step
 *
 * Frees what further steps would need. Only its parameters and state may be asked for then, and
 * tl_lora_trainer_export() and tl_lora_trainer_free() called.
 */
void tl_lora_trainer_end (tl_lora_trainer *t);

/**
 * tl_lora_trainer_n_params:
 * Returns: how many parameters are trained
 */
size_t tl_lora_trainer_n_params (const tl_lora_trainer *t);

/**
 * tl_lora_trainer_get_params:
 * Returns: (transfer none): [n_params], which the caller may change
 */
float *tl_lora_trainer_get_params (tl_lora_trainer *t);

/**
 * tl_lora_trainer_get_grads:
 * Returns: (transfer none): [n_params], which tl_lora_trainer_loss() adds to
 */
float *tl_lora_trainer_get_grads (tl_lora_trainer *t);

/**
 * tl_lora_trainer_get_state:
 * Returns: (transfer none): what the next checkpoint will say; best_valid, best_step, data_pos and
 * seconds are the caller's
 */
tl_checkpoint_state *tl_lora_trainer_get_state (tl_lora_trainer *t);

/**
 * tl_lora_trainer_set_cancel:
 * @cancel: (nullable): polled before each micro-batch of a step or loss
 * @cancel_data: handed to @cancel
 */
void tl_lora_trainer_set_cancel (tl_lora_trainer *t, tl_cancel_func cancel, void *cancel_data);

/**
 * tl_lora_trainer_loss:
 * @examples: [n]
 * @n: how many
 * @backward: also adds the gradient of the mean loss to the gradients
 *
 * Without dropout. Returns: mean cross-entropy in nats a learned token; NAN, and nothing is done,
 * when an example is too long, has nothing to learn or an id outside the vocabulary, or when it was
 * cancelled; INFINITY when the parameters give no number any more
 */
double tl_lora_trainer_loss (tl_lora_trainer *t, const tl_lora_example *examples, size_t n,
                             bool backward);

/**
 * tl_lora_trainer_step:
 * @examples: [n] of one step of the optimiser
 * @n: how many
 *
 * Returns: the loss before the step, with dropout; INFINITY when the step was skipped because a
 * gradient was not finite; NAN as tl_lora_trainer_loss(), and nothing is changed then
 */
double tl_lora_trainer_step (tl_lora_trainer *t, const tl_lora_example *examples, size_t n);

/**
 * tl_lora_trainer_keep:
 * Keeps the parameters beside.
 */
void tl_lora_trainer_keep (tl_lora_trainer *t);

/**
 * tl_lora_trainer_restore:
 * Takes the parameters that were kept last back.
 */
void tl_lora_trainer_restore (tl_lora_trainer *t);

/**
 * tl_lora_trainer_save:
 * @path: of a checkpoint of everything, what was kept too; untouched on failure
 */
bool tl_lora_trainer_save (tl_lora_trainer *t, const char *path, tl_error *err);

/**
 * tl_lora_trainer_load:
 * @path: of tl_lora_trainer_save(); the run may go on with other rates, schedule and dropout, and
 * with no other alpha
 */
bool tl_lora_trainer_load (tl_lora_trainer *t, const char *path, tl_error *err);

/**
 * tl_lora_trainer_export:
 * @w: (transfer none): with keys of the caller's own, which no name of these begins with:
 * "general.", "adapter."
 * @type: of the trained matrices, with full training
 * @name: for persons
 * @path: untouched on failure
 *
 * Writes the adapter as llama.cpp reads it, the pairs in F16. With full training it writes the model.
 */
bool tl_lora_trainer_export (const tl_lora_trainer *t, tl_gguf_writer *w, tl_type type,
                             const char *name, const char *path, tl_error *err);

#pragma GCC visibility pop
