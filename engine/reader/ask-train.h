/* SPDX-License-Identifier: Apache-2.0 */
/* Learning to ask a note, from questions that persons wrote and answered. */
#pragma once

#include "reader/ask.h"
#include "reader/example.h"

/* How many bytes of the word [s, s + len) are compared: whole characters. */
size_t tl_ask_stem (const char *s, size_t len);

/* Where to begin reading the sentence [start, end) of @text: at the one before if it speaks of "it". */
size_t tl_ask_find_begin (const char *text, size_t len, size_t start, size_t end);

/**
 * tl_ask_train:
 * @notes: @examples: [n] the same notes
 * @weights: (out): [TL_ASK_N_WEIGHTS]
 *
 * Starts from zeros and takes the questions in their order, so there is no seed.
 */
bool tl_ask_train (const tl_note *const *notes, const tl_reader_example *examples, size_t n,
                   float *weights, tl_error *err);

/* Does the unit [start, end) of the example's text answer @q: is it the unit that a person named,
 * or does it hold the answer's words? */
bool tl_ask_is_right (const tl_reader_example *e, const tl_question *q, size_t start, size_t end);
