/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats in NEON. The end of a vector that is shorter than a register goes through a
 * zero-padded buffer and the same arithmetic. Quantised weights, attention and the matrix product
 * are in files of their own. */
#include "kernels/arm/neon-private.h"

#include <math.h>

/* A bf16 is the upper half of a float. */
static inline float32x4_t
load_bf16 (const uint16_t *x)
{
  return vreinterpretq_f32_u32 (vshll_n_u16 (vld1_u16 (x), 16));
}

/* The first @n < 4 elements, then zeros. */
static inline float32x4_t
load_first (const float *x, size_t n)
{
  float buffer[4] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return vld1q_f32 (buffer);
}

static inline void
store_first (float *y, float32x4_t v, size_t n)
{
  float buffer[4];

  vst1q_f32 (buffer, v);
  memcpy (y, buffer, n * sizeof *y);
}

static inline float32x4_t
load_f16_first (const uint16_t *x, size_t n)
{
  uint16_t buffer[4] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return tl_neon_load_f16 (buffer);
}

static inline float32x4_t
load_bf16_first (const uint16_t *x, size_t n)
{
  uint16_t buffer[4] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return load_bf16 (buffer);
}

/* 2^n as a float, for |n| <= 126. */
static inline float32x4_t
power_of_2 (int32x4_t n)
{
  return vreinterpretq_f32_s32 (vshlq_n_s32 (vaddq_s32 (n, vdupq_n_s32 (127)), 23));
}

/* See kernels-private.h. The scale 2^n is applied as two factors, each a normal float, so that
 * subnormal results and infinity come out as they should. A NaN passes through max and min. */
static inline float32x4_t
exp_ps (float32x4_t x)
{
  float32x4_t n, r, p;
  int32x4_t ni, half;

  x = vmaxq_f32 (x, vdupq_n_f32 (TL_EXP_MIN));
  x = vminq_f32 (x, vdupq_n_f32 (TL_EXP_MAX));
  n = vrndnq_f32 (vmulq_f32 (x, vdupq_n_f32 (TL_LOG2_E)));
  r = vfmsq_f32 (x, n, vdupq_n_f32 (TL_LN2_HIGH));
  r = vfmsq_f32 (r, n, vdupq_n_f32 (TL_LN2_LOW));
  p = vfmaq_f32 (vdupq_n_f32 (TL_EXP_E5), vdupq_n_f32 (TL_EXP_E6), r);
  p = vfmaq_f32 (vdupq_n_f32 (TL_EXP_E4), p, r);
  p = vfmaq_f32 (vdupq_n_f32 (TL_EXP_E3), p, r);
  p = vfmaq_f32 (vdupq_n_f32 (TL_EXP_E2), p, r);
  p = vfmaq_f32 (r, p, vmulq_f32 (r, r));
  p = vaddq_f32 (p, vdupq_n_f32 (1.0f));
  ni = vcvtnq_s32_f32 (n);
  half = vshrq_n_s32 (ni, 1);
  return vmulq_f32 (vmulq_f32 (p, power_of_2 (vsubq_s32 (ni, half))), power_of_2 (half));
}

static inline float
sum_of_4 (const float32x4_t *s)
{
  return vaddvq_f32 (vaddq_f32 (vaddq_f32 (s[0], s[1]), vaddq_f32 (s[2], s[3])));
}

static float
dot_f32 (const float *a, const float *b, size_t n)
{
  float32x4_t s[4] = { vdupq_n_f32 (0), vdupq_n_f32 (0), vdupq_n_f32 (0), vdupq_n_f32 (0) };
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = vfmaq_f32 (s[j], vld1q_f32 (a + i + 4 * j), vld1q_f32 (b + i + 4 * j));
    }
  for (; i + 4 <= n; i += 4)
    s[0] = vfmaq_f32 (s[0], vld1q_f32 (a + i), vld1q_f32 (b + i));
  if (i < n)
    s[1] = vfmaq_f32 (s[1], load_first (a + i, n - i), load_first (b + i, n - i));
  return sum_of_4 (s);
}

static void
axpy_f32 (float *y, float a, const float *x, size_t n)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    vst1q_f32 (y + i, vfmaq_n_f32 (vld1q_f32 (y + i), vld1q_f32 (x + i), a));
  if (i < n)
    store_first (y + i, vfmaq_n_f32 (load_first (y + i, n - i), load_first (x + i, n - i), a),
                 n - i);
}

static void
rms_norm (float *y, const float *x, const float *w, float eps, size_t n)
{
  float scale;
  size_t i;

  assert (n > 0);
  scale = 1.0f / sqrtf (dot_f32 (x, x, n) / (float) n + eps);
  for (i = 0; i + 4 <= n; i += 4)
    vst1q_f32 (y + i, vmulq_f32 (vmulq_n_f32 (vld1q_f32 (x + i), scale), vld1q_f32 (w + i)));
  for (; i < n; i++)
    y[i] = x[i] * scale * w[i];
}

static void
exp_f32 (float *y, const float *x, size_t n)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    vst1q_f32 (y + i, exp_ps (vld1q_f32 (x + i)));
  if (i < n)
    store_first (y + i, exp_ps (load_first (x + i, n - i)), n - i);
}

static float
max_of (const float *x, size_t n)
{
  float max = -INFINITY;
  size_t i = 0;

  if (n >= 4)
    {
      float32x4_t m = vld1q_f32 (x);

      for (i = 4; i + 4 <= n; i += 4)
        m = vmaxnmq_f32 (m, vld1q_f32 (x + i));
      max = vmaxnmvq_f32 (m);
    }
  for (; i < n; i++)
    max = x[i] > max ? x[i] : max;
  return max;
}

/* x = exp (x - max); returns the sum. */
static float
shifted_exp (float *x, float max, size_t n)
{
  float32x4_t m = vdupq_n_f32 (max), sum = vdupq_n_f32 (0);
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    {
      float32x4_t e = exp_ps (vsubq_f32 (vld1q_f32 (x + i), m));

      vst1q_f32 (x + i, e);
      sum = vaddq_f32 (sum, e);
    }
  if (i < n)
    {
      store_first (x + i, exp_ps (vsubq_f32 (load_first (x + i, n - i), m)), n - i);
      sum = vaddq_f32 (sum, load_first (x + i, n - i));
    }
  return vaddvq_f32 (sum);
}

static void
softmax (float *x, size_t n)
{
  float scale;
  size_t i;

  assert (n > 0);
  scale = 1.0f / shifted_exp (x, max_of (x, n), n);
  for (i = 0; i + 4 <= n; i += 4)
    vst1q_f32 (x + i, vmulq_n_f32 (vld1q_f32 (x + i), scale));
  for (; i < n; i++)
    x[i] *= scale;
}

static inline float32x4_t
silu_mul_ps (float32x4_t gate, float32x4_t up)
{
  float32x4_t e = exp_ps (vnegq_f32 (gate));

  return vmulq_f32 (vdivq_f32 (gate, vaddq_f32 (vdupq_n_f32 (1.0f), e)), up);
}

static void
silu_mul (float *y, const float *gate, const float *up, size_t n)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    vst1q_f32 (y + i, silu_mul_ps (vld1q_f32 (gate + i), vld1q_f32 (up + i)));
  if (i < n)
    store_first (y + i, silu_mul_ps (load_first (gate + i, n - i), load_first (up + i, n - i)),
                 n - i);
}

/* Ties to even, the mode that programs start in. */
static void
f32_to_f16 (uint16_t *dst, const float *src, size_t n)
{
  uint16_t last[4];
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    vst1_u16 (dst + i, vreinterpret_u16_f16 (vcvt_f16_f32 (vld1q_f32 (src + i))));
  if (i < n)
    {
      vst1_u16 (last, vreinterpret_u16_f16 (vcvt_f16_f32 (load_first (src + i, n - i))));
      memcpy (dst + i, last, (n - i) * sizeof *dst);
    }
}

static void
f16_to_f32 (float *dst, const uint16_t *src, size_t n)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    vst1q_f32 (dst + i, tl_neon_load_f16 (src + i));
  if (i < n)
    store_first (dst + i, load_f16_first (src + i, n - i), n - i);
}

static float
dot_f16 (const float *q, const uint16_t *k, size_t n)
{
  float32x4_t s[4] = { vdupq_n_f32 (0), vdupq_n_f32 (0), vdupq_n_f32 (0), vdupq_n_f32 (0) };
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = vfmaq_f32 (s[j], vld1q_f32 (q + i + 4 * j), tl_neon_load_f16 (k + i + 4 * j));
    }
  for (; i + 4 <= n; i += 4)
    s[0] = vfmaq_f32 (s[0], vld1q_f32 (q + i), tl_neon_load_f16 (k + i));
  if (i < n)
    s[1] = vfmaq_f32 (s[1], load_first (q + i, n - i), load_f16_first (k + i, n - i));
  return sum_of_4 (s);
}

static void
axpy_f16 (float *y, float a, const uint16_t *v, size_t n)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    vst1q_f32 (y + i, vfmaq_n_f32 (vld1q_f32 (y + i), tl_neon_load_f16 (v + i), a));
  if (i < n)
    store_first (y + i, vfmaq_n_f32 (load_first (y + i, n - i), load_f16_first (v + i, n - i), a),
                 n - i);
}

static float
dot_bf16 (const uint16_t *w, const float *x, size_t n)
{
  float32x4_t s[4] = { vdupq_n_f32 (0), vdupq_n_f32 (0), vdupq_n_f32 (0), vdupq_n_f32 (0) };
  size_t i = 0;

  for (; i + 16 <= n; i += 16)
    {
      for (size_t j = 0; j < 4; j++)
        s[j] = vfmaq_f32 (s[j], load_bf16 (w + i + 4 * j), vld1q_f32 (x + i + 4 * j));
    }
  for (; i + 4 <= n; i += 4)
    s[0] = vfmaq_f32 (s[0], load_bf16 (w + i), vld1q_f32 (x + i));
  if (i < n)
    s[1] = vfmaq_f32 (s[1], load_bf16_first (w + i, n - i), load_first (x + i, n - i));
  return sum_of_4 (s);
}

void
tl_kernels_fill_neon (tl_kernels *k)
{
  k->name = "neon";
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
  tl_kernels_fill_neon_attend (k);
  tl_kernels_fill_neon_panel (k);
  tl_kernels_fill_neon_quant (k);
  tl_kernels_fill_neon_sgemm (k);
}
