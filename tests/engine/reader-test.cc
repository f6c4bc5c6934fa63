/* SPDX-License-Identifier: Apache-2.0 */
/* The reader that ships: hostile notes and files, and that all it emits stands in the note. */
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

#include "reader-fixture.h"

extern "C" {
#include "reader/ask-train.h"
#include "reader/reader-train.h"
}

class Eeny : public testing::Test
{
protected:
  tl_reader *r = nullptr;
  tl_error   err = {};

  void
  SetUp () override
  {
    r = tl_reader_open (model_path ().c_str (), &err);
    ASSERT_NE (r, nullptr) << err.message;
  }

  void
  TearDown () override
  {
    tl_reader_close (r);
  }

  void
  check_span (const std::string &text, const tl_span &s)
  {
    ASSERT_LE (s.start, s.end);
    ASSERT_LE (s.end, text.size ());
    ASSERT_NE ((unsigned char) text[s.start] & 0xc0, 0x80);
    if (s.end < text.size ())
      {
        ASSERT_NE ((unsigned char) text[s.end] & 0xc0, 0x80);
      }
    ASSERT_GE (s.p, 0.0f);
    ASSERT_LE (s.p, 1.0f);
  }

  void
  check_reading (const std::string &text)
  {
    tl_reading *reading = tl_reader_read (r, text.data (), text.size (), nullptr, nullptr, &err);

    ASSERT_NE (reading, nullptr) << err.message;
    for (size_t i = 0; i < reading->n_titles; i++)
      check_span (text, reading->titles[i]);
    for (size_t i = 0; i < reading->n_tags; i++)
      check_span (text, reading->tags[i]);
    for (size_t i = 0; i < reading->n_units; i++)
      {
        const tl_reading_unit *u = &reading->units[i];

        ASSERT_TRUE (u->p_key >= 0.0f && u->p_key <= 1.0f);
        ASSERT_TRUE (u->p_action >= 0.0f && u->p_action <= 1.0f);
        for (const tl_span *s : { &u->owner, &u->due })
          if (s->end > s->start)
            {
              check_span (text, *s);
              ASSERT_GE (s->start, u->unit.start);
              ASSERT_LE (s->end, u->unit.end);
            }
      }
    tl_reading_free (reading);
  }
};

TEST_F (Eeny, IsSmall)
{
  EXPECT_LE (tl_reader_get_n_params (r), 1000000u);
  EXPECT_LE (read_file (model_path ()).size (), 1500000u);
}

TEST_F (Eeny, PrefersDecisionsToCake)
{
  tl_reading *reading
      = tl_reader_read (r, note_text.data (), note_text.size (), nullptr, nullptr, &err);
  size_t chosen[2];

  ASSERT_NE (reading, nullptr) << err.message;
  ASSERT_EQ (tl_reading_choose_keys (reading, note_text.data (), 1, chosen), 1u);
  EXPECT_EQ (note_text.substr (reading->units[chosen[0]].unit.start, 8), "Decided:");
  tl_reading_free (reading);
}

TEST_F (Eeny, ReadsNothingAndLittle)
{
  for (const char *text :
       { "", " \n", "x", "# Only a heading", "```\ncode\n```", "😀😀😀", "a|b\n-|-\n" })
    check_reading (text);
}

/* The same probabilities, and owners and due words inside of the links. */
TEST_F (Eeny, ReadsLinksAsTheirWords)
{
  const std::string plain = "# Week\n\nThe cat slept.\n\n- Hana sends the form by Monday.\n";
  const std::string linked = "# Week\n\nThe [[pets/cat no. 2|cat]] slept.\n\n"
                             "- [[Hana]] sends the [[x y|form]] by [[2026-05-04|Monday]].\n";
  tl_reading *a = tl_reader_read (r, plain.data (), plain.size (), nullptr, nullptr, &err);
  tl_reading *b = tl_reader_read (r, linked.data (), linked.size (), nullptr, nullptr, &err);

  ASSERT_TRUE (a != nullptr && b != nullptr) << err.message;
  ASSERT_EQ (a->n_units, b->n_units);
  for (size_t i = 0; i < a->n_units; i++)
    {
      EXPECT_NEAR (a->units[i].p_key, b->units[i].p_key, 1e-3f);
      EXPECT_NEAR (a->units[i].p_action, b->units[i].p_action, 1e-3f);
    }
  const tl_span owner = b->units[2].owner, due = b->units[2].due;
  EXPECT_EQ (linked.substr (owner.start, owner.end - owner.start), "Hana");
  EXPECT_EQ (linked.substr (due.start, due.end - due.start), "by [[2026-05-04|Monday");
  tl_reading_free (a);
  tl_reading_free (b);
}

static std::string
ask (const tl_reader *r, const std::string &text, const std::string &question)
{
  tl_span answer = {};
  tl_error err = {};

  EXPECT_TRUE (tl_reader_ask (r, text.data (), text.size (), question.data (), question.size (),
                              &answer, &err))
    << err.message;
  EXPECT_TRUE (answer.start <= answer.end && answer.end <= text.size ());
  EXPECT_TRUE (answer.p >= 0.0f && answer.p <= 1.0f);
  return text.substr (answer.start, answer.end - answer.start);
}

TEST_F (Eeny, AnswersFromTheNoteOrNotAtAll)
{
  const std::string text = "# Boiler\n\nIt was a cold morning and the tea was weak.\n"
                           "The engineer comes on Thursday at nine.\n"
                           "The new pump costs 240 euros.\nWe laughed about the cat.\n";

  EXPECT_EQ (ask (r, text, "When does the engineer come?"),
             "The engineer comes on Thursday at nine.");
  EXPECT_EQ (ask (r, text, "How much does the pump cost?"), "The new pump costs 240 euros.");
  EXPECT_EQ (ask (r, text, "Who painted the ceiling of the chapel?"), "");
  EXPECT_EQ (ask (r, "", "Who?"), "");
  EXPECT_EQ (ask (r, "# Only a heading", ""), "");
}

TEST_F (Eeny, KnowsWhatItStandsFor)
{
  const std::string text = "Bring coins for the ferry. The harbour fair comes back. It is on 12 June.\n"
                           "\nThe gate is painted green. That one hums.\n";
  const auto begin = [&text] (const std::string &sentence) {
    const size_t start = text.find (sentence);

    return text.substr (tl_ask_find_begin (text.data (), text.size (), start, start + sentence.size ()), 8);
  };

  EXPECT_EQ (ask (r, text, "When is the harbour fair?"), "It is on 12 June.");
  EXPECT_EQ (begin ("It is on 12 June."), "The harb");
  EXPECT_EQ (begin ("The gate is painted green."), "The gate");
  EXPECT_EQ (begin ("That one hums."), "That one"); /* no verb: "that one" is another */
}

/* Two parts that answer alike: what is known of them beforehand decides, and of "none" as well. */
TEST_F (Eeny, WeighsThePartsOfAText)
{
  const std::string first = "The ferry leaves from Harwich at nine.\n\n";
  const std::string text = first + "The ferry leaves from Harwich at noon.\n";
  const std::string question = "When does the ferry leave?";
  tl_error err = {};
  auto start_of = [&] (float of_first, float of_second, float of_none)
    {
      const tl_ask_part parts[] = { { 0, of_first }, { first.size (), of_second } };
      tl_span answer = {};

      EXPECT_TRUE (tl_reader_ask_parts (r, text.data (), text.size (), question.data (),
                                        question.size (), parts, 2, of_none, &answer, &err))
        << err.message;
      return answer.end > answer.start ? (int) answer.start : -1;
    };

  EXPECT_EQ (start_of (9.0f, 0.0f, 0.0f), 0);
  EXPECT_EQ (start_of (0.0f, 9.0f, 0.0f), (int) first.size ());
  EXPECT_EQ (start_of (0.0f, 0.0f, 30.0f), -1);
}

/* Sixty sections of four units: windows end at headings, and the answer may be in any. */
TEST_F (Eeny, AnswersFromFarDownALongNote)
{
  std::string text;

  for (int i = 0; i < 60; i++)
    text += "# Part\n\nNothing new to tell.\nWe talked for long.\nIt rained.\n\n";
  text += "The ferry leaves from Harwich at 21:30.\n";
  EXPECT_EQ (ask (r, text, "When does the ferry leave?"),
             "The ferry leaves from Harwich at 21:30.");
}

TEST_F (Eeny, AsksOnlyWhatIsUtf8)
{
  tl_span answer;

  EXPECT_FALSE (tl_reader_ask (r, "a", 1, "\xff", 1, &answer, &err));
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
}

TEST_F (Eeny, RefusesWhatIsNotUtf8)
{
  const char text[] = "fine so far \xff\xfe";

  EXPECT_EQ (tl_reader_read (r, text, sizeof text - 1, nullptr, nullptr, &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_ARGUMENT);
  EXPECT_NE (strstr (err.message, "12"), nullptr) << err.message;
}

TEST_F (Eeny, EmitsOnlySpansOfMutatedNotes)
{
  static const char *const pieces[] = {
    "- ",
    "\n",
    "\n\n",
    "# Plan\n",
    "é",
    "。",
    "今日は",
    ". ",
    "Ann ",
    "by Friday ",
    "sends the form ",
    "**",
    "> ",
    ": ",
    "\r\n",
    "\t",
    "😀 ",
    "\"",
    "e.g. ",
    "Ünder ",
    "[ ] ",
    "1. ",
    "2026-05-14 ",
    "we agreed ",
    "@tom ",
    "| ",
  };
  tl_rng rng;

  tl_rng_init (&rng, 11);
  for (int round = 0; round < 150; round++)
    {
      std::string text;
      uint32_t n = 1 + tl_rng_below (&rng, 120);

      while (n-- > 0)
        text += pieces[tl_rng_below (&rng, sizeof pieces / sizeof *pieces)];
      check_reading (text);
      if (HasFatalFailure ())
        FAIL () << text;
    }
}

TEST_F (Eeny, ReadsLongNotesInWindows)
{
  std::string text;
  tl_reading *reading;

  for (int i = 0; i < 60; i++)
    text += note_text;
  reading = tl_reader_read (r, text.data (), text.size (), nullptr, nullptr, &err);
  ASSERT_NE (reading, nullptr) << err.message;
  EXPECT_GT (reading->n_units, 400u);
  for (size_t i = 0; i < reading->n_units; i++)
    EXPECT_EQ (reading->units[i].p_key > 0.0f, tl_unit_is_content (&reading->units[i].unit));
  tl_reading_free (reading);
}

/* More units than one window, and none of them a sentence. */
TEST_F (Eeny, ReadsLongCodeAndTables)
{
  std::string code = "```\n", table = "| a | b |\n|---|---|\n";

  for (int i = 0; i < 300; i++)
    {
      code += "x = " + std::to_string (i) + ";\n";
      table += "| " + std::to_string (i) + " | twice that |\n";
    }
  code += "```\n";
  for (const std::string &text : { code, table, code + table })
    {
      tl_reading *reading = tl_reader_read (r, text.data (), text.size (), nullptr, nullptr, &err);
      size_t chosen[3];

      ASSERT_NE (reading, nullptr) << err.message;
      EXPECT_GT (reading->n_units, 192u);
      EXPECT_EQ (tl_reading_choose_keys (reading, text.data (), 3, chosen), 0u);
      tl_reading_free (reading);
      check_reading (text);
    }
}

TEST_F (Eeny, CanBeCancelled)
{
  auto at_once = [] (void *) { return true; };

  EXPECT_EQ (tl_reader_read (r, note_text.data (), note_text.size (), at_once, nullptr, &err),
             nullptr);
  EXPECT_EQ (err.code, TL_ERROR_CANCELLED);
}

TEST_F (Eeny, ChoosesNoMoreThanHalfAndNothingTwice)
{
  const std::string text
      = "We agreed to open on Sundays.\nWe agreed to open on Sundays!\nthe cat slept\nfine\n";
  tl_reading *reading = tl_reader_read (r, text.data (), text.size (), nullptr, nullptr, &err);
  size_t chosen[4], n, bytes = 0;

  ASSERT_NE (reading, nullptr) << err.message;
  n = tl_reading_choose_keys (reading, text.data (), 4, chosen);
  ASSERT_GE (n, 1u);
  for (size_t i = 0; i < n; i++)
    bytes += reading->units[chosen[i]].unit.end - reading->units[chosen[i]].unit.start;
  EXPECT_LE (2 * bytes, text.size ());
  tl_reading_free (reading);
}

TEST_F (Eeny, HostileFilesAreErrors)
{
  std::vector<char> file = read_file (model_path ());
  tl_rng rng;

  tl_rng_init (&rng, 13);
  for (size_t cut :
       { size_t (0), size_t (3), size_t (24), size_t (1000), file.size () / 2, file.size () - 1 })
    {
      tl_reader *damaged = tl_reader_open_memory (file.data (), cut, &err);

      EXPECT_EQ (damaged, nullptr) << cut;
      tl_reader_close (damaged);
    }
  for (int round = 0; round < 60; round++)
    {
      std::vector<char> copy = file;
      tl_reader *damaged;

      /* in the keys and tensor table, which are the first part of the file */
      for (int k = 0; k < 4; k++)
        copy[tl_rng_below (&rng, 160000)] ^= (char) (1 << tl_rng_below (&rng, 8));
      damaged = tl_reader_open_memory (copy.data (), copy.size (), &err);
      if (damaged != nullptr)
        {
          tl_reading *reading = tl_reader_read (damaged, note_text.data (), note_text.size (),
                                                nullptr, nullptr, &err);

          tl_reading_free (reading);
        }
      tl_reader_close (damaged);
    }
}

TEST (ReaderFile, AModelOfAnotherKindIsRefusedByName)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  std::string path = testing::TempDir () + "tinylm-other-" + std::to_string (getpid ());
  tl_error err = {};

  tl_gguf_writer_string (w, "general.architecture", "llama");
  ASSERT_TRUE (tl_gguf_writer_save (w, path.c_str (), &err)) << err.message;
  tl_gguf_writer_free (w);
  EXPECT_EQ (tl_reader_open (path.c_str (), &err), nullptr);
  EXPECT_EQ (err.code, TL_ERROR_UNSUPPORTED);
  EXPECT_NE (strstr (err.message, "general.architecture"), nullptr);
  unlink (path.c_str ());
}
