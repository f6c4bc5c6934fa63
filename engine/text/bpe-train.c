/* SPDX-License-Identifier: Apache-2.0 */
/* The trainer of our own vocabularies: words are counted here, merges learned in bpe-learn.c, and
 * the result is written as the "gpt2" tokenizer of a GGUF file, with the pre-tokenizer "smollm",
 * which is GPT-2's with digits singly. Ids: specials, 256 bytes in their order, merges by age. */
#include "text/bpe-train.h"

#include <string.h>

#include "text/bpe-learn.h"
#include "text/byte-map.h"
#include "text/pretokenize.h"
#include "text/table.h"
#include "text/vocab.h"

#define PRETOKENIZER "smollm"

struct tl_bpe_trainer
{
  tl_word_counts counts;
};

/* The vocabulary being written: pieces as raw bytes, then as they stand in the file. */
typedef struct
{
  size_t        n_specials, n_tokens, n_merges;
  tl_bpe_merge *merges;
  tl_str       *raw;    /* [256 + n_merges] */
  tl_str       *pieces; /* [n_tokens] */
  tl_str       *lines;  /* [n_merges] "left right" */
  int32_t      *types;  /* [n_tokens] */
  char         *bytes;  /* that all of these point into */
} vocabulary;

tl_bpe_trainer *
tl_bpe_trainer_new (tl_error *err)
{
  tl_bpe_trainer *b = calloc (1, sizeof *b);

  if (!b)
    tl_error_set (err, TL_ERROR_MEMORY, "No memory to train a vocabulary");
  return b;
}

void
tl_bpe_trainer_free (tl_bpe_trainer *b)
{
  if (!b)
    return;
  tl_word_counts_clear (&b->counts);
  free (b);
}

static bool
count_word (void *user_data, const char *word, size_t len)
{
  while (len > 0)
    {
      size_t n = len < TL_BPE_MAX_WORD ? len : TL_BPE_MAX_WORD;

      if (!tl_word_counts_add (user_data, word, n))
        return false;
      word += n;
      len -= n;
    }
  return true;
}

bool
tl_bpe_trainer_add_text (tl_bpe_trainer *b, const char *text, size_t len, tl_error *err)
{
  const tl_str name = { PRETOKENIZER, strlen (PRETOKENIZER) };
  const tl_pretokenizer *p = tl_pretokenizer_find (name);

  if (!tl_pretokenize (p, text, len, count_word, &b->counts))
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory for %zu different words",
                         b->counts.n_words + 1);
  return true;
}

/* Bytes of the raw pieces, of which the others follow: a byte takes at most two in the file. */
static size_t
count_raw_bytes (const vocabulary *v, uint32_t *lens)
{
  size_t total = 256;

  for (size_t i = 0; i < 256; i++)
    lens[i] = 1;
  for (size_t i = 0; i < v->n_merges; i++)
    {
      lens[256 + i] = lens[v->merges[i].left] + lens[v->merges[i].right];
      total += lens[256 + i];
    }
  return total;
}

static bool
allocate (vocabulary *v)
{
  size_t n = 256 + v->n_merges;
  uint32_t *lens = malloc (n * sizeof *lens);

  if (!lens)
    return false;
  v->raw = malloc (n * sizeof *v->raw);
  v->pieces = malloc (v->n_tokens * sizeof *v->pieces);
  v->lines = malloc ((v->n_merges + 1) * sizeof *v->lines);
  v->types = malloc (v->n_tokens * sizeof *v->types);
  /* Raw once, as a piece twice as long, in its merge line twice as long and a space. */
  v->bytes = malloc (5 * count_raw_bytes (v, lens) + n);
  free (lens);
  return v->raw && v->pieces && v->lines && v->types && v->bytes;
}

static char *
append (char *out, tl_str s)
{
  memcpy (out, s.data, s.len);
  return out + s.len;
}

static char *
spell_raw (vocabulary *v, char *out)
{
  for (size_t i = 0; i < 256 + v->n_merges; i++)
    {
      char *start = out;

      if (i < 256)
        *out++ = (char) i;
      else
        {
          out = append (out, v->raw[v->merges[i - 256].left]);
          out = append (out, v->raw[v->merges[i - 256].right]);
        }
      v->raw[i] = (tl_str) { start, (size_t) (out - start) };
    }
  return out;
}

static void
spell (vocabulary *v, const char *const *specials)
{
  char *out = spell_raw (v, v->bytes);

  for (size_t i = 0; i < v->n_tokens; i++)
    {
      bool special = i < v->n_specials;

      v->types[i] = special ? TL_TOKEN_CONTROL : TL_TOKEN_NORMAL;
      if (special)
        v->pieces[i] = (tl_str) { specials[i], strlen (specials[i]) };
      else
        {
          tl_str raw = v->raw[i - v->n_specials];

          v->pieces[i] = (tl_str) { out, tl_byte_map_encode (raw.data, raw.len, out) };
          out += v->pieces[i].len;
        }
    }
  for (size_t i = 0; i < v->n_merges; i++)
    {
      char *start = out;

      out = append (out, v->pieces[v->n_specials + (size_t) v->merges[i].left]);
      *out++ = ' ';
      out = append (out, v->pieces[v->n_specials + (size_t) v->merges[i].right]);
      v->lines[i] = (tl_str) { start, (size_t) (out - start) };
    }
}

static void
write_special_id (const vocabulary *v, const char *piece, const char *key, tl_gguf_writer *w)
{
  size_t len = strlen (piece);

  for (size_t i = 0; i < v->n_specials; i++)
    if (v->pieces[i].len == len && memcmp (v->pieces[i].data, piece, len) == 0)
      tl_gguf_writer_u32 (w, key, (uint32_t) i);
}

static void
write_vocabulary (const vocabulary *v, tl_gguf_writer *w)
{
  tl_gguf_writer_string (w, "tokenizer.ggml.model", "gpt2");
  tl_gguf_writer_string (w, "tokenizer.ggml.pre", PRETOKENIZER);
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", v->pieces, v->n_tokens);
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", v->types, v->n_tokens);
  tl_gguf_writer_strings (w, "tokenizer.ggml.merges", v->lines, v->n_merges);
  if (v->n_specials > 0)
    {
      tl_gguf_writer_u32 (w, "tokenizer.ggml.bos_token_id", 0);
      tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", 0);
    }
  write_special_id (v, "<|im_end|>", "tokenizer.ggml.eot_token_id", w);
  write_special_id (v, "<|pad|>", "tokenizer.ggml.padding_token_id", w);
  tl_gguf_writer_bool (w, "tokenizer.ggml.add_bos_token", false);
}

static bool
learn (const tl_bpe_trainer *b, vocabulary *v, tl_error *err)
{
  size_t n_found;

  v->merges = malloc ((v->n_merges + 1) * sizeof *v->merges);
  if (!v->merges || !tl_bpe_learn (&b->counts, v->n_merges, v->merges, &n_found))
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory to learn %zu merges", v->n_merges);
  if (n_found < v->n_merges)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "This text gives at most %zu tokens; %zu were asked for",
                         v->n_specials + 256 + n_found, v->n_tokens);
  return true;
}

bool
tl_bpe_trainer_finish (const tl_bpe_trainer *b, size_t vocab_size, const char *const *specials,
                       size_t n_specials, tl_gguf_writer *w, tl_error *err)
{
  vocabulary v = { .n_specials = n_specials, .n_tokens = vocab_size };
  bool ok;

  if (n_specials > INT32_MAX || vocab_size > INT32_MAX || vocab_size < n_specials + 256)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "A vocabulary of %zu cannot hold 256 bytes and %zu special tokens",
                         vocab_size, n_specials);
  v.n_merges = vocab_size - 256 - n_specials;
  ok = learn (b, &v, err);
  if (ok && !allocate (&v))
    ok = tl_error_set (err, TL_ERROR_MEMORY, "No memory for a vocabulary of %zu", vocab_size);
  if (ok)
    {
      spell (&v, specials);
      write_vocabulary (&v, w);
    }
  free (v.merges);
  free (v.raw);
  free (v.pieces);
  free (v.lines);
  free (v.types);
  free (v.bytes);
  return ok;
}
