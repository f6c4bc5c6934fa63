/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of the models that are only measured. Bytes are spelled as GPT-2 spells them
 * (Radford et al. 2019, encoder.py): printable ones as themselves, all others as U+0100 and on, so
 * that each is one visible character. */
#include "synthetic-vocab.h"

#include <stdlib.h>
#include <string.h>

#define N_BYTES 256
#define TOKEN_BYTES 8 /* three characters of at most two bytes, and a space in a merge */

/* What a token type of 1 and 3 mean in GGUF. */
#define TOKEN_NORMAL 1
#define TOKEN_CONTROL 3

typedef struct
{
  char    (*text)[TOKEN_BYTES]; /* [2 n] tokens, then merges */
  tl_str   *strings;            /* [2 n] of the same */
  int32_t  *types;              /* [n] */
} vocab;

static bool
is_printable (unsigned byte)
{
  return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/* Writes the character of @byte in UTF-8. Returns: the end */
static char *
put_byte (char *s, unsigned byte)
{
  unsigned c = byte;

  if (!is_printable (byte))
    {
      c = 0x100;
      for (unsigned b = 0; b < byte; b++)
        c += !is_printable (b);
    }
  if (c < 0x80)
    *s++ = (char) c;
  else
    {
      *s++ = (char) (0xc0 | c >> 6);
      *s++ = (char) (0x80 | (c & 0x3f));
    }
  return s;
}

/* Strings are numbered as numbers to the base 256 are, shorter ones first. */
static char *
put_bytes (char *s, uint32_t index)
{
  if (index >= N_BYTES)
    s = put_bytes (s, index / N_BYTES - 1);
  return put_byte (s, index % N_BYTES);
}

/* A string's merge joins all but its last byte, an earlier token, and that byte. */
static void
fill_token (vocab *v, uint32_t n, uint32_t i)
{
  char *end = put_bytes (v->text[i], i);

  v->strings[i] = (tl_str) { v->text[i], (size_t) (end - v->text[i]) };
  v->types[i] = TOKEN_NORMAL;
  if (i < N_BYTES)
    return;
  end = put_bytes (v->text[n + i], i / N_BYTES - 1);
  *end++ = ' ';
  end = put_byte (end, i % N_BYTES);
  v->strings[n + i - N_BYTES] = (tl_str) { v->text[n + i], (size_t) (end - v->text[n + i]) };
}

static void
write_keys (tl_gguf_writer *w, const vocab *v, uint32_t n)
{
  tl_gguf_writer_string (w, "tokenizer.ggml.model", "gpt2");
  tl_gguf_writer_string (w, "tokenizer.ggml.pre", "gpt-2");
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", v->strings, n);
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", v->types, n);
  tl_gguf_writer_strings (w, "tokenizer.ggml.merges", v->strings + n, n - SYNTHETIC_VOCAB_MIN);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.bos_token_id", n - 1);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", n - 1);
  tl_gguf_writer_bool (w, "tokenizer.ggml.add_bos_token", false);
}

bool
write_synthetic_vocab (tl_gguf_writer *w, uint32_t n)
{
  static const char end_of_text[] = "<|endoftext|>";
  vocab v = { malloc (2 * (size_t) n * TOKEN_BYTES), calloc (2 * (size_t) n, sizeof (tl_str)),
              malloc (n * sizeof (int32_t)) };
  bool  ok = v.text != NULL && v.strings != NULL && v.types != NULL;

  if (ok)
    {
      for (uint32_t i = 0; i < n - 1; i++)
        fill_token (&v, n, i);
      v.strings[n - 1] = (tl_str) { end_of_text, strlen (end_of_text) };
      v.types[n - 1] = TOKEN_CONTROL;
      write_keys (w, &v, n);
    }
  free (v.text);
  free (v.strings);
  free (v.types);
  return ok;
}
