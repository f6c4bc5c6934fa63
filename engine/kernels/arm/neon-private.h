/* SPDX-License-Identifier: Apache-2.0 */
/* What the NEON files share; included only on aarch64, whose baseline has NEON with FMA and
 * conversions of halves. */
#pragma once

#include <arm_neon.h>
#include <string.h>

#include "kernels/kernels-private.h"

void tl_kernels_fill_neon_attend (tl_kernels *k);
void tl_kernels_fill_neon_panel (tl_kernels *k);
void tl_kernels_fill_neon_quant (tl_kernels *k);
void tl_kernels_fill_neon_sgemm (tl_kernels *k);

/* Four halves at any alignment. */
static inline float32x4_t
tl_neon_load_f16 (const uint16_t *x)
{
  return vcvt_f32_f16 (vreinterpret_f16_u16 (vld1_u16 (x)));
}
