/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats, written once over the vocabulary that vector.h describes. Ends of vectors go
 * through the same arithmetic as the rest. */
#pragma once

#include <math.h>

#include "kernels/vector.h"

/* See kernels-private.h. */
TILE vec
exp_of (vec x)
{
  vec n, r, p;

  x = v_cut (x, v_set (TL_EXP_MIN), v_set (TL_EXP_MAX));
  n = v_round (v_mul (x, v_set (TL_LOG2_E)));
  r = v_fnma (n, v_set (TL_LN2_HIGH), x);
  r = v_fnma (n, v_set (TL_LN2_LOW), r);
  p = v_fma (v_set (TL_EXP_E6), r, v_set (TL_EXP_E5));
  p = v_fma (p, r, v_set (TL_EXP_E4));
  p = v_fma (p, r, v_set (TL_EXP_E3));
  p = v_fma (p, r, v_set (TL_EXP_E2));
  p = v_fma (p, v_mul (r, r), r);
  return v_times_2 (v_add (p, v_set (1.0f)), n);
}

/* Four sums, which cover the latency of a multiply-add. */
TILE float
dot (const float *x, element e, const void *y, size_t n)
{
  vec s[4] = { v_set (0), v_set (0), v_set (0), v_set (0) };
  size_t i = 0;

  for (; i + 4 * WIDTH <= n; i += 4 * WIDTH)
    {
#pragma GCC unroll 4
      for (size_t j = 0; j < 4; j++)
        s[j] = v_fma (v_load (x + i + WIDTH * j), get (e, y, i + WIDTH * j, WIDTH), s[j]);
    }
  for (; i + WIDTH <= n; i += WIDTH)
    s[0] = v_fma (v_load (x + i), get (e, y, i, WIDTH), s[0]);
  if (i < n)
    s[1] = v_fma (v_load_first (x + i, n - i), get (e, y, i, n - i), s[1]);
  return v_sum (v_add (v_add (s[0], s[1]), v_add (s[2], s[3])));
}

static float
dot_f32 (const float *a, const float *b, size_t n)
{
  return dot (a, AS_F32, b, n);
}

static float
dot_f16 (const float *q, const uint16_t *k, size_t n)
{
  return dot (q, AS_F16, k, n);
}

static float
dot_bf16 (const uint16_t *w, const float *x, size_t n)
{
  return dot (x, AS_BF16, w, n);
}

static void
axpy_f32 (float *y, float a, const float *x, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store (y + i, v_fma (v_set (a), v_load (x + i), v_load (y + i)));
  if (i < n)
    v_store_first (y + i, v_fma (v_set (a), v_load_first (x + i, n - i), v_load_first (y + i, n - i)),
                   n - i);
}

static void
mul_f16 (float *y, const float *x, const uint16_t *h, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store (y + i, v_mul (v_load (x + i), v_load_f16 (h + i)));
  if (i < n)
    v_store_first (y + i, v_mul (v_load_first (x + i, n - i), v_load_f16_first (h + i, n - i)),
                   n - i);
}

static void
rms_norm (float *y, const float *x, const float *w, float eps, size_t n)
{
  vec scale;
  size_t i;

  assert (n > 0);
  scale = v_set (1.0f / sqrtf (dot_f32 (x, x, n) / (float) n + eps));
  for (i = 0; i + WIDTH <= n; i += WIDTH)
    v_store (y + i, v_mul (v_mul (v_load (x + i), scale), v_load (w + i)));
  if (i < n)
    v_store_first (y + i, v_mul (v_mul (v_load_first (x + i, n - i), scale),
                                 v_load_first (w + i, n - i)), n - i);
}

static void
exp_f32 (float *y, const float *x, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store (y + i, exp_of (v_load (x + i)));
  if (i < n)
    v_store_first (y + i, exp_of (v_load_first (x + i, n - i)), n - i);
}

TILE float
max_of (const float *x, size_t n)
{
  vec max = v_set (-INFINITY);
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    max = v_max (max, v_load (x + i));
  if (i < n)
    max = v_max (max, v_first (v_load_first (x + i, n - i), max, n - i));
  return v_largest (max);
}

/* x = exp (x - max); returns the sum. */
TILE float
shifted_exp (float *x, float max, size_t n)
{
  vec m = v_set (max), sum = v_set (0);
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    {
      vec e = exp_of (v_sub (v_load (x + i), m));

      v_store (x + i, e);
      sum = v_add (sum, e);
    }
  if (i < n)
    {
      vec e = exp_of (v_sub (v_load_first (x + i, n - i), m));

      v_store_first (x + i, e, n - i);
      sum = v_add (sum, v_first (e, v_set (0), n - i));
    }
  return v_sum (sum);
}

static void
softmax (float *x, size_t n)
{
  vec scale;
  size_t i;

  assert (n > 0);
  scale = v_set (1.0f / shifted_exp (x, max_of (x, n), n));
  for (i = 0; i + WIDTH <= n; i += WIDTH)
    v_store (x + i, v_mul (scale, v_load (x + i)));
  if (i < n)
    v_store_first (x + i, v_mul (scale, v_load_first (x + i, n - i)), n - i);
}

TILE vec
silu_mul_of (vec gate, vec up)
{
  vec e = exp_of (v_sub (v_set (0), gate));

  return v_mul (v_div (gate, v_add (v_set (1.0f), e)), up);
}

static void
silu_mul (float *y, const float *gate, const float *up, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store (y + i, silu_mul_of (v_load (gate + i), v_load (up + i)));
  if (i < n)
    v_store_first (y + i, silu_mul_of (v_load_first (gate + i, n - i),
                                       v_load_first (up + i, n - i)), n - i);
}

static void
f32_to_f16 (uint16_t *dst, const float *src, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store_f16 (dst + i, v_load (src + i));
  if (i < n)
    v_store_f16_first (dst + i, v_load_first (src + i, n - i), n - i);
}

static void
f16_to_f32 (float *dst, const uint16_t *src, size_t n)
{
  size_t i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    v_store (dst + i, v_load_f16 (src + i));
  if (i < n)
    v_store_first (dst + i, v_load_f16_first (src + i, n - i), n - i);
}

static inline void
fill_floats (tl_kernels *k)
{
  k->dot_f32 = dot_f32;
  k->axpy_f32 = axpy_f32;
  k->rms_norm = rms_norm;
  k->exp_f32 = exp_f32;
  k->softmax = softmax;
  k->silu_mul = silu_mul;
  k->f32_to_f16 = f32_to_f16;
  k->f16_to_f32 = f16_to_f32;
  k->dot_f16 = dot_f16;
  k->mul_f16 = mul_f16;
  k->dot_bf16 = dot_bf16;
}
