/* SPDX-License-Identifier: Apache-2.0 */
/* A training run's state in one GGUF file: parameters, both moments, step, generator state and the
 * run's settings. Written atomically (tl_file_replace): a kill at any moment leaves a whole one. */
#pragma once

#include "base/rng.h"
#include "train/optim.h"

#pragma GCC visibility push(default)

typedef struct
{
  uint64_t config_hash; /* of everything that must be equal for a resume to make sense */
  uint64_t step;
  uint64_t data_pos;    /* where the data stream stands; the trainer's own meaning */
  tl_rng   rng;
  float    best_valid;  /* the lowest validation loss so far; INFINITY before one */
  uint64_t best_step;   /* where it was */
  double   seconds;     /* of training so far */
  float   *kept;        /* (nullable): [n] parameters beside the present ones, saved and restored
                           with them; the caller's own */
} tl_checkpoint_state;

/**
 * tl_checkpoint_save:
 * @path: untouched on failure
 * @st: the state of the run
 * @params: [n] of @o
 * @o: the optimiser's moments
 */
bool tl_checkpoint_save (const char *path, const tl_checkpoint_state *st, const float *params,
                         const tl_adamw *o, tl_error *err);

/**
 * tl_checkpoint_load:
 * @path: of tl_checkpoint_save()
 * @st: (out): the state of the run
 * @config_hash: that the file must have
 * @params: (out): [n] of @o
 * @o: (inout): of as many parameters as the file
 *
 * A checkpoint of another @config_hash or size is TL_ERROR_ARGUMENT and says so; nothing is changed then.
 */
bool tl_checkpoint_load (const char *path, tl_checkpoint_state *st, uint64_t config_hash,
                         float *params, tl_adamw *o, tl_error *err);

#pragma GCC visibility pop
