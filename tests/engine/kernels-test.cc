/* SPDX-License-Identifier: Apache-2.0 */
/* Every kernel of every path that this processor has, against sums in double precision: over lengths,
 * alignments and kinds of values. The bounds are a priori ones (Higham, "Accuracy and Stability of
 * Numerical Algorithms", 2nd ed., section 3.1): a sum of n products has an error of at most
 * gamma (n) sum |a b|, gamma (n) = n u / (1 - n u), u = 2^-24, in any order. So wide a bound could
 * hide a lost element of a long vector; so one kind of values are small integers, for which every
 * path must be exact. */
#include "kernels-fixture.h"

namespace
{

class Kernels : public testing::TestWithParam<std::tuple<CpuPath, Values, size_t>>
{
protected:
  void
  SetUp () override
  {
    k = get_path (std::get<0> (GetParam ()));
    kind = std::get<1> (GetParam ());
    offset = std::get<2> (GetParam ());
    if (std::string (k->name) != std::get<0> (GetParam ()).name)
      GTEST_SKIP () << "this processor has no " << std::get<0> (GetParam ()).name;
  }

  float
  draw ()
  {
    float x = gauss (rng);

    switch (kind)
      {
      case Values::normal:
        return x;
      case Values::tiny:
        return x * 1e-20f;
      case Values::huge:
        return x * 1e16f;
      case Values::denormal:
        return x * 1e-40f;
      case Values::mixed:
        return x * std::pow (10.0f, uniform (rng));
      case Values::integers:
        return std::nearbyint (std::fmin (std::fmax (3 * x, -8.0f), 8.0f));
      }
    return 0;
  }

  Guarded<float>
  floats (size_t n)
  {
    Guarded<float> v (n, offset);

    for (size_t i = 0; i < n; i++)
      v[i] = draw ();
    return v;
  }

  /* Halves within their own range, whatever the kind. */
  Guarded<uint16_t>
  halves (size_t n)
  {
    Guarded<uint16_t> v (n, offset);

    for (size_t i = 0; i < n; i++)
      v[i] = tl_f32_to_f16 (std::fmin (std::fmax (draw (), -65504.0f), 65504.0f));
    return v;
  }

  Guarded<uint16_t>
  bf16s (size_t n)
  {
    Guarded<uint16_t> v (n, offset);

    for (size_t i = 0; i < n; i++)
      v[i] = tl_f32_to_bf16 (draw ());
    return v;
  }

  /* What may be lost of a sum of @n terms with the sum @magnitude of absolute values. */
  double
  bound (size_t n, double magnitude) const
  {
    return kind == Values::integers ? 0 : gamma_n (n) * magnitude + n * underflow;
  }

  const tl_kernels *k = nullptr;
  Values kind = Values::normal;
  size_t offset = 0;
  std::mt19937 rng { 1 };
  std::normal_distribution<float> gauss;
  std::uniform_real_distribution<float> uniform { -6, 6 };
};

TEST_P (Kernels, dot_f32)
{
  for (size_t n : lengths ())
    {
      auto a = floats (n), b = floats (n);
      double sum = 0, magnitude = 0;

      for (size_t i = 0; i < n; i++)
        {
          sum += double (a[i]) * b[i];
          magnitude += std::fabs (double (a[i]) * b[i]);
        }
      EXPECT_NEAR (k->dot_f32 (a.data (), b.data (), n), sum, bound (n, magnitude)) << "n = " << n;
    }
}

TEST_P (Kernels, dot_f16)
{
  for (size_t n : lengths ())
    {
      auto q = floats (n);
      auto h = halves (n);
      double sum = 0, magnitude = 0;

      for (size_t i = 0; i < n; i++)
        {
          sum += double (q[i]) * tl_f16_to_f32 (h[i]);
          magnitude += std::fabs (double (q[i]) * tl_f16_to_f32 (h[i]));
        }
      EXPECT_NEAR (k->dot_f16 (q.data (), h.data (), n), sum, bound (n, magnitude)) << "n = " << n;
    }
}

TEST_P (Kernels, dot_bf16)
{
  for (size_t n : lengths ())
    {
      auto x = floats (n);
      auto w = bf16s (n);
      double sum = 0, magnitude = 0;

      for (size_t i = 0; i < n; i++)
        {
          sum += double (x[i]) * tl_bf16_to_f32 (w[i]);
          magnitude += std::fabs (double (x[i]) * tl_bf16_to_f32 (w[i]));
        }
      EXPECT_NEAR (k->dot_bf16 (w.data (), x.data (), n), sum, bound (n, magnitude)) << "n = " << n;
    }
}

TEST_P (Kernels, axpy_f32)
{
  for (size_t n : lengths ())
    {
      auto x = floats (n), y = floats (n);
      auto before = y;
      float a = draw ();

      k->axpy_f32 (y.data (), a, x.data (), n);
      for (size_t i = 0; i < n; i++)
        {
          double product = double (a) * x[i];

          ASSERT_NEAR (y[i], before[i] + product,
                       bound (2, std::fabs (product) + std::fabs (before[i]))) << n << ", " << i;
        }
      EXPECT_TRUE (y.guards_are_intact ()) << "n = " << n;
    }
}

/* Both factors are exact and the product is rounded once. */
TEST_P (Kernels, mul_f16)
{
  for (size_t n : lengths ())
    {
      auto h = halves (n);
      auto x = floats (n), y = floats (n);

      k->mul_f16 (y.data (), x.data (), h.data (), n);
      for (size_t i = 0; i < n; i++)
        ASSERT_EQ (y[i], x[i] * tl_f16_to_f32 (h[i])) << n << ", " << i;
      EXPECT_TRUE (y.guards_are_intact ()) << "n = " << n;
    }
}

/* The mean square has a relative error of gamma (n + 2), its inverse root half of it and two more
 * roundings, and two products follow. */
TEST_P (Kernels, rms_norm)
{
  const float eps = 1e-5f;

  for (size_t n : lengths ())
    {
      auto x = floats (n), w = floats (n);
      Guarded<float> y (n, offset);
      double sum = 0, scale;

      if (n == 0)
        continue;
      for (size_t i = 0; i < n; i++)
        sum += double (x[i]) * x[i];
      scale = 1 / std::sqrt (sum / n + eps);
      k->rms_norm (y.data (), x.data (), w.data (), eps, n);
      for (size_t i = 0; i < n; i++)
        {
          double expected = x[i] * scale * w[i];
          /* x scale may itself fall below the normal range before w magnifies it. */
          double lost = underflow * (1 + std::fabs (w[i]));

          ASSERT_NEAR (y[i], expected, (gamma_n (n + 2) / 2 + 5 * unit) * std::fabs (expected) + lost)
              << n << ", " << i;
        }
      EXPECT_TRUE (y.guards_are_intact ()) << "n = " << n;
      k->rms_norm (x.data (), x.data (), w.data (), eps, n);
      EXPECT_EQ (memcmp (x.data (), y.data (), n * sizeof (float)), 0) << "in place, n = " << n;
    }
}

/* x - max is rounded, which exp turns into a relative error of |x - max| u; exp itself is within
 * 1.01 ulp, at most 2.02 u; then come the sum, its inverse and a product. */
TEST_P (Kernels, softmax)
{
  for (size_t n : lengths ())
    {
      auto x = floats (n);
      std::vector<double> expected (n);
      double max = -INFINITY, sum = 0, total = 0;

      if (n == 0)
        continue;
      for (size_t i = 0; i < n; i++)
        max = std::fmax (max, x[i]);
      for (size_t i = 0; i < n; i++)
        sum += expected[i] = std::exp (x[i] - max);
      auto y = x;
      k->softmax (y.data (), n);
      for (size_t i = 0; i < n; i++)
        {
          double shift = std::fmin (max - x[i], 110.0), e = expected[i] / sum;

          ASSERT_NEAR (y[i], e, e * (2 * shift * unit + gamma_n (n + 8)) + 2 * underflow)
              << n << ", " << i;
          total += y[i];
        }
      EXPECT_NEAR (total, 1, gamma_n (n + 8)) << "n = " << n;
      EXPECT_TRUE (y.guards_are_intact ()) << "n = " << n;
    }
}

/* exp within 2.02 u, then a sum, a quotient and a product. Below -88 exp (-gate) is infinite and the
 * result 0 instead of at most 89 exp (-88) |up|. */
TEST_P (Kernels, silu_mul)
{
  for (size_t n : lengths ())
    {
      auto gate = floats (n), up = floats (n);
      Guarded<float> y (n, offset);

      for (size_t i = 0; i < n; i++)
        gate[i] = std::fmin (std::fmax (gate[i], -1e30f), 1e30f);
      k->silu_mul (y.data (), gate.data (), up.data (), n);
      for (size_t i = 0; i < n; i++)
        {
          double sigmoid = 1 / (1 + std::exp (-double (gate[i]))), expected = gate[i] * sigmoid * up[i];

          ASSERT_NEAR (y[i], expected,
                       6 * unit * std::fabs (expected) + 1e-36 * std::fabs (up[i]) + 2 * underflow)
              << n << ", " << gate[i] << ", " << up[i];
        }
      EXPECT_TRUE (y.guards_are_intact ()) << "n = " << n;
    }
}

TEST_P (Kernels, conversions_to_and_from_halves)
{
  for (size_t n : lengths ())
    {
      auto x = floats (n);
      auto h = halves (n);
      Guarded<uint16_t> to (n, offset);
      Guarded<float> from (n, offset);

      k->f32_to_f16 (to.data (), x.data (), n);
      k->f16_to_f32 (from.data (), h.data (), n);
      for (size_t i = 0; i < n; i++)
        {
          ASSERT_EQ (to[i], tl_f32_to_f16 (x[i])) << n << ", " << x[i];
          ASSERT_EQ (from[i], tl_f16_to_f32 (h[i])) << n << ", " << h[i];
        }
      EXPECT_TRUE (to.guards_are_intact () && from.guards_are_intact ()) << "n = " << n;
    }
}

std::string
name_of (const testing::TestParamInfo<Kernels::ParamType> &info)
{
  return std::string (std::get<0> (info.param).name) + value_names[int (std::get<1> (info.param))]
         + "Offset" + std::to_string (std::get<2> (info.param));
}

INSTANTIATE_TEST_SUITE_P (engine, Kernels,
                          testing::Combine (testing::ValuesIn (cpu_paths),
                                            testing::ValuesIn (all_values), testing::Values (0, 1, 7)),
                          name_of);

} /* namespace */
