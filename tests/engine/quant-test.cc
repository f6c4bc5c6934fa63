/* SPDX-License-Identifier: Apache-2.0 */
/* Halves and bfloat16 over their whole range against IEEE 754's definition, and the error that the
 * block formats may make. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

extern "C" {
#include "base/rng.h"
#include "gguf/quant.h"
}

/* IEEE 754-2008, 3.4: the value of a binary interchange format with @fraction_bits. */
static double
ieee_value (uint16_t bits, int fraction_bits, int bias)
{
  int exponent_bits = 15 - fraction_bits;
  int exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1);
  double fraction = std::ldexp (bits & ((1 << fraction_bits) - 1), -fraction_bits);
  double sign = bits >> 15 ? -1.0 : 1.0;

  if (exponent == (1 << exponent_bits) - 1)
    return fraction != 0 ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * std::ldexp (fraction, 1 - bias);
  return sign * std::ldexp (1.0 + fraction, exponent - bias);
}

struct Half
{
  const char *name;
  int         fraction_bits, bias;
  uint16_t    infinity;
  float (*widen) (uint16_t);
  uint16_t (*narrow) (float);
};

class EveryHalf : public testing::TestWithParam<Half>
{
};

TEST_P (EveryHalf, widens_exactly_and_comes_back)
{
  const Half &h = GetParam ();

  for (uint32_t bits = 0; bits < 65536; bits++)
    {
      double expected = ieee_value ((uint16_t) bits, h.fraction_bits, h.bias);
      float got = h.widen ((uint16_t) bits);

      if (std::isnan (expected))
        {
          ASSERT_TRUE (std::isnan (got)) << bits;
          ASSERT_TRUE (std::isnan (h.widen (h.narrow (got)))) << bits;
          continue;
        }
      ASSERT_EQ ((double) got, expected) << bits;
      ASSERT_EQ (std::signbit (got), bits >> 15 != 0) << bits;
      ASSERT_EQ (h.narrow (got), bits);
    }
}

/* Between each two neighbours: the midpoint goes to the even one, everything else to the nearer. */
TEST_P (EveryHalf, narrowing_rounds_to_nearest_even)
{
  const Half &h = GetParam ();

  for (uint32_t bits = 0; bits < h.infinity; bits++)
    {
      /* The last step before infinity is as wide as the one before it. */
      double low = ieee_value ((uint16_t) bits, h.fraction_bits, h.bias);
      double high = bits + 1 < h.infinity
                        ? ieee_value ((uint16_t) (bits + 1), h.fraction_bits, h.bias)
                        : 2 * low - ieee_value ((uint16_t) (bits - 1), h.fraction_bits, h.bias);
      float middle = (float) ((low + high) / 2);
      uint32_t even = bits % 2 == 0 ? bits : bits + 1;

      ASSERT_EQ (h.narrow (middle), even) << bits;
      ASSERT_EQ (h.narrow (std::nextafterf (middle, 0.0f)), bits);
      ASSERT_EQ (h.narrow (std::nextafterf (middle, INFINITY)), bits + 1);
      ASSERT_EQ (h.narrow (-middle), even | 0x8000);
    }
  EXPECT_EQ (h.narrow (std::numeric_limits<float>::max ()), h.infinity);
  EXPECT_EQ (h.narrow (INFINITY), h.infinity);
}

INSTANTIATE_TEST_SUITE_P (
    Formats, EveryHalf,
    testing::Values (Half { "f16", 10, 15, 0x7c00, tl_f16_to_f32, tl_f32_to_f16 },
                     Half { "bf16", 7, 127, 0x7f80, tl_bf16_to_f32, tl_f32_to_bf16 }),
    [] (const auto &info) { return info.param.name; });

TEST (Quant, a_nan_of_low_bits_stays_one)
{
  const uint32_t bits[] = { 0x7f800001, 0xff800001, 0x7f801000 };

  for (uint32_t b : bits)
    {
      float f;

      memcpy (&f, &b, sizeof f);
      EXPECT_TRUE (std::isnan (tl_f16_to_f32 (tl_f32_to_f16 (f))));
      EXPECT_TRUE (std::isnan (tl_bf16_to_f32 (tl_f32_to_bf16 (f))));
    }
}

TEST (Quant, rows_are_whole_blocks)
{
  EXPECT_EQ (tl_type_row_bytes (TL_TYPE_F32, 7), 28u);
  EXPECT_EQ (tl_type_row_bytes (TL_TYPE_Q8_0, 64), 68u);
  EXPECT_EQ (tl_type_row_bytes (TL_TYPE_Q4_0, 96), 54u);
  EXPECT_EQ (tl_type_row_bytes (TL_TYPE_Q8_0, 33), 0u);
  EXPECT_EQ (tl_type_row_bytes ((tl_type) 999, 32), 0u);
  EXPECT_EQ (tl_type_get_info (999), nullptr);
  EXPECT_EQ (tl_type_get_info (4), nullptr) << "Q4_2 was removed from the format";
}

/* The largest error of a format, as a share of the block's largest magnitude. */
struct Bound
{
  tl_type type;
  double  share;
};

class BlockError : public testing::TestWithParam<std::tuple<Bound, float>>
{
};

TEST_P (BlockError, is_within_half_a_step)
{
  const Bound &bound = std::get<0> (GetParam ());
  float magnitude = std::get<1> (GetParam ());
  const tl_type_info *info = tl_type_get_info ((uint32_t) bound.type);
  const size_t n = 32 * 64;
  std::vector<float> x (n), y (n);
  std::vector<uint8_t> packed (tl_type_row_bytes (bound.type, n));
  tl_rng rng;

  tl_rng_init (&rng, 3);
  for (float &v : x)
    v = magnitude * tl_rng_normal (&rng);
  info->quantize (packed.data (), x.data (), nullptr, n);
  info->dequantize (y.data (), packed.data (), n);
  for (size_t block = 0; block < n; block += 32)
    {
      double max = 0;

      for (size_t i = block; i < block + 32; i++)
        max = std::max (max, std::fabs ((double) x[i]));
      for (size_t i = block; i < block + 32; i++)
        /* 2^-11 is the rounding of the scale to a half, or 2^-25 where that is subnormal. */
        ASSERT_LE (std::fabs ((double) x[i] - (double) y[i]),
                   max * (bound.share + std::ldexp (1, -11)) + std::ldexp (127, -25))
            << i;
    }
}

/* Q8_0: half of 1/127. Q4_0: a step is 1/8, and the side without a -8 is cut at 7 steps. F16, BF16:
 * half of the last fraction bit. */
INSTANTIATE_TEST_SUITE_P (
    Types, BlockError,
    testing::Combine (testing::Values (Bound { TL_TYPE_F32, 0 }, Bound { TL_TYPE_F16, 0x1p-11 },
                                       Bound { TL_TYPE_BF16, 0x1p-8 },
                                       Bound { TL_TYPE_Q8_0, 0.5 / 127 },
                                       Bound { TL_TYPE_Q4_0, 1.0 / 8 }),
                      testing::Values (1e-3f, 1.0f, 1000.0f)));

static std::vector<float>
round_trip (tl_type type, const std::vector<float> &x)
{
  const tl_type_info *info = tl_type_get_info ((uint32_t) type);
  std::vector<uint8_t> packed (tl_type_row_bytes (type, x.size ()));
  std::vector<float> y (x.size (), 1.0f);

  info->quantize (packed.data (), x.data (), nullptr, x.size ());
  info->dequantize (y.data (), packed.data (), x.size ());
  return y;
}

class OddBlocks : public testing::TestWithParam<tl_type>
{
};

TEST_P (OddBlocks, zeros_stay_zero)
{
  std::vector<float> zeros (256, 0.0f);

  EXPECT_EQ (round_trip (GetParam (), zeros), zeros);
}

/* What the values become is of no interest; that the sanitizers are silent is. */
TEST_P (OddBlocks, no_value_is_undefined_behaviour)
{
  for (float odd : { NAN, INFINITY, -INFINITY, 1e-45f, 3e38f, -0.0f })
    {
      std::vector<float> x;

      for (int i = 0; i < 256; i++)
        x.push_back (i == 5 ? odd : (float) i);
      EXPECT_EQ (round_trip (GetParam (), x).size (), x.size ());
    }
}

INSTANTIATE_TEST_SUITE_P (Types, OddBlocks,
                          testing::Values (TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_BF16, TL_TYPE_Q8_0,
                                           TL_TYPE_Q4_0));
