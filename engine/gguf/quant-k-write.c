/* SPDX-License-Identifier: Apache-2.0 */
/* Writing Q4_K and Q6_K: for each sub-block the scale (and minimum) with the least weighted squared
 * error among several roundings, each followed by an exact least-squares step; then the scales
 * themselves are rounded, and the levels chosen anew for the rounded scales. */
#include "gguf/quant-private.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { N_TRIES = 20 }; /* roundings tried on either side; more changed no error in the third digit */

static int
clamp (float x, int low, int high)
{
  if (isnan (x))
    return low > 0 ? low : 0;
  return (int) fmaxf ((float) low, fminf ((float) high, roundf (x)));
}

void
tl_quant_fit_weights (float *w, const float *x, const float *importance, size_t n)
{
  float square = 0.0f;

  for (size_t i = 0; i < n; i++)
    square += x[i] * x[i] / (float) n;
  for (size_t i = 0; i < n; i++)
    w[i] = importance != NULL ? importance[i] * sqrtf (square + x[i] * x[i])
                              : sqrtf (square) + fabsf (x[i]);
}

/* With q fixed, d = sum w x q / sum w q^2 is the best scale and sum w x^2 - d sum w x q its error;
 * so the best q has the greatest (sum w x q)^2 / sum w q^2. */
float
tl_quant_fit_scale (const float *x, const float *w, size_t n, int low, int high, int8_t *q)
{
  float extreme = 0.0f, best = 0.0f, d = 0.0f;

  for (size_t i = 0; i < n; i++)
    if (fabsf (x[i]) > fabsf (extreme))
      extreme = x[i];
  memset (q, 0, n);
  if (!(fabsf (extreme) > 1e-30f) || !isfinite (extreme))
    return 0.0f;
  for (int try = -N_TRIES; try <= N_TRIES; try++)
    {
      /* The lopsided level takes the extreme value, whatever its sign. */
      float inverse = ((float) low + 0.05f * (float) try) / extreme;
      float xq = 0.0f, qq = 0.0f;

      for (size_t i = 0; i < n; i++)
        {
          float level = (float) clamp (x[i] * inverse, low, high);

          xq += w[i] * x[i] * level;
          qq += w[i] * level * level;
        }
      if (qq > 0.0f && xq * xq > best * qq)
        {
          best = xq * xq / qq;
          d = xq / qq;
          for (size_t i = 0; i < n; i++)
            q[i] = (int8_t) clamp (x[i] * inverse, low, high);
        }
    }
  return d;
}

typedef struct
{
  float scale, min; /* x ~ scale q - min, min >= 0 */
} affine;

/* The least squares of scale and min for the levels that @inverse and @floor give, and its error. */
static float
try_affine (const float *x, const float *w, size_t n, float inverse, float floor, affine *fit)
{
  float sw = 0, sx = 0, sq = 0, sxx = 0, sqq = 0, sxq = 0, det, error = 0;

  for (size_t i = 0; i < n; i++)
    {
      float q = (float) clamp ((x[i] - floor) * inverse, 0, 15);

      sw += w[i];
      sx += w[i] * x[i];
      sq += w[i] * q;
      sxx += w[i] * x[i] * x[i];
      sqq += w[i] * q * q;
      sxq += w[i] * x[i] * q;
    }
  det = sw * sqq - sq * sq;
  if (!(det > 0.0f))
    return INFINITY;
  fit->scale = (sw * sxq - sx * sq) / det;
  fit->min = -(sqq * sx - sq * sxq) / det;
  if (fit->min < 0.0f)
    {
      fit->min = 0.0f;
      fit->scale = sxq / sqq;
    }
  error = sxx + fit->scale * fit->scale * sqq + fit->min * fit->min * sw
          - 2 * fit->scale * sxq + 2 * fit->min * sx - 2 * fit->scale * fit->min * sq;
  return fit->scale > 0.0f ? error : INFINITY;
}

static affine
fit_affine (const float *x, const float *w, size_t n)
{
  affine best = { 0.0f, 0.0f }, fit = best;
  float low = 0.0f, high = x[0], least = INFINITY;

  for (size_t i = 0; i < n; i++)
    {
      low = fminf (low, x[i]);
      high = fmaxf (high, x[i]);
    }
  if (!(high > low) || !isfinite (high - low))
    {
      best.min = isfinite (low) ? -low : 0.0f;
      return best;
    }
  for (int try = -N_TRIES / 2; try <= N_TRIES; try++)
    {
      float error = try_affine (x, w, n, (15.0f + 0.1f * (float) try) / (high - low), low, &fit);

      if (error < least)
        {
          least = error;
          best = fit;
        }
    }
  return best;
}

static void
pack_scales (uint8_t *packed, const uint8_t *scales, const uint8_t *mins)
{
  for (size_t j = 0; j < 4; j++)
    {
      packed[j] = (uint8_t) (scales[j] | scales[j + 4] >> 4 << 6);
      packed[j + 4] = (uint8_t) (mins[j] | mins[j + 4] >> 4 << 6);
      packed[j + 8] = (uint8_t) ((scales[j + 4] & 15) | (mins[j + 4] & 15) << 4);
    }
}

static void
write_q4_k (tl_block_q4_k *b, const float *x, const float *importance)
{
  uint8_t scales[8], mins[8];
  affine fits[8];
  float max_scale = 0.0f, max_min = 0.0f, d, dmin, w[32];

  for (size_t j = 0; j < 8; j++)
    {
      tl_quant_fit_weights (w, x + 32 * j, importance ? importance + 32 * j : NULL, 32);
      fits[j] = fit_affine (x + 32 * j, w, 32);
      max_scale = fmaxf (max_scale, fits[j].scale);
      max_min = fmaxf (max_min, fits[j].min);
    }
  b->d = tl_f32_to_f16 (max_scale / 63.0f);
  b->dmin = tl_f32_to_f16 (max_min / 63.0f);
  d = tl_f16_to_f32 (b->d);
  dmin = tl_f16_to_f32 (b->dmin);
  for (size_t j = 0; j < 8; j++)
    {
      scales[j] = (uint8_t) (d > 0.0f ? clamp (fits[j].scale / d, 0, 63) : 0);
      mins[j] = (uint8_t) (dmin > 0.0f ? clamp (fits[j].min / dmin, 0, 63) : 0);
    }
  pack_scales (b->scales, scales, mins);
  memset (b->qs, 0, sizeof b->qs);
  for (size_t i = 0; i < TL_QK; i++)
    {
      float scale = d * (float) scales[i / 32], min = dmin * (float) mins[i / 32];
      int q = scale > 0.0f ? clamp ((x[i] + min) / scale, 0, 15) : 0;

      b->qs[i / 64 * 32 + i % 32] |= (uint8_t) (q << (i / 32 % 2 * 4));
    }
}

void
tl_q4_k_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_q4_k *b = dst;

  assert (n % TL_QK == 0);
  for (size_t i = 0; i < n / TL_QK; i++)
    write_q4_k (&b[i], src + i * TL_QK, importance ? importance + i * TL_QK : NULL);
}

static void
write_q6_k (tl_block_q6_k *b, const float *x, const float *importance)
{
  float fits[16], extreme = 0.0f, d, inverse, w[16];
  int8_t unused[16];

  for (size_t j = 0; j < 16; j++)
    {
      tl_quant_fit_weights (w, x + 16 * j, importance ? importance + 16 * j : NULL, 16);
      fits[j] = tl_quant_fit_scale (x + 16 * j, w, 16, -32, 31, unused);
      if (fabsf (fits[j]) > fabsf (extreme))
        extreme = fits[j];
    }
  memset (b, 0, sizeof *b);
  b->d = tl_f32_to_f16 (extreme / -128.0f);
  d = tl_f16_to_f32 (b->d);
  if (d == 0.0f)
    return;
  for (size_t i = 0; i < TL_QK; i++)
    {
      size_t half = i / 128, at = i % 128;
      int q;

      if (i % 16 == 0)
        b->scales[i / 16] = (int8_t) clamp (fits[i / 16] / d, -128, 127);
      inverse = b->scales[i / 16] != 0 ? 1.0f / (d * (float) b->scales[i / 16]) : 0.0f;
      q = clamp (x[i] * inverse, -32, 31) + 32;
      b->ql[half * 64 + at % 64] |= (uint8_t) ((q & 15) << (at / 64 * 4));
      b->qh[half * 32 + at % 32] |= (uint8_t) (q >> 4 << (at / 32 * 2));
    }
}

void
tl_q6_k_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_q6_k *b = dst;

  assert (n % TL_QK == 0);
  for (size_t i = 0; i < n / TL_QK; i++)
    write_q6_k (&b[i], src + i * TL_QK, importance ? importance + i * TL_QK : NULL);
}
