/* SPDX-License-Identifier: Apache-2.0 */
/* The blocked f32 product against sums in double precision, on every path, for every transposition
 * and for shapes around the sizes of tiles and blocks. The bound is Higham's (see kernels-test.cc):
 * gamma (k + 3) |alpha| (|A| |B|), for the products, their sum and alpha, and two roundings of beta C.
 * Small integers must come out exactly. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cpu-path.h"

namespace
{

constexpr double unit = 0x1p-24;

struct Shape
{
  size_t m, n, k;
};

struct Operands
{
  bool   trans_a, trans_b;
  size_t m, n, k;
  float  alpha, beta;
  size_t lda, ldb, ldc;
  std::vector<float> a, b, c;

  float at_a (size_t i, size_t p) const { return trans_a ? a[p * lda + i] : a[i * lda + p]; }
  float at_b (size_t p, size_t j) const { return trans_b ? b[j * ldb + p] : b[p * ldb + j]; }
};

class Sgemm : public testing::TestWithParam<CpuPath>
{
protected:
  void
  SetUp () override
  {
    tl_cpu_set_mask (GetParam ().mask);
    k = tl_kernels_get ();
    tl_cpu_set_mask (~0u);
    if (std::string (k->name) != GetParam ().name)
      GTEST_SKIP () << "this processor has no " << GetParam ().name;
  }

  void
  fill (std::vector<float> &v, size_t n)
  {
    v.resize (n);
    for (float &x : v)
      x = integers ? std::nearbyint (gauss (rng)) : gauss (rng);
  }

  /* Rows are longer than needed by @slack floats. */
  Operands
  make (Shape s, bool trans_a, bool trans_b, float alpha, float beta, size_t slack)
  {
    Operands o { trans_a, trans_b, s.m, s.n, s.k, alpha, beta, 0, 0, 0, {}, {}, {} };

    o.lda = (trans_a ? s.m : s.k) + slack;
    o.ldb = (trans_b ? s.k : s.n) + slack;
    o.ldc = s.n + slack;
    fill (o.a, o.lda * (trans_a ? s.k : s.m));
    fill (o.b, o.ldb * (trans_b ? s.n : s.k));
    fill (o.c, o.ldc * s.m);
    return o;
  }

  std::vector<float>
  multiply (const Operands &o, unsigned n_threads)
  {
    size_t n_floats = tl_sgemm_scratch_floats (k, n_threads);
    std::unique_ptr<float, decltype (&free)> scratch (
        static_cast<float *> (aligned_alloc (64, (n_floats * sizeof (float) + 63) / 64 * 64)), free);
    tl_pool *pool = n_threads > 1 ? tl_pool_new (n_threads, nullptr) : nullptr;
    std::vector<float> c = o.c;

    tl_sgemm (k, pool, o.trans_a, o.trans_b, o.m, o.n, o.k, o.alpha, o.a.data (), o.lda, o.b.data (),
              o.ldb, o.beta, c.data (), o.ldc, scratch.get ());
    tl_pool_free (pool);
    return c;
  }

  void
  check (const Operands &o, const std::vector<float> &c)
  {
    for (size_t i = 0; i < o.m; i++)
      {
        for (size_t j = 0; j < o.ldc; j++)
          {
            double before = o.c[i * o.ldc + j], sum = 0, magnitude = 0;

            if (j >= o.n)
              {
                ASSERT_EQ (c[i * o.ldc + j], before) << "beyond the row, at " << i << ", " << j;
                continue;
              }
            for (size_t p = 0; p < o.k; p++)
              {
                double product = double (o.alpha) * o.at_a (i, p) * o.at_b (p, j);

                sum += product;
                magnitude += std::fabs (product);
              }
            if (o.beta != 0)
              {
                sum += o.beta * before;
                magnitude += 2 * std::fabs (o.beta * before);
              }
            ASSERT_NEAR (c[i * o.ldc + j], sum, integers ? 0 : (o.k + 3) * unit * 1.001 * magnitude)
                << o.m << " x " << o.n << " x " << o.k << (o.trans_a ? " t" : " n")
                << (o.trans_b ? "t" : "n") << " at " << i << ", " << j;
          }
      }
  }

  void
  check_shape (Shape s, float alpha, float beta, size_t slack)
  {
    for (int trans = 0; trans < 4; trans++)
      {
        Operands o = make (s, trans & 1, trans & 2, alpha, beta, slack);

        check (o, multiply (o, 1));
        if (HasFatalFailure ())
          return;
      }
  }

  const tl_kernels *k = nullptr;
  bool integers = false;
  std::mt19937 rng { 1 };
  std::normal_distribution<float> gauss;
};

TEST_P (Sgemm, shapes_around_the_tile)
{
  const size_t sides[] = { 1, 2, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65 };

  for (size_t m : sides)
    {
      for (size_t n : sides)
        {
          check_shape ({ m, n, 1 + (m * n) % 40 }, 1, 0, 0);
          if (HasFatalFailure ())
            return;
        }
    }
}

TEST_P (Sgemm, shapes_around_the_block)
{
  for (Shape s : { Shape { 193, 33, 257 }, { 10, 1025, 30 }, { 385, 5, 513 }, { 191, 65, 255 }, { 1, 1, 1000 } })
    {
      check_shape (s, 1, 1, 0);
      if (HasFatalFailure ())
        return;
    }
}

TEST_P (Sgemm, integers_are_exact)
{
  integers = true;
  for (Shape s : { Shape { 50, 70, 300 }, { 200, 40, 90 }, { 33, 96, 96 } })
    {
      check_shape (s, 2, -1, 3);
      if (HasFatalFailure ())
        return;
    }
}

TEST_P (Sgemm, alpha_and_beta_with_longer_rows)
{
  for (float alpha : { 0.0f, 1.0f, -0.5f })
    {
      for (float beta : { 0.0f, 1.0f, 0.3f })
        {
          check_shape ({ 19, 37, 300 }, alpha, beta, 5);
          if (HasFatalFailure ())
            return;
        }
    }
}

TEST_P (Sgemm, beta_0_does_not_read_c)
{
  Operands o = make ({ 20, 40, 30 }, false, true, 1, 0, 0);

  std::fill (o.c.begin (), o.c.end (), NAN);
  check (o, multiply (o, 1));
}

TEST_P (Sgemm, k_0_only_scales_c)
{
  check_shape ({ 9, 40, 0 }, 1, 0.5f, 2);
  check_shape ({ 9, 40, 0 }, 1, 0, 2);
}

TEST_P (Sgemm, nothing_to_do)
{
  Operands o = make ({ 0, 5, 5 }, false, false, 1, 0, 1), p = make ({ 5, 0, 5 }, false, false, 1, 0, 1);

  multiply (o, 2);
  EXPECT_EQ (multiply (p, 2), p.c);
}

TEST_P (Sgemm, any_number_of_threads_gives_the_same_bits)
{
  for (Shape s : { Shape { 100, 90, 300 }, { 31, 700, 129 }, { 517, 40, 64 }, { 1, 2000, 200 } })
    {
      for (int trans = 0; trans < 4; trans++)
        {
          Operands o = make (s, trans & 1, trans & 2, 1.5f, 0.5f, 1);
          std::vector<float> one = multiply (o, 1);

          for (unsigned n_threads : { 2, 3, 5, 16 })
            {
              std::vector<float> many = multiply (o, n_threads);

              ASSERT_EQ (memcmp (one.data (), many.data (), one.size () * sizeof (float)), 0)
                  << n_threads << " threads, " << s.m << " x " << s.n << " x " << s.k;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P (engine, Sgemm, testing::ValuesIn (cpu_paths),
                          [] (const auto &info) { return std::string (info.param.name); });

} /* namespace */
