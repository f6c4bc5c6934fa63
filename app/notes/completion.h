/* SPDX-License-Identifier: Apache-2.0 */
/* Completion as you type: the words of the note itself, and where it has none the words of the
 * built-in language model. */
#pragma once

#include <glib.h>

#include "model/complete.h"

G_BEGIN_DECLS

#define TLM_COMPLETION_MAX 3
#define TLM_COMPLETION_MIN_LETTERS 2 /* of a word, before one is suggested */
#define TLM_COMPLETION_SHOWN 0.5f    /* what is less probable would be in the way */
#define TLM_COMPLETION_PRIOR 3.0f    /* words of the note that the model's expectation counts as */

typedef struct
{
  tl_completion items[2 * TLM_COMPLETION_MAX]; /* in no order */
  gsize         n;
} TlmCompletions;

/**
 * tlm_completions_add_note:
 * @self: what is expected of a text that was not seen; becomes what is expected after @text
 * @text: [len] the note up to the word, UTF-8
 * @typed: the beginning of the word
 *
 * The words of the note are counted, with @self as the mean of a Dirichlet prior: p = (n_w + a p_w) /
 * (n + a). So a word that stood in the note three times soon beats what is common elsewhere.
 */
void tlm_completions_add_note (TlmCompletions *self, const char *text, gsize len,
                               const char *typed);

/* The likeliest, or NULL when there are none. */
const tl_completion *tlm_completions_get_best (const TlmCompletions *self);

/**
 * tlm_completions_suggest:
 * @session: @tokenizer: of the language model
 * @text: [len] the note up to the word
 * @typed: the beginning of the word
 *
 * Blocks for about a millisecond; on the thread that owns @session.
 */
gboolean tlm_completions_suggest (TlmCompletions *self, tl_session *session,
                                  const tl_tokenizer *tokenizer, const char *text, gsize len,
                                  const char *typed, GError **error);

G_END_DECLS
