/* SPDX-License-Identifier: Apache-2.0 */
/* Training the reader: gradients of the trunk, runs that can be resumed, and the file it makes. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

#include "reader-fixture.h"

extern "C" {
#include "reader/loss.h"
#include "reader/reader-train.h"
}

/* A few labelled notes, and a trainer over them. */
class Training : public testing::Test
{
protected:
  tl_gguf                       *vocab = nullptr;
  std::vector<tl_gold_unit>      gold;
  tl_reader_example              example = {};
  tl_tokenizer                  *tokenizer = nullptr;
  tl_note                       *note = nullptr;
  tl_note_labels                 labels = {};
  tl_reader_train_config         config;
  tl_error                       err = {};
  std::string                    path;

  void
  SetUp () override
  {
    tl_unit *units;
    size_t n;

    vocab = tl_gguf_open (model_path ().c_str (), &err);
    ASSERT_NE (vocab, nullptr) << err.message;
    ASSERT_TRUE (tl_units_split (note_text.data (), note_text.size (), &units, &n, &err));
    for (size_t i = 0; i < n; i++)
      {
        tl_gold_unit unit = {};

        unit.start = units[i].start;
        unit.end = units[i].end;
        unit.rank = i == 3 ? 1 : i == 6 ? 2 : 0;
        unit.key = unit.rank > 0 ? 1.0f : 0.0f;
        unit.action = i == 4;
        gold.push_back (unit);
      }
    free (units);
    example.text = note_text.data ();
    example.len = note_text.size ();
    example.units = gold.data ();
    example.n_units = gold.size ();
    example.has_actions = true;
    example.weight = 1.0f;
    tokenizer = tl_tokenizer_new_from_gguf (vocab, &err);
    ASSERT_NE (tokenizer, nullptr) << err.message;
    ASSERT_TRUE (tl_example_prepare (tokenizer, &example, &note, &labels, &err)) << err.message;
    tl_reader_train_config_init (&config);
    config.notes_per_step = 4;
    config.note_epochs = 10;
    path = testing::TempDir () + "tinylm-reader-" + std::to_string (getpid ());
  }

  void
  TearDown () override
  {
    tl_example_free_labels (&labels);
    tl_note_free (note);
    tl_tokenizer_free (tokenizer);
    tl_gguf_close (vocab);
    unlink (path.c_str ());
  }

  tl_reader_trainer *
  make ()
  {
    const std::vector<const tl_note *> notes (8, note); /* the same one, as eight */
    const std::vector<const tl_note_labels *> all_labels (8, &labels);
    tl_reader_trainer *t
        = tl_reader_trainer_new (&config, tl_tokenizer_get_n_tokens (tokenizer), notes.data (),
                                 all_labels.data (), notes.size (), nullptr, &err);

    EXPECT_NE (t, nullptr) << err.message;
    return t;
  }
};

/* Central differences on every tensor of the trunk and the heads. A step of 2e-3 in f32 leaves an
 * error of about 1e-4 from rounding (losses near 1, 2^-24 / 2e-3) and as much from curvature. */
TEST_F (Training, GradientsAreThoseOfTheLoss)
{
  tl_reader_trainer *t = make ();
  const tl_reader_layout *l = tl_reader_trainer_get_layout (t);
  const uint32_t which[] = { 0, 1 };
  float *params = tl_reader_trainer_get_params (t), *grads = tl_reader_trainer_get_grads (t);
  tl_rng rng;

  tl_rng_init (&rng, 3);
  for (size_t i = 0; i < l->spans; i++) /* away from the zeros that many tensors start at */
    params[i] += 0.02f * tl_rng_normal (&rng);
  memset (grads, 0, tl_reader_trainer_n_params (t) * sizeof *grads);
  tl_reader_trainer_loss (t, which, 2, nullptr, true);
  for (size_t i = 0; i < tl_reader_n_tensors (l); i++)
    {
      tl_reader_tensor tensor = tl_reader_get_tensor (l, i);
      size_t best = tensor.offset;
      float value, up, down;

      if (tensor.offset >= l->spans)
        break;
      for (size_t k = tensor.offset; k < tensor.offset + tensor.rows * tensor.cols; k++)
        if (std::fabs (grads[k]) > std::fabs (grads[best]))
          best = k;
      value = params[best];
      params[best] = value + 2e-3f;
      up = tl_reader_trainer_loss (t, which, 2, nullptr, false);
      params[best] = value - 2e-3f;
      down = tl_reader_trainer_loss (t, which, 2, nullptr, false);
      params[best] = value;
      EXPECT_GT (std::fabs (grads[best]), 0.0f) << tensor.name;
      EXPECT_NEAR ((up - down) / 4e-3f, grads[best], 2e-3f + 0.03f * std::fabs (grads[best]))
          << tensor.name;
    }
  tl_reader_trainer_free (t);
}

TEST_F (Training, LearnsAndIsDeterministic)
{
  tl_reader_trainer *a = make (), *b = make ();
  float first = tl_reader_trainer_step (a), last = first;

  EXPECT_EQ (tl_reader_trainer_step (b), first);
  while (tl_reader_trainer_get_step (a) < tl_reader_trainer_get_n_steps (a))
    {
      last = tl_reader_trainer_step (a);
      ASSERT_EQ (tl_reader_trainer_step (b), last);
    }
  EXPECT_LT (last, 0.8f * first);
  tl_reader_trainer_free (a);
  tl_reader_trainer_free (b);
}

TEST_F (Training, ResumesToTheSameParameters)
{
  tl_reader_trainer *a = make (), *b = make ();
  size_t n = tl_reader_trainer_n_params (a);

  for (int i = 0; i < 10; i++)
    {
      tl_reader_trainer_step (a);
      if (i == 4)
        {
          ASSERT_TRUE (tl_reader_trainer_save (a, path.c_str (), &err)) << err.message;
        }
    }
  ASSERT_TRUE (tl_reader_trainer_load (b, path.c_str (), &err)) << err.message;
  EXPECT_EQ (tl_reader_trainer_get_step (b), 5u);
  for (int i = 5; i < 10; i++)
    tl_reader_trainer_step (b);
  EXPECT_EQ (memcmp (tl_reader_trainer_get_params (a), tl_reader_trainer_get_params (b),
                     n * sizeof (float)),
             0);
  tl_reader_trainer_free (a);
  tl_reader_trainer_free (b);
}

/* The file's own token vectors: as they lie to each other, at the size of random ones. */
TEST_F (Training, StartsFromGivenVectors)
{
  tl_reader_trainer *t = make ();
  const tl_reader_layout *l = tl_reader_trainer_get_layout (t);
  std::vector<float> there (l->n_params);
  const float *v = tl_reader_trainer_get_params (t) + l->embed;
  double squares = 0.0, ratio = 0.0;
  size_t n = (size_t) l->n_vocab * TL_READER_N_EMBD;

  ASSERT_TRUE (tl_reader_trainer_take_vectors (t, vocab, &err)) << err.message;
  ASSERT_TRUE (tl_reader_load_vectors (vocab, l, there.data (), &err)) << err.message;
  for (size_t i = 0; i < n; i++)
    squares += (double) v[i] * v[i];
  EXPECT_NEAR (std::sqrt (squares / (double) n), 0.1, 1e-3);
  /* differences of two tokens keep their direction: centring takes the same from both */
  for (size_t i = 0; i < TL_READER_N_EMBD; i++)
    {
      float before = there[l->embed + i] - there[l->embed + TL_READER_N_EMBD + i];
      float after = v[i] - v[TL_READER_N_EMBD + i];

      if (i == 0)
        ratio = after / before;
      EXPECT_NEAR (after, before * ratio, 1e-4);
    }
  tl_reader_trainer_free (t);
}

TEST_F (Training, RefusesAnotherRunsCheckpoint)
{
  tl_reader_trainer *a = make (), *b;

  ASSERT_TRUE (tl_reader_trainer_save (a, path.c_str (), &err));
  config.seed = 2;
  b = make ();
  EXPECT_FALSE (tl_reader_trainer_load (b, path.c_str (), &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  tl_reader_trainer_free (a);
  tl_reader_trainer_free (b);
}

/* Q8_0 keeps a weight to 1/254 of its block's largest; the scores of the file stay near the float
 * ones. */
TEST_F (Training, TheFileScoresAsTheFloats)
{
  tl_reader_trainer *t = make ();
  tl_reader_calibration c = {};
  std::vector<float> rows (note->n_units * TL_READER_N_EMBD), logits (note->n_units * 2);
  tl_reader *r;
  tl_reading *reading;

  c.key[0] = c.action[0] = 1.0f;
  for (int i = 0; i < 15; i++)
    tl_reader_trainer_step (t);
  tl_reader_trainer_judge (t, note, rows.data (), logits.data ());
  ASSERT_TRUE (tl_reader_trainer_export (t, &c, vocab, "test", path.c_str (), &err)) << err.message;
  r = tl_reader_open (path.c_str (), &err);
  ASSERT_NE (r, nullptr) << err.message;
  reading = tl_reader_read (r, note_text.data (), note_text.size (), nullptr, nullptr, &err);
  ASSERT_NE (reading, nullptr) << err.message;
  ASSERT_EQ (reading->n_units, note->n_units);
  for (size_t u = 0; u < reading->n_units; u++)
    if (tl_unit_is_content (&reading->units[u].unit))
      {
        EXPECT_NEAR (reading->units[u].p_key, 1.0f / (1.0f + std::exp (-logits[2 * u])), 0.03f);
        EXPECT_NEAR (reading->units[u].p_action, 1.0f / (1.0f + std::exp (-logits[2 * u + 1])),
                     0.03f);
      }
  tl_reading_free (reading);
  tl_reader_close (r);
  tl_reader_trainer_free (t);
}

TEST (Platt, FindsTheCurveThatMadeThePoints)
{
  tl_platt p = {};
  float ab[2];
  tl_rng rng;

  tl_rng_init (&rng, 5);
  for (int i = 0; i < 20000; i++)
    {
      float z = 3.0f * tl_rng_normal (&rng);

      ASSERT_TRUE (tl_platt_add (
          &p, z, tl_rng_uniform (&rng) < 1.0f / (1.0f + std::exp (-(0.7f * z - 1.0f))), nullptr));
    }
  tl_platt_fit (&p, ab);
  EXPECT_NEAR (ab[0], 0.7f, 0.05f); /* three standard errors */
  EXPECT_NEAR (ab[1], -1.0f, 0.07f);
  tl_platt_clear (&p);
}
