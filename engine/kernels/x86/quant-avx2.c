/* SPDX-License-Identifier: Apache-2.0 */
/* Quantised blocks in AVX2: quantising activations, and the dots of Q8_0 and Q4_0 rows. vpmaddubsw
 * multiplies unsigned by signed bytes and adds pairs in 16 bits with saturation; the comments say why
 * none saturates. */
#include "kernels/x86/avx2-private.h"

#include <math.h>

static inline __m256i
load_bytes (const void *p)
{
  return _mm256_loadu_si256 (p);
}

static inline __m256
abs_ps (__m256 x)
{
  return _mm256_andnot_ps (_mm256_set1_ps (-0.0f), x);
}

/* x / d within [-127, 127] and rounded; a NaN becomes -127, as in the reference. */
static inline __m256i
quantize_8 (__m256 x, __m256 inverse)
{
  __m256 q = _mm256_max_ps (_mm256_mul_ps (x, inverse), _mm256_set1_ps (-127.0f));

  return _mm256_cvtps_epi32 (_mm256_min_ps (q, _mm256_set1_ps (127.0f)));
}

/* 32 integers to bytes. The packs work within 128-bit lanes; the permutation restores the order. */
static inline __m256i
pack_bytes (__m256i q0, __m256i q1, __m256i q2, __m256i q3)
{
  __m256i q = _mm256_packs_epi16 (_mm256_packs_epi32 (q0, q1), _mm256_packs_epi32 (q2, q3));

  return _mm256_permutevar8x32_epi32 (q, _mm256_setr_epi32 (0, 4, 1, 5, 2, 6, 3, 7));
}

static void
quantize_q8_0 (tl_block_q8_0 *dst, const float *src, size_t n)
{
  assert (n % 32 == 0);
  for (; n > 0; n -= 32, src += 32, dst++)
    {
      __m256 x[4], max = _mm256_setzero_ps (), inverse;
      float d;

      /* max returns its second operand when one is NaN, so none comes through. */
      for (size_t j = 0; j < 4; j++)
        {
          x[j] = _mm256_loadu_ps (src + 8 * j);
          max = _mm256_max_ps (abs_ps (x[j]), max);
        }
      d = fminf (tl_avx2_max (max) / 127.0f, TL_F16_MAX);
      inverse = _mm256_set1_ps (d > TL_F16_ROUNDS_TO_0 ? 1.0f / d : 0.0f);
      dst->d = _cvtss_sh (d, _MM_FROUND_TO_NEAREST_INT);
      _mm256_storeu_si256 ((void *) dst->qs,
                           pack_bytes (quantize_8 (x[0], inverse), quantize_8 (x[1], inverse),
                                       quantize_8 (x[2], inverse), quantize_8 (x[3], inverse)));
    }
}

/* w x = |w| (sign (w) x): |-128| is 128 as an unsigned byte, and x is never -128. A pair is at most
 * 2 * 128 * 127 = 32512 < 2^15. */
static inline __m256
add_block_q8_0 (__m256 sum, const tl_block_q8_0 *w, const tl_block_q8_0 *x)
{
  __m256i wq = load_bytes (w->qs), xq = load_bytes (x->qs);
  __m256i pairs = _mm256_maddubs_epi16 (_mm256_abs_epi8 (wq), _mm256_sign_epi8 (xq, wq));

  return tl_avx2_add_scaled (sum, _mm256_madd_epi16 (pairs, _mm256_set1_epi16 (1)), w->d, x->d);
}

/* (q - 8) x = q x - 8 x, with q the nibble as it is stored. A pair is at most 2 * 15 * 128. */
static inline __m256
add_block_q4_0 (__m256 sum, const tl_block_q4_0 *w, const tl_block_q8_0 *x)
{
  __m256i xq = load_bytes (x->qs);
  __m128i nibbles = _mm_loadu_si128 ((const void *) w->qs);
  __m256i q = _mm256_and_si256 (_mm256_set_m128i (_mm_srli_epi16 (nibbles, 4), nibbles),
                                _mm256_set1_epi8 (15));
  __m256i pairs = _mm256_sub_epi16 (_mm256_maddubs_epi16 (q, xq),
                                    _mm256_maddubs_epi16 (_mm256_set1_epi8 (8), xq));

  return tl_avx2_add_scaled (sum, _mm256_madd_epi16 (pairs, _mm256_set1_epi16 (1)), w->d, x->d);
}

static float
dot_q8_0 (const tl_block_q8_0 *w, const tl_block_q8_0 *x, size_t n)
{
  __m256 s0 = _mm256_setzero_ps (), s1 = s0;
  size_t n_blocks = n / 32, i = 0;

  assert (n % 32 == 0);
  for (; i + 2 <= n_blocks; i += 2)
    {
      s0 = add_block_q8_0 (s0, w + i, x + i);
      s1 = add_block_q8_0 (s1, w + i + 1, x + i + 1);
    }
  if (i < n_blocks)
    s0 = add_block_q8_0 (s0, w + i, x + i);
  return tl_avx2_sum (_mm256_add_ps (s0, s1));
}

static float
dot_q4_0 (const tl_block_q4_0 *w, const tl_block_q8_0 *x, size_t n)
{
  __m256 s0 = _mm256_setzero_ps (), s1 = s0;
  size_t n_blocks = n / 32, i = 0;

  assert (n % 32 == 0);
  for (; i + 2 <= n_blocks; i += 2)
    {
      s0 = add_block_q4_0 (s0, w + i, x + i);
      s1 = add_block_q4_0 (s1, w + i + 1, x + i + 1);
    }
  if (i < n_blocks)
    s0 = add_block_q4_0 (s0, w + i, x + i);
  return tl_avx2_sum (_mm256_add_ps (s0, s1));
}

void
tl_kernels_fill_avx2_quant (tl_kernels *k)
{
  k->quantize_q8_0 = quantize_q8_0;
  k->dot_q8_0 = dot_q8_0;
  k->dot_q4_0 = dot_q4_0;
}
