/* SPDX-License-Identifier: Apache-2.0 */
/* AdamW against PyTorch's numbers and against a plain reference, clipping, and the schedules. */
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "kernels/cpu.h"
#include "train/optim.h"
}
#include "torch-blocks.h"

namespace {

class Adam
{
public:
  tl_adamw o{};

  explicit Adam (size_t n) { tl_adamw_init (&o, n, nullptr); }
  ~Adam () { tl_adamw_clear (&o); }
};

/* torch-blocks.py says which gradients. */
TEST (AdamW, AgreesWithPyTorch)
{
  const tl_adamw_params p = { 0.1f, 0.9f, 0.95f, 1e-8f, 0.05f, 0.0f };
  Adam  adam (3);
  float params[3] = { 1.0f, -2.0f, 0.5f };

  for (int step = 0; step < 5; step++)
    {
      float grads[3];

      for (int i = 0; i < 3; i++)
        grads[i] = params[i] * (float) (i + 1) + 0.1f;
      tl_adamw_step (&adam.o, &p, 1.0f, params, grads, nullptr);
      for (int i = 0; i < 3; i++)
        EXPECT_NEAR (params[i], torch_adamw[step * 3 + i], 2e-6f) << "step " << step;
    }
  EXPECT_EQ (adam.o.step, 5u);
}

/* Lengths around the width of a vector, with and without the mask, on each instruction set. */
class AdamWLength : public ::testing::TestWithParam<size_t>
{
};

TEST_P (AdamWLength, AgreesWithThePlainFormula)
{
  const size_t n = GetParam ();
  const tl_adamw_params p = { 0.01f, 0.9f, 0.999f, 1e-6f, 0.1f, 0.0f };

  for (uint32_t mask : { 0u, (uint32_t) TL_CPU_AVX2, ~0u })
    {
      Adam adam (n);
      std::vector<float>   params (n), grads (n);
      std::vector<uint8_t> decay (n);

      tl_cpu_set_mask (mask);
      for (size_t i = 0; i < n; i++)
        {
          params[i] = sinf ((float) i);
          grads[i] = cosf ((float) i * 3.0f);
          decay[i] = i % 3 == 0;
        }
      std::vector<float> before = params, g = grads;
      tl_adamw_step (&adam.o, &p, 0.5f, params.data (), grads.data (), decay.data ());
      for (size_t i = 0; i < n; i++)
        {
          double lr = 0.005, m = 0.1 * g[i], v = 0.001 * g[i] * g[i];
          double expected = before[i] - lr * (decay[i] ? 0.1 : 0.0) * before[i]
                            - lr * (m / 0.1) / (sqrt (v / 0.001) + 1e-6);

          EXPECT_NEAR (params[i], expected, 2e-6) << i;
        }
      tl_cpu_set_mask (~0u);
    }
}

INSTANTIATE_TEST_SUITE_P (Lengths, AdamWLength, ::testing::Values (1, 7, 15, 16, 17, 33, 64, 1027));

TEST (AdamW, ClipsByTheGlobalNorm)
{
  const tl_adamw_params p = { 0.1f, 0.0f, 0.0f, 1e-8f, 0.0f, 1.0f };
  Adam  adam (2);
  float params[2] = { 0.0f, 0.0f };
  float grads[2] = { 3.0f, -4.0f };

  EXPECT_FLOAT_EQ (tl_adamw_step (&adam.o, &p, 1.0f, params, grads, nullptr), 5.0f);
  EXPECT_FLOAT_EQ (grads[0], 0.6f);
  EXPECT_FLOAT_EQ (grads[1], -0.8f);
  EXPECT_FLOAT_EQ (adam.o.m[0], 0.6f);
}

TEST (AdamW, LeavesAllAsItWasWhenTheNormIsNotFinite)
{
  const tl_adamw_params p = { 0.1f, 0.9f, 0.95f, 1e-8f, 0.05f, 1.0f };

  for (float bad : { NAN, INFINITY, -INFINITY })
    {
      Adam  adam (2);
      float params[2] = { 1.0f, 2.0f };
      float grads[2] = { 0.1f, bad };

      EXPECT_FALSE (std::isfinite (tl_adamw_step (&adam.o, &p, 1.0f, params, grads, nullptr)));
      EXPECT_EQ (params[0], 1.0f);
      EXPECT_EQ (adam.o.m[0], 0.0f);
      EXPECT_EQ (adam.o.step, 0u);
    }
}

TEST (Schedule, WarmsUpHoldsAndFalls)
{
  const tl_schedule s = { TL_SCHEDULE_LINEAR, 10, 20, 130, 0.1f };

  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 0), 0.1f);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 9), 1.0f);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 29), 1.0f);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 80), 0.55f);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 130), 0.1f);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 1000), 0.1f);
}

TEST (Schedule, CosineMeetsItsEndsAndItsMiddle)
{
  const tl_schedule s = { TL_SCHEDULE_COSINE, 0, 0, 100, 0.2f };

  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 0), 1.0f);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 50), 0.6f);
  EXPECT_NEAR (tl_schedule_get (&s, 25), 0.2 + 0.8 * 0.5 * (1.0 + sqrt (0.5)), 1e-6);
  EXPECT_FLOAT_EQ (tl_schedule_get (&s, 100), 0.2f);
}

TEST (Schedule, NeverRisesAfterTheWarmUp)
{
  for (tl_schedule_kind kind : { TL_SCHEDULE_COSINE, TL_SCHEDULE_LINEAR })
    {
      const tl_schedule s = { kind, 5, 5, 60, 0.05f };

      for (uint64_t i = 5; i < 70; i++)
        EXPECT_LE (tl_schedule_get (&s, i + 1), tl_schedule_get (&s, i)) << i;
    }
}

} // namespace
