/* SPDX-License-Identifier: Apache-2.0 */
/* Which instruction sets may be used, and'ed with a mask that tests set. On x86: what the processor
 * has (CPUID) and the operating system saves on a context switch (XGETBV). Bit numbers are those of
 * the Intel SDM, volume 2A, "CPUID", and volume 1, section 13.3 for XCR0. On aarch64: NEON, which
 * is its baseline, and what the kernel tells in the auxiliary vector (Linux, "ELF hwcaps"). */
#include "kernels/cpu.h"

#include <stdatomic.h>
#include <stdbool.h>

static atomic_uint mask = ~0u;
static atomic_uint detected; /* 0: not yet; otherwise the flags with DETECTED set */

#define DETECTED (1u << 31)

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

/* XCR0: the registers that the operating system keeps. */
enum
{
  XCR0_SSE_AVX = 0x06, /* XMM, YMM */
  XCR0_AVX512 = 0xe6,  /* and the mask registers, the upper halves, ZMM16-31 */
};

static bool
all_set (uint32_t value, uint32_t bits)
{
  return (value & bits) == bits;
}

static uint64_t
read_xcr0 (void)
{
  uint32_t low, high;

  __asm__ volatile ("xgetbv" : "=a" (low), "=d" (high) : "c" (0));
  return (uint64_t) high << 32 | low;
}

static uint32_t
detect (void)
{
  uint32_t eax, ebx, ecx, edx, ecx7, flags;
  uint64_t xcr0;

  if (!__get_cpuid (1, &eax, &ebx, &ecx, &edx) || !(edx & bit_SSE2))
    return 0;
  flags = TL_CPU_SSE2 | (ecx & bit_SSSE3 ? TL_CPU_SSSE3 : 0);
  if (!(ecx & bit_OSXSAVE))
    return flags;
  xcr0 = read_xcr0 ();
  if (!all_set ((uint32_t) xcr0, XCR0_SSE_AVX) || !all_set (ecx, bit_AVX | bit_FMA | bit_F16C))
    return flags;
  if (!__get_cpuid_count (7, 0, &eax, &ebx, &ecx7, &edx) || !(ebx & bit_AVX2))
    return flags;
  flags |= TL_CPU_AVX2;
  if (!all_set ((uint32_t) xcr0, XCR0_AVX512)
      || !all_set (ebx, bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL))
    return flags;
  flags |= TL_CPU_AVX512;
  if (ecx7 & bit_AVX512VNNI)
    flags |= TL_CPU_AVX512_VNNI;
  return flags;
}

#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

static uint32_t
detect (void)
{
  return TL_CPU_NEON | (getauxval (AT_HWCAP) & HWCAP_ASIMDDP ? TL_CPU_DOTPROD : 0);
}

#elif defined(__aarch64__)

static uint32_t
detect (void)
{
  return TL_CPU_NEON;
}

#elif defined(__wasm_simd128__)

static uint32_t
detect (void)
{
  return TL_CPU_SIMD128;
}

#else

static uint32_t
detect (void)
{
  return 0;
}

#endif

uint32_t
tl_cpu_get_all_flags (void)
{
  unsigned flags = atomic_load_explicit (&detected, memory_order_relaxed);

  /* Two threads may detect at once; both find the same. */
  if (flags == 0)
    {
      flags = detect () | DETECTED;
      atomic_store_explicit (&detected, flags, memory_order_relaxed);
    }
  return flags & ~DETECTED;
}

uint32_t
tl_cpu_get_flags (void)
{
  return tl_cpu_get_all_flags () & atomic_load_explicit (&mask, memory_order_relaxed);
}

void
tl_cpu_set_mask (uint32_t new_mask)
{
  atomic_store_explicit (&mask, new_mask, memory_order_relaxed);
}
