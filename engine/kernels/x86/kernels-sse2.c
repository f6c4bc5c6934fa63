/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of floats and attention in SSE2. The matrix product is the reference's, which the
 * compiler makes vectors of. */
#include "kernels/x86/vector-sse2.h"

#include "kernels/attend-body.h"
#include "kernels/kernels-body.h"
#include "kernels/x86/sse2-private.h"

void
tl_kernels_fill_sse2 (tl_kernels *k)
{
  k->name = "sse2";
  fill_floats (k);
  fill_attend (k);
  tl_kernels_fill_sse2_panel (k);
}
