/* SPDX-License-Identifier: Apache-2.0 */
/* How often each word occurs: a hash table over one pool of bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct
{
  size_t   start; /* in the pool */
  uint32_t len;
  uint64_t count;
} tl_counted_word;

/* The caller owns the struct; zero it to begin. */
typedef struct
{
  char            *bytes;
  size_t           n_bytes, bytes_capacity;
  tl_counted_word *words; /* in order of first occurrence */
  size_t           n_words, words_capacity;
  uint32_t        *slots; /* index + 1 of a word; 0 is empty */
  size_t           n_slots;
} tl_word_counts;

/* Returns: false when memory is short; the counts so far stay valid. */
bool tl_word_counts_add   (tl_word_counts *c, const char *word, size_t len);
void tl_word_counts_clear (tl_word_counts *c);
