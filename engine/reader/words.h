/* SPDX-License-Identifier: Apache-2.0 */
/* Characters and words of running text: what is a letter, what folds to what, where words begin.
 * Small tables for the scripts that notes are mostly written in; all other letters count as letters
 * without case. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A letter, mark or digit of any script; no punctuation, symbol, emoji or space. */
bool tl_cp_is_word  (uint32_t cp);
/* A character that is a word by itself: Han, kana, and scripts written without spaces. */
bool tl_cp_is_cjk   (uint32_t cp);
bool tl_cp_is_space (uint32_t cp);
/* Latin, Greek and Cyrillic case. The folded form always has as many bytes in UTF-8. */
bool     tl_cp_is_upper (uint32_t cp);
bool     tl_cp_is_lower (uint32_t cp);
uint32_t tl_cp_fold     (uint32_t cp);

/**
 * tl_text_fold:
 * @dst: (out): [len] the bytes of @src with capitals made small; offsets stay the same
 */
void tl_text_fold (char *dst, const char *src, size_t len);

/* FNV-1a over the folded characters of [s, s + len): equal for words that differ in case, in the kind
 * of apostrophe and in soft hyphens only. */
uint32_t tl_word_hash (const char *s, size_t len);

/**
 * tl_word_next:
 * @pos: (inout): where to look from; afterwards the byte behind the word
 * @start: (out): the word's first byte
 *
 * The next word of [s, s + len): letters and digits, with single apostrophes, hyphens, soft ones
 * too, dots and commas kept where they stand between two of them ("don't", "co-op", "2.41"). Returns: false at
 * the end.
 */
bool tl_word_next (const char *s, size_t len, size_t *pos, size_t *start);
