/* SPDX-License-Identifier: Apache-2.0 */
/* The K formats, read: super-blocks of 256 weights whose sub-blocks of 16 or 32 have small integer
 * scales (and minima) of their own. Layouts: ggml's ggml-common.h. Writing them: quant-k-write.c. */
#include "gguf/quant-private.h"

#include <assert.h>

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

/* x = d scale q - dmin min, q of 2 bits, sub-blocks of 16; four planes of 2 bits over 32 bytes. */
void
tl_q2_k_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q2_k *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    {
      float d = tl_f16_to_f32 (b->d), dmin = tl_f16_to_f32 (b->dmin);

      for (size_t i = 0; i < TL_QK; i++)
        {
          uint8_t s = b->scales[i / 16];
          int q = b->qs[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3;

          dst[i] = d * (float) (s & 15) * (float) q - dmin * (float) (s >> 4);
        }
    }
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
tl_q3_k_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q3_k *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    {
      float d = tl_f16_to_f32 (b->d);

      for (size_t i = 0; i < TL_QK; i++)
        {
          int q = b->qs[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3;
          int high = b->hmask[i % 32] >> (i / 32) & 1;

          dst[i] = d * (float) q3_k_scale (b->scales, i / 16) * (float) (q + 4 * high - 4);
        }
    }
}

/* x = d scale q - dmin min, q of 4 bits, sub-blocks of 32; two of them share 32 bytes. */
void
tl_q4_k_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q4_k *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    {
      float d = tl_f16_to_f32 (b->d), dmin = tl_f16_to_f32 (b->dmin);

      for (size_t i = 0; i < TL_QK; i++)
        {
          int q = b->qs[i / 64 * 32 + i % 32] >> (i / 32 % 2 * 4) & 15;
          unsigned scale, min;

          get_scale (b->scales, i / 32, &scale, &min);
          dst[i] = d * (float) scale * (float) q - dmin * (float) min;
        }
    }
}

/* As Q4_K with a fifth bit in qh: bit j of byte i belongs to sub-block j. */
void
tl_q5_k_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q5_k *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    {
      float d = tl_f16_to_f32 (b->d), dmin = tl_f16_to_f32 (b->dmin);

      for (size_t i = 0; i < TL_QK; i++)
        {
          int q = b->qs[i / 64 * 32 + i % 32] >> (i / 32 % 2 * 4) & 15;
          int high = b->qh[i % 32] >> (i / 32) & 1;
          unsigned scale, min;

          get_scale (b->scales, i / 32, &scale, &min);
          dst[i] = d * (float) scale * (float) (q + 16 * high) - dmin * (float) min;
        }
    }
}

/* x = d scale (q - 32), q of 6 bits, sub-blocks of 16. Within 128 weights, ql holds the low nibbles of
 * the first 64 below those of the last 64, qh the two high bits of 32 weights in four planes. */
void
tl_q6_k_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q6_k *b = src;

  assert (n % TL_QK == 0);
  for (; n > 0; n -= TL_QK, dst += TL_QK, b++)
    {
      float d = tl_f16_to_f32 (b->d);

      for (size_t i = 0; i < TL_QK; i++)
        {
          int low = b->ql[i / 128 * 64 + i % 64] >> (i / 64 % 2 * 4) & 15;
          int high = b->qh[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3;

          dst[i] = d * (float) b->scales[i / 16] * (float) ((low | high << 4) - 32);
        }
    }
}
