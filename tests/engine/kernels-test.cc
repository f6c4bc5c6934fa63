/* SPDX-License-Identifier: Apache-2.0 */
/* Every kernel of every path that this processor has, against sums in double precision: over lengths,
 * alignments and kinds of values. The bounds are a priori ones (Higham, "Accuracy and Stability of
 * Numerical Algorithms", 2nd ed., section 3.1): a sum of n products has an error of at most
 * gamma (n) sum |a b|, gamma (n) = n u / (1 - n u), u = 2^-24, in any order. So wide a bound could
 * hide a lost element of a long vector; so one kind of values are small integers, for which every
 * path must be exact. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "cpu-path.h"

namespace
{

constexpr double unit = 0x1p-24;         /* half an ulp of 1 */
constexpr double underflow = 0x1p-149;   /* twice the error of a result below the normal range */
constexpr float  infinity = std::numeric_limits<float>::infinity ();

double
gamma_n (size_t n)
{
  return n * unit / (1 - n * unit);
}

enum class Values
{
  normal,
  tiny,     /* products fall below the normal range */
  huge,     /* sums of products stay below FLT_MAX */
  denormal,
  mixed,    /* magnitudes over twelve decades */
  integers, /* -8 to 8: every sum here is exact */
};

const Values all_values[] = { Values::normal,   Values::tiny,  Values::huge,
                              Values::denormal, Values::mixed, Values::integers };
const char *const value_names[] = { "Normal", "Tiny", "Huge", "Denormal", "Mixed", "Integers" };

const std::vector<size_t> &
lengths ()
{
  static const std::vector<size_t> all = [] {
    std::vector<size_t> v;

    for (size_t n = 0; n <= 70; n++)
      v.push_back (n);
    v.insert (v.end (), { 96, 128, 256, 1000, 4096 + 3 });
    return v;
  }();

  return all;
}

const tl_kernels *
get_path (const CpuPath &p)
{
  const tl_kernels *k;

  tl_cpu_set_mask (p.mask);
  k = tl_kernels_get ();
  tl_cpu_set_mask (~0u);
  return k;
}

/* A vector of exactly @n elements that starts @offset elements after an aligned address, with guards
 * on both sides, so that a write outside is seen; the sanitizer build sees reads outside. */
template <typename T> class Guarded
{
public:
  Guarded (size_t n, size_t offset) : n_ (n), start_ (guard + offset)
  {
    bytes_.assign ((start_ + n + guard) * sizeof (T), 0xa5);
  }

  T *data () { return reinterpret_cast<T *> (bytes_.data ()) + start_; }
  T &operator[] (size_t i) { return data ()[i]; }
  size_t size () const { return n_; }

  bool
  guards_are_intact () const
  {
    for (size_t i = 0; i < bytes_.size (); i++)
      {
        if ((i < start_ * sizeof (T) || i >= (start_ + n_) * sizeof (T)) && bytes_[i] != 0xa5)
          return false;
      }
    return true;
  }

private:
  static constexpr size_t guard = 32;
  size_t n_, start_;
  std::vector<uint8_t> bytes_;
};

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

TEST_P (Kernels, axpy_f16)
{
  for (size_t n : lengths ())
    {
      auto v = halves (n);
      auto y = floats (n);
      auto before = y;
      float a = draw ();

      k->axpy_f16 (y.data (), a, v.data (), n);
      for (size_t i = 0; i < n; i++)
        {
          double product = double (a) * tl_f16_to_f32 (v[i]);

          ASSERT_NEAR (y[i], before[i] + product,
                       bound (2, std::fabs (product) + std::fabs (before[i]))) << n << ", " << i;
        }
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

/* Blocks are bytes, so only the alignment of the floats varies. */
TEST_P (Kernels, quantize_q8_0_is_the_same_on_every_path)
{
  const tl_kernels *c = get_path (cpu_paths[0]);

  for (size_t n : { 0, 32, 64, 96, 128, 256, 4096 })
    {
      auto x = floats (n);
      Guarded<tl_block_q8_0> blocks (n / 32, offset), expected (n / 32, offset);

      k->quantize_q8_0 (blocks.data (), x.data (), n);
      c->quantize_q8_0 (expected.data (), x.data (), n);
      ASSERT_EQ (memcmp (blocks.data (), expected.data (), n / 32 * sizeof (tl_block_q8_0)), 0) << n;
      EXPECT_TRUE (blocks.guards_are_intact ()) << "n = " << n;
      for (size_t i = 0; i < n; i++)
        {
          /* Half a step, the rounding of the scale to a half (2^-11, or half of 2^-24 times 127) and,
           * beyond 127 * 65504, the cut. */
          double d = tl_f16_to_f32 (blocks[i / 32].d), max = 0;

          for (size_t j = 0; j < 32; j++)
            max = std::fmax (max, std::fabs (x[i / 32 * 32 + j]));
          if (max < 127 * 65504.0)
            {
              ASSERT_NEAR (d * blocks[i / 32].qs[i % 32], x[i],
                           max / 254 * 1.001 + max * 0x1p-11 + 127 * 0x1p-25) << n << ", " << i;
            }
          ASSERT_GE (blocks[i / 32].qs[i % 32], -127);
        }
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
