/* SPDX-License-Identifier: Apache-2.0 */
/* What a note's own word counts say about its units: TF-IDF similarity and TextRank. Needs no
 * training; also the fallback when a reader finds nothing that stands out. */
#pragma once

#include "reader/reader-internal.h"

typedef struct
{
  float *centroid; /* [n_units] cosine of a unit's TF-IDF vector with the sum of all */
  float *textrank; /* [n_units] sums to 1 over content */
  float *nearest;  /* [n_units] largest cosine with another content unit */
  float *rare;     /* [n_units] share of its content words that stand in no other unit */
  float *common;   /* [n_units] share of its words that are among the note's ten commonest */
  float *idf;      /* [n words of the note] of each word, 0 for stop words */
} tl_rank;

/**
 * tl_rank_new:
 * Reads units, words and unit_words of @note. TextRank: Mihalcea & Tarau 2004, with cosine weights.
 */
tl_rank *tl_rank_new  (const tl_note *note, tl_error *err);
void     tl_rank_free (tl_rank *r);

/* Cosine of the TF-IDF vectors of units @a and @b. */
float tl_rank_similarity (const tl_rank *r, size_t a, size_t b);
