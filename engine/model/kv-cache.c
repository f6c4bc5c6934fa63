/* SPDX-License-Identifier: Apache-2.0 */
/* Each type of cache has one layout, described once, from which its memory is cut and its beginning
 * copied, and one way to store a head. */
#include "model/kv-cache.h"

#include <string.h>

#define BLOCK 32u /* of Q8_0 */

static uint64_t
round_up (uint64_t n, uint64_t to)
{
  return (n + to - 1) / to * to;
}

static size_t
float_size (const tl_kv_layer *kv)
{
  return kv->type == TL_TYPE_F16 ? sizeof (uint16_t) : sizeof (float);
}

/* Sixteen positions by the dimensions of a head. */
static tl_panels
key_panels (const tl_kv_layer *kv)
{
  tl_panels p;

  tl_panels_init (&p, TL_PANEL_U8, kv->n_slots, kv->head_dim);
  return p;
}

void
tl_kv_describe (const tl_kv_layer *kv, size_t n_positions, tl_kv_strips parts[TL_KV_PARTS])
{
  uint64_t slots = kv->n_slots, row = kv->head_dim * float_size (kv);
  size_t heads = kv->n_kv_heads, dim = kv->head_dim;

  parts[0] = (tl_kv_strips) { heads, slots * row, round_up (n_positions, 16) * row };
  parts[1] = (tl_kv_strips) { heads, slots * row, n_positions * row };
  parts[2] = (tl_kv_strips) { 0, 0, 0 };
  if (kv->type != TL_TYPE_Q8_0)
    return;
  row = key_panels (kv).panel_bytes;
  parts[0] = (tl_kv_strips) { heads, slots / 16 * row, round_up (n_positions, 16) / 16 * row };
  parts[1] = (tl_kv_strips) { heads * dim / 16, slots * 16, round_up (n_positions, 4) * 16 };
  parts[2] = (tl_kv_strips) { heads * dim / BLOCK, slots * sizeof (uint16_t),
                              n_positions * sizeof (uint16_t) };
}

tl_panels
tl_kv_key_panels (const tl_kv_layer *kv, size_t head, size_t begin)
{
  tl_panels p = key_panels (kv);

  p.data = (const uint8_t *) kv->k + (head * kv->n_slots + begin) / 16 * p.panel_bytes;
  return p;
}

tl_panels
tl_kv_value_panels (const tl_kv_layer *kv, size_t head, size_t dim, size_t begin, size_t n)
{
  tl_panels p;

  tl_panels_init (&p, TL_PANEL_B8, BLOCK, n);
  p.panel_bytes = kv->n_slots * 16;
  p.data = (const uint8_t *) kv->v + (head * kv->head_dim + dim) * kv->n_slots + begin * 16;
  return p;
}

/* [head_dim] of one head and one position. */
typedef void (*store_func) (const tl_kernels *kernels, const tl_kv_layer *kv, size_t head, size_t pos,
                            const float *k, const float *v);

static void
store_f32 (const tl_kernels *kernels, const tl_kv_layer *kv, size_t head, size_t pos, const float *k,
           const float *v)
{
  size_t dim = kv->head_dim;
  float *keys = (float *) kv->k + (head * kv->n_slots + pos / 16 * 16) * dim + pos % 16;

  (void) kernels;
  for (size_t d = 0; d < dim; d++)
    keys[d * 16] = k[d];
  memcpy ((float *) kv->v + (head * kv->n_slots + pos) * dim, v, dim * sizeof *v);
}

static void
store_f16 (const tl_kernels *kernels, const tl_kv_layer *kv, size_t head, size_t pos, const float *k,
           const float *v)
{
  size_t dim = kv->head_dim;
  uint16_t *keys = (uint16_t *) kv->k + (head * kv->n_slots + pos / 16 * 16) * dim + pos % 16;
  uint16_t half[64];

  for (size_t d = 0; d < dim; d += 64)
    {
      size_t n = dim - d < 64 ? dim - d : 64;

      kernels->f32_to_f16 (half, k + d, n);
      for (size_t i = 0; i < n; i++)
        keys[(d + i) * 16] = half[i];
    }
  kernels->f32_to_f16 ((uint16_t *) kv->v + (head * kv->n_slots + pos) * dim, v, dim);
}

/* The 32 floats at @x in bytes, as a panel has them. Returns: the scale */
static uint16_t
quantize (const tl_kernels *kernels, uint8_t bytes[BLOCK], const float *x)
{
  int8_t q[BLOCK];
  float scale;
  int32_t sum;
  const tl_acts block = { BLOCK, BLOCK, q, &scale, &sum };

  kernels->quantize_acts (&block, 0, x);
  for (size_t i = 0; i < BLOCK; i++)
    bytes[i] = (uint8_t) q[i] ^ 0x80; /* + 128 */
  return tl_f32_to_f16 (scale);
}

static void
store_q8_0 (const tl_kernels *kernels, const tl_kv_layer *kv, size_t head, size_t pos, const float *k,
            const float *v)
{
  const tl_panels p = tl_kv_key_panels (kv, head, pos / 16 * 16);
  uint8_t *keys = (uint8_t *) (uintptr_t) p.data;
  uint16_t *k_scale = (void *) (keys + p.scales_at);
  uint8_t bytes[BLOCK];

  for (size_t d = 0; d < kv->head_dim; d += BLOCK)
    {
      size_t block = (head * kv->head_dim + d) / BLOCK;
      uint8_t *values = (uint8_t *) kv->v + block * BLOCK * kv->n_slots + pos / 4 * 64 + pos % 4;

      k_scale[d / BLOCK * 16 + pos % 16] = quantize (kernels, bytes, k + d);
      for (size_t i = 0; i < BLOCK; i += 4)
        memcpy (keys + (d + i) * 16 + pos % 16 * 4, bytes + i, 4);
      ((uint16_t *) kv->v_scale)[block * kv->n_slots + pos] = quantize (kernels, bytes, v + d);
      for (size_t i = 0; i < BLOCK; i++)
        values[i / 16 * 16 * kv->n_slots + i % 16 * 4] = bytes[i];
    }
}

void
tl_kv_store (const tl_kernels *kernels, const tl_kv_layer *kv, size_t pos, size_t begin, size_t end,
             const float *k, const float *v)
{
  store_func store = kv->type == TL_TYPE_Q8_0  ? store_q8_0
                     : kv->type == TL_TYPE_F16 ? store_f16
                                               : store_f32;

  for (size_t h = begin; h < end; h++)
    store (kernels, kv, h, pos, k + h * kv->head_dim, v + h * kv->head_dim);
}
