/* SPDX-License-Identifier: Apache-2.0 */
/* The ternary formats: weights -d, 0 and d in super-blocks of 256. TQ2_0 takes two bits a weight, TQ1_0
 * packs five into a byte (3^5 = 243 <= 256). Layouts: ggml's ggml-common.h. */
#include "gguf/quant-private.h"

#include <assert.h>
#include <math.h>

void
tl_tq2_0_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_tq2_0 *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    for (size_t i = 0; i < TL_QK; i++)
      {
        int q = b->qs[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3;

        dst[i] = tl_f16_to_f32 (b->d) * (float) (q - 1);
      }
}

/* Digit @place (0 is the most significant of five) of a packed byte. The byte is ceil (256 v / 243)
 * for the number v in base 3, so that multiplying by 3 modulo 256 moves the digits up and the top one
 * is the carry: no division. */
static int
digit (uint8_t packed, size_t place)
{
  static const uint8_t pow3[5] = { 1, 3, 9, 27, 81 };
  uint8_t moved = (uint8_t) (packed * pow3[place]);

  return moved * 3 >> 8;
}

/* Where weight @i lies: the first 160 in bytes 0-31 of qs, the next 80 in bytes 32-47, five planes each,
 * the last 16 in qh, four planes. */
static int
tq1_0_level (const tl_block_tq1_0 *b, size_t i)
{
  if (i < 160)
    return digit (b->qs[i % 32], i / 32);
  if (i < 240)
    return digit (b->qs[32 + (i - 160) % 16], (i - 160) / 16);
  return digit (b->qh[(i - 240) % 4], (i - 240) / 4);
}

void
tl_tq1_0_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_tq1_0 *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    for (size_t i = 0; i < TL_QK; i++)
      dst[i] = tl_f16_to_f32 (b->d) * (float) (tq1_0_level (b, i) - 1);
}

/* The scale is the largest magnitude, as ggml's: right for weights that are ternary already, which is
 * what these formats are for. NaN becomes 0. Returns the scale; @q: [256] levels 0, 1, 2. */
static float
to_ternary (uint8_t *q, const float *x)
{
  float d = 0.0f, inverse;

  for (size_t i = 0; i < TL_QK; i++)
    d = fmaxf (d, fabsf (x[i]));
  inverse = d > 0.0f ? 1.0f / d : 0.0f;
  for (size_t i = 0; i < TL_QK; i++)
    {
      float level = x[i] * inverse;

      q[i] = level >= 0.5f ? 2 : level <= -0.5f ? 0 : 1;
    }
  return d;
}

void
tl_tq2_0_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_tq2_0 *b = dst;
  uint8_t q[TL_QK];

  (void) importance; /* the levels of a ternary weight are given, not chosen */
  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, src += TL_QK, b++)
    {
      b->d = tl_f32_to_f16 (to_ternary (q, src));
      for (size_t i = 0; i < 64; i++)
        {
          const uint8_t *plane = q + i / 32 * 128 + i % 32;

          b->qs[i] = (uint8_t) (plane[0] | plane[32] << 2 | plane[64] << 4 | plane[96] << 6);
        }
    }
}

/* Packs @n_digits levels, @stride apart, most significant first and left-aligned to five. */
static uint8_t
pack (const uint8_t *q, size_t stride, size_t n_digits)
{
  unsigned v = 0;

  for (size_t i = 0; i < 5; i++)
    v = v * 3 + (i < n_digits ? q[i * stride] : 0);
  return (uint8_t) ((v * 256 + 242) / 243);
}

void
tl_tq1_0_quantize (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_tq1_0 *b = dst;
  uint8_t q[TL_QK];

  (void) importance; /* the levels of a ternary weight are given, not chosen */
  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, src += TL_QK, b++)
    {
      b->d = tl_f32_to_f16 (to_ternary (q, src));
      for (size_t i = 0; i < 32; i++)
        b->qs[i] = pack (q + i, 32, 5);
      for (size_t i = 0; i < 16; i++)
        b->qs[32 + i] = pack (q + 160 + i, 16, 5);
      for (size_t i = 0; i < 4; i++)
        b->qh[i] = pack (q + 240 + i, 4, 4);
    }
}
