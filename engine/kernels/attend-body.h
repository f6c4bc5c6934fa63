/* SPDX-License-Identifier: Apache-2.0 */
/* Attention's steps and the rotation, written once for every instruction set over the vocabulary that
 * vector.h describes. Keys stand in blocks of sixteen positions, so a vector of scores needs no
 * sum across its lanes; each key or value that is loaded and widened meets all the queries of a tile.
 * Halves are taken for numbers: an infinity or a NaN comes from a state that has overflowed already.
 * Each sum has one order whatever the tile, so a query's result does not depend on its neighbours. The
 * vocabulary gives the shape that suits its registers:
 *   ATTEND_QUERIES        the most queries of a tile, 3 or TL_MAX_QUERIES
 *   ATTEND_VECTORS        the most vectors of a query
 *   SCORE_VECTORS (n_q)   vectors of scores of n_q queries, whole blocks that divide TL_KEY_TILE */
#pragma once

#include "kernels/vector.h"

/* The scores of @n_q queries from @first on for @n_v vectors of positions from @from on. */
TILE void
score_tile (const tl_queries *a, const void *keys, element e, size_t first, size_t n_q, size_t from,
            size_t n_v)
{
  const size_t dim = a->head_dim;
  vec sum[ATTEND_QUERIES][ATTEND_VECTORS];

#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      sum[i][v] = v_set (0);
  for (size_t d = 0; d < dim; d++)
    {
      vec key[ATTEND_VECTORS];

#pragma GCC unroll 4
      for (size_t v = 0; v < n_v; v++)
        {
          const size_t p = v * WIDTH;

          key[v] = get (e, keys, from * dim + (p / 16 * dim + d) * 16 + p % 16, WIDTH);
        }
#pragma GCC unroll 6
      for (size_t i = 0; i < n_q; i++)
        {
          vec q = v_set (a->q[first + i][d]);

#pragma GCC unroll 4
          for (size_t v = 0; v < n_v; v++)
            sum[i][v] = v_fma (q, key[v], sum[i][v]);
        }
    }
#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      v_store (a->scores + (first + i) * a->ld + from + v * WIDTH,
               v_mul (sum[i][v], v_set (a->scale)));
}

TILE void
score_queries (const tl_queries *a, const void *keys, element e, size_t first, size_t n_q, size_t n)
{
  const size_t n_v = SCORE_VECTORS (n_q);

  for (size_t from = 0; from < n; from += n_v * WIDTH)
    score_tile (a, keys, e, first, n_q, from, n_v);
}

TILE void
score_all (const tl_queries *a, const void *keys, element e, size_t n)
{
  size_t i = 0;

  if (ATTEND_QUERIES >= 6)
    for (; i + 6 <= a->n; i += 6)
      score_queries (a, keys, e, i, 6, n);
  for (; i + 3 <= a->n; i += 3)
    score_queries (a, keys, e, i, 3, n);
  for (; i + 2 <= a->n; i += 2)
    score_queries (a, keys, e, i, 2, n);
  for (; i < a->n; i++)
    score_queries (a, keys, e, i, 1, n);
}

static void
attend_scores (const tl_queries *a, const void *keys, size_t n)
{
  if (a->half)
    score_all (a, keys, AS_FINITE_F16, n);
  else
    score_all (a, keys, AS_F32, n);
}

/* @n_v vectors of dimensions from @d on, each of @lanes. */
TILE void
mix_tile (const tl_queries *a, const void *values, element e, size_t first, size_t n_q,
          size_t begin, size_t end, size_t d, size_t n_v, size_t lanes)
{
  vec sum[ATTEND_QUERIES][ATTEND_VECTORS];

#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      sum[i][v] = get (AS_F32, a->y[first + i], d + v * WIDTH, lanes);
  for (size_t p = begin; p < end; p++)
    {
      vec value[ATTEND_VECTORS];

#pragma GCC unroll 4
      for (size_t v = 0; v < n_v; v++)
        value[v] = get (e, values, p * a->head_dim + d + v * WIDTH, lanes);
#pragma GCC unroll 6
      for (size_t i = 0; i < n_q; i++)
        {
          vec weight = v_set (a->scores[(first + i) * a->ld + p]);

#pragma GCC unroll 4
          for (size_t v = 0; v < n_v; v++)
            sum[i][v] = v_fma (weight, value[v], sum[i][v]);
        }
    }
#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      put (a->y[first + i], d + v * WIDTH, sum[i][v], lanes);
}

TILE void
mix_queries (const tl_queries *a, const void *values, element e, size_t first, size_t n_q,
             size_t begin, size_t end)
{
  size_t d = 0;

  for (; d + ATTEND_VECTORS * WIDTH <= a->head_dim; d += ATTEND_VECTORS * WIDTH)
    mix_tile (a, values, e, first, n_q, begin, end, d, ATTEND_VECTORS, WIDTH);
  for (; d + WIDTH <= a->head_dim; d += WIDTH)
    mix_tile (a, values, e, first, n_q, begin, end, d, 1, WIDTH);
  if (d < a->head_dim)
    mix_tile (a, values, e, first, n_q, begin, end, d, 1, a->head_dim - d);
}

TILE void
mix_all (const tl_queries *a, const void *values, element e, size_t begin, size_t end)
{
  size_t i = 0;

  if (ATTEND_QUERIES >= 6)
    for (; i + 6 <= a->n; i += 6)
      mix_queries (a, values, e, i, 6, begin, end);
  for (; i + 3 <= a->n; i += 3)
    mix_queries (a, values, e, i, 3, begin, end);
  for (; i + 2 <= a->n; i += 2)
    mix_queries (a, values, e, i, 2, begin, end);
  for (; i < a->n; i++)
    mix_queries (a, values, e, i, 1, begin, end);
}

static void
attend_mix (const tl_queries *a, const void *values, size_t begin, size_t end)
{
  if (a->half)
    mix_all (a, values, AS_FINITE_F16, begin, end);
  else
    mix_all (a, values, AS_F32, begin, end);
}

static void
rope (float *x, const float *cs, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store (x + i, v_turn (v_load (x + i), v_load (cs + i)));
  if (i < n)
    v_store_first (x + i, v_turn (v_load_first (x + i, n - i), v_load_first (cs + i, n - i)),
                   n - i);
}

static inline void
fill_attend (tl_kernels *k)
{
  k->attend_scores = attend_scores;
  k->attend_mix = attend_mix;
  k->rope = rope;
}
