/* SPDX-License-Identifier: Apache-2.0 */
/* Quantisation-aware training: the levels, that gradients pass straight through, that a ternary
 * file holds exactly what was trained, and learning from a teacher. */
#include <algorithm>
#include <cmath>
#include <cstring>

#include "cpu-path.h"
#include "lm-fixture.h"

extern "C" {
#include "train/elementwise.h"
#include "train/ops.h"
}

namespace {

Vector
random_floats (size_t n, uint64_t seed, float std = 1.0f)
{
  Vector x (n);
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (float &v : x)
    v = std * tl_rng_normal (&rng);
  return x;
}

TEST (Qat, LambdaRisesOverTheRamp)
{
  const tl_qat_config ramp{ TL_QAT_TERNARY, false, false, 10, 4 };
  const tl_qat_config sudden{ TL_QAT_BINARY, false, false, 3, 0 };
  const tl_qat_config none{};

  EXPECT_EQ (tl_qat_get_lambda (&ramp, 0), 0.0f);
  EXPECT_EQ (tl_qat_get_lambda (&ramp, 10), 0.0f);
  EXPECT_EQ (tl_qat_get_lambda (&ramp, 11), 0.25f);
  EXPECT_EQ (tl_qat_get_lambda (&ramp, 14), 1.0f);
  EXPECT_EQ (tl_qat_get_lambda (&ramp, 1000), 1.0f);
  EXPECT_EQ (tl_qat_get_lambda (&sudden, 2), 0.0f);
  EXPECT_EQ (tl_qat_get_lambda (&sudden, 3), 1.0f);
  EXPECT_EQ (tl_qat_get_lambda (&none, 1000), 0.0f);
}

class QatLevels : public OnCpuPath
{
};

/* Against the formulas of the two papers, in double. A weight within a rounding of a threshold may
 * fall on either side, so those are left out. */
TEST_P (QatLevels, AreThoseOfThePapers)
{
  for (size_t n : { 1u, 17u, 256u, 300u, 768u })
    for (tl_qat_kind kind : { TL_QAT_TERNARY, TL_QAT_BINARY })
      {
        Vector w = random_floats (n, n), y (n), half (n);

        tl_qat_weights (kind, 1.0f, 0.0f, y.data (), w.data (), n);
        tl_qat_weights (kind, 0.5f, 0.0f, half.data (), w.data (), n);
        for (size_t begin = 0; begin < n; begin += 256)
          {
            size_t end = std::min (n, begin + 256);
            double mean = 0.0;

            for (size_t i = begin; i < end; i++)
              mean += fabs (w[i]) / (double) (end - begin);
            float scale = tl_f16_to_f32 (tl_f32_to_f16 ((float) mean));
            EXPECT_NEAR (scale, mean, mean / 1024.0);
            for (size_t i = begin; i < end; i++)
              {
                double level = kind == TL_QAT_BINARY
                                 ? (w[i] >= 0.0f ? 1.0 : -1.0)
                                 : std::max (-1.0, std::min (1.0, round (w[i] / scale)));

                if (kind == TL_QAT_TERNARY && fabs (fabs (w[i]) / scale - 0.5) < 2e-3)
                  continue;
                ASSERT_EQ (y[i], (float) level * scale) << n << " " << i;
                ASSERT_NEAR (half[i], 0.5 * w[i] + 0.5 * y[i], 1e-6);
              }
          }
      }
}

TEST_P (QatLevels, OfAWholeTensorShareItsScale)
{
  Vector w = random_floats (512, 3), y (512);
  float  scale;

  for (size_t i = 0; i < 256; i++)
    w[i] *= 10.0f;
  scale = tl_qat_tensor_scale (w.data (), w.size ());
  tl_qat_weights (TL_QAT_BINARY, 1.0f, scale, y.data (), w.data (), w.size ());
  for (size_t i = 0; i < w.size (); i++)
    EXPECT_EQ (fabsf (y[i]), scale);
}

TEST_P (QatLevels, OfNothingAreNothing)
{
  Vector w (256, 0.0f), y (256, 1.0f);

  for (tl_qat_kind kind : { TL_QAT_TERNARY, TL_QAT_BINARY })
    {
      tl_qat_weights (kind, 1.0f, 0.0f, y.data (), w.data (), w.size ());
      EXPECT_EQ (y, w);
    }
}

TEST_P (QatLevels, ActivationsAreRoundedTo255Steps)
{
  const tl_elementwise *e = tl_elementwise_get ();

  for (size_t n : { 1u, 15u, 64u, 257u })
    {
      Vector x = random_floats (n, n), y (n);
      float  max = 0.0f;

      for (float v : x)
        max = std::max (max, fabsf (v));
      e->round_int8 (y.data (), x.data (), n);
      for (size_t i = 0; i < n; i++)
        {
          EXPECT_NEAR (y[i], x[i], max / 127.0f * 0.5001f);
          EXPECT_NEAR (y[i] / max * 127.0f, roundf (y[i] / max * 127.0f), 1e-4f);
        }
      std::fill (x.begin (), x.end (), 0.0f);
      e->round_int8 (y.data (), x.data (), n);
      EXPECT_EQ (y, x);
    }
}
ON_EVERY_CPU_PATH (QatLevels);

/* The trainer */

tl_lm_train_config
quantised_config (tl_qat_kind kind, bool float_activations)
{
  tl_lm_train_config c = small_config (true);

  c.quant = { kind, false, float_activations, 0, 0 };
  return c;
}

/* Parameters as the products see them: the blocks' matrices row by row. */
Vector
seen (const tl_lm_train_config &c, const Trainer &t, float lambda)
{
  Vector params = copy_params (t);
  size_t at = (size_t) c.n_vocab * c.blocks.n_embd;

  for (size_t i = 0; i < tl_blocks_n_tensors (&c.blocks); i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (&c.blocks, i);

      for (size_t r = 0; tensor.rows > 1 && r < tensor.rows; r++)
        {
          float *row = params.data () + at + tensor.offset + r * tensor.cols;
          Vector w (row, row + tensor.cols);

          tl_qat_weights (c.quant.kind, lambda, 0.0f, row, w.data (), w.size ());
        }
    }
  return params;
}

TEST (QatTraining, GradientsAreThoseAtTheQuantisedWeights)
{
  for (tl_qat_kind kind : { TL_QAT_TERNARY, TL_QAT_BINARY })
    for (uint64_t ramp : { 0u, 4u })
      {
        tl_lm_train_config c = quantised_config (kind, true), f = small_config (true);

        c.quant.ramp_steps = ramp;
        Trainer quantised = make_trainer (c), plain = make_trainer (f);
        size_t  n = tl_lm_trainer_n_params (plain.get ());
        Ids     inputs = random_ids (32, c.n_vocab, 1), targets = random_ids (32, c.n_vocab, 2);

        tl_lm_trainer_get_state (quantised.get ())->step = 1;
        Vector effective = seen (c, quantised, ramp == 0 ? 1.0f : 0.25f);
        ASSERT_NE (effective, copy_params (quantised));
        std::copy (effective.begin (), effective.end (), tl_lm_trainer_get_params (plain.get ()));
        EXPECT_EQ (
          tl_lm_trainer_loss (quantised.get (), inputs.data (), targets.data (), 4, true),
          tl_lm_trainer_loss (plain.get (), inputs.data (), targets.data (), 4, true));
        EXPECT_EQ (memcmp (tl_lm_trainer_get_grads (quantised.get ()),
                           tl_lm_trainer_get_grads (plain.get ()), n * sizeof (float)),
                   0);
      }
}

TEST (QatTraining, IsFloatBeforeItStarts)
{
  tl_lm_train_config c = quantised_config (TL_QAT_TERNARY, false);
  Ids inputs = random_ids (32, c.n_vocab, 1), targets = random_ids (32, c.n_vocab, 2);

  c.quant.start_step = 1;
  Trainer later = make_trainer (c), plain = make_trainer (small_config (true));
  EXPECT_EQ (tl_lm_trainer_loss (later.get (), inputs.data (), targets.data (), 4, false),
             tl_lm_trainer_loss (plain.get (), inputs.data (), targets.data (), 4, false));
  tl_lm_trainer_get_state (later.get ())->step = 1;
  EXPECT_NE (tl_lm_trainer_loss (later.get (), inputs.data (), targets.data (), 4, false),
             tl_lm_trainer_loss (plain.get (), inputs.data (), targets.data (), 4, false));
}

/* The matrix behind the last rounding is one that the loss is smooth in. One channel of its input
 * is made so large that the others round coarsely: the gradient is right only with the rounded
 * input. The loss is near linear in it over the step, whose error and tolerance are those of the
 * blocks' test. */
TEST (QatTraining, GradientSeesTheRoundedActivations)
{
  tl_lm_train_config c = quantised_config (TL_QAT_TERNARY, false);
  c.blocks.n_layers = 1;
  c.quant.ramp_steps = 1u << 30; /* activations are int8, the weights still all but float */
  Trainer t = make_trainer (c);
  float  *params = tl_lm_trainer_get_params (t.get ());
  float  *blocks = params + (size_t) c.n_vocab * c.blocks.n_embd;
  float  *grads = tl_lm_trainer_get_grads (t.get ()) + (blocks - params);
  Ids     inputs = random_ids (32, c.n_vocab, 1), targets = random_ids (32, c.n_vocab, 2);
  tl_blocks_tensor up = tl_blocks_param (&c.blocks, 7), down = tl_blocks_param (&c.blocks, 8);
  size_t  n = down.rows * down.cols;
  Vector  noise = random_floats (tl_lm_trainer_n_params (t.get ()), 5, 0.2f);

  ASSERT_STREQ (up.name, "blk.0.ffn_up.weight");
  ASSERT_STREQ (down.name, "blk.0.ffn_down.weight");
  tl_lm_trainer_get_state (t.get ())->step = 1;
  for (size_t i = 0; i < noise.size (); i++)
    params[i] += noise[i];
  for (size_t i = 0; i < up.cols; i++)
    blocks[up.offset + i] *= 60.0f;
  tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 4, true);
  for (uint64_t round = 0; round < 8; round++)
    {
      Vector direction = random_floats (n, 40 + round);
      Vector saved (blocks + down.offset, blocks + down.offset + n);
      double expected = 0.0, length = 0.0, norm = 0.0, loss[2];
      const double step = 1.0 / 512.0;

      for (size_t i = 0; i < n; i++)
        {
          if (i % down.cols == 0)
            direction[i] = 0.0f; /* the large channel would drown the others */
          length += (double) direction[i] * direction[i];
        }
      for (size_t i = 0; i < n; i++)
        {
          expected += direction[i] / sqrt (length) * grads[down.offset + i];
          norm += i % down.cols == 0 ? 0.0 : pow (grads[down.offset + i], 2.0);
        }
      for (int side = 0; side < 2; side++)
        {
          for (size_t i = 0; i < n; i++)
            blocks[down.offset + i]
              = saved[i] + (float) ((side ? step : -step) * direction[i] / sqrt (length));
          loss[side] = tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 4, false);
        }
      std::copy (saved.begin (), saved.end (), blocks + down.offset);
      EXPECT_NEAR ((loss[1] - loss[0]) / (2.0 * step), expected, 5e-3 * sqrt (norm) + 1e-4);
    }
}

TEST (QatTraining, Learns)
{
  for (tl_qat_kind kind : { TL_QAT_TERNARY, TL_QAT_BINARY })
    {
      tl_lm_train_config c = quantised_config (kind, false);
      c.quant.ramp_steps = 20;
      Trainer t = make_trainer (c);
      Ids     tokens (400);
      float   first = 0.0f, last = 0.0f;

      for (size_t i = 0; i < tokens.size (); i++)
        tokens[i] = (int32_t) (i % 7 * 4);
      for (int i = 0; i < 150; i++)
        {
          last = tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ());
          first = i == 0 ? last : first;
        }
      EXPECT_NEAR (first, logf (29.0f), 0.1f); /* knows nothing of 29 tokens */
      EXPECT_LT (last, 0.5f);
    }
}

/* Files */

class QatFileTest : public LmFileTest
{
protected:
  void SetUp () override
  {
    LmFileTest::SetUp ();
    config.blocks = { 256, 2, 4, 2, 64, 512, 1e-5f, 10000.0f, true, 0.0f };
    config.schedule = { TL_SCHEDULE_COSINE, 5, 0, 40, 0.1f };
    config.adamw.lr = 3e-3f;
    config.quant.ramp_steps = 10;
  }

  Trainer TrainAs (tl_qat_kind kind)
  {
    config.quant.kind = kind;
    Trainer t = make_trainer (config);
    Ids     tokens (600);

    for (size_t i = 0; i < tokens.size (); i++)
      tokens[i] = (int32_t) (i * i % 251);
    for (int i = 0; i < 20; i++)
      tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ());
    return t;
  }
};

TEST_F (QatFileTest, TernaryFilesHoldExactlyWhatWasTrained)
{
  for (tl_qat_kind kind : { TL_QAT_TERNARY, TL_QAT_BINARY })
    for (tl_type type : { TL_TYPE_TQ2_0, TL_TYPE_TQ1_0 })
      {
        Trainer     t = TrainAs (kind);
        Vector      expected = seen (config, t, 1.0f);
        std::string path = dir + "/model.gguf";
        tl_error    err{};
        float      *blocks = expected.data () + (size_t) config.n_vocab * config.blocks.n_embd;

        ASSERT_TRUE (tl_lm_trainer_export (t.get (), tokenizer, type, TL_TYPE_Q8_0, "x",
                                           path.c_str (), &err))
          << err.message;
        tl_gguf *file = tl_gguf_open (path.c_str (), &err);
        ASSERT_NE (file, nullptr) << err.message;
        EXPECT_EQ (tl_gguf_find_tensor (file, "token_embd.weight")->type, TL_TYPE_Q8_0);
        for (size_t i = 0; i < tl_blocks_n_tensors (&config.blocks); i++)
          {
            tl_blocks_tensor      tensor = tl_blocks_param (&config.blocks, i);
            const tl_tensor_info *info = tl_gguf_find_tensor (file, tensor.name);
            size_t                n = tensor.rows * tensor.cols;
            Vector                w (n);

            ASSERT_NE (info, nullptr) << tensor.name;
            EXPECT_EQ (info->type, tensor.rows > 1 ? type : TL_TYPE_F32);
            tl_type_get_info (info->type)->dequantize (w.data (), info->data, n);
            EXPECT_EQ (w, Vector (blocks + tensor.offset, blocks + tensor.offset + n))
              << tensor.name;
          }
        tl_gguf_close (file);
      }
}

/* The weights are equal, so what differs is the rounding of activations: the trainer's by row to
 * int8, the engine's by its own blocks or not at all, and the embedding's type. Each of the eight
 * products adds noise of about 1/254/sqrt(3) of its largest input: 5 % of the largest logit is
 * three times what was seen. */
TEST_F (QatFileTest, TheEngineComputesTheTrainersLogits)
{
  Trainer     t = TrainAs (TL_QAT_TERNARY);
  std::string path = dir + "/model.gguf";
  tl_error    err{};
  Ids         ids = random_ids (config.seq_len, config.n_vocab, 8);
  Vector      logits (ids.size () * config.n_vocab);
  float       largest = 0.0f;

  ASSERT_TRUE (tl_lm_trainer_export (t.get (), tokenizer, TL_TYPE_TQ2_0, TL_TYPE_F32, "x",
                                     path.c_str (), &err))
    << err.message;
  tl_model   *model = tl_model_open (path.c_str (), &err);
  ASSERT_NE (model, nullptr) << err.message;
  tl_session *session = tl_session_new_with_cache (model, 0, TL_TYPE_F32, nullptr, &err);
  ASSERT_NE (session, nullptr) << err.message;
  ASSERT_TRUE (tl_lm_trainer_logits (t.get (), ids.data (), ids.size (), logits.data ()));
  for (float x : logits)
    largest = std::max (largest, fabsf (x));
  EXPECT_GT (largest, 2.0f);
  for (size_t i = 0; i < ids.size (); i++)
    {
      ASSERT_TRUE (tl_session_decode (session, ids[i], &err)) << err.message;
      for (size_t j = 0; j < config.n_vocab; j++)
        ASSERT_NEAR (tl_session_get_logits (session)[j], logits[i * config.n_vocab + j],
                     5e-2f * largest)
          << "position " << i << " token " << j;
    }
  tl_session_free (session);
  tl_model_close (model);
}

TEST_F (QatFileTest, AFilesWeightsCanBeStartedFrom)
{
  Trainer     t = TrainAs (TL_QAT_NONE);
  std::string path = dir + "/model.gguf";
  tl_error    err{};
  tl_lm_train_config shape{};

  ASSERT_TRUE (tl_lm_trainer_export (t.get (), tokenizer, TL_TYPE_F32, TL_TYPE_F32, "x",
                                     path.c_str (), &err))
    << err.message;
  tl_gguf *file = tl_gguf_open (path.c_str (), &err);
  ASSERT_NE (file, nullptr) << err.message;
  ASSERT_TRUE (tl_lm_train_config_from_gguf (&shape, file, &err)) << err.message;
  EXPECT_EQ (shape.blocks.n_embd, config.blocks.n_embd);
  EXPECT_EQ (shape.blocks.n_layers, config.blocks.n_layers);
  EXPECT_EQ (shape.blocks.n_heads, config.blocks.n_heads);
  EXPECT_EQ (shape.blocks.n_kv_heads, config.blocks.n_kv_heads);
  EXPECT_EQ (shape.blocks.head_dim, config.blocks.head_dim);
  EXPECT_EQ (shape.blocks.n_ff, config.blocks.n_ff);
  EXPECT_EQ (shape.blocks.rms_eps, config.blocks.rms_eps);
  EXPECT_EQ (shape.blocks.rope_base, config.blocks.rope_base);
  EXPECT_TRUE (shape.blocks.causal);
  EXPECT_EQ (shape.n_vocab, config.n_vocab);
  EXPECT_TRUE (shape.tied);

  Trainer other = make_trainer (config);
  ASSERT_NE (copy_params (other), copy_params (t));
  ASSERT_TRUE (tl_lm_trainer_import (other.get (), file, &err)) << err.message;
  EXPECT_EQ (copy_params (other), copy_params (t));

  config.blocks.n_ff = 256;
  Trainer narrow = make_trainer (config);
  Vector  before = copy_params (narrow);
  EXPECT_FALSE (tl_lm_trainer_import (narrow.get (), file, &err));
  EXPECT_NE (strstr (err.message, "blk.0.ffn_gate.weight: expected [256, 256]"), nullptr)
    << err.message;
  EXPECT_EQ (copy_params (narrow), before);
  EXPECT_FALSE (tl_lm_train_config_from_gguf (&shape, tokenizer, &err));
  EXPECT_NE (strstr (err.message, "tokenizer"), nullptr) << err.message;
  tl_gguf_close (file);
}

/* A teacher */

TEST (Distillation, GradientIsTheSlopeOfTheLoss)
{
  const size_t rows = 3, n = 19;
  Vector  z = random_floats (rows * n, 1, 2.0f), u = random_floats (rows * n, 2, 2.0f);
  int32_t targets[] = { 4, -1, 18 };
  tl_ops  ops;

  ASSERT_TRUE (tl_ops_init (&ops, n, nullptr, nullptr));
  for (float temperature : { 1.0f, 2.5f })
    for (float weight : { 0.0f, 0.4f, 1.0f })
      {
        const tl_distillation d{ weight, temperature, 0.5f };
        auto loss = [&] (const Vector &at, Vector *gradient) {
          Vector logits = at, teacher = u, scratch (rows * n);
          double sum = tl_softmax_distillation (&ops, rows, n, logits.data (), teacher.data (),
                                                scratch.data (), targets, &d);
          if (gradient != nullptr)
            *gradient = logits;
          return 0.5 * sum;
        };
        Vector gradient;

        loss (z, &gradient);
        for (size_t i = 0; i < z.size (); i++)
          {
            Vector up = z, down = z;

            up[i] += 1e-2f;
            down[i] -= 1e-2f;
            EXPECT_NEAR ((loss (up, nullptr) - loss (down, nullptr)) / 2e-2, gradient[i], 3e-4)
              << i << " at " << temperature << ", " << weight;
          }
      }
  tl_ops_clear (&ops);
}

TEST (Distillation, NothingIsLeftToLearnOfOneself)
{
  Vector  z = random_floats (40, 1), u = z, scratch (40);
  int32_t targets[] = { 0, 1 };
  tl_ops  ops;
  const tl_distillation d{ 1.0f, 2.0f, 1.0f };

  ASSERT_TRUE (tl_ops_init (&ops, 20, nullptr, nullptr));
  EXPECT_NEAR (
    tl_softmax_distillation (&ops, 2, 20, z.data (), u.data (), scratch.data (), targets, &d), 0.0,
    1e-6);
  for (float g : z)
    EXPECT_NEAR (g, 0.0f, 1e-6f);
  tl_ops_clear (&ops);
}

/* The student sees random tokens, from which nothing can be learned but the teacher. */
TEST (Distillation, AStudentComesToAnswerAsItsTeacher)
{
  tl_lm_train_config wide = small_config (true), c = small_config (true);
  tl_error err{};
  wide.blocks.n_embd = 32;
  wide.seed = 99;
  Trainer teacher = make_trainer (wide), student = make_trainer (c);
  float  *params = tl_lm_trainer_get_params (teacher.get ());
  Ids     tokens = random_ids (500, c.n_vocab, 3);
  auto    divergence = [&] {
    Ids    ids = random_ids (8, c.n_vocab, 4);
    Vector p (8 * c.n_vocab), q (8 * c.n_vocab), scratch (8 * c.n_vocab);
    Ids    targets (8, 0);
    tl_ops ops;
    const tl_distillation d{ 1.0f, 1.0f, 1.0f };

    EXPECT_TRUE (tl_lm_trainer_logits (student.get (), ids.data (), 8, p.data ()));
    EXPECT_TRUE (tl_lm_trainer_logits (teacher.get (), ids.data (), 8, q.data ()));
    EXPECT_TRUE (tl_ops_init (&ops, 64, nullptr, nullptr));
    double sum = tl_softmax_distillation (&ops, 8, c.n_vocab, p.data (), q.data (),
                                          scratch.data (), targets.data (), &d);
    tl_ops_clear (&ops);
    return sum / 8.0;
  };

  for (size_t i = 0; i < (size_t) wide.n_vocab * wide.blocks.n_embd; i++)
    params[i] *= 20.0f; /* so that the teacher has opinions */
  double before = divergence ();
  ASSERT_TRUE (tl_lm_trainer_set_teacher (student.get (), teacher.get (), 1.0f, 1.0f, &err));
  for (int i = 0; i < 150; i++)
    tl_lm_trainer_step (student.get (), tokens.data (), tokens.size ());
  EXPECT_GT (before, 0.5);
  EXPECT_LT (divergence (), 0.5 * before);
}

TEST (Distillation, RefusesATeacherOfAnotherVocabulary)
{
  tl_lm_train_config c = small_config (true), other = small_config (true);
  tl_error err{};
  other.n_vocab = 30;
  Trainer student = make_trainer (c), teacher = make_trainer (other), good = make_trainer (c);

  EXPECT_FALSE (tl_lm_trainer_set_teacher (student.get (), teacher.get (), 0.5f, 1.0f, &err));
  EXPECT_NE (strstr (err.message, "30"), nullptr) << err.message;
  EXPECT_FALSE (tl_lm_trainer_set_teacher (student.get (), good.get (), 1.5f, 1.0f, &err));
  EXPECT_FALSE (tl_lm_trainer_set_teacher (student.get (), good.get (), 0.5f, 0.0f, &err));
  EXPECT_TRUE (tl_lm_trainer_set_teacher (student.get (), good.get (), 0.5f, 1.0f, &err));
}

} // namespace
