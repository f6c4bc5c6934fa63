/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of vector.h in WebAssembly's SIMD128: four floats. There is no fused multiply-add, so
 * products are rounded, and no conversion of halves. Ends of vectors go through a zero-padded buffer. */
#pragma once

#include <stdint.h>
#include <string.h>
#include <wasm_simd128.h>

#include "gguf/quant.h"

#define WIDTH 4

/* Engines map the vectors to sixteen registers on x86-64: eight sums, four keys and a broadcast. */
#define ATTEND_QUERIES 3
#define ATTEND_VECTORS 4
#define SCORE_VECTORS(n_q) 4

typedef v128_t vec;

static inline vec
v_set (float x)
{
  return wasm_f32x4_splat (x);
}

static inline vec
v_load (const float *x)
{
  return wasm_v128_load (x);
}

static inline void
v_store (float *y, vec v)
{
  wasm_v128_store (y, v);
}

/* All ones in the first @n lanes. */
static inline vec
v_mask (size_t n)
{
  return wasm_i32x4_lt (wasm_i32x4_const (0, 1, 2, 3), wasm_i32x4_splat ((int32_t) n));
}

static inline vec
v_first (vec v, vec rest, size_t n)
{
  return wasm_v128_bitselect (v, rest, v_mask (n));
}

/* Sign, exponent and mantissa of halves where a float has them. */
static inline vec
v_load_f16_bits (const uint16_t *x)
{
  return wasm_v128_and (wasm_i32x4_shl (wasm_i32x4_load16x4 (x), 13),
                        wasm_i32x4_splat ((int32_t) 0x8fffffff));
}

/* The exponent is moved by a product, which is exact, also where the half is subnormal. */
#define HAS_LOAD_FINITE_F16

static inline vec
v_load_finite_f16 (const uint16_t *x)
{
  return wasm_f32x4_mul (v_load_f16_bits (x), wasm_f32x4_splat (0x1p112f));
}

/* The exponent of an infinity or a NaN becomes the float's. */
static inline vec
v_load_f16 (const uint16_t *x)
{
  const vec exponent = wasm_i32x4_splat (31 << 23);
  vec half = v_load_f16_bits (x);
  vec special = wasm_i32x4_eq (wasm_v128_and (half, exponent), exponent);

  special = wasm_v128_and (special, wasm_i32x4_splat (0x7f800000));
  return wasm_v128_or (wasm_f32x4_mul (half, wasm_f32x4_splat (0x1p112f)), special);
}

static inline vec
v_load_bytes (const int8_t *x)
{
  return wasm_f32x4_convert_i32x4 (wasm_i32x4_extend_low_i16x8 (
    wasm_i16x8_extend_low_i8x16 (wasm_v128_load32_zero (x))));
}

static inline void
v_store_f16 (uint16_t *y, vec v)
{
  float x[WIDTH];

  v_store (x, v);
  for (size_t i = 0; i < WIDTH; i++)
    y[i] = tl_f32_to_f16 (x[i]);
}

/* A bf16 is the upper half of a float. */
static inline vec
v_load_bf16 (const uint16_t *x)
{
  return wasm_i32x4_shl (wasm_u32x4_load16x4 (x), 16);
}

static inline vec
v_load_first (const float *x, size_t n)
{
  float buffer[WIDTH] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return v_load (buffer);
}

static inline void
v_store_first (float *y, vec v, size_t n)
{
  float buffer[WIDTH];

  v_store (buffer, v);
  memcpy (y, buffer, n * sizeof *y);
}

static inline vec
v_load_f16_first (const uint16_t *x, size_t n)
{
  uint16_t buffer[WIDTH] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return v_load_f16 (buffer);
}

static inline vec
v_load_bf16_first (const uint16_t *x, size_t n)
{
  uint16_t buffer[WIDTH] = { 0 };

  memcpy (buffer, x, n * sizeof *x);
  return v_load_bf16 (buffer);
}

static inline void
v_store_f16_first (uint16_t *y, vec v, size_t n)
{
  uint16_t buffer[WIDTH];

  v_store_f16 (buffer, v);
  memcpy (y, buffer, n * sizeof *y);
}

static inline vec
v_add (vec a, vec b)
{
  return wasm_f32x4_add (a, b);
}

static inline vec
v_sub (vec a, vec b)
{
  return wasm_f32x4_sub (a, b);
}

static inline vec
v_mul (vec a, vec b)
{
  return wasm_f32x4_mul (a, b);
}

static inline vec
v_div (vec a, vec b)
{
  return wasm_f32x4_div (a, b);
}

static inline vec
v_abs (vec x)
{
  return wasm_f32x4_abs (x);
}

static inline vec
v_fma (vec a, vec b, vec c)
{
  return wasm_f32x4_add (wasm_f32x4_mul (a, b), c);
}

static inline vec
v_fnma (vec a, vec b, vec c)
{
  return wasm_f32x4_sub (c, wasm_f32x4_mul (a, b));
}

/* pmax (x, y) is x < y ? y : x, one instruction on x86-64; so is pmin. */
static inline vec
v_max (vec a, vec b)
{
  return wasm_f32x4_pmax (b, a);
}

static inline vec
v_min (vec a, vec b)
{
  return wasm_f32x4_pmin (a, b);
}

static inline vec
v_cut (vec x, vec low, vec high)
{
  return wasm_f32x4_pmin (wasm_f32x4_pmax (x, low), high);
}

static inline vec
v_round (vec x)
{
  return wasm_f32x4_nearest (x);
}

/* 2^n for |n| <= 126. */
static inline vec
v_power_of_2 (vec n)
{
  return wasm_i32x4_shl (wasm_i32x4_add (n, wasm_i32x4_splat (127)), 23);
}

/* Two factors, each a normal float. */
static inline vec
v_times_2 (vec x, vec n)
{
  vec whole = wasm_i32x4_trunc_sat_f32x4 (n), half = wasm_i32x4_shr (whole, 1);

  x = wasm_f32x4_mul (x, v_power_of_2 (wasm_i32x4_sub (whole, half)));
  return wasm_f32x4_mul (x, v_power_of_2 (half));
}

static inline float
v_sum (vec v)
{
  vec h = wasm_f32x4_add (v, wasm_i32x4_shuffle (v, v, 2, 3, 0, 1));

  return wasm_f32x4_extract_lane (h, 0) + wasm_f32x4_extract_lane (h, 1);
}

static inline float
v_largest (vec v)
{
  vec h = v_max (v, wasm_i32x4_shuffle (v, v, 2, 3, 0, 1));

  return wasm_f32x4_extract_lane (v_max (h, wasm_i32x4_shuffle (h, h, 1, 0, 3, 2)), 0);
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static inline vec
v_turn (vec x, vec cs)
{
  const vec minus = wasm_i32x4_const (INT32_MIN, 0, INT32_MIN, 0);
  vec cosine = wasm_i32x4_shuffle (cs, cs, 0, 0, 2, 2);
  vec sine = wasm_v128_xor (wasm_i32x4_shuffle (cs, cs, 1, 1, 3, 3), minus);

  return v_add (v_mul (x, cosine), v_mul (wasm_i32x4_shuffle (x, x, 1, 0, 3, 2), sine));
}

typedef v128_t ivec;

static inline ivec
v_set_int (int32_t x)
{
  return wasm_i32x4_splat (x);
}

static inline ivec
v_add_int (ivec a, ivec b)
{
  return wasm_i32x4_add (a, b);
}

static inline int32_t
v_sum_int (ivec v)
{
  ivec h = wasm_i32x4_add (v, wasm_i32x4_shuffle (v, v, 2, 3, 0, 1));

  return wasm_i32x4_extract_lane (h, 0) + wasm_i32x4_extract_lane (h, 1);
}

static inline vec
v_of_ints (ivec v)
{
  return wasm_f32x4_convert_i32x4 (v);
}

static inline ivec
v_store_bytes (int8_t *q, const vec x[4])
{
  ivec whole[4], sum = v_set_int (0);

  for (size_t i = 0; i < 4; i++)
    {
      whole[i] = wasm_i32x4_trunc_sat_f32x4 (v_round (x[i]));
      sum = v_add_int (sum, whole[i]);
    }
  wasm_v128_store (q, wasm_i8x16_narrow_i16x8 (wasm_i16x8_narrow_i32x4 (whole[0], whole[1]),
                                               wasm_i16x8_narrow_i32x4 (whole[2], whole[3])));
  return sum;
}
