/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats and attention in NEON. */
#include "kernels/arm/vector-neon.h"

#include "kernels/arm/neon-private.h"
#include "kernels/attend-body.h"
#include "kernels/kernels-body.h"

void
tl_kernels_fill_neon (tl_kernels *k)
{
  k->name = "neon";
  fill_floats (k);
  fill_attend (k);
  tl_kernels_fill_neon_panel (k);
  tl_kernels_fill_neon_sgemm (k);
}
