/* SPDX-License-Identifier: Apache-2.0 */
/* The block formats of tensor data, as ggml lays them out on disk. One table entry a type: adding a
 * type is one entry, its two functions and a test. Conversions here are the readable definition;
 * the fast paths live in kernels/. */
#pragma once

#include <stdint.h>

#include "base/error.h"

/* The numbers are GGUF's. */
typedef enum
{
  TL_TYPE_F32 = 0,
  TL_TYPE_F16 = 1,
  TL_TYPE_Q4_0 = 2,
  TL_TYPE_Q8_0 = 8,
  TL_TYPE_BF16 = 30,
} tl_type;

typedef struct
{
  uint16_t d;      /* scale, IEEE half */
  int8_t   qs[32]; /* x[i] = d * qs[i] */
} tl_block_q8_0;

typedef struct
{
  uint16_t d;      /* scale, IEEE half */
  uint8_t  qs[16]; /* x[i] = d * ((qs[i] & 15) - 8), x[i + 16] = d * ((qs[i] >> 4) - 8) */
} tl_block_q4_0;

_Static_assert (sizeof (tl_block_q8_0) == 34, "on-disk layout");
_Static_assert (sizeof (tl_block_q4_0) == 18, "on-disk layout");

typedef struct
{
  tl_type     type;
  const char *name;        /* "Q8_0" */
  size_t      block_len;   /* weights a block; a row is a whole number of blocks */
  size_t      block_bytes; /* bytes a block */
  void (*dequantize) (float *dst, const void *src, size_t n); /* n: a multiple of block_len */
  void (*quantize)   (void *dst, const float *src, size_t n);
} tl_type_info;

/**
 * tl_type_get_info:
 * Returns: (nullable): the static entry of @type; NULL for a number that this engine cannot read.
 */
const tl_type_info *tl_type_get_info (uint32_t type);

/* Bytes of a row of @n weights; 0 when @n is no multiple of the block. */
size_t tl_type_row_bytes (tl_type type, size_t n);

float    tl_f16_to_f32  (uint16_t h);
uint16_t tl_f32_to_f16  (float f); /* round to nearest, ties to even; NaN stays NaN */
float    tl_bf16_to_f32 (uint16_t h);
uint16_t tl_f32_to_bf16 (float f);
