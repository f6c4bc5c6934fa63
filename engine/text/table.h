/* SPDX-License-Identifier: Apache-2.0 */
/* What the hash tables and growing arrays of this folder share. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Spreads all bits of @x over all bits of the result: the finaliser of SplitMix64
 * (Steele, Lea & Flood 2014). */
static inline uint64_t
tl_hash_mix (uint64_t x)
{
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

/* FNV-1a, mixed so that a mask may take its low bits. */
static inline uint64_t
tl_hash_bytes (const char *s, size_t len)
{
  uint64_t h = 0xCBF29CE484222325u;

  for (size_t i = 0; i < len; i++)
    h = (h ^ (uint8_t) s[i]) * 0x100000001B3u;
  return tl_hash_mix (h);
}

/* Slots for @n entries of an open-addressing table: a power of two, at most half of it filled. */
static inline size_t
tl_hash_slots (size_t n)
{
  size_t slots = 16;

  while (slots / 2 < n)
    slots *= 2;
  return slots;
}

/* Room for @need elements of @size bytes: @data itself or, doubled, a new place of it.
 * Returns: (nullable): NULL when memory is short, and @data is then still valid. */
static inline void *
tl_grow (void *data, size_t *capacity, size_t need, size_t size)
{
  size_t wanted = *capacity > 0 ? *capacity : 16;
  void *grown;

  if (data && need <= *capacity)
    return data;
  while (wanted < need)
    wanted *= 2;
  if (wanted > SIZE_MAX / size)
    return NULL;
  grown = realloc (data, wanted * size);
  if (grown)
    *capacity = wanted;
  return grown;
}
