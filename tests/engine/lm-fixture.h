/* SPDX-License-Identifier: Apache-2.0 */
/* A small language-model trainer, a tokenizer for it and a folder for its files. */
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "model/session.h"
#include "text/bpe-train.h"
#include "train/lm-train.h"
}

struct TrainerDeleter
{
  void operator() (tl_lm_trainer *t) const { tl_lm_trainer_free (t); }
};
using Trainer = std::unique_ptr<tl_lm_trainer, TrainerDeleter>;
using Ids = std::vector<int32_t>;
using Vector = std::vector<float>;

inline tl_lm_train_config
small_config (bool tied)
{
  tl_lm_train_config c{};

  c.blocks = { 16, 2, 4, 2, 4, 24, 1e-5f, 10000.0f, true, 0.0f };
  c.n_vocab = 29;
  c.tied = tied;
  c.seq_len = 8;
  c.batch_tokens = 32;
  c.adamw = { 1e-2f, 0.9f, 0.95f, 1e-8f, 0.05f, 1.0f };
  c.schedule = { TL_SCHEDULE_COSINE, 5, 0, 200, 0.1f };
  c.seed = 11;
  return c;
}

inline Trainer
make_trainer (const tl_lm_train_config &c, tl_pool *pool = nullptr)
{
  return Trainer (tl_lm_trainer_new (&c, pool, nullptr));
}

inline Ids
random_ids (size_t n, uint32_t n_vocab, uint64_t seed)
{
  Ids    ids (n);
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (int32_t &id : ids)
    id = (int32_t) tl_rng_below (&rng, n_vocab);
  return ids;
}

inline Vector
copy_params (const Trainer &t)
{
  float *p = tl_lm_trainer_get_params (t.get ());

  return Vector (p, p + tl_lm_trainer_n_params (t.get ()));
}

/* A vocabulary of all bytes, one special token and a few merges, and a model for it. */
class LmFileTest : public ::testing::Test
{
protected:
  std::string        dir;
  tl_gguf           *tokenizer = nullptr;
  tl_lm_train_config config = small_config (true);

  void SetUp () override
  {
    static const char text[] = "the cat and the dog and the bird and the end of the road ";
    const char     *specials[] = { "<|endoftext|>" };
    tl_bpe_trainer *b = tl_bpe_trainer_new (nullptr);
    tl_gguf_writer *w = tl_gguf_writer_new ();
    tl_error        err{};

    dir = (std::filesystem::temp_directory_path () / "tinylm-XXXXXX").string ();
    ASSERT_NE (mkdtemp (dir.data ()), nullptr);
    for (int i = 0; i < 20; i++)
      ASSERT_TRUE (tl_bpe_trainer_add_text (b, text, sizeof text - 1, &err)) << err.message;
    tl_gguf_writer_string (w, "general.architecture", "tokenizer");
    ASSERT_TRUE (tl_bpe_trainer_finish (b, 264, specials, 1, w, &err)) << err.message;
    ASSERT_TRUE (tl_gguf_writer_save (w, (dir + "/tokenizer.gguf").c_str (), &err)) << err.message;
    tl_gguf_writer_free (w);
    tl_bpe_trainer_free (b);
    tokenizer = tl_gguf_open ((dir + "/tokenizer.gguf").c_str (), &err);
    ASSERT_NE (tokenizer, nullptr) << err.message;
    config.n_vocab = 264;
    config.blocks = { 64, 2, 4, 2, 16, 96, 1e-5f, 10000.0f, true, 0.0f };
    config.seq_len = 32;
    config.batch_tokens = 128;
  }
  void TearDown () override
  {
    tl_gguf_close (tokenizer);
    std::filesystem::remove_all (dir);
  }

  /* Trained a little, so that the logits say something. */
  Trainer Train ()
  {
    Trainer t = make_trainer (config);
    Ids     tokens (600);

    for (size_t i = 0; i < tokens.size (); i++)
      tokens[i] = (int32_t) (i * i % 251);
    for (int i = 0; i < 60; i++)
      tl_lm_trainer_step (t.get (), tokens.data (), tokens.size ());
    return t;
  }
};
