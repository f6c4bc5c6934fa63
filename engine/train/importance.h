/* SPDX-License-Identifier: Apache-2.0 */
/* How much each input of a llama model's matrices matters: the mean square of what comes in over a
 * text. Quantising weighs each weight's squared error by it, since the error of a product W x is
 * the sum of those of the weights times x (the idea of llama.cpp's importance matrix). */
#pragma once

#include "gguf/gguf.h"
#include "kernels/pool.h"

#pragma GCC visibility push(default)

typedef struct tl_importance tl_importance;

/**
 * tl_importance_measure:
 * @model: of the llama architecture; its weights are computed with in f32, which takes 4 bytes each
 * @ids: [n] of the text, read in windows of at most 256 that do not see each other
 * @n: how many
 * @pool: (nullable) (transfer none)
 *
 * Returns: (transfer full) (nullable)
 */
tl_importance *tl_importance_measure (const tl_gguf *model, const int32_t *ids, size_t n,
                                      tl_pool *pool, tl_error *err);

/**
 * tl_importance_free:
 * @i: (nullable)
 */
void tl_importance_free (tl_importance *i);

/**
 * tl_importance_get:
 * @tensor: the name of a matrix
 * @cols: its columns
 *
 * Returns: (nullable): [cols] of the matrix of that name, all rows alike; NULL for an unknown one
 */
const float *tl_importance_get (const tl_importance *i, const char *tensor, size_t cols);

#pragma GCC visibility pop
