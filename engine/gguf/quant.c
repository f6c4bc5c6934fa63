/* SPDX-License-Identifier: Apache-2.0 */
/* The type table and the readable definition of each format: IEEE halves, bfloat16, and ggml's Q8_0
 * and Q4_0 blocks with their rounding, so that files made here are the ones llama.cpp would make. */
#include "gguf/quant-private.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static uint32_t
bits_of (float f)
{
  uint32_t u;

  memcpy (&u, &f, sizeof u);
  return u;
}

static float
float_of (uint32_t u)
{
  float f;

  memcpy (&f, &u, sizeof f);
  return f;
}

/* IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
float
tl_f16_to_f32 (uint16_t h)
{
  uint32_t sign = (uint32_t) (h & 0x8000) << 16;
  uint32_t exponent = h >> 10 & 31;
  uint32_t fraction = h & 1023;

  if (exponent == 31)
    return float_of (sign | 0x7f800000 | fraction << 13);
  if (exponent == 0)
    return copysignf ((float) fraction * 0x1p-24f, float_of (sign)); /* subnormal or zero */
  return float_of (sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t
tl_f32_to_f16 (float f)
{
  uint32_t u = bits_of (f);
  uint16_t sign = u >> 16 & 0x8000;
  uint32_t rounded;

  u &= 0x7fffffff;
  if (u > 0x7f800000)
    return sign | 0x7e00 | (u >> 13 & 1023); /* NaN, made quiet */
  if (u >= 0x477ff000)
    return sign | 0x7c00; /* 65520 and more round to infinity */
  if (u < 0x38800000)
    /* Below 2^-14: adding 0.5 leaves the value in units of 2^-24 in the last fraction bits, and
     * the addition itself rounds to nearest even. */
    return sign | (uint16_t) (bits_of (float_of (u) + 0.5f) - 0x3f000000);
  rounded = u + 0xfff + (u >> 13 & 1);
  return sign | (uint16_t) ((rounded - 0x38000000) >> 13);
}

float
tl_bf16_to_f32 (uint16_t h)
{
  return float_of ((uint32_t) h << 16);
}

uint16_t
tl_f32_to_bf16 (float f)
{
  uint32_t u = bits_of (f);

  if ((u & 0x7fffffff) > 0x7f800000)
    return u >> 16 | 0x40; /* NaN, made quiet: the low bits alone may have carried it */
  return (u + 0x7fff + (u >> 16 & 1)) >> 16;
}

static void
f32_dequantize (float *dst, const void *src, size_t n)
{
  memcpy (dst, src, n * sizeof *dst);
}

static void
f32_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  (void) importance;
  memcpy (dst, src, n * sizeof *src);
}

static void
f16_dequantize (float *dst, const void *src, size_t n)
{
  const uint16_t *h = src;

  for (size_t i = 0; i < n; i++)
    dst[i] = tl_f16_to_f32 (h[i]);
}

static void
f16_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  uint16_t *h = dst;

  (void) importance;
  for (size_t i = 0; i < n; i++)
    h[i] = tl_f32_to_f16 (src[i]);
}

static void
bf16_dequantize (float *dst, const void *src, size_t n)
{
  const uint16_t *h = src;

  for (size_t i = 0; i < n; i++)
    dst[i] = tl_bf16_to_f32 (h[i]);
}

static void
bf16_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  uint16_t *h = dst;

  (void) importance;
  for (size_t i = 0; i < n; i++)
    h[i] = tl_f32_to_bf16 (src[i]);
}

/* An integer within [low, high]; 0 for NaN, which no block can hold. */
static int
to_level (float x, int low, int high)
{
  if (isnan (x))
    return 0;
  return (int) fmaxf ((float) low, fminf ((float) high, x));
}

/* The value of largest magnitude, with its sign; 0 when there is none. */
static float
extreme (const float *x, size_t n)
{
  float best = 0.0f;

  for (size_t i = 0; i < n; i++)
    if (fabsf (x[i]) > fabsf (best))
      best = x[i];
  return best;
}

static void
q8_0_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q8_0 *b = src;

  assert (n % 32 == 0);
  for (size_t i = 0; i < n; i++)
    dst[i] = tl_f16_to_f32 (b[i / 32].d) * b[i / 32].qs[i % 32];
}

static void
q8_0_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_q8_0 *b = dst;

  (void) importance; /* the step is so small that another scale gains nothing */
  assert (n % 32 == 0);
  for (size_t block = 0; block < n / 32; block++, src += 32)
    {
      float d = fabsf (extreme (src, 32)) / 127.0f;
      float inverse = d > 0.0f ? 1.0f / d : 0.0f;

      b[block].d = tl_f32_to_f16 (d);
      for (size_t i = 0; i < 32; i++)
        b[block].qs[i] = (int8_t) to_level (roundf (src[i] * inverse), -127, 127);
    }
}

static void
q4_0_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q4_0 *b = src;

  assert (n % 32 == 0);
  for (size_t block = 0; block < n / 32; block++, dst += 32)
    {
      float d = tl_f16_to_f32 (b[block].d);

      for (size_t i = 0; i < 16; i++)
        {
          dst[i] = d * ((b[block].qs[i] & 15) - 8);
          dst[i + 16] = d * ((b[block].qs[i] >> 4) - 8);
        }
    }
}

/* The extreme value becomes -8 exactly, so the scale has the other sign: the range is lopsided. */
static float
q4_0_scale (const float *x, const float *importance)
{
  float weights[32];
  int8_t levels[32];

  if (importance == NULL)
    return extreme (x, 32) / -8.0f;
  tl_quant_fit_weights (weights, x, importance, 32);
  return tl_quant_fit_scale (x, weights, 32, -8, 7, levels);
}

static void
q4_0_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_q4_0 *b = dst;

  assert (n % 32 == 0);
  for (size_t block = 0; block < n / 32; block++, src += 32)
    {
      float d = q4_0_scale (src, importance ? importance + block * 32 : NULL);
      float inverse = d != 0.0f ? 1.0f / d : 0.0f;

      b[block].d = tl_f32_to_f16 (d);
      for (size_t i = 0; i < 16; i++)
        {
          int low = to_level (src[i] * inverse + 8.5f, 0, 15);
          int high = to_level (src[i + 16] * inverse + 8.5f, 0, 15);

          b[block].qs[i] = (uint8_t) (low | high << 4);
        }
    }
}

static const tl_type_info types[] = {
  { TL_TYPE_F32, "F32", 1, 4, f32_dequantize, f32_quantize, NULL },
  { TL_TYPE_F16, "F16", 1, 2, f16_dequantize, f16_quantize, NULL },
  { TL_TYPE_Q4_0, "Q4_0", 32, sizeof (tl_block_q4_0), q4_0_dequantize, q4_0_quantize, NULL },
  { TL_TYPE_Q4_1, "Q4_1", 32, sizeof (tl_block_q4_1), tl_q4_1_dequantize, NULL, tl_q4_1_split },
  { TL_TYPE_Q5_0, "Q5_0", 32, sizeof (tl_block_q5_0), tl_q5_0_dequantize, NULL, NULL },
  { TL_TYPE_Q5_1, "Q5_1", 32, sizeof (tl_block_q5_1), tl_q5_1_dequantize, NULL, tl_q5_1_split },
  { TL_TYPE_Q8_0, "Q8_0", 32, sizeof (tl_block_q8_0), q8_0_dequantize, q8_0_quantize, NULL },
  { TL_TYPE_Q2_K, "Q2_K", TL_QK, sizeof (tl_block_q2_k), tl_q2_k_dequantize, NULL, tl_q2_k_split },
  { TL_TYPE_Q3_K, "Q3_K", TL_QK, sizeof (tl_block_q3_k), tl_q3_k_dequantize, NULL, tl_q3_k_split },
  { TL_TYPE_Q4_K, "Q4_K", TL_QK, sizeof (tl_block_q4_k),
    tl_q4_k_dequantize, tl_q4_k_quantize, tl_q4_k_split },
  { TL_TYPE_Q5_K, "Q5_K", TL_QK, sizeof (tl_block_q5_k), tl_q5_k_dequantize, NULL, tl_q5_k_split },
  { TL_TYPE_Q6_K, "Q6_K", TL_QK, sizeof (tl_block_q6_k),
    tl_q6_k_dequantize, tl_q6_k_quantize, tl_q6_k_split },
  { TL_TYPE_IQ4_NL, "IQ4_NL", 32, sizeof (tl_block_iq4_nl), tl_iq4_nl_dequantize, NULL, NULL },
  { TL_TYPE_BF16, "BF16", 1, 2, bf16_dequantize, bf16_quantize, NULL },
  { TL_TYPE_TQ1_0, "TQ1_0", TL_QK, sizeof (tl_block_tq1_0),
    tl_tq1_0_dequantize, tl_tq1_0_quantize, NULL },
  { TL_TYPE_TQ2_0, "TQ2_0", TL_QK, sizeof (tl_block_tq2_0),
    tl_tq2_0_dequantize, tl_tq2_0_quantize, NULL },
};

const tl_type_info *
tl_type_get_info (uint32_t type)
{
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if ((uint32_t) types[i].type == type)
      return &types[i];
  return NULL;
}

const tl_type_info *
tl_type_find (const char *name)
{
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (strcasecmp (types[i].name, name) == 0)
      return &types[i];
  return NULL;
}

size_t
tl_type_row_bytes (tl_type type, size_t n)
{
  const tl_type_info *info = tl_type_get_info (type);

  if (info == NULL || n % info->block_len != 0)
    return 0;
  return n / info->block_len * info->block_bytes;
}
