/* SPDX-License-Identifier: Apache-2.0 */
/* The row loops of everything that writes weights: exports, merging and quantising. */
#include "train/matrix-rows.h"

#include <stdlib.h>

tl_type
tl_matrix_fit_type (tl_type type, size_t cols)
{
  return tl_type_row_bytes (type, cols) > 0 ? type : TL_TYPE_F16;
}

bool
tl_matrix_write (tl_matrix_output *out, const char *name, tl_type type, const float *src,
                 size_t rows, size_t cols, tl_error *err)
{
  const tl_type_info *info = tl_type_get_info ((uint32_t) type);
  const uint64_t dims[] = { cols, rows };
  size_t row_bytes = tl_type_row_bytes (type, cols);
  uint8_t *blocks = out->arena + out->used;

  if (row_bytes == 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "%s: rows of %zu are not whole blocks of %s", name,
                         cols, info->name);
  for (size_t r = 0; r < rows; r++)
    info->quantize (blocks + r * row_bytes, src + r * cols, NULL, cols);
  out->used += rows * row_bytes;
  tl_gguf_writer_tensor (out->w, name, type, 2, dims, blocks);
  return true;
}

uint8_t *
tl_matrix_convert (const tl_tensor_info *t, tl_type type, const float *importance,
                   tl_row_change change, const void *data)
{
  const tl_type_info *from = tl_type_get_info ((uint32_t) t->type);
  const tl_type_info *to = tl_type_get_info ((uint32_t) type);
  size_t rows = (size_t) t->dims[1], cols = (size_t) t->dims[0];
  size_t from_bytes = tl_type_row_bytes (t->type, cols);
  size_t to_bytes = tl_type_row_bytes (type, cols);
  float *row = malloc (cols * sizeof *row);
  uint8_t *blocks = row != NULL ? malloc (rows * to_bytes) : NULL;

  for (size_t r = 0; blocks != NULL && r < rows; r++)
    {
      from->dequantize (row, (const uint8_t *) t->data + r * from_bytes, cols);
      if (change != NULL)
        change (data, r, row, cols);
      to->quantize (blocks + r * to_bytes, row, importance, cols);
    }
  free (row);
  return blocks;
}
