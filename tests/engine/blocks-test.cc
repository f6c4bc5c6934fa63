/* SPDX-License-Identifier: Apache-2.0 */
/* The block stack: gradients against central differences, the forward pass and the gradients of one
 * tiny case against PyTorch (torch-blocks.py), and what must not change the result: the number of
 * threads and the neighbours in a batch. The steps that it is made of are in ops-test.cc. */
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "kernels/cpu.h"
#include "train/blocks.h"
#include "train/ops.h"
}
#include "torch-blocks.h"

namespace {

using Vector = std::vector<float>;

struct Case
{
  const char           *name;
  tl_blocks_config      config;
  std::vector<uint32_t> seq_lens;
};

void
PrintTo (const Case &c, std::ostream *os)
{
  *os << c.name;
}

const Case cases[] = {
  { "one-head", { 8, 1, 1, 1, 8, 12, 1e-5f, 10000.0f, true, 0.0f }, { 5 } },
  { "causal-grouped", { 16, 2, 4, 2, 4, 24, 1e-5f, 10000.0f, true, 0.0f }, { 7, 1, 12 } },
  { "both-ways-grouped", { 16, 2, 4, 1, 4, 24, 1e-5f, 100.0f, false, 0.0f }, { 3, 9 } },
  { "no-rope", { 12, 2, 2, 2, 6, 20, 1e-6f, 0.0f, false, 0.0f }, { 8, 4 } },
  { "no-rope-causal", { 12, 1, 2, 1, 5, 20, 1e-6f, 0.0f, true, 0.0f }, { 6, 2 } },
  { "dropout", { 16, 2, 2, 2, 8, 24, 1e-5f, 10000.0f, true, 0.3f }, { 10, 5 } },
  { "many-tiles", { 8, 1, 2, 1, 4, 8, 1e-5f, 10000.0f, true, 0.0f }, { 300 } },
  { "many-tiles-both-ways", { 8, 1, 2, 2, 4, 8, 1e-5f, 10000.0f, false, 0.0f }, { 260 } },
  { "reader-shape", { 96, 2, 4, 4, 24, 192, 1e-5f, 10000.0f, false, 0.0f }, { 20, 33 } },
};

struct PoolDeleter
{
  void operator() (tl_pool *p) const { tl_pool_free (p); }
};
using Pool = std::unique_ptr<tl_pool, PoolDeleter>;

struct BlocksDeleter
{
  void operator() (tl_blocks *b) const { tl_blocks_free (b); }
};
using Blocks = std::unique_ptr<tl_blocks, BlocksDeleter>;

Vector
random_vector (size_t n, float std, tl_rng *rng)
{
  Vector v (n);

  for (float &x : v)
    x = std * tl_rng_normal (rng);
  return v;
}

/* A stack with weights large enough that every part of the graph bends. */
class Stack
{
public:
  tl_blocks_config      config;
  std::vector<uint32_t> seq_lens;
  size_t                n_rows = 0;
  Vector                params, x, weights; /* loss = sum (weights * y) */
  Blocks                blocks;

  explicit Stack (const Case &c, tl_pool *pool = nullptr) : config (c.config), seq_lens (c.seq_lens)
  {
    tl_rng   rng;
    uint32_t longest = 0;

    tl_rng_init (&rng, 7);
    for (uint32_t n : seq_lens)
      {
        n_rows += n;
        longest = std::max (longest, n);
      }
    params = random_vector (tl_blocks_n_params (&config), 1.0f / sqrtf (config.n_embd), &rng);
    for (size_t i = 0; i < tl_blocks_n_tensors (&config); i++)
      {
        tl_blocks_tensor t = tl_blocks_param (&config, i);

        for (size_t j = 0; t.rows == 1 && j < t.cols; j++)
          params[t.offset + j] += 1.0f;
      }
    x = random_vector (n_rows * config.n_embd, 1.0f, &rng);
    weights = random_vector (n_rows * config.n_embd, 1.0f, &rng);
    blocks.reset (tl_blocks_new (&config, n_rows, longest, pool, nullptr));
  }

  Vector Forward ()
  {
    Vector y (x.size ());
    tl_rng rng;

    tl_rng_init (&rng, 99); /* the same dropout masks each time */
    tl_blocks_forward (blocks.get (), params.data (), x.data (), seq_lens.data (),
                       seq_lens.size (), &rng, y.data ());
    return y;
  }

  double Loss ()
  {
    Vector y = Forward ();
    double sum = 0.0;

    for (size_t i = 0; i < y.size (); i++)
      sum += (double) y[i] * weights[i];
    return sum;
  }

  void Backward (Vector *grads, Vector *dx)
  {
    grads->assign (params.size (), 0.0f);
    dx->assign (x.size (), NAN);
    Forward ();
    tl_blocks_backward (blocks.get (), params.data (), grads->data (), weights.data (),
                        dx->data ());
  }
};

/* The slope of the loss along a random direction of @values [begin, begin + n), by central
 * differences, and by the gradient. With a step of 2^-8 along a direction of length 1, rounding
 * (1e-7 of the loss over the step) and curvature (the step squared) both stay below 1 in 1,000. */
void
expect_slope (Stack *s, Vector *values, size_t begin, size_t n, const Vector &gradient, tl_rng *rng,
              const std::string &what)
{
  const double step = 1.0 / 256.0;
  Vector direction = random_vector (n, 1.0f, rng);
  Vector saved (values->begin () + begin, values->begin () + begin + n);
  double length = 0.0, expected = 0.0, up, down, norm = 0.0;

  for (float d : direction)
    length += (double) d * d;
  for (size_t i = 0; i < n; i++)
    {
      direction[i] /= (float) sqrt (length);
      expected += (double) direction[i] * gradient[begin + i];
      norm += (double) gradient[begin + i] * gradient[begin + i];
    }
  auto loss_at = [&] (double t) {
    for (size_t i = 0; i < n; i++)
      (*values)[begin + i] = saved[i] + (float) (t * direction[i]);
    return s->Loss ();
  };
  up = loss_at (step);
  down = loss_at (-step);
  std::copy (saved.begin (), saved.end (), values->begin () + begin);

  /* Relative to the length of the gradient: along a random direction the slope may be near 0. */
  EXPECT_NEAR ((up - down) / (2.0 * step), expected, 2e-3 * sqrt (norm) + 2e-3) << what;
}

class BlocksTest : public ::testing::TestWithParam<Case>
{
};

TEST_P (BlocksTest, GradientsAreTheSlopesOfTheLoss)
{
  Stack  s (GetParam ());
  Vector grads, dx;
  tl_rng rng;

  ASSERT_NE (s.blocks, nullptr);
  tl_rng_init (&rng, 3);
  s.Backward (&grads, &dx);
  for (int round = 0; round < 4; round++)
    {
      expect_slope (&s, &s.x, 0, s.x.size (), dx, &rng, "input");
      for (size_t i = 0; i < tl_blocks_n_tensors (&s.config); i++)
        {
          tl_blocks_tensor t = tl_blocks_param (&s.config, i);

          expect_slope (&s, &s.params, t.offset, t.rows * t.cols, grads, &rng, t.name);
        }
    }
}

TEST_P (BlocksTest, ThreadsDoNotChangeABit)
{
  Pool   pool (tl_pool_new (3, nullptr));
  Stack  one (GetParam ());
  Stack  three (GetParam (), pool.get ());
  Vector grads1, dx1, grads3, dx3;

  EXPECT_EQ (one.Forward (), three.Forward ());
  one.Backward (&grads1, &dx1);
  three.Backward (&grads3, &dx3);
  EXPECT_EQ (grads1, grads3);
  EXPECT_EQ (dx1, dx3);
}

TEST_P (BlocksTest, SequencesDoNotSeeEachOther)
{
  const Case &c = GetParam ();
  Stack  all (c);
  Vector y = all.Forward ();
  size_t row = 0, n = c.config.n_embd;

  if (c.config.dropout > 0.0f)
    return; /* the masks depend on the place in the batch */
  for (uint32_t len : c.seq_lens)
    {
      Stack alone ({ "", c.config, { len } });

      alone.params = all.params;
      alone.x.assign (all.x.begin () + row * n, all.x.begin () + (row + len) * n);
      Vector part = alone.Forward ();
      for (size_t i = 0; i < part.size (); i++)
        ASSERT_NEAR (part[i], y[row * n + i], 1e-4f) << "row " << row + i / n;
      row += len;
    }
}

TEST_P (BlocksTest, GradientsAreAdded)
{
  Stack  s (GetParam ());
  Vector once, twice, dx;

  s.Backward (&once, &dx);
  s.Backward (&twice, &dx);
  s.Forward ();
  tl_blocks_backward (s.blocks.get (), s.params.data (), twice.data (), s.weights.data (),
                      dx.data ());
  for (size_t i = 0; i < once.size (); i++)
    ASSERT_NEAR (twice[i], 2.0f * once[i], 1e-4f * (1.0f + fabsf (once[i])));
}

INSTANTIATE_TEST_SUITE_P (Shapes, BlocksTest, ::testing::ValuesIn (cases),
                          [] (const ::testing::TestParamInfo<Case> &info) {
                            std::string name = info.param.name;

                            std::replace (name.begin (), name.end (), '-', '_');
                            return name;
                          });

/* PyTorch in double. On these numbers PyTorch in float differs from that by up to 1.9e-5 in the
 * gradients, which reach 19, and 0.9e-6 in the output; another order of sums gets five times as
 * much. */
TEST (Blocks, AgreesWithPyTorch)
{
  Stack  s ({ "", { TORCH_N_EMBD, TORCH_N_LAYERS, TORCH_N_HEADS, TORCH_N_KV_HEADS, TORCH_HEAD_DIM,
                    TORCH_N_FF, 1e-5f, 10000.0f, true, 0.0f },
              { TORCH_LEN_0, TORCH_LEN_1 } });
  Vector grads, dx, y;

  ASSERT_EQ (s.params.size (), std::size (torch_params));
  ASSERT_EQ (s.x.size (), std::size (torch_x));
  s.params.assign (std::begin (torch_params), std::end (torch_params));
  s.x.assign (std::begin (torch_x), std::end (torch_x));
  s.weights.assign (std::begin (torch_dy), std::end (torch_dy));
  y = s.Forward ();
  s.Backward (&grads, &dx);
  for (size_t i = 0; i < y.size (); i++)
    {
      ASSERT_NEAR (y[i], torch_y[i], 5e-6f) << i;
      ASSERT_NEAR (dx[i], torch_dx[i], 1e-4f) << i;
    }
  for (size_t i = 0; i < grads.size (); i++)
    ASSERT_NEAR (grads[i], torch_grads[i], 1e-4f) << i;
}

TEST (Blocks, CausalRowsDoNotSeeTheFuture)
{
  Stack  s ({ "", { 16, 2, 4, 2, 4, 24, 1e-5f, 10000.0f, true, 0.0f }, { 9 } });
  Vector before = s.Forward ();
  Vector after;

  for (size_t i = 6 * 16; i < s.x.size (); i++)
    s.x[i] += 1.0f;
  after = s.Forward ();
  for (size_t i = 0; i < 6 * 16; i++)
    ASSERT_FLOAT_EQ (before[i], after[i]);
  EXPECT_NE (before[8 * 16], after[8 * 16]);
}

TEST (Blocks, RefusesSizesThatMakeNoSense)
{
  tl_error         err;
  tl_blocks_config odd = { 8, 1, 2, 2, 3, 8, 1e-5f, 10000.0f, true, 0.0f };
  tl_blocks_config shared = { 8, 1, 3, 2, 4, 8, 1e-5f, 10000.0f, true, 0.0f };
  tl_blocks_config sure = { 8, 1, 2, 2, 4, 8, 1e-5f, 10000.0f, true, 1.0f };
  tl_blocks_config good = { 8, 1, 2, 2, 4, 8, 1e-5f, 10000.0f, true, 0.5f };

  for (const tl_blocks_config *c : { &odd, &shared, &sure })
    {
      err = {};
      EXPECT_EQ (tl_blocks_new (c, 8, 8, nullptr, &err), nullptr);
      EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
      EXPECT_STRNE (err.message, "");
    }
  EXPECT_EQ (tl_blocks_new (&good, 0, 8, nullptr, &err), nullptr);
}

TEST (Blocks, TensorsTileTheParameters)
{
  const tl_blocks_config c = cases[1].config;
  size_t end = 0;

  for (size_t i = 0; i < tl_blocks_n_tensors (&c); i++)
    {
      tl_blocks_tensor t = tl_blocks_param (&c, i);

      EXPECT_EQ (t.offset, end) << t.name;
      end += t.rows * t.cols;
    }
  EXPECT_EQ (end, tl_blocks_n_params (&c));
  EXPECT_STREQ (tl_blocks_param (&c, 10).name, "blk.1.attn_q.weight");
}

} // namespace
