/* SPDX-License-Identifier: Apache-2.0 */
/* Splits a note into units: the sentences and bullets that can be pointed at, and the lines that
 * only structure them. Plain code, any language, any bytes. */
#pragma once

#include <stdint.h>

#include "base/error.h"

#pragma GCC visibility push(default)

typedef enum
{
  TL_UNIT_SENTENCE,     /* a sentence of a paragraph, may hold a soft line break */
  TL_UNIT_BULLET,       /* a list item without its mark, number or check box; long ones are cut */
  TL_UNIT_HEADING,      /* structure from here on: never a key point */
  TL_UNIT_LABEL,        /* "Next:" alone on a line */
  TL_UNIT_TABLE,
  TL_UNIT_CODE,
  TL_UNIT_FRONT_MATTER, /* --- ... --- at the top */
} tl_unit_kind;

typedef enum { TL_CHECK_NONE, TL_CHECK_OPEN, TL_CHECK_DONE } tl_check;

typedef struct
{
  size_t       start, end; /* bytes of the text, trimmed, on UTF-8 boundaries, never empty */
  tl_unit_kind kind;
  tl_check     check;
  uint8_t      level;      /* of a heading 1-6, of a bullet its nesting from 0 */
  uint32_t     paragraph;  /* units of one paragraph or list share a number */
  int32_t      section;    /* index of the heading or label that rules this unit, -1 for none */
} tl_unit;

static inline bool
tl_unit_is_content (const tl_unit *u)
{
  return u->kind <= TL_UNIT_BULLET;
}

/**
 * tl_units_split:
 * @text: [len] valid UTF-8
 * @len: in bytes
 * @units: (out) (transfer full): [n] in the order of the text, disjoint; of malloc(): end it with free();
 * NULL when the text holds nothing but white space
 * @n: (out): how many
 *
 * O(len). Fails only for want of memory.
 */
bool tl_units_split (const char *text, size_t len, tl_unit **units, size_t *n, tl_error *err);

#pragma GCC visibility pop
