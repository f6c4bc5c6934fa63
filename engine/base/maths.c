/* SPDX-License-Identifier: Apache-2.0 */
/* Additions and multiplications of doubles alone, each rounded as IEEE 754 says, then one rounding
 * to float. Taylor's series are enough: their rest is below 6e-13 of the result where they are
 * used, 1e-5 of a float's rounding unit. */
#include "base/maths.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* ROUNDER rounds nothing where a double is computed as something wider. */
#if FLT_EVAL_METHOD != 0
#error "Doubles must be computed as doubles: compile for x86 with -msse2 -mfpmath=sse."
#endif

/* GCC contracts nothing in ISO C; the pragma is unknown to it. */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

/* Adding and subtracting this rounds a double below 2^51 to the nearest whole number. */
#define ROUNDER 0x1.8p52

/* ln 2 and pi / 2, each as a part of at most 32 bits and the rest, so that the part's product with a
 * whole number below 2^20 is exact. */
#define LN2_HIGH      0x1.62e42feep-1
#define LN2_LOW       0x1.a39ef35793c76p-33
#define HALF_PI_HIGH  0x1.921fb544p0
#define HALF_PI_LOW   0x1.0b4611a626331p-34

/* 2^n for -1022 <= n <= 1023. */
static double
power_of_two (int n)
{
  uint64_t bits = (uint64_t) (n + 1023) << 52;
  double x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* e^x = 2^n e^r, |r| <= ln 2 / 2. e^-104 is less than half of the smallest float, e^89 is more than
 * the largest. */
float
tl_exp (float x)
{
  double n, r, p = 1.0 / 3628800;

  if (!(x >= -104.0f))
    return isnan (x) ? x : 0.0f;
  if (x > 89.0f)
    return INFINITY;
  n = (double) x * 0x1.71547652b82fep0 + ROUNDER - ROUNDER; /* x / ln 2 */
  r = (double) x - n * LN2_HIGH - n * LN2_LOW;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return (float) (p * power_of_two ((int) n));
}

/* For |r| <= pi / 4. */
static double
sine_of (double r)
{
  double q = r * r, p = 1.0 / 6227020800;

  p = p * q - 1.0 / 39916800;
  p = p * q + 1.0 / 362880;
  p = p * q - 1.0 / 5040;
  p = p * q + 1.0 / 120;
  p = p * q - 1.0 / 6;
  return r + r * q * p;
}

static double
cosine_of (double r)
{
  double q = r * r, p = 1.0 / 479001600;

  p = p * q - 1.0 / 3628800;
  p = p * q + 1.0 / 40320;
  p = p * q - 1.0 / 720;
  p = p * q + 1.0 / 24;
  p = p * q - 0.5;
  return p * q + 1.0;
}

/* x = n pi / 2 + r: of each four n, one turn of the signs. */
void
tl_cos_sin (float x, float *cosine, float *sine)
{
  double n = (double) x * 0x1.45f306dc9c883p-1 + ROUNDER - ROUNDER; /* x / (pi / 2) */
  double r = (double) x - n * HALF_PI_HIGH - n * HALF_PI_LOW;
  double c = cosine_of (r), s = sine_of (r);
  double quarter = n - 4.0 * floor (n / 4.0);

  *cosine = (float) (quarter == 0.0 ? c : quarter == 1.0 ? -s : quarter == 2.0 ? -c : s);
  *sine = (float) (quarter == 0.0 ? s : quarter == 1.0 ? c : quarter == 2.0 ? -s : -c);
}
