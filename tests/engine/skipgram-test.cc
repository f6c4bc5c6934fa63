/* SPDX-License-Identifier: Apache-2.0 */
/* Token vectors: tokens of like neighbours end up alike, a seed decides everything, and what cannot
 * be learned from is an error. */
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

extern "C" {
#include "base/rng.h"
#include "train/skipgram.h"
}

namespace {

constexpr size_t n_vocab = 16, dim = 16;

/* Two kinds of sentence: tokens 0 to 3 only ever stand among 8 to 11, tokens 4 to 7 among 12 to
 * 15. */
std::vector<int32_t>
make_text (size_t n_sentences)
{
  std::vector<int32_t> ids;
  tl_rng rng;

  tl_rng_init (&rng, 5);
  for (size_t i = 0; i < n_sentences; i++)
    {
      int32_t kind = (int32_t) tl_rng_below (&rng, 2);

      for (int k = 0; k < 3; k++)
        {
          ids.push_back ((int32_t) tl_rng_below (&rng, 4) + 4 * kind);
          ids.push_back ((int32_t) tl_rng_below (&rng, 4) + 8 + 4 * kind);
        }
      ids.push_back (-1);
    }
  return ids;
}

tl_skipgram_config
make_config (uint64_t seed)
{
  tl_skipgram_config c;

  tl_skipgram_config_init (&c);
  c.seed = seed;
  c.dim = dim;
  c.subsample = 1.0f; /* sixteen tokens are all frequent */
  return c;
}

std::vector<float>
train (const std::vector<int32_t> &ids, uint64_t seed)
{
  tl_skipgram_config c = make_config (seed);
  std::vector<float> vectors (n_vocab * dim);

  EXPECT_TRUE (tl_skipgram_train (&c, ids.data (), ids.size (), n_vocab, vectors.data (), nullptr,
                                  nullptr, nullptr));
  return vectors;
}

double
cosine (const std::vector<float> &v, size_t a, size_t b)
{
  double ab = 0.0, aa = 0.0, bb = 0.0;

  for (size_t i = 0; i < dim; i++)
    {
      ab += (double) v[a * dim + i] * v[b * dim + i];
      aa += (double) v[a * dim + i] * v[a * dim + i];
      bb += (double) v[b * dim + i] * v[b * dim + i];
    }
  return ab / std::sqrt (aa * bb);
}

TEST (Skipgram, TokensOfLikeNeighboursGetLikeVectors)
{
  std::vector<float> v = train (make_text (3000), 1);

  for (size_t a = 0; a < 4; a++)
    for (size_t b = a + 1; b < 4; b++)
      for (size_t other = 4; other < 8; other++)
        EXPECT_GT (cosine (v, a, b), cosine (v, a, other) + 0.2) << a << " " << b << " " << other;
}

TEST (Skipgram, ASeedDecidesEverything)
{
  std::vector<int32_t> ids = make_text (50);

  EXPECT_EQ (train (ids, 1), train (ids, 1));
  EXPECT_NE (train (ids, 1), train (ids, 2));
}

/* A run of one token has no neighbours: nothing across a mark is learned. */
TEST (Skipgram, AMarkPartsWhatDoesNotBelongTogether)
{
  std::vector<int32_t> parted = { 1, -1, 2, -1, 3, -1 };
  std::vector<float> v = train (parted, 1);

  for (float x : v)
    EXPECT_LE (std::fabs (x), 0.5f / (float) dim);
}

bool
stop (void *)
{
  return true;
}

TEST (Skipgram, WhatCannotBeLearnedFromIsAnError)
{
  tl_skipgram_config c = make_config (1);
  std::vector<float> v (n_vocab * dim);
  std::vector<int32_t> ids = make_text (5), outside = { 1, (int32_t) n_vocab }, empty = { -1, -1 };
  tl_error err{};

  EXPECT_FALSE (tl_skipgram_train (&c, outside.data (), 2, n_vocab, v.data (), nullptr, nullptr,
                                   &err));
  EXPECT_STREQ (err.message, "Token 16 is outside a vocabulary of 16");
  EXPECT_FALSE (
    tl_skipgram_train (&c, empty.data (), 2, n_vocab, v.data (), nullptr, nullptr, &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_FALSE (
    tl_skipgram_train (&c, ids.data (), ids.size (), n_vocab, v.data (), stop, nullptr, &err));
  EXPECT_EQ (err.code, TL_ERROR_CANCELLED);
}

} // namespace
