/* SPDX-License-Identifier: Apache-2.0 */
/* What a tile of a product over panels works on, over the vocabulary that vector.h describes. A file
 * says before it how large its tiles are at most: MAX_P panels by MAX_T tokens. A panel's sixteen rows
 * are N_PARTS vectors, and a tile has N_PARTS of them for each of its panels. */
#pragma once

#include <string.h>

#include "kernels/vector.h"

#define N_PARTS (TL_PANEL_ROWS / WIDTH)

typedef uint8_t quarter __attribute__ ((vector_size (16))); /* of a panel's vector */

typedef struct
{
  const uint8_t *quants[MAX_P], *scales[MAX_P];
  const int8_t  *q; /* of the first token */
  const float   *scale;
  const int32_t *sum;
  size_t         cols, n_groups, panel_bytes;
} operands;

/* The bytes of part @r of the tile, in vector @i of a panel: WIDTH rows by four columns. */
TILE const uint8_t *
part_of (const operands *o, size_t r, size_t i)
{
  return o->quants[r / N_PARTS] + 64 * i + 4 * WIDTH * (r % N_PARTS);
}

/* Four activations as a word. */
TILE int32_t
word_of (const int8_t *x)
{
  int32_t word;

  memcpy (&word, x, sizeof word);
  return word;
}
