/* SPDX-License-Identifier: Apache-2.0 */
/* The older formats of 32 weights a block that are read but not written here: Q4_1, Q5_0, Q5_1 and
 * IQ4_NL. Layouts: ggml's ggml-common.h. */
#include "gguf/quant-private.h"

#include <assert.h>
#include <string.h>

/* The five-bit level of weight @i of 32: four bits of @qs and bit @i of @qh. */
static int
five_bits (const uint8_t *qs, const uint8_t *qh, size_t i)
{
  int low = i < 16 ? qs[i] & 15 : qs[i - 16] >> 4;

  return low | (qh[i / 8] >> i % 8 & 1) << 4;
}

void
tl_q4_1_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q4_1 *b = src;

  assert (n % 32 == 0);
  for (; n > 0; n -= 32, dst += 32, b++)
    {
      float d = tl_f16_to_f32 (b->d), m = tl_f16_to_f32 (b->m);

      for (size_t i = 0; i < 16; i++)
        {
          dst[i] = d * (b->qs[i] & 15) + m;
          dst[i + 16] = d * (b->qs[i] >> 4) + m;
        }
    }
}

/* Scale and offset of a block of 32. */
static void
set_scale (tl_levels *l, uint16_t d, uint16_t m)
{
  l->scale[0] = l->scale[1] = tl_f16_to_f32 (d);
  l->offset[0] = l->offset[1] = tl_f16_to_f32 (m);
}

void
tl_q4_1_split (tl_levels *dst, const void *block)
{
  const tl_block_q4_1 *b = block;

  set_scale (dst, b->d, b->m);
  for (size_t i = 0; i < 16; i++)
    {
      dst->q[i] = b->qs[i] & 15;
      dst->q[i + 16] = b->qs[i] >> 4;
    }
}

void
tl_q5_1_split (tl_levels *dst, const void *block)
{
  const tl_block_q5_1 *b = block;

  set_scale (dst, b->d, b->m);
  for (size_t i = 0; i < 32; i++)
    dst->q[i] = (uint8_t) five_bits (b->qs, b->qh, i);
}

void
tl_q5_0_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q5_0 *b = src;

  assert (n % 32 == 0);
  for (size_t i = 0; i < n; i++)
    {
      const tl_block_q5_0 *block = &b[i / 32];

      dst[i] = tl_f16_to_f32 (block->d) * (five_bits (block->qs, block->qh, i % 32) - 16);
    }
}

void
tl_q5_1_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_q5_1 *b = src;

  assert (n % 32 == 0);
  for (size_t i = 0; i < n; i++)
    {
      const tl_block_q5_1 *block = &b[i / 32];

      dst[i] = tl_f16_to_f32 (block->d) * five_bits (block->qs, block->qh, i % 32)
               + tl_f16_to_f32 (block->m);
    }
}

/* The sixteen levels of IQ4_NL: denser near zero, where weights are. */
const int8_t tl_iq4_nl_levels[16] = {
  -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
};

void
tl_iq4_nl_dequantize (float *dst, const void *src, size_t n)
{
  const tl_block_iq4_nl *b = src;

  assert (n % 32 == 0);
  for (; n > 0; n -= 32, dst += 32, b++)
    {
      float d = tl_f16_to_f32 (b->d);

      for (size_t i = 0; i < 16; i++)
        {
          dst[i] = d * tl_iq4_nl_levels[b->qs[i] & 15];
          dst[i + 16] = d * tl_iq4_nl_levels[b->qs[i] >> 4];
        }
    }
}
