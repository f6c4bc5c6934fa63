// SPDX-License-Identifier: Apache-2.0
// Learning a vocabulary: a case worked by hand, and the way from text over a file to a tokenizer
// that loses nothing.
#include <random>

#include "tokenizer-fixture.h"

extern "C" {
#include "text/bpe-train.h"
#include "text/word-count.h"
}

namespace
{

struct TrainerFree
{
  void operator() (tl_bpe_trainer *b) const { tl_bpe_trainer_free (b); }
};

class Training : public testing::Test
{
protected:
  void Add (const std::string &text, int times = 1)
  {
    for (int i = 0; i < times; i++)
      ASSERT_TRUE (tl_bpe_trainer_add_text (trainer_.get (), text.data (), text.size (), &err_))
          << err_.message;
  }

  // Trains and saves to @path.
  bool Finish (size_t vocab_size, const std::vector<const char *> &specials, const char *path)
  {
    tl_gguf_writer *w = tl_gguf_writer_new ();
    bool ok = tl_bpe_trainer_finish (trainer_.get (), vocab_size, specials.data (),
                                     specials.size (), w, &err_)
              && tl_gguf_writer_save (w, path, &err_);

    tl_gguf_writer_free (w);
    return ok;
  }

  std::vector<std::string> Merges (size_t n)
  {
    TemporaryFile file;
    std::vector<std::string> merges;

    EXPECT_TRUE (Finish (256 + n, {}, file.path ())) << err_.message;
    Gguf gguf (tl_gguf_open (file.path (), &err_));
    for (size_t i = 0; gguf && i < n; i++)
      {
        tl_str s = tl_gguf_array_string (gguf.get (), "tokenizer.ggml.merges", i);

        merges.emplace_back (s.data ? s.data : "", s.len);
      }
    return merges;
  }

  tl_error err_ = {};
  std::unique_ptr<tl_bpe_trainer, TrainerFree> trainer_ { tl_bpe_trainer_new (&err_) };
};

// The dictionary of Sennrich et al. 2016, section 3.2: low 5, lower 2, newest 6, widest 3; without
// the end-of-word mark, which byte-level BPE has not. By hand, ties to the lower ids:
//   e s 9 (s t 9, w e 8, l o 7, o w 7) -> es t 9 -> l o 7 (o w 7) -> lo w 7
//   -> e w 6 (n e 6, w est 6: "e" is less than "n" and "w")
//   -> n ew 6 (ew est 6: "n" is a byte, so less than "ew")
TEST_F (Training, LearnsTheMergesOfThePaper)
{
  Add ("low", 5);
  Add ("lower", 2);
  Add ("newest", 6);
  Add ("widest", 3);
  EXPECT_EQ (Merges (7), (std::vector<std::string> { "e s", "es t", "l o", "lo w", "e w", "n ew",
                                                     "new est" }));
}

// "aaa" holds the pair twice but can merge once; what is left must be counted anew.
TEST_F (Training, CountsOverlappingPairsAfresh)
{
  Add ("aaa", 3);
  Add ("aab", 2);
  EXPECT_EQ (Merges (3), (std::vector<std::string> { "a a", "aa a", "aa b" }));
}

TEST_F (Training, MergesNeitherAcrossWordsNorDigits)
{
  Add ("a b a b 12 12 12 12");
  EXPECT_EQ (Merges (2), (std::vector<std::string> { "\xC4\xA0 b", "\xC4\xA0 a" }));
  TemporaryFile file;
  EXPECT_FALSE (Finish (256 + 3, {}, file.path ()));
}

TEST_F (Training, RefusesASizeThatTheTextCannotFill)
{
  TemporaryFile file;

  Add ("ab");
  EXPECT_FALSE (Finish (256 + 3, { "<s>" }, file.path ()));
  EXPECT_EQ (err_.code, TL_ERROR_ARGUMENT);
  EXPECT_STREQ (err_.message, "This text gives at most 258 tokens; 259 were asked for");
  EXPECT_FALSE (Finish (255, {}, file.path ()));
  EXPECT_EQ (err_.code, TL_ERROR_ARGUMENT);
}

std::string
ReadFile (const char *path)
{
  std::string content;
  FILE *f = fopen (path, "rb");

  for (int c; f && (c = fgetc (f)) != EOF;)
    content += (char) c;
  if (f)
    fclose (f);
  return content;
}

// Text of words over a few letters, so that hundreds of pairs repeat.
std::string
SyntheticText (unsigned seed, size_t n_words)
{
  std::mt19937 random (seed);
  std::string text;

  for (size_t i = 0; i < n_words; i++)
    {
      for (unsigned k = 1 + random () % 7; k > 0; k--)
        text += "etaoinshr"[random () % 9];
      text += random () % 8 ? " " : ".\n";
    }
  return text;
}

TEST_F (Training, IsDeterministic)
{
  TemporaryFile first, second;

  Add (SyntheticText (3, 5000));
  ASSERT_TRUE (Finish (600, { "<s>" }, first.path ())) << err_.message;
  ASSERT_TRUE (Finish (600, { "<s>" }, second.path ())) << err_.message;
  EXPECT_FALSE (ReadFile (first.path ()).empty ());
  EXPECT_EQ (ReadFile (first.path ()), ReadFile (second.path ()));
}

class Trained : public Training
{
protected:
  void SetUp () override
  {
    TemporaryFile file;

    Add (SyntheticText (4, 20000));
    ASSERT_TRUE (Finish (1000, { "<|endoftext|>", "<|im_end|>", "<|pad|>" }, file.path ()))
        << err_.message;
    Gguf gguf (tl_gguf_open (file.path (), &err_));
    ASSERT_TRUE (gguf) << err_.message;
    tokenizer_.reset (tl_tokenizer_new_from_gguf (gguf.get (), &err_));
    ASSERT_TRUE (tokenizer_) << err_.message;
  }

  Tokenizer tokenizer_;
};

// The fixture has the map of GPT-2 from its description, not from the code under test.
TEST_F (Training, WritesBytesInTheMapOfGpt2)
{
  TemporaryFile file;

  ASSERT_TRUE (Finish (256 + 1, { "<s>" }, file.path ())) << err_.message;
  Gguf gguf (tl_gguf_open (file.path (), &err_));
  ASSERT_TRUE (gguf) << err_.message;
  for (size_t b = 0; b < 256; b++)
    {
      tl_str s = tl_gguf_array_string (gguf.get (), "tokenizer.ggml.tokens", 1 + b);

      EXPECT_EQ (std::string (s.data, s.len), ByteLevelVocabulary ().tokens[b]) << b;
    }
}

TEST (WordCounts, TellPrefixesApart)
{
  const std::string word (300, 'a');
  tl_word_counts counts = {};

  for (int round = 0; round < 2; round++)
    for (size_t n = word.size (); n > 0; n--)
      ASSERT_TRUE (tl_word_counts_add (&counts, word.data (), n));
  EXPECT_EQ (counts.n_words, word.size ());
  for (size_t i = 0; i < counts.n_words; i++)
    EXPECT_EQ (counts.words[i].count, 2u) << counts.words[i].len;
  tl_word_counts_clear (&counts);
}

TEST_F (Trained, HasItsSpecialTokensFirst)
{
  EXPECT_EQ (tl_tokenizer_get_n_tokens (tokenizer_.get ()), 1000u);
  EXPECT_EQ (tl_tokenizer_get_bos (tokenizer_.get ()), 0);
  EXPECT_EQ (tl_tokenizer_get_eos (tokenizer_.get ()), 0);
  EXPECT_TRUE (tl_tokenizer_is_end (tokenizer_.get (), 1));
  EXPECT_FALSE (tl_tokenizer_is_end (tokenizer_.get (), 2));
  EXPECT_EQ (Encode (tokenizer_.get (), "<|im_end|><|pad|>", TL_TOKENIZE_PARSE_SPECIAL),
             (Ids { 1, 2 }));
  EXPECT_EQ (Encode (tokenizer_.get (), std::string (1, '\0'), TL_TOKENIZE_ADD_BOS), (Ids { 3 }));
}

TEST_F (Trained, EncodesWhatItLearnedShorter)
{
  std::string text = SyntheticText (5, 2000);

  EXPECT_LT (Encode (tokenizer_.get (), text).size (), text.size () / 2);
}

TEST_F (Trained, LosesNoByte)
{
  std::mt19937 random (6);

  for (int run = 0; run < 50; run++)
    {
      std::string bytes (random () % 400, '\0');

      for (char &c : bytes)
        c = (char) (run % 2 ? random () : "eta \n\xF0\x9F\x98\x81"[random () % 9]);
      EXPECT_EQ (Pieces (tokenizer_.get (), Encode (tokenizer_.get (), bytes)), bytes);
    }
}

} // namespace
