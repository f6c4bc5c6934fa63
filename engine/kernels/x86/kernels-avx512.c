/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats and attention in AVX-512 (F, BW, DQ, VL), and the micro-kernel of the matrix
 * product. What is not here is inherited from AVX2. */
#include "kernels/x86/vector-avx512.h"

#include "kernels/attend-body.h"
#include "kernels/kernels-body.h"

#define MR 8
#define NR 32

/* 16 accumulators: eight would cover the latency of two FMA units, and taller tiles (12, 14 rows)
 * were no faster on Zen 5 and waste more of a matrix of 20 to 100 rows. */
static void
sgemm_micro (size_t k, const float *a, const float *b, float *c, size_t ldc, bool add)
{
  __m512 s[MR][2];

#pragma GCC unroll 16
  for (size_t i = 0; i < MR; i++)
    s[i][0] = s[i][1] = _mm512_setzero_ps ();
  for (size_t p = 0; p < k; p++, a += MR, b += NR)
    {
      __m512 b0 = _mm512_loadu_ps (b), b1 = _mm512_loadu_ps (b + 16);

#pragma GCC unroll 16
      for (size_t i = 0; i < MR; i++)
        {
          __m512 ai = _mm512_set1_ps (a[i]);

          s[i][0] = _mm512_fmadd_ps (ai, b0, s[i][0]);
          s[i][1] = _mm512_fmadd_ps (ai, b1, s[i][1]);
        }
    }
#pragma GCC unroll 16
  for (size_t i = 0; i < MR; i++, c += ldc)
    {
      if (add)
        {
          s[i][0] = _mm512_add_ps (_mm512_loadu_ps (c), s[i][0]);
          s[i][1] = _mm512_add_ps (_mm512_loadu_ps (c + 16), s[i][1]);
        }
      _mm512_storeu_ps (c, s[i][0]);
      _mm512_storeu_ps (c + 16, s[i][1]);
    }
}

void
tl_kernels_fill_avx512 (tl_kernels *k)
{
  k->name = "avx512";
  fill_floats (k);
  fill_attend (k);
  k->mr = MR;
  k->nr = NR;
  k->sgemm_micro = sgemm_micro;
}
