/* SPDX-License-Identifier: Apache-2.0 */
/* SentencePiece-style BPE ("llama"; Kudo & Richardson 2018): characters merge into whatever piece
 * of the vocabulary has the highest score. */
#pragma once

#include "text/merger.h"
#include "text/vocab.h"

/**
 * tl_spm_normalize:
 * @out: room for @len + 1 bytes
 *
 * With @prefix a space is put before the text; "▁", which pieces write for a space, becomes one.
 * Returns: bytes written.
 */
size_t tl_spm_normalize (const char *text, size_t len, bool prefix, char *out);

/* True when no piece has a space after another character: merges then never cross from a word to
 * the space after it, so that words may be merged one by one. */
bool tl_spm_words_are_separate (const tl_vocab *v);

/* Bytes up to the first space that follows another character: the word that @text begins with. */
size_t tl_spm_word_length (const char *text, size_t len);

/* Lays the characters of normalized @text out as symbols and merges them. Returns: false when
 * memory is short. */
bool tl_spm_merge_text (const tl_vocab *v, const char *text, size_t len, tl_merger *merger);
