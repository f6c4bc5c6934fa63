/* SPDX-License-Identifier: Apache-2.0 */
/* The few classes of characters that pre-tokenizers ask about. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One bit a class; a character has at most one. Unassigned, control and format characters have
 * none. Names after the general categories of Unicode (UAX #44); titlecase counts as upper case. */
enum
{
  TL_CHAR_UPPER = 1 << 0,        /* Lu, Lt */
  TL_CHAR_LOWER = 1 << 1,        /* Ll */
  TL_CHAR_OTHER_LETTER = 1 << 2, /* Lm, Lo */
  TL_CHAR_MARK = 1 << 3,         /* M */
  TL_CHAR_NUMBER = 1 << 4,       /* N */
  TL_CHAR_PUNCTUATION = 1 << 5,  /* P */
  TL_CHAR_SYMBOL = 1 << 6,       /* S */
  TL_CHAR_SPACE = 1 << 7,        /* the property White_Space, whatever the category */
  TL_CHAR_LETTER = TL_CHAR_UPPER | TL_CHAR_LOWER | TL_CHAR_OTHER_LETTER,
};

/* The TL_CHAR_ bit of @cp, or 0. Pure, thread-safe. */
unsigned tl_unicode_class (uint32_t cp);

/* Generated: first << 8 | class, ascending; a run reaches to the next. */
extern const uint32_t tl_unicode_runs[];
extern const size_t   tl_n_unicode_runs;
