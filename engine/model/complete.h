/* SPDX-License-Identifier: Apache-2.0 */
/* Completion as you type: the words that a language model thinks likeliest, of those that begin
 * with what stands there already. */
#pragma once

#include "model/session.h"

#pragma GCC visibility push(default)

#define TL_COMPLETE_MAX_WORD 63

typedef struct
{
  char  text[TL_COMPLETE_MAX_WORD + 1]; /* the whole word, NUL-terminated UTF-8 */
  float p; /* that just this word stands there, of all words that begin so */
} tl_completion;

/**
 * tl_complete_word:
 * @s: of what it held only what the context begins with is used again
 * @tokenizer: of the session's model
 * @before: [before_len] the text before the word; its end is read, up to half the session's context
 * @before_len: in bytes
 * @typed: [typed_len] the beginning of the word
 * @typed_len: in bytes, at least one
 * @out: (out): [max] likeliest first
 * @max: at most so many
 * @n_out: (out): how many were found; 0 where the model knows no such word
 *
 * A word ends where its next character is no letter, digit, apostrophe or hyphen. The search goes
 * best first over the tokens that spell such words (a space before the word is taken back,
 * since it is part of the word's first token) and ends after a fixed number of steps,
 * each one forward pass of a few tokens. Deterministic.
 */
bool tl_complete_word (tl_session *s, const tl_tokenizer *tokenizer, const char *before,
                       size_t before_len, const char *typed, size_t typed_len, tl_completion *out,
                       size_t max, size_t *n_out, tl_error *err);

#pragma GCC visibility pop
