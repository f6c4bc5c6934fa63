/* SPDX-License-Identifier: Apache-2.0 */
/* "Ask this note": which sentence of the note answers a question, or none. A linear choice among
 * the content units and "none":
 *   p (u) = exp (w . x (q, u)) / (sum over units of the same + exp (v . y (q)))
 * x and y are plain features: the question's words found in the unit, weighed by how rare they are
 * in the note; whether the unit holds the kind of thing that is asked for; and the unit's own
 * features, because people ask for what matters (on parts of the training notes held out whole
 * .588 of all questions are right with them, .562 without). */
#pragma once

#include "reader/reader.h"

#pragma GCC visibility push(default)

/**
 * tl_reader_ask:
 * @text: [len] valid UTF-8
 * @len: in bytes
 * @question: [question_len] valid UTF-8, in the note's language
 * @question_len: in bytes
 * @answer: (out): the sentence that answers, with its probability; start == end when the note does
 * not say, and p is then the probability of that
 *
 * TL_ERROR_UNSUPPORTED when the reader's file has no weights for it. Deterministic. Thread-safe.
 */
bool tl_reader_ask (const tl_reader *r, const char *text, size_t len, const char *question,
                    size_t question_len, tl_span *answer, tl_error *err);

/* A text that is put together of parts: what is known of one before it is read, as log-odds that are
 * added to each of its sentences. */
typedef struct
{
  size_t start; /* where it begins in the text */
  float  prior;
} tl_ask_part;

/**
 * tl_reader_ask_parts:
 * @parts: [n_parts] in the order of the text
 * @n_parts: how many
 * @none_prior: the same for "none of them says"
 *
 * As tl_reader_ask(), with @text, @len, @question, @question_len and @answer.
 */
bool tl_reader_ask_parts (const tl_reader *r, const char *text, size_t len, const char *question,
                          size_t question_len, const tl_ask_part *parts, size_t n_parts,
                          float none_prior, tl_span *answer, tl_error *err);

#pragma GCC visibility pop
