/* SPDX-License-Identifier: Apache-2.0 */
/* The K formats, read: super-blocks of 256 weights whose sub-blocks of 16 or 32 have small integer
 * scales (and minima) of their own. Each is taken apart into whole numbers; weights follow from
 * these. All products of levels and scales are exact, of at most 24 bits. Layouts: ggml's
 * ggml-common.h. Writing them: quant-k-write.c. */
#include "gguf/quant-private.h"

#include <assert.h>
#include <string.h>

/* Weights from what @split makes of the blocks. */
static void
dequantize (float *dst, const uint8_t *src, size_t n, size_t block_bytes,
            void (*split) (tl_levels *dst, const void *block))
{
  tl_levels l;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, src += block_bytes)
    {
      split (&l, src);
      for (size_t i = 0; i < TL_QK; i++)
        dst[i] = l.scale[i / 16] * (float) l.q[i] + l.offset[i / 16];
    }
}

/* Q4_K and Q5_K pack eight 6-bit scales and eight 6-bit minima into 12 bytes: the first four of each
 * lie in the low bits of bytes 0-3 and 4-7; the others take a nibble of bytes 8-11 and the two bits
 * that those left free. */
static void
get_scale (const uint8_t *packed, size_t j, unsigned *scale, unsigned *min)
{
  if (j < 4)
    {
      *scale = packed[j] & 63;
      *min = packed[j + 4] & 63;
    }
  else
    {
      *scale = (packed[j + 4] & 15) | (unsigned) (packed[j - 4] >> 6) << 4;
      *min = packed[j + 4] >> 4 | (unsigned) (packed[j] >> 6) << 4;
    }
}

/* The scales and minima of Q4_K and Q5_K, whose sub-blocks are of 32. */
static void
split_scales (tl_levels *l, uint16_t d, uint16_t dmin, const uint8_t *packed)
{
  float fd = tl_f16_to_f32 (d), fmin = tl_f16_to_f32 (dmin);

  for (size_t j = 0; j < 8; j++)
    {
      unsigned scale, min;

      get_scale (packed, j, &scale, &min);
      l->scale[2 * j] = l->scale[2 * j + 1] = fd * (float) scale;
      l->offset[2 * j] = l->offset[2 * j + 1] = -(fmin * (float) min);
    }
}

/* Four planes of two bits over each 32 bytes: @scale times the fields is added to the levels. */
static void
add_planes (uint8_t *q, const uint8_t *planes, unsigned scale)
{
  for (size_t half = 0; half < 2; half++)
    for (size_t plane = 0; plane < 4; plane++)
      for (size_t i = 0; i < 32; i++)
        q[half * 128 + plane * 32 + i]
          += (uint8_t) ((planes[half * 32 + i] >> (2 * plane) & 3) * scale);
}

/* Nibbles: two runs of @run levels share @run bytes. */
static void
split_nibbles (uint8_t *q, const uint8_t *bytes, size_t run)
{
  for (size_t at = 0; at < TL_QK; at += 2 * run)
    for (size_t i = 0; i < run; i++)
      {
        q[at + i] = bytes[at / 2 + i] & 15;
        q[at + run + i] = bytes[at / 2 + i] >> 4;
      }
}

/* Eight planes of one bit over 32 bytes, worth @worth each. */
static void
add_bits (uint8_t *q, const uint8_t *bits, unsigned worth)
{
  for (size_t plane = 0; plane < 8; plane++)
    for (size_t i = 0; i < 32; i++)
      q[plane * 32 + i] += (uint8_t) ((bits[i] >> plane & 1) * worth);
}

/* x = d scale q - dmin min, q of 2 bits, sub-blocks of 16. */
void
tl_q2_k_split (tl_levels *dst, const void *block)
{
  const tl_block_q2_k *b = block;
  float d = tl_f16_to_f32 (b->d), dmin = tl_f16_to_f32 (b->dmin);

  for (size_t g = 0; g < TL_QK / 16; g++)
    {
      dst->scale[g] = d * (float) (b->scales[g] & 15);
      dst->offset[g] = -(dmin * (float) (b->scales[g] >> 4));
    }
  memset (dst->q, 0, TL_QK);
  add_planes (dst->q, b->qs, 1);
}

/* Sixteen 6-bit scales in 12 bytes, biased by 32: nibbles of bytes 0-7, two bits of bytes 8-11. */
static int
q3_k_scale (const uint8_t *packed, size_t j)
{
  int low = j < 8 ? packed[j] & 15 : packed[j - 8] >> 4;

  return (low | (packed[8 + j % 4] >> (j / 4 * 2) & 3) << 4) - 32;
}

/* x = d scale (q - 4), q of 2 bits and a third in hmask. */
void
tl_q3_k_split (tl_levels *dst, const void *block)
{
  const tl_block_q3_k *b = block;
  float d = tl_f16_to_f32 (b->d);

  for (size_t g = 0; g < TL_QK / 16; g++)
    {
      dst->scale[g] = d * (float) q3_k_scale (b->scales, g);
      dst->offset[g] = -4.0f * dst->scale[g];
    }
  memset (dst->q, 0, TL_QK);
  add_planes (dst->q, b->qs, 1);
  add_bits (dst->q, b->hmask, 4);
}

/* x = d scale q - dmin min, q of 4 bits, sub-blocks of 32; two of them share 32 bytes. */
void
tl_q4_k_split (tl_levels *dst, const void *block)
{
  const tl_block_q4_k *b = block;

  split_scales (dst, b->d, b->dmin, b->scales);
  split_nibbles (dst->q, b->qs, 32);
}

/* As Q4_K with a fifth bit in qh: bit j of byte i belongs to sub-block j. */
void
tl_q5_k_split (tl_levels *dst, const void *block)
{
  const tl_block_q5_k *b = block;

  split_scales (dst, b->d, b->dmin, b->scales);
  split_nibbles (dst->q, b->qs, 32);
  add_bits (dst->q, b->qh, 16);
}

/* x = d scale (q - 32), q of 6 bits, sub-blocks of 16. Within 128 weights, ql holds the low nibbles of
 * the first 64 below those of the last 64, qh the two high bits of 32 weights in four planes. */
void
tl_q6_k_split (tl_levels *dst, const void *block)
{
  const tl_block_q6_k *b = block;
  float d = tl_f16_to_f32 (b->d);

  for (size_t g = 0; g < TL_QK / 16; g++)
    {
      dst->scale[g] = d * (float) b->scales[g];
      dst->offset[g] = -32.0f * dst->scale[g];
    }
  split_nibbles (dst->q, b->ql, 64);
  add_planes (dst->q, b->qh, 16);
}

void
tl_q2_k_dequantize (float *dst, const void *src, size_t n)
{
  dequantize (dst, src, n, sizeof (tl_block_q2_k), tl_q2_k_split);
}

void
tl_q3_k_dequantize (float *dst, const void *src, size_t n)
{
  dequantize (dst, src, n, sizeof (tl_block_q3_k), tl_q3_k_split);
}

void
tl_q4_k_dequantize (float *dst, const void *src, size_t n)
{
  dequantize (dst, src, n, sizeof (tl_block_q4_k), tl_q4_k_split);
}

void
tl_q5_k_dequantize (float *dst, const void *src, size_t n)
{
  dequantize (dst, src, n, sizeof (tl_block_q5_k), tl_q5_k_split);
}

void
tl_q6_k_dequantize (float *dst, const void *src, size_t n)
{
  dequantize (dst, src, n, sizeof (tl_block_q6_k), tl_q6_k_split);
}
