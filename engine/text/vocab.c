/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the vocabulary from GGUF metadata. Pieces are turned into the bytes of running text once,
 * here, so that everything after compares plain bytes. */
#include "text/vocab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/byte-map.h"
#include "text/marks.h"
#include "text/table.h"

#define KEY_TOKENS "tokenizer.ggml.tokens"
#define KEY_TYPES "tokenizer.ggml.token_type"
#define KEY_SCORES "tokenizer.ggml.scores"

tl_str
tl_vocab_get_piece (const tl_vocab *v, int32_t id)
{
  size_t start = v->offsets[id];

  return (tl_str) { v->bytes + start, v->offsets[id + 1] - start };
}

static int
hex_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "<0x0A>" names, or -1. */
static int
parse_byte_piece (tl_str s)
{
  int high, low;

  if (s.len != 6 || memcmp (s.data, "<0x", 3) != 0 || s.data[5] != '>')
    return -1;
  high = hex_digit (s.data[3]);
  low = hex_digit (s.data[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Copies @s with "▁" (U+2581) as a space. */
static size_t
decode_sentencepiece (tl_str s, char *out)
{
  size_t n = 0;

  for (size_t i = 0; i < s.len;)
    if (s.len - i >= 3 && memcmp (s.data + i, "\xE2\x96\x81", 3) == 0)
      {
        out[n++] = ' ';
        i += 3;
      }
    else
      out[n++] = s.data[i++];
  return n;
}

static size_t
decode_piece (tl_vocab_kind kind, tl_token_type type, tl_str s, char *out)
{
  if (s.len == 0)
    return 0;
  if (kind == TL_VOCAB_SENTENCEPIECE && type == TL_TOKEN_BYTE)
    {
      out[0] = (char) parse_byte_piece (s);
      return 1;
    }
  if (kind == TL_VOCAB_SENTENCEPIECE && type != TL_TOKEN_CONTROL && type != TL_TOKEN_UNKNOWN)
    return decode_sentencepiece (s, out);
  if (kind == TL_VOCAB_BYTE_LEVEL && (type == TL_TOKEN_NORMAL || type == TL_TOKEN_UNUSED))
    return tl_byte_map_decode (s.data, s.len, out);
  memcpy (out, s.data, s.len);
  return s.len;
}

/* Sizes @v for the file's tokens. */
static bool
allocate (tl_vocab *v, const tl_gguf *gguf, tl_error *err)
{
  tl_gguf_type type;
  size_t n_bytes = 0;

  if (!tl_gguf_get_array (gguf, KEY_TOKENS, &type, &v->n_tokens) || type != TL_GGUF_STRING)
    return tl_error_set (err, TL_ERROR_FORMAT, KEY_TOKENS ": expected an array of strings");
  if (v->n_tokens == 0 || v->n_tokens >= INT32_MAX)
    return tl_error_set (err, TL_ERROR_FORMAT, KEY_TOKENS ": %zu tokens", v->n_tokens);
  for (size_t i = 0; i < v->n_tokens; i++)
    n_bytes += tl_gguf_array_string (gguf, KEY_TOKENS, i).len;
  v->bytes = malloc (n_bytes + 1);
  v->offsets = malloc ((v->n_tokens + 1) * sizeof *v->offsets);
  v->types = malloc (v->n_tokens);
  if (!v->bytes || !v->offsets || !v->types)
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory for %zu tokens", v->n_tokens);
  return true;
}

static bool
is_word (int64_t type)
{
  return type != TL_TOKEN_CONTROL && type != TL_TOKEN_UNKNOWN && type != TL_TOKEN_BYTE;
}

/* What begins or ends texts and turns is no word either, but for one, such as a line end, that the file
 * does call a word. */
static void
mark_special_ids (tl_vocab *v, const tl_gguf *gguf)
{
  static const char *const keys[] = {
    "tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
    "tokenizer.ggml.eom_token_id", "tokenizer.ggml.unknown_token_id",
  };

  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    {
      uint64_t id;

      if (tl_gguf_get_u64 (gguf, keys[i], &id) && id < v->n_tokens && is_word (v->types[id])
          && (!tl_gguf_has (gguf, KEY_TYPES)
              || tl_mark_is_shaped (tl_gguf_array_string (gguf, KEY_TOKENS, (size_t) id))))
        v->types[id] = TL_TOKEN_CONTROL;
    }
}

/* Without types all tokens are normal, but for those whose names say that they are bytes. What is a mark
 * of conversations is control whatever the file says: as a word it could be written by anybody. */
static bool
read_types (tl_vocab *v, tl_vocab_kind kind, const tl_gguf *gguf, tl_error *err)
{
  tl_gguf_type type;
  size_t n;
  bool given = tl_gguf_has (gguf, KEY_TYPES);

  if (given && (!tl_gguf_get_array (gguf, KEY_TYPES, &type, &n) || n != v->n_tokens))
    return tl_error_set (err, TL_ERROR_FORMAT, KEY_TYPES ": expected an array of %zu", v->n_tokens);
  for (size_t i = 0; i < v->n_tokens; i++)
    {
      bool names_byte = kind == TL_VOCAB_SENTENCEPIECE
                        && parse_byte_piece (tl_gguf_array_string (gguf, KEY_TOKENS, i)) >= 0;
      int64_t value = names_byte ? TL_TOKEN_BYTE : TL_TOKEN_NORMAL;

      if (given && !tl_gguf_array_i64 (gguf, KEY_TYPES, i, &value))
        return tl_error_set (err, TL_ERROR_FORMAT, KEY_TYPES ": expected integers");
      if (value < TL_TOKEN_NORMAL || value > TL_TOKEN_BYTE)
        value = TL_TOKEN_NORMAL; /* 0 is "undefined" in ggml */
      if (value == TL_TOKEN_BYTE && kind == TL_VOCAB_SENTENCEPIECE && !names_byte)
        return tl_error_set (err, TL_ERROR_FORMAT,
                             KEY_TOKENS "[%zu]: a byte token must look like <0x0A>", i);
      if (is_word (value) && tl_mark_is_known (tl_gguf_array_string (gguf, KEY_TOKENS, i)))
        value = TL_TOKEN_CONTROL;
      v->types[i] = (uint8_t) value;
    }
  mark_special_ids (v, gguf);
  return true;
}

static bool
read_scores (tl_vocab *v, const tl_gguf *gguf, tl_error *err)
{
  tl_gguf_type type;
  size_t n;

  if (!tl_gguf_get_array (gguf, KEY_SCORES, &type, &n) || n != v->n_tokens)
    return tl_error_set (err, TL_ERROR_FORMAT, KEY_SCORES ": expected an array of %zu",
                         v->n_tokens);
  v->scores = malloc (n * sizeof *v->scores);
  if (!v->scores)
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory for %zu scores", n);
  for (size_t i = 0; i < n; i++)
    {
      double score;

      if (!tl_gguf_array_f64 (gguf, KEY_SCORES, i, &score) || !isfinite (score))
        return tl_error_set (err, TL_ERROR_FORMAT, KEY_SCORES "[%zu]: no finite number", i);
      v->scores[i] = (float) score;
    }
  return true;
}

static void
read_pieces (tl_vocab *v, tl_vocab_kind kind, const tl_gguf *gguf)
{
  size_t end = 0;

  v->longest = 0;
  for (size_t i = 0; i < v->n_tokens; i++)
    {
      tl_str s = tl_gguf_array_string (gguf, KEY_TOKENS, i);
      size_t n = decode_piece (kind, (tl_token_type) v->types[i], s, v->bytes + end);

      v->offsets[i] = end;
      end += n;
      if (n > v->longest)
        v->longest = n;
    }
  v->offsets[v->n_tokens] = end;
}

/* The slot of these bytes, or the empty one where they belong. */
static int32_t *
find_slot (const tl_vocab *v, const char *bytes, size_t len)
{
  size_t i = tl_hash_bytes (bytes, len) & (v->n_slots - 1);

  for (; v->slots[i] != 0; i = (i + 1) & (v->n_slots - 1))
    {
      tl_str s = tl_vocab_get_piece (v, v->slots[i] - 1);

      if (s.len == len && memcmp (s.data, bytes, len) == 0)
        break;
    }
  return &v->slots[i];
}

int32_t
tl_vocab_find (const tl_vocab *v, const char *bytes, size_t len)
{
  return len == 0 || len > v->longest ? -1 : *find_slot (v, bytes, len) - 1;
}

static void
insert_tokens_of_type (tl_vocab *v, tl_token_type type)
{
  for (size_t i = 0; i < v->n_tokens; i++)
    {
      tl_str s = tl_vocab_get_piece (v, (int32_t) i);

      if (v->types[i] == type && s.len > 0)
        {
          int32_t *slot = find_slot (v, s.data, s.len);

          if (*slot == 0)
            *slot = (int32_t) i + 1;
        }
    }
}

static bool
index_pieces (tl_vocab *v, tl_error *err)
{
  v->n_slots = tl_hash_slots (v->n_tokens);
  v->slots = calloc (v->n_slots, sizeof *v->slots);
  if (!v->slots)
    return tl_error_set (err, TL_ERROR_MEMORY, "No memory to index %zu tokens", v->n_tokens);
  insert_tokens_of_type (v, TL_TOKEN_NORMAL);
  insert_tokens_of_type (v, TL_TOKEN_USER_DEFINED);
  insert_tokens_of_type (v, TL_TOKEN_UNUSED);
  return true;
}

static void
index_bytes (tl_vocab *v, tl_vocab_kind kind)
{
  for (int b = 0; b < 256; b++)
    {
      char byte = (char) b;

      v->byte_ids[b] = kind == TL_VOCAB_BYTE_LEVEL ? tl_vocab_find (v, &byte, 1) : -1;
    }
  for (size_t i = v->n_tokens; i-- > 0;) /* backwards: the first of equal ones stays */
    if (kind == TL_VOCAB_SENTENCEPIECE && v->types[i] == TL_TOKEN_BYTE)
      v->byte_ids[(uint8_t) tl_vocab_get_piece (v, (int32_t) i).data[0]] = (int32_t) i;
}

bool
tl_vocab_init (tl_vocab *v, tl_vocab_kind kind, const tl_gguf *gguf, tl_error *err)
{
  bool ok;

  memset (v, 0, sizeof *v);
  ok = allocate (v, gguf, err) && read_types (v, kind, gguf, err)
       && (kind == TL_VOCAB_BYTE_LEVEL || read_scores (v, gguf, err));
  if (ok)
    {
      read_pieces (v, kind, gguf);
      ok = index_pieces (v, err);
    }
  if (ok)
    index_bytes (v, kind);
  else
    tl_vocab_clear (v);
  return ok;
}

void
tl_vocab_clear (tl_vocab *v)
{
  free (v->bytes);
  free (v->offsets);
  free (v->types);
  free (v->scores);
  free (v->slots);
  memset (v, 0, sizeof *v);
}
