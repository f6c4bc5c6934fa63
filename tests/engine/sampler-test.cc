/* SPDX-License-Identifier: Apache-2.0 */
/* What each setting of the sampler means, against probabilities worked out in the test. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

extern "C" {
#include "model/sampler.h"
}

/* Logits whose softmax are these probabilities. */
static std::vector<float>
logits_of (const std::vector<double> &probabilities)
{
  std::vector<float> logits;

  for (double p : probabilities)
    logits.push_back ((float) std::log (p));
  return logits;
}

static const std::vector<double> six = { 0.05, 0.40, 0.10, 0.25, 0.15, 0.05 };
static const std::map<int32_t, double> all_six
    = { { 0, .05 }, { 1, .4 }, { 2, .1 }, { 3, .25 }, { 4, .15 }, { 5, .05 } };

class Sampler : public testing::Test
{
protected:
  tl_sampler_params params;
  tl_sampler       *sampler = nullptr;
  tl_error          err = {};

  void
  SetUp () override
  {
    tl_sampler_params_init (&params);
    params.temperature = 1;
  }

  void TearDown () override { tl_sampler_free (sampler); }

  void
  make (uint32_t n_vocab)
  {
    tl_sampler_free (sampler);
    sampler = tl_sampler_new (&params, n_vocab, &err);
    ASSERT_NE (sampler, nullptr) << err.message;
  }

  int32_t
  sample (std::vector<float> logits, const std::vector<int32_t> &allowed = {})
  {
    return tl_sampler_sample (sampler, logits.data (), allowed.empty () ? nullptr : allowed.data (),
                              allowed.size ());
  }

  /* Draws @n times and checks each frequency against its probability, within five standard
   * errors; what has probability 0 must never come. */
  void
  expect_frequencies (const std::vector<double> &probabilities,
                      const std::map<int32_t, double> &expected,
                      const std::vector<int32_t> &allowed = {})
  {
    const int n = 20000;
    std::map<int32_t, int> counts;

    make ((uint32_t) probabilities.size ());
    for (int i = 0; i < n; i++)
      counts[sample (logits_of (probabilities), allowed)]++;
    for (auto [id, count] : counts)
      EXPECT_TRUE (expected.count (id)) << id << " came " << count << " times";
    for (auto [id, p] : expected)
      EXPECT_NEAR (counts[id] / (double) n, p, 5 * std::sqrt (p * (1 - p) / n)) << id;
  }
};

TEST_F (Sampler, greedy_takes_the_best_and_the_lowest_of_equals)
{
  params.temperature = 0;
  make (5);
  EXPECT_EQ (sample ({ 1, 3, 2, 3, 0 }), 1);
  EXPECT_EQ (sample ({ -1, -3, -2, -3, -9 }), 0);
  EXPECT_EQ (sample ({ 1, 3, 2, 3, 0 }, { 3, 1 }), 1) << "whatever the order of the allowed";
  EXPECT_EQ (sample ({ 1, 3, 2, 3, 0 }, { 4, 2, 0 }), 2);
  EXPECT_EQ (sample ({ 1, 3, 2, 3, 0 }, { 4 }), 4);
}

TEST_F (Sampler, what_is_not_a_number_is_never_chosen)
{
  params.temperature = 0;
  make (4);
  EXPECT_EQ (sample ({ NAN, -5, NAN, -6 }), 1);
  EXPECT_EQ (sample ({ NAN, NAN, NAN, NAN }), 0) << "unless there is nothing else";
  EXPECT_EQ (sample ({ 1, INFINITY, 2, -INFINITY }), 1);
  params.temperature = 1;
  params.top_k = 3;
  make (4);
  for (int i = 0; i < 100; i++)
    {
      EXPECT_EQ (sample ({ NAN, -5, NAN, -INFINITY }), 1);
      EXPECT_EQ (sample ({ 1, INFINITY, 2, 3 }), 1);
      sample ({ NAN, NAN, NAN, NAN });
    }
}

TEST_F (Sampler, without_limits_draws_from_the_softmax)
{
  expect_frequencies (six, all_six);
}

TEST_F (Sampler, temperature_sharpens)
{
  params.temperature = 0.5f; /* squares the probabilities */
  expect_frequencies ({ 0.2, 0.8 }, { { 0, .04 / .68 }, { 1, .64 / .68 } });
}

TEST_F (Sampler, top_k_keeps_the_k_best)
{
  params.top_k = 3;
  expect_frequencies (six, { { 1, .4 / .8 }, { 3, .25 / .8 }, { 4, .15 / .8 } });
  params.top_k = 1;
  expect_frequencies (six, { { 1, 1 } });
  params.top_k = 7;
  expect_frequencies (six, all_six);
}

/* .4 + .25 = .65 does not reach .7; with .15 it is enough. */
TEST_F (Sampler, top_p_keeps_the_fewest_that_reach_it)
{
  params.top_p = 0.7f;
  expect_frequencies (six, { { 1, .4 / .8 }, { 3, .25 / .8 }, { 4, .15 / .8 } });
  params.top_p = 0.64f;
  expect_frequencies (six, { { 1, .4 / .65 }, { 3, .25 / .65 } });
  params.top_p = 0;
  expect_frequencies (six, { { 1, 1 } });
}

/* Of the three best, renormalised to .5, .3125, .1875, two reach .8. */
TEST_F (Sampler, top_p_counts_what_top_k_left)
{
  params.top_k = 3;
  params.top_p = 0.8f;
  expect_frequencies (six, { { 1, .4 / .65 }, { 3, .25 / .65 } });
}

/* .3 x .4 = .12 */
TEST_F (Sampler, min_p_is_relative_to_the_best)
{
  params.min_p = 0.3f;
  expect_frequencies (six, { { 1, .4 / .8 }, { 3, .25 / .8 }, { 4, .15 / .8 } });
  params.top_p = 0.99f;
  expect_frequencies (six, { { 1, .4 / .8 }, { 3, .25 / .8 }, { 4, .15 / .8 } });
  params.min_p = 1;
  expect_frequencies (six, { { 1, 1 } });
}

TEST_F (Sampler, a_constraint_renormalises)
{
  expect_frequencies (six, { { 0, .25 }, { 4, .75 } }, { 4, 0 });
  params.top_k = 2;
  expect_frequencies (six, { { 2, .1 / .25 }, { 4, .15 / .25 } }, { 5, 4, 0, 2 });
}

/* Every setting at once, over random logits and random sets. */
TEST_F (Sampler, a_constraint_is_always_obeyed)
{
  tl_rng rng;

  tl_rng_init (&rng, 1);
  for (int round = 0; round < 2000; round++)
    {
      std::vector<float> logits (50);
      std::vector<int32_t> allowed;

      params.temperature = (float) tl_rng_below (&rng, 3);
      params.top_k = tl_rng_below (&rng, 60);
      params.top_p = tl_rng_uniform (&rng) < 0.5f ? 1.0f : tl_rng_uniform (&rng);
      params.min_p = tl_rng_uniform (&rng) < 0.5f ? 0.0f : tl_rng_uniform (&rng);
      params.repeat_penalty = 1.5f;
      params.seed = (uint64_t) round;
      make (50);
      for (float &l : logits)
        l = 20 * tl_rng_normal (&rng);
      for (int32_t id = 49; id >= 0; id--)
        if (tl_rng_below (&rng, 5) == 0)
          allowed.push_back (id);
      if (allowed.empty ())
        allowed.push_back (7);
      tl_sampler_accept (sampler, allowed[0]);
      int32_t id = sample (logits, allowed);
      ASSERT_NE (std::find (allowed.begin (), allowed.end (), id), allowed.end ()) << round;
    }
}

/* Keskar et al.: positive logits are divided, negative ones multiplied. */
TEST_F (Sampler, repetition_is_penalised_once_a_token)
{
  params.temperature = 0;
  params.repeat_penalty = 2;
  params.repeat_last_n = 3;
  make (3);
  EXPECT_EQ (sample ({ 3, 2, 1 }), 0);
  tl_sampler_accept (sampler, 0);
  tl_sampler_accept (sampler, 0);
  EXPECT_EQ (sample ({ 3, 2, 1 }), 1) << "3 became 1.5";
  EXPECT_EQ (sample ({ 3, 1.4f, 1 }), 0) << "and not 0.75";
  EXPECT_EQ (sample ({ -1, -1.9f, -9 }), 1) << "-1 became -2";
  EXPECT_EQ (sample ({ -1, -2.1f, -9 }), 0);
}

TEST_F (Sampler, the_penalty_forgets_what_is_long_past)
{
  params.temperature = 0;
  params.repeat_penalty = 2;
  params.repeat_last_n = 2;
  make (4);
  tl_sampler_accept (sampler, 0);
  tl_sampler_accept (sampler, 2);
  EXPECT_EQ (sample ({ 3, 2, 1, 0 }), 1);
  tl_sampler_accept (sampler, 3);
  EXPECT_EQ (sample ({ 3, 2, 1, 0 }), 0) << "0 is three tokens back";
}

TEST_F (Sampler, a_seed_repeats_and_another_differs)
{
  std::vector<double> flat (64, 1.0 / 64);
  std::vector<int32_t> first, again, other;

  params.top_k = 50;
  for (auto [seed, out] : { std::pair (5, &first), std::pair (5, &again), std::pair (6, &other) })
    {
      params.seed = (uint64_t) seed;
      make (64);
      for (int i = 0; i < 50; i++)
        out->push_back (sample (logits_of (flat)));
    }
  EXPECT_EQ (first, again);
  EXPECT_NE (first, other);
}

TEST_F (Sampler, a_single_token_is_drawn_from_one)
{
  params.top_k = 5;
  params.top_p = 0.5f;
  make (1);
  EXPECT_EQ (sample ({ -3 }), 0);
}

/* The definition: everything is weighed, then sorted, then cut. */
class PlainSampler
{
public:
  PlainSampler (const tl_sampler_params &settings) : p (settings) { tl_rng_init (&rng, p.seed); }

  int32_t
  sample (const std::vector<float> &logits, const std::vector<int32_t> &allowed)
  {
    float best = -INFINITY;

    weights.clear ();
    for (int32_t id : allowed)
      best = std::max (best, logits[id]);
    for (auto id = allowed.rbegin (); id != allowed.rend (); id++)
      weights.push_back ({ logits[*id] == best ? 1.0f : std::exp ((logits[*id] - best)
                                                                  / p.temperature), *id });
    if (p.top_k > 0 || p.top_p < 1)
      truncate ();
    else
      weights.erase (std::remove_if (weights.begin (), weights.end (),
                                     [this] (auto w) { return w.first < p.min_p; }),
                     weights.end ());
    return draw ();
  }

private:
  tl_sampler_params p;
  tl_rng rng;
  std::vector<std::pair<float, int32_t>> weights; /* and ids, in the order of the draw */

  double
  sum () const
  {
    double total = 0;

    for (auto w = weights.rbegin (); w != weights.rend (); w++)
      total += (double) w->first;
    return total;
  }

  void
  truncate ()
  {
    double total, reached = 0;
    size_t kept = 0;

    std::sort (weights.begin (), weights.end (), [] (auto a, auto b) {
      return a.first > b.first || (a.first == b.first && a.second < b.second);
    });
    if (p.top_k > 0 && p.top_k < weights.size ())
      weights.resize (p.top_k);
    total = sum ();
    for (; kept < weights.size (); reached += (double) weights[kept++].first)
      if (kept > 0 && ((p.top_p < 1 && reached >= (double) p.top_p * total)
                       || weights[kept].first < p.min_p))
        break;
    weights.resize (kept);
  }

  int32_t
  draw ()
  {
    double target = (double) tl_rng_uniform (&rng) * sum ();

    for (auto [weight, id] : weights)
      if ((target -= (double) weight) < 0)
        return id;
    return weights[0].second;
  }
};

/* A few settings of each kind, long enough for a draw too many or too few to show; half of the
 * logits are whole numbers, so that many are equal. */
TEST_F (Sampler, takes_what_the_definition_takes)
{
  tl_rng rng;

  tl_rng_init (&rng, 3);
  for (int round = 0; round < 300; round++)
    {
      uint32_t n = 1 + tl_rng_below (&rng, 300);

      params.temperature = 0.25f * (float) (1 + tl_rng_below (&rng, 6));
      params.top_k = tl_rng_below (&rng, 2) * tl_rng_below (&rng, 80);
      params.top_p = tl_rng_below (&rng, 2) ? 1.0f : tl_rng_uniform (&rng);
      params.min_p = tl_rng_below (&rng, 2) ? 0.0f : 0.3f * tl_rng_uniform (&rng);
      params.seed = (uint64_t) round;
      make (n);
      PlainSampler plain (params);
      for (int step = 0; step < 20; step++)
        {
          std::vector<float> logits (n);
          std::vector<int32_t> all, allowed;

          for (float &l : logits)
            l = round % 2 ? 3 * tl_rng_normal (&rng) : (float) tl_rng_below (&rng, 10);
          for (int32_t id = 0; id < (int32_t) n; id++)
            {
              all.push_back (id);
              if (tl_rng_below (&rng, 4) == 0)
                allowed.insert (allowed.begin (), id);
            }
          ASSERT_EQ (sample (logits, allowed),
                     plain.sample (logits, allowed.empty () ? all : allowed))
              << round << ", " << step;
        }
    }
}

struct BadParams
{
  const char *message;
  void (*change) (tl_sampler_params *);
};

class BadSampler : public testing::TestWithParam<BadParams>
{
};

TEST_P (BadSampler, is_refused_with_its_reason)
{
  tl_sampler_params params;
  tl_error err = {};

  tl_sampler_params_init (&params);
  GetParam ().change (&params);
  EXPECT_EQ (tl_sampler_new (&params, 10, &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_STREQ (err.message, GetParam ().message);
}

INSTANTIATE_TEST_SUITE_P (
    Params, BadSampler,
    testing::Values (
        BadParams { "temperature -1 is not from 0 to 100", [] (auto p) { p->temperature = -1; } },
        BadParams { "temperature nan is not from 0 to 100", [] (auto p) { p->temperature = NAN; } },
        BadParams { "top-p 1.5 is not from 0 to 1", [] (auto p) { p->top_p = 1.5f; } },
        BadParams { "min-p -0.5 is not from 0 to 1", [] (auto p) { p->min_p = -0.5f; } },
        BadParams { "repetition penalty 0 is not above 0 and at most 100",
                    [] (auto p) { p->repeat_penalty = 0; } },
        BadParams { "a penalty over 1025 tokens; at most 1024 can be",
                    [] (auto p) { p->repeat_last_n = 1025; } }));
