/* SPDX-License-Identifier: Apache-2.0 */
/* The block formats against ggml: blocks of random bytes have ggml's values to the bit, and what is
 * written here is read back within the format's step. */
#include <cmath>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

extern "C" {
#include "gguf/quant.h"
}
#include "quant-vectors.h"

class QuantVectors : public testing::TestWithParam<QuantVector> {};

TEST_P (QuantVectors, DequantizesAsGgmlDoes)
{
  const QuantVector &v = GetParam ();
  const tl_type_info *info = tl_type_get_info (v.type);
  std::vector<float> out (v.values.size ());

  ASSERT_NE (info, nullptr);
  ASSERT_EQ (info->block_bytes, v.bytes.size ());
  ASSERT_EQ (info->block_len, v.values.size ());
  info->dequantize (out.data (), v.bytes.data (), out.size ());
  for (size_t i = 0; i < out.size (); i++)
    {
      float expected;

      memcpy (&expected, &v.values[i], sizeof expected);
      EXPECT_EQ (out[i], expected) << "weight " << i;
    }
}

INSTANTIATE_TEST_SUITE_P (Types, QuantVectors, testing::ValuesIn (quant_vectors),
                          [] (const auto &i) { return tl_type_get_info (i.param.type)->name; });

/* The greatest relative root-mean-square error on normal data: a uniform quantiser of 2^bits levels over
 * +-3.5 sigma of normal data has step/sqrt(12); what is stated leaves a tenth above what was measured. */
struct WriteCase
{
  uint32_t type;
  double   bound;
};

class QuantWrite : public testing::TestWithParam<WriteCase> {};

TEST_P (QuantWrite, StaysWithinTheFormatsError)
{
  const tl_type_info *info = tl_type_get_info (GetParam ().type);
  std::mt19937 random (7);
  std::normal_distribution<float> normal;
  std::vector<float> x (4096), y (4096), importance (4096, 1.0f);
  std::vector<uint8_t> blocks (tl_type_row_bytes (info->type, x.size ()));

  for (float &v : x)
    v = normal (random);
  for (const float *weights : { (const float *) nullptr, (const float *) importance.data () })
    {
      double error = 0, square = 0;

      info->quantize (blocks.data (), x.data (), weights, x.size ());
      info->dequantize (y.data (), blocks.data (), y.size ());
      for (size_t i = 0; i < x.size (); i++)
        {
          error += (x[i] - y[i]) * (x[i] - y[i]);
          square += x[i] * x[i];
        }
      EXPECT_LT (std::sqrt (error / square), GetParam ().bound);
    }
}

class QuantImportance : public testing::TestWithParam<uint32_t> {};

TEST_P (QuantImportance, LowersTheErrorWhereItIsHigh)
{
  const tl_type_info *info = tl_type_get_info (GetParam ());
  std::mt19937 random (8);
  std::normal_distribution<float> normal;
  std::vector<float> x (8192), y (8192), importance (8192);
  std::vector<uint8_t> blocks (tl_type_row_bytes (info->type, x.size ()));
  double plain = 0, weighted = 0;

  for (size_t i = 0; i < x.size (); i++)
    {
      x[i] = normal (random);
      importance[i] = i % 8 == 0 ? 100.0f : 0.01f;
    }
  info->quantize (blocks.data (), x.data (), nullptr, x.size ());
  info->dequantize (y.data (), blocks.data (), y.size ());
  for (size_t i = 0; i < x.size (); i += 8)
    plain += (x[i] - y[i]) * (x[i] - y[i]);
  info->quantize (blocks.data (), x.data (), importance.data (), x.size ());
  info->dequantize (y.data (), blocks.data (), y.size ());
  for (size_t i = 0; i < x.size (); i += 8)
    weighted += (x[i] - y[i]) * (x[i] - y[i]);
  EXPECT_LT (weighted, 0.9 * plain);
}

INSTANTIATE_TEST_SUITE_P (Types, QuantWrite,
                          testing::Values (WriteCase { TL_TYPE_Q4_0, 0.097 },
                                           WriteCase { TL_TYPE_Q8_0, 0.006 },
                                           WriteCase { TL_TYPE_Q4_K, 0.081 },
                                           WriteCase { TL_TYPE_Q6_K, 0.0193 }),
                          [] (const auto &i) { return tl_type_get_info (i.param.type)->name; });

INSTANTIATE_TEST_SUITE_P (Types, QuantImportance,
                          testing::Values (TL_TYPE_Q4_0, TL_TYPE_Q4_K, TL_TYPE_Q6_K),
                          [] (const auto &i) { return tl_type_get_info (i.param)->name; });

class QuantTernary : public testing::TestWithParam<uint32_t> {};

TEST_P (QuantTernary, KeepsTernaryWeightsExactly)
{
  const tl_type_info *info = tl_type_get_info (GetParam ());
  std::mt19937 random (9);
  std::vector<float> x (1024), y (1024);
  std::vector<uint8_t> blocks (tl_type_row_bytes (info->type, x.size ()));

  for (size_t i = 0; i < x.size (); i++)
    x[i] = 0.0625f * (float) (1 << i / 256) * ((float) (random () % 3) - 1.0f);
  info->quantize (blocks.data (), x.data (), nullptr, x.size ());
  info->dequantize (y.data (), blocks.data (), y.size ());
  EXPECT_EQ (x, y);
}

TEST_P (QuantTernary, EveryByteReadsAsALevel)
{
  const tl_type_info *info = tl_type_get_info (GetParam ());
  std::vector<uint8_t> block (info->block_bytes);
  std::vector<float> y (info->block_len);

  for (int byte = 0; byte < 256; byte++)
    {
      std::fill (block.begin (), block.end (), (uint8_t) byte);
      info->dequantize (y.data (), block.data (), y.size ());
      float d = tl_f16_to_f32 ((uint16_t) (byte << 8 | byte));
      for (float v : y)
        EXPECT_TRUE (std::isnan (d) || std::isinf (d) || std::fabs (v) <= 2 * std::fabs (d));
    }
}

INSTANTIATE_TEST_SUITE_P (Types, QuantTernary, testing::Values (TL_TYPE_TQ1_0, TL_TYPE_TQ2_0),
                          [] (const auto &i) { return tl_type_get_info (i.param)->name; });
