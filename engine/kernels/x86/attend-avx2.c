/* SPDX-License-Identifier: Apache-2.0 */
/* Attention's steps in AVX2: as in AVX-512, with tiles for sixteen registers. */
#include "kernels/x86/avx2-private.h"

#define TILE static inline __attribute__ ((always_inline))

/* Eight floats of the cache from @i on. */
TILE __m256
load_cache (const void *cache, bool half, size_t i)
{
  if (half)
    return _mm256_cvtph_ps (_mm_loadu_si128 ((const void *) ((const uint16_t *) cache + i)));
  return _mm256_loadu_ps ((const float *) cache + i);
}

/* @n_q queries and a block of sixteen positions. */
TILE void
score_tile (const tl_queries *a, const void *keys, bool half, size_t first, size_t n_q,
            size_t block)
{
  const __m256 scale = _mm256_set1_ps (a->scale);
  __m256 sum[3][2];

#pragma GCC unroll 3
  for (size_t i = 0; i < n_q; i++)
    sum[i][0] = sum[i][1] = _mm256_setzero_ps ();
  for (size_t d = 0; d < a->head_dim; d++)
    {
      size_t at = (block * a->head_dim + d) * 16;
      __m256 k0 = load_cache (keys, half, at), k1 = load_cache (keys, half, at + 8);

#pragma GCC unroll 3
      for (size_t i = 0; i < n_q; i++)
        {
          __m256 q = _mm256_broadcast_ss (a->q[first + i] + d);

          sum[i][0] = _mm256_fmadd_ps (q, k0, sum[i][0]);
          sum[i][1] = _mm256_fmadd_ps (q, k1, sum[i][1]);
        }
    }
#pragma GCC unroll 3
  for (size_t i = 0; i < n_q; i++)
    {
      float *to = a->scores + (first + i) * a->ld + block * 16;

      _mm256_storeu_ps (to, _mm256_mul_ps (sum[i][0], scale));
      _mm256_storeu_ps (to + 8, _mm256_mul_ps (sum[i][1], scale));
    }
}

TILE void
score_all (const tl_queries *a, const void *keys, bool half, size_t n)
{
  for (size_t block = 0; block * 16 < n; block++)
    {
      size_t i = 0;

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
  __m256 sum[3][2];

#pragma GCC unroll 3
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 2
    for (size_t v = 0; v < n_v; v++)
      sum[i][v] = _mm256_loadu_ps (a->y[first + i] + d + 8 * v);
  for (size_t p = begin; p < end; p++)
    {
      __m256 value[2];

#pragma GCC unroll 2
      for (size_t v = 0; v < n_v; v++)
        value[v] = load_cache (values, half, p * a->head_dim + d + 8 * v);
#pragma GCC unroll 3
      for (size_t i = 0; i < n_q; i++)
        {
          __m256 weight = _mm256_broadcast_ss (a->scores + (first + i) * a->ld + p);

#pragma GCC unroll 2
          for (size_t v = 0; v < n_v; v++)
            sum[i][v] = _mm256_fmadd_ps (weight, value[v], sum[i][v]);
        }
    }
#pragma GCC unroll 3
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 2
    for (size_t v = 0; v < n_v; v++)
      _mm256_storeu_ps (a->y[first + i] + d + 8 * v, sum[i][v]);
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
          float value = a->half ? _cvtsh_ss (((const uint16_t *) values)[at])
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
    mix_tile (a, values, half, first, n_q, begin, end, d, 2);
  if (d + 8 <= a->head_dim)
    mix_tile (a, values, half, first, n_q, begin, end, d, 1);
}

TILE void
mix_all (const tl_queries *a, const void *values, bool half, size_t begin, size_t end)
{
  size_t i = 0;

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
  mix_rest (a, values, begin, end, a->head_dim / 8 * 8);
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static void
rope (float *x, const float *cs, size_t n)
{
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    {
      __m256 v = _mm256_loadu_ps (x + i), c = _mm256_loadu_ps (cs + i);
      __m256 turned = _mm256_mul_ps (_mm256_permute_ps (v, 0xb1), _mm256_movehdup_ps (c));

      _mm256_storeu_ps (x + i, _mm256_fmaddsub_ps (v, _mm256_moveldup_ps (c), turned));
    }
  for (; i < n; i += 2)
    {
      float x0 = x[i], x1 = x[i + 1];

      x[i] = x0 * cs[i] - x1 * cs[i + 1];
      x[i + 1] = x1 * cs[i] + x0 * cs[i + 1];
    }
}

void
tl_kernels_fill_avx2_attend (tl_kernels *k)
{
  k->attend_scores = attend_scores;
  k->attend_mix = attend_mix;
  k->rope = rope;
}
