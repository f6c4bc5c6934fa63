/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of vector.h in SSE2, which every x86-64 has: four floats. There is no fused
 * multiply-add, so products are rounded, and no conversion of halves. Ends of vectors go through a
 * zero-padded buffer. */
#pragma once

#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#include "gguf/quant.h"

#define WIDTH 4

/* Sixteen registers, of which scores of three queries want twelve for sums and four for keys. */
#define ATTEND_QUERIES 3
#define ATTEND_VECTORS 4
#define SCORE_VECTORS(n_q) 4

typedef __m128 vec;

static inline vec
v_set (float x)
{
  return _mm_set1_ps (x);
}

static inline vec
v_load (const float *x)
{
  return _mm_loadu_ps (x);
}

static inline void
v_store (float *y, vec v)
{
  _mm_storeu_ps (y, v);
}

/* All ones in the first @n lanes. */
static inline vec
v_mask (size_t n)
{
  return _mm_castsi128_ps (_mm_cmpgt_epi32 (_mm_set1_epi32 ((int) n), _mm_setr_epi32 (0, 1, 2, 3)));
}

static inline vec
v_first (vec v, vec rest, size_t n)
{
  const vec mask = v_mask (n);

  return _mm_or_ps (_mm_and_ps (mask, v), _mm_andnot_ps (mask, rest));
}

/* Sign, exponent and mantissa of halves where a float has them. */
static inline __m128i
v_load_f16_bits (const uint16_t *x)
{
  __m128i top = _mm_unpacklo_epi16 (_mm_setzero_si128 (), _mm_loadl_epi64 ((const void *) x));

  return _mm_and_si128 (_mm_srai_epi32 (top, 3), _mm_set1_epi32 ((int) 0x8fffffff));
}

/* The exponent is moved by a product, which is exact, also where the half is subnormal. */
#define HAS_LOAD_FINITE_F16

static inline vec
v_load_finite_f16 (const uint16_t *x)
{
  return _mm_mul_ps (_mm_castsi128_ps (v_load_f16_bits (x)), v_set (0x1p112f));
}

/* The exponent of an infinity or a NaN becomes the float's. */
static inline vec
v_load_f16 (const uint16_t *x)
{
  const __m128i exponent = _mm_set1_epi32 (31 << 23);
  __m128i half = v_load_f16_bits (x);
  __m128i special = _mm_cmpeq_epi32 (_mm_and_si128 (half, exponent), exponent);

  special = _mm_and_si128 (special, _mm_set1_epi32 (0x7f800000));
  return _mm_or_ps (_mm_mul_ps (_mm_castsi128_ps (half), v_set (0x1p112f)),
                    _mm_castsi128_ps (special));
}

/* Each byte to the top of its lane, and down again with its sign. */
static inline vec
v_load_bytes (const int8_t *x)
{
  const __m128i zero = _mm_setzero_si128 ();
  int32_t word;
  __m128i bytes;

  memcpy (&word, x, sizeof word);
  bytes = _mm_unpacklo_epi8 (zero, _mm_cvtsi32_si128 (word));
  return _mm_cvtepi32_ps (_mm_srai_epi32 (_mm_unpacklo_epi16 (zero, bytes), 24));
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
  return _mm_castsi128_ps (_mm_unpacklo_epi16 (_mm_setzero_si128 (),
                                               _mm_loadl_epi64 ((const void *) x)));
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
  return _mm_add_ps (a, b);
}

static inline vec
v_sub (vec a, vec b)
{
  return _mm_sub_ps (a, b);
}

static inline vec
v_mul (vec a, vec b)
{
  return _mm_mul_ps (a, b);
}

static inline vec
v_div (vec a, vec b)
{
  return _mm_div_ps (a, b);
}

static inline vec
v_abs (vec x)
{
  return _mm_andnot_ps (v_set (-0.0f), x);
}

static inline vec
v_fma (vec a, vec b, vec c)
{
  return _mm_add_ps (_mm_mul_ps (a, b), c);
}

static inline vec
v_fnma (vec a, vec b, vec c)
{
  return _mm_sub_ps (c, _mm_mul_ps (a, b));
}

/* The second operand where either is a NaN. */
static inline vec
v_max (vec a, vec b)
{
  return _mm_max_ps (a, b);
}

static inline vec
v_min (vec a, vec b)
{
  return _mm_min_ps (a, b);
}

static inline vec
v_cut (vec x, vec low, vec high)
{
  return _mm_min_ps (high, _mm_max_ps (low, x));
}

/* Of what fits into an int32_t, which is all that the kernels round; of a NaN some number. */
static inline vec
v_round (vec x)
{
  return _mm_cvtepi32_ps (_mm_cvtps_epi32 (x));
}

/* 2^n for |n| <= 126. */
static inline vec
v_power_of_2 (__m128i n)
{
  return _mm_castsi128_ps (_mm_slli_epi32 (_mm_add_epi32 (n, _mm_set1_epi32 (127)), 23));
}

/* Two factors, each a normal float. */
static inline vec
v_times_2 (vec x, vec n)
{
  __m128i whole = _mm_cvtps_epi32 (n), half = _mm_srai_epi32 (whole, 1);

  x = _mm_mul_ps (x, v_power_of_2 (_mm_sub_epi32 (whole, half)));
  return _mm_mul_ps (x, v_power_of_2 (half));
}

static inline float
v_sum (vec v)
{
  vec h = _mm_add_ps (v, _mm_movehl_ps (v, v));

  return _mm_cvtss_f32 (_mm_add_ss (h, _mm_shuffle_ps (h, h, 1)));
}

static inline float
v_largest (vec v)
{
  vec h = _mm_max_ps (v, _mm_movehl_ps (v, v));

  return _mm_cvtss_f32 (_mm_max_ss (h, _mm_shuffle_ps (h, h, 1)));
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static inline vec
v_turn (vec x, vec cs)
{
  const vec minus = _mm_setr_ps (-0.0f, 0.0f, -0.0f, 0.0f);
  vec cosine = _mm_shuffle_ps (cs, cs, _MM_SHUFFLE (2, 2, 0, 0));
  vec sine = _mm_xor_ps (_mm_shuffle_ps (cs, cs, _MM_SHUFFLE (3, 3, 1, 1)), minus);

  return v_add (v_mul (x, cosine), v_mul (_mm_shuffle_ps (x, x, _MM_SHUFFLE (2, 3, 0, 1)), sine));
}

typedef __m128i ivec;

static inline ivec
v_set_int (int32_t x)
{
  return _mm_set1_epi32 (x);
}

static inline ivec
v_add_int (ivec a, ivec b)
{
  return _mm_add_epi32 (a, b);
}

static inline int32_t
v_sum_int (ivec v)
{
  ivec h = _mm_add_epi32 (v, _mm_shuffle_epi32 (v, 0x4e));

  return _mm_cvtsi128_si32 (_mm_add_epi32 (h, _mm_shuffle_epi32 (h, 0xb1)));
}

static inline vec
v_of_ints (ivec v)
{
  return _mm_cvtepi32_ps (v);
}

static inline ivec
v_store_bytes (int8_t *q, const vec x[4])
{
  ivec a = _mm_cvtps_epi32 (x[0]), b = _mm_cvtps_epi32 (x[1]);
  ivec c = _mm_cvtps_epi32 (x[2]), d = _mm_cvtps_epi32 (x[3]);

  _mm_storeu_si128 ((void *) q, _mm_packs_epi16 (_mm_packs_epi32 (a, b), _mm_packs_epi32 (c, d)));
  return v_add_int (v_add_int (a, b), v_add_int (c, d));
}
