/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels in AVX-512 (F, BW, DQ, VL). Ends of vectors are done by masked loads and stores, so
 * each function has one arithmetic path. What is not here is inherited from AVX2. */
#include "kernels/kernels-private.h"

#include <immintrin.h>
#include <math.h>

/* The first @n lanes; n < 16. */
static inline __mmask16
first (size_t n)
{
  return (__mmask16) ((1u << n) - 1);
}

static inline __m512
load_f16 (const uint16_t *x)
{
  return _mm512_cvtph_ps (_mm256_loadu_si256 ((const void *) x));
}

static inline __m512
load_f16_first (__mmask16 m, const uint16_t *x)
{
  return _mm512_cvtph_ps (_mm256_maskz_loadu_epi16 (m, x));
}

/* A bf16 is the upper half of a float. */
static inline __m512
widen_bf16 (__m256i x)
{
  return _mm512_castsi512_ps (_mm512_slli_epi32 (_mm512_cvtepu16_epi32 (x), 16));
}

static inline float
sum_of_4 (const __m512 *s)
{
  return _mm512_reduce_add_ps (_mm512_add_ps (_mm512_add_ps (s[0], s[1]),
                                              _mm512_add_ps (s[2], s[3])));
}

/* See kernels-private.h. scalef gives subnormal results and infinity as they should be; a NaN passes
 * since max and min return their second operand then. */
static inline __m512
exp_ps (__m512 x)
{
  __m512 n, r, p;

  x = _mm512_max_ps (_mm512_set1_ps (TL_EXP_MIN), x);
  x = _mm512_min_ps (_mm512_set1_ps (TL_EXP_MAX), x);
  n = _mm512_roundscale_ps (_mm512_mul_ps (x, _mm512_set1_ps (TL_LOG2_E)), 0);
  r = _mm512_fnmadd_ps (n, _mm512_set1_ps (TL_LN2_HIGH), x);
  r = _mm512_fnmadd_ps (n, _mm512_set1_ps (TL_LN2_LOW), r);
  p = _mm512_fmadd_ps (_mm512_set1_ps (TL_EXP_E6), r, _mm512_set1_ps (TL_EXP_E5));
  p = _mm512_fmadd_ps (p, r, _mm512_set1_ps (TL_EXP_E4));
  p = _mm512_fmadd_ps (p, r, _mm512_set1_ps (TL_EXP_E3));
  p = _mm512_fmadd_ps (p, r, _mm512_set1_ps (TL_EXP_E2));
  p = _mm512_fmadd_ps (p, _mm512_mul_ps (r, r), r);
  p = _mm512_add_ps (p, _mm512_set1_ps (1.0f));
  return _mm512_scalef_ps (p, n);
}

static float
dot_f32 (const float *a, const float *b, size_t n)
{
  __m512 s[4] = { _mm512_setzero_ps (), _mm512_setzero_ps (), _mm512_setzero_ps (),
                  _mm512_setzero_ps () };
  size_t i = 0;

  for (; i + 64 <= n; i += 64)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = _mm512_fmadd_ps (_mm512_loadu_ps (a + i + 16 * j), _mm512_loadu_ps (b + i + 16 * j),
                                s[j]);
    }
  for (; i + 16 <= n; i += 16)
    s[0] = _mm512_fmadd_ps (_mm512_loadu_ps (a + i), _mm512_loadu_ps (b + i), s[0]);
  if (i < n)
    {
      __mmask16 m = first (n - i);

      s[1] = _mm512_fmadd_ps (_mm512_maskz_loadu_ps (m, a + i), _mm512_maskz_loadu_ps (m, b + i),
                              s[1]);
    }
  return sum_of_4 (s);
}

static void
axpy_f32 (float *y, float a, const float *x, size_t n)
{
  __m512 av = _mm512_set1_ps (a);
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (y + i, _mm512_fmadd_ps (av, _mm512_loadu_ps (x + i), _mm512_loadu_ps (y + i)));
  if (i < n)
    {
      __mmask16 m = first (n - i);

      _mm512_mask_storeu_ps (y + i, m, _mm512_fmadd_ps (av, _mm512_maskz_loadu_ps (m, x + i),
                                                        _mm512_maskz_loadu_ps (m, y + i)));
    }
}

static void
rms_norm (float *y, const float *x, const float *w, float eps, size_t n)
{
  __m512 scale;
  size_t i;

  assert (n > 0);
  scale = _mm512_set1_ps (1.0f / sqrtf (dot_f32 (x, x, n) / (float) n + eps));
  for (i = 0; i + 16 <= n; i += 16)
    _mm512_storeu_ps (y + i, _mm512_mul_ps (_mm512_mul_ps (_mm512_loadu_ps (x + i), scale),
                                            _mm512_loadu_ps (w + i)));
  if (i < n)
    {
      __mmask16 m = first (n - i);
      __m512 v = _mm512_mul_ps (_mm512_maskz_loadu_ps (m, x + i), scale);

      _mm512_mask_storeu_ps (y + i, m, _mm512_mul_ps (v, _mm512_maskz_loadu_ps (m, w + i)));
    }
}

static void
exp_f32 (float *y, const float *x, size_t n)
{
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (y + i, exp_ps (_mm512_loadu_ps (x + i)));
  if (i < n)
    _mm512_mask_storeu_ps (y + i, first (n - i),
                           exp_ps (_mm512_maskz_loadu_ps (first (n - i), x + i)));
}

static __m512
max_of (const float *x, size_t n)
{
  __m512 max = _mm512_set1_ps (-INFINITY);
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    max = _mm512_max_ps (max, _mm512_loadu_ps (x + i));
  if (i < n)
    max = _mm512_mask_max_ps (max, first (n - i), max,
                              _mm512_maskz_loadu_ps (first (n - i), x + i));
  return _mm512_set1_ps (_mm512_reduce_max_ps (max));
}

static void
scale_f32 (float *x, float factor, size_t n)
{
  __m512 f = _mm512_set1_ps (factor);
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (x + i, _mm512_mul_ps (f, _mm512_loadu_ps (x + i)));
  if (i < n)
    _mm512_mask_storeu_ps (x + i, first (n - i),
                           _mm512_mul_ps (f, _mm512_maskz_loadu_ps (first (n - i), x + i)));
}

static void
softmax (float *x, size_t n)
{
  __m512 max, sum = _mm512_setzero_ps ();
  size_t i;

  assert (n > 0);
  max = max_of (x, n);
  for (i = 0; i + 16 <= n; i += 16)
    {
      __m512 e = exp_ps (_mm512_sub_ps (_mm512_loadu_ps (x + i), max));

      _mm512_storeu_ps (x + i, e);
      sum = _mm512_add_ps (sum, e);
    }
  if (i < n)
    {
      __mmask16 m = first (n - i);
      __m512 e = exp_ps (_mm512_sub_ps (_mm512_maskz_loadu_ps (m, x + i), max));

      _mm512_mask_storeu_ps (x + i, m, e);
      sum = _mm512_mask_add_ps (sum, m, sum, e);
    }
  scale_f32 (x, 1.0f / _mm512_reduce_add_ps (sum), n);
}

static inline __m512
silu_mul_ps (__m512 gate, __m512 up)
{
  __m512 e = exp_ps (_mm512_sub_ps (_mm512_setzero_ps (), gate));

  return _mm512_mul_ps (_mm512_div_ps (gate, _mm512_add_ps (_mm512_set1_ps (1.0f), e)), up);
}

static void
silu_mul (float *y, const float *gate, const float *up, size_t n)
{
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (y + i, silu_mul_ps (_mm512_loadu_ps (gate + i), _mm512_loadu_ps (up + i)));
  if (i < n)
    {
      __mmask16 m = first (n - i);

      _mm512_mask_storeu_ps (y + i, m, silu_mul_ps (_mm512_maskz_loadu_ps (m, gate + i),
                                                    _mm512_maskz_loadu_ps (m, up + i)));
    }
}

static void
f32_to_f16 (uint16_t *dst, const float *src, size_t n)
{
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm256_storeu_si256 ((void *) (dst + i), _mm512_cvtps_ph (_mm512_loadu_ps (src + i), 0));
  if (i < n)
    {
      __mmask16 m = first (n - i);

      _mm256_mask_storeu_epi16 (dst + i, m, _mm512_cvtps_ph (_mm512_maskz_loadu_ps (m, src + i), 0));
    }
}

static void
f16_to_f32 (float *dst, const uint16_t *src, size_t n)
{
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (dst + i, load_f16 (src + i));
  if (i < n)
    _mm512_mask_storeu_ps (dst + i, first (n - i), load_f16_first (first (n - i), src + i));
}

static float
dot_f16 (const float *q, const uint16_t *k, size_t n)
{
  __m512 s[4] = { _mm512_setzero_ps (), _mm512_setzero_ps (), _mm512_setzero_ps (),
                  _mm512_setzero_ps () };
  size_t i = 0;

  for (; i + 64 <= n; i += 64)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = _mm512_fmadd_ps (_mm512_loadu_ps (q + i + 16 * j), load_f16 (k + i + 16 * j), s[j]);
    }
  for (; i + 16 <= n; i += 16)
    s[0] = _mm512_fmadd_ps (_mm512_loadu_ps (q + i), load_f16 (k + i), s[0]);
  if (i < n)
    {
      __mmask16 m = first (n - i);

      s[1] = _mm512_fmadd_ps (_mm512_maskz_loadu_ps (m, q + i), load_f16_first (m, k + i), s[1]);
    }
  return sum_of_4 (s);
}

static void
axpy_f16 (float *y, float a, const uint16_t *v, size_t n)
{
  __m512 av = _mm512_set1_ps (a);
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (y + i, _mm512_fmadd_ps (av, load_f16 (v + i), _mm512_loadu_ps (y + i)));
  if (i < n)
    {
      __mmask16 m = first (n - i);

      _mm512_mask_storeu_ps (y + i, m, _mm512_fmadd_ps (av, load_f16_first (m, v + i),
                                                        _mm512_maskz_loadu_ps (m, y + i)));
    }
}

static float
dot_bf16 (const uint16_t *w, const float *x, size_t n)
{
  __m512 s[4] = { _mm512_setzero_ps (), _mm512_setzero_ps (), _mm512_setzero_ps (),
                  _mm512_setzero_ps () };
  size_t i = 0;

  for (; i + 64 <= n; i += 64)
    {
      for (size_t j = 0; j < 4; j++)
        {
          __m256i v = _mm256_loadu_si256 ((const void *) (w + i + 16 * j));

          s[j] = _mm512_fmadd_ps (widen_bf16 (v), _mm512_loadu_ps (x + i + 16 * j), s[j]);
        }
    }
  for (; i + 16 <= n; i += 16)
    s[0] = _mm512_fmadd_ps (widen_bf16 (_mm256_loadu_si256 ((const void *) (w + i))),
                            _mm512_loadu_ps (x + i), s[0]);
  if (i < n)
    {
      __mmask16 m = first (n - i);

      s[1] = _mm512_fmadd_ps (widen_bf16 (_mm256_maskz_loadu_epi16 (m, w + i)),
                              _mm512_maskz_loadu_ps (m, x + i), s[1]);
    }
  return sum_of_4 (s);
}

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
  k->dot_f32 = dot_f32;
  k->axpy_f32 = axpy_f32;
  k->rms_norm = rms_norm;
  k->exp_f32 = exp_f32;
  k->softmax = softmax;
  k->silu_mul = silu_mul;
  k->f32_to_f16 = f32_to_f16;
  k->f16_to_f32 = f16_to_f32;
  k->dot_f16 = dot_f16;
  k->axpy_f16 = axpy_f16;
  k->dot_bf16 = dot_bf16;
  k->mr = MR;
  k->nr = NR;
  k->sgemm_micro = sgemm_micro;
  tl_kernels_fill_avx512_attend (k);
}
