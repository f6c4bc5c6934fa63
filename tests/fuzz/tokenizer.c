/* SPDX-License-Identifier: Apache-2.0 */
/* A vocabulary from a GGUF file, with the file's own last bytes as a text: each id is one of the
 * vocabulary, each token can be decoded, and what comes out is UTF-8. */
#include "fuzz.h"

#include "text/tokenizer.h"

#define MAX_TEXT 600u
#define MAX_IDS 2000u

static void
decode (const tl_tokenizer *t, const int32_t *ids, size_t n)
{
  char *out = malloc (tl_tokenizer_get_max_piece (t));
  tl_decoder decoder = { 0 };

  FUZZ_CHECK (out != NULL);
  for (size_t i = 0; i < n; i++)
    FUZZ_CHECK (fuzz_is_utf8 (out, tl_tokenizer_decode (t, &decoder, ids[i], out)));
  FUZZ_CHECK (fuzz_is_utf8 (out, tl_tokenizer_decode_finish (&decoder, out)));
  free (out);
}

static void
use (const tl_tokenizer *t, const char *text, size_t len, tl_tokenize_flags flags)
{
  int32_t *ids = NULL;
  size_t n = 0;
  tl_error err = { 0 };

  FUZZ_CHECK (tl_tokenizer_encode (t, text, len, flags, &ids, &n, &err) || err.code != TL_OK);
  for (size_t i = 0; i < n; i++)
    FUZZ_CHECK (ids[i] >= 0 && (size_t) ids[i] < tl_tokenizer_get_n_tokens (t));
  decode (t, ids, n);
  free (ids);
}

static void
decode_all (const tl_tokenizer *t)
{
  int32_t ids[MAX_IDS];
  size_t n = tl_tokenizer_get_n_tokens (t);

  n = n < MAX_IDS ? n : MAX_IDS;
  for (size_t i = 0; i < n; i++)
    {
      ids[i] = (int32_t) i;
      tl_tokenizer_is_end (t, ids[i]);
    }
  decode (t, ids, n);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t *copy = fuzz_copy (data, size);
  size_t len = size < MAX_TEXT ? size : MAX_TEXT;
  tl_error err = { 0 };
  tl_gguf *g = tl_gguf_open_memory (copy, size, NULL);
  tl_tokenizer *t = g != NULL ? tl_tokenizer_new_from_gguf (g, &err) : NULL;

  FUZZ_CHECK (t != NULL || !fuzz_is_seed);
  FUZZ_CHECK (g == NULL || t != NULL || err.code != TL_OK);
  FUZZ_CHECK (fuzz_is_utf8 (err.message, strlen (err.message)));
  tl_gguf_close (g);
  if (t != NULL)
    {
      use (t, (const char *) copy + size - len, len, TL_TOKENIZE_NONE);
      use (t, (const char *) copy + size - len, len,
           TL_TOKENIZE_ADD_BOS | TL_TOKENIZE_PARSE_SPECIAL);
      decode_all (t);
    }
  tl_tokenizer_free (t);
  free (copy);
  return 0;
}
