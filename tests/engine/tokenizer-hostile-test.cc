// SPDX-License-Identifier: Apache-2.0
// Vocabularies that are wrong: each gets an error that names the key, or a stated default; and
// thousands of damaged files, which may load or not but must do no harm.
#include <cmath>
#include <cstring>
#include <random>

#include "tokenizer-fixture.h"

namespace
{

// Expects loading to fail, with words of the message.
void
ExpectError (const Vocabulary &v, tl_error_code code, const std::string &words)
{
  tl_error err = {};

  EXPECT_FALSE (v.Load (&err));
  EXPECT_EQ (err.code, code) << err.message;
  EXPECT_NE (std::string (err.message).find (words), std::string::npos) << err.message;
}

// Loads @v as it is; its ids must all be usable.
void
ExpectLoads (const Vocabulary &v)
{
  tl_error err = {};
  Tokenizer t = v.Load (&err);

  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Pieces (t.get (), Encode (t.get (), "ab")).substr (v.model == "llama"), "ab");
}

TEST (HostileVocabulary, NamesAnUnknownModelOrPretokenizer)
{
  Vocabulary v = ByteLevelVocabulary ();

  v.pre = "martian";
  ExpectError (v, TL_ERROR_UNSUPPORTED, "tokenizer.ggml.pre: \"martian\"");
  v.model = "t5";
  ExpectError (v, TL_ERROR_UNSUPPORTED, "tokenizer.ggml.model: \"t5\"");
}

TEST (HostileVocabulary, NeedsTokens)
{
  Vocabulary v = ByteLevelVocabulary ();

  v.tokens.clear ();
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.tokens");
}

TEST (HostileVocabulary, NeedsMergesForByteLevel)
{
  Vocabulary v = ByteLevelVocabulary ();

  v.write_merges = false;
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.merges");
}

TEST (HostileVocabulary, RefusesMergesOfUnknownTokens)
{
  for (const char *merge : { "a zz", "zz a", "a b", "ab", "", " ", "a ", " a", "a  b" })
    {
      Vocabulary v = ByteLevelVocabulary ();

      v.merges = { merge };
      ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.merges[0]");
    }
}

TEST (HostileVocabulary, RefusesArraysOfAnotherLength)
{
  Vocabulary v = SentencePieceVocabulary ();

  v.types.pop_back ();
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.token_type: expected an array of 259");
  v = SentencePieceVocabulary ();
  v.scores.push_back (0);
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.scores: expected an array of 259");
}

TEST (HostileVocabulary, NeedsFiniteScoresForSentencePiece)
{
  Vocabulary v = SentencePieceVocabulary ();

  v.scores[7] = NAN;
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.scores[7]");
  v.scores.clear ();
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.scores");
}

TEST (HostileVocabulary, RefusesIdsOutOfRange)
{
  Vocabulary v = ByteLevelVocabulary ();

  v.bos = 256;
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.bos_token_id: 256");
  v.bos = -1;
  v.eos = 0x7FFFFFFF;
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.eos_token_id: 2147483647");
  v.eos = UINT32_MAX; // how some files say none
  ExpectLoads (v);
}

TEST (HostileVocabulary, RefusesAByteTokenThatNamesNoByte)
{
  Vocabulary v = SentencePieceVocabulary ();

  v.tokens[3] = "<0xG0>";
  ExpectError (v, TL_ERROR_FORMAT, "tokenizer.ggml.tokens[3]");
}

TEST (HostileVocabulary, TakesTheFirstOfEqualPieces)
{
  Vocabulary v = SentencePieceVocabulary ();
  tl_error err = {};

  AddPiece (&v, "a", -5);
  AddPiece (&v, "a", -1);
  AddPiece (&v, "<0x41>", 0, 6);
  Tokenizer t = v.Load (&err);
  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Encode (t.get (), "aA"), (Ids { 3 + ' ', 259, 3 + 'A' }));
}

TEST (HostileVocabulary, TakesTheFirstOfEqualMerges)
{
  Vocabulary v = ByteLevelVocabulary ();
  tl_error err = {};

  v.tokens.push_back ("ab");
  v.tokens.push_back ("bc");
  v.merges = { "a b", "b c", "a b" };
  Tokenizer t = v.Load (&err);
  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Encode (t.get (), "abc"), (Ids { 256, 'c' }));
}

TEST (HostileVocabulary, KeepsEmptyPiecesOutOfText)
{
  Vocabulary bytes = ByteLevelVocabulary (), pieces = SentencePieceVocabulary ();

  bytes.tokens.push_back ("");
  ExpectLoads (bytes);
  bytes.types.assign (257, 1);
  bytes.types[256] = 3; // an empty control token must not match everywhere
  ExpectLoads (bytes);
  AddPiece (&pieces, "", 0);
  ExpectLoads (pieces);
}

TEST (HostileVocabulary, GuessesTypesWhereNoneAreGiven)
{
  Vocabulary v = SentencePieceVocabulary ();
  tl_error err = {};

  v.types.clear ();
  ExpectLoads (v);
  Tokenizer t = v.Load (&err);
  ASSERT_TRUE (t) << err.message;
  EXPECT_EQ (Decode (t.get (), { 1, 3 + 'x', 2 }), "x");
}

TEST (HostileVocabulary, RefusesArraysOfAnotherType)
{
  const int32_t numbers[] = { 1, 2 };
  const tl_str strings[] = { { "a", 1 }, { "b", 1 } };

  for (int wrong = 0; wrong < 4; wrong++)
    {
      TemporaryFile file;
      tl_gguf_writer *w = tl_gguf_writer_new ();
      tl_error err = {};

      tl_gguf_writer_string (w, "tokenizer.ggml.model", wrong == 3 ? "llama" : "gpt2");
      tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", strings, 2);
      if (wrong == 0)
        tl_gguf_writer_strings (w, "tokenizer.ggml.token_type", strings, 2);
      if (wrong == 1)
        tl_gguf_writer_i32s (w, "tokenizer.ggml.merges", numbers, 2);
      if (wrong == 2)
        tl_gguf_writer_string (w, "tokenizer.ggml.bos_token_id", "a");
      if (wrong == 3)
        tl_gguf_writer_strings (w, "tokenizer.ggml.scores", strings, 2);
      ASSERT_TRUE (tl_gguf_writer_save (w, file.path (), &err)) << err.message;
      tl_gguf_writer_free (w);
      Gguf gguf (tl_gguf_open (file.path (), &err));
      ASSERT_TRUE (gguf) << err.message;
      EXPECT_FALSE (Tokenizer (tl_tokenizer_new_from_gguf (gguf.get (), &err)));
      EXPECT_EQ (err.code, TL_ERROR_FORMAT) << err.message;
    }
}

// Damage

std::vector<char>
ReadBytes (const Vocabulary &v)
{
  TemporaryFile file;
  std::vector<char> bytes;

  v.Save (file.path ());
  FILE *f = fopen (file.path (), "rb");
  for (int c; f && (c = fgetc (f)) != EOF;)
    bytes.push_back ((char) c);
  if (f)
    fclose (f);
  return bytes;
}

// Encodes and decodes with whatever has come of the file. Returns whether it loaded.
bool
Use (const std::vector<char> &bytes)
{
  // mmap() aligns; GGUF may be read from anywhere that is aligned so.
  std::vector<uint64_t> aligned (bytes.size () / 8 + 1);
  tl_error err = {};

  memcpy (aligned.data (), bytes.data (), bytes.size ());
  Gguf gguf (tl_gguf_open_memory (aligned.data (), bytes.size (), &err));
  Tokenizer t (gguf ? tl_tokenizer_new_from_gguf (gguf.get (), &err) : nullptr);
  if (!t)
    {
      EXPECT_NE (err.code, TL_OK);
      EXPECT_NE (err.message[0], '\0');
      return false;
    }
  Ids ids = Encode (t.get (), "ab  <|s|> aaaa \xC3\xA9\xFF 12", TL_TOKENIZE_PARSE_SPECIAL);
  for (int32_t id : ids)
    EXPECT_LT ((size_t) id, tl_tokenizer_get_n_tokens (t.get ()));
  for (int32_t id = 0; id < (int32_t) tl_tokenizer_get_n_tokens (t.get ()); id++)
    ids.push_back (id);
  Decode (t.get (), ids);
  return true;
}

class DamagedFile : public testing::TestWithParam<const char *>
{
};

TEST_P (DamagedFile, IsRefusedOrHarmless)
{
  Vocabulary v = GetParam () == std::string ("gpt2") ? ByteLevelVocabulary ()
                                                      : SentencePieceVocabulary ();
  std::mt19937 random (8);
  int n_loaded = 0, n_refused = 0;

  if (v.model == "gpt2")
    {
      v.merges = { "a a", "aa aa", "a b" };
      v.types.assign (256, 1);
    }
  AddPiece (&v, "aa", -1);
  AddPiece (&v, "aaaa", -2);
  AddPiece (&v, "ab", -3);
  AddPiece (&v, "<|s|>", 0, 3);
  AddPiece (&v, "  ", 0, 4);
  v.bos = 1;
  const std::vector<char> good = ReadBytes (v);
  ASSERT_TRUE (Use (good));
  for (int run = 0; run < 2000; run++)
    {
      std::vector<char> bytes = good;

      for (unsigned k = 1 + random () % 4; k > 0; k--)
        bytes[random () % bytes.size ()] = (char) (random () % 2 ? random () : random () % 8);
      if (random () % 10 == 0)
        bytes.resize (random () % bytes.size ());
      (Use (bytes) ? n_loaded : n_refused)++;
    }
  // Both happen, or the test tries nothing.
  EXPECT_GT (n_loaded, 100);
  EXPECT_GT (n_refused, 100);
}

INSTANTIATE_TEST_SUITE_P (Models, DamagedFile, testing::Values ("gpt2", "llama"));

} // namespace
