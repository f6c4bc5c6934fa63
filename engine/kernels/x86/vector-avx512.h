/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of vector.h in AVX-512 (F, BW, DQ, VL): sixteen floats. Ends of vectors are
 * masked. */
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define WIDTH 16

#define ATTEND_QUERIES 6
#define ATTEND_VECTORS 4
#define SCORE_VECTORS(n_q) ((n_q) == 6 ? 2 : 4)

typedef __m512 vec;

/* The first @n lanes; n < WIDTH. */
static inline __mmask16
v_mask (size_t n)
{
  return (__mmask16) ((1u << n) - 1);
}

static inline vec
v_set (float x)
{
  return _mm512_set1_ps (x);
}

static inline vec
v_load (const float *x)
{
  return _mm512_loadu_ps (x);
}

static inline void
v_store (float *y, vec v)
{
  _mm512_storeu_ps (y, v);
}

static inline vec
v_load_first (const float *x, size_t n)
{
  return _mm512_maskz_loadu_ps (v_mask (n), x);
}

static inline void
v_store_first (float *y, vec v, size_t n)
{
  _mm512_mask_storeu_ps (y, v_mask (n), v);
}

static inline vec
v_first (vec v, vec rest, size_t n)
{
  return _mm512_mask_mov_ps (rest, v_mask (n), v);
}

static inline vec
v_load_f16 (const uint16_t *x)
{
  return _mm512_cvtph_ps (_mm256_loadu_si256 ((const void *) x));
}

static inline vec
v_load_f16_first (const uint16_t *x, size_t n)
{
  return _mm512_cvtph_ps (_mm256_maskz_loadu_epi16 (v_mask (n), x));
}

static inline vec
v_load_bytes (const int8_t *x)
{
  return _mm512_cvtepi32_ps (_mm512_cvtepi8_epi32 (_mm_loadu_si128 ((const void *) x)));
}

static inline void
v_store_f16 (uint16_t *y, vec v)
{
  _mm256_storeu_si256 ((void *) y, _mm512_cvtps_ph (v, _MM_FROUND_TO_NEAREST_INT));
}

static inline void
v_store_f16_first (uint16_t *y, vec v, size_t n)
{
  _mm256_mask_storeu_epi16 (y, v_mask (n), _mm512_cvtps_ph (v, _MM_FROUND_TO_NEAREST_INT));
}

/* A bf16 is the upper half of a float. */
static inline vec
v_widen_bf16 (__m256i x)
{
  return _mm512_castsi512_ps (_mm512_slli_epi32 (_mm512_cvtepu16_epi32 (x), 16));
}

static inline vec
v_load_bf16 (const uint16_t *x)
{
  return v_widen_bf16 (_mm256_loadu_si256 ((const void *) x));
}

static inline vec
v_load_bf16_first (const uint16_t *x, size_t n)
{
  return v_widen_bf16 (_mm256_maskz_loadu_epi16 (v_mask (n), x));
}

static inline vec
v_add (vec a, vec b)
{
  return _mm512_add_ps (a, b);
}

static inline vec
v_sub (vec a, vec b)
{
  return _mm512_sub_ps (a, b);
}

static inline vec
v_mul (vec a, vec b)
{
  return _mm512_mul_ps (a, b);
}

static inline vec
v_div (vec a, vec b)
{
  return _mm512_div_ps (a, b);
}

static inline vec
v_abs (vec x)
{
  return _mm512_abs_ps (x);
}

static inline vec
v_fma (vec a, vec b, vec c)
{
  return _mm512_fmadd_ps (a, b, c);
}

static inline vec
v_fnma (vec a, vec b, vec c)
{
  return _mm512_fnmadd_ps (a, b, c);
}

/* The second operand where either is a NaN. */
static inline vec
v_max (vec a, vec b)
{
  return _mm512_max_ps (a, b);
}

static inline vec
v_min (vec a, vec b)
{
  return _mm512_min_ps (a, b);
}

static inline vec
v_cut (vec x, vec low, vec high)
{
  return _mm512_min_ps (high, _mm512_max_ps (low, x));
}

static inline vec
v_round (vec x)
{
  return _mm512_roundscale_ps (x, 0);
}

static inline vec
v_times_2 (vec x, vec n)
{
  return _mm512_scalef_ps (x, n);
}

static inline float
v_sum (vec v)
{
  return _mm512_reduce_add_ps (v);
}

static inline float
v_largest (vec v)
{
  return _mm512_reduce_max_ps (v);
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static inline vec
v_turn (vec x, vec cs)
{
  vec turned = _mm512_mul_ps (_mm512_permute_ps (x, 0xb1), _mm512_movehdup_ps (cs));

  return _mm512_fmaddsub_ps (x, _mm512_moveldup_ps (cs), turned);
}

typedef __m512i ivec;

static inline ivec
v_set_int (int32_t x)
{
  return _mm512_set1_epi32 (x);
}

static inline ivec
v_add_int (ivec a, ivec b)
{
  return _mm512_add_epi32 (a, b);
}

static inline int32_t
v_sum_int (ivec v)
{
  return _mm512_reduce_add_epi32 (v);
}

static inline vec
v_of_ints (ivec v)
{
  return _mm512_cvtepi32_ps (v);
}

static inline ivec
v_store_bytes (int8_t *q, const vec x[1])
{
  ivec whole = _mm512_cvtps_epi32 (x[0]);

  _mm_storeu_si128 ((void *) q, _mm512_cvtepi32_epi8 (whole));
  return whole;
}
