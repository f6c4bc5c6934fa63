/* SPDX-License-Identifier: Apache-2.0 */
/* Where a sentence ends, in many languages, by marks and a short list of abbreviations. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * tl_sentence_end:
 * @s: [len] a paragraph; @pos: where a sentence begins, pos < len
 *
 * Returns: the byte behind the sentence and its closing quotes and brackets, at most @len; always
 * beyond @pos. Trailing white space is not looked at.
 */
size_t tl_sentence_end (const char *s, size_t len, size_t pos);

/* Is the word at @pos of [s, s + len) a month that an ordinal stands before: "Mai" in "3. Mai"? */
bool tl_sentence_has_month (const char *s, size_t len, size_t pos);
