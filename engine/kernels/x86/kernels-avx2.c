/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats and attention in AVX2 with FMA and F16C. */
#include "kernels/x86/vector-avx2.h"

#include "kernels/attend-body.h"
#include "kernels/kernels-body.h"
#include "kernels/x86/avx2-private.h"

void
tl_kernels_fill_avx2 (tl_kernels *k)
{
  k->name = "avx2";
  fill_floats (k);
  fill_attend (k);
  tl_kernels_fill_avx2_panel (k);
  tl_kernels_fill_avx2_sgemm (k);
}
