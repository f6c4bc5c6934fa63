/* SPDX-License-Identifier: Apache-2.0 */
/* The greedy merging that both tokenizers share: of all neighbours that may be merged take the pair
 * of the highest priority, of equal ones the leftmost, until no pair is left. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_NO_SYMBOL UINT32_MAX

typedef struct
{
  uint32_t start, len; /* bytes of the word; len is 0 once merged into the symbol before */
  uint32_t prev, next; /* indices, TL_NO_SYMBOL at the ends */
  int32_t  id;         /* -1 when it is no token */
} tl_symbol;

typedef struct
{
  double   priority;
  uint32_t left; /* index of the left symbol */
  uint32_t len;  /* of both when entered: tells whether either has changed since */
  int32_t  id;   /* that the pair becomes */
} tl_candidate;

/* Working memory, kept from word to word. The caller owns it; zero it to begin. */
typedef struct
{
  tl_symbol    *symbols;
  size_t        n_symbols, symbols_capacity;
  tl_candidate *heap;
  size_t        n_heap, heap_capacity;
} tl_merger;

/* Whether @left and @right may be merged: into which token, and with what priority. */
typedef bool (*tl_pair_func) (const void *user_data, const tl_symbol *left, const tl_symbol *right,
                              double *priority, int32_t *id);

/* Appends a symbol of @len > 0 bytes. Returns: false when memory is short. */
bool tl_merger_add   (tl_merger *m, uint32_t len, int32_t id);
void tl_merger_reset (tl_merger *m); /* to begin a word */
void tl_merger_clear (tl_merger *m); /* frees all */

/**
 * tl_merger_run:
 * Merges; the symbols left over are then those from 0 along `next`. O(n log n).
 * Returns: false when memory is short.
 */
bool tl_merger_run (tl_merger *m, tl_pair_func func, const void *user_data);
