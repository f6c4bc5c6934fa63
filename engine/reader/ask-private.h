/* SPDX-License-Identifier: Apache-2.0 */
/* Between asking (ask.c) and learning to (ask-train.c). */
#pragma once

#include "reader/ask.h"

#define ASK_MAX_WORDS 24 /* of a question, stop words aside */

typedef struct
{
  uint32_t words[ASK_MAX_WORDS], stems[ASK_MAX_WORDS]; /* hashes */
  float    idf[ASK_MAX_WORDS], total;
  bool     names[ASK_MAX_WORDS]; /* capitalised, and not the first word */
  bool     found[ASK_MAX_WORDS]; /* somewhere in the note */
  size_t   n;
  int      kind;
} asked;

/* The part of the question that stands in one unit; stems and words weighed by rarity. */
typedef struct
{
  float    stems, words, share;
  unsigned names, pairs;
} coverage;

/* @x: (out): [n_units, TL_ASK_N_UNIT], zero for what is no content; @y: (out): [TL_ASK_N_NONE] */
bool tl_ask_describe (const tl_note *note, const char *question, size_t len, float *x, float *y,
                      tl_error *err);
/* @p: (out): [n_units + 1], the last for "none"; they sum to 1 */
void tl_ask_score    (const float *weights, const tl_note *note, const float *x, const float *y,
                      float *p);
