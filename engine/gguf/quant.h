/* SPDX-License-Identifier: Apache-2.0 */
/* The block formats of tensor data, as ggml lays them out on disk. One table entry a type: adding a
 * type is one entry, its two functions and a test. Conversions here are the readable definition;
 * the fast paths live in kernels/. */
#pragma once

#include <assert.h>
#include <stdint.h>

#include "base/error.h"

#pragma GCC visibility push(default)

/* The numbers are GGUF's. */
typedef enum
{
  TL_TYPE_F32 = 0,
  TL_TYPE_F16 = 1,
  TL_TYPE_Q4_0 = 2,
  TL_TYPE_Q4_1 = 3,
  TL_TYPE_Q5_0 = 6,
  TL_TYPE_Q5_1 = 7,
  TL_TYPE_Q8_0 = 8,
  TL_TYPE_Q2_K = 10,
  TL_TYPE_Q3_K = 11,
  TL_TYPE_Q4_K = 12,
  TL_TYPE_Q5_K = 13,
  TL_TYPE_Q6_K = 14,
  TL_TYPE_IQ4_NL = 20,
  TL_TYPE_BF16 = 30,
  TL_TYPE_TQ1_0 = 34,
  TL_TYPE_TQ2_0 = 35,
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

typedef struct
{
  uint16_t d, m;   /* x = d q + m, q of 4 bits, planes as Q4_0's */
  uint8_t  qs[16];
} tl_block_q4_1;

typedef struct
{
  uint16_t d;      /* x = d (q - 16) */
  uint8_t  qh[4];  /* the fifth bits */
  uint8_t  qs[16];
} tl_block_q5_0;

typedef struct
{
  uint16_t d, m; /* x = d q + m */
  uint8_t  qh[4];
  uint8_t  qs[16];
} tl_block_q5_1;

typedef struct
{
  uint16_t d; /* x = d level[q], of sixteen fixed levels */
  uint8_t  qs[16];
} tl_block_iq4_nl;

#define TL_QK 256 /* weights of a super-block: the K and ternary formats */

typedef struct
{
  uint8_t  scales[16]; /* low nibble scale, high nibble min, of 16 weights each */
  uint8_t  qs[64];
  uint16_t d, dmin;
} tl_block_q2_k;

typedef struct
{
  uint8_t  hmask[32];
  uint8_t  qs[64];
  uint8_t  scales[12];
  uint16_t d;
} tl_block_q3_k;

typedef struct
{
  uint16_t d, dmin;
  uint8_t  scales[12];
  uint8_t  qs[128];
} tl_block_q4_k;

typedef struct
{
  uint16_t d, dmin;
  uint8_t  scales[12];
  uint8_t  qh[32];
  uint8_t  qs[128];
} tl_block_q5_k;

typedef struct
{
  uint8_t  ql[128];
  uint8_t  qh[64];
  int8_t   scales[16];
  uint16_t d;
} tl_block_q6_k;

typedef struct
{
  uint8_t  qs[48]; /* five ternary digits a byte */
  uint8_t  qh[4];  /* four */
  uint16_t d;
} tl_block_tq1_0;

typedef struct
{
  uint8_t  qs[64]; /* four ternary digits a byte */
  uint16_t d;
} tl_block_tq2_0;

static_assert (sizeof (tl_block_q8_0) == 34, "on-disk layout");
static_assert (sizeof (tl_block_q4_0) == 18, "on-disk layout");
static_assert (sizeof (tl_block_q4_1) == 20, "on-disk layout");
static_assert (sizeof (tl_block_q5_0) == 22, "on-disk layout");
static_assert (sizeof (tl_block_q5_1) == 24, "on-disk layout");
static_assert (sizeof (tl_block_iq4_nl) == 18, "on-disk layout");
static_assert (sizeof (tl_block_q2_k) == 84, "on-disk layout");
static_assert (sizeof (tl_block_q3_k) == 110, "on-disk layout");
static_assert (sizeof (tl_block_q4_k) == 144, "on-disk layout");
static_assert (sizeof (tl_block_q5_k) == 176, "on-disk layout");
static_assert (sizeof (tl_block_q6_k) == 210, "on-disk layout");
static_assert (sizeof (tl_block_tq1_0) == 54, "on-disk layout");
static_assert (sizeof (tl_block_tq2_0) == 66, "on-disk layout");

/* A block as whole numbers: w[i] = scale[i / 16] q[i] + offset[i / 16]. */
typedef struct
{
  uint8_t q[TL_QK];
  float   scale[TL_QK / 16], offset[TL_QK / 16];
} tl_levels;

typedef struct
{
  tl_type     type;
  const char *name;        /* "Q8_0" */
  size_t      block_len;   /* weights a block; a row is a whole number of blocks */
  size_t      block_bytes; /* bytes a block */
  void (*dequantize) (float *dst, const void *src, size_t n); /* n: a multiple of block_len */
  /* @importance: (nullable): [n] weighs each weight's squared error. NULL for a type that is only read. */
  void (*quantize)   (void *dst, const float *src, const float *importance, size_t n);
  /* Takes one block apart, exactly. NULL for a type whose weights have no offsets and no scales of
   * their own for less than a block. */
  void (*split)      (tl_levels *dst, const void *block);
} tl_type_info;

/**
 * tl_type_get_info:
 * @type: a number of a file
 *
 * Returns: (nullable): the static entry of @type; NULL for a number that this engine cannot read
 */
const tl_type_info *tl_type_get_info (uint32_t type);

/**
 * tl_type_find:
 * @name: in any case: "q8_0"
 *
 * Returns: (nullable): the static entry of that name
 */
const tl_type_info *tl_type_find (const char *name);

/**
 * tl_type_row_bytes:
 * @type: of the row
 * @n: its weights
 *
 * Returns: the bytes that it takes; 0 when @n is no multiple of the block
 */
size_t tl_type_row_bytes (tl_type type, size_t n);

/**
 * tl_f16_to_f32:
 * @h: an IEEE half
 *
 * Returns: the same number, exactly
 */
float tl_f16_to_f32 (uint16_t h);

/**
 * tl_f32_to_f16:
 * @f: any float
 *
 * Returns: the nearest IEEE half, of two the even one; NaN stays NaN
 */
uint16_t tl_f32_to_f16 (float f);

/**
 * tl_bf16_to_f32:
 * @h: a bfloat16
 *
 * Returns: the same number, exactly
 */
float tl_bf16_to_f32 (uint16_t h);

/**
 * tl_f32_to_bf16:
 * @f: any float
 *
 * Returns: the nearest bfloat16, of two the even one; NaN stays NaN
 */
uint16_t tl_f32_to_bf16 (float f);

#pragma GCC visibility pop
