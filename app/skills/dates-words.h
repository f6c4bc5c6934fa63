/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of a date in words: what each word means for it, whichever the language. */
#pragma once

#include "skills/dates.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_DATE_OTHER,   /* a word that says nothing of a date */
  TLM_DATE_NUMBER,  /* value */
  TLM_DATE_ORDINAL, /* value: "14th", "14.", "1er" */
  TLM_DATE_YEAR,    /* value: 1900 to 2199 */
  TLM_DATE_DAY,     /* a whole date in digits: day */
  TLM_DATE_MONTH,   /* value: 1 to 12 */
  TLM_DATE_WEEKDAY, /* value: 1 is Monday */
  TLM_DATE_OFFSET,  /* value: days from today */
  TLM_DATE_UNIT,    /* value: TLM_UNIT_… */
  TLM_DATE_QUARTER, /* value: 1 to 4 */
  TLM_DATE_WEEKEND,
  TLM_DATE_THIS,
  TLM_DATE_NEXT,
  TLM_DATE_END,
  TLM_DATE_IN,      /* counts forward: "in", "within", "dans" */
  TLM_DATE_FROM_NOW,
  TLM_DATE_BEFORE,  /* a period behind it is not its own limit */
  TLM_DATE_TO,      /* joins the ends of a range */
  TLM_DATE_AND,     /* does so behind "between" */
  TLM_DATE_OR,      /* of two numbers or dates beside it neither is read */
  TLM_DATE_NAMING,  /* the weekday beside it is not the coming one: "Good Friday" */
  TLM_DATE_SMALL,   /* may stand with a date that is all there is: "it is on" */
  TLM_DATE_THE,     /* an article: makes a bare number a day of the month in "le 14" */
  TLM_DATE_OF,
  TLM_DATE_VETO,    /* what has it is no date: vague, repeated, past, open */
} TlmDateKind;

typedef enum { TLM_UNIT_DAY, TLM_UNIT_WEEK, TLM_UNIT_FORTNIGHT, TLM_UNIT_MONTH, TLM_UNIT_QUARTER,
               TLM_UNIT_YEAR } TlmDateUnit;

typedef struct
{
  TlmDateKind kind;
  int         value;
  TlmDay      day;
} TlmDateToken;

/* Times of the day are left out, they name no day. (transfer full): of TlmDateToken, closed by two
 * of kind OTHER that are not counted in @n, so that a rule may look ahead. */
GArray *tlm_date_tokens_new (const char *words, gsize len, gsize *n);

/* Does a folded word name a day, month, quarter or a number from two on? */
gboolean tlm_date_word_counts (const char *folded);

G_END_DECLS
