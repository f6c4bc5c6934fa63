/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged model files: cut at every byte, with flipped bits, with fields overwritten by the numbers
 * that break careless code. Each is either refused with a sentence or computed with; what counts is
 * that nothing is read or written outside the file, which the sanitizer builds see. */
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "gguf-bytes.h"
#include "tiny-model.h"

extern "C" {
#include "base/rng.h"
#include "base/utf8.h"
}

/* Whatever the outcome, a refusal says something, in UTF-8. */
static void
expect_sentence (const tl_error &err)
{
  size_t len = strlen (err.message);

  ASSERT_NE (err.code, TL_OK);
  ASSERT_GT (len, 0u);
  for (size_t i = 0; i < len;)
    {
      uint32_t cp;
      size_t n = tl_utf8_next (err.message + i, len - i, &cp);

      ASSERT_FALSE (n == 1 && cp == TL_UTF8_REPLACEMENT) << err.message;
      i += n;
    }
}

/* Reads every byte that the file claims to have. */
static unsigned
touch (const tl_gguf *gguf)
{
  unsigned sum = 0;

  for (size_t i = 0; i < tl_gguf_get_n_tensors (gguf); i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (gguf, i);

      EXPECT_EQ (tl_gguf_find_tensor (gguf, t->name), t);
      for (size_t b = 0; b < t->size; b += 7)
        sum += ((const uint8_t *) t->data)[b];
      sum += ((const uint8_t *) t->data)[t->size - 1];
    }
  return sum;
}

/* Opens, loads and computes as far as the bytes allow. Returns how far: 0 to 2. */
static int
try_file (const std::string &bytes)
{
  ExactCopy copy (bytes);
  tl_error err = {};
  tl_gguf *gguf = tl_gguf_open_memory (copy.data, copy.size, &err);
  const int32_t ids[] = { 0, 1, 2, 3, 4 };

  if (gguf == nullptr)
    return expect_sentence (err), 0;
  touch (gguf);
  tl_model *model = tl_model_open_gguf (gguf, &err);
  if (model == nullptr)
    return expect_sentence (err), 1;
  uint32_t n_ctx = std::min (tl_model_get_info (model)->n_ctx_train, 8u);
  tl_session *s = tl_session_new (model, n_ctx, nullptr, &err);
  if (s != nullptr)
    tl_session_prefill (s, ids, 5, nullptr, nullptr, &err);
  tl_session_free (s);
  tl_model_close (model);
  return 2;
}

static void
add_tokens (tl_gguf_writer *w)
{
  const tl_str tokens[] = { { "<unk>", 5 }, { "<s>", 3 }, { "</s>", 4 }, { "a", 1 },
                            { "b", 1 }, { "ab", 2 }, { "<0x41>", 6 }, { "\xe2\x96\x81", 3 } };
  const float scores[] = { 0, 0, 0, -1, -2, -3, 0, -4 };
  const int32_t types[] = { 2, 3, 3, 1, 1, 1, 6, 1 };

  tl_gguf_writer_string (w, "tokenizer.ggml.model", "llama");
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", tokens, 8);
  tl_gguf_writer_f32s (w, "tokenizer.ggml.scores", scores, 8);
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", types, 8);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.bos_token_id", 1);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", 2);
}

class HostileFile : public testing::TestWithParam<tl_type>
{
protected:
  std::string bytes;

  void
  SetUp () override
  {
    TinyShape shape;

    shape.type = GetParam ();
    shape.n_vocab = 8;
    shape.n_layers = 1;
    shape.n_embd = shape.n_ff = 32;
    shape.n_ctx = 16;
    shape.n_heads = 2;
    shape.n_kv_heads = 1;
    shape.tied = false;
    bytes = tiny_model_bytes (shape, add_tokens);
    ASSERT_EQ (try_file (bytes), 2) << "the undamaged file is good";
  }

  /* The bytes before the first tensor's data: everything that has a structure. */
  size_t
  structure_size () const
  {
    ExactCopy copy (bytes);
    tl_error err = {};
    tl_gguf *gguf = tl_gguf_open_memory (copy.data, copy.size, &err);
    size_t size = (size_t) ((const uint8_t *) tl_gguf_get_tensor (gguf, 0)->data - copy.data);

    tl_gguf_close (gguf);
    return size;
  }
};

/* Every length of the structured part, and each 97th of the data. The padding after the last tensor
 * may be missing. */
TEST_P (HostileFile, cut_anywhere_is_refused)
{
  size_t structure = structure_size ();

  for (size_t len = 0; len + 32 < bytes.size (); len += len < structure ? 1 : 97)
    ASSERT_EQ (try_file (bytes.substr (0, len)), 0) << "cut after " << len;
}

TEST_P (HostileFile, flipped_bits_do_no_harm)
{
  size_t structure = structure_size ();
  int outcomes[3] = { 0 };
  tl_rng rng;

  tl_rng_init (&rng, 1);
  for (int round = 0; round < 10000; round++)
    {
      std::string damaged = bytes;
      uint32_t n_flips = 1 + tl_rng_below (&rng, 4);

      /* Nearly all of them where the structure is. */
      for (uint32_t i = 0; i < n_flips; i++)
        {
          size_t range = tl_rng_below (&rng, 10) == 0 ? bytes.size () : structure;

          damaged[tl_rng_below (&rng, (uint32_t) range)] ^= (char) (1 << tl_rng_below (&rng, 8));
        }
      outcomes[try_file (damaged)]++;
      if (HasFatalFailure ())
        FAIL () << "round " << round;
    }
  /* The damage reaches every stage; otherwise this test would look at less than it says. */
  for (int outcome : outcomes)
    EXPECT_GT (outcome, 100);
}

/* Each aligned or odd place of the structure takes each number once. */
TEST_P (HostileFile, numbers_that_overflow_do_no_harm)
{
  const uint64_t numbers[] = { 0,
                               1,
                               INT32_MAX,
                               UINT32_MAX,
                               (uint64_t) UINT32_MAX + 1,
                               INT64_MAX,
                               (uint64_t) INT64_MAX + 1,
                               UINT64_MAX,
                               UINT64_MAX / 4 + 1,
                               bytes.size () };
  size_t structure = structure_size ();

  for (size_t at = 4; at + 8 <= structure; at++)
    for (size_t width : { 4, 8 })
      {
        uint64_t number = numbers[(at * 2 + width / 8) % 10];
        std::string damaged = bytes;

        memcpy (&damaged[at], &number, width);
        try_file (damaged);
        if (HasFatalFailure ())
          FAIL () << number << " at " << at;
      }
}

TEST_P (HostileFile, random_bytes_are_refused)
{
  tl_rng rng;

  tl_rng_init (&rng, 2);
  for (int round = 0; round < 2000; round++)
    {
      std::string noise (tl_rng_below (&rng, 600), '\0');

      for (char &c : noise)
        c = (char) tl_rng_below (&rng, 256);
      /* Half of them get past the magic number. */
      if (round % 2 == 0)
        noise = GgufBytes ().header (tl_rng_below (&rng, 3), tl_rng_below (&rng, 3)).bytes + noise;
      try_file (noise);
      if (HasFatalFailure ())
        FAIL () << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P (Types, HostileFile, testing::Values (TL_TYPE_F32, TL_TYPE_Q4_0),
                          [] (const auto &info) {
                            return std::string (tl_type_get_info ((uint32_t) info.param)->name);
                          });
