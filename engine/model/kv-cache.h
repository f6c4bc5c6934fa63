/* SPDX-License-Identifier: Apache-2.0 */
/* The key-value cache of a layer: how keys and values lie in memory, by the type they are kept in, and
 * how a token's come there. What is computed with them is in attention.c. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/kernels.h"

/* One layer's cache. Of F16 and F32: keys as [n_kv_heads, n_slots / 16, head_dim, 16], so that sixteen
 * positions are one vector; values as [n_kv_heads, n_slots, head_dim].
 *
 * Of Q8_0: blocks of 32 dimensions of a position share a scale, as in ggml's format. Keys are panels
 * [n_kv_heads, n_slots / 16] of TL_PANEL_U8, whose rows are positions; values are panels
 * [n_kv_heads, head_dim / 16] of TL_PANEL_B8, whose columns are positions, and their scales halves
 * [n_kv_heads, head_dim / 32, n_slots]. So both products of attention are those of panels. */
typedef struct
{
  void    *k, *v, *v_scale;
  tl_type  type; /* F16, F32 or Q8_0 */
  size_t   n_slots, n_kv_heads, head_dim;
} tl_kv_layer;

/* Slots of a cache for @n_ctx positions: whole tiles of keys. */
static inline uint64_t
tl_kv_slots (uint32_t n_ctx)
{
  return ((uint64_t) n_ctx + TL_KEY_TILE - 1) / TL_KEY_TILE * TL_KEY_TILE;
}

/* Whether a cache of @type can hold heads of @head_dim. */
static inline bool
tl_kv_type_fits (tl_type type, size_t head_dim)
{
  return type == TL_TYPE_F16 || type == TL_TYPE_F32 || (type == TL_TYPE_Q8_0 && head_dim % 32 == 0);
}

/* @n pieces of memory, @stride bytes apart, of each of which the first @bytes are meant. */
typedef struct
{
  size_t   n;
  uint64_t stride, bytes; /* of a cache that is only planned, perhaps more than can be addressed */
} tl_kv_strips;

#define TL_KV_PARTS 3

/**
 * tl_kv_describe:
 * @kv: its memory is not looked at
 * @parts: (out): where the first @n_positions stand in k, v and v_scale; n x stride is the size of each
 */
void tl_kv_describe (const tl_kv_layer *kv, size_t n_positions, tl_kv_strips parts[TL_KV_PARTS]);

/* The panels of Q8_0 in a cache head: those of keys from position @begin on, and those of the 32
 * dimensions of values from @dim on at the @n positions from @begin on; @begin is of whole tiles, @n
 * of 32. */
tl_panels tl_kv_key_panels   (const tl_kv_layer *kv, size_t head, size_t begin);
tl_panels tl_kv_value_panels (const tl_kv_layer *kv, size_t head, size_t dim, size_t begin, size_t n);

/**
 * tl_kv_store:
 * @k: @v: [n_kv_heads, head_dim] of the token at @pos
 *
 * Heads [begin, end) only.
 */
void tl_kv_store (const tl_kernels *kernels, const tl_kv_layer *kv, size_t pos, size_t begin,
                  size_t end, const float *k, const float *v);
