/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels where the value itself is the subject: extremes, every half, packing, and the mask that
 * chooses a path. What holds for any values is in kernels-test.cc. */
#include "kernels-fixture.h"

namespace
{

/* What does not depend on a kind of values. */
class KernelPath : public testing::TestWithParam<CpuPath>
{
protected:
  void
  SetUp () override
  {
    k = get_path (GetParam ());
    if (std::string (k->name) != GetParam ().name)
      GTEST_SKIP () << "this processor has no " << GetParam ().name;
  }

  float
  exp_of (float x)
  {
    float y;

    k->exp_f32 (&y, &x, 1);
    return y;
  }

  const tl_kernels *k = nullptr;
  std::mt19937 rng { 1 };
};

/* 1.01 ulp is what was measured over all floats in [-104, 89]; here are some of every exponent. expf
 * of the C library is within 1 ulp on every system that we know. */
TEST_P (KernelPath, exp_is_within_1_01_ulp)
{
  std::vector<float> x, y;
  double worst = 0;

  for (uint32_t bits = 0; bits < 0x42b20000; bits += 997) /* 89.0f */
    {
      float magnitude;

      memcpy (&magnitude, &bits, sizeof magnitude);
      x.push_back (magnitude);
      x.push_back (-magnitude);
    }
  for (float v = -104; v < -88; v += 0.001f)
    x.push_back (v);
  y.resize (x.size ());
  k->exp_f32 (y.data (), x.data (), x.size ());
  for (size_t i = 0; i < x.size (); i++)
    {
      long double exact = expl (x[i]);
      int exponent;

      if (exact > std::numeric_limits<float>::max ())
        {
          ASSERT_EQ (y[i], infinity) << x[i];
          continue;
        }
      frexpl (exact, &exponent);
      worst = std::fmax (worst, std::fabs (double (y[i] - exact))
                                    / std::ldexp (1.0, std::max (exponent - 24, -149)));
    }
  EXPECT_LE (worst, 1.01);
}

TEST_P (KernelPath, exp_of_extremes)
{
  EXPECT_EQ (exp_of (0), 1.0f);
  EXPECT_EQ (exp_of (-0.0f), 1.0f);
  EXPECT_EQ (exp_of (infinity), infinity);
  EXPECT_EQ (exp_of (std::numeric_limits<float>::max ()), infinity);
  EXPECT_EQ (exp_of (-infinity), 0.0f);
  EXPECT_EQ (exp_of (std::numeric_limits<float>::lowest ()), 0.0f);
  EXPECT_TRUE (std::isnan (exp_of (NAN)));
}

TEST_P (KernelPath, softmax_gives_nothing_to_minus_infinity)
{
  for (size_t n = 1; n < 70; n++)
    {
      std::vector<float> x (n, -infinity);

      x[n / 2] = -1e30f;
      k->softmax (x.data (), n);
      for (size_t i = 0; i < n; i++)
        ASSERT_EQ (x[i], i == n / 2 ? 1.0f : 0.0f) << n << ", " << i;
    }
}

TEST_P (KernelPath, silu_of_large_values_is_the_value_or_zero)
{
  float gate[] = { 200, 1e30f, -200, -1e30f }, up[] = { 2, 2, 2, 2 }, y[4];

  k->silu_mul (y, gate, up, 4);
  EXPECT_EQ (y[0], 400.0f);
  EXPECT_EQ (y[1], 2e30f);
  EXPECT_EQ (y[2], 0.0f);
  EXPECT_EQ (y[3], 0.0f);
}

TEST_P (KernelPath, dots_carry_infinity)
{
  for (size_t n : { 1, 8, 17, 67 })
    {
      std::vector<float> a (n, 1), b (n, 1);
      std::vector<uint16_t> h (n, tl_f32_to_f16 (1));

      a[n - 1] = -infinity;
      EXPECT_EQ (k->dot_f32 (a.data (), b.data (), n), -infinity);
      EXPECT_EQ (k->dot_f16 (a.data (), h.data (), n), -infinity);
    }
}

/* Every half; NaN payloads may differ. */
TEST_P (KernelPath, every_half_becomes_its_float)
{
  std::vector<uint16_t> h (65536);
  std::vector<float> x (65536);

  for (size_t i = 0; i < h.size (); i++)
    h[i] = uint16_t (i);
  k->f16_to_f32 (x.data (), h.data (), h.size ());
  for (size_t i = 0; i < h.size (); i++)
    {
      float expected = tl_f16_to_f32 (h[i]);

      if (std::isnan (expected))
        ASSERT_TRUE (std::isnan (x[i])) << i;
      else
        ASSERT_EQ (memcmp (&x[i], &expected, sizeof expected), 0) << i;
    }
}

/* The only floats where rounding can go wrong are around a half and around the middle of two. */
TEST_P (KernelPath, floats_round_to_the_nearest_half)
{
  std::vector<float> x = { infinity, -infinity, NAN, -NAN, 65519.99f, 65520.0f, 1e30f, -1e30f, 1e-45f };
  std::vector<uint16_t> h;

  for (uint32_t i = 0; i < 0x7c00; i++)
    {
      float low = tl_f16_to_f32 (uint16_t (i)), high = i < 0x7bff ? tl_f16_to_f32 (uint16_t (i + 1)) : 65536;
      float middle = low + (high - low) / 2;

      for (float v : { low, middle, std::nextafter (low, 1e9f), std::nextafter (middle, 1e9f),
                       std::nextafter (middle, 0.0f) })
        {
          x.push_back (v);
          x.push_back (-v);
        }
    }
  h.resize (x.size ());
  k->f32_to_f16 (h.data (), x.data (), x.size ());
  for (size_t i = 0; i < x.size (); i++)
    {
      if (std::isnan (x[i]))
        ASSERT_TRUE (std::isnan (tl_f16_to_f32 (h[i]))) << i;
      else
        ASSERT_EQ (h[i], tl_f32_to_f16 (x[i])) << x[i];
    }
}

/* Rows with a stride, partial panels, and a panel after the last line left alone. */
TEST_P (KernelPath, pack_transposed_fills_the_panel_and_no_more)
{
  for (size_t width : { k->mr, k->nr })
    {
      for (size_t rows = 1; rows <= width; rows++)
        {
          for (size_t n_lines : { 0, 1, 7, 8, 9, 16, 17, 40 })
            {
              size_t ld = n_lines + 3;
              Guarded<float> src ((rows - 1) * ld + n_lines, 1), dst (width * n_lines, 1);

              for (size_t i = 0; i < src.size (); i++)
                src[i] = float (i + 1);
              k->pack_transposed (dst.data (), width, src.data (), ld, rows, n_lines);
              for (size_t p = 0; p < n_lines; p++)
                {
                  for (size_t i = 0; i < width; i++)
                    ASSERT_EQ (dst[p * width + i], i < rows ? src[i * ld + p] : 0) << rows << n_lines;
                }
              ASSERT_TRUE (dst.guards_are_intact ()) << rows << ", " << n_lines;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P (engine, KernelPath, testing::ValuesIn (cpu_paths),
                          [] (const auto &info) { return std::string (info.param.name); });

TEST (Cpu, mask_limits_what_is_used)
{
  uint32_t flags = tl_cpu_get_flags ();

  for (const CpuPath &p : cpu_paths)
    {
      tl_cpu_set_mask (p.mask);
      EXPECT_EQ (tl_cpu_get_flags (), flags & p.mask);
    }
  tl_cpu_set_mask (0);
  EXPECT_STREQ (tl_kernels_get ()->name, "c");
  tl_cpu_set_mask (~0u);
  EXPECT_EQ (tl_cpu_get_flags (), flags);
}

TEST (Cpu, newer_sets_imply_older_ones)
{
  uint32_t flags = tl_cpu_get_flags ();

  EXPECT_TRUE (!(flags & TL_CPU_AVX512) || (flags & TL_CPU_AVX2));
  EXPECT_TRUE (!(flags & TL_CPU_AVX512_VNNI) || (flags & TL_CPU_AVX512));
}

} /* namespace */
