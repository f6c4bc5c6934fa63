/* SPDX-License-Identifier: Apache-2.0 */
/* What the adapters of a session add to one matrix's product. */
#pragma once

#include "kernels/kernels.h"

/* The pairs of all adapters of a session, one below the other, their scales in @b. */
typedef struct
{
  uint32_t     rank; /* of all together; 0: nothing is added */
  size_t       rows, cols;
  const float *a; /* [rank, cols] */
  const float *b; /* [rank, rows] */
} tl_lora;

/**
 * tl_lora_add:
 * @x: [n, cols] what the matrix was multiplied by
 * @y: [n, rows] += B (A x)
 *
 * A token's result is the same to the bit for any @n and any number of threads.
 */
void tl_lora_add (const tl_lora *l, const tl_kernels *k, tl_pool *pool, const float *x, size_t n,
                  float *y);
