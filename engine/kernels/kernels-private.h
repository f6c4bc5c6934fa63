/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel files share and nobody else sees: one fill function an instruction set, and the
 * constants of the vectorised exponential. */
#pragma once

#include <assert.h>

#include "kernels/kernels.h"

/* Each overrides the entries that its instruction set does better and sets the name. */
void tl_kernels_fill_c          (tl_kernels *k);
void tl_kernels_fill_c_attend   (tl_kernels *k);
void tl_kernels_fill_c_panel    (tl_kernels *k);
void tl_kernels_fill_sse2       (tl_kernels *k);
void tl_kernels_fill_ssse3      (tl_kernels *k);
void tl_kernels_fill_avx2       (tl_kernels *k);
void tl_kernels_fill_avx512     (tl_kernels *k);
void tl_kernels_fill_avx512vnni (tl_kernels *k);
void tl_kernels_fill_neon       (tl_kernels *k);
void tl_kernels_fill_dotprod    (tl_kernels *k);
void tl_kernels_fill_simd128    (tl_kernels *k);

/* The largest mr * nr of any micro-kernel; the buffer of an edge tile is this large. */
#define TL_SGEMM_MAX_TILE 512

/* exp (x) = 2^n exp (r), n = round (x / ln 2), r = x - n ln 2 in two steps, so |r| <= ln 2 / 2, and
 * exp (r) = 1 + r + r^2 (E2 + E3 r + ... + E6 r^4). The coefficients are minimax for the relative
 * error, found by reweighted least squares and rounded to floats: 3.8e-9, a sixteenth of the rounding
 * unit 2^-24. With the rounding of the evaluation the result is within 1.01 ulp, measured over all
 * floats in [-104, 89] against expl. Outside, the argument is cut: exp (-104) rounds to 0 and
 * exp (89) is infinite. LN2_HIGH has 15 bits and |n| <= 150, so n LN2_HIGH is exact. */
#define TL_EXP_MIN  (-104.0f)
#define TL_EXP_MAX  89.0f
#define TL_LOG2_E   1.44269504f
#define TL_LN2_HIGH 0x1.62e4p-1f
#define TL_LN2_LOW  0x1.7f7d1cp-20f
#define TL_EXP_E2   0x1.fffffcp-2f
#define TL_EXP_E3   0x1.555492p-3f
#define TL_EXP_E4   0x1.5558f2p-5f
#define TL_EXP_E5   0x1.1239e2p-7f
#define TL_EXP_E6   0x1.6a2434p-10f
