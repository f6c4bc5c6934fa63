/* SPDX-License-Identifier: Apache-2.0 */
/* Matrices of a GGUF made anew, a row at a time: from floats, or from another file's blocks. */
#pragma once

#include "gguf/gguf.h"
#include "gguf/quant.h"

/* Matrices made from floats lie in @arena, one behind the other, until the file is saved. */
typedef struct
{
  tl_gguf_writer *w;
  uint8_t        *arena;
  size_t          used;
} tl_matrix_output;

/* @type, or F16 where a row of @cols is no whole blocks of it */
tl_type tl_matrix_fit_type (tl_type type, size_t cols);

/* @src: [rows, cols]; TL_ERROR_ARGUMENT when a row is not whole blocks of @type */
bool tl_matrix_write (tl_matrix_output *out, const char *name, tl_type type, const float *src,
                      size_t rows, size_t cols, tl_error *err);

/* @row: [cols] the @i-th row of a matrix, to be changed in place */
typedef void (*tl_row_change) (const void *data, size_t i, float *row, size_t cols);

/**
 * tl_matrix_convert:
 * @t: whose rows are whole blocks of @type
 * @importance: (nullable): [cols] as of tl_importance_get()
 * @change: (nullable): what is done to each row between
 *
 * Returns: (transfer full) (nullable): its rows as blocks of @type; NULL when there is no memory
 */
uint8_t *tl_matrix_convert (const tl_tensor_info *t, tl_type type, const float *importance,
                            tl_row_change change, const void *data);
