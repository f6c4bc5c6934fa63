/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a note and what each is by its own marks: bullet, heading, table, code. The splitter
 * makes units of them. */
#pragma once

#include "reader/unit.h"

typedef enum
{
  TL_LINE_BLANK,
  TL_LINE_RULE,         /* decoration only: no letter and no digit */
  TL_LINE_PLAIN,
  TL_LINE_BULLET,
  TL_LINE_HEADING,
  TL_LINE_LABEL,
  TL_LINE_TABLE,
  TL_LINE_CODE,
  TL_LINE_FRONT_MATTER,
} tl_line_kind;

typedef struct
{
  size_t start, end; /* bytes of the content, trimmed, without quote marks, bullet and check box */
  uint32_t indent;   /* columns before the first mark; a tab goes to the next multiple of four */
  uint32_t     n_words;    /* separated by white space; two CJK characters count as one */
  tl_line_kind kind;
  tl_check     check;
  uint8_t      level;      /* of a heading */
  char         mark;       /* first byte of a decoration or of a bullet's mark */
} tl_line;

/**
 * tl_lines_scan:
 * @lines: (out) (transfer full): free()d by the caller; NULL when @len is 0
 */
bool tl_lines_scan (const char *text, size_t len, tl_line **lines, size_t *n, tl_error *err);
