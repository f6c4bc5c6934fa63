/* SPDX-License-Identifier: Apache-2.0 */
/* The C reference of every kernel, written to be read beside its formula: the SIMD files must agree
 * with it, and it runs where they do not. Nothing here is tuned. */
#include "kernels/kernels-private.h"

#include <math.h>

#include "base/maths.h"

static float
dot_f32 (const float *a, const float *b, size_t n)
{
  float sum = 0;

  for (size_t i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

static void
axpy_f32 (float *y, float a, const float *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] += a * x[i];
}

/* Zhang & Sennrich 2019, arXiv:1910.07467, equation 4. */
static void
rms_norm (float *y, const float *x, const float *w, float eps, size_t n)
{
  float sum = 0, scale;

  assert (n > 0);
  for (size_t i = 0; i < n; i++)
    sum += x[i] * x[i];
  scale = 1.0f / sqrtf (sum / (float) n + eps);
  for (size_t i = 0; i < n; i++)
    y[i] = x[i] * scale * w[i];
}

static void
exp_f32 (float *y, const float *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = tl_exp (x[i]);
}

static void
softmax (float *x, size_t n)
{
  float max = -INFINITY, sum = 0, scale;

  assert (n > 0);
  for (size_t i = 0; i < n; i++)
    max = fmaxf (max, x[i]);
  /* Shifted by the maximum so that tl_exp cannot overflow; at least one term is 1. */
  for (size_t i = 0; i < n; i++)
    {
      x[i] = tl_exp (x[i] - max);
      sum += x[i];
    }
  scale = 1.0f / sum;
  for (size_t i = 0; i < n; i++)
    x[i] *= scale;
}

/* silu (x) = x sigmoid (x), the gate of SwiGLU: Shazeer 2020, arXiv:2002.05202. */
static void
silu_mul (float *y, const float *gate, const float *up, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = gate[i] / (1.0f + tl_exp (-gate[i])) * up[i];
}

static void
f32_to_f16 (uint16_t *dst, const float *src, size_t n)
{
  for (size_t i = 0; i < n; i++)
    dst[i] = tl_f32_to_f16 (src[i]);
}

static void
f16_to_f32 (float *dst, const uint16_t *src, size_t n)
{
  for (size_t i = 0; i < n; i++)
    dst[i] = tl_f16_to_f32 (src[i]);
}

static float
dot_f16 (const float *q, const uint16_t *k, size_t n)
{
  float sum = 0;

  for (size_t i = 0; i < n; i++)
    sum += q[i] * tl_f16_to_f32 (k[i]);
  return sum;
}

static void
mul_f16 (float *y, const float *x, const uint16_t *h, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] = x[i] * tl_f16_to_f32 (h[i]);
}

static float
dot_bf16 (const uint16_t *w, const float *x, size_t n)
{
  float sum = 0;

  for (size_t i = 0; i < n; i++)
    sum += tl_bf16_to_f32 (w[i]) * x[i];
  return sum;
}

static void
pack_transposed (float *dst, size_t width, const float *src, size_t ld, size_t rows, size_t k)
{
  for (size_t p = 0; p < k; p++)
    {
      for (size_t i = 0; i < width; i++)
        dst[p * width + i] = i < rows ? src[i * ld + p] : 0.0f;
    }
}

/* Eight accumulators of four floats: what the sixteen registers of the x86-64 baseline hold. */
#define MR 4
#define NR 8

static void
sgemm_micro (size_t k, const float *a, const float *b, float *c, size_t ldc, bool add)
{
  float sum[MR][NR] = { { 0 } };

  for (size_t p = 0; p < k; p++, a += MR, b += NR)
    {
      for (size_t i = 0; i < MR; i++)
        {
          for (size_t j = 0; j < NR; j++)
            sum[i][j] += a[i] * b[j];
        }
    }
  for (size_t i = 0; i < MR; i++)
    {
      for (size_t j = 0; j < NR; j++)
        c[i * ldc + j] = add ? c[i * ldc + j] + sum[i][j] : sum[i][j];
    }
}

void
tl_kernels_fill_c (tl_kernels *k)
{
  k->name = "c";
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
  k->mr = MR;
  k->nr = NR;
  k->pack_transposed = pack_transposed;
  k->sgemm_micro = sgemm_micro;
  tl_kernels_fill_c_attend (k);
  tl_kernels_fill_c_panel (k);
}
