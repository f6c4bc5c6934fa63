/* SPDX-License-Identifier: Apache-2.0 */
/* Byte pair encoding, the learning half: from counted words to an ordered list of merges. */
#pragma once

#include "text/word-count.h"

typedef struct
{
  int32_t left, right; /* 0-255 are bytes, 256 + i is the result of merge i */
} tl_bpe_merge;

/**
 * tl_bpe_learn:
 * @merges: (out): [n_wanted] in the order learned
 * @n_found: (out): fewer than @n_wanted when no pair is left
 *
 * Time is near linear in the bytes of the different words. Returns: false when memory is short.
 */
bool tl_bpe_learn (const tl_word_counts *counts, size_t n_wanted, tl_bpe_merge *merges,
                   size_t *n_found);
