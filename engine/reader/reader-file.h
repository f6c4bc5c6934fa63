/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's file: a GGUF of architecture "tinylm-reader" with the tensors of layout.c (matrices
 * as Q8_0), the tokenizer, and the calibration fitted on held-out notes. */
#pragma once

#include "reader/reader-internal.h"

#define TL_READER_ARCHITECTURE "tinylm-reader"
#define TL_READER_FEATURES_VERSION 1 /* of the columns of features.c and the buckets of note.c */

/* p = sigmoid (a z + b): Platt 1999. */
typedef struct
{
  float key[2], action[2];
  float spans[TL_SPANS_N_CALIBRATION];
} tl_reader_calibration;

struct tl_reader
{
  tl_reader_layout      layout;
  tl_reader_calibration calibration;
  tl_tokenizer         *tokenizer;
  float                *params; /* [layout.n_params] */
};

/**
 * tl_reader_save:
 * @tokenizer: whose tokenizer.ggml.* keys are copied
 * @name: general.name, e.g. "eeny"
 */
bool tl_reader_save (const char *path, const char *name, const tl_reader_layout *l,
                     const float *params, const tl_reader_calibration *c, const tl_gguf *tokenizer,
                     tl_error *err);

/* Checks names, shapes, types and that every number is finite. */
tl_reader *tl_reader_load (const tl_gguf *gguf, tl_error *err);
