/* SPDX-License-Identifier: Apache-2.0 */
/* The timeline: chunks, single steps, truncation and threads lead to the same logits; requests that
 * make no sense change nothing; decoding takes no memory. */
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <vector>

#include "cpu-path.h"
#include "tiny-model.h"

extern "C" {
#include "model/sampler.h"
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 0 /* the sanitizer's allocator cannot be stood in for */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(COUNTS_ALLOCATIONS) && defined(__GLIBC__)
#define COUNTS_ALLOCATIONS 1
#endif

#if COUNTS_ALLOCATIONS
/* Every thread's allocations are counted: these stand before the C library's. */
static std::atomic<size_t> n_allocations;

extern "C" {
void *__libc_malloc (size_t);
void *__libc_calloc (size_t, size_t);
void *__libc_realloc (void *, size_t);
void *__libc_memalign (size_t, size_t);

void *
malloc (size_t n)
{
  n_allocations++;
  return __libc_malloc (n);
}

void *
calloc (size_t n, size_t size)
{
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *p, size_t n)
{
  n_allocations++;
  return __libc_realloc (p, n);
}

int
posix_memalign (void **p, size_t alignment, size_t n)
{
  n_allocations++;
  *p = __libc_memalign (alignment, n);
  return *p != nullptr ? 0 : 12;
}
}
#endif

/* What differs between one token and many is the order of sums. Logits of the tiny models are
 * within 10, of which 2^-24 is 6e-7; some dozens of sums of up to 256 products follow each other;
 * 3e-5 was the most that was measured. */
static const float tolerance = 2e-4f;

class Session : public OnCpuPath
{
protected:
  tl_error err = {};

  std::vector<float>
  logits_of (tl_session *s, uint32_t n_vocab)
  {
    const float *logits = tl_session_get_logits (s);

    EXPECT_NE (logits, nullptr);
    return { logits, logits + n_vocab };
  }

  void
  expect_near (const std::vector<float> &a, const std::vector<float> &b, float limit)
  {
    ASSERT_EQ (a.size (), b.size ());
    for (size_t i = 0; i < a.size (); i++)
      {
        ASSERT_TRUE (std::isfinite (a[i]));
        ASSERT_NEAR (a[i], b[i], limit) << "logit " << i;
      }
  }
};

/* Types with and without kernels of their own, tied and not; 70 tokens make two chunks. With packed
 * weights a token's result does not depend on the others at all, whatever the cache. */
TEST_P (Session, prefill_in_chunks_is_decoding_token_by_token)
{
  const tl_type types[] = { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_BF16, TL_TYPE_Q8_0, TL_TYPE_Q4_0,
                            TL_TYPE_Q4_K, TL_TYPE_TQ2_0 };

  for (tl_type type : types)
    {
      bool wide = tl_type_get_info ((uint32_t) type)->block_len > 32;
      TinyShape shape;
      tl_panel_form form;

      SCOPED_TRACE (tl_type_get_info ((uint32_t) type)->name);
      shape.type = type;
      shape.tied = type == TL_TYPE_F32;
      shape.n_embd = wide ? 256 : 64;
      shape.n_ff = wide ? 256 : 96;
      TinyModel tiny (shape);
      tl_session *once = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_F32, pool, &err);
      tl_session *steps = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_F32, pool, &err);
      std::vector<int32_t> ids = tiny_tokens (70, shape.n_vocab);

      ASSERT_TRUE (tl_session_prefill (once, ids.data (), ids.size (), nullptr, nullptr, &err));
      for (int32_t id : ids)
        ASSERT_TRUE (tl_session_decode (steps, id, &err));
      if (tl_panel_form_of (type, &form))
        EXPECT_EQ (logits_of (once, shape.n_vocab), logits_of (steps, shape.n_vocab));
      else
        expect_near (logits_of (once, shape.n_vocab), logits_of (steps, shape.n_vocab), tolerance);
      EXPECT_EQ (tl_session_get_position (once), 70u);
      tl_session_free (once);
      tl_session_free (steps);
    }
}

TEST_P (Session, redoing_after_truncation_is_the_same_to_the_bit)
{
  TinyModel tiny;
  uint32_t n_vocab = tl_model_get_info (tiny.model)->n_vocab;
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  std::vector<int32_t> ids = tiny_tokens (90, n_vocab), other = tiny_tokens (90, n_vocab, 2);

  ASSERT_TRUE (tl_session_prefill (s, ids.data (), 20, nullptr, nullptr, &err));
  ASSERT_TRUE (tl_session_prefill (s, ids.data () + 20, 70, nullptr, nullptr, &err));
  std::vector<float> fresh = logits_of (s, n_vocab);
  tl_session_truncate (s, 20);
  EXPECT_EQ (tl_session_get_position (s), 20u);
  EXPECT_EQ (tl_session_get_logits (s), nullptr);
  ASSERT_TRUE (tl_session_prefill (s, other.data (), 90, nullptr, nullptr, &err));
  EXPECT_NE (logits_of (s, n_vocab), fresh);
  tl_session_truncate (s, 20);
  ASSERT_TRUE (tl_session_prefill (s, ids.data () + 20, 70, nullptr, nullptr, &err));
  EXPECT_EQ (logits_of (s, n_vocab), fresh);
  tl_session_truncate (s, 90);
  EXPECT_EQ (logits_of (s, n_vocab), fresh) << "nothing was cut";
  tl_session_free (s);
}

TEST_P (Session, a_cache_of_bytes_gives_the_same_in_chunks_and_alone)
{
  TinyShape shape;

  shape.n_embd = 256;
  shape.type = TL_TYPE_Q8_0;
  for (uint32_t n_kv_heads : { 1, 2, 4 })
    {
      shape.n_kv_heads = n_kv_heads;
      TinyModel tiny (shape);
      tl_session *once = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_Q8_0, pool, &err);
      tl_session *steps = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_Q8_0, nullptr, &err);
      std::vector<int32_t> ids = tiny_tokens (150, shape.n_vocab);

      ASSERT_TRUE (tl_session_prefill (once, ids.data (), ids.size (), nullptr, nullptr, &err));
      for (int32_t id : ids)
        ASSERT_TRUE (tl_session_decode (steps, id, &err));
      EXPECT_EQ (logits_of (once, shape.n_vocab), logits_of (steps, shape.n_vocab));
      tl_session_free (once);
      tl_session_free (steps);
    }
}

/* Large enough that every kind of work is split. */
TEST_P (Session, threads_do_not_change_a_bit)
{
  TinyShape shape;

  shape.n_embd = 256;
  shape.n_ff = 512;
  shape.n_vocab = 500;
  for (tl_type type : { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q8_0, TL_TYPE_Q8_0, TL_TYPE_Q4_0,
                        TL_TYPE_TQ2_0 })
    {
      shape.type = type;
      shape.n_kv_heads = shape.n_kv_heads == 2 ? 1 : 2; /* of two threads each has one, or not */
      TinyModel tiny (shape);
      tl_session *pooled = tl_session_new (tiny.model, 0, pool, &err);
      tl_session *alone = tl_session_new (tiny.model, 0, nullptr, &err);
      std::vector<int32_t> ids = tiny_tokens (80, shape.n_vocab);

      for (tl_session *s : { pooled, alone })
        {
          ASSERT_TRUE (tl_session_prefill (s, ids.data (), 70, nullptr, nullptr, &err));
          for (size_t i = 70; i < ids.size (); i++)
            ASSERT_TRUE (tl_session_decode (s, ids[i], &err));
        }
      EXPECT_EQ (logits_of (pooled, shape.n_vocab), logits_of (alone, shape.n_vocab));
      tl_session_free (pooled);
      tl_session_free (alone);
    }
}

TEST_P (Session, the_last_positions_of_the_context_can_be_used)
{
  TinyModel tiny;
  tl_session *s = tl_session_new (tiny.model, 10, pool, &err);
  std::vector<int32_t> ids = tiny_tokens (10, 97);

  EXPECT_EQ (tl_session_get_n_ctx (s), 10u);
  ASSERT_TRUE (tl_session_prefill (s, ids.data (), 9, nullptr, nullptr, &err));
  ASSERT_TRUE (tl_session_decode (s, ids[9], &err));
  EXPECT_FALSE (tl_session_decode (s, ids[9], &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_STREQ (err.message, "1 tokens after 10 do not fit in a context of 10");
  tl_session_free (s);
}

TEST_P (Session, a_request_that_makes_no_sense_changes_nothing)
{
  TinyModel tiny;
  tl_session *s = tl_session_new (tiny.model, 20, pool, &err);
  std::vector<int32_t> ids = tiny_tokens (21, 97);
  const int32_t low[] = { 1, -1 }, high[] = { 1, 97 };
  float logprobs[21];

  ASSERT_TRUE (tl_session_prefill (s, ids.data (), 3, nullptr, nullptr, &err));
  std::vector<float> before = logits_of (s, 97);
  EXPECT_FALSE (tl_session_prefill (s, ids.data (), 18, nullptr, nullptr, &err));
  EXPECT_STREQ (err.message, "18 tokens after 3 do not fit in a context of 20");
  EXPECT_FALSE (tl_session_score (s, ids.data (), 18, logprobs, &err));
  EXPECT_FALSE (tl_session_prefill (s, low, 2, nullptr, nullptr, &err));
  EXPECT_STREQ (err.message, "token -1 at place 1 is outside the vocabulary of 97");
  EXPECT_FALSE (tl_session_prefill (s, high, 2, nullptr, nullptr, &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_FALSE (tl_session_decode (s, 97, &err));
  EXPECT_TRUE (tl_session_prefill (s, nullptr, 0, nullptr, nullptr, &err));
  EXPECT_EQ (tl_session_get_position (s), 3u);
  EXPECT_EQ (logits_of (s, 97), before);
  tl_session_free (s);
}

TEST_P (Session, a_context_beyond_the_models_is_refused)
{
  TinyModel tiny;

  EXPECT_EQ (tl_session_new (tiny.model, 201, pool, &err), nullptr);
  EXPECT_STREQ (err.message, "a context of 201 tokens; the model was made for 200");
  EXPECT_EQ (tl_session_new_with_cache (tiny.model, 0, TL_TYPE_Q4_0, pool, &err), nullptr);
  EXPECT_STREQ (err.message, "a cache can be of F16, F32 or Q8_0");
  EXPECT_EQ (tl_session_new_with_cache (tiny.model, 0, TL_TYPE_Q8_0, pool, &err), nullptr);
  EXPECT_STREQ (err.message, "a cache of Q8_0 has blocks of 32, and this model's heads are 16 wide: "
                             "take F16");
}

/* Of 2 layers and 2 cache heads of 64, with blocks of 34 bytes for 32 values. */
TEST_P (Session, memory_of_the_cache_is_told_by_type)
{
  TinyShape shape;

  shape.n_embd = 256;
  TinyModel wide (shape), narrow;
  const tl_model_info *info = tl_model_get_info (wide.model);

  EXPECT_EQ (tl_session_cache_bytes (info, TL_TYPE_F32), 2u * 2 * 2 * 64 * 4);
  EXPECT_EQ (tl_session_cache_bytes (info, TL_TYPE_F16), 2u * 2 * 2 * 64 * 2);
  EXPECT_EQ (tl_session_cache_bytes (info, TL_TYPE_Q8_0), 2u * 2 * 2 * 64 / 32 * 34);
  EXPECT_EQ (tl_session_cache_bytes (tl_model_get_info (narrow.model), TL_TYPE_Q8_0), 0u);
  tl_session *half = tl_session_new (wide.model, 192, pool, &err);
  tl_session *bytes = tl_session_new_with_cache (wide.model, 192, TL_TYPE_Q8_0, pool, &err);
  EXPECT_LT (tl_session_get_memory (bytes), tl_session_get_memory (half));
  EXPECT_EQ (tl_session_estimate (wide.model, 192, tl_pool_get_n_threads (pool)),
             tl_session_get_memory (half));
  tl_session_free (half);
  tl_session_free (bytes);
}

/* Stops before the third chunk. */
static bool
stop_at_third (void *data)
{
  return ++*(int *) data == 3;
}

TEST_P (Session, cancelling_keeps_the_chunks_that_were_done)
{
  TinyModel tiny;
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  std::vector<int32_t> ids = tiny_tokens (200, 97);
  int calls = 0;

  EXPECT_FALSE (tl_session_prefill (s, ids.data (), 200, stop_at_third, &calls, &err));
  EXPECT_EQ (err.code, TL_ERROR_CANCELLED);
  uint32_t kept = tl_session_get_position (s);
  EXPECT_GT (kept, 0u);
  EXPECT_LT (kept, 200u);
  EXPECT_EQ (tl_session_get_logits (s), nullptr);
  ASSERT_TRUE (tl_session_prefill (s, ids.data () + kept, 200 - kept, nullptr, nullptr, &err));
  std::vector<float> resumed = logits_of (s, 97);
  tl_session_truncate (s, 0);
  ASSERT_TRUE (tl_session_prefill (s, ids.data (), 200, nullptr, nullptr, &err));
  EXPECT_EQ (resumed, logits_of (s, 97));
  tl_session_free (s);
}

/* Against decoding: the likelihood of each token from the logits before it. */
TEST_P (Session, scoring_is_the_likelihood_of_each_token)
{
  TinyModel tiny;
  tl_session *scored = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_F32, pool, &err);
  tl_session *steps = tl_session_new_with_cache (tiny.model, 0, TL_TYPE_F32, pool, &err);
  std::vector<int32_t> ids = tiny_tokens (150, 97);
  std::vector<float> got (ids.size ());

  /* In two parts, so that one begins with logits and does not fall on a chunk's border. */
  ASSERT_TRUE (tl_session_score (scored, ids.data (), 30, got.data (), &err));
  ASSERT_TRUE (tl_session_score (scored, ids.data () + 30, 120, got.data () + 30, &err));
  EXPECT_TRUE (std::isnan (got[0]));
  ASSERT_TRUE (tl_session_decode (steps, ids[0], &err));
  for (size_t i = 1; i < ids.size (); i++)
    {
      std::vector<float> logits = logits_of (steps, 97);
      double sum = 0;

      for (float l : logits)
        sum += std::exp ((double) l);
      ASSERT_NEAR (got[i], logits[(size_t) ids[i]] - std::log (sum), 2 * tolerance) << i;
      ASSERT_TRUE (tl_session_decode (steps, ids[i], &err));
    }
  expect_near (logits_of (scored, 97), logits_of (steps, 97), tolerance);
  tl_session_free (scored);
  tl_session_free (steps);
}

TEST_P (Session, decoding_and_sampling_take_no_memory)
{
#if COUNTS_ALLOCATIONS
  TinyShape shape;
  tl_sampler_params params;

  shape.n_embd = shape.n_ff = 256;
  shape.n_vocab = 500;
  tl_sampler_params_init (&params);
  params.temperature = 1;
  params.top_k = 40;
  params.top_p = 0.9f;
  params.repeat_penalty = 1.1f;
  for (tl_type type : { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q8_0, TL_TYPE_Q4_0, TL_TYPE_Q4_K })
    {
      shape.type = type;
      TinyModel tiny (shape);
      tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
      tl_sampler *sampler = tl_sampler_new (&params, shape.n_vocab, &err);
      std::vector<int32_t> ids = tiny_tokens (100, shape.n_vocab);
      int32_t id = 0;

      size_t before = n_allocations;
      void *volatile kept = malloc (1); /* what nobody looks at a compiler leaves out */
      free (kept);
      ASSERT_EQ (n_allocations, before + 1) << "allocations are not counted";
      before = n_allocations;
      ASSERT_TRUE (tl_session_prefill (s, ids.data (), ids.size (), nullptr, nullptr, &err));
      for (int i = 0; i < 10; i++)
        {
          id = tl_sampler_sample (sampler, tl_session_get_logits (s), nullptr, 0);
          tl_sampler_accept (sampler, id);
          tl_session_decode (s, id, &err);
        }
      EXPECT_EQ (n_allocations, before);
      tl_sampler_free (sampler);
      tl_session_free (s);
    }
#else
  GTEST_SKIP () << "allocations cannot be counted under this allocator";
#endif
}

/* The text of a seed is the same with any number of threads, and with the same one again. */
TEST_P (Session, a_seed_gives_the_same_tokens)
{
  TinyShape shape;
  tl_sampler_params params;
  std::vector<std::vector<int32_t>> texts;

  shape.type = TL_TYPE_Q8_0;
  shape.n_embd = shape.n_ff = 256;
  shape.n_vocab = 500;
  TinyModel tiny (shape);
  tl_sampler_params_init (&params);
  params.temperature = 1;
  params.top_p = 0.95f;
  for (tl_pool *p : { pool, pool, (tl_pool *) nullptr })
    {
      tl_session *s = tl_session_new (tiny.model, 0, p, &err);
      tl_sampler *sampler = tl_sampler_new (&params, shape.n_vocab, &err);
      std::vector<int32_t> &text = texts.emplace_back (1, 0);

      while (text.size () < 100)
        {
          ASSERT_TRUE (tl_session_decode (s, text.back (), &err));
          text.push_back (tl_sampler_sample (sampler, tl_session_get_logits (s), nullptr, 0));
        }
      tl_sampler_free (sampler);
      tl_session_free (s);
    }
  EXPECT_EQ (texts[0], texts[1]);
  EXPECT_EQ (texts[0], texts[2]);
}

ON_EVERY_CPU_PATH (Session);

TEST (SessionThreads, each_may_have_its_own_over_one_model)
{
  TinyModel tiny;
  std::vector<int32_t> ids = tiny_tokens (100, 97);
  std::vector<std::vector<float>> logits (4);
  std::vector<std::thread> threads;

  for (std::vector<float> &out : logits)
    threads.emplace_back ([&] {
      tl_error err = {};
      tl_session *s = tl_session_new (tiny.model, 0, nullptr, &err);

      tl_session_prefill (s, ids.data (), 80, nullptr, nullptr, &err);
      for (size_t i = 80; i < 100; i++)
        tl_session_decode (s, ids[i], &err);
      out.assign (tl_session_get_logits (s), tl_session_get_logits (s) + 97);
      tl_session_free (s);
    });
  for (std::thread &t : threads)
    t.join ();
  for (const std::vector<float> &out : logits)
    EXPECT_EQ (out, logits[0]);
}

TEST (SessionMemory, is_what_was_promised_and_grows_with_the_context)
{
  TinyModel tiny;
  tl_error err = {};
  tl_session *small = tl_session_new (tiny.model, 64, nullptr, &err);
  tl_session *large = tl_session_new (tiny.model, 192, nullptr, &err);

  /* Keys and values of 2 layers, 2 heads of 16, in halves; six queries' scores and the token; and
   * the lookup's places, a power of two of them. */
  EXPECT_EQ (tl_session_get_memory (large) - tl_session_get_memory (small),
             128u * (2 * 2 * 2 * 16 * 2 + 6 * 4 + 4) + (256 - 64) * 4);
  tl_session_free (small);
  tl_session_free (large);
  tl_session_free (nullptr);
}
