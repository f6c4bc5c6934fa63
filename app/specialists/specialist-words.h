/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs that are put together from words of the input and a few words of their own: a date and an
 * amount, a title in a fixed style. A specialist of such outputs is held to these words while it
 * writes, so that it copies to the letter and invents none. */
#pragma once

#include "examples.h"
#include "text/tokenizer.h"

G_BEGIN_DECLS

/**
 * tlm_words_find:
 * @examples: [n] that are trained on
 *
 * Returns: (transfer full) (nullable): of strings, sorted: the words and marks that outputs have of
 * their own; NULL when the outputs are not of this kind, but free text
 */
GPtrArray *tlm_words_find (const TlmExample *const *examples, gsize n);

typedef struct TlmWordFilter TlmWordFilter;

/**
 * tlm_word_filter_new:
 * @own: as tlm_words_find() gives them
 * @input: whose words an output may have, with a small or a capital first letter
 */
TlmWordFilter *tlm_word_filter_new  (const GPtrArray *own, const char *input,
                                     const tl_tokenizer *tokenizer);
void           tlm_word_filter_free (TlmWordFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmWordFilter, tlm_word_filter_free)

/**
 * tlm_word_filter_get_allowed:
 * @n: (out): 0 when nothing can follow, which only a vocabulary without single letters leads to
 *
 * Returns: (transfer none): [n] the tokens that may come next, until the next call
 */
const int32_t *tlm_word_filter_get_allowed (TlmWordFilter *self, gsize *n);

/* @id is now part of the output. */
void           tlm_word_filter_accept      (TlmWordFilter *self, int32_t id);

G_END_DECLS
