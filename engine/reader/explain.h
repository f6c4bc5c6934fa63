/* SPDX-License-Identifier: Apache-2.0 */
/* Why a sentence was chosen or not: one kind of feature after the other is taken from it, at last its
 * words, and what the reader then says is compared with what it said before. (Occlusion: Zeiler &
 * Fergus 2014, arXiv:1311.2901.) Kinds act together, so they do not sum to the whole. */
#pragma once

#include "reader/reader.h"

#pragma GCC visibility push(default)

/* Kinds of feature; features.c knows their columns. */
typedef enum
{
  TL_REASON_PLACE,    /* where in the note and its paragraph */
  TL_REASON_FORM,     /* bullet, check box */
  TL_REASON_LENGTH,
  TL_REASON_TOPIC,    /* shares words with the rest of the note, or has rare ones */
  TL_REASON_DECISION, /* decided, agreed */
  TL_REASON_TURN,     /* but, not */
  TL_REASON_DUTY,     /* must, please, call, send */
  TL_REASON_TIME,     /* days, months, hours */
  TL_REASON_NUMBER,   /* numbers, money */
  TL_REASON_RESULT,   /* because, result; broken, danger */
  TL_REASON_VAGUE,    /* maybe; what is over; he, she, it, we */
  TL_REASON_NAMES,    /* capitals */
  TL_REASON_MARKS,    /* punctuation, bold */
  TL_REASON_SECTION,  /* the heading above */
  TL_REASON_WORDS,    /* what the reader learned of these words; no plain feature */
  TL_N_REASONS,
} tl_reason;

typedef struct
{
  tl_unit unit;
  float   p_key, p_action;      /* of its window read once; 0 for structure */
  float   key[TL_N_REASONS];    /* log-odds that the kind adds for being a key sentence */
  float   action[TL_N_REASONS]; /* and for being something to do */
} tl_explanation;

/**
 * tl_reader_explain:
 * @text: [len] valid UTF-8
 * @len: in bytes
 * @place: a byte of it
 * @out: (out): of the unit that holds @place, or the next one; of a structure unit all are 0
 *
 * Reads one window TL_N_REASONS + 1 times. TL_ERROR_ARGUMENT when no unit stands there. Thread-safe.
 */
bool tl_reader_explain (const tl_reader *r, const char *text, size_t len, size_t place,
                        tl_explanation *out, tl_error *err);

#pragma GCC visibility pop
