/* SPDX-License-Identifier: Apache-2.0 */
/* What this processor can do, behind a mask that tests set. */
#pragma once

#include <stdint.h>

#pragma GCC visibility push(default)

enum
{
  TL_CPU_AVX2 = 1 << 0,        /* AVX2, FMA and F16C together */
  TL_CPU_AVX512 = 1 << 1,      /* F, BW, DQ, VL */
  TL_CPU_AVX512_VNNI = 1 << 2,
  TL_CPU_NEON = 1 << 3,        /* every aarch64 */
  TL_CPU_DOTPROD = 1 << 4,     /* sdot: optional in Armv8.2, in all from 8.4 on */
  TL_CPU_SIMD128 = 1 << 5,     /* WebAssembly's; a module that has it runs nowhere else */
  TL_CPU_SSE2 = 1 << 6,        /* every x86-64 */
  TL_CPU_SSSE3 = 1 << 7,
};

/**
 * tl_cpu_get_all_flags:
 * Returns: what this machine has and its operating system enables; detected once. Thread-safe
 */
uint32_t tl_cpu_get_all_flags (void);

/**
 * tl_cpu_get_flags:
 * Returns: tl_cpu_get_all_flags() as far as the mask has it
 */
uint32_t tl_cpu_get_flags (void);

/**
 * tl_cpu_set_mask:
 * @mask: the only features that new sessions and readers may use; ~0u restores
 *
 * Of the whole process, and the one thing in it that is global: for tests, and for an environment variable
 * that a program may read.
 */
void tl_cpu_set_mask (uint32_t mask);

#pragma GCC visibility pop
