/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of vector.h in NEON: four floats. Ends of vectors go through a zero-padded
 * buffer. Halves round to nearest even, the mode that programs start in. */
#pragma once

#include <arm_neon.h>
#include <string.h>

#define WIDTH 4

/* 32 registers: 24 sums, four keys and a broadcast. */
#define ATTEND_QUERIES 6
#define ATTEND_VECTORS 4
#define SCORE_VECTORS(n_q) 4

typedef float32x4_t vec;

static inline vec
v_set (float x)
{
  return vdupq_n_f32 (x);
}

static inline vec
v_load (const float *x)
{
  return vld1q_f32 (x);
}

static inline void
v_store (float *y, vec v)
{
  vst1q_f32 (y, v);
}

static inline vec
v_load_f16 (const uint16_t *x)
{
  return vcvt_f32_f16 (vreinterpret_f16_u16 (vld1_u16 (x)));
}

static inline vec
v_load_bytes (const int8_t *x)
{
  int32_t word;

  memcpy (&word, x, sizeof word);
  return vcvtq_f32_s32 (vmovl_s16 (vget_low_s16 (vmovl_s8 (vreinterpret_s8_s32 (vdup_n_s32 (word))))));
}

static inline void
v_store_f16 (uint16_t *y, vec v)
{
  vst1_u16 (y, vreinterpret_u16_f16 (vcvt_f16_f32 (v)));
}

/* A bf16 is the upper half of a float. */
static inline vec
v_load_bf16 (const uint16_t *x)
{
  return vreinterpretq_f32_u32 (vshll_n_u16 (vld1_u16 (x), 16));
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
v_first (vec v, vec rest, size_t n)
{
  const uint32x4_t lane = { 0, 1, 2, 3 };

  return vbslq_f32 (vcltq_u32 (lane, vdupq_n_u32 ((uint32_t) n)), v, rest);
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
  return vaddq_f32 (a, b);
}

static inline vec
v_sub (vec a, vec b)
{
  return vsubq_f32 (a, b);
}

static inline vec
v_mul (vec a, vec b)
{
  return vmulq_f32 (a, b);
}

static inline vec
v_div (vec a, vec b)
{
  return vdivq_f32 (a, b);
}

static inline vec
v_abs (vec x)
{
  return vabsq_f32 (x);
}

static inline vec
v_fma (vec a, vec b, vec c)
{
  return vfmaq_f32 (c, b, a);
}

static inline vec
v_fnma (vec a, vec b, vec c)
{
  return vfmsq_f32 (c, a, b);
}

/* A number wins against a NaN. */
static inline vec
v_max (vec a, vec b)
{
  return vmaxnmq_f32 (a, b);
}

static inline vec
v_min (vec a, vec b)
{
  return vminq_f32 (a, b);
}

static inline vec
v_cut (vec x, vec low, vec high)
{
  return vminq_f32 (vmaxq_f32 (x, low), high);
}

static inline vec
v_round (vec x)
{
  return vrndnq_f32 (x);
}

/* 2^n for |n| <= 126. */
static inline vec
v_power_of_2 (int32x4_t n)
{
  return vreinterpretq_f32_s32 (vshlq_n_s32 (vaddq_s32 (n, vdupq_n_s32 (127)), 23));
}

/* Two factors, each a normal float. */
static inline vec
v_times_2 (vec x, vec n)
{
  int32x4_t whole = vcvtnq_s32_f32 (n), half = vshrq_n_s32 (whole, 1);

  return vmulq_f32 (vmulq_f32 (x, v_power_of_2 (vsubq_s32 (whole, half))), v_power_of_2 (half));
}

static inline float
v_sum (vec v)
{
  return vaddvq_f32 (v);
}

static inline float
v_largest (vec v)
{
  return vmaxnmvq_f32 (v);
}

/* Even lanes: x[i] cos - x[i + 1] sin; odd ones: x[i + 1] cos + x[i] sin. */
static inline vec
v_turn (vec x, vec cs)
{
  const uint32x4_t minus = { 0x80000000, 0, 0x80000000, 0 };
  uint32x4_t sine = veorq_u32 (vreinterpretq_u32_f32 (vtrn2q_f32 (cs, cs)), minus);

  return vfmaq_f32 (vmulq_f32 (x, vtrn1q_f32 (cs, cs)), vrev64q_f32 (x),
                    vreinterpretq_f32_u32 (sine));
}

typedef int32x4_t ivec;

static inline ivec
v_set_int (int32_t x)
{
  return vdupq_n_s32 (x);
}

static inline ivec
v_add_int (ivec a, ivec b)
{
  return vaddq_s32 (a, b);
}

static inline int32_t
v_sum_int (ivec v)
{
  return vaddvq_s32 (v);
}

static inline vec
v_of_ints (ivec v)
{
  return vcvtq_f32_s32 (v);
}

static inline ivec
v_store_bytes (int8_t *q, const vec x[4])
{
  int16x8_t low = vcombine_s16 (vmovn_s32 (vcvtnq_s32_f32 (x[0])),
                                vmovn_s32 (vcvtnq_s32_f32 (x[1])));
  int16x8_t high = vcombine_s16 (vmovn_s32 (vcvtnq_s32_f32 (x[2])),
                                 vmovn_s32 (vcvtnq_s32_f32 (x[3])));

  vst1q_s8 (q, vcombine_s8 (vmovn_s16 (low), vmovn_s16 (high)));
  return vpaddlq_s16 (vaddq_s16 (low, high));
}
