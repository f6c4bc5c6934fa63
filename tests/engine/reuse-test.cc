/* SPDX-License-Identifier: Apache-2.0 */
/* Taking up what was computed before: how many tokens are computed again, how much memory that
 * takes, and that the logits are those of a new session to the bit. */
#include <gtest/gtest.h>

#include <vector>

#include "cpu-path.h"
#include "tiny-model.h"

typedef std::vector<int32_t> Ids;

static Ids
operator+ (const Ids &a, const Ids &b)
{
  Ids sum (a);

  sum.insert (sum.end (), b.begin (), b.end ());
  return sum;
}

class Reuse : public OnCpuPath
{
protected:
  tl_error err = {};

  /* The text by reuse and prefill. Returns: how many tokens were computed. */
  size_t
  enter (tl_session *s, const Ids &ids)
  {
    uint64_t before = tl_session_get_work (s)->n_prefilled;
    uint32_t kept = tl_session_reuse (s, ids.data (), ids.size ());

    EXPECT_EQ (tl_session_get_position (s), kept);
    EXPECT_TRUE (tl_session_prefill (s, ids.data () + kept, ids.size () - kept, nullptr, nullptr,
                                     &err));
    EXPECT_EQ (tl_session_get_position (s), ids.size ());
    return tl_session_get_work (s)->n_prefilled - before;
  }

  /* And a token more, which looks at all positions. */
  void
  expect_as_new (tl_session *s, const tl_model *model, const Ids &ids, tl_type cache = TL_TYPE_F16)
  {
    uint32_t n_vocab = tl_model_get_info (model)->n_vocab;
    tl_session *fresh = tl_session_new_with_cache (model, 0, cache, pool, &err);

    EXPECT_TRUE (tl_session_prefill (fresh, ids.data (), ids.size (), nullptr, nullptr, &err));
    for (int i = 0; i < 2; i++)
      {
        const float *a = tl_session_get_logits (s), *b = tl_session_get_logits (fresh);

        ASSERT_NE (a, nullptr);
        ASSERT_EQ (std::vector<float> (a, a + n_vocab), std::vector<float> (b, b + n_vocab));
        ASSERT_TRUE (tl_session_decode (s, 1, &err));
        ASSERT_TRUE (tl_session_decode (fresh, 1, &err));
      }
    tl_session_free (fresh);
  }
};

TEST_P (Reuse, the_next_turn_of_a_chat_is_all_that_is_computed)
{
  TinyShape shape;

  shape.type = TL_TYPE_Q8_0;
  TinyModel tiny (shape);
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  Ids first = tiny_tokens (70, 97), answer = tiny_tokens (20, 97, 2), next = tiny_tokens (9, 97, 3);

  EXPECT_EQ (enter (s, first), 70u);
  for (int32_t id : answer)
    ASSERT_TRUE (tl_session_decode (s, id, &err));
  EXPECT_EQ (enter (s, first + answer + next), 9u);
  expect_as_new (s, tiny.model, first + answer + next);
  EXPECT_EQ (enter (s, first + answer), 1u) << "the last token gives the logits";
  expect_as_new (s, tiny.model, first + answer);
  tl_session_free (s);
}

/* In batches and alone, weights that are not packed give other last bits: whole chunks only. */
TEST_P (Reuse, is_exact_for_every_type_and_length)
{
  for (tl_type type : { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_Q4_0, TL_TYPE_TQ2_0 })
    {
      TinyShape shape;

      shape.type = type;
      shape.n_embd = shape.n_ff = type == TL_TYPE_TQ2_0 ? 256 : 64;
      TinyModel tiny (shape);
      Ids ids = tiny_tokens (190, 97), other = tiny_tokens (190, 97, 2);

      SCOPED_TRACE (tl_type_get_info ((uint32_t) type)->name);
      for (size_t begin : { 1, 66, 130 })
        for (size_t shared : { 1, 64, 129 })
          {
            tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
            Ids text = Ids (ids.begin (), ids.begin () + (long) shared)
                       + Ids (other.begin (), other.begin () + 30);

            tl_session_set_kept_bytes (s, 1 << 20);
            enter (s, Ids (ids.begin (), ids.begin () + (long) begin));
            for (size_t i = begin; i < 160; i++)
              ASSERT_TRUE (tl_session_decode (s, ids[i], &err));
            enter (s, text);
            expect_as_new (s, tiny.model, text);
            enter (s, ids);
            expect_as_new (s, tiny.model, ids);
            tl_session_free (s);
          }
    }
}

/* Up to four are computed as they are alone, whatever follows them in the same chunk. */
TEST_P (Reuse, a_few_tokens_at_once_are_no_batch)
{
  for (tl_type type : { TL_TYPE_F32, TL_TYPE_F16, TL_TYPE_BF16 })
    for (size_t few : { 3, 4, 5, 68 })
      {
        TinyShape shape;

        shape.type = type;
        TinyModel tiny (shape);
        tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
        Ids ids = tiny_tokens (160, 97), other = tiny_tokens (30, 97, 2);
        Ids text = Ids (ids.begin (), ids.begin () + 140) + other;

        SCOPED_TRACE (tl_type_get_info ((uint32_t) type)->name + std::to_string (few));
        ASSERT_TRUE (tl_session_prefill (s, ids.data (), few, nullptr, nullptr, &err));
        ASSERT_TRUE (tl_session_prefill (s, ids.data () + few, 160 - few, nullptr, nullptr, &err));
        enter (s, text);
        expect_as_new (s, tiny.model, text);
        tl_session_free (s);
      }
}

TEST_P (Reuse, a_text_seen_before_is_not_computed_again)
{
  TinyShape shape;

  shape.type = TL_TYPE_Q8_0;
  TinyModel tiny (shape);
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  Ids system = tiny_tokens (40, 97), a = tiny_tokens (50, 97, 2), b = tiny_tokens (60, 97, 3);

  tl_session_set_kept_bytes (s, 1 << 20);
  EXPECT_EQ (enter (s, system + a), 90u);
  EXPECT_EQ (enter (s, system + b), 60u) << "the system prompt is shared";
  EXPECT_EQ (enter (s, system + a), 1u);
  expect_as_new (s, tiny.model, system + a);
  EXPECT_EQ (enter (s, system + b), 1u);
  expect_as_new (s, tiny.model, system + b);
  EXPECT_EQ (enter (s, a), 50u);
  expect_as_new (s, tiny.model, a);
  EXPECT_EQ (enter (s, system + a + b), 60u) << "a kept text is gone on with";
  expect_as_new (s, tiny.model, system + a + b);
  tl_session_free (s);
}

TEST_P (Reuse, every_kind_of_cache_is_kept_whole)
{
  for (tl_type cache : { TL_TYPE_F16, TL_TYPE_F32, TL_TYPE_Q8_0 })
    {
      TinyShape shape;

      shape.n_embd = 256;
      shape.type = TL_TYPE_Q8_0;
      TinyModel tiny (shape);
      tl_session *s = tl_session_new_with_cache (tiny.model, 0, cache, pool, &err);
      Ids a = tiny_tokens (101, 97), b = tiny_tokens (130, 97, 2);

      SCOPED_TRACE (tl_type_get_info ((uint32_t) cache)->name);
      tl_session_set_kept_bytes (s, 1 << 20);
      EXPECT_EQ (enter (s, a), 101u);
      EXPECT_EQ (enter (s, b), 130u);
      EXPECT_EQ (enter (s, a), 1u);
      expect_as_new (s, tiny.model, a, cache);
      tl_session_free (s);
    }
}

TEST_P (Reuse, nothing_is_kept_unless_asked_for)
{
  TinyModel tiny;
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  size_t before = tl_session_get_memory (s);
  Ids a = tiny_tokens (130, 97), b = tiny_tokens (130, 97, 2);

  enter (s, a);
  EXPECT_EQ (enter (s, b), 130u);
  EXPECT_EQ (enter (s, a), 130u);
  EXPECT_EQ (tl_session_get_memory (s), before);
  tl_session_free (s);
}

/* 100 tokens: keys of 112 and values of 100 positions, 2 layers, 2 heads, 16 halves; ids. */
TEST_P (Reuse, memory_is_told_and_limited_and_the_oldest_goes)
{
  TinyShape shape;

  shape.type = TL_TYPE_Q8_0;
  TinyModel tiny (shape);
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  size_t before = tl_session_get_memory (s), one = (112 + 100) * 2 * 2 * 16 * 2 + 100 * 4;
  Ids texts[4];

  for (uint64_t i = 0; i < 4; i++)
    texts[i] = tiny_tokens (100, 97, i + 1);
  tl_session_set_kept_bytes (s, 5 * one / 2);
  for (const Ids &text : texts)
    {
      EXPECT_EQ (enter (s, text), 100u);
      EXPECT_LE (tl_session_get_memory (s), before + 5 * one / 2);
    }
  EXPECT_NEAR ((double) (tl_session_get_memory (s) - before), 2.0 * (double) one, 128);
  EXPECT_EQ (enter (s, texts[1]), 1u);   /* of 1, 2, 3; 2 goes to make room for 3 */
  EXPECT_EQ (enter (s, texts[2]), 100u);
  expect_as_new (s, tiny.model, texts[2]);
  tl_session_set_kept_bytes (s, 0);
  EXPECT_EQ (tl_session_get_memory (s), before);
  tl_session_free (s);
}

TEST_P (Reuse, a_cancelled_or_empty_text_is_no_harm)
{
  TinyShape shape;

  shape.type = TL_TYPE_Q8_0;
  TinyModel tiny (shape);
  tl_session *s = tl_session_new (tiny.model, 0, pool, &err);
  Ids a = tiny_tokens (150, 97);
  auto stop = [] (void *data) { return ++*(int *) data == 2; };
  int calls = 0;

  tl_session_set_kept_bytes (s, 1 << 20);
  EXPECT_EQ (tl_session_reuse (s, a.data (), 0), 0u);
  EXPECT_FALSE (tl_session_prefill (s, a.data (), 150, stop, &calls, &err));
  EXPECT_EQ (enter (s, a), 150 - 64u * std::get<1> (GetParam ())) << "what was done stays";
  expect_as_new (s, tiny.model, a);
  EXPECT_EQ (tl_session_reuse (s, nullptr, 0), 0u);
  EXPECT_EQ (tl_session_get_position (s), 0u);
  tl_session_free (s);
}

ON_EVERY_CPU_PATH (Reuse);
