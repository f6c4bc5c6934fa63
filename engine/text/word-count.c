/* SPDX-License-Identifier: Apache-2.0 */
/* Counting words: open addressing with linear probing, at most half full. */
#include "text/word-count.h"

#include <string.h>

#include "text/table.h"

static uint32_t *
find_slot (const tl_word_counts *c, const char *word, size_t len)
{
  size_t i = tl_hash_bytes (word, len) & (c->n_slots - 1);

  for (; c->slots[i] != 0; i = (i + 1) & (c->n_slots - 1))
    {
      const tl_counted_word *w = &c->words[c->slots[i] - 1];

      if (w->len == len && memcmp (c->bytes + w->start, word, len) == 0)
        break;
    }
  return &c->slots[i];
}

static bool
rehash (tl_word_counts *c)
{
  size_t n_slots = tl_hash_slots (2 * c->n_words + 1);
  uint32_t *slots = calloc (n_slots, sizeof *slots);

  if (!slots)
    return false;
  free (c->slots);
  c->slots = slots;
  c->n_slots = n_slots;
  for (size_t i = 0; i < c->n_words; i++)
    *find_slot (c, c->bytes + c->words[i].start, c->words[i].len) = (uint32_t) i + 1;
  return true;
}

static bool
append_word (tl_word_counts *c, const char *word, size_t len)
{
  void *bytes = tl_grow (c->bytes, &c->bytes_capacity, c->n_bytes + len, 1);
  void *words;

  if (!bytes)
    return false;
  c->bytes = bytes;
  words = tl_grow (c->words, &c->words_capacity, c->n_words + 1, sizeof *c->words);
  if (!words)
    return false;
  c->words = words;
  memcpy (c->bytes + c->n_bytes, word, len);
  c->words[c->n_words++] = (tl_counted_word) { c->n_bytes, (uint32_t) len, 1 };
  c->n_bytes += len;
  return true;
}

bool
tl_word_counts_add (tl_word_counts *c, const char *word, size_t len)
{
  uint32_t *slot;

  if (c->n_words >= UINT32_MAX - 1)
    return false;
  if (2 * c->n_words >= c->n_slots && !rehash (c))
    return false;
  slot = find_slot (c, word, len);
  if (*slot != 0)
    {
      c->words[*slot - 1].count++;
      return true;
    }
  if (!append_word (c, word, len))
    return false;
  *slot = (uint32_t) c->n_words;
  return true;
}

void
tl_word_counts_clear (tl_word_counts *c)
{
  free (c->bytes);
  free (c->words);
  free (c->slots);
  memset (c, 0, sizeof *c);
}
