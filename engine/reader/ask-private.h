/* SPDX-License-Identifier: Apache-2.0 */
/* Between asking (ask.c) and learning to (ask-train.c). */
#pragma once

#include "reader/ask-train.h"

#define ASK_MAX_WORDS 24 /* of a question, stop words aside */

typedef struct
{
  uint32_t words[ASK_MAX_WORDS], stems[ASK_MAX_WORDS]; /* hashes */
  float    idf[ASK_MAX_WORDS], total;
  bool     names[ASK_MAX_WORDS]; /* capitalised, and not the first word */
  bool     found[ASK_MAX_WORDS]; /* somewhere in the note */
  size_t   n;
  int      kind;
} ask_question;

/* The part of the question that stands in one unit; stems and words weighed by rarity. Lent is what else
 * the unit before has of them, for one that speaks of "it". */
typedef struct
{
  float    stems, words, share, lent_stems, lent_words;
  unsigned names, pairs;
} coverage;

/* A question beside a note, ready to be chosen from. */
typedef struct
{
  float *x;                /* [n_units, TL_ASK_N_UNIT], zero for what is no content */
  float  y[TL_ASK_N_NONE]; /* of "none" */
} tl_asked;

bool tl_asked_init  (tl_asked *a, const tl_note *note, const char *s, size_t len, tl_error *err);
void tl_asked_clear (tl_asked *a);
/* @p: (out): [n_units + 1], the last for "none"; they sum to 1 */
void tl_asked_score (const tl_asked *a, const float *weights, const tl_note *note, float *p);
