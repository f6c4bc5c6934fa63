/* SPDX-License-Identifier: Apache-2.0 */
/* Training of adapters: gradients against central differences for each matrix, type of weights and
 * family; what must not change the result; and that a trained adapter, written and read again,
 * gives in inference the loss that training saw. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

extern "C" {
#include "../bench/family-model.h"
#include "model/adapter.h"
#include "train/lora-train.h"
#include "train/merge.h"
}
#include "tiny-model.h"

namespace
{

constexpr unsigned ALL = (1u << TL_TARGETS) - 1;

std::string
read_all (const std::string &path)
{
  std::ifstream in (path, std::ios::binary);

  return { std::istreambuf_iterator<char> (in), {} };
}

tl_lora_config
small_config (unsigned targets = ALL)
{
  tl_lora_config c = {};

  c.rank = 4;
  c.alpha = 8;
  c.targets = targets;
  c.max_rows = 24;
  c.max_seq_len = 9;
  c.wide_bytes = 1u << 30;
  c.adamw = { 1e-2f, 0.9f, 0.95f, 1e-8f, 0.0f, 1.0f };
  c.schedule = { TL_SCHEDULE_COSINE, 2, 0, 100, 0.1f };
  c.seed = 3;
  return c;
}

/* Three examples of different lengths, two of which share a batch of 24 rows with the third. */
class Examples
{
public:
  std::vector<std::vector<int32_t>> ids;
  std::vector<tl_lora_example>      list;

  explicit Examples (uint32_t n_vocab = 97)
  {
    const uint32_t lengths[] = { 10, 5, 7, 9 }, prompts[] = { 6, 1, 4, 8 };

    for (int i = 0; i < 4; i++)
      ids.push_back (tiny_tokens (lengths[i], n_vocab, 20 + i));
    for (int i = 0; i < 4; i++)
      list.push_back ({ ids[i].data (), lengths[i], prompts[i] });
  }
};

class Trainer
{
public:
  tl_lora_trainer *t;
  tl_error         err = {};

  Trainer (const tl_lora_config &c, const tl_model *m, tl_pool *pool = nullptr)
    : t (tl_lora_trainer_new (&c, m, pool, &err))
  {
    EXPECT_NE (t, nullptr) << err.message;
  }
  ~Trainer () { tl_lora_trainer_free (t); }
  Trainer (const Trainer &) = delete;

  /* B is zero at first, and then A has no gradient. */
  void
  Shake (float deviation)
  {
    tl_rng rng;

    tl_rng_init (&rng, 5);
    for (size_t i = 0; i < tl_lora_trainer_n_params (t); i++)
      tl_lora_trainer_get_params (t)[i] += deviation * tl_rng_normal (&rng);
  }
  double
  Loss (const Examples &e, bool backward = false)
  {
    return tl_lora_trainer_loss (t, e.list.data (), e.list.size (), backward);
  }
  std::vector<float>
  Copy (const float *from)
  {
    return { from, from + tl_lora_trainer_n_params (t) };
  }
};

/* The derivative along random directions, by the gradient and by central differences. */
void
check_gradients (Trainer &trainer, const Examples &examples, double tolerance)
{
  size_t n = tl_lora_trainer_n_params (trainer.t);
  float *params = tl_lora_trainer_get_params (trainer.t);
  std::vector<float> at = trainer.Copy (params), grads, direction (n);
  tl_rng rng;

  ASSERT_TRUE (std::isfinite (trainer.Loss (examples, true)));
  grads = trainer.Copy (tl_lora_trainer_get_grads (trainer.t));
  tl_rng_init (&rng, 8);
  for (int trial = 0; trial < 3; trial++)
    {
      const float step = 1e-2f;
      double slope = 0, difference = 0, norm = 0, length = 0;

      /* Towards the gradient, with noise, so that the slope is large beside the rounding. */
      for (size_t i = 0; i < n; i++)
        norm += (double) grads[i] * grads[i] / (double) n;
      ASSERT_GT (norm, 0);
      for (size_t i = 0; i < n; i++)
        {
          direction[i] = grads[i] / (float) std::sqrt (norm) + tl_rng_normal (&rng);
          length += (double) direction[i] * direction[i];
        }
      for (size_t i = 0; i < n; i++)
        {
          direction[i] /= (float) std::sqrt (length);
          slope += (double) direction[i] * grads[i];
        }
      for (int sign = -1; sign <= 1; sign += 2)
        {
          for (size_t i = 0; i < n; i++)
            params[i] = at[i] + (float) sign * step * direction[i];
          difference += sign * trainer.Loss (examples) / (2 * step);
        }
      std::copy (at.begin (), at.end (), params);
      EXPECT_NEAR (difference, slope, tolerance * std::fabs (slope));
    }
}

class Gradient : public testing::TestWithParam<std::tuple<int, tl_type>>
{
};

TEST_P (Gradient, is_the_slope_of_the_loss)
{
  TinyShape shape;

  shape.n_embd = shape.n_ff = 256;
  shape.n_heads = 8;
  shape.type = std::get<1> (GetParam ());
  TinyModel tiny (shape);
  Trainer trainer (small_config (1u << std::get<0> (GetParam ())), tiny.model);

  trainer.Shake (0.05f);
  check_gradients (trainer, Examples (), 0.01);
}

INSTANTIATE_TEST_SUITE_P (
  Targets, Gradient,
  testing::Combine (testing::Range (0, (int) TL_TARGETS),
                    testing::Values (TL_TYPE_F32, TL_TYPE_Q8_0, TL_TYPE_Q4_0, TL_TYPE_Q4_K,
                                     TL_TYPE_TQ2_0)));

class Family : public testing::TestWithParam<const char *>
{
protected:
  tl_error    err = {};
  std::string path = testing::TempDir () + "tinylm-lora-" + std::to_string (getpid ());
  tl_model   *model = nullptr;

  void
  SetUp () override
  {
    ASSERT_TRUE (family_model_write (GetParam (), TL_TYPE_F32, path.c_str (), &err)) << err.message;
    model = tl_model_open (path.c_str (), &err);
    ASSERT_NE (model, nullptr) << err.message;
  }
  void
  TearDown () override
  {
    tl_model_close (model);
    remove (path.c_str ());
    remove ((path + ".lora").c_str ());
  }

  /* Nats a learned token, by inference of the model in F32 with an adapter. */
  double
  InferredLoss (const tl_model *m, const tl_adapter *adapter, const Examples &examples)
  {
    tl_session *s = tl_session_new_with_cache (m, 0, TL_TYPE_F32, nullptr, &err);
    tl_adapter_use use = { adapter, 1.0f };
    double sum = 0;
    size_t n = 0;

    EXPECT_TRUE (tl_session_set_adapters (s, &use, adapter != nullptr, &err)) << err.message;
    for (const tl_lora_example &e : examples.list)
      {
        std::vector<float> logprobs (e.n);

        tl_session_truncate (s, 0);
        EXPECT_TRUE (tl_session_score (s, e.ids, e.n, logprobs.data (), &err)) << err.message;
        for (size_t i = e.n_prompt; i < e.n; i++, n++)
          sum -= (double) logprobs[i];
      }
    tl_session_free (s);
    return sum / (double) n;
  }
};

TEST_P (Family, has_gradients_that_are_slopes)
{
  Trainer trainer (small_config (), model);

  trainer.Shake (0.05f);
  check_gradients (trainer, Examples (tl_model_get_info (model)->n_vocab), 0.01);
}

/* The pairs are written in half precision: the loss moves by less than a thousandth. */
TEST_P (Family, infers_the_loss_that_was_trained)
{
  Examples examples (tl_model_get_info (model)->n_vocab);
  Trainer trainer (small_config (), model);
  tl_gguf_writer *w = tl_gguf_writer_new ();
  std::string file = path + ".lora";

  EXPECT_NEAR (trainer.Loss (examples), InferredLoss (model, nullptr, examples), 2e-4);
  trainer.Shake (0.05f);
  ASSERT_TRUE (tl_lora_trainer_export (trainer.t, w, TL_TYPE_F16, "x", file.c_str (), &err))
    << err.message;
  tl_gguf_writer_free (w);
  tl_adapter *adapter = tl_adapter_open (file.c_str (), model, &err);
  ASSERT_NE (adapter, nullptr) << err.message;
  EXPECT_EQ (tl_adapter_get_info (adapter)->rank, 4u);
  EXPECT_NEAR (trainer.Loss (examples), InferredLoss (model, adapter, examples), 2e-3);
  tl_adapter_close (adapter);
}

/* What is merged into the weights is what was added beside them. */
TEST_P (Family, merges_to_the_same)
{
  Examples examples (tl_model_get_info (model)->n_vocab);
  Trainer trainer (small_config (), model);
  tl_gguf_writer *w = tl_gguf_writer_new ();
  std::string file = path + ".lora", merged = path + ".merged";

  trainer.Shake (0.05f);
  ASSERT_TRUE (tl_lora_trainer_export (trainer.t, w, TL_TYPE_F16, "x", file.c_str (), &err));
  tl_gguf_writer_free (w);
  tl_adapter *adapter = tl_adapter_open (file.c_str (), model, &err);
  tl_adapter_use use = { adapter, 1.0f };
  w = tl_gguf_writer_new ();
  ASSERT_TRUE (tl_merge_adapters (model, &use, 1, TL_TYPE_F32, w, merged.c_str (), &err))
    << err.message;
  tl_gguf_writer_free (w);
  tl_model *sum = tl_model_open (merged.c_str (), &err);
  ASSERT_NE (sum, nullptr) << err.message;
  EXPECT_NEAR (InferredLoss (sum, nullptr, examples), InferredLoss (model, adapter, examples),
               1e-4);
  tl_model_close (sum);
  tl_adapter_close (adapter);
  remove (merged.c_str ());
}

/* Full training writes a model, which computes what was trained. */
TEST_P (Family, is_trained_in_full)
{
  Examples examples (tl_model_get_info (model)->n_vocab);
  tl_lora_config c = small_config ();
  c.full = true;
  Trainer trainer (c, model);
  tl_gguf_writer *w = tl_gguf_writer_new ();
  std::string file = path + ".lora";

  trainer.Shake (0.02f);
  check_gradients (trainer, examples, 0.02);
  ASSERT_TRUE (tl_lora_trainer_export (trainer.t, w, TL_TYPE_F32, "x", file.c_str (), &err))
    << err.message;
  tl_gguf_writer_free (w);
  tl_model *trained = tl_model_open (file.c_str (), &err);
  ASSERT_NE (trained, nullptr) << err.message;
  EXPECT_NEAR (trainer.Loss (examples), InferredLoss (trained, nullptr, examples), 2e-4);
  tl_model_close (trained);
}

INSTANTIATE_TEST_SUITE_P (Lora, Family,
                          testing::Values ("llama", "qwen2", "qwen3", "gemma3", "granite",
                                           "bitnet"));

class LoraTrain : public testing::Test
{
protected:
  TinyShape shape = []
  {
    TinyShape s;

    s.type = TL_TYPE_Q8_0;
    s.n_layers = 3;
    return s;
  }();
  TinyModel tiny{ shape };
  Examples  examples;

  std::vector<float>
  Gradients (const tl_lora_config &c, tl_pool *pool = nullptr)
  {
    Trainer trainer (c, tiny.model, pool);

    trainer.Shake (0.05f);
    trainer.Loss (examples, true);
    return trainer.Copy (tl_lora_trainer_get_grads (trainer.t));
  }
};

TEST_F (LoraTrain, begins_with_no_change)
{
  Trainer trainer (small_config (), tiny.model);
  Trainer narrow (small_config (1), tiny.model);

  EXPECT_EQ (trainer.Loss (examples), narrow.Loss (examples));
}

/* Neither attention nor positions cross from one example to the next. */
TEST_F (LoraTrain, sees_each_example_alone)
{
  Trainer trainer (small_config (), tiny.model);
  double sum = 0;
  uint32_t n = 0;

  trainer.Shake (0.05f);
  for (const tl_lora_example &e : examples.list)
    {
      sum += tl_lora_trainer_loss (trainer.t, &e, 1, false) * (e.n - e.n_prompt);
      n += e.n - e.n_prompt;
    }
  EXPECT_NEAR (trainer.Loss (examples), sum / n, 1e-5);
}

TEST_F (LoraTrain, computes_again_what_it_did_not_keep)
{
  tl_lora_config c = small_config ();
  std::vector<float> kept = Gradients (c);
  size_t more = tl_lora_estimate (&c, tiny.model, 1);

  c.recompute = true;
  EXPECT_EQ (Gradients (c), kept);
  EXPECT_LT (tl_lora_estimate (&c, tiny.model, 1), more);
}

TEST_F (LoraTrain, widens_weights_as_it_goes_where_memory_is_short)
{
  tl_lora_config c = small_config ();
  std::vector<float> at_once = Gradients (c);
  size_t more = tl_lora_estimate (&c, tiny.model, 1);

  c.wide_bytes = 0;
  EXPECT_EQ (Gradients (c), at_once);
  EXPECT_LT (tl_lora_estimate (&c, tiny.model, 1), more);
}

TEST_F (LoraTrain, parts_what_has_no_room)
{
  tl_lora_config c = small_config ();
  std::vector<float> whole = Gradients (c), parted;
  size_t more = tl_lora_estimate (&c, tiny.model, 1);

  c.room = c.max_seq_len;
  c.learn_room = 1;
  parted = Gradients (c);
  ASSERT_EQ (parted.size (), whole.size ());
  for (size_t i = 0; i < whole.size (); i++)
    EXPECT_NEAR (parted[i], whole[i], 1e-5);
  EXPECT_LT (tl_lora_estimate (&c, tiny.model, 1), more);
}

TEST_F (LoraTrain, goes_on_where_there_is_less_room)
{
  std::string path = testing::TempDir () + "tinylm-room-" + std::to_string (getpid ());
  tl_lora_config c = small_config ();
  tl_error err;
  Trainer first (c, tiny.model);

  tl_lora_trainer_step (first.t, examples.list.data (), examples.list.size ());
  ASSERT_TRUE (tl_lora_trainer_save (first.t, path.c_str (), &err)) << err.message;
  c.room = c.max_seq_len;
  Trainer second (c, tiny.model);
  ASSERT_TRUE (tl_lora_trainer_load (second.t, path.c_str (), &err)) << err.message;
  EXPECT_EQ (tl_lora_trainer_get_state (second.t)->step, 1u);
  EXPECT_NEAR (second.Loss (examples), first.Loss (examples), 1e-5);
  remove (path.c_str ());
}

TEST_F (LoraTrain, writes_the_same_when_it_has_ended)
{
  std::string paths[2];
  tl_error err;
  Trainer trainer (small_config (), tiny.model);
  size_t n = tl_lora_trainer_n_params (trainer.t);

  trainer.Shake (0.05f);
  for (int i = 0; i < 2; i++)
    {
      tl_gguf_writer *w = tl_gguf_writer_new ();

      paths[i] = testing::TempDir () + "tinylm-end-" + std::to_string (getpid ()) + "-" + "ab"[i];
      ASSERT_TRUE (tl_lora_trainer_export (trainer.t, w, TL_TYPE_F16, "x", paths[i].c_str (), &err))
        << err.message;
      tl_gguf_writer_free (w);
      tl_lora_trainer_end (trainer.t);
    }
  EXPECT_EQ (tl_lora_trainer_n_params (trainer.t), n);
  EXPECT_EQ (read_all (paths[0]), read_all (paths[1]));
  remove (paths[0].c_str ());
  remove (paths[1].c_str ());
}

TEST_F (LoraTrain, counts_what_it_would_train)
{
  tl_lora_config c = small_config (3);
  Trainer trainer (c, tiny.model);

  EXPECT_EQ (tl_lora_count_params (&c, tiny.model), tl_lora_trainer_n_params (trainer.t));
}

TEST_F (LoraTrain, does_not_depend_on_threads)
{
  tl_pool *pool = tl_pool_new (3, nullptr);

  EXPECT_EQ (Gradients (small_config (), pool), Gradients (small_config ()));
  tl_pool_free (pool);
}

TEST_F (LoraTrain, learns_its_examples)
{
  Trainer trainer (small_config (), tiny.model);
  double before = trainer.Loss (examples);

  for (int i = 0; i < 60; i++)
    tl_lora_trainer_step (trainer.t, examples.list.data (), examples.list.size ());
  EXPECT_LT (trainer.Loss (examples), before / 4);
}

TEST_F (LoraTrain, goes_on_from_a_checkpoint_to_the_same_bytes)
{
  tl_lora_config c = small_config ();
  std::string path = testing::TempDir () + "tinylm-lora-ckpt-" + std::to_string (getpid ());
  tl_error err = {};
  c.dropout = 0.2f;
  Trainer whole (c, tiny.model), first (c, tiny.model), second (c, tiny.model);
  auto steps = [&] (Trainer &t, int n)
  {
    for (int i = 0; i < n; i++)
      tl_lora_trainer_step (t.t, examples.list.data (), examples.list.size ());
  };

  steps (whole, 8);
  steps (first, 3);
  tl_lora_trainer_keep (first.t);
  std::vector<float> kept = first.Copy (tl_lora_trainer_get_params (first.t));
  steps (first, 2);
  ASSERT_TRUE (tl_lora_trainer_save (first.t, path.c_str (), &err)) << err.message;
  ASSERT_TRUE (tl_lora_trainer_load (second.t, path.c_str (), &err)) << err.message;
  steps (second, 3);
  EXPECT_EQ (second.Copy (tl_lora_trainer_get_params (second.t)),
             whole.Copy (tl_lora_trainer_get_params (whole.t)));
  tl_lora_trainer_restore (second.t);
  EXPECT_EQ (second.Copy (tl_lora_trainer_get_params (second.t)), kept);

  c.data_hash = 1;
  Trainer other (c, tiny.model);
  EXPECT_FALSE (tl_lora_trainer_load (other.t, path.c_str (), &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  remove (path.c_str ());
}

/* The pairs count alpha / rank: with another one they are other weights. */
TEST_F (LoraTrain, does_not_go_on_with_another_alpha)
{
  std::string path = testing::TempDir () + "tinylm-alpha-" + std::to_string (getpid ());
  tl_lora_config c = small_config ();
  tl_error err = {};
  Trainer first (c, tiny.model);

  tl_lora_trainer_step (first.t, examples.list.data (), examples.list.size ());
  ASSERT_TRUE (tl_lora_trainer_save (first.t, path.c_str (), &err)) << err.message;
  c.alpha = 16;
  Trainer other (c, tiny.model);
  EXPECT_FALSE (tl_lora_trainer_load (other.t, path.c_str (), &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  remove (path.c_str ());
}

/* FNV-1a of 4, 127, 0, 24, 3, 0, a step of the run of small_config () before alpha was in it too. */
TEST_F (LoraTrain, goes_on_from_an_older_checkpoint)
{
  std::string path = testing::TempDir () + "tinylm-older-" + std::to_string (getpid ());
  tl_error err = {};
  Trainer first (small_config (), tiny.model), second (small_config (), tiny.model);
  uint64_t hash = tl_lora_trainer_get_state (second.t)->config_hash;

  tl_lora_trainer_step (first.t, examples.list.data (), examples.list.size ());
  tl_lora_trainer_get_state (first.t)->config_hash = 0xb22cdc2b9ec012a5u;
  ASSERT_TRUE (tl_lora_trainer_save (first.t, path.c_str (), &err)) << err.message;
  ASSERT_TRUE (tl_lora_trainer_load (second.t, path.c_str (), &err)) << err.message;
  EXPECT_EQ (tl_lora_trainer_get_state (second.t)->step, 1u);
  EXPECT_EQ (tl_lora_trainer_get_state (second.t)->config_hash, hash);
  EXPECT_EQ (second.Loss (examples), first.Loss (examples));
  remove (path.c_str ());
}

/* Asked once only, it says yes, and a step that was cut short has changed nothing. */
TEST_F (LoraTrain, is_cancelled_by_one_yes)
{
  Trainer trainer (small_config (), tiny.model);
  bool yes = true;
  std::vector<float> before = trainer.Copy (tl_lora_trainer_get_params (trainer.t));

  tl_lora_trainer_set_cancel (trainer.t, [] (void *data) { return std::exchange (*(bool *) data, false); },
                              &yes);
  EXPECT_TRUE (std::isnan (tl_lora_trainer_step (trainer.t, examples.list.data (),
                                                 examples.list.size ())));
  EXPECT_EQ (tl_lora_trainer_get_state (trainer.t)->step, 0u);
  EXPECT_EQ (trainer.Copy (tl_lora_trainer_get_params (trainer.t)), before);
  EXPECT_TRUE (std::isfinite (tl_lora_trainer_step (trainer.t, examples.list.data (),
                                                    examples.list.size ())));
}

TEST_F (LoraTrain, tells_what_ran_away_from_what_was_cancelled)
{
  Trainer trainer (small_config (), tiny.model);

  for (size_t i = 0; i < tl_lora_trainer_n_params (trainer.t); i++)
    tl_lora_trainer_get_params (trainer.t)[i] = NAN;
  EXPECT_EQ (trainer.Loss (examples), INFINITY);
}

TEST_F (LoraTrain, refuses_examples_that_it_cannot_learn)
{
  Trainer trainer (small_config (), tiny.model);
  std::vector<int32_t> ids = { 1, 2, 3 }, wrong = { 1, 2, 97 };
  std::vector<int32_t> longer (11, 1);
  const tl_lora_example cases[] = {
    { ids.data (), 3, 3 }, { ids.data (), 3, 0 }, { wrong.data (), 3, 1 },
    { longer.data (), 11, 1 } };

  for (const tl_lora_example &e : cases)
    EXPECT_TRUE (std::isnan (tl_lora_trainer_step (trainer.t, &e, 1)));
}

TEST (LoraTrainFused, is_refused)
{
  std::string path = testing::TempDir () + "tinylm-lora-phi-" + std::to_string (getpid ());
  tl_lora_config c = small_config ();
  tl_error err = {};

  ASSERT_TRUE (family_model_write ("phi3", TL_TYPE_F32, path.c_str (), &err));
  tl_model *m = tl_model_open (path.c_str (), &err);
  EXPECT_EQ (tl_lora_trainer_new (&c, m, nullptr, &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_UNSUPPORTED);
  tl_model_close (m);
  remove (path.c_str ());
}

}
