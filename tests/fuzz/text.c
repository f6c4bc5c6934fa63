/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes through each pre-tokenizer and through good vocabularies: the words laid end to end are
 * the text, and so is what the byte-level tokens stand for. */
#include "fuzz.h"

#include "text/pretokenize.h"
#include "text/tokenizer.h"

static const char *const pretokenizers[] = { "gpt-2", "llama-bpe", "qwen2", "smollm", "default",
                                             "deepseek-r1-qwen", "falcon", "starcoder", "refact",
                                             "gpt-4o", "tekken", "stablelm2", "olmo", "dbrx" };

typedef struct
{
  const char *text;
  size_t      len, at;
} walk;

static bool
add_word (void *user_data, const char *word, size_t len)
{
  walk *w = user_data;

  FUZZ_CHECK (word == w->text + w->at && len > 0 && len <= w->len - w->at);
  w->at += len;
  return true;
}

static void
check_words (const char *text, size_t len)
{
  for (size_t i = 0; i < sizeof pretokenizers / sizeof pretokenizers[0]; i++)
    {
      const tl_str name = { pretokenizers[i], strlen (pretokenizers[i]) };
      const tl_pretokenizer *p = tl_pretokenizer_find (name);
      walk w = { text, len, 0 };

      FUZZ_CHECK (p != NULL);
      FUZZ_CHECK (tl_pretokenize (p, text, len, add_word, &w));
      FUZZ_CHECK (w.at == len);
    }
}

static tl_tokenizer *
open_vocabulary (const char *path)
{
  tl_error err = { 0 };
  tl_gguf *g = tl_gguf_open (path, &err);
  tl_tokenizer *t = g != NULL ? tl_tokenizer_new_from_gguf (g, &err) : NULL;

  if (t == NULL)
    fprintf (stderr, "%s\n", err.message);
  FUZZ_CHECK (t != NULL);
  tl_gguf_close (g);
  return t;
}

/* Byte-level tokens give back every byte. */
static void
check_bytes (const tl_tokenizer *t, const char *text, size_t len, bool exact)
{
  int32_t *ids = NULL;
  size_t n = 0, at = 0;

  FUZZ_CHECK (tl_tokenizer_encode (t, text, len, TL_TOKENIZE_NONE, &ids, &n, NULL));
  for (size_t i = 0; i < n; i++)
    {
      tl_str piece = tl_tokenizer_get_piece (t, ids[i]);

      FUZZ_CHECK (!exact || (piece.len <= len - at && memcmp (piece.data, text + at, piece.len) == 0));
      at += piece.len;
    }
  FUZZ_CHECK (!exact || at == len);
  free (ids);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static tl_tokenizer *bytes, *pieces;
  char *text = (char *) fuzz_copy (data, size);

  if (bytes == NULL)
    {
      bytes = open_vocabulary (FUZZ_SEEDS "/tokenizer/gpt2.gguf");
      pieces = open_vocabulary (FUZZ_SEEDS "/tokenizer/llama.gguf");
    }
  check_words (text, size);
  check_bytes (bytes, text, size, true);
  check_bytes (pieces, text, size, false);
  free (text);
  return 0;
}
