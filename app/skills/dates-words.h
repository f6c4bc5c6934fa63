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
  TLM_DATE_NEXT,    /* value: TLM_NEXT_… */
  TLM_DATE_QUE,     /* "que viene" */
  TLM_DATE_END,
  TLM_DATE_IN,      /* counts forward: "in", "within", "dans" */
  TLM_DATE_FROM_NOW,
  TLM_DATE_BEFORE,  /* a period behind it is not its own limit */
  TLM_DATE_TO,      /* joins the ends of a range */
  TLM_DATE_AND,     /* does so behind "between" */
  TLM_DATE_OR,      /* of two numbers or dates beside it neither is read */
  TLM_DATE_NAMING,  /* the weekday beside it is not the coming one: "Good Friday"; value:
                       TLM_SIDE_… */
  TLM_DATE_SMALL,   /* may stand with a date that is all there is: "it is on" */
  TLM_DATE_THE,     /* an article: makes a bare number a day of the month in "le 14"; value: 0 or
                       TLM_THE_ENGLISH */
  TLM_DATE_OF,      /* value: 0 or TLM_OF_COMMA */
  TLM_DATE_VETO,    /* what has it is no date: vague, repeated, past, open; value: TLM_SIDE_…, where
                       it stands outside */
} TlmDateKind;

#define TLM_OF_COMMA 1
#define TLM_THE_ENGLISH 1 /* not said of the coming weekday: "the Friday after the fair" */

/* "next" can be read in two ways while what it is said of is ahead, "kommend" in one. */
enum { TLM_NEXT_NONE, TLM_NEXT_OPEN, TLM_NEXT_COMING };

/* Where a word must stand to change a weekday: "Black Friday", but "is Friday good?"; in front or
 * before a name: "after Friday", "Friday after Easter", but "Friday after lunch". */
enum { TLM_SIDE_NONE, TLM_SIDE_FRONT, TLM_SIDE_AFTER, TLM_SIDE_BOTH };

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
