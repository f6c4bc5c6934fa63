/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel files share and nobody else sees: one fill function an instruction set, and the
 * constants of the vectorised exponential. */
#pragma once

#include <assert.h>

#include "kernels/kernels.h"

/* Each overrides the entries that its instruction set does better and sets the name. */
void tl_kernels_fill_c          (tl_kernels *k);
void tl_kernels_fill_avx2       (tl_kernels *k);
void tl_kernels_fill_avx512     (tl_kernels *k);
void tl_kernels_fill_avx512vnni (tl_kernels *k);

/* The largest mr * nr of any micro-kernel; the buffer of an edge tile is this large. */
#define TL_SGEMM_MAX_TILE 512

/* Q8_0 scales are stored as halves: the largest finite half, and the largest float that rounds to
 * zero as a half (half of the smallest subnormal 2^-24; the tie goes to even, which is zero). */
#define TL_F16_MAX       65504.0f
#define TL_F16_ROUNDS_TO_0 0x1p-25f
