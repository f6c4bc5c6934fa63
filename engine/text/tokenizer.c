/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a tokenizer from GGUF metadata, and what can be asked of it. Key names and their defaults
 * are those of the GGUF specification and of the models that it is used for; encode.c and decoder.c
 * do the work. */
#include "text/tokenizer-private.h"

#include "text/marks.h"

#include <stdlib.h>
#include <string.h>

/* An optional token id; 2^32-1 is what some converters write for "none". */
static bool
read_id (const tl_tokenizer *t, const tl_gguf *gguf, const char *key, int32_t *id, tl_error *err)
{
  uint64_t value = UINT32_MAX;

  *id = -1;
  if (tl_gguf_has (gguf, key) && !tl_gguf_get_u64 (gguf, key, &value))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: expected a token id", key);
  if (value == UINT32_MAX)
    return true;
  if (value >= t->vocab.n_tokens)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: %llu, but there are only %zu tokens", key,
                         (unsigned long long) value, t->vocab.n_tokens);
  *id = (int32_t) value;
  return true;
}

static void
mark_named_ends (tl_tokenizer *t)
{
  for (size_t i = 0; i < t->specials.n; i++)
    if (tl_mark_is_end (t->specials.sorted[i].piece))
      t->ends[t->specials.sorted[i].id] = 1;
}

static bool
mark_ends (tl_tokenizer *t, const tl_gguf *gguf, tl_error *err)
{
  static const char *const keys[] = {
    "tokenizer.ggml.eos_token_id",
    "tokenizer.ggml.eot_token_id",
    "tokenizer.ggml.eom_token_id",
  };

  t->ends = calloc (t->vocab.n_tokens, 1);
  if (!t->ends)
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory for %zu tokens", t->vocab.n_tokens);
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    {
      int32_t id;

      if (!read_id (t, gguf, keys[i], &id, err))
        return false;
      if (id >= 0)
        t->ends[id] = 1;
    }
  mark_named_ends (t);
  return true;
}

static bool
read_kind (tl_tokenizer *t, const tl_gguf *gguf, tl_error *err)
{
  tl_str model;

  if (!tl_gguf_get_string (gguf, "tokenizer.ggml.model", &model))
    return tl_error_set (err, TL_ERROR_FORMAT, "tokenizer.ggml.model: missing");
  if (tl_str_is (model, "gpt2"))
    t->kind = TL_VOCAB_BYTE_LEVEL;
  else if (tl_str_is (model, "llama"))
    t->kind = TL_VOCAB_SENTENCEPIECE;
  else
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "tokenizer.ggml.model: \"%.*s\" is not supported",
                         (int) (model.len < 80 ? model.len : 80), model.data);
  return true;
}

static bool
read_pretokenizer (tl_tokenizer *t, const tl_gguf *gguf, tl_error *err)
{
  tl_str name = { "default", 7 };

  tl_gguf_get_string (gguf, "tokenizer.ggml.pre", &name);
  t->pretokenizer = tl_pretokenizer_find (name);
  if (!t->pretokenizer)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "tokenizer.ggml.pre: \"%.*s\" is not supported",
                         (int) (name.len < 80 ? name.len : 80), name.data);
  t->add_bos = t->pretokenizer->add_bos;
  return tl_merges_init (&t->merges, &t->vocab, gguf, err);
}

static void
read_sentencepiece (tl_tokenizer *t, const tl_gguf *gguf)
{
  tl_str architecture = { "", 0 };

  t->add_bos = true;
  t->add_space_prefix = true;
  tl_gguf_get_bool (gguf, "tokenizer.ggml.add_space_prefix", &t->add_space_prefix);
  t->words_are_separate = tl_spm_words_are_separate (&t->vocab);
  tl_gguf_get_string (gguf, "general.architecture", &architecture);
  t->marks_strip = tl_str_is (architecture, "phi3");
}

static bool
load (tl_tokenizer *t, const tl_gguf *gguf, tl_error *err)
{
  if (!read_kind (t, gguf, err) || !tl_vocab_init (&t->vocab, t->kind, gguf, err)
      || !read_id (t, gguf, "tokenizer.ggml.bos_token_id", &t->bos, err)
      || !read_id (t, gguf, "tokenizer.ggml.eos_token_id", &t->eos, err)
      || !read_id (t, gguf, "tokenizer.ggml.unknown_token_id", &t->unknown, err))
    return false;
  if (!tl_specials_init (&t->specials, &t->vocab, err) || !mark_ends (t, gguf, err))
    return false;
  if (t->kind == TL_VOCAB_SENTENCEPIECE)
    read_sentencepiece (t, gguf);
  else if (!read_pretokenizer (t, gguf, err))
    return false;
  tl_gguf_get_bool (gguf, "tokenizer.ggml.add_bos_token", &t->add_bos);
  return true;
}

tl_tokenizer *
tl_tokenizer_new_from_gguf (const tl_gguf *gguf, tl_error *err)
{
  tl_tokenizer *t = calloc (1, sizeof *t);

  if (!t)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "No memory for a tokenizer");
      return NULL;
    }
  if (!load (t, gguf, err))
    {
      tl_tokenizer_free (t);
      return NULL;
    }
  return t;
}

void
tl_tokenizer_free (tl_tokenizer *t)
{
  if (!t)
    return;
  tl_vocab_clear (&t->vocab);
  tl_specials_clear (&t->specials);
  tl_merges_clear (&t->merges);
  free (t->ends);
  free (t);
}

size_t
tl_tokenizer_get_n_tokens (const tl_tokenizer *t)
{
  return t->vocab.n_tokens;
}

int32_t
tl_tokenizer_get_bos (const tl_tokenizer *t)
{
  return t->bos;
}

int32_t
tl_tokenizer_get_eos (const tl_tokenizer *t)
{
  return t->eos;
}

static bool
in_range (const tl_tokenizer *t, int32_t id)
{
  return id >= 0 && (size_t) id < t->vocab.n_tokens;
}

bool
tl_tokenizer_is_end (const tl_tokenizer *t, int32_t id)
{
  return in_range (t, id) && t->ends[id];
}

tl_str
tl_tokenizer_get_piece (const tl_tokenizer *t, int32_t id)
{
  if (!in_range (t, id) || t->vocab.types[id] == TL_TOKEN_CONTROL
      || t->vocab.types[id] == TL_TOKEN_UNKNOWN)
    return (tl_str) { NULL, 0 };
  return tl_vocab_get_piece (&t->vocab, id);
}
