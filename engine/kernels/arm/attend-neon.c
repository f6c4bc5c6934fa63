/* SPDX-License-Identifier: Apache-2.0 */
/* Attention's steps in NEON: as in AVX-512, with tiles for 32 registers of four floats. Each sum
 * has one order whatever the tile, so a query's result does not depend on its neighbours. */
#include "kernels/arm/neon-private.h"

#define TILE static inline __attribute__ ((always_inline))

#define MAX_V 4 /* vectors of positions, or of dimensions, of a tile */

/* Four floats of the cache from @i on. */
TILE float32x4_t
load_cache (const void *cache, bool half, size_t i)
{
  return half ? tl_neon_load_f16 ((const uint16_t *) cache + i)
              : vld1q_f32 ((const float *) cache + i);
}

/* @n_q queries and a block of sixteen positions. */
TILE void
score_tile (const tl_queries *a, const void *keys, bool half, size_t first, size_t n_q,
            size_t block)
{
  float32x4_t sum[TL_MAX_QUERIES][MAX_V];

#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < MAX_V; v++)
      sum[i][v] = vdupq_n_f32 (0);
  for (size_t d = 0; d < a->head_dim; d++)
    {
      size_t at = (block * a->head_dim + d) * 16;
      float32x4_t key[MAX_V];

#pragma GCC unroll 4
      for (size_t v = 0; v < MAX_V; v++)
        key[v] = load_cache (keys, half, at + 4 * v);
#pragma GCC unroll 6
      for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
        for (size_t v = 0; v < MAX_V; v++)
          sum[i][v] = vfmaq_n_f32 (sum[i][v], key[v], a->q[first + i][d]);
    }
#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < MAX_V; v++)
      vst1q_f32 (a->scores + (first + i) * a->ld + block * 16 + 4 * v,
                 vmulq_n_f32 (sum[i][v], a->scale));
}

TILE void
score_all (const tl_queries *a, const void *keys, bool half, size_t n)
{
  for (size_t block = 0; block * 16 < n; block++)
    {
      size_t i = 0;

      for (; i + 6 <= a->n; i += 6)
        score_tile (a, keys, half, i, 6, block);
      for (; i + 3 <= a->n; i += 3)
        score_tile (a, keys, half, i, 3, block);
      for (; i < a->n; i++)
        score_tile (a, keys, half, i, 1, block);
    }
}

static void
attend_scores (const tl_queries *a, const void *keys, size_t n)
{
  if (a->half)
    score_all (a, keys, true, n);
  else
    score_all (a, keys, false, n);
}

/* @n_v vectors of dimensions from @d on. */
TILE void
mix_tile (const tl_queries *a, const void *values, bool half, size_t first, size_t n_q,
          size_t begin, size_t end, size_t d, size_t n_v)
{
  float32x4_t sum[TL_MAX_QUERIES][MAX_V];

#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      sum[i][v] = vld1q_f32 (a->y[first + i] + d + 4 * v);
  for (size_t p = begin; p < end; p++)
    {
      float32x4_t value[MAX_V];

#pragma GCC unroll 4
      for (size_t v = 0; v < n_v; v++)
        value[v] = load_cache (values, half, p * a->head_dim + d + 4 * v);
#pragma GCC unroll 6
      for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
        for (size_t v = 0; v < n_v; v++)
          sum[i][v] = vfmaq_n_f32 (sum[i][v], value[v], a->scores[(first + i) * a->ld + p]);
    }
#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      vst1q_f32 (a->y[first + i] + d + 4 * v, sum[i][v]);
}

/* Dimensions that fill no vector. */
static void
mix_rest (const tl_queries *a, const void *values, size_t begin, size_t end, size_t d)
{
  for (; d < a->head_dim; d++)
    for (size_t i = 0; i < a->n; i++)
      for (size_t p = begin; p < end; p++)
        {
          size_t at = p * a->head_dim + d;
          float value = a->half ? tl_f16_to_f32 (((const uint16_t *) values)[at])
                                : ((const float *) values)[at];

          a->y[i][d] += a->scores[i * a->ld + p] * value;
        }
}

TILE void
mix_queries (const tl_queries *a, const void *values, bool half, size_t first, size_t n_q,
             size_t begin, size_t end)
{
  size_t d = 0;

  for (; d + 16 <= a->head_dim; d += 16)
    mix_tile (a, values, half, first, n_q, begin, end, d, 4);
  for (; d + 4 <= a->head_dim; d += 4)
    mix_tile (a, values, half, first, n_q, begin, end, d, 1);
}

TILE void
mix_all (const tl_queries *a, const void *values, bool half, size_t begin, size_t end)
{
  size_t i = 0;

  for (; i + 6 <= a->n; i += 6)
    mix_queries (a, values, half, i, 6, begin, end);
  for (; i + 3 <= a->n; i += 3)
    mix_queries (a, values, half, i, 3, begin, end);
  for (; i < a->n; i++)
    mix_queries (a, values, half, i, 1, begin, end);
}

static void
attend_mix (const tl_queries *a, const void *values, size_t begin, size_t end)
{
  if (a->half)
    mix_all (a, values, true, begin, end);
  else
    mix_all (a, values, false, begin, end);
  mix_rest (a, values, begin, end, a->head_dim / 4 * 4);
}

/* Four pairs at a time, the even and the odd elements in a vector each. */
static void
rope (float *x, const float *cs, size_t n)
{
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    {
      float32x4x2_t v = vld2q_f32 (x + i), c = vld2q_f32 (cs + i), y;

      y.val[0] = vfmsq_f32 (vmulq_f32 (v.val[0], c.val[0]), v.val[1], c.val[1]);
      y.val[1] = vfmaq_f32 (vmulq_f32 (v.val[1], c.val[0]), v.val[0], c.val[1]);
      vst2q_f32 (x + i, y);
    }
  for (; i < n; i += 2)
    {
      float x0 = x[i], x1 = x[i + 1];

      x[i] = x0 * cs[i] - x1 * cs[i + 1];
      x[i + 1] = x1 * cs[i] + x0 * cs[i + 1];
    }
}

void
tl_kernels_fill_neon_attend (tl_kernels *k)
{
  k->attend_scores = attend_scores;
  k->attend_mix = attend_mix;
  k->rope = rope;
}
