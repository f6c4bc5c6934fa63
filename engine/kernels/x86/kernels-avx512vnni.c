/* SPDX-License-Identifier: Apache-2.0 */
/* The dots of quantised blocks with AVX-512 VNNI, whose vpdpbusd adds four products of an unsigned
 * and a signed byte to a 32-bit sum, exactly. What is not here is inherited. */
#include "kernels/x86/avx2-private.h"

static inline __m256i
load_bytes (const void *p)
{
  return _mm256_loadu_si256 (p);
}

/* w x = |w| (sign (w) x): |-128| is 128 as an unsigned byte, and x is never -128. */
static inline __m256
add_block_q8_0 (__m256 sum, const tl_block_q8_0 *w, const tl_block_q8_0 *x)
{
  __m256i wq = load_bytes (w->qs), xq = load_bytes (x->qs);
  __m256i products = _mm256_dpbusd_epi32 (_mm256_setzero_si256 (), _mm256_abs_epi8 (wq),
                                          _mm256_sign_epi8 (xq, wq));

  return tl_avx2_add_scaled (sum, products, w->d, x->d);
}

/* (q - 8) x = q x - 8 x, with q the nibble as it is stored. */
static inline __m256
add_block_q4_0 (__m256 sum, const tl_block_q4_0 *w, const tl_block_q8_0 *x)
{
  __m256i xq = load_bytes (x->qs), zero = _mm256_setzero_si256 ();
  __m128i nibbles = _mm_loadu_si128 ((const void *) w->qs);
  __m256i q = _mm256_and_si256 (_mm256_set_m128i (_mm_srli_epi16 (nibbles, 4), nibbles),
                                _mm256_set1_epi8 (15));
  __m256i products = _mm256_dpbusd_epi32 (zero, q, xq);
  __m256i offset = _mm256_dpbusd_epi32 (zero, _mm256_set1_epi8 (8), xq);

  return tl_avx2_add_scaled (sum, _mm256_sub_epi32 (products, offset), w->d, x->d);
}

static float
dot_q8_0 (const tl_block_q8_0 *w, const tl_block_q8_0 *x, size_t n)
{
  __m256 s0 = _mm256_setzero_ps (), s1 = s0, s2 = s0, s3 = s0;
  size_t n_blocks = n / 32, i = 0;

  assert (n % 32 == 0);
  for (; i + 4 <= n_blocks; i += 4)
    {
      s0 = add_block_q8_0 (s0, w + i, x + i);
      s1 = add_block_q8_0 (s1, w + i + 1, x + i + 1);
      s2 = add_block_q8_0 (s2, w + i + 2, x + i + 2);
      s3 = add_block_q8_0 (s3, w + i + 3, x + i + 3);
    }
  for (; i < n_blocks; i++)
    s0 = add_block_q8_0 (s0, w + i, x + i);
  return tl_avx2_sum (_mm256_add_ps (_mm256_add_ps (s0, s1), _mm256_add_ps (s2, s3)));
}

static float
dot_q4_0 (const tl_block_q4_0 *w, const tl_block_q8_0 *x, size_t n)
{
  __m256 s0 = _mm256_setzero_ps (), s1 = s0, s2 = s0, s3 = s0;
  size_t n_blocks = n / 32, i = 0;

  assert (n % 32 == 0);
  for (; i + 4 <= n_blocks; i += 4)
    {
      s0 = add_block_q4_0 (s0, w + i, x + i);
      s1 = add_block_q4_0 (s1, w + i + 1, x + i + 1);
      s2 = add_block_q4_0 (s2, w + i + 2, x + i + 2);
      s3 = add_block_q4_0 (s3, w + i + 3, x + i + 3);
    }
  for (; i < n_blocks; i++)
    s0 = add_block_q4_0 (s0, w + i, x + i);
  return tl_avx2_sum (_mm256_add_ps (_mm256_add_ps (s0, s1), _mm256_add_ps (s2, s3)));
}

void
tl_kernels_fill_avx512vnni (tl_kernels *k)
{
  k->name = "avx512vnni";
  k->dot_q8_0 = dot_q8_0;
  k->dot_q4_0 = dot_q4_0;
  tl_kernels_fill_avx512vnni_panel (k);
}
