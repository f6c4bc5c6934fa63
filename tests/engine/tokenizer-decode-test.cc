// SPDX-License-Identifier: Apache-2.0
// Streaming decode: whatever way the bytes of a character are spread over tokens, what has come out
// is valid UTF-8 at each step and the same in the end.
#include <random>

#include "tokenizer-fixture.h"

namespace
{

// An independent judge of UTF-8: decode, encode again, compare (RFC 3629).
bool
IsValidUtf8 (const std::string &s)
{
  for (size_t i = 0; i < s.size ();)
    {
      uint8_t b = (uint8_t) s[i];
      size_t n = b < 0x80 ? 1 : b >> 5 == 6 ? 2 : b >> 4 == 14 ? 3 : b >> 3 == 30 ? 4 : 0;
      uint32_t cp = n == 1 ? b : b & (0x7Fu >> n);
      static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

      if (n == 0 || i + n > s.size ())
        return false;
      for (size_t k = 1; k < n; k++)
        {
          if (((uint8_t) s[i + k] & 0xC0) != 0x80)
            return false;
          cp = cp << 6 | ((uint8_t) s[i + k] & 0x3F);
        }
      if (cp < least[n] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return false;
      i += n;
    }
  return true;
}

class Streaming : public testing::Test
{
protected:
  void SetUp () override
  {
    tl_error err = {};

    tokenizer_ = vocabulary_.Load (&err);
    ASSERT_TRUE (tokenizer_) << err.message;
    out_.resize (tl_tokenizer_get_max_piece (tokenizer_.get ()));
  }

  // What each of the bytes, which are tokens of their own, makes come out, and at last the flush.
  std::vector<std::string> Stream (const std::string &bytes)
  {
    std::vector<std::string> steps;
    tl_decoder d = {};

    for (char c : bytes)
      {
        size_t n = tl_tokenizer_decode (tokenizer_.get (), &d, (uint8_t) c, out_.data ());

        steps.emplace_back (out_.data (), n);
      }
    steps.emplace_back (out_.data (), tl_tokenizer_decode_finish (&d, out_.data ()));
    return steps;
  }

  std::string StreamAll (const std::string &bytes)
  {
    std::string all;

    for (const std::string &step : Stream (bytes))
      {
        EXPECT_TRUE (IsValidUtf8 (step));
        all += step;
      }
    return all;
  }

  Vocabulary vocabulary_ = ByteLevelVocabulary ();
  Tokenizer tokenizer_;
  std::vector<char> out_;
};

TEST_F (Streaming, HoldsACharacterUntilItIsWhole)
{
  using Steps = std::vector<std::string>;

  EXPECT_EQ (Stream ("\xC3\xA9!"), (Steps { "", "\xC3\xA9", "!", "" }));
  EXPECT_EQ (Stream ("\xE4\xB8\xAD"), (Steps { "", "", "\xE4\xB8\xAD", "" }));
  EXPECT_EQ (Stream ("\xF0\x9F\x98\x81"), (Steps { "", "", "", "\xF0\x9F\x98\x81", "" }));
}

TEST_F (Streaming, KeepsJoinedEmojiWhole)
{
  const std::string family = "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 "  // woman ZWJ girl
                             "\xF0\x9F\x98\xB6\xE2\x80\x8D\xF0\x9F\x8C\xAB\xEF\xB8\x8F";

  EXPECT_EQ (StreamAll (family), family);
}

TEST_F (Streaming, FlushesACutCharacterAsOneReplacement)
{
  EXPECT_EQ (StreamAll ("a\xF0\x9F\x98"), "a\xEF\xBF\xBD");
  EXPECT_EQ (StreamAll ("a"), "a");
}

// The examples of the Unicode standard, chapter 3, tables 3-8 to 3-11: one U+FFFD a maximal part.
TEST_F (Streaming, ReplacesInvalidBytesAsUnicodeSays)
{
  const std::string r = "\xEF\xBF\xBD";
  const std::string r4 = r + r + r + r;

  EXPECT_EQ (StreamAll ("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), r4 + r4 + "A");
  EXPECT_EQ (StreamAll ("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), r4 + r4 + "A");
  EXPECT_EQ (StreamAll ("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), r4 + r + "A" + r + r + "B");
  EXPECT_EQ (StreamAll ("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), r4 + "A");
}

TEST_F (Streaming, IsValidWhateverTheBytes)
{
  std::mt19937 random (2);

  for (int run = 0; run < 300; run++)
    {
      std::string bytes;

      // Mostly bytes of long characters, so that they meet in all orders.
      for (int i = 0; i < 40; i++)
        bytes += (char) (random () % 4 ? 0x80 + random () % 0x80 : random ());
      EXPECT_TRUE (IsValidUtf8 (StreamAll (bytes)));
    }
}

TEST (Decoder, SplitsNoCharacterInsideATokenEither)
{
  Vocabulary v = SentencePieceVocabulary ();
  tl_error err = {};

  AddPiece (&v, "x\xE4\xB8", 0); // cut, as only a hostile file has it
  AddPiece (&v, "\xAD\xFF\xFF\xFF\xFF", 0);
  Tokenizer t = v.Load (&err);
  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Decode (t.get (), { 259, 260 }),
             "x\xE4\xB8\xAD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST (Decoder, DropsTheSpaceThatTheEncoderPut)
{
  Vocabulary v = SentencePieceVocabulary ();
  tl_error err = {};

  AddPiece (&v, "\xE2\x96\x81" "a", 0);
  Tokenizer t = v.Load (&err);
  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Decode (t.get (), { 1, 259, 259, 2 }), "a a");

  std::vector<char> out (tl_tokenizer_get_max_piece (t.get ()));
  tl_decoder within = {};
  within.started = true;
  EXPECT_EQ (std::string (out.data (), tl_tokenizer_decode (t.get (), &within, 259, out.data ())),
             " a");
}

TEST (Decoder, IgnoresIdsOutOfRange)
{
  tl_error err = {};
  Tokenizer t = ByteLevelVocabulary ().Load (&err);

  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Decode (t.get (), { -1, INT32_MIN, 256, INT32_MAX }), "");
  EXPECT_EQ (tl_tokenizer_get_piece (t.get (), 256).data, nullptr);
}

} // namespace
