/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of a kernel table: one table a level of instruction set that this processor has, each
 * a copy of the level below with some entries overridden, all made once. The pattern is dav1d's. */
#include "kernels/kernels-private.h"

#include "base/once.h"
#include "kernels/cpu.h"

typedef struct
{
  uint32_t needs; /* all of these flags */
  void (*fill) (tl_kernels *k);
} level;

static const level levels[] = {
  { 0, tl_kernels_fill_c },
#if defined(__x86_64__)
  { TL_CPU_SSE2, tl_kernels_fill_sse2 },
  { TL_CPU_SSE2 | TL_CPU_SSSE3, tl_kernels_fill_ssse3 },
  { TL_CPU_AVX2, tl_kernels_fill_avx2 },
  { TL_CPU_AVX2 | TL_CPU_AVX512, tl_kernels_fill_avx512 },
  { TL_CPU_AVX2 | TL_CPU_AVX512 | TL_CPU_AVX512_VNNI, tl_kernels_fill_avx512vnni },
#elif defined(__aarch64__)
  { TL_CPU_NEON, tl_kernels_fill_neon },
  { TL_CPU_NEON | TL_CPU_DOTPROD, tl_kernels_fill_dotprod },
#elif defined(__wasm_simd128__)
  { TL_CPU_SIMD128, tl_kernels_fill_simd128 },
#endif
};

#define N_LEVELS (sizeof levels / sizeof levels[0])

static tl_kernels tables[N_LEVELS];
static tl_once tables_once = TL_ONCE_INIT;

static size_t
best_level (uint32_t flags)
{
  size_t best = 0;

  for (size_t i = 1; i < N_LEVELS; i++)
    {
      if ((flags & levels[i].needs) == levels[i].needs)
        best = i;
    }
  return best;
}

/* A fill function is itself compiled for its instruction set, so no other may be called. */
static void
make_tables (void)
{
  size_t last = best_level (tl_cpu_get_all_flags ());

  for (size_t i = 0; i <= last; i++)
    {
      if (i > 0)
        tables[i] = tables[i - 1];
      levels[i].fill (&tables[i]);
    }
}

const tl_kernels *
tl_kernels_get (void)
{
  tl_once_run (&tables_once, make_tables);
  return &tables[best_level (tl_cpu_get_flags ())];
}
