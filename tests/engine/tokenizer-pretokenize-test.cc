// SPDX-License-Identifier: Apache-2.0
// Pre-tokenizers cut where their regular expressions do, as an independent matcher says; and the
// classes of characters they ask about are those of Unicode.
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include "text/pretokenize.h"
#include "text/unicode.h"
}
#include "tokenizer-pretokenize-cases.h"

namespace
{

using Words = std::vector<std::string>;

bool
AppendWord (void *user_data, const char *word, size_t len)
{
  static_cast<Words *> (user_data)->emplace_back (word, len);
  return true;
}

Words
Split (const std::string &pre, const std::string &text)
{
  const tl_pretokenizer *p = tl_pretokenizer_find ({ pre.data (), pre.size () });
  Words words;

  EXPECT_NE (p, nullptr) << pre;
  if (p)
    tl_pretokenize (p, text.data (), text.size (), AppendWord, &words);
  return words;
}

TEST (Pretokenizer, CutsWhereItsExpressionDoes)
{
  for (const PretokenizeCase &c : pretokenize_cases)
    {
      Words expected;
      size_t start = 0;

      for (size_t n : c.lengths)
        {
          expected.push_back (c.text.substr (start, n));
          start += n;
        }
      EXPECT_EQ (Split (c.pre, c.text), expected) << c.pre << ": " << c.text;
    }
}

TEST (Pretokenizer, TellsFamiliesApart)
{
  EXPECT_EQ (Split ("gpt-2", "It's 1234"), (Words { "It", "'s", " 1234" }));
  EXPECT_EQ (Split ("smollm", "It's 12"), (Words { "It", "'s", " ", "1", "2" }));
  EXPECT_EQ (Split ("llama-bpe", "It'S 1234"), (Words { "It", "'S", " ", "123", "4" }));
  EXPECT_EQ (Split ("qwen2", "(a) 12"), (Words { "(a", ")", " ", "1", "2" }));
  EXPECT_EQ (Split ("gpt-4o", "XMLHttp it's"), (Words { "XMLHttp", " it's" }));
  EXPECT_EQ (Split ("tekken", "aBc"), (Words { "a", "Bc" }));
}

TEST (Pretokenizer, TakesInvalidBytesForSymbols)
{
  EXPECT_EQ (Split ("gpt-2", "a\xFF\xC3 b"), (Words { "a", "\xFF\xC3", " b" }));
}

TEST (Pretokenizer, StopsWhenTold)
{
  auto stop = [] (void *user_data, const char *, size_t) { return ++*(int *) user_data < 2; };
  const tl_pretokenizer *p = tl_pretokenizer_find ({ "gpt-2", 5 });
  int n_words = 0;

  EXPECT_FALSE (tl_pretokenize (p, "a b c d", 7, stop, &n_words));
  EXPECT_EQ (n_words, 2);
}

TEST (Pretokenizer, HasNoUnknownNames)
{
  EXPECT_EQ (tl_pretokenizer_find ({ "martian", 7 }), nullptr);
  EXPECT_EQ (tl_pretokenizer_find ({ "", 0 }), nullptr);
  EXPECT_EQ (tl_pretokenizer_find ({ "gpt-2 ", 6 }), nullptr);
}

// Runs that a backtracking matcher would read again and again. Quadratic work would be 2^35 steps
// each, beyond the timeout of the test.
TEST (Pretokenizer, ReadsLongRunsOnce)
{
  const std::string repeated[] = { " ", "\n", " \n", "A", "\xE4\xB8\xAD" "A", "\xCC\x81",
                                   "7", "'" };

  for (const char *pre : { "default", "falcon", "gpt-2", "gpt-4o", "llama-bpe", "smollm" })
    for (const std::string &unit : repeated)
      {
        std::string text, joined;

        while (text.size () < 1 << 17)
          text += unit;
        text += "x\n" + text;
        for (const std::string &word : Split (pre, text))
          joined += word;
        EXPECT_TRUE (joined == text) << pre << " " << unit;
      }
}

// From UnicodeData.txt and PropList.txt.
TEST (Unicode, ClassesAreThoseOfTheStandard)
{
  const struct
  {
    uint32_t cp;
    unsigned expected;
  } cases[] = {
    { 0x00, 0 },
    { '\t', TL_CHAR_SPACE },
    { '$', TL_CHAR_SYMBOL },
    { '_', TL_CHAR_PUNCTUATION },
    { '9', TL_CHAR_NUMBER },
    { 'A', TL_CHAR_UPPER },
    { 'z', TL_CHAR_LOWER },
    { 0x85, TL_CHAR_SPACE },            // next line: a control, but White_Space
    { 0xAA, TL_CHAR_OTHER_LETTER },     // feminine ordinal indicator
    { 0xB2, TL_CHAR_NUMBER },           // superscript two
    { 0x1C5, TL_CHAR_UPPER },           // titlecase Dz with caron
    { 0x301, TL_CHAR_MARK },            // combining acute
    { 0x200B, 0 },                      // zero width space is a format character
    { 0x3000, TL_CHAR_SPACE },          // ideographic space
    { 0x9FFF, TL_CHAR_OTHER_LETTER },   // in the unified ideographs
    { 0x1F601, TL_CHAR_SYMBOL },        // emoji
    { 0xE0100, TL_CHAR_MARK },          // variation selector
    { 0x10FFFF, 0 },
  };

  for (const auto &c : cases)
    EXPECT_EQ (tl_unicode_class (c.cp), c.expected) << std::hex << c.cp;
}

} // namespace
