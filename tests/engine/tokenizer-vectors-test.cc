// SPDX-License-Identifier: Apache-2.0
// Real vocabularies against the ids that llama.cpp gives for the same texts: the folder tokenizers
// of TINYLM_TEST_DATA holds NAME.gguf, NAME.gguf.inp (texts between separator lines) and
// NAME.gguf.out (a line of ids a text).
#include <fstream>
#include <sstream>

#include "tokenizer-fixture.h"

namespace
{

const char separator[] = "\n__ggml_vocab_test__\n";

std::string
DataFolder ()
{
  const char *folder = getenv ("TINYLM_TEST_DATA");

  return folder ? std::string (folder) + "/tokenizers/" : "";
}

std::string
ReadFile (const std::string &path)
{
  std::ifstream in (path, std::ios::binary);
  std::stringstream content;

  content << in.rdbuf ();
  return content.str ();
}

// Each text ends with a separator, the last one too.
std::vector<std::string>
SplitTexts (std::string all)
{
  std::vector<std::string> texts;
  size_t end;

  while ((end = all.find (separator)) != std::string::npos)
    {
      texts.push_back (all.substr (0, end));
      all.erase (0, end + sizeof separator - 1);
    }
  EXPECT_EQ (all, "");
  return texts;
}

class TokenizerVectors : public testing::TestWithParam<const char *>
{
protected:
  void SetUp () override
  {
    std::string path = DataFolder () + "ggml-vocab-" + GetParam () + ".gguf";
    tl_error err = {};

    if (ReadFile (path + ".out").empty ())
      GTEST_SKIP () << "no vectors at " << path << " (TINYLM_TEST_DATA)";
    gguf_.reset (tl_gguf_open (path.c_str (), &err));
    ASSERT_TRUE (gguf_) << err.message;
    tokenizer_.reset (tl_tokenizer_new_from_gguf (gguf_.get (), &err));
    ASSERT_TRUE (tokenizer_) << err.message;
    texts_ = SplitTexts (ReadFile (path + ".inp"));
    expected_.str (ReadFile (path + ".out"));
  }

  Gguf gguf_;
  Tokenizer tokenizer_;
  std::vector<std::string> texts_;
  std::stringstream expected_;
};

TEST_P (TokenizerVectors, GivesTheExpectedIds)
{
  size_t n_lines = 0;

  for (std::string line; std::getline (expected_, line); n_lines++)
    {
      std::stringstream numbers (line);
      Ids expected;

      ASSERT_LT (n_lines, texts_.size ());
      for (int32_t id; numbers >> id;)
        expected.push_back (id);
      EXPECT_EQ (Encode (tokenizer_.get (), texts_[n_lines]), expected)
          << "text " << n_lines << ": " << texts_[n_lines];
    }
  EXPECT_EQ (n_lines, texts_.size ());
}

TEST_P (TokenizerVectors, DecodesToTheSameBytes)
{
  for (const std::string &text : texts_)
    EXPECT_EQ (Decode (tokenizer_.get (), Encode (tokenizer_.get (), text)), text);
}

// Bytes that are no UTF-8, of those for which each of these vocabularies has a token.
TEST_P (TokenizerVectors, LosesNoByteOfText)
{
  const std::string bytes ("a\x80\x9F \xE2\x82 z\0\x01", 10);

  EXPECT_NE (Pieces (tokenizer_.get (), Encode (tokenizer_.get (), bytes)).find (bytes),
             std::string::npos);
}

// White space behind most special tokens of Phi-3 is no part of the text: ids of llama.cpp 0.7.0.
class Phi3Tokens : public TokenizerVectors
{
};

TEST_P (Phi3Tokens, DropWhatIsBehindThem)
{
  const std::pair<std::string, Ids> texts[] = {
    { "<|user|>\nSYS\nUSER<|end|>\n<|assistant|>\n",
      { 1, 32010, 317, 21554, 13, 11889, 32007, 32001 } },
    { "<s> a<|endoftext|>\n b", { 1, 1, 29871, 263, 32000, 29871, 13, 289 } },
    { "<|end|> \t\n\v x <|user|>", { 1, 32007, 921, 29871, 32010 } },
  };

  for (const auto &[text, expected] : texts)
    EXPECT_EQ (Encode (tokenizer_.get (), text, TL_TOKENIZE_ADD_BOS | TL_TOKENIZE_PARSE_SPECIAL), expected)
        << text;
}

INSTANTIATE_TEST_SUITE_P (Models, Phi3Tokens, testing::Values ("phi-3"));

INSTANTIATE_TEST_SUITE_P (Models, TokenizerVectors,
                          testing::Values ("falcon", "gpt-2", "llama-spm", "mpt", "phi-3",
                                           "starcoder"),
                          [] (const testing::TestParamInfo<const char *> &info) {
                            std::string name = info.param;

                            for (char &c : name)
                              c = c == '-' ? '_' : c;
                            return name;
                          });

} // namespace
