/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing the next tokens from the text before: what is guessed, when it is not, and that no token
 * and no bit of a logit depends on it. */
#include <gtest/gtest.h>

#include <vector>

#include "cpu-path.h"
#include "tiny-model.h"

extern "C" {
#include "model/lookup.h"
#include "model/sampler.h"
}

/* ---- the table alone ---- */

class Lookup : public testing::Test
{
protected:
  std::vector<uint32_t> places = std::vector<uint32_t> (tl_lookup_places (256));
  tl_lookup             l = { places.data (), tl_lookup_places (256), 0, 0, 0 };
  std::vector<int32_t>  ids;

  void
  append (int32_t id)
  {
    ids.push_back (id);
    tl_lookup_follow (&l, ids.data (), (uint32_t) ids.size ());
  }

  std::vector<int32_t>
  draft (uint32_t max, float cost = 0.1f)
  {
    size_t n = ids.size ();
    std::vector<int32_t> room (ids);

    room.resize (n + max);
    room.resize (n + tl_lookup_draft (&l, room.data (), (uint32_t) n, max, cost));
    return { room.begin () + (long) n, room.end () };
  }
};

TEST_F (Lookup, guesses_what_followed_once_that_proved_right)
{
  for (int round = 0; round < 2; round++)
    for (int32_t id = 10; id < 20; id++)
      append (id);
  for (int32_t id = 10; id < 13; id++)
    append (id);
  EXPECT_EQ (draft (4), (std::vector<int32_t> { 13, 14, 15, 16 }));
}

TEST_F (Lookup, takes_the_latest_place)
{
  for (int32_t id : { 1, 2, 3, 50, 1, 2, 3, 60, 1, 2, 3 })
    append (id);
  ASSERT_EQ (l.source, 7u);
  EXPECT_EQ (ids[l.source], 60);
}

TEST_F (Lookup, drafts_a_loop_from_its_own_draft)
{
  for (int i = 0; i < 30; i++)
    append (i % 4);
  EXPECT_EQ (draft (7), (std::vector<int32_t> { 2, 3, 0, 1, 2, 3, 0 }));
}

TEST_F (Lookup, guesses_nothing_before_a_guess_was_right)
{
  for (int32_t id : { 1, 2, 3, 4, 5, 1, 2, 3 })
    append (id);
  EXPECT_EQ (l.source, 3u);
  EXPECT_TRUE (draft (7).empty ());
}

TEST_F (Lookup, stops_when_guesses_are_wrong)
{
  for (int i = 0; i < 30; i++)
    append (i % 4);
  ASSERT_EQ (draft (7).size (), 7u);
  for (int32_t id = 100; l.source == 0 && id < 103; id++)
    append (id);
  for (int i = 0; i < 20; i++)
    for (int32_t id : { 0, 1, 2, 200 + i })
      append (id);
  EXPECT_TRUE (draft (7).empty ());
}

TEST_F (Lookup, costs_decide_how_long_a_draft_is)
{
  for (int i = 0; i < 11; i++)
    append (i % 4);
  EXPECT_GT (draft (7, 0.01f).size (), draft (7, 0.3f).size ());
  EXPECT_TRUE (draft (7, 1.0f).empty ()) << "what costs as much as a step gains nothing";
}

/* Places of what was cut are compared and not believed. */
TEST_F (Lookup, forgets_what_was_cut)
{
  for (int32_t id : { 1, 2, 3, 4, 5, 6 })
    append (id);
  ids.resize (2);
  tl_lookup_cut (&l, 2);
  for (int32_t id : { 9, 9, 9, 9, 9, 9, 1, 2, 3 })
    append (id);
  EXPECT_EQ (l.source, 0u);
}

/* ---- the session ---- */

struct Settings
{
  tl_type  type;
  float    temperature, repeat_penalty;
  uint32_t n_ctx;
};

class Guessing : public OnCpuPath
{
protected:
  tl_error        err = {};
  tl_session_work work = {};

  static TinyShape
  shape_of (tl_type type)
  {
    TinyShape shape;

    shape.type = type;
    shape.n_vocab = 40; /* few, so that texts repeat themselves */
    shape.n_embd = shape.n_ff = tl_type_get_info ((uint32_t) type)->block_len > 32 ? 256 : 64;
    return shape;
  }

  /* A text of the model: prompt, and tokens until the context is full. @cut_at: takes back 10. */
  std::vector<int32_t>
  write (const tl_model *model, const Settings &t, uint64_t seed, bool lookup, tl_pool *p,
         std::vector<float> *logits, size_t cut_at = 0)
  {
    tl_session *s = tl_session_new (model, t.n_ctx, p, &err);
    uint32_t n_vocab = tl_model_get_info (model)->n_vocab;
    std::vector<int32_t> text = tiny_tokens (30, n_vocab);
    tl_sampler_params params;

    tl_sampler_params_init (&params);
    params.temperature = t.temperature;
    params.repeat_penalty = t.repeat_penalty;
    params.seed = seed;
    tl_sampler *sampler = tl_sampler_new (&params, n_vocab, &err);
    text.insert (text.end (), text.begin (), text.begin () + 15);
    tl_session_set_lookup (s, lookup);
    EXPECT_TRUE (tl_session_prefill (s, text.data (), text.size (), nullptr, nullptr, &err));
    while (text.size () < t.n_ctx)
      {
        text.push_back (tl_sampler_sample (sampler, tl_session_get_logits (s), nullptr, 0));
        tl_sampler_accept (sampler, text.back ());
        EXPECT_TRUE (tl_session_decode (s, text.back (), &err)) << err.message;
        if (text.size () == cut_at)
          {
            tl_session_truncate (s, (uint32_t) cut_at - 10);
            tl_session_decode (s, text[cut_at - 10], &err);
            text.resize (cut_at - 9);
            cut_at = 0;
          }
        EXPECT_EQ (tl_session_get_position (s), text.size ());
        logits->insert (logits->end (), tl_session_get_logits (s),
                        tl_session_get_logits (s) + n_vocab);
      }
    work = *tl_session_get_work (s);
    tl_sampler_free (sampler);
    tl_session_free (s);
    return text;
  }
};

/* Weights that are packed, and such that are not; the longest drafts come from greedy loops. */
TEST_P (Guessing, changes_no_token_and_no_bit)
{
  const tl_type types[] = { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q8_0, TL_TYPE_Q4_0, TL_TYPE_Q4_K,
                            TL_TYPE_TQ2_0 };
  uint64_t n_greedy = 0, n_sampled = 0;

  for (tl_type type : types)
    {
      TinyModel tiny (shape_of (type));

      for (float temperature : { 0.0f, 0.5f, 1.0f })
        for (float penalty : { 1.0f, 1.2f })
          for (uint64_t seed : { 1, 2 })
            {
              const Settings t = { type, temperature, penalty, 110 };
              std::vector<float> with, without;

              SCOPED_TRACE (tl_type_get_info ((uint32_t) type)->name);
              std::vector<int32_t> text = write (tiny.model, t, seed, false, pool, &without, 80);
              EXPECT_EQ (work.n_guessed, 0u);
              EXPECT_EQ (write (tiny.model, t, seed, true, pool, &with, 80), text);
              EXPECT_TRUE (with == without) << "logits";
              (temperature == 0 ? n_greedy : n_sampled) += work.n_hits;
              EXPECT_LE (work.n_hits, work.n_guessed);
            }
    }
  EXPECT_GT (n_greedy, 200u) << "nothing was tested";
  EXPECT_GT (n_sampled, 20u) << "nothing was tested";
}

/* A text that is given a second time: the steps are a third at most. */
TEST_P (Guessing, saves_steps_where_a_text_is_copied)
{
  TinyShape shape = shape_of (TL_TYPE_Q8_0);

  shape.n_vocab = 500;
  TinyModel tiny (shape);
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  std::vector<int32_t> ids = tiny_tokens (90, shape.n_vocab);

  tl_session_set_lookup (s, true);
  ASSERT_TRUE (tl_session_prefill (s, ids.data (), ids.size (), nullptr, nullptr, &err));
  for (int32_t id : ids)
    ASSERT_TRUE (tl_session_decode (s, id, &err));
  EXPECT_LT (tl_session_get_work (s)->n_steps, ids.size () / 3);
  EXPECT_EQ (tl_session_get_work (s)->n_steps + tl_session_get_work (s)->n_hits, ids.size ());
  EXPECT_EQ (tl_session_get_position (s), 2 * ids.size ());
  tl_session_free (s);
}

/* Tokens by chance: not one in a hundred is computed in vain. */
TEST_P (Guessing, costs_nothing_where_nothing_is_copied)
{
  TinyModel tiny (shape_of (TL_TYPE_Q8_0));
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);

  tl_session_set_lookup (s, true);
  for (int32_t id : tiny_tokens (200, 40, 3))
    ASSERT_TRUE (tl_session_decode (s, id, &err));
  EXPECT_LE (tl_session_get_work (s)->n_guessed, 2u);
  tl_session_free (s);
}

ON_EVERY_CPU_PATH (Guessing);

class Threads : public Guessing
{
};

/* The same tokens for a seed, with one to four threads, guesses or none. */
TEST_P (Threads, do_not_change_the_text_of_a_seed)
{
  TinyShape shape = shape_of (TL_TYPE_TQ2_0);

  shape.n_vocab = 500;
  shape.n_ff = 512;
  shape.n_kv_heads = 4;
  for (tl_type type : { TL_TYPE_TQ2_0, TL_TYPE_Q8_0, TL_TYPE_Q4_K, TL_TYPE_F16 })
    {
      shape.type = type;
      TinyModel tiny (shape);
      const Settings t = { type, 0.9f, 1.1f, 150 };
      std::vector<float> alone;
      std::vector<int32_t> text = write (tiny.model, t, 7, false, nullptr, &alone);

      for (unsigned n_threads = 1; n_threads <= 4; n_threads++)
        for (bool lookup : { false, true })
          {
            tl_pool *p = tl_pool_new (n_threads, &err);
            std::vector<float> logits;

            EXPECT_EQ (write (tiny.model, t, 7, lookup, p, &logits), text) << n_threads;
            EXPECT_TRUE (logits == alone) << n_threads << " threads";
            tl_pool_free (p);
          }
    }
}

INSTANTIATE_TEST_SUITE_P (Paths, Threads,
                          testing::Combine (testing::ValuesIn (cpu_paths), testing::Values (1u)),
                          cpu_path_name);
