/* SPDX-License-Identifier: Apache-2.0 */
/* Many sessions in many threads, by the header of the library alone: what each writes and reads over one
 * model and one reader is what one thread alone does, to the bit, with and without a pool of its own,
 * while others open and close files. */
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "reader-fixture.h"
#include "tinylm.h"

static const unsigned n_workers = 8;

static std::string
data_path (const char *name)
{
  return std::string (getenv ("TINYLM_DATA_DIR")) + "/models/" + name;
}

/* What one thread does, and everything that came of it: where it failed, why. */
static std::string
work (const tl_model *model, const tl_reader *reader, unsigned seed)
{
  tl_error err = {};
  const tl_tokenizer *tokenizer = tl_model_get_tokenizer (model);
  tl_pool *pool = seed % 2 == 1 ? tl_pool_new (2, &err) : nullptr;
  tl_session *session = tl_session_new (model, 64, pool, &err);
  tl_model *own = tl_model_open (data_path ("meeny.gguf").c_str (), &err);
  std::vector<char> piece (tl_tokenizer_get_max_piece (tokenizer));
  tl_sampler_params params;
  tl_decoder decoder = {};
  int32_t *ids = nullptr;
  size_t n_ids = 0;
  std::string text;

  tl_sampler_params_init (&params);
  params.temperature = 0.8f;
  params.seed = seed;
  tl_sampler *sampler = tl_sampler_new (&params, tl_model_get_info (model)->n_vocab, &err);
  bool good = session != nullptr && own != nullptr && sampler != nullptr
              && tl_tokenizer_encode (tokenizer, "The letter", 10, TL_TOKENIZE_ADD_BOS, &ids, &n_ids, &err)
              && tl_session_prefill (session, ids, n_ids, nullptr, nullptr, &err);
  for (int i = 0; good && i < 24; i++)
    {
      int32_t id = tl_sampler_sample (sampler, tl_session_get_logits (session), nullptr, 0);

      text.append (piece.data (), tl_tokenizer_decode (tokenizer, &decoder, id, piece.data ()));
      tl_sampler_accept (sampler, id);
      good = tl_session_decode (session, id, &err);
    }
  tl_reading *reading = tl_reader_read (reader, note_text.c_str (), note_text.size (), nullptr, nullptr, &err);
  good = good && reading != nullptr;
  for (size_t i = 0; good && i < reading->n_units; i++)
    text.append ((const char *) &reading->units[i].p_key, sizeof (float));
  free (ids);
  tl_reading_free (reading);
  tl_sampler_free (sampler);
  tl_session_free (session);
  tl_pool_free (pool);
  tl_model_close (own);
  return good ? text : std::string ("failed: ") + err.message;
}

TEST (Threads, write_and_read_as_one_alone)
{
  tl_error err = {};
  tl_model *model = tl_model_open (data_path ("meeny.gguf").c_str (), &err);
  tl_reader *reader = tl_reader_open (data_path ("eeny.gguf").c_str (), &err);
  std::vector<std::string> alone (n_workers), together (n_workers);
  std::vector<std::thread> threads;

  ASSERT_NE (model, nullptr) << err.message;
  ASSERT_NE (reader, nullptr) << err.message;
  for (unsigned i = 0; i < n_workers; i++)
    alone[i] = work (model, reader, i);
  for (unsigned i = 0; i < n_workers; i++)
    threads.emplace_back ([&, i] { together[i] = work (model, reader, i); });
  for (std::thread &thread : threads)
    thread.join ();
  for (unsigned i = 0; i < n_workers; i++)
    {
      EXPECT_EQ (alone[i].find ("failed"), std::string::npos) << alone[i];
      EXPECT_EQ (alone[i], together[i]) << "thread " << i;
    }
  EXPECT_NE (alone[0], alone[1]); /* the seeds are not alike */
  tl_reader_close (reader);
  tl_model_close (model);
}
