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
  float ask[TL_ASK_N_WEIGHTS]; /* no calibration, but as small: the weights of ask.c */
} tl_reader_calibration;

struct tl_reader
{
  tl_reader_layout      layout;
  tl_reader_calibration calibration;
  tl_tokenizer         *tokenizer;
  float                *params; /* [layout.n_params] */
  bool                  can_ask; /* the file has the weights: the first ones had not */
};

/* How a long note is read (reader.c). False when @text is not valid UTF-8 or too long. */
bool     tl_reader_check_text (const char *text, size_t len, tl_error *err);
/**
 * tl_reader_split:
 * @covered: (out) (transfer full): the text to read, with the offsets of @text: tl_links_dup_covered()
 * @units: (out) (transfer full): of it; like @covered free()d by the caller, also after a failure
 */
bool     tl_reader_split      (const char *text, size_t len, char **covered, tl_unit **units,
                               size_t *n, tl_error *err);
/* Where the window of @units [n] that begins at @begin ends. */
size_t   tl_reader_window_end (const tl_unit *units, size_t n, size_t begin);
/* Returns: (transfer full) (nullable): the window [begin, end), sections counted from its start */
tl_note *tl_reader_window_new (const tl_reader *r, const char *text, size_t len,
                               const tl_unit *units, size_t begin, size_t end, tl_error *err);

/**
 * tl_reader_save:
 * @tokenizer: whose tokenizer.ggml.* keys are copied
 * @name: general.name, e.g. "eeny"
 */
bool tl_reader_save (const char *path, const char *name, const tl_reader_layout *l,
                     const float *params, const tl_reader_calibration *c, const tl_gguf *tokenizer,
                     tl_error *err);

/**
 * tl_reader_load_vectors:
 * @params: (out): [l->n_params], of which only the token vectors are written
 * @gguf: any file with a "token_embd.weight" of the layout's shape, a reader too
 */
bool tl_reader_load_vectors (const tl_gguf *gguf, const tl_reader_layout *l, float *params,
                             tl_error *err);

/* Checks names, shapes, types and that every number is finite. */
tl_reader *tl_reader_load (const tl_gguf *gguf, tl_error *err);
