/* SPDX-License-Identifier: Apache-2.0 */
/* Each family against llama.cpp: a small random model of it gives the same logits and the same
 * tokens, and its parts are refused where they do not belong. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <unistd.h>
#include <vector>

extern "C" {
#include "../bench/family-model.h"
#include "model/model.h"
#include "model/session.h"
}

namespace
{

struct FamilyVector
{
  const char          *name;
  tl_type              type;
  std::vector<int32_t> prompt;
  std::vector<float>   logits; /* the first ones after the prompt */
  std::vector<int32_t> greedy; /* the tokens that follow */
};

#include "family-vectors.h"

class Family : public testing::TestWithParam<FamilyVector>
{
protected:
  tl_error    err = {};
  std::string path = testing::TempDir () + "tinylm-family-" + std::to_string (getpid ()) + ".gguf";
  tl_model   *model = nullptr;
  tl_session *session = nullptr;

  void
  SetUp () override
  {
    ASSERT_TRUE (family_model_write (GetParam ().name, GetParam ().type, path.c_str (), &err))
      << err.message;
    model = tl_model_open (path.c_str (), &err);
    ASSERT_NE (model, nullptr) << err.message;
    session = tl_session_new_with_cache (model, 0, TL_TYPE_F32, nullptr, &err);
    ASSERT_NE (session, nullptr) << err.message;
  }

  void
  TearDown () override
  {
    tl_session_free (session);
    tl_model_close (model);
    remove (path.c_str ());
  }

  /* The logits after the prompt, of which the last @n_steps tokens come singly. */
  std::vector<float>
  logits_after (size_t n_steps)
  {
    const std::vector<int32_t> &ids = GetParam ().prompt;
    const float                *logits;

    tl_session_truncate (session, 0);
    EXPECT_TRUE (tl_session_prefill (session, ids.data (), ids.size () - n_steps, nullptr, nullptr,
                                     &err))
      << err.message;
    for (size_t i = ids.size () - n_steps; i < ids.size (); i++)
      EXPECT_TRUE (tl_session_decode (session, ids[i], &err)) << err.message;
    logits = tl_session_get_logits (session);
    return std::vector<float> (logits, logits + tl_model_get_info (model)->n_vocab);
  }
};

/* Root mean square of the difference, relative to the deviation of @expected. */
double
relative_error (const std::vector<float> &expected, const std::vector<float> &logits)
{
  double mean = 0, variance = 0, error = 0;

  for (float x : expected)
    mean += x / (double) expected.size ();
  for (size_t i = 0; i < expected.size (); i++)
    {
      variance += (expected[i] - mean) * (expected[i] - mean);
      error += (expected[i] - (double) logits[i]) * (expected[i] - (double) logits[i]);
    }
  return std::sqrt (error / variance);
}

/* Measured: F32 at most 0.0004 (gemma3, whose gate llama.cpp takes from a table of halves); Q8_0 at
 * most 0.04, as the activations are rounded in other groups there. */
TEST_P (Family, has_the_logits_of_llama_cpp)
{
  double limit = GetParam ().type == TL_TYPE_F32 ? 0.001 : 0.08;

  EXPECT_LT (relative_error (GetParam ().logits, logits_after (0)), limit);
  EXPECT_LT (relative_error (GetParam ().logits, logits_after (60)), limit);
}

/* Of packed weights a token's result does not depend on its batch, in any family. */
TEST_P (Family, steps_give_the_logits_of_a_prefill)
{
  if (GetParam ().type == TL_TYPE_F32)
    EXPECT_LT (relative_error (logits_after (0), logits_after (60)), 1e-4);
  else
    EXPECT_EQ (logits_after (0), logits_after (60));
}

/* Only of F32 weights: rounded activations make some draws fall otherwise. */
class ExactFamily : public Family {};

TEST_P (ExactFamily, goes_on_with_the_tokens_of_llama_cpp)
{
  std::vector<int32_t> greedy;
  std::vector<float>   logits = logits_after (0);

  while (greedy.size () < GetParam ().greedy.size ())
    {
      greedy.push_back ((int32_t) (std::max_element (logits.begin (), logits.end ())
                                   - logits.begin ()));
      ASSERT_TRUE (tl_session_decode (session, greedy.back (), &err)) << err.message;
      logits.assign (tl_session_get_logits (session),
                     tl_session_get_logits (session) + logits.size ());
    }
  EXPECT_EQ (greedy, GetParam ().greedy);
}

std::string
name_of (const testing::TestParamInfo<FamilyVector> &info)
{
  std::string name = std::string (info.param.name) + "_"
                     + tl_type_get_info (info.param.type)->name;

  std::replace (name.begin (), name.end (), '-', '_');
  return name;
}

std::vector<FamilyVector>
vectors_of_f32 ()
{
  std::vector<FamilyVector> list;

  for (const FamilyVector &v : family_vectors)
    if (v.type == TL_TYPE_F32)
      list.push_back (v);
  return list;
}

INSTANTIATE_TEST_SUITE_P (All, Family, testing::ValuesIn (family_vectors), name_of);
INSTANTIATE_TEST_SUITE_P (All, ExactFamily, testing::ValuesIn (vectors_of_f32 ()), name_of);

} // namespace
