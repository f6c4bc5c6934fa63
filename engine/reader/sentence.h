/* SPDX-License-Identifier: Apache-2.0 */
/* Where a sentence ends, in many languages, by marks and a short list of abbreviations. */
#pragma once

#include <stddef.h>

/**
 * tl_sentence_end:
 * @s: [len] a paragraph; @pos: where a sentence begins, pos < len
 *
 * Returns: the byte behind the sentence and its closing quotes and brackets, at most @len; always
 * beyond @pos. Trailing white space is not looked at.
 */
size_t tl_sentence_end (const char *s, size_t len, size_t pos);
