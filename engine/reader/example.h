/* SPDX-License-Identifier: Apache-2.0 */
/* A labelled note as plain data, whoever read it from where; and the labels of our own units, found
 * by overlap with the units that the person saw. */
#pragma once

#include "reader/reader-internal.h"

typedef struct
{
  size_t  start, end; /* bytes of the text */
  float   key;        /* 1 key, between 0 and 1 acceptable, 0 not */
  uint8_t rank;       /* 1: the most important key unit; 0: not key */
  bool    action;
  tl_span owner, due; /* {0}: none */
} tl_gold_unit;

/* A question about the note; @unit: the gold unit that answers, -1 when the note does not say. */
typedef struct
{
  const char *text, *answer; /* the answer stands in the unit; NULL without one */
  ptrdiff_t   unit;
} tl_question;

/* Everything is borrowed. */
typedef struct
{
  const char         *text;
  size_t              len;
  const tl_gold_unit *units;
  size_t              n_units;
  const char *const  *titles;
  size_t              n_titles;
  const char *const  *tags;
  size_t              n_tags;
  const tl_question  *questions;
  size_t              n_questions;
  bool                has_actions, has_titles, has_tags;
  float               weight;  /* in the loss; documents below notes */
} tl_reader_example;

/**
 * tl_example_find_gold:
 * Returns: the index of the gold unit that the piece [start, end) stands for: the one with which it
 * shares most bytes; -1 when that is less than half of the shorter one.
 */
ptrdiff_t tl_example_find_gold (const tl_reader_example *e, size_t start, size_t end);

/**
 * tl_example_prepare:
 * Splits and featurises the example's text (its first window) and labels the units.
 * @note: @labels: (out) (transfer full): freed with tl_note_free() and tl_example_free_labels()
 */
bool tl_example_prepare (const tl_tokenizer *tokenizer, const tl_reader_example *e, tl_note **note,
                         tl_note_labels *labels, tl_error *err);
void tl_example_free_labels (tl_note_labels *labels);
