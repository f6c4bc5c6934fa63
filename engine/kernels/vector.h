/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels written once for every instruction set: a file includes the vocabulary of its set, a
 * vector-*.h, and then the bodies, kernels-body.h, attend-body.h and panel-body.h. Each word that begins
 * with v_ is the set's own. A vocabulary has
 *   vec, WIDTH                    a vector of WIDTH floats
 *   v_set, v_load, v_store        all lanes
 *   v_load_first, v_store_first   the first n < WIDTH lanes; zeros follow. So for _f16 and _bf16
 *   v_first (v, rest, n)          the first n lanes of v, then those of rest
 *   v_add, v_sub, v_mul, v_div, v_abs, v_round (ties to even)
 *   v_fma (a, b, c), v_fnma       a b + c, c - a b; rounded once where the set can
 *   v_max (a, b)                  b where a is a NaN
 *   v_min (a, b)                  of two numbers
 *   v_cut (x, low, high)          within the bounds; a NaN stays
 *   v_times_2 (x, n)              x 2^n, n whole and at most 150 in magnitude; also where that is subnormal
 *   v_sum, v_largest              across lanes
 *   v_turn (x, cs)                pairs turned, as rope() has it
 *   ivec                          a vector of WIDTH int32_t
 *   v_set_int, v_add_int, v_sum_int
 *   v_of_ints                     to floats
 *   v_load_bytes                  WIDTH signed bytes
 *   v_load_finite_f16             halves that are numbers; others may become any. Where that is faster
 *                                 than v_load_f16, HAS_LOAD_FINITE_F16 is defined
 *   v_store_bytes (q, x)          16 / WIDTH vectors of floats within 127, rounded, to bytes; returns
 *                                 their sums by lane
 * and the shape of attend-body.h's tiles. */
#pragma once

#include "kernels/kernels-private.h"

/* Inlined into each use, so that what is constant there costs nothing. */
#define TILE static inline __attribute__ ((always_inline))

typedef enum
{
  AS_F32,
  AS_F16,
  AS_FINITE_F16,
  AS_BF16,
} element;

#ifndef HAS_LOAD_FINITE_F16
#define v_load_finite_f16 v_load_f16
#endif

/* The @n <= WIDTH elements from x[i] on. */
TILE vec
get (element e, const void *x, size_t i, size_t n)
{
  const float *floats = (const float *) x + i;
  const uint16_t *halves = (const uint16_t *) x + i;

  switch (e)
    {
    case AS_F32:
      return n < WIDTH ? v_load_first (floats, n) : v_load (floats);
    case AS_F16:
      return n < WIDTH ? v_load_f16_first (halves, n) : v_load_f16 (halves);
    case AS_FINITE_F16:
      return n < WIDTH ? v_load_f16_first (halves, n) : v_load_finite_f16 (halves);
    case AS_BF16:
      return n < WIDTH ? v_load_bf16_first (halves, n) : v_load_bf16 (halves);
    }
  return v_set (0);
}

TILE void
put (float *y, size_t i, vec v, size_t n)
{
  if (n < WIDTH)
    v_store_first (y + i, v, n);
  else
    v_store (y + i, v);
}
