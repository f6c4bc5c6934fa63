/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses among the compilations of elementwise-loops.c. */
#include "train/elementwise.h"

#include "kernels/cpu.h"

extern const tl_elementwise tl_elementwise_c;
#if defined(__x86_64__)
extern const tl_elementwise tl_elementwise_avx2;
extern const tl_elementwise tl_elementwise_avx512;
#endif

const tl_elementwise *
tl_elementwise_get (void)
{
#if defined(__x86_64__)
  uint32_t flags = tl_cpu_get_flags ();

  if (flags & TL_CPU_AVX512)
    return &tl_elementwise_avx512;
  if (flags & TL_CPU_AVX2)
    return &tl_elementwise_avx2;
#endif
  return &tl_elementwise_c;
}
