/* SPDX-License-Identifier: Apache-2.0 */
/* The language-model trainer: its gradient, that batches may be cut and threads added without
 * changing the result, that a resumed run is the same run, that it learns, and that what it exports
 * is the model that it trained. */
#include <algorithm>
#include <cmath>
#include <cstring>

#include "lm-fixture.h"

namespace {

class LmTrainTest : public ::testing::TestWithParam<bool>
{
};

/* Along random directions in the embedding, the blocks and the head. The steps and tolerances are
 * those of the blocks' own test. */
TEST_P (LmTrainTest, GradientIsTheSlopeOfTheLoss)
{
  const tl_lm_train_config c = small_config (GetParam ());
  Trainer t = make_trainer (c);
  size_t  n = tl_lm_trainer_n_params (t.get ());
  float  *params = tl_lm_trainer_get_params (t.get ());
  float  *grads = tl_lm_trainer_get_grads (t.get ());
  size_t  n_embedding = (size_t) c.n_vocab * c.blocks.n_embd;
  Ids     inputs = random_ids (24, c.n_vocab, 1), targets = random_ids (24, c.n_vocab, 2);
  tl_rng  rng;

  targets[3] = targets[20] = -1;
  tl_rng_init (&rng, 5);
  for (size_t i = 0; i < n; i++)
    params[i] += 0.2f * tl_rng_normal (&rng); /* away from the near-linear start */
  tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 3, true);
  for (size_t begin : { (size_t) 0, n_embedding, n - n_embedding })
    {
      size_t end = begin == n_embedding ? n_embedding + tl_blocks_n_params (&c.blocks)
                                        : begin + n_embedding;
      for (int round = 0; round < 8; round++)
        {
          Vector saved (params, params + n), direction (n);
          double expected = 0.0, length = 0.0, norm = 0.0, loss[2];
          const double step = 1.0 / 256.0;

          for (size_t i = begin; i < end; i++)
            {
              direction[i] = tl_rng_normal (&rng);
              length += (double) direction[i] * direction[i];
              norm += (double) grads[i] * grads[i];
            }
          for (size_t i = begin; i < end; i++)
            expected += direction[i] / sqrt (length) * grads[i];
          for (int side = 0; side < 2; side++)
            {
              for (size_t i = begin; i < end; i++)
                params[i]
                  = saved[i] + (float) ((side ? step : -step) * direction[i] / sqrt (length));
              loss[side]
                = tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 3, false);
            }
          std::copy (saved.begin (), saved.end (), params);
          EXPECT_GT (norm, 0.0);
          EXPECT_NEAR ((loss[1] - loss[0]) / (2.0 * step), expected, 2e-3 * sqrt (norm) + 1e-4);
        }
    }
}

TEST_P (LmTrainTest, ThreadsDoNotChangeABit)
{
  tl_lm_train_config c = small_config (GetParam ());
  tl_pool *pool = tl_pool_new (3, nullptr);
  Ids      tokens = random_ids (500, c.n_vocab, 3);

  c.blocks.dropout = 0.1f;
  {
    Trainer one = make_trainer (c), three = make_trainer (c, pool);

    for (int i = 0; i < 5; i++)
      EXPECT_EQ (tl_lm_trainer_step (one.get (), tokens.data (), tokens.size ()),
                 tl_lm_trainer_step (three.get (), tokens.data (), tokens.size ()));
    EXPECT_EQ (copy_params (one), copy_params (three));
  }
  tl_pool_free (pool);
}

TEST_P (LmTrainTest, AResumedRunIsTheSameRun)
{
  tl_lm_train_config c = small_config (GetParam ());
  Ids         tokens = random_ids (500, c.n_vocab, 3);
  std::string dir = (std::filesystem::temp_directory_path () / "tinylm-XXXXXX").string ();

  ASSERT_NE (mkdtemp (dir.data ()), nullptr);
  c.blocks.dropout = 0.1f;
  Trainer     whole = make_trainer (c), first = make_trainer (c), second;
  std::string path = dir + "/run.gguf";
  tl_error    err{};

  for (int i = 0; i < 6; i++)
    tl_lm_trainer_step (whole.get (), tokens.data (), tokens.size ());
  for (int i = 0; i < 6; i++)
    tl_lm_trainer_step (first.get (), tokens.data (), tokens.size ());
  tl_lm_trainer_get_state (first.get ())->best_valid = 1.5f;
  ASSERT_TRUE (tl_lm_trainer_save (first.get (), path.c_str (), &err)) << err.message;
  second = make_trainer (c);
  ASSERT_TRUE (tl_lm_trainer_load (second.get (), path.c_str (), &err)) << err.message;
  EXPECT_EQ (tl_lm_trainer_get_step (second.get ()), 6u);
  EXPECT_EQ (tl_lm_trainer_get_state (second.get ())->best_valid, 1.5f);
  EXPECT_EQ (tl_lm_trainer_get_state (second.get ())->data_pos, 6u * 32u);
  for (int i = 0; i < 6; i++)
    EXPECT_EQ (tl_lm_trainer_step (whole.get (), tokens.data (), tokens.size ()),
               tl_lm_trainer_step (second.get (), tokens.data (), tokens.size ()));
  EXPECT_EQ (copy_params (whole), copy_params (second));

  c.blocks.n_ff++;
  second = make_trainer (c);
  EXPECT_FALSE (tl_lm_trainer_load (second.get (), path.c_str (), &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  std::filesystem::remove_all (dir);
}

INSTANTIATE_TEST_SUITE_P (Head, LmTrainTest, ::testing::Bool (),
                          [] (const ::testing::TestParamInfo<bool> &info) {
                            return info.param ? "tied" : "untied";
                          });

/* Longer than what goes through the blocks at once, and logits in several pieces. */
TEST (LmTrain, ABatchIsTheMeanOfItsParts)
{
  tl_lm_train_config c = small_config (true);

  c.seq_len = 600;
  c.batch_tokens = 8 * 600;
  c.n_vocab = 2000;
  Trainer t = make_trainer (c);
  Ids     inputs = random_ids (c.batch_tokens, c.n_vocab, 1);
  Ids     targets = random_ids (c.batch_tokens, c.n_vocab, 2);
  size_t  n = tl_lm_trainer_n_params (t.get ());
  float  *grads = tl_lm_trainer_get_grads (t.get ());
  double  sum = 0.0;
  float   whole = tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 8, true);
  Vector  whole_grads (grads, grads + n);

  std::fill (grads, grads + n, 0.0f);
  for (size_t i = 0; i < 8; i++)
    sum += tl_lm_trainer_loss (t.get (), inputs.data () + i * 600, targets.data () + i * 600, 1,
                               true);
  EXPECT_NEAR (whole, sum / 8.0, 1e-5);
  for (size_t i = 0; i < n; i++)
    ASSERT_NEAR (whole_grads[i], grads[i] / 8.0f, 1e-6f + 1e-4f * fabsf (whole_grads[i])) << i;
}

TEST (LmTrain, EqualLogitsCostTheLogOfTheVocabulary)
{
  const tl_lm_train_config c = small_config (false);
  Trainer t = make_trainer (c);
  Ids     ids = random_ids (8, c.n_vocab, 1);
  float  *params = tl_lm_trainer_get_params (t.get ());

  std::fill (params, params + tl_lm_trainer_n_params (t.get ()), 0.0f);
  EXPECT_NEAR (tl_lm_trainer_loss (t.get (), ids.data (), ids.data (), 1, false),
               log ((double) c.n_vocab), 1e-6);
}

TEST (LmTrain, TargetsOfMinusOneAreLeftOut)
{
  const tl_lm_train_config c = small_config (true);
  Trainer t = make_trainer (c);
  Ids     inputs = random_ids (16, c.n_vocab, 1), targets = random_ids (16, c.n_vocab, 2);
  float   first, all;

  first = tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 1, false);
  std::fill (targets.begin () + 8, targets.end (), -1);
  all = tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 2, false);
  EXPECT_FLOAT_EQ (first, all);
  std::fill (targets.begin (), targets.end (), -1);
  EXPECT_EQ (tl_lm_trainer_loss (t.get (), inputs.data (), targets.data (), 2, true), 0.0f);
}

TEST (LmTrain, LearnsASequenceByHeart)
{
  const tl_lm_train_config c = small_config (true);
  Trainer t = make_trainer (c);
  Ids     tokens (300);
  float   loss = 0.0f;

  for (size_t i = 0; i < tokens.size (); i++)
    tokens[i] = (int32_t) (i * i % 23); /* periodic, and each token but 0 has two successors */
  for (int i = 0; i < 200; i++)
    loss = tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ());
  /* The first token of a window does not say which of two comes next: log 2 / 8 = 0.087 a token. */
  EXPECT_LT (loss, 0.2f);
  EXPECT_EQ (tl_lm_trainer_get_step (t.get ()), 200u);
}

TEST (LmTrain, BadInputChangesNothing)
{
  const tl_lm_train_config c = small_config (true);
  Trainer t = make_trainer (c);
  Ids     tokens = random_ids (40, c.n_vocab, 3);
  Vector  before = copy_params (t);
  Vector  logits (9 * c.n_vocab);

  EXPECT_TRUE (std::isnan (tl_lm_trainer_step (t.get (), tokens.data (), c.seq_len)));
  for (int32_t bad : { (int32_t) c.n_vocab, -1, INT32_MAX, INT32_MIN })
    {
      Ids wrong (40, bad);

      EXPECT_TRUE (std::isnan (tl_lm_trainer_step (t.get (), wrong.data (), wrong.size ())));
      EXPECT_TRUE (std::isnan (
        tl_lm_trainer_loss (t.get (), wrong.data (), tokens.data (), 1, true)));
      EXPECT_FALSE (tl_lm_trainer_logits (t.get (), wrong.data (), 4, logits.data ()));
    }
  EXPECT_FALSE (tl_lm_trainer_logits (t.get (), tokens.data (), 9, logits.data ()));
  EXPECT_EQ (copy_params (t), before);
  EXPECT_EQ (tl_lm_trainer_get_step (t.get ()), 0u);
}

TEST (LmTrain, SaysWhichSizesMakeNoSense)
{
  tl_lm_train_config c = small_config (true);
  tl_error err{};

  c.batch_tokens = 33;
  EXPECT_EQ (tl_lm_trainer_new (&c, nullptr, &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  c = small_config (true);
  c.blocks.n_kv_heads = 3;
  EXPECT_EQ (tl_lm_trainer_new (&c, nullptr, &err), nullptr);
  EXPECT_NE (strstr (err.message, "heads"), nullptr) << err.message;
}

TEST (LmTrain, ACancelledStepHasNotBegun)
{
  const tl_lm_train_config c = small_config (true);
  Trainer t = make_trainer (c), other = make_trainer (c);
  Ids     tokens = random_ids (500, c.n_vocab, 3);

  tl_lm_trainer_set_cancel (
    t.get (), [] (void *) { return true; }, nullptr);
  EXPECT_TRUE (std::isnan (tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ())));
  EXPECT_EQ (tl_lm_trainer_get_step (t.get ()), 0u);
  tl_lm_trainer_set_cancel (t.get (), nullptr, nullptr);
  EXPECT_EQ (tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ()),
             tl_lm_trainer_step (other.get (), tokens.data (), tokens.size ()));
}

TEST (LmTrain, SkipsAStepWhoseGradientIsNotFinite)
{
  const tl_lm_train_config c = small_config (true);
  Trainer t = make_trainer (c);
  Ids     tokens = random_ids (500, c.n_vocab, 3);
  float  *params = tl_lm_trainer_get_params (t.get ());

  params[tl_lm_trainer_n_params (t.get ()) - 1] = INFINITY;
  Vector before = copy_params (t);
  EXPECT_EQ (tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ()), INFINITY);
  EXPECT_EQ (copy_params (t), before);
}

class LmExportTest : public LmFileTest
{
protected:
  /* The greatest difference between the engine's logits and the trainer's over one sequence, beside
   * the greatest logit. */
  void Compare (tl_type type, float tolerance)
  {
    Trainer     t = Train ();
    std::string path = dir + "/model.gguf";
    tl_error    err{};
    Ids         ids = random_ids (config.seq_len, config.n_vocab, 8);
    Vector      logits (ids.size () * config.n_vocab);
    float       largest = 0.0f;

    ASSERT_TRUE (tl_lm_trainer_export (t.get (), tokenizer, type, type, "small", path.c_str (),
                                      &err))
      << err.message;
    tl_model *model = tl_model_open (path.c_str (), &err);
    ASSERT_NE (model, nullptr) << err.message;
    tl_session *session
      = tl_session_new_with_cache (model, 0, TL_TYPE_F32, nullptr, &err);
    ASSERT_NE (session, nullptr) << err.message;
    EXPECT_EQ (tl_session_get_n_ctx (session), config.seq_len);
    ASSERT_TRUE (tl_lm_trainer_logits (t.get (), ids.data (), ids.size (), logits.data ()));
    for (float x : logits)
      largest = std::max (largest, fabsf (x));
    EXPECT_GT (largest, 2.0f); /* else the comparison would say little */
    for (size_t i = 0; i < ids.size (); i++)
      {
        ASSERT_TRUE (tl_session_decode (session, ids[i], &err)) << err.message;
        for (size_t j = 0; j < config.n_vocab; j++)
          ASSERT_NEAR (tl_session_get_logits (session)[j], logits[i * config.n_vocab + j],
                       tolerance * largest)
            << "position " << i << " token " << j;
      }
    tl_session_free (session);
    tl_model_close (model);
  }
};

/* Float against float, summed in another order: a few units in the last place of the largest. */
TEST_F (LmExportTest, TheEngineComputesTheTrainersLogits)
{
  Compare (TL_TYPE_F32, 1e-5f);
}

TEST_F (LmExportTest, UntiedToo)
{
  config.tied = false;
  Compare (TL_TYPE_F32, 1e-5f);
}

TEST_F (LmExportTest, QuantisedExportIsCloseToIt)
{
  Compare (TL_TYPE_F16, 5e-3f);
  Compare (TL_TYPE_Q8_0, 5e-2f);
}

TEST_F (LmExportTest, RefusesWhatIsNoLlama)
{
  tl_error    err{};
  std::string path = dir + "/refused.gguf";
  auto        refuses = [&] (tl_error_code code, const char *word) {
    Trainer t = make_trainer (config);

    EXPECT_FALSE (
      tl_lm_trainer_export (t.get (), tokenizer, TL_TYPE_Q8_0, TL_TYPE_Q8_0, "x",
                            path.c_str (), &err));
    EXPECT_EQ (err.code, code);
    EXPECT_NE (strstr (err.message, word), nullptr) << err.message;
  };

  config.n_vocab = 265;
  refuses (TL_ERROR_ARGUMENT, "265");
  config.n_vocab = 264;
  config.blocks.n_embd = 48;
  refuses (TL_ERROR_ARGUMENT, "token_embd.weight");
  config.blocks.causal = false;
  refuses (TL_ERROR_UNSUPPORTED, "causal");
  EXPECT_FALSE (std::filesystem::exists (path));
}

} // namespace
