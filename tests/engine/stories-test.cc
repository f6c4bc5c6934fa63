/* SPDX-License-Identifier: Apache-2.0 */
/* Real weights against an implementation that is not ours: stories260K by llama2.c, its logits on
 * one story and the text that it writes, on every kernel path and with one and two threads. The
 * folder that holds them is named by TINYLM_TEST_DATA. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "cpu-path.h"

extern "C" {
#include "model/model.h"
#include "model/sampler.h"
#include "model/session.h"
}

static std::string
read_file (const std::string &path)
{
  std::ifstream in (path, std::ios::binary);

  return { std::istreambuf_iterator<char> (in), {} };
}

class Stories : public OnCpuPath
{
protected:
  std::string          folder;
  tl_model            *model = nullptr;
  tl_session          *session = nullptr;
  tl_error             err = {};
  std::vector<int32_t> ids;    /* the story */
  std::vector<float>   logits; /* [ids.size (), n_vocab] by llama2.c */
  size_t               n_vocab = 0;

  void
  SetUp () override
  {
    const char *data = getenv ("TINYLM_TEST_DATA");

    OnCpuPath::SetUp ();
    if (IsSkipped () || HasFatalFailure ())
      return;
    folder = std::string (data != nullptr ? data : ".") + "/weights/";
    if (!std::ifstream (folder + "stories260K.gguf"))
      GTEST_SKIP () << "there is no " << folder << "stories260K.gguf; set TINYLM_TEST_DATA";
    model = tl_model_open ((folder + "stories260K.gguf").c_str (), &err);
    ASSERT_NE (model, nullptr) << err.message;
    read_reference ();
  }

  void
  TearDown () override
  {
    tl_session_free (session);
    tl_model_close (model);
    OnCpuPath::TearDown ();
  }

  /* int32 n, int32 vocab, n ids, n x vocab floats. */
  void
  read_reference ()
  {
    std::string bytes = read_file (folder + "ref_logits_story0.bin");
    int32_t header[2];

    ASSERT_GT (bytes.size (), sizeof header);
    memcpy (header, bytes.data (), sizeof header);
    n_vocab = (size_t) header[1];
    ids.resize ((size_t) header[0]);
    logits.resize (ids.size () * n_vocab);
    ASSERT_EQ (bytes.size (), sizeof header + ids.size () * 4 + logits.size () * 4);
    memcpy (ids.data (), bytes.data () + sizeof header, ids.size () * 4);
    memcpy (logits.data (), bytes.data () + sizeof header + ids.size () * 4, logits.size () * 4);
    ASSERT_EQ (n_vocab, tl_model_get_info (model)->n_vocab);
  }

  void
  start (tl_type cache_type)
  {
    session = tl_session_new_with_cache (model, 512, cache_type, pool, &err);
    ASSERT_NE (session, nullptr) << err.message;
  }

  float
  largest_difference (size_t token)
  {
    const float *got = tl_session_get_logits (session);
    float worst = 0;

    for (size_t v = 0; v < n_vocab; v++)
      worst = std::fmax (worst, std::fabs (got[v] - logits[token * n_vocab + v]));
    return worst;
  }
};

/* Logits reach 22. Sums of up to 172 products in another order and another expf, through 5 layers,
 * were measured to differ by 2.8e-5 on the worst path; 1e-4 is four units in the last place of 22
 * for each layer's two branches. */
static const float f32_tolerance = 1e-4f;

/* A half rounds keys and values by up to 2^-11 of each. 0.027 was measured; a wrong rotation or
 * norm moves logits by whole units. */
static const float f16_tolerance = 0.05f;

TEST_P (Stories, decoding_gives_the_logits_of_llama2c)
{
  start (TL_TYPE_F32);
  for (size_t i = 0; i < ids.size (); i++)
    {
      ASSERT_TRUE (tl_session_decode (session, ids[i], &err)) << err.message;
      ASSERT_LT (largest_difference (i), f32_tolerance) << "token " << i;
    }
}

TEST_P (Stories, a_half_cache_moves_them_a_little)
{
  start (TL_TYPE_F16);
  for (size_t i = 0; i < ids.size (); i++)
    {
      ASSERT_TRUE (tl_session_decode (session, ids[i], &err)) << err.message;
      ASSERT_LT (largest_difference (i), f16_tolerance) << "token " << i;
    }
}

TEST_P (Stories, prefill_gives_the_same)
{
  start (TL_TYPE_F32);
  for (size_t n = 1; n <= ids.size (); n++)
    {
      tl_session_truncate (session, 0);
      ASSERT_TRUE (tl_session_prefill (session, ids.data (), n, nullptr, nullptr, &err));
      ASSERT_LT (largest_difference (n - 1), f32_tolerance) << n << " tokens";
    }
}

/* log softmax of the reference, in double precision. */
TEST_P (Stories, scoring_gives_the_reference_likelihoods)
{
  std::vector<float> got (ids.size ());

  start (TL_TYPE_F32);
  ASSERT_TRUE (tl_session_score (session, ids.data (), ids.size (), got.data (), &err));
  EXPECT_TRUE (std::isnan (got[0])) << "nothing stands before the first token";
  for (size_t i = 1; i < ids.size (); i++)
    {
      const float *row = &logits[(i - 1) * n_vocab];
      double sum = 0;

      for (size_t v = 0; v < n_vocab; v++)
        sum += std::exp ((double) row[v]);
      /* Both the token's logit and the normaliser may be off. */
      EXPECT_NEAR (got[i], row[ids[i]] - std::log (sum), 2 * f32_tolerance) << "token " << i;
    }
  EXPECT_LT (largest_difference (ids.size () - 1), f32_tolerance);
}

/* What `run -t 0` of llama2.c prints: 256 tokens from BOS on, and a newline. */
TEST_P (Stories, the_greedy_text_is_llama2cs_to_the_byte)
{
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (model);
  std::vector<char> piece (tl_tokenizer_get_max_piece (tokenizer));
  tl_decoder decoder = {};
  tl_sampler_params params;
  std::string text;
  int32_t id = tl_tokenizer_get_bos (tokenizer);

  start (TL_TYPE_F16);
  tl_sampler_params_init (&params);
  tl_sampler *sampler = tl_sampler_new (&params, (uint32_t) n_vocab, &err);
  ASSERT_NE (sampler, nullptr);
  for (int i = 0; i < 256; i++)
    {
      ASSERT_TRUE (tl_session_decode (session, id, &err)) << err.message;
      id = tl_sampler_sample (sampler, tl_session_get_logits (session), nullptr, 0);
      if (id == tl_tokenizer_get_bos (tokenizer))
        break;
      text.append (piece.data (), tl_tokenizer_decode (tokenizer, &decoder, id, piece.data ()));
    }
  tl_sampler_free (sampler);
  EXPECT_EQ (text + "\n", read_file (folder + "reference_greedy_256.txt"));
}

ON_EVERY_CPU_PATH (Stories);
