/* SPDX-License-Identifier: Apache-2.0 */
/* Files with smaller weights: what is kept, what each tensor becomes, and that importance is
 * measured right and heeded. */
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include "lm-fixture.h"

extern "C" {
#include "model/model.h"
#include "train/quantize.h"
}

namespace {

struct Written
{
  tl_type type;
  bool    unfit;
};

class QuantizeTest : public LmFileTest
{
protected:
  tl_gguf *model = nullptr;
  std::map<std::string, Written> told;

  /* Rows of 256 fit every type; those of the third matrix, 96 wide, only the small blocks. */
  void SetUp () override
  {
    tl_error err{};

    LmFileTest::SetUp ();
    config.blocks = { 256, 2, 4, 2, 64, 96, 1e-5f, 10000.0f, true, 0.0f };
    Trainer t = make_trainer (config);
    ASSERT_TRUE (tl_lm_trainer_export (t.get (), tokenizer, TL_TYPE_F32, TL_TYPE_F32, "small",
                                       (dir + "/model.gguf").c_str (), &err))
      << err.message;
    model = tl_gguf_open ((dir + "/model.gguf").c_str (), &err);
    ASSERT_NE (model, nullptr) << err.message;
  }
  void TearDown () override
  {
    tl_gguf_close (model);
    LmFileTest::TearDown ();
  }

  tl_gguf *Quantize (tl_type type, tl_type embedding_type,
                     const tl_importance *importance = nullptr)
  {
    std::string         path = dir + "/small.gguf";
    tl_error            err{};
    tl_quantize_options o{ type, embedding_type, importance, tell, this, nullptr };

    told.clear ();
    EXPECT_TRUE (tl_quantize_gguf (model, &o, path.c_str (), &err)) << err.message;
    tl_gguf *file = tl_gguf_open (path.c_str (), &err);
    EXPECT_NE (file, nullptr) << err.message;
    return file;
  }

  static void tell (void *data, const char *tensor, tl_type from, tl_type to, bool unfit)
  {
    EXPECT_EQ (from, TL_TYPE_F32);
    static_cast<QuantizeTest *> (data)->told[tensor] = { to, unfit };
  }

  /* The sum of squared errors of a tensor, weighed. */
  double Error (const tl_gguf *file, const char *name, const float *weights)
  {
    const tl_tensor_info *a = tl_gguf_find_tensor (model, name);
    const tl_tensor_info *b = tl_gguf_find_tensor (file, name);
    size_t cols = a->dims[0], n = cols * a->dims[1];
    Vector x (n), y (n);
    double sum = 0.0;

    tl_type_get_info (a->type)->dequantize (x.data (), a->data, n);
    tl_type_get_info (b->type)->dequantize (y.data (), b->data, n);
    for (size_t i = 0; i < n; i++)
      sum += (weights != nullptr ? weights[i % cols] : 1.0) * pow (x[i] - y[i], 2.0);
    return sum;
  }
};

TEST_F (QuantizeTest, WritesEveryType)
{
  for (tl_type type : { TL_TYPE_F16, TL_TYPE_BF16, TL_TYPE_Q8_0, TL_TYPE_Q6_K, TL_TYPE_Q4_K,
                        TL_TYPE_Q4_0, TL_TYPE_TQ2_0, TL_TYPE_TQ1_0 })
    {
      tl_gguf    *file = Quantize (type, TL_TYPE_Q8_0);
      const char *name = "blk.1.attn_q.weight";
      const tl_tensor_info *from = tl_gguf_find_tensor (model, name);
      const tl_tensor_info *to = tl_gguf_find_tensor (file, name);
      std::vector<uint8_t>  row (tl_type_row_bytes (type, 256));

      ASSERT_NE (to, nullptr);
      EXPECT_EQ (to->type, type);
      EXPECT_EQ (tl_gguf_find_tensor (file, "token_embd.weight")->type, TL_TYPE_Q8_0);
      EXPECT_EQ (tl_gguf_get_n_tensors (file), tl_gguf_get_n_tensors (model));
      for (size_t r = 0; r < 256; r++)
        {
          tl_type_get_info (type)->quantize (row.data (), (const float *) from->data + r * 256,
                                             nullptr, 256);
          const char *blocks = (const char *) to->data + r * row.size ();
          ASSERT_EQ (memcmp (blocks, row.data (), row.size ()), 0) << r;
        }
      tl_gguf_close (file);
    }
}

TEST_F (QuantizeTest, KeepsNormsAndSaysWhatDoesNotFit)
{
  tl_gguf *file = Quantize (TL_TYPE_TQ2_0, TL_TYPE_Q6_K);
  const tl_tensor_info *norm = tl_gguf_find_tensor (file, "blk.0.ffn_norm.weight");

  EXPECT_EQ (norm->type, TL_TYPE_F32);
  EXPECT_EQ (memcmp (norm->data, tl_gguf_find_tensor (model, norm->name)->data, norm->size), 0);
  EXPECT_EQ (told.size (), tl_gguf_get_n_tensors (model));
  EXPECT_FALSE (told["blk.0.ffn_norm.weight"].unfit);
  EXPECT_FALSE (told["blk.0.ffn_up.weight"].unfit);
  EXPECT_TRUE (told["blk.0.ffn_down.weight"].unfit); /* rows of 96 */
  EXPECT_EQ (told["blk.0.ffn_down.weight"].type, TL_TYPE_Q8_0);
  EXPECT_EQ (tl_gguf_find_tensor (file, "blk.0.ffn_down.weight")->type, TL_TYPE_Q8_0);
  tl_gguf_close (file);
}

TEST_F (QuantizeTest, FallsBackToHalvesWhereNoBlockFits)
{
  tl_error err{};
  config.blocks.n_ff = 40;
  Trainer t = make_trainer (config);

  tl_gguf_close (model);
  ASSERT_TRUE (tl_lm_trainer_export (t.get (), tokenizer, TL_TYPE_F32, TL_TYPE_F32, "odd",
                                     (dir + "/odd.gguf").c_str (), &err))
    << err.message;
  model = tl_gguf_open ((dir + "/odd.gguf").c_str (), &err);
  ASSERT_NE (model, nullptr) << err.message;
  tl_gguf_close (Quantize (TL_TYPE_Q4_0, TL_TYPE_Q4_0));
  EXPECT_TRUE (told["blk.0.ffn_down.weight"].unfit);
  EXPECT_EQ (told["blk.0.ffn_down.weight"].type, TL_TYPE_F16);
}

TEST_F (QuantizeTest, KeepsKeysButThoseOfTheType)
{
  tl_gguf     *file = Quantize (TL_TYPE_Q8_0, TL_TYPE_Q8_0);
  tl_gguf_type type;
  size_t       n = 0;
  uint64_t     number = 0;
  double       eps = 0.0;
  tl_str       name{};
  tl_error     err{};

  ASSERT_TRUE (tl_gguf_get_string (file, "general.name", &name));
  EXPECT_EQ (std::string (name.data, name.len), "small");
  ASSERT_TRUE (tl_gguf_get_array (file, "tokenizer.ggml.tokens", &type, &n));
  EXPECT_EQ (n, 264u);
  for (size_t i = 0; i < n; i++)
    {
      tl_str a = tl_gguf_array_string (file, "tokenizer.ggml.tokens", i);
      tl_str b = tl_gguf_array_string (model, "tokenizer.ggml.tokens", i);

      ASSERT_EQ (std::string (a.data, a.len), std::string (b.data, b.len));
    }
  ASSERT_TRUE (tl_gguf_get_array (file, "tokenizer.ggml.token_type", &type, &n));
  EXPECT_EQ (type, TL_GGUF_I32);
  EXPECT_EQ (n, 264u);
  ASSERT_TRUE (tl_gguf_get_f64 (file, "llama.attention.layer_norm_rms_epsilon", &eps));
  EXPECT_NEAR (eps, 1e-5, 1e-10);
  ASSERT_TRUE (tl_gguf_get_u64 (file, "general.file_type", &number));
  EXPECT_EQ (number, 7u); /* llama.cpp's for Q8_0 */
  tl_gguf_close (file);

  tl_model *loaded = tl_model_open ((dir + "/small.gguf").c_str (), &err);
  EXPECT_NE (loaded, nullptr) << err.message;
  tl_model_close (loaded);
}

/* Nothing is looked at before it is saved, as all keeps its type. */
static void
cut (void *path, const char *, tl_type, tl_type, bool)
{
  std::filesystem::resize_file (*static_cast<std::string *> (path), 0);
}

TEST_F (QuantizeTest, KeepsNothingOfAFileThatIsCutWhileItIsSaved)
{
  std::string         from = dir + "/model.gguf", path = dir + "/small.gguf";
  tl_error            err{};
  tl_quantize_options o{ TL_TYPE_F32, TL_TYPE_F32, nullptr, cut, &from, nullptr };

  EXPECT_FALSE (tl_quantize_gguf (model, &o, path.c_str (), &err));
  EXPECT_STREQ (err.message, "the file was cut short while it was in use");
  EXPECT_FALSE (std::filesystem::exists (path));
}

TEST_F (QuantizeTest, RefusesATypeThatIsOnlyRead)
{
  tl_error            err{};
  tl_quantize_options o{ TL_TYPE_Q3_K, TL_TYPE_Q8_0, nullptr, nullptr, nullptr, nullptr };

  EXPECT_FALSE (tl_quantize_gguf (model, &o, (dir + "/no.gguf").c_str (), &err));
  EXPECT_NE (strstr (err.message, "Q3_K"), nullptr) << err.message;
  EXPECT_FALSE (std::filesystem::exists (dir + "/no.gguf"));
}

/* The first projection's input is known: the normed embedding times the gain. Here the gain is 1.
 * */
TEST_F (QuantizeTest, ImportanceIsTheMeanSquareOfTheInput)
{
  Ids            ids = random_ids (300, 264, 7); /* more than a window */
  tl_error       err{};
  tl_importance *importance
    = tl_importance_measure (model, ids.data (), ids.size (), nullptr, &err);
  const float   *embedding
    = (const float *) tl_gguf_find_tensor (model, "token_embd.weight")->data;
  std::vector<double> expected (256);

  ASSERT_NE (importance, nullptr) << err.message;
  for (int32_t id : ids)
    {
      const float *x = embedding + (size_t) id * 256;
      double       square = 0.0;

      for (size_t i = 0; i < 256; i++)
        square += (double) x[i] * x[i] / 256.0;
      for (size_t i = 0; i < 256; i++)
        expected[i] += (double) x[i] * x[i] / (square + 1e-5) / 300.0;
    }
  for (const char *name : { "blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight" })
    {
      const float *means = tl_importance_get (importance, name, 256);

      ASSERT_NE (means, nullptr) << name;
      for (size_t i = 0; i < 256; i++)
        ASSERT_NEAR (means[i], expected[i], 1e-4 * expected[i]) << name << " " << i;
    }
  EXPECT_EQ (tl_importance_get (importance, "blk.0.ffn_up.weight", 256),
             tl_importance_get (importance, "blk.0.ffn_gate.weight", 256));
  EXPECT_NE (tl_importance_get (importance, "blk.0.ffn_up.weight", 256),
             tl_importance_get (importance, "blk.1.ffn_up.weight", 256));
  /* Tied, so it is the head. */
  EXPECT_NE (tl_importance_get (importance, "token_embd.weight", 256), nullptr);
  /* 96 wide. */
  EXPECT_EQ (tl_importance_get (importance, "blk.0.ffn_down.weight", 256), nullptr);
  EXPECT_EQ (tl_importance_get (importance, "blk.0.ffn_norm.weight", 256), nullptr);
  EXPECT_EQ (tl_importance_get (importance, "blk.9.ffn_up.weight", 256), nullptr);
  tl_importance_free (importance);

  ids[200] = 264;
  EXPECT_EQ (tl_importance_measure (model, ids.data (), ids.size (), nullptr, &err), nullptr);
  EXPECT_NE (strstr (err.message, "264"), nullptr) << err.message;
}

/* A row for a token is as long as the file says that it is. */
TEST_F (QuantizeTest, ImportanceIsNotMeasuredOfShorterRows)
{
  std::ifstream     in (dir + "/model.gguf", std::ios::binary);
  std::stringstream all;
  std::string       bytes, name = "token_embd.weight";
  uint64_t          shorter = 128;
  int32_t           ids[] = { 1, 2, 3 };
  tl_error          err{};

  all << in.rdbuf ();
  bytes = all.str ();
  memcpy (&bytes[bytes.find (name) + name.size () + sizeof (uint32_t)], &shorter, sizeof shorter);
  std::ofstream (dir + "/shorter.gguf", std::ios::binary) << bytes;
  tl_gguf_close (model);
  model = tl_gguf_open ((dir + "/shorter.gguf").c_str (), &err);
  ASSERT_NE (model, nullptr) << err.message;
  EXPECT_EQ (tl_importance_measure (model, ids, 3, nullptr, &err), nullptr);
  EXPECT_NE (strstr (err.message, "token_embd.weight"), nullptr) << err.message;
}

TEST_F (QuantizeTest, ImportanceLowersTheErrorThatCounts)
{
  Ids            ids = random_ids (20, 264, 7); /* few tokens: uneven importance */
  tl_error       err{};
  tl_importance *importance
    = tl_importance_measure (model, ids.data (), ids.size (), nullptr, &err);
  const char    *name = "blk.0.attn_q.weight";

  ASSERT_NE (importance, nullptr) << err.message;
  const float *means = tl_importance_get (importance, name, 256);
  for (tl_type type : { TL_TYPE_Q4_0, TL_TYPE_Q4_K })
    {
      tl_gguf *plain = Quantize (type, type);
      double   without = Error (plain, name, means);

      tl_gguf_close (plain);
      tl_gguf *weighed = Quantize (type, type, importance);
      EXPECT_LT (Error (weighed, name, means), without) << tl_type_get_info (type)->name;
      tl_gguf_close (weighed);
    }
  tl_importance_free (importance);
}

} // namespace
