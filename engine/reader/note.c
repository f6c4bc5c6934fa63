/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a window of a note ready to be read: words with their classes, tokens with their places,
 * the buckets of the wide part, the plain features. All that is learned comes later. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/features.h"
#include "reader/lexicon.h"
#include "reader/link.h"
#include "reader/reader-internal.h"
#include "reader/words.h"

#define MAX_UNIT_WORDS 400    /* of one unit; what lies beyond is pointed at but not looked into */
#define MAX_UNIT_TOKENS 256
#define MAX_UNIT_BUCKETS 160

static uint8_t
shape_of (const char *s, size_t len)
{
  unsigned n_upper = 0, n_lower = 0, n = 0;
  uint8_t shape = 0;

  for (size_t i = 0; i < len; n++)
    {
      uint32_t cp;

      i += tl_utf8_next (s + i, len - i, &cp);
      if (cp >= '0' && cp <= '9')
        shape |= TL_SHAPE_DIGIT;
      if (tl_cp_is_upper (cp))
        {
          n_upper++;
          if (n == 0)
            shape |= TL_SHAPE_UPPER;
        }
      n_lower += tl_cp_is_lower (cp);
    }
  return n_upper >= 2 && n_lower == 0 ? shape | TL_SHAPE_CAPS : shape;
}

/* Runs over all words of all units; counts only when @words is NULL. */
static size_t
scan_words (tl_note *note, tl_word *words)
{
  size_t n = 0;

  for (size_t u = 0; u < note->n_units; u++)
    {
      const char *s = note->text + note->units[u].start;
      size_t len = note->units[u].end - note->units[u].start, pos = 0, start, begin = n;

      note->unit_words[u] = (uint32_t) n;
      while (n - begin < MAX_UNIT_WORDS && tl_word_next (s, len, &pos, &start))
        {
          if (words != NULL)
            {
              uint32_t hash = tl_word_hash (s + start, pos - start);

              words[n] = (tl_word) {
                .start = (uint32_t) (note->units[u].start + start),
                .end = (uint32_t) (note->units[u].start + pos),
                .hash = hash,
                .classes = tl_lexicon_get_classes (hash),
                .shape = shape_of (s + start, pos - start),
              };
            }
          n++;
        }
    }
  note->unit_words[note->n_units] = (uint32_t) n;
  return n;
}

static bool
fill_words (tl_note *note)
{
  size_t n = scan_words (note, NULL);

  note->words = malloc ((n + 1) * sizeof *note->words);
  if (note->words == NULL)
    return false;
  scan_words (note, note->words);
  return true;
}

/* At most so many bytes of a unit are given to the tokenizer, cut at a character. */
static size_t
cut_bytes (const char *s, size_t len)
{
  size_t max = 8 * MAX_UNIT_TOKENS;

  if (len <= max)
    return len;
  while (max > 0 && ((unsigned char) s[max] & 0xc0) == 0x80)
    max--;
  return max;
}

/* Encodes " " + the folded unit, so that a word has the same tokens wherever it stands. */
static bool
encode_unit (const tl_tokenizer *tokenizer, tl_note *note, size_t u, char *folded, size_t *n_total,
             tl_error *err)
{
  size_t start = note->units[u].start;
  size_t len = cut_bytes (note->text + start, note->units[u].end - start);
  uint32_t places[8 * MAX_UNIT_TOKENS + 1];
  size_t n_ids, n_bytes, at = 0;
  int32_t *ids;

  folded[0] = ' ';
  tl_text_fold (folded + 1, note->text + start, len);
  n_bytes = tl_links_drop_brackets (folded, len + 1, places);
  if (!tl_tokenizer_encode (tokenizer, folded, n_bytes, TL_TOKENIZE_NONE, &ids, &n_ids, err))
    return false;
  for (size_t i = 0; i < n_ids && i < MAX_UNIT_TOKENS && at < n_bytes; i++)
    {
      note->tokens[*n_total] = ids[i];
      note->token_starts[*n_total] = (uint32_t) (start + (at > 0 ? places[at] - 1 : 0));
      at += tl_tokenizer_get_piece (tokenizer, ids[i]).len;
      (*n_total)++;
    }
  free (ids);
  return true;
}

/* A unit has at most one token a byte, and one for the space. */
static bool
fill_tokens (tl_note *note, const tl_tokenizer *tokenizer, tl_error *err)
{
  size_t room = 1, n = 0;
  char *folded = malloc (8 * MAX_UNIT_TOKENS + 2);
  bool ok = folded != NULL;

  for (size_t u = 0; u < note->n_units; u++)
    {
      size_t bytes = note->units[u].end - note->units[u].start + 1;

      room += bytes < MAX_UNIT_TOKENS ? bytes : MAX_UNIT_TOKENS;
    }
  note->tokens = malloc (room * sizeof *note->tokens);
  note->token_starts = malloc (room * sizeof *note->token_starts);
  if (!ok || note->tokens == NULL || note->token_starts == NULL)
    ok = tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for the tokens of a note");
  for (size_t u = 0; u < note->n_units && ok; u++)
    {
      note->unit_tokens[u] = (uint32_t) n;
      ok = encode_unit (tokenizer, note, u, folded, &n, err);
    }
  note->unit_tokens[note->n_units] = (uint32_t) n;
  free (folded);
  return ok;
}

static uint32_t
mix (uint32_t a, uint32_t b)
{
  uint32_t h = a * 0x9e3779b1u ^ (b + 0x7f4a7c15u + (a << 6) + (a >> 2));

  h ^= h >> 15;
  h *= 0x85ebca6bu;
  return h ^ (h >> 13);
}

enum
{
  SALT_WORD = 1,
  SALT_PAIR,
  SALT_FIRST,
  SALT_LAST,
  SALT_MARK,
  SALT_HEADING,
};

static void
put_bucket (tl_note *note, size_t *n, uint32_t begin, uint32_t salt, uint32_t hash)
{
  if (*n - begin < MAX_UNIT_BUCKETS)
    note->buckets[(*n)++] = mix (salt, hash) % TL_READER_N_HASH;
}

/* Digits are one word in the wide part: which number it is says nothing. */
static uint32_t
wide_hash (const tl_word *w)
{
  return w->shape & TL_SHAPE_DIGIT ? 7 : w->hash;
}

/* Words, pairs, first and last word, line marks and the words of the ruling heading. */
static void
put_unit_buckets (tl_note *note, size_t u, size_t *n)
{
  const tl_unit *unit = &note->units[u];
  uint32_t begin = (uint32_t) *n, first = note->unit_words[u], last = note->unit_words[u + 1];

  put_bucket (note, n, begin, SALT_MARK, (uint32_t) unit->kind * 8 + (uint32_t) unit->check);
  if (unit->section >= 0)
    for (uint32_t w = note->unit_words[unit->section];
         w < note->unit_words[unit->section + 1] && w < note->unit_words[unit->section] + 8; w++)
      put_bucket (note, n, begin, SALT_HEADING, wide_hash (&note->words[w]));
  if (first == last)
    return;
  put_bucket (note, n, begin, SALT_FIRST, wide_hash (&note->words[first]));
  put_bucket (note, n, begin, SALT_LAST, wide_hash (&note->words[last - 1]));
  for (uint32_t w = first; w < last; w++)
    {
      put_bucket (note, n, begin, SALT_WORD, wide_hash (&note->words[w]));
      if (w + 1 < last)
        put_bucket (note, n, begin, SALT_PAIR,
                    mix (wide_hash (&note->words[w]), wide_hash (&note->words[w + 1])));
    }
}

static bool
fill_buckets (tl_note *note)
{
  size_t room = note->n_units * 16 + 2 * note->unit_words[note->n_units] + 1, n = 0;

  note->buckets = malloc (room * sizeof *note->buckets);
  if (note->buckets == NULL)
    return false;
  for (size_t u = 0; u < note->n_units; u++)
    {
      note->unit_buckets[u] = (uint32_t) n;
      put_unit_buckets (note, u, &n);
    }
  note->unit_buckets[note->n_units] = (uint32_t) n;
  return true;
}

static bool
fill_features (tl_note *note, tl_error *err)
{
  tl_rank *rank = tl_rank_new (note, err);

  if (rank == NULL)
    return false;
  tl_features_fill (note, rank, note->features);
  memcpy (note->textrank, rank->textrank, note->n_units * sizeof *note->textrank);
  tl_rank_free (rank);
  return true;
}

static bool
note_alloc (tl_note *note, const tl_unit *units, size_t n)
{
  note->units = malloc ((n + 1) * sizeof *note->units);
  note->unit_words = malloc ((n + 1) * sizeof *note->unit_words);
  note->unit_tokens = malloc ((n + 1) * sizeof *note->unit_tokens);
  note->unit_buckets = malloc ((n + 1) * sizeof *note->unit_buckets);
  note->features = malloc ((n + 1) * TL_READER_N_FEATURES * sizeof *note->features);
  note->textrank = calloc (n + 1, sizeof *note->textrank);
  if (note->units == NULL || note->unit_words == NULL || note->unit_tokens == NULL
      || note->unit_buckets == NULL || note->features == NULL || note->textrank == NULL)
    return false;
  memcpy (note->units, units, n * sizeof *units);
  note->n_units = n;
  return true;
}

tl_note *
tl_note_new (const tl_tokenizer *tokenizer, const char *text, size_t len, const tl_unit *units,
             size_t n, bool first_window, tl_error *err)
{
  tl_note *note = calloc (1, sizeof *note);

  assert (n <= TL_READER_MAX_UNITS);
  if (note == NULL || !note_alloc (note, units, n))
    goto no_memory;
  note->text = text;
  note->len = len;
  note->first_window = first_window;
  if (!fill_words (note) || !fill_buckets (note))
    goto no_memory;
  if (!fill_tokens (note, tokenizer, err) || !fill_features (note, err))
    {
      tl_note_free (note);
      return NULL;
    }
  return note;

no_memory:
  tl_note_free (note);
  tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to read a note of %zu units", n);
  return NULL;
}

void
tl_note_free (tl_note *note)
{
  if (note == NULL)
    return;
  free (note->units);
  free (note->words);
  free (note->unit_words);
  free (note->tokens);
  free (note->token_starts);
  free (note->unit_tokens);
  free (note->buckets);
  free (note->unit_buckets);
  free (note->features);
  free (note->textrank);
  free (note);
}
