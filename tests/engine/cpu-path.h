/* SPDX-License-Identifier: Apache-2.0 */
/* For tests that are run on every kernel path and with one and two threads. */
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>

extern "C" {
#include "kernels/cpu.h"
#include "kernels/kernels.h"
#include "kernels/pool.h"
}

struct CpuPath
{
  const char *name;
  uint32_t    mask;
};

inline const CpuPath cpu_paths[] = {
  { "c", 0 },
#ifdef __aarch64__
  { "neon", TL_CPU_NEON },
  { "dotprod", TL_CPU_NEON | TL_CPU_DOTPROD },
#else
  { "sse2", TL_CPU_SSE2 },
  { "ssse3", TL_CPU_SSE2 | TL_CPU_SSSE3 },
  { "avx2", TL_CPU_AVX2 },
  { "avx512", TL_CPU_AVX2 | TL_CPU_AVX512 },
  { "avx512vnni", TL_CPU_AVX2 | TL_CPU_AVX512 | TL_CPU_AVX512_VNNI },
#endif
};

/* Selects the path and makes the pool; skips what this processor does not have. */
class OnCpuPath : public testing::TestWithParam<std::tuple<CpuPath, unsigned>>
{
protected:
  tl_pool *pool = nullptr;

  void
  SetUp () override
  {
    const CpuPath &path = std::get<0> (GetParam ());
    tl_error err = {};

    tl_cpu_set_mask (path.mask);
    if (tl_cpu_get_flags () != path.mask)
      GTEST_SKIP () << "this processor has no " << path.name;
    pool = tl_pool_new (std::get<1> (GetParam ()), &err);
    ASSERT_NE (pool, nullptr) << err.message;
  }

  void
  TearDown () override
  {
    tl_pool_free (pool);
    tl_cpu_set_mask (~0u);
  }
};

inline std::string
cpu_path_name (const testing::TestParamInfo<std::tuple<CpuPath, unsigned>> &info)
{
  return std::string (std::get<0> (info.param).name) + "_"
         + std::to_string (std::get<1> (info.param)) + "threads";
}

#define ON_EVERY_CPU_PATH(Suite)                                                                   \
  INSTANTIATE_TEST_SUITE_P (Paths, Suite,                                                          \
                            testing::Combine (testing::ValuesIn (cpu_paths),                       \
                                              testing::Values (1u, 2u)),                           \
                            cpu_path_name)
