/* SPDX-License-Identifier: Apache-2.0 */
/* Muon: that it makes matrices orthogonal, moves them by its formula, leaves AdamW what is
 * AdamW's, and that a run with it learns and can be resumed. */
#include <algorithm>
#include <cmath>

#include "lm-fixture.h"

extern "C" {
#include "train/muon.h"
}

namespace {

Vector
random_floats (size_t n, uint64_t seed)
{
  Vector x (n);
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (float &v : x)
    v = tl_rng_normal (&rng);
  return x;
}

class Muon : public ::testing::Test
{
protected:
  tl_ops ops{};

  void SetUp () override { ASSERT_TRUE (tl_ops_init (&ops, 64, nullptr, nullptr)); }
  void TearDown () override { tl_ops_clear (&ops); }

  Vector Orthogonal (Vector x, size_t rows, size_t cols)
  {
    Vector scratch (tl_muon_scratch_floats (rows, cols));

    tl_muon_orthogonalise (&ops, x.data (), rows, cols, scratch.data ());
    return x;
  }
};

/* Of a matrix with rows (or columns) that are orthogonal already but of unlike lengths, each
 * singular value is known: the result is the same rows at a length of the post's band. */
TEST_F (Muon, BringsSingularValuesTogether)
{
  for (bool tall : { false, true })
    {
      const size_t rows = tall ? 24 : 4, cols = tall ? 4 : 24;
      Vector x (rows * cols, 0.0f);

      for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 6; j++)
          {
            size_t along = i * 6 + j;

            x[tall ? along * cols + i : i * cols + along]
              = (float) (i + 1) * (j % 2 ? 1.0f : -1.0f);
          }
      Vector y = Orthogonal (x, rows, cols);
      for (size_t i = 0; i < 4; i++)
        {
          double square = 0.0;

          for (size_t k = 0; k < 24; k++)
            {
              float was = x[tall ? k * cols + i : i * cols + k];
              float is = y[tall ? k * cols + i : i * cols + k];

              square += (double) is * is;
              EXPECT_EQ (was > 0.0f, is > 1e-3f) << i << " " << k;
              EXPECT_EQ (was < 0.0f, is < -1e-3f) << i << " " << k;
            }
          EXPECT_GT (sqrt (square), 0.65) << i;
          EXPECT_LT (sqrt (square), 1.25) << i;
        }
    }
}

TEST_F (Muon, TheLengthOfTheGradientDoesNotMatter)
{
  Vector x = random_floats (8 * 5, 1), longer = x;

  for (float &v : longer)
    v *= 64.0f;
  Vector a = Orthogonal (x, 8, 5), b = Orthogonal (longer, 8, 5);
  for (size_t i = 0; i < a.size (); i++)
    EXPECT_NEAR (a[i], b[i], 1e-5);
  for (float v : Orthogonal (Vector (40, 0.0f), 8, 5))
    EXPECT_EQ (v, 0.0f);
}

TEST_F (Muon, StepsByItsFormula)
{
  const tl_muon_params p{ 0.02f, 0.9f, 0.1f };
  const size_t rows = 6, cols = 10, n = rows * cols;
  Vector w = random_floats (n, 1), m = random_floats (n, 2), g = random_floats (n, 3);
  Vector new_m (n), direction (n), new_w = w, grad = g, momentum = m;
  Vector scratch (tl_muon_scratch_floats (rows, cols));

  for (size_t i = 0; i < n; i++)
    {
      new_m[i] = 0.9f * m[i] + g[i];
      direction[i] = g[i] + 0.9f * new_m[i];
    }
  direction = Orthogonal (direction, rows, cols);
  tl_muon_step (&ops, &p, 0.5f, new_w.data (), grad.data (), momentum.data (), rows, cols,
                scratch.data ());
  for (size_t i = 0; i < n; i++)
    {
      EXPECT_NEAR (momentum[i], new_m[i], 1e-5);
      EXPECT_NEAR (new_w[i],
                   w[i] - 0.01 * (0.1 * w[i] + 0.2 * sqrt (10.0) * direction[i]), 1e-5);
    }
}

tl_lm_train_config
muon_config (bool tied)
{
  tl_lm_train_config c = small_config (tied);

  c.muon = { 1e-2f, 0.95f, 0.05f };
  return c;
}

TEST (MuonTraining, LeavesTheRestToAdamW)
{
  for (bool tied : { true, false })
    {
      tl_lm_train_config c = muon_config (tied);
      Trainer both = make_trainer (c), adamw = make_trainer (small_config (tied));
      Ids     tokens = random_ids (500, c.n_vocab, 3);
      Vector  start = copy_params (both);
      size_t  at = (size_t) c.n_vocab * c.blocks.n_embd;

      ASSERT_EQ (tl_lm_trainer_step (both.get (), tokens.data (), tokens.size ()),
                 tl_lm_trainer_step (adamw.get (), tokens.data (), tokens.size ()));
      Vector a = copy_params (both), b = copy_params (adamw);
      EXPECT_TRUE (std::equal (a.begin (), a.begin () + (long) at, b.begin ()));
      for (size_t i = 0; i < tl_blocks_n_tensors (&c.blocks); i++)
        {
          tl_blocks_tensor tensor = tl_blocks_param (&c.blocks, i);
          size_t begin = at + tensor.offset, n = tensor.rows * tensor.cols;
          auto   same = [&] (const Vector &x) {
            return std::equal (a.begin () + (long) begin, a.begin () + (long) (begin + n),
                               x.begin () + (long) begin);
          };

          EXPECT_EQ (same (b), tensor.rows == 1) << tensor.name;
          EXPECT_FALSE (same (start)) << tensor.name;
        }
      EXPECT_TRUE (tied || std::equal (a.end () - (long) at, a.end (), b.end () - (long) at));
    }
}

TEST_F (LmFileTest, ARunWithMuonCanBeResumed)
{
  tl_lm_train_config c = muon_config (true);
  Trainer     whole = make_trainer (c), first = make_trainer (c), second = make_trainer (c);
  Trainer     adamw = make_trainer (small_config (true));
  Ids         tokens = random_ids (500, c.n_vocab, 3);
  std::string path = dir + "/run.ckpt";
  tl_error    err{};

  for (int i = 0; i < 6; i++)
    tl_lm_trainer_step (whole.get (), tokens.data (), tokens.size ());
  for (int i = 0; i < 3; i++)
    tl_lm_trainer_step (first.get (), tokens.data (), tokens.size ());
  ASSERT_TRUE (tl_lm_trainer_save (first.get (), path.c_str (), &err)) << err.message;
  ASSERT_TRUE (tl_lm_trainer_load (second.get (), path.c_str (), &err)) << err.message;
  for (int i = 0; i < 3; i++)
    tl_lm_trainer_step (second.get (), tokens.data (), tokens.size ());
  EXPECT_EQ (copy_params (second), copy_params (whole));
  EXPECT_FALSE (tl_lm_trainer_load (adamw.get (), path.c_str (), &err)); /* other moments */
}

TEST (MuonTraining, Learns)
{
  tl_lm_train_config c = muon_config (true);
  Trainer t = make_trainer (c);
  Ids     tokens (400);
  float   last = 0.0f;

  for (size_t i = 0; i < tokens.size (); i++)
    tokens[i] = (int32_t) (i % 7 * 4);
  for (int i = 0; i < 100; i++)
    last = tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ());
  EXPECT_LT (last, 0.5f);
}

} // namespace
