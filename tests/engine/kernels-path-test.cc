/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels where the value itself is the subject: extremes, every half, quantised dots, packing, and
 * the mask that chooses a path. What holds for any values is in kernels-test.cc. */
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

  /* @extreme: the most negative weight and the largest activation everywhere */
  template <typename W> void check_quantized_dot (float (*dot) (const W *, const tl_block_q8_0 *, size_t),
                                                  int (*weight) (const W &, size_t), bool extreme);

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

TEST_P (KernelPath, quantize_q8_0_of_extremes)
{
  const tl_kernels *c = get_path (cpu_paths[0]);

  for (float extreme : { 0.0f, -0.0f, 1e-45f, 1e-38f, 127 * 0x1p-25f, 127 * 0x1.000002p-25f, 127 * 0x1p-24f,
                         127 * 65504.0f, 1e7f, 3e38f, infinity, -infinity, float (NAN) })
    {
      float x[32];
      tl_block_q8_0 block, expected;

      for (int i = 0; i < 32; i++)
        x[i] = i == 11 ? extreme : std::ldexp (1.0f, -i);
      k->quantize_q8_0 (&block, x, 32);
      c->quantize_q8_0 (&expected, x, 32);
      EXPECT_EQ (memcmp (&block, &expected, sizeof block), 0) << extreme;
      for (int i = 0; i < 32; i++)
        x[i] = i % 2 ? extreme : -extreme;
      k->quantize_q8_0 (&block, x, 32);
      c->quantize_q8_0 (&expected, x, 32);
      EXPECT_EQ (memcmp (&block, &expected, sizeof block), 0) << "alone " << extreme;
      EXPECT_LE (std::fabs (tl_f16_to_f32 (block.d)), 65504.0f) << extreme;
    }
}

/* A block's integers are summed exactly; its product with the scale, rounded twice, joins a sum of
 * n_blocks terms. */
template <typename W>
void
KernelPath::check_quantized_dot (float (*dot) (const W *, const tl_block_q8_0 *, size_t),
                                       int (*weight) (const W &, size_t), bool extreme)
{
  std::uniform_int_distribution<int> byte (-128, 127), activation (-127, 127);
  std::uniform_real_distribution<float> scale (-2, 2);

  for (size_t n_blocks = 0; n_blocks <= 130; n_blocks++)
    {
      std::vector<W> w (n_blocks);
      std::vector<tl_block_q8_0> x (n_blocks);
      double sum = 0, magnitude = 0;

      for (size_t i = 0; i < n_blocks; i++)
        {
          int block_sum = 0;
          double d;

          w[i].d = tl_f32_to_f16 (scale (rng));
          x[i].d = tl_f32_to_f16 (scale (rng));
          for (auto &q : w[i].qs)
            q = extreme ? (sizeof (W) == sizeof (tl_block_q8_0) ? -128 : 0) : byte (rng);
          for (auto &q : x[i].qs)
            q = extreme ? (i % 2 ? -127 : 127) : activation (rng);
          for (size_t j = 0; j < 32; j++)
            block_sum += weight (w[i], j) * x[i].qs[j];
          d = double (tl_f16_to_f32 (w[i].d)) * tl_f16_to_f32 (x[i].d) * block_sum;
          sum += d;
          magnitude += std::fabs (d);
        }
      ASSERT_NEAR (dot (w.data (), x.data (), 32 * n_blocks), sum, gamma_n (n_blocks + 2) * magnitude)
          << n_blocks << " blocks";
    }
}

int
weight_q8_0 (const tl_block_q8_0 &b, size_t i)
{
  return b.qs[i];
}

int
weight_q4_0 (const tl_block_q4_0 &b, size_t i)
{
  return (i < 16 ? b.qs[i] & 15 : b.qs[i - 16] >> 4) - 8;
}

TEST_P (KernelPath, dot_q8_0)
{
  check_quantized_dot (k->dot_q8_0, weight_q8_0, false);
}

TEST_P (KernelPath, dot_q8_0_of_weights_of_minus_128)
{
  check_quantized_dot (k->dot_q8_0, weight_q8_0, true);
}

TEST_P (KernelPath, dot_q4_0)
{
  check_quantized_dot (k->dot_q4_0, weight_q4_0, false);
}

TEST_P (KernelPath, dot_q4_0_of_weights_of_minus_8)
{
  check_quantized_dot (k->dot_q4_0, weight_q4_0, true);
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
