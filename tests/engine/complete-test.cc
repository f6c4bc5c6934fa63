/* SPDX-License-Identifier: Apache-2.0 */
/* Completion against what is found without a search: every word of one token, scored one by one. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tinylm.h"

namespace
{

const char before[] = "The committee will meet on Tuesday to discuss the budget. Members of the ";

class CompleteTest : public testing::Test
{
protected:
  void
  SetUp () override
  {
    std::string path = std::string (getenv ("TINYLM_DATA_DIR")) + "/models/meeny.gguf";

    model = tl_model_open (path.c_str (), &err);
    ASSERT_NE (model, nullptr) << err.message;
    session = tl_session_new (model, 0, nullptr, &err);
    ASSERT_NE (session, nullptr) << err.message;
    tokenizer = tl_model_get_tokenizer (model);
  }

  void
  TearDown () override
  {
    tl_session_free (session);
    tl_model_close (model);
  }

  std::vector<tl_completion>
  complete (const std::string &context, const std::string &typed, size_t max)
  {
    std::vector<tl_completion> out (max + 1);
    size_t n = 0;

    EXPECT_TRUE (tl_complete_word (session, tokenizer, context.data (), context.size (),
                                   typed.data (), typed.size (), out.data (), max, &n, &err))
        << err.message;
    out.resize (n);
    return out;
  }

  static bool
  begins_no_word (tl_str piece)
  {
    unsigned char c = piece.len > 0 ? (unsigned char) piece.data[0] : ' ';

    return !(c >= 0x80 || isalnum (c) || c == '\'' || c == '-');
  }

  /* p (token, then something that ends the word | context) */
  double
  score_token (const std::vector<int32_t> &context, int32_t id)
  {
    size_t n = tl_tokenizer_get_n_tokens (tokenizer);
    std::vector<int32_t> ids (context);
    double p[2] = { 0, 0 };

    for (int i = 0; i < 2; i++)
      {
        double sum = 0, wanted = 0;

        tl_session_truncate (session, 0);
        EXPECT_TRUE (tl_session_prefill (session, ids.data (), ids.size (), nullptr, nullptr, &err));
        const float *logits = tl_session_get_logits (session);
        for (size_t t = 0; t < n; t++)
          {
            sum += std::exp ((double) logits[t]);
            if (i == 0 ? (int32_t) t == id
                       : begins_no_word (tl_tokenizer_get_piece (tokenizer, (int32_t) t)))
              wanted += std::exp ((double) logits[t]);
          }
        p[i] = wanted / sum;
        ids.push_back (id);
      }
    return p[0] * p[1];
  }

  tl_error err = {};
  tl_model *model = nullptr;
  tl_session *session = nullptr;
  const tl_tokenizer *tokenizer = nullptr;
};

TEST_F (CompleteTest, FindsTheLikeliestWordsOfOneToken)
{
  const std::string typed = "c", target = " c";
  std::vector<int32_t> context;
  int32_t *ids = nullptr;
  size_t n = 0;
  std::string best;
  double best_p = 0;
  std::vector<tl_completion> got = complete (before, typed, 5);

  ASSERT_TRUE (tl_tokenizer_encode (tokenizer, before, strlen (before) - 1,
                                    TL_TOKENIZE_ADD_BOS, &ids, &n, &err));
  context.assign (ids, ids + n);
  free (ids);
  for (size_t id = 0; id < tl_tokenizer_get_n_tokens (tokenizer); id++)
    {
      tl_str piece = tl_tokenizer_get_piece (tokenizer, (int32_t) id);
      std::string text (piece.data != nullptr ? piece.data : "", piece.len);

      if (text.size () < 4 || text.compare (0, target.size (), target) != 0)
        continue;
      double p = score_token (context, (int32_t) id);
      if (p > best_p)
        {
          best_p = p;
          best = text.substr (1);
        }
    }
  ASSERT_EQ (got.size (), 5u);
  ASSERT_GT (best_p, 0);
  bool found = false;
  for (const tl_completion &c : got)
    found |= best == c.text;
  EXPECT_TRUE (found) << best;
}

TEST_F (CompleteTest, EachWordBeginsAsTyped)
{
  for (const char *typed : { "a", "co", "Th", "meet", "\xc3\xbc", "w" })
    {
      float last = 1.0f, sum = 0.0f;

      for (const tl_completion &c : complete (before, typed, 8))
        {
          EXPECT_EQ (std::string (c.text).compare (0, strlen (typed), typed), 0) << c.text;
          EXPECT_LE (c.p, last);
          EXPECT_GT (c.p, 0.0f);
          last = c.p;
          sum += c.p;
        }
      EXPECT_LE (sum, 1.0f + 1e-5f) << typed;
    }
}

TEST_F (CompleteTest, IsTheSameTwiceAndFromAnyPast)
{
  std::vector<tl_completion> first = complete (before, "me", 4);
  std::vector<tl_completion> other = complete ("Something else stood here. ", "x", 4);
  std::vector<tl_completion> again = complete (before, "me", 4);

  ASSERT_EQ (first.size (), again.size ());
  for (size_t i = 0; i < first.size (); i++)
    {
      EXPECT_STREQ (first[i].text, again[i].text);
      EXPECT_EQ (first[i].p, again[i].p);
    }
}

TEST_F (CompleteTest, TakesAnyContext)
{
  for (uint32_t n_ctx = 1; n_ctx <= 12; n_ctx++)
    {
      tl_session_free (session);
      session = tl_session_new (model, n_ctx, nullptr, &err);
      ASSERT_NE (session, nullptr) << err.message;
      for (const tl_completion &word : complete (before, "c", 5))
        EXPECT_EQ (word.text[0], 'c') << n_ctx;
      complete ("", "c", 5);
    }
}

TEST_F (CompleteTest, TakesAnyBytesAndAnyLength)
{
  std::string noise, longest (200, 'a'), wide;

  for (int i = 0; i < 5000; i++)
    noise += (char) (i * 37 % 256);
  for (int i = 0; i < 40; i++)
    wide += "\xe6\xbc\xa2";
  complete (noise, "a", 3);
  complete (noise, "\xff", 3);
  complete ("", "th", 3);
  EXPECT_TRUE (complete ("x ", longest, 3).empty ());
  complete (wide, "\xe6\xbc", 3);
  EXPECT_TRUE (complete (before, "", 3).empty ());
  EXPECT_TRUE (complete (before, "t", 0).empty ());
}

} // namespace
