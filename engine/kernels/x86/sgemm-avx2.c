/* SPDX-License-Identifier: Apache-2.0 */
/* The AVX2 part of the f32 matrix product: the micro-kernel, and the transposing copy into panels,
 * which the AVX-512 table uses too. */
#include <immintrin.h>

#include "kernels/x86/avx2-private.h"

#define MR 6
#define NR 16

/* Twelve accumulators, two vectors of B and a broadcast of A in the 16 registers. */
static void
sgemm_micro (size_t k, const float *a, const float *b, float *c, size_t ldc, bool add)
{
  __m256 s[MR][2];

#pragma GCC unroll 8
  for (size_t i = 0; i < MR; i++)
    s[i][0] = s[i][1] = _mm256_setzero_ps ();
  for (size_t p = 0; p < k; p++, a += MR, b += NR)
    {
      __m256 b0 = _mm256_loadu_ps (b), b1 = _mm256_loadu_ps (b + 8);

#pragma GCC unroll 8
      for (size_t i = 0; i < MR; i++)
        {
          __m256 ai = _mm256_broadcast_ss (a + i);

          s[i][0] = _mm256_fmadd_ps (ai, b0, s[i][0]);
          s[i][1] = _mm256_fmadd_ps (ai, b1, s[i][1]);
        }
    }
#pragma GCC unroll 8
  for (size_t i = 0; i < MR; i++, c += ldc)
    {
      if (add)
        {
          s[i][0] = _mm256_add_ps (_mm256_loadu_ps (c), s[i][0]);
          s[i][1] = _mm256_add_ps (_mm256_loadu_ps (c + 8), s[i][1]);
        }
      _mm256_storeu_ps (c, s[i][0]);
      _mm256_storeu_ps (c + 8, s[i][1]);
    }
}

/* r[i][j] <-> r[j][i], in three rounds of 1, 2 and 4 lanes. */
static inline void
transpose_8x8 (__m256 r[8])
{
  __m256 t[8], u[8];

#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++)
    {
      t[2 * i] = _mm256_unpacklo_ps (r[2 * i], r[2 * i + 1]);
      t[2 * i + 1] = _mm256_unpackhi_ps (r[2 * i], r[2 * i + 1]);
    }
#pragma GCC unroll 2
  for (size_t i = 0; i < 8; i += 4)
    {
      u[i] = _mm256_shuffle_ps (t[i], t[i + 2], 0x44);
      u[i + 1] = _mm256_shuffle_ps (t[i], t[i + 2], 0xee);
      u[i + 2] = _mm256_shuffle_ps (t[i + 1], t[i + 3], 0x44);
      u[i + 3] = _mm256_shuffle_ps (t[i + 1], t[i + 3], 0xee);
    }
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; i++)
    {
      r[i] = _mm256_permute2f128_ps (u[i], u[i + 4], 0x20);
      r[i + 4] = _mm256_permute2f128_ps (u[i], u[i + 4], 0x31);
    }
}

/* Columns [i, i + 8) of the panel, for the first multiple of 8 lines below @k. Where the panel ends
 * sooner a line spills into the next one, which is written after it. */
static void
pack_8_columns (float *dst, size_t width, const float *src, size_t ld, size_t rows, size_t i,
                size_t k)
{
  static const float zeros[8];
  const float *row[8];
  size_t step[8];

  for (size_t j = 0; j < 8; j++)
    {
      row[j] = i + j < rows ? src + (i + j) * ld : zeros;
      step[j] = i + j < rows ? 1 : 0;
    }
  for (size_t p = 0; p + 8 < k; p += 8)
    {
      __m256 r[8];

#pragma GCC unroll 8
      for (size_t j = 0; j < 8; j++)
        r[j] = _mm256_loadu_ps (row[j] + p * step[j]);
      transpose_8x8 (r);
#pragma GCC unroll 8
      for (size_t j = 0; j < 8; j++)
        _mm256_storeu_ps (dst + (p + j) * width + i, r[j]);
    }
}

/* Groups of columns go from last to first, and the last lines are done one by one, so that nothing
 * spills over what is final or beyond the panel. */
static void
pack_transposed (float *dst, size_t width, const float *src, size_t ld, size_t rows, size_t k)
{
  size_t last_lines = k == 0 ? 0 : (k - 1) % 8 + 1;

  for (size_t i = (width + 7) / 8 * 8; i > 0; i -= 8)
    pack_8_columns (dst, width, src, ld, rows, i - 8, k);
  for (size_t p = k - last_lines; p < k; p++)
    {
      for (size_t i = 0; i < width; i++)
        dst[p * width + i] = i < rows ? src[i * ld + p] : 0.0f;
    }
}

void
tl_kernels_fill_avx2_sgemm (tl_kernels *k)
{
  k->mr = MR;
  k->nr = NR;
  k->pack_transposed = pack_transposed;
  k->sgemm_micro = sgemm_micro;
}
