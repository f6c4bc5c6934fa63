/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a model: what is read from the file, and each defect refused by the name of the key or
 * tensor before anything is computed. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>

#include "gguf-bytes.h"
#include "tiny-model.h"

TEST (Model, tells_what_it_is)
{
  TinyShape shape;

  shape.type = TL_TYPE_Q8_0;
  TinyModel tiny (shape);
  const tl_model_info *info = tl_model_get_info (tiny.model);

  EXPECT_STREQ (info->name, "tiny");
  EXPECT_STREQ (info->arch, "llama");
  EXPECT_EQ (info->n_vocab, 97u);
  EXPECT_EQ (info->n_ctx_train, 200u);
  EXPECT_EQ (info->n_embd, 64u);
  EXPECT_EQ (info->n_layers, 2u);
  EXPECT_EQ (info->n_heads, 4u);
  EXPECT_EQ (info->n_kv_heads, 2u);
  EXPECT_EQ (info->head_dim, 16u);
  EXPECT_EQ (info->n_ff, 96u);
  EXPECT_EQ (info->rope_base, 10000.0f);
  EXPECT_EQ (info->rms_eps, 1e-5f);
  /* embedding, norms, then a layer's q and o, k and v, and three of the feed-forward. */
  uint64_t matrices = 97 * 64 + 2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 96 * 64);
  EXPECT_EQ (info->n_params, matrices + 5 * 64);
  EXPECT_EQ (info->weight_bytes, matrices / 32 * 34 + 5 * 64 * 4);
  EXPECT_EQ (tl_model_get_tokenizer (tiny.model), nullptr);
  EXPECT_NE (tl_model_get_gguf (tiny.model), nullptr);
}

/* What is said before a model is loaded is what holds afterwards. */
TEST (Model, is_examined_without_being_loaded)
{
  TinyShape shape;

  shape.type = TL_TYPE_Q8_0;
  std::string bytes = tiny_model_bytes (shape);
  std::vector<uint64_t> aligned (bytes.size () / 8 + 1);
  memcpy (aligned.data (), bytes.data (), bytes.size ());
  TinyModel loaded (shape);
  const tl_model_info *after = tl_model_get_info (loaded.model);
  tl_model_info before = {};
  tl_error err = {};

  ASSERT_TRUE (tl_model_examine (tl_gguf_open_memory (aligned.data (), bytes.size (), &err), &before,
                                 &err)) << err.message;
  EXPECT_EQ (before.n_params, after->n_params);
  EXPECT_EQ (before.packed_bytes, after->packed_bytes);
  EXPECT_GT (before.packed_bytes, 0u);
  EXPECT_EQ (before.resident_bytes, after->resident_bytes);
  /* All matrices have panels: beside these only the norms stay in the map. */
  EXPECT_EQ (before.resident_bytes, before.packed_bytes + 5 * 64 * 4);
}

TEST (Model, a_file_that_is_missing_is_named)
{
  tl_error err = {};

  EXPECT_EQ (tl_model_open ("/nonexistent.gguf", &err), nullptr);
  EXPECT_STREQ (err.message, "/nonexistent.gguf: No such file or directory");
  tl_model_close (nullptr);
}

static std::vector<float>
logits_of (const TinyModel &tiny)
{
  tl_error err = {};
  tl_session *s = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_F32, nullptr, &err);
  std::vector<int32_t> ids = tiny_tokens (20, 97);

  EXPECT_TRUE (tl_session_prefill (s, ids.data (), ids.size (), nullptr, nullptr, &err));
  const float *logits = tl_session_get_logits (s);
  std::vector<float> copy (logits, logits + 97);
  tl_session_free (s);
  return copy;
}

TEST (Model, frequency_factors_of_one_change_nothing)
{
  TinyShape plain, factors;

  factors.rope_factors = true;
  /* The factors are drawn after the matrices that stand before them, and hold no random number. */
  EXPECT_EQ (logits_of (TinyModel (plain)), logits_of (TinyModel (factors)));
}

static void
scale_positions (tl_gguf_writer *w)
{
  tl_gguf_writer_string (w, "llama.rope.scaling.type", "linear");
  tl_gguf_writer_f32 (w, "llama.rope.scaling.factor", 4.0f);
}

static void
scale_positions_by_one (tl_gguf_writer *w)
{
  tl_gguf_writer_string (w, "llama.rope.scaling.type", "linear");
  tl_gguf_writer_f32 (w, "llama.rope.scaling.factor", 1.0f);
}

/* As files of before 2023-09 have it, and as one that leaves the type out. */
static void
scale_positions_in_older_words (tl_gguf_writer *w)
{
  tl_gguf_writer_f32 (w, "llama.rope.scale_linear", 4.0f);
}

static void
scale_positions_without_a_type (tl_gguf_writer *w)
{
  tl_gguf_writer_f32 (w, "llama.rope.scaling.factor", 4.0f);
}

TEST (Model, linear_scaling_is_applied)
{
  std::vector<float> plain = logits_of (TinyModel ());
  std::vector<float> scaled = logits_of (TinyModel (tiny_model_bytes ({}, scale_positions)));

  EXPECT_EQ (logits_of (TinyModel (tiny_model_bytes ({}, scale_positions_by_one))), plain);
  EXPECT_NE (scaled, plain);
  EXPECT_EQ (logits_of (TinyModel (tiny_model_bytes ({}, scale_positions_in_older_words))), scaled);
  EXPECT_EQ (logits_of (TinyModel (tiny_model_bytes ({}, scale_positions_without_a_type))), scaled);
}

/* Finds @what once in a file and puts @with, of the same length, in its place. */
static std::string
replaced (std::string bytes, const std::string &what, const std::string &with)
{
  size_t at = bytes.find (what);

  EXPECT_NE (at, std::string::npos);
  EXPECT_EQ (what.size (), with.size ());
  return bytes.replace (at, what.size (), with);
}

/* The file with the u32 value of @key changed. */
static std::string
with_u32 (std::string bytes, const std::string &key, uint32_t value)
{
  size_t at = bytes.find (key);

  EXPECT_NE (at, std::string::npos);
  memcpy (&bytes[at + key.size () + 4], &value, sizeof value);
  return bytes;
}

/* The file with dimension @d of a tensor changed. */
static std::string
with_dim (std::string bytes, const std::string &tensor, int d, uint64_t value)
{
  size_t at = bytes.find (tensor);

  EXPECT_NE (at, std::string::npos);
  memcpy (&bytes[at + tensor.size () + 4 + 8 * (size_t) d], &value, sizeof value);
  return bytes;
}

struct Defect
{
  const char *name;
  std::function<std::string ()> make;
  const char *message;
};

class DefectiveModel : public testing::TestWithParam<Defect>
{
};

TEST_P (DefectiveModel, is_refused_with_its_reason)
{
  tl_error err = {};
  TinyModel tiny (GetParam ().make (), &err);

  EXPECT_EQ (tiny.model, nullptr);
  EXPECT_STREQ (err.message, GetParam ().message);
}

static std::function<std::string ()>
edited (void (*edit) (tl_gguf_writer *w))
{
  return [=] { return tiny_model_bytes ({}, edit); };
}

static std::vector<Defect>
defects ()
{
  const std::string tiny = tiny_model_bytes ({});
  auto u32 = [=] (const char *key, uint32_t v) { return [=] { return with_u32 (tiny, key, v); }; };
  auto dim = [=] (const char *tensor, int d, uint64_t v) {
    return [=] { return with_dim (tiny, tensor, d, v); };
  };
  auto swap = [=] (const char *a, const char *b) { return [=] { return replaced (tiny, a, b); }; };

  return {
    { "no_architecture", swap ("general.architecture", "general.architectura"),
      "general.architecture: missing" },
    { "another_family", [=] { return replaced (tiny, std::string ("\5\0\0\0\0\0\0\0llama", 13),
                                               std::string ("\5\0\0\0\0\0\0\0mamba", 13)); },
      "models of the family \"mamba\" cannot be computed; those of llama, qwen2, qwen3, "
      "gemma3, phi3, granite and bitnet can" },
    { "no_context", swap ("context_length", "context_lengtx"),
      "llama.context_length: missing" },
    { "no_epsilon", swap ("rms_epsilon", "rms_epsilom"),
      "llama.attention.layer_norm_rms_epsilon: missing" },
    { "context_of_0", u32 ("context_length", 0),
      "llama.context_length: 0, expected 1 to 16777216" },
    { "huge_width", u32 ("embedding_length", 1u << 31),
      "llama.embedding_length: 2147483648, expected 1 to 65536" },
    { "more_layers_than_tensors", u32 ("block_count", 1000000),
      "llama.block_count: 1000000, expected 1 to 20" },
    { "a_layer_more", u32 ("block_count", 3), "blk.2.attn_norm.weight: missing" },
    { "a_layer_less", u32 ("block_count", 1),
      "blk.1.attn_norm.weight: this tensor is no part of a \"llama\" model that can be computed" },
    { "no_heads", u32 ("head_count", 0), "llama.attention.head_count: 0, expected 1 to 64" },
    { "uneven_heads", u32 ("head_count_kv", 3), "4 query heads cannot share 3 key heads" },
    { "more_key_heads", u32 ("head_count_kv", 8),
      "llama.attention.head_count_kv: 8, expected 1 to 4" },
    { "wrong_shape", dim ("blk.1.attn_q.weight", 1, 32),
      "blk.1.attn_q.weight: expected [64, 64], file has [32, 64]" },
    { "wrong_row", dim ("blk.0.ffn_down.weight", 0, 32),
      "blk.0.ffn_down.weight: expected [64, 96], file has [64, 32]" },
    { "wrong_vector", dim ("output_norm.weight", 0, 32),
      "output_norm.weight: expected [1, 64], file has [1, 32]" },
    { "a_tensor_missing", swap ("blk.1.ffn_up.weight", "blk.1.ffn_xx.weight"),
      "blk.1.ffn_up.weight: missing" },
    { "no_embedding", swap ("token_embd.weight", "token_embx.weight"),
      "token_embd.weight: missing" },
    { "odd_rotation",
      edited ([] (tl_gguf_writer *w) { tl_gguf_writer_u32 (w, "llama.rope.dimension_count", 7); }),
      "llama.rope.dimension_count: 7 is odd" },
    { "wide_rotation",
      edited ([] (tl_gguf_writer *w) { tl_gguf_writer_u32 (w, "llama.rope.dimension_count", 18); }),
      "llama.rope.dimension_count: 18, expected 2 to 16" },
    { "base_of_0",
      edited ([] (tl_gguf_writer *w) { tl_gguf_writer_f32 (w, "llama.rope.freq_base", 0.0f); }),
      "llama.rope.freq_base: 0 is not a positive number" },
    { "base_of_nan",
      edited ([] (tl_gguf_writer *w) { tl_gguf_writer_f32 (w, "llama.rope.freq_base", NAN); }),
      "llama.rope.freq_base: nan is not a positive number" },
    { "base_of_text",
      edited ([] (tl_gguf_writer *w) { tl_gguf_writer_string (w, "llama.rope.freq_base", "10"); }),
      "llama.rope.freq_base: not a number" },
    { "yarn",
      edited ([] (tl_gguf_writer *w) {
        tl_gguf_writer_string (w, "llama.rope.scaling.type", "yarn"); }),
      "llama.rope.scaling.type: only \"linear\" can be computed" },
    { "other_value_width",
      edited ([] (tl_gguf_writer *w) {
        tl_gguf_writer_u32 (w, "llama.attention.value_length", 8); }),
      "keys of 16 and values of 8 dimensions" },
  };
}

INSTANTIATE_TEST_SUITE_P (Defects, DefectiveModel, testing::ValuesIn (defects ()),
                          [] (const auto &info) { return info.param.name; });

TEST (Model, a_tokenizer_that_is_unknown_is_refused)
{
  tl_error err = {};
  TinyModel tiny (edited ([] (tl_gguf_writer *w) {
                    tl_gguf_writer_string (w, "tokenizer.ggml.model", "nonsense");
                  }) (),
                  &err);

  EXPECT_EQ (tiny.model, nullptr);
  EXPECT_EQ (err.code, TL_ERROR_UNSUPPORTED);
}

static void
add_tokens (tl_gguf_writer *w)
{
  std::vector<std::string> tokens = { "<unk>", "<s>", "</s>" };
  std::vector<tl_str> strings;
  std::vector<float> scores;
  std::vector<int32_t> types;

  while (tokens.size () < 98)
    tokens.push_back ("t" + std::to_string (tokens.size ()));
  for (const std::string &t : tokens)
    {
      types.push_back (strings.empty () ? 2 : strings.size () < 3 ? 3 : 1);
      scores.push_back (0);
      strings.push_back ({ t.data (), t.size () });
    }
  tl_gguf_writer_string (w, "tokenizer.ggml.model", "llama");
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", strings.data (), strings.size ());
  tl_gguf_writer_f32s (w, "tokenizer.ggml.scores", scores.data (), scores.size ());
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", types.data (), types.size ());
}

TEST (Model, tokens_without_an_embedding_are_refused)
{
  tl_error err = {};
  TinyModel few (tiny_model_bytes ({}, add_tokens), &err);
  TinyShape padded;

  EXPECT_EQ (few.model, nullptr);
  EXPECT_STREQ (err.message, "token_embd.weight: 97 rows cannot hold the tokenizer's 98 tokens");
  padded.n_vocab = 128;
  TinyModel enough (tiny_model_bytes (padded, add_tokens), &err);
  ASSERT_NE (enough.model, nullptr) << err.message;
  EXPECT_EQ (tl_tokenizer_get_n_tokens (tl_model_get_tokenizer (enough.model)), 98u);
}
