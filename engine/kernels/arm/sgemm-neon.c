/* SPDX-License-Identifier: Apache-2.0 */
/* The NEON part of the f32 matrix product: the micro-kernel and the transposing copy to panels. */
#include <arm_neon.h>

#include "kernels/arm/neon-private.h"

#define TILE static inline __attribute__ ((always_inline))

#define MR 8
#define NR 12

/* Four rows by twelve columns: a's lanes meet three vectors of B. */
TILE void
add_rows (float32x4_t s[4][3], float32x4_t a, const float32x4_t b[3])
{
#pragma GCC unroll 3
  for (size_t j = 0; j < 3; j++)
    {
      s[0][j] = vfmaq_laneq_f32 (s[0][j], b[j], a, 0);
      s[1][j] = vfmaq_laneq_f32 (s[1][j], b[j], a, 1);
      s[2][j] = vfmaq_laneq_f32 (s[2][j], b[j], a, 2);
      s[3][j] = vfmaq_laneq_f32 (s[3][j], b[j], a, 3);
    }
}

/* 24 accumulators, three vectors of B and two of A in the 32 registers. */
static void
sgemm_micro (size_t k, const float *a, const float *b, float *c, size_t ldc, bool add)
{
  float32x4_t s[MR][3];

#pragma GCC unroll 8
  for (size_t i = 0; i < MR; i++)
    s[i][0] = s[i][1] = s[i][2] = vdupq_n_f32 (0);
  for (size_t p = 0; p < k; p++, a += MR, b += NR)
    {
      const float32x4_t bp[3] = { vld1q_f32 (b), vld1q_f32 (b + 4), vld1q_f32 (b + 8) };

      add_rows (s, vld1q_f32 (a), bp);
      add_rows (s + 4, vld1q_f32 (a + 4), bp);
    }
#pragma GCC unroll 8
  for (size_t i = 0; i < MR; i++, c += ldc)
    {
#pragma GCC unroll 3
      for (size_t j = 0; j < 3; j++)
        vst1q_f32 (c + 4 * j, add ? vaddq_f32 (vld1q_f32 (c + 4 * j), s[i][j]) : s[i][j]);
    }
}

/* r[i][j] <-> r[j][i] */
static inline void
transpose_4x4 (float32x4_t r[4])
{
  float32x4_t even_low = vtrn1q_f32 (r[0], r[1]), odd_low = vtrn2q_f32 (r[0], r[1]);
  float32x4_t even_high = vtrn1q_f32 (r[2], r[3]), odd_high = vtrn2q_f32 (r[2], r[3]);

  r[0] = vcombine_f32 (vget_low_f32 (even_low), vget_low_f32 (even_high));
  r[1] = vcombine_f32 (vget_low_f32 (odd_low), vget_low_f32 (odd_high));
  r[2] = vcombine_f32 (vget_high_f32 (even_low), vget_high_f32 (even_high));
  r[3] = vcombine_f32 (vget_high_f32 (odd_low), vget_high_f32 (odd_high));
}

/* Columns [i, i + 4) of the panel: both widths are multiples of four. */
static void
pack_4_columns (float *dst, size_t width, const float *src, size_t ld, size_t rows, size_t i,
                size_t k)
{
  size_t p = 0;

  if (i + 4 <= rows)
    for (; p + 4 <= k; p += 4)
      {
        float32x4_t r[4];

#pragma GCC unroll 4
        for (size_t j = 0; j < 4; j++)
          r[j] = vld1q_f32 (src + (i + j) * ld + p);
        transpose_4x4 (r);
#pragma GCC unroll 4
        for (size_t j = 0; j < 4; j++)
          vst1q_f32 (dst + (p + j) * width + i, r[j]);
      }
  for (; p < k; p++)
    for (size_t j = i; j < i + 4; j++)
      dst[p * width + j] = j < rows ? src[j * ld + p] : 0.0f;
}

static void
pack_transposed (float *dst, size_t width, const float *src, size_t ld, size_t rows, size_t k)
{
  assert (width % 4 == 0);
  for (size_t i = 0; i < width; i += 4)
    pack_4_columns (dst, width, src, ld, rows, i, k);
}

void
tl_kernels_fill_neon_sgemm (tl_kernels *k)
{
  k->mr = MR;
  k->nr = NR;
  k->pack_transposed = pack_transposed;
  k->sgemm_micro = sgemm_micro;
}
