/* SPDX-License-Identifier: Apache-2.0 */
/* Wiki links, as Obsidian and others write them: [[note]], [[note|words]], ![[picture.png]]. A reader of
 * the note sees the words, or the note's name where there are none; the rest is the program's. */
#pragma once

#include <stdint.h>

#include "base/error.h"

typedef struct
{
  size_t start, end;       /* bytes of the text, from "[[" or "![[" to behind "]]" */
  size_t words, words_end; /* those that are read, inside; never empty */
} tl_link;

/**
 * tl_link_next:
 * @text: [len] any bytes
 * @pos: (inout): where to look from; afterwards the byte behind the link
 *
 * A link stands on one line, and its note's name begins with no space: a shell's "[[ -f x ]]" is none.
 * Returns: false at the end.
 */
bool tl_link_next (const char *text, size_t len, size_t *pos, tl_link *link);

/**
 * tl_links_dup_covered:
 * @text: [len]
 *
 * The same bytes, but all of a link that is not read is brackets: no word, no end of a sentence, no
 * column of a table, and every offset holds. Returns: (transfer full) (nullable): free()d by the caller.
 */
char *tl_links_dup_covered (const char *text, size_t len, tl_error *err);

/**
 * tl_links_drop_brackets:
 * @s: (inout): [len] of a covered text; afterwards without runs of two brackets and more
 * @places: (out): [len] where each byte that is left stood
 *
 * Returns: how many bytes are left
 */
size_t tl_links_drop_brackets (char *s, size_t len, uint32_t *places);
