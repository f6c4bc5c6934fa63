// SPDX-License-Identifier: Apache-2.0
// Encoding on vocabularies small enough to work out by hand: order of merges, special tokens,
// spaces and byte fallback, and texts that invite quadratic work.
#include <random>

#include "tokenizer-fixture.h"

namespace
{

Tokenizer
LoadOrFail (const Vocabulary &v)
{
  tl_error err = {};
  Tokenizer t = v.Load (&err);

  EXPECT_TRUE (t) << err.message;
  return t;
}

int32_t
IdOf (const Vocabulary &v, const std::string &token)
{
  for (size_t i = 0; i < v.tokens.size (); i++)
    if (v.tokens[i] == token)
      return (int32_t) i;
  ADD_FAILURE () << "no token " << token;
  return -1;
}

// "ab" comes before "bc": so "abc" is "ab" "c", and "xbc" is "x" "bc".
Vocabulary
SmallByteLevel ()
{
  Vocabulary v = ByteLevelVocabulary ();

  for (const char *token : { "ab", "bc", "aa", "aaaa", "\xC4\xA0" "ab" })
    v.tokens.push_back (token);
  v.merges = { "a b", "b c", "a a", "aa aa", "\xC4\xA0 ab" };
  return v;
}

TEST (ByteLevel, MergesTheLowestRankFirst)
{
  Vocabulary v = SmallByteLevel ();
  Tokenizer t = LoadOrFail (v);

  EXPECT_EQ (Encode (t.get (), "abc"), (Ids { IdOf (v, "ab"), IdOf (v, "c") }));
  EXPECT_EQ (Encode (t.get (), "xbc"), (Ids { IdOf (v, "x"), IdOf (v, "bc") }));
  EXPECT_EQ (Encode (t.get (), "x ab"), (Ids { IdOf (v, "x"), IdOf (v, "\xC4\xA0" "ab") }));
}

TEST (ByteLevel, MergesEqualRanksFromTheLeft)
{
  Vocabulary v = SmallByteLevel ();
  Tokenizer t = LoadOrFail (v);
  int32_t a = IdOf (v, "a"), aa = IdOf (v, "aa"), aaaa = IdOf (v, "aaaa");

  EXPECT_EQ (Encode (t.get (), "aaa"), (Ids { aa, a }));
  EXPECT_EQ (Encode (t.get (), "aaaaaaa"), (Ids { aaaa, aa, a }));
}

TEST (ByteLevel, TakesAWholeWordWhereMergesAreIgnored)
{
  Vocabulary v = SmallByteLevel ();

  v.tokens.push_back ("zz"); // that no merge makes
  v.pre = "llama-bpe";
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "zz"), (Ids { IdOf (v, "zz") }));
  v.pre = "gpt-2";
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "zz"), (Ids { IdOf (v, "z"), IdOf (v, "z") }));
}

TEST (ByteLevel, SpellsAMissingByteAsAReplacement)
{
  Vocabulary v = ByteLevelVocabulary ();

  v.tokens[0xFF] = "gone";
  v.unknown = 0;
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "a\xFF"), (Ids { 'a', 0xEF, 0xBF, 0xBD }));
}

// Id of control, user-defined and user-defined-within-control tokens after the 256 bytes.
enum { START = 256, SPACES3, SPACES2, LONG_START };

Vocabulary
WithSpecials ()
{
  Vocabulary v = ByteLevelVocabulary ();

  v.types.assign (256, 1);
  for (const char *token : { "<|s|>", "   ", "  ", "<|s|>>" })
    v.tokens.push_back (token);
  for (int32_t type : { 3, 4, 4, 3 })
    v.types.push_back (type);
  v.bos = START;
  return v;
}

TEST (SpecialTokens, AreTextUnlessParsed)
{
  Tokenizer t = LoadOrFail (WithSpecials ());

  EXPECT_EQ (Encode (t.get (), "<|s|>"), (Ids { '<', '|', 's', '|', '>' }));
  EXPECT_EQ (Encode (t.get (), "a<|s|>b", TL_TOKENIZE_PARSE_SPECIAL), (Ids { 'a', START, 'b' }));
}

TEST (SpecialTokens, AreTakenLongestFirst)
{
  Tokenizer t = LoadOrFail (WithSpecials ());

  EXPECT_EQ (Encode (t.get (), "<|s|>>>", TL_TOKENIZE_PARSE_SPECIAL), (Ids { LONG_START, '>' }));
  EXPECT_EQ (Encode (t.get (), "a     b"), (Ids { 'a', SPACES3, SPACES2, 'b' }));
}

TEST (SpecialTokens, OfControlHaveNoText)
{
  Tokenizer t = LoadOrFail (WithSpecials ());

  EXPECT_EQ (tl_tokenizer_get_piece (t.get (), START).len, 0u);
  EXPECT_EQ (tl_tokenizer_get_piece (t.get (), SPACES3).len, 3u);
  EXPECT_EQ (Decode (t.get (), { 'a', START, SPACES2, 'b' }), "a  b");
}

TEST (SpecialTokens, BeginATextOnlyWhereTheModelWantsIt)
{
  Vocabulary v = WithSpecials ();

  EXPECT_EQ (Encode (LoadOrFail (v).get (), "a", TL_TOKENIZE_ADD_BOS), (Ids { 'a' }));
  v.pre = "llama-bpe";
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "a", TL_TOKENIZE_ADD_BOS), (Ids { START, 'a' }));
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "", TL_TOKENIZE_ADD_BOS), (Ids { START }));
  EXPECT_EQ (Encode (LoadOrFail (v).get (), ""), Ids {});
}

TEST (SpecialTokens, EndATurn)
{
  Vocabulary v = WithSpecials ();

  v.tokens.push_back ("<|im_end|>");
  v.types.push_back (3);
  v.tokens.push_back ("<end_of_turn>"); // which the file calls a word
  v.types.push_back (1);
  v.tokens.push_back ("<end of turn>"); // and which is one
  v.types.push_back (1);
  v.eos = START;
  Tokenizer t = LoadOrFail (v);
  EXPECT_EQ (tl_tokenizer_get_eos (t.get ()), START);
  EXPECT_TRUE (tl_tokenizer_is_end (t.get (), START));
  EXPECT_TRUE (tl_tokenizer_is_end (t.get (), IdOf (v, "<|im_end|>")));
  EXPECT_TRUE (tl_tokenizer_is_end (t.get (), IdOf (v, "<end_of_turn>")));
  for (int32_t id : { -1, (int32_t) 'a', IdOf (v, "<end of turn>"), INT32_MAX })
    EXPECT_FALSE (tl_tokenizer_is_end (t.get (), id)) << id;
}

// "▁" is \xE2\x96\x81. The score says what is merged first: "ab" before "▁a".
Vocabulary
SmallSentencePiece ()
{
  Vocabulary v = SentencePieceVocabulary ();

  for (const char *piece : { "\xE2\x96\x81", "a", "b", "\xC3\xA9" })
    AddPiece (&v, piece, -100);
  AddPiece (&v, "ab", -1);
  AddPiece (&v, "\xE2\x96\x81" "a", -2);
  AddPiece (&v, "\xE2\x96\x81\xE2\x96\x81", -3);
  return v;
}

TEST (SentencePiece, MergesTheHighestScoreFirst)
{
  Vocabulary v = SmallSentencePiece ();
  Tokenizer t = LoadOrFail (v);
  int32_t space = IdOf (v, "\xE2\x96\x81"), ab = IdOf (v, "ab");

  EXPECT_EQ (Encode (t.get (), "ab"), (Ids { space, ab }));
  EXPECT_EQ (Encode (t.get (), "a"), (Ids { IdOf (v, "\xE2\x96\x81" "a") }));
  EXPECT_EQ (Encode (t.get (), " ab"), (Ids { IdOf (v, "\xE2\x96\x81\xE2\x96\x81"), ab }));
  EXPECT_EQ (Encode (t.get (), ""), Ids {});
}

TEST (SentencePiece, TakesTheMarkOfASpaceForASpace)
{
  Tokenizer t = LoadOrFail (SmallSentencePiece ());

  EXPECT_EQ (Encode (t.get (), "b\xE2\x96\x81" "ab"), Encode (t.get (), "b ab"));
}

TEST (SentencePiece, FallsBackToBytes)
{
  Vocabulary v = SmallSentencePiece ();
  Tokenizer t = LoadOrFail (v);

  EXPECT_EQ (Encode (t.get (), "\xC3\xA9\xC3\xA8\xFF"),
             (Ids { IdOf (v, "\xE2\x96\x81"), IdOf (v, "\xC3\xA9"), 3 + 0xC3, 3 + 0xA8,
                    3 + 0xFF }));
}

TEST (SentencePiece, SaysUnknownWithoutByteTokens)
{
  Vocabulary v = SmallSentencePiece ();

  v.tokens[3 + 0xA8] = "gone";
  v.types[3 + 0xA8] = 1;
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "\xC3\xA8"), (Ids { IdOf (v, "\xE2\x96\x81"), 0 }));
}

TEST (SentencePiece, NeverMergesTextIntoAControlToken)
{
  Vocabulary v = SmallSentencePiece ();

  for (const char *piece : { "<", "s", ">", "<s" })
    AddPiece (&v, piece, -50);
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "<s>").back (), IdOf (v, ">"));
}

TEST (SentencePiece, PrefixesTheTextAfterEachSpecialToken)
{
  Vocabulary v = SmallSentencePiece ();
  Tokenizer t = LoadOrFail (v);
  int32_t space_a = IdOf (v, "\xE2\x96\x81" "a");

  EXPECT_EQ (Encode (t.get (), "a</s>a", TL_TOKENIZE_PARSE_SPECIAL | TL_TOKENIZE_ADD_BOS),
             (Ids { 1, space_a, 2, space_a }));
}

// A piece with a space inside forbids to merge word by word; the result is the same otherwise.
TEST (SentencePiece, MergesAcrossWordsWhereAPieceDoes)
{
  Vocabulary v = SmallSentencePiece ();

  AddPiece (&v, "b\xE2\x96\x81", -0.5f);
  EXPECT_EQ (Encode (LoadOrFail (v).get (), "b b"),
             (Ids { IdOf (v, "\xE2\x96\x81"), IdOf (v, "b\xE2\x96\x81"), IdOf (v, "b") }));
}

struct Load
{
  const char *name;
  std::string text;
};

std::string
RandomBytes (size_t n)
{
  std::mt19937 random (1);
  std::string s (n, '\0');

  for (char &c : s)
    c = (char) random ();
  return s;
}

std::string
Repeat (const std::string &s, size_t n)
{
  std::string all;

  while (all.size () + s.size () <= n)
    all += s;
  return all;
}

class OneMegabyte : public testing::TestWithParam<Load>
{
};

// Takes tens of milliseconds where it took minutes if it were quadratic: 2^40 steps, beyond the
// timeout of the test.
void
ExpectLossless (const Vocabulary &v, const std::string &text, size_t prefix)
{
  Tokenizer t = LoadOrFail (v);

  EXPECT_TRUE (Pieces (t.get (), Encode (t.get (), text)).substr (prefix) == text);
}

TEST_P (OneMegabyte, IsEncodedByteLevelWithoutLoss)
{
  ExpectLossless (SmallByteLevel (), GetParam ().text, 0);
}

TEST_P (OneMegabyte, IsEncodedSentencePieceWithoutLoss)
{
  ExpectLossless (SmallSentencePiece (), GetParam ().text, 1);
}

TEST_P (OneMegabyte, IsEncodedAcrossWordsWithoutLoss)
{
  Vocabulary v = SmallSentencePiece ();

  AddPiece (&v, "b\xE2\x96\x81", -0.5f);
  ExpectLossless (v, GetParam ().text, 1);
}

INSTANTIATE_TEST_SUITE_P (Texts, OneMegabyte,
                          testing::Values (Load { "OneLetter", std::string (1 << 20, 'a') },
                                           Load { "Spaces", std::string (1 << 20, ' ') },
                                           Load { "SpacesAndLines", Repeat (" \n", 1 << 20) },
                                           Load { "Digits", std::string (1 << 20, '7') },
                                           Load { "Punctuation", std::string (1 << 20, '<') },
                                           Load { "Marks", Repeat ("\xCC\x81", 1 << 20) },
                                           Load { "Words", Repeat ("ab b ", 1 << 20) },
                                           Load { "RandomBytes", RandomBytes (1 << 20) }),
                          [] (const auto &info) { return info.param.name; });

} // namespace
