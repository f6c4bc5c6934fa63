// SPDX-License-Identifier: Apache-2.0
// What the tokenizer tests share: handles that free themselves, encode and decode as values, and
// small vocabularies made on the spot.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

extern "C" {
#include "gguf/gguf.h"
#include "text/tokenizer.h"
}

struct GgufClose
{
  void operator() (tl_gguf *gguf) const { tl_gguf_close (gguf); }
};

struct TokenizerFree
{
  void operator() (tl_tokenizer *t) const { tl_tokenizer_free (t); }
};

using Gguf = std::unique_ptr<tl_gguf, GgufClose>;
using Tokenizer = std::unique_ptr<tl_tokenizer, TokenizerFree>;
using Ids = std::vector<int32_t>;

// A file that is gone when the test is.
class TemporaryFile
{
public:
  TemporaryFile ()
  {
    std::string pattern = testing::TempDir () + "/tokenizer-XXXXXX";
    int fd = mkstemp (pattern.data ());

    EXPECT_GE (fd, 0);
    close (fd);
    path_ = pattern;
  }
  ~TemporaryFile () { unlink (path_.c_str ()); }
  TemporaryFile (const TemporaryFile &) = delete;
  TemporaryFile &operator= (const TemporaryFile &) = delete;

  const char *path () const { return path_.c_str (); }

private:
  std::string path_;
};

// The metadata of a tokenizer; a test changes what it is about and then loads it.
struct Vocabulary
{
  std::string model = "gpt2";
  std::string pre = "gpt-2";
  std::vector<std::string> tokens;
  std::vector<std::string> merges;
  std::vector<int32_t> types;   // left out when empty
  std::vector<float> scores;    // left out when empty
  int64_t bos = -1, eos = -1, unknown = -1; // left out when negative
  bool write_merges = true;

  void Save (const char *path) const
  {
    tl_gguf_writer *w = tl_gguf_writer_new ();
    std::vector<tl_str> strings;
    tl_error err = {};

    tl_gguf_writer_string (w, "tokenizer.ggml.model", model.c_str ());
    tl_gguf_writer_string (w, "tokenizer.ggml.pre", pre.c_str ());
    for (const std::string &s : tokens)
      strings.push_back ({ s.data (), s.size () });
    tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", strings.data (), strings.size ());
    strings.clear ();
    for (const std::string &s : merges)
      strings.push_back ({ s.data (), s.size () });
    if (write_merges)
      tl_gguf_writer_strings (w, "tokenizer.ggml.merges", strings.data (), strings.size ());
    if (!types.empty ())
      tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", types.data (), types.size ());
    if (!scores.empty ())
      tl_gguf_writer_f32s (w, "tokenizer.ggml.scores", scores.data (), scores.size ());
    if (bos >= 0)
      tl_gguf_writer_u32 (w, "tokenizer.ggml.bos_token_id", (uint32_t) bos);
    if (eos >= 0)
      tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", (uint32_t) eos);
    if (unknown >= 0)
      tl_gguf_writer_u32 (w, "tokenizer.ggml.unknown_token_id", (uint32_t) unknown);
    EXPECT_TRUE (tl_gguf_writer_save (w, path, &err)) << err.message;
    tl_gguf_writer_free (w);
  }

  Tokenizer Load (tl_error *err) const
  {
    TemporaryFile file;

    Save (file.path ());
    Gguf gguf (tl_gguf_open (file.path (), err));
    return Tokenizer (gguf ? tl_tokenizer_new_from_gguf (gguf.get (), err) : nullptr);
  }
};

// "gpt2" with the 256 bytes as the first tokens, so that byte b is id b, in the byte map of GPT-2.
inline Vocabulary
ByteLevelVocabulary ()
{
  Vocabulary v;
  uint32_t other = 0x100;

  for (uint32_t b = 0; b < 256; b++)
    {
      bool prints = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      uint32_t cp = prints ? b : other++;

      v.tokens.push_back (cp < 0x80 ? std::string (1, (char) cp)
                                    : std::string { (char) (0xC0 | cp >> 6),
                                                    (char) (0x80 | (cp & 0x3F)) });
    }
  return v;
}

// "llama": <unk>, <s>, </s>, then the 256 byte tokens, so that byte b is id 3 + b.
inline Vocabulary
SentencePieceVocabulary ()
{
  Vocabulary v;

  v.model = "llama";
  v.pre = "default";
  v.tokens = { "<unk>", "<s>", "</s>" };
  v.types = { 2, 3, 3 };
  for (int b = 0; b < 256; b++)
    {
      char name[8];

      snprintf (name, sizeof name, "<0x%02X>", b);
      v.tokens.push_back (name);
      v.types.push_back (6);
    }
  v.scores.assign (v.tokens.size (), 0.0f);
  v.bos = 1;
  v.eos = 2;
  v.unknown = 0;
  v.write_merges = false;
  return v;
}

inline void
AddPiece (Vocabulary *v, const std::string &piece, float score, int32_t type = 1)
{
  v->tokens.push_back (piece);
  v->scores.push_back (score);
  v->types.push_back (type);
}

inline Ids
Encode (const tl_tokenizer *t, const std::string &text, int flags = TL_TOKENIZE_NONE)
{
  tl_error err = {};
  int32_t *ids = nullptr;
  size_t n = 0;

  EXPECT_TRUE (tl_tokenizer_encode (t, text.data (), text.size (), (tl_tokenize_flags) flags, &ids,
                                    &n, &err))
      << err.message;
  Ids result (ids, ids + n);
  free (ids);
  return result;
}

// The bytes of the pieces end to end, before any are replaced.
inline std::string
Pieces (const tl_tokenizer *t, const Ids &ids)
{
  std::string bytes;

  for (int32_t id : ids)
    {
      tl_str s = tl_tokenizer_get_piece (t, id);

      bytes.append (s.data ? s.data : "", s.len);
    }
  return bytes;
}

inline std::string
Decode (const tl_tokenizer *t, const Ids &ids)
{
  std::vector<char> out (tl_tokenizer_get_max_piece (t));
  tl_decoder d = {};
  std::string text;

  for (int32_t id : ids)
    text.append (out.data (), tl_tokenizer_decode (t, &d, id, out.data ()));
  return text.append (out.data (), tl_tokenizer_decode_finish (&d, out.data ()));
}
