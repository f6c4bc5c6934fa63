/* SPDX-License-Identifier: Apache-2.0 */
/* Attention's steps in AVX-512. Keys stand in blocks of sixteen positions, so a vector of scores
 * needs no sum across its lanes; each key or value that is loaded and widened meets up to six
 * queries. Each sum has one order whatever the tile, so a query's result does not depend on its
 * neighbours. */
#include <immintrin.h>

#include "kernels/kernels-private.h"

#define TILE static inline __attribute__ ((always_inline))

#define MAX_B 4 /* blocks of positions, or vectors of dimensions, of a tile */

/* Sixteen floats of the cache from @i on. */
TILE __m512
load_cache (const void *cache, bool half, size_t i, __mmask16 m)
{
  if (half)
    return _mm512_cvtph_ps (_mm256_maskz_loadu_epi16 (m, (const uint16_t *) cache + i));
  return _mm512_maskz_loadu_ps (m, (const float *) cache + i);
}

/* @n_q queries from @first on and @n_b blocks from @block on. */
TILE void
score_tile (const tl_queries *a, const void *keys, bool half, size_t first, size_t n_q,
            size_t block, size_t n_b)
{
  const size_t dim = a->head_dim;
  __m512 sum[TL_MAX_QUERIES][MAX_B];

#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t b = 0; b < n_b; b++)
      sum[i][b] = _mm512_setzero_ps ();
  for (size_t d = 0; d < dim; d++)
    {
      __m512 k[MAX_B];

#pragma GCC unroll 4
      for (size_t b = 0; b < n_b; b++)
        k[b] = load_cache (keys, half, ((block + b) * dim + d) * 16, 0xffff);
#pragma GCC unroll 6
      for (size_t i = 0; i < n_q; i++)
        {
          __m512 q = _mm512_set1_ps (a->q[first + i][d]);

#pragma GCC unroll 4
          for (size_t b = 0; b < n_b; b++)
            sum[i][b] = _mm512_fmadd_ps (q, k[b], sum[i][b]);
        }
    }
#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t b = 0; b < n_b; b++)
      _mm512_storeu_ps (a->scores + (first + i) * a->ld + (block + b) * 16,
                        _mm512_mul_ps (sum[i][b], _mm512_set1_ps (a->scale)));
}

TILE void
score_queries (const tl_queries *a, const void *keys, bool half, size_t first, size_t n_q,
               size_t n_b, size_t n)
{
  for (size_t block = 0; block * 16 < n; block += n_b)
    score_tile (a, keys, half, first, n_q, block, n_b);
}

TILE void
score_all (const tl_queries *a, const void *keys, bool half, size_t n)
{
  size_t i = 0;

  for (; i + 6 <= a->n; i += 6)
    score_queries (a, keys, half, i, 6, 2, n);
  for (; i + 3 <= a->n; i += 3)
    score_queries (a, keys, half, i, 3, 4, n);
  for (; i + 2 <= a->n; i += 2)
    score_queries (a, keys, half, i, 2, 4, n);
  for (; i < a->n; i++)
    score_queries (a, keys, half, i, 1, 4, n);
}

static void
attend_scores (const tl_queries *a, const void *keys, size_t n)
{
  if (a->half)
    score_all (a, keys, true, n);
  else
    score_all (a, keys, false, n);
}

/* @n_v vectors of dimensions from @d on; the last lanes are those of @m. */
TILE void
mix_tile (const tl_queries *a, const void *values, bool half, size_t first, size_t n_q,
          size_t begin, size_t end, size_t d, size_t n_v, __mmask16 m)
{
  const size_t dim = a->head_dim;
  __m512 sum[TL_MAX_QUERIES][MAX_B];

#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      sum[i][v] = _mm512_maskz_loadu_ps (m, a->y[first + i] + d + 16 * v);
  for (size_t p = begin; p < end; p++)
    {
      __m512 value[MAX_B];

#pragma GCC unroll 4
      for (size_t v = 0; v < n_v; v++)
        value[v] = load_cache (values, half, p * dim + d + 16 * v, m);
#pragma GCC unroll 6
      for (size_t i = 0; i < n_q; i++)
        {
          __m512 weight = _mm512_set1_ps (a->scores[(first + i) * a->ld + p]);

#pragma GCC unroll 4
          for (size_t v = 0; v < n_v; v++)
            sum[i][v] = _mm512_fmadd_ps (weight, value[v], sum[i][v]);
        }
    }
#pragma GCC unroll 6
  for (size_t i = 0; i < n_q; i++)
#pragma GCC unroll 4
    for (size_t v = 0; v < n_v; v++)
      _mm512_mask_storeu_ps (a->y[first + i] + d + 16 * v, m, sum[i][v]);
}

TILE void
mix_queries (const tl_queries *a, const void *values, bool half, size_t first, size_t n_q,
             size_t begin, size_t end)
{
  size_t d = 0;

  for (; d + 64 <= a->head_dim; d += 64)
    mix_tile (a, values, half, first, n_q, begin, end, d, 4, 0xffff);
  for (; d < a->head_dim; d += 16)
    {
      size_t left = a->head_dim - d;

      mix_tile (a, values, half, first, n_q, begin, end, d, 1,
                left < 16 ? (__mmask16) ((1u << left) - 1) : 0xffff);
    }
}

TILE void
mix_all (const tl_queries *a, const void *values, bool half, size_t begin, size_t end)
{
  size_t i = 0;

  for (; i + 6 <= a->n; i += 6)
    mix_queries (a, values, half, i, 6, begin, end);
  for (; i + 3 <= a->n; i += 3)
    mix_queries (a, values, half, i, 3, begin, end);
  for (; i + 2 <= a->n; i += 2)
    mix_queries (a, values, half, i, 2, begin, end);
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
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static void
rope (float *x, const float *cs, size_t n)
{
  for (size_t i = 0; i < n; i += 16)
    {
      __mmask16 m = n - i < 16 ? (__mmask16) ((1u << (n - i)) - 1) : 0xffff;
      __m512 v = _mm512_maskz_loadu_ps (m, x + i), c = _mm512_maskz_loadu_ps (m, cs + i);
      __m512 turned = _mm512_mul_ps (_mm512_permute_ps (v, 0xb1), _mm512_movehdup_ps (c));

      _mm512_mask_storeu_ps (x + i, m, _mm512_fmaddsub_ps (v, _mm512_moveldup_ps (c), turned));
    }
}

void
tl_kernels_fill_avx512_attend (tl_kernels *k)
{
  k->attend_scores = attend_scores;
  k->attend_mix = attend_mix;
  k->rope = rope;
}
