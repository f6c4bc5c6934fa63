/* SPDX-License-Identifier: Apache-2.0 */
/* The feature MLP: what features alone can do, trained on the same notes with the same optimiser:
 * the plain ones that any text has, or all that the reader itself is given. A baseline, not a
 * product. */
#pragma once

#include <glib.h>

#include "reader/example.h"

G_BEGIN_DECLS

typedef struct _TlmMlp TlmMlp;

/**
 * tlm_mlp_train:
 * @plain: position, length, centrality, marks, one class of cue words and the pronoun at the start;
 * without the reader's features made for notes (classes of words, boxes, sections, ...)
 *
 * Trains on @examples [n]. NULL when memory runs out or a note cannot be made ready.
 */
TlmMlp *tlm_mlp_train (const tl_tokenizer *tokenizer, const tl_reader_example *examples, gsize n,
                       gboolean plain, guint64 seed, GError **error);
void    tlm_mlp_free  (TlmMlp *mlp);

/* @scores: (out): [n_units] key logits */
void tlm_mlp_score (TlmMlp *mlp, const tl_note *note, float *scores);

G_END_DECLS
