/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of vector.h in AVX2 with FMA and F16C: eight floats. Ends of vectors of halves
 * go through a zero-padded buffer. */
#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define WIDTH 8

/* Sixteen registers: six sums, two keys and a broadcast. */
#define ATTEND_QUERIES 3
#define ATTEND_VECTORS 2
#define SCORE_VECTORS(n_q) 2

typedef __m256 vec;

static inline vec
v_set (float x)
{
  return _mm256_set1_ps (x);
}

static inline vec
v_load (const float *x)
{
  return _mm256_loadu_ps (x);
}

static inline void
v_store (float *y, vec v)
{
  _mm256_storeu_ps (y, v);
}

/* All ones in the first @n lanes. */
static inline __m256i
v_mask (size_t n)
{
  return _mm256_cmpgt_epi32 (_mm256_set1_epi32 ((int) n),
                             _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7));
}

static inline vec
v_load_first (const float *x, size_t n)
{
  return _mm256_maskload_ps (x, v_mask (n));
}

static inline void
v_store_first (float *y, vec v, size_t n)
{
  _mm256_maskstore_ps (y, v_mask (n), v);
}

static inline vec
v_first (vec v, vec rest, size_t n)
{
  return _mm256_blendv_ps (rest, v, _mm256_castsi256_ps (v_mask (n)));
}

static inline vec
v_load_f16 (const uint16_t *x)
{
  return _mm256_cvtph_ps (_mm_loadu_si128 ((const void *) x));
}

static inline vec
v_load_bytes (const int8_t *x)
{
  return _mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 (_mm_loadl_epi64 ((const void *) x)));
}

static inline void
v_store_f16 (uint16_t *y, vec v)
{
  _mm_storeu_si128 ((void *) y, _mm256_cvtps_ph (v, _MM_FROUND_TO_NEAREST_INT));
}

/* A bf16 is the upper half of a float. */
static inline vec
v_load_bf16 (const uint16_t *x)
{
  __m256i wide = _mm256_cvtepu16_epi32 (_mm_loadu_si128 ((const void *) x));

  return _mm256_castsi256_ps (_mm256_slli_epi32 (wide, 16));
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
  return _mm256_add_ps (a, b);
}

static inline vec
v_sub (vec a, vec b)
{
  return _mm256_sub_ps (a, b);
}

static inline vec
v_mul (vec a, vec b)
{
  return _mm256_mul_ps (a, b);
}

static inline vec
v_div (vec a, vec b)
{
  return _mm256_div_ps (a, b);
}

static inline vec
v_abs (vec x)
{
  return _mm256_andnot_ps (_mm256_set1_ps (-0.0f), x);
}

static inline vec
v_fma (vec a, vec b, vec c)
{
  return _mm256_fmadd_ps (a, b, c);
}

static inline vec
v_fnma (vec a, vec b, vec c)
{
  return _mm256_fnmadd_ps (a, b, c);
}

/* The second operand where either is a NaN. */
static inline vec
v_max (vec a, vec b)
{
  return _mm256_max_ps (a, b);
}

static inline vec
v_min (vec a, vec b)
{
  return _mm256_min_ps (a, b);
}

static inline vec
v_cut (vec x, vec low, vec high)
{
  return _mm256_min_ps (high, _mm256_max_ps (low, x));
}

static inline vec
v_round (vec x)
{
  return _mm256_round_ps (x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* 2^n for |n| <= 126. */
static inline vec
v_power_of_2 (__m256i n)
{
  n = _mm256_add_epi32 (n, _mm256_set1_epi32 (127));
  return _mm256_castsi256_ps (_mm256_slli_epi32 (n, 23));
}

/* Two factors, each a normal float. */
static inline vec
v_times_2 (vec x, vec n)
{
  __m256i whole = _mm256_cvtps_epi32 (n), half = _mm256_srai_epi32 (whole, 1);

  x = _mm256_mul_ps (x, v_power_of_2 (_mm256_sub_epi32 (whole, half)));
  return _mm256_mul_ps (x, v_power_of_2 (half));
}

static inline float
v_sum (vec v)
{
  __m128 h = _mm_add_ps (_mm256_castps256_ps128 (v), _mm256_extractf128_ps (v, 1));

  h = _mm_add_ps (h, _mm_movehl_ps (h, h));
  return _mm_cvtss_f32 (_mm_add_ss (h, _mm_movehdup_ps (h)));
}

static inline float
v_largest (vec v)
{
  __m128 h = _mm_max_ps (_mm256_castps256_ps128 (v), _mm256_extractf128_ps (v, 1));

  h = _mm_max_ps (h, _mm_movehl_ps (h, h));
  return _mm_cvtss_f32 (_mm_max_ss (h, _mm_movehdup_ps (h)));
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static inline vec
v_turn (vec x, vec cs)
{
  vec turned = _mm256_mul_ps (_mm256_permute_ps (x, 0xb1), _mm256_movehdup_ps (cs));

  return _mm256_fmaddsub_ps (x, _mm256_moveldup_ps (cs), turned);
}

typedef __m256i ivec;

static inline ivec
v_set_int (int32_t x)
{
  return _mm256_set1_epi32 (x);
}

static inline ivec
v_add_int (ivec a, ivec b)
{
  return _mm256_add_epi32 (a, b);
}

static inline int32_t
v_sum_int (ivec v)
{
  __m128i h = _mm_add_epi32 (_mm256_castsi256_si128 (v), _mm256_extracti128_si256 (v, 1));

  h = _mm_add_epi32 (h, _mm_shuffle_epi32 (h, 0x4e));
  return _mm_cvtsi128_si32 (_mm_add_epi32 (h, _mm_shuffle_epi32 (h, 0xb1)));
}

static inline vec
v_of_ints (ivec v)
{
  return _mm256_cvtepi32_ps (v);
}

static inline ivec
v_store_bytes (int8_t *q, const vec x[2])
{
  ivec a = _mm256_cvtps_epi32 (x[0]), b = _mm256_cvtps_epi32 (x[1]);
  __m256i ab = _mm256_permute4x64_epi64 (_mm256_packs_epi32 (a, b), 0xd8);

  _mm_storeu_si128 ((void *) q, _mm_packs_epi16 (_mm256_castsi256_si128 (ab),
                                                 _mm256_extracti128_si256 (ab, 1)));
  return v_add_int (a, b);
}
