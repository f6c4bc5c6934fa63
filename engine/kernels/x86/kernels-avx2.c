/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats in AVX2 with FMA and F16C. The end of a vector that is shorter than a register
 * goes through a zero-padded buffer and the same arithmetic. Quantised blocks and the matrix product
 * are in files of their own. */
#include "kernels/x86/avx2-private.h"

#include <math.h>
#include <string.h>

static inline __m256
load_f16 (const uint16_t *x)
{
  return _mm256_cvtph_ps (_mm_loadu_si128 ((const void *) x));
}

/* A bf16 is the upper half of a float. */
static inline __m256
load_bf16 (const uint16_t *x)
{
  __m256i wide = _mm256_cvtepu16_epi32 (_mm_loadu_si128 ((const void *) x));

  return _mm256_castsi256_ps (_mm256_slli_epi32 (wide, 16));
}

/* The first @n < 8 elements, then zeros. */
static inline __m256
load_first (const float *x, size_t n)
{
  float buffer[8] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return _mm256_loadu_ps (buffer);
}

static inline void
store_first (float *y, __m256 v, size_t n)
{
  float buffer[8];

  _mm256_storeu_ps (buffer, v);
  memcpy (y, buffer, n * sizeof *y);
}

static inline __m256
load_f16_first (const uint16_t *x, size_t n)
{
  uint16_t buffer[8] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return load_f16 (buffer);
}

static inline __m256
load_bf16_first (const uint16_t *x, size_t n)
{
  uint16_t buffer[8] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return load_bf16 (buffer);
}

/* See kernels-private.h. The scale 2^n is applied as two factors, each a normal float, so that
 * subnormal results and infinity come out as they should. A NaN passes, since max and min return
 * their second operand then. */
static inline __m256
exp_ps (__m256 x)
{
  const __m256i bias = _mm256_set1_epi32 (127);
  __m256 n, r, p;
  __m256i ni, half;

  x = _mm256_max_ps (_mm256_set1_ps (TL_EXP_MIN), x);
  x = _mm256_min_ps (_mm256_set1_ps (TL_EXP_MAX), x);
  n = _mm256_round_ps (_mm256_mul_ps (x, _mm256_set1_ps (TL_LOG2_E)),
                       _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  r = _mm256_fnmadd_ps (n, _mm256_set1_ps (TL_LN2_HIGH), x);
  r = _mm256_fnmadd_ps (n, _mm256_set1_ps (TL_LN2_LOW), r);
  p = _mm256_fmadd_ps (_mm256_set1_ps (TL_EXP_E6), r, _mm256_set1_ps (TL_EXP_E5));
  p = _mm256_fmadd_ps (p, r, _mm256_set1_ps (TL_EXP_E4));
  p = _mm256_fmadd_ps (p, r, _mm256_set1_ps (TL_EXP_E3));
  p = _mm256_fmadd_ps (p, r, _mm256_set1_ps (TL_EXP_E2));
  p = _mm256_fmadd_ps (p, _mm256_mul_ps (r, r), r);
  p = _mm256_add_ps (p, _mm256_set1_ps (1.0f));
  ni = _mm256_cvtps_epi32 (n);
  half = _mm256_srai_epi32 (ni, 1);
  ni = _mm256_slli_epi32 (_mm256_add_epi32 (_mm256_sub_epi32 (ni, half), bias), 23);
  half = _mm256_slli_epi32 (_mm256_add_epi32 (half, bias), 23);
  return _mm256_mul_ps (_mm256_mul_ps (p, _mm256_castsi256_ps (ni)), _mm256_castsi256_ps (half));
}

static inline float
sum_of_4 (const __m256 *s)
{
  return tl_avx2_sum (_mm256_add_ps (_mm256_add_ps (s[0], s[1]), _mm256_add_ps (s[2], s[3])));
}

static float
dot_f32 (const float *a, const float *b, size_t n)
{
  __m256 s[4] = { _mm256_setzero_ps (), _mm256_setzero_ps (), _mm256_setzero_ps (),
                  _mm256_setzero_ps () };
  size_t i = 0;

  for (; i + 32 <= n; i += 32)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = _mm256_fmadd_ps (_mm256_loadu_ps (a + i + 8 * j), _mm256_loadu_ps (b + i + 8 * j),
                                s[j]);
    }
  for (; i + 8 <= n; i += 8)
    s[0] = _mm256_fmadd_ps (_mm256_loadu_ps (a + i), _mm256_loadu_ps (b + i), s[0]);
  if (i < n)
    s[1] = _mm256_fmadd_ps (load_first (a + i, n - i), load_first (b + i, n - i), s[1]);
  return sum_of_4 (s);
}

static void
axpy_f32 (float *y, float a, const float *x, size_t n)
{
  __m256 av = _mm256_set1_ps (a);
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (y + i, _mm256_fmadd_ps (av, _mm256_loadu_ps (x + i), _mm256_loadu_ps (y + i)));
  if (i < n)
    store_first (y + i, _mm256_fmadd_ps (av, load_first (x + i, n - i), load_first (y + i, n - i)),
                 n - i);
}

static void
rms_norm (float *y, const float *x, const float *w, float eps, size_t n)
{
  __m256 scale;
  size_t i;

  assert (n > 0);
  scale = _mm256_set1_ps (1.0f / sqrtf (dot_f32 (x, x, n) / (float) n + eps));
  for (i = 0; i + 8 <= n; i += 8)
    _mm256_storeu_ps (y + i, _mm256_mul_ps (_mm256_mul_ps (_mm256_loadu_ps (x + i), scale),
                                            _mm256_loadu_ps (w + i)));
  if (i < n)
    store_first (y + i, _mm256_mul_ps (_mm256_mul_ps (load_first (x + i, n - i), scale),
                                       load_first (w + i, n - i)), n - i);
}

static void
exp_f32 (float *y, const float *x, size_t n)
{
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (y + i, exp_ps (_mm256_loadu_ps (x + i)));
  if (i < n)
    store_first (y + i, exp_ps (load_first (x + i, n - i)), n - i);
}

static float
max_of (const float *x, size_t n)
{
  float max = -INFINITY;
  size_t i = 0;

  if (n >= 8)
    {
      __m256 m = _mm256_loadu_ps (x);

      for (i = 8; i + 8 <= n; i += 8)
        m = _mm256_max_ps (m, _mm256_loadu_ps (x + i));
      max = tl_avx2_max (m);
    }
  for (; i < n; i++)
    max = x[i] > max ? x[i] : max;
  return max;
}

/* x = exp (x - max); returns the sum. */
static float
shifted_exp (float *x, float max, size_t n)
{
  __m256 m = _mm256_set1_ps (max), sum = _mm256_setzero_ps ();
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    {
      __m256 e = exp_ps (_mm256_sub_ps (_mm256_loadu_ps (x + i), m));

      _mm256_storeu_ps (x + i, e);
      sum = _mm256_add_ps (sum, e);
    }
  if (i < n)
    {
      store_first (x + i, exp_ps (_mm256_sub_ps (load_first (x + i, n - i), m)), n - i);
      sum = _mm256_add_ps (sum, load_first (x + i, n - i));
    }
  return tl_avx2_sum (sum);
}

static void
softmax (float *x, size_t n)
{
  __m256 scale;
  size_t i;

  assert (n > 0);
  scale = _mm256_set1_ps (1.0f / shifted_exp (x, max_of (x, n), n));
  for (i = 0; i + 8 <= n; i += 8)
    _mm256_storeu_ps (x + i, _mm256_mul_ps (scale, _mm256_loadu_ps (x + i)));
  if (i < n)
    store_first (x + i, _mm256_mul_ps (scale, load_first (x + i, n - i)), n - i);
}

static inline __m256
silu_mul_ps (__m256 gate, __m256 up)
{
  __m256 e = exp_ps (_mm256_sub_ps (_mm256_setzero_ps (), gate));

  return _mm256_mul_ps (_mm256_div_ps (gate, _mm256_add_ps (_mm256_set1_ps (1.0f), e)), up);
}

static void
silu_mul (float *y, const float *gate, const float *up, size_t n)
{
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (y + i, silu_mul_ps (_mm256_loadu_ps (gate + i), _mm256_loadu_ps (up + i)));
  if (i < n)
    store_first (y + i, silu_mul_ps (load_first (gate + i, n - i), load_first (up + i, n - i)),
                 n - i);
}

static void
f32_to_f16 (uint16_t *dst, const float *src, size_t n)
{
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128 ((void *) (dst + i),
                      _mm256_cvtps_ph (_mm256_loadu_ps (src + i), _MM_FROUND_TO_NEAREST_INT));
  for (; i < n; i++)
    dst[i] = _cvtss_sh (src[i], _MM_FROUND_TO_NEAREST_INT);
}

static void
f16_to_f32 (float *dst, const uint16_t *src, size_t n)
{
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (dst + i, load_f16 (src + i));
  for (; i < n; i++)
    dst[i] = _cvtsh_ss (src[i]);
}

static float
dot_f16 (const float *q, const uint16_t *k, size_t n)
{
  __m256 s[4] = { _mm256_setzero_ps (), _mm256_setzero_ps (), _mm256_setzero_ps (),
                  _mm256_setzero_ps () };
  size_t i = 0;

  for (; i + 32 <= n; i += 32)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = _mm256_fmadd_ps (_mm256_loadu_ps (q + i + 8 * j), load_f16 (k + i + 8 * j), s[j]);
    }
  for (; i + 8 <= n; i += 8)
    s[0] = _mm256_fmadd_ps (_mm256_loadu_ps (q + i), load_f16 (k + i), s[0]);
  if (i < n)
    s[1] = _mm256_fmadd_ps (load_first (q + i, n - i), load_f16_first (k + i, n - i), s[1]);
  return sum_of_4 (s);
}

static void
axpy_f16 (float *y, float a, const uint16_t *v, size_t n)
{
  __m256 av = _mm256_set1_ps (a);
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (y + i, _mm256_fmadd_ps (av, load_f16 (v + i), _mm256_loadu_ps (y + i)));
  if (i < n)
    store_first (y + i, _mm256_fmadd_ps (av, load_f16_first (v + i, n - i),
                                         load_first (y + i, n - i)), n - i);
}

static float
dot_bf16 (const uint16_t *w, const float *x, size_t n)
{
  __m256 s[4] = { _mm256_setzero_ps (), _mm256_setzero_ps (), _mm256_setzero_ps (),
                  _mm256_setzero_ps () };
  size_t i = 0;

  for (; i + 32 <= n; i += 32)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = _mm256_fmadd_ps (load_bf16 (w + i + 8 * j), _mm256_loadu_ps (x + i + 8 * j), s[j]);
    }
  for (; i + 8 <= n; i += 8)
    s[0] = _mm256_fmadd_ps (load_bf16 (w + i), _mm256_loadu_ps (x + i), s[0]);
  if (i < n)
    s[1] = _mm256_fmadd_ps (load_bf16_first (w + i, n - i), load_first (x + i, n - i), s[1]);
  return sum_of_4 (s);
}

void
tl_kernels_fill_avx2 (tl_kernels *k)
{
  k->name = "avx2";
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
  tl_kernels_fill_avx2_attend (k);
  tl_kernels_fill_avx2_panel (k);
  tl_kernels_fill_avx2_sgemm (k);
}
