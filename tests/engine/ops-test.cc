/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that heads are made of: losses and their gradients against the formulas in double,
 * linear with a bias, the norm's two modes, dropout's rate, on each instruction set. */
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "kernels/cpu.h"
#include "train/ops.h"
}

namespace {

using Vector = std::vector<float>;

Vector
random_vector (size_t n, float std, uint64_t seed)
{
  Vector v (n);
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (float &x : v)
    x = std * tl_rng_normal (&rng);
  return v;
}

/* The parameter is the mask of CPU features. */
class OpsTest : public ::testing::TestWithParam<uint32_t>
{
protected:
  tl_ops o{};

  void SetUp () override
  {
    tl_cpu_set_mask (GetParam ());
    ASSERT_TRUE (tl_ops_init (&o, 64, nullptr, nullptr));
  }
  void TearDown () override
  {
    tl_ops_clear (&o);
    tl_cpu_set_mask (~0u);
  }
};

TEST_P (OpsTest, LinearWithBiasAndItsGradients)
{
  const size_t rows = 70, in = 5, out = 3;
  Vector x = random_vector (rows * in, 1, 1), w = random_vector (out * in, 1, 2);
  Vector bias = random_vector (out, 1, 3), dy = random_vector (rows * out, 1, 4);
  Vector y (rows * out), dx (rows * in, 1.0f), dw (out * in, 2.0f), db (out, 3.0f);

  tl_linear_forward (&o, rows, in, out, x.data (), w.data (), bias.data (), y.data ());
  tl_linear_backward (&o, rows, in, out, x.data (), w.data (), dy.data (), dx.data (), 1.0f,
                      dw.data (), db.data ());
  for (size_t j = 0; j < out; j++)
    {
      double sum = 3.0;

      for (size_t r = 0; r < rows; r++)
        {
          double expected = bias[j];

          for (size_t i = 0; i < in; i++)
            expected += (double) w[j * in + i] * x[r * in + i];
          EXPECT_NEAR (y[r * out + j], expected, 1e-5);
          sum += dy[r * out + j];
        }
      EXPECT_NEAR (db[j], sum, 1e-4);
      for (size_t i = 0; i < in; i++)
        {
          double expected = 2.0;

          for (size_t r = 0; r < rows; r++)
            expected += (double) dy[r * out + j] * x[r * in + i];
          EXPECT_NEAR (dw[j * in + i], expected, 1e-4);
        }
    }
  for (size_t r = 0; r < rows; r++)
    {
      for (size_t i = 0; i < in; i++)
        {
          double expected = 1.0;

          for (size_t j = 0; j < out; j++)
            expected += (double) dy[r * out + j] * w[j * in + i];
          EXPECT_NEAR (dx[r * in + i], expected, 1e-5);
        }
    }
}

TEST_P (OpsTest, SoftmaxCrossEntropyIsTheFormula)
{
  const size_t rows = 40, n = 37;
  Vector logits = random_vector (rows * n, 3, 5), gradient;
  std::vector<int32_t> targets (rows);
  double expected = 0.0, loss;

  logits[0] = 90.0f; /* would overflow if it were not shifted */
  logits[n] = -200.0f;
  for (size_t r = 0; r < rows; r++)
    targets[r] = r % 7 == 3 ? -1 : (int32_t) (r * 5 % n);
  gradient = logits;
  loss = tl_softmax_cross_entropy (&o, rows, n, gradient.data (), targets.data (), 0.5f);
  for (size_t r = 0; r < rows; r++)
    {
      double sum = 0.0;

      for (size_t j = 0; j < n; j++)
        sum += exp ((double) logits[r * n + j]);
      if (targets[r] >= 0)
        expected += log (sum) - logits[r * n + targets[r]];
      for (size_t j = 0; j < n; j++)
        {
          double p = exp ((double) logits[r * n + j]) / sum - ((int32_t) j == targets[r]);

          EXPECT_NEAR (gradient[r * n + j], targets[r] < 0 ? 0.0 : 0.5 * p, 1e-6);
        }
    }
  EXPECT_NEAR (loss, expected, 1e-5 * expected);
}

TEST_P (OpsTest, SigmoidCrossEntropyIsTheFormula)
{
  const size_t n = 100;
  Vector logits = random_vector (n, 4, 6), gradient, targets (n), weights (n);
  double expected = 0.0, loss;

  logits[0] = 500.0f;
  logits[1] = -500.0f;
  for (size_t i = 0; i < n; i++)
    {
      targets[i] = i == 0 ? 0.0f : (float) (i % 5) / 4.0f;
      weights[i] = (float) (i % 3);
    }
  gradient = logits;
  loss = tl_sigmoid_cross_entropy (&o, n, gradient.data (), targets.data (), weights.data (), 2.0f);
  for (size_t i = 0; i < n; i++)
    {
      double z = logits[i], t = targets[i];

      expected += weights[i] * (t * log1p (exp (-z)) + (1.0 - t) * (z + log1p (exp (-z))));
      EXPECT_NEAR (gradient[i], 2.0 * weights[i] * (1.0 / (1.0 + exp (-z)) - t), 1e-5) << i;
    }
  EXPECT_NEAR (loss, expected, 1e-5 * expected);
}

TEST_P (OpsTest, NormGradientOverwritesOrAdds)
{
  const size_t rows = 9, n = 21;
  Vector x = random_vector (rows * n, 1, 7), gain = random_vector (n, 1, 8);
  Vector dy = random_vector (rows * n, 1, 9), fresh (rows * n, NAN), added (rows * n, 0.25f);

  tl_rms_norm_backward (&o, rows, n, x.data (), gain.data (), 1e-5f, dy.data (), fresh.data (),
                        0.0f, nullptr);
  tl_rms_norm_backward (&o, rows, n, x.data (), gain.data (), 1e-5f, dy.data (), added.data (),
                        1.0f, nullptr);
  for (size_t i = 0; i < rows * n; i++)
    EXPECT_NEAR (added[i], fresh[i] + 0.25f, 1e-6);
}

/* 100,000 draws: the standard deviation of the count at p = 0.3 is 145. */
TEST_P (OpsTest, DropoutHasItsRateAndItsOwnMaskForEachKey)
{
  const size_t n = 100000;
  Vector a (n, 1.0f), again (n, 1.0f), other (n, 1.0f);
  size_t n_dropped = 0, n_same = 0;

  tl_dropout_apply (&o, a.data (), n, 0.3f, 12345);
  tl_dropout_apply (&o, again.data (), n, 0.3f, 12345);
  tl_dropout_apply (&o, other.data (), n, 0.3f, 12346);
  EXPECT_EQ (a, again);
  for (size_t i = 0; i < n; i++)
    {
      n_dropped += a[i] == 0.0f;
      n_same += a[i] == other[i];
      ASSERT_FLOAT_EQ (a[i], a[i] == 0.0f ? 0.0f : 1.0f / 0.7f);
    }
  EXPECT_NEAR ((double) n_dropped, 30000.0, 6 * 145.0);
  EXPECT_NEAR ((double) n_same, 58000.0, 6 * 156.0); /* 0.3^2 + 0.7^2, if independent */
}

INSTANTIATE_TEST_SUITE_P (Paths, OpsTest,
                          ::testing::Values (0u, (uint32_t) TL_CPU_AVX2, ~0u));

} // namespace
