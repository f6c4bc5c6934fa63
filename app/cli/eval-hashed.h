/* SPDX-License-Identifier: Apache-2.0 */
/* Hashed n-grams: logistic regression on the words, pairs and line marks of a unit, the baseline
 * that action units have to beat. */
#pragma once

#include <glib.h>

#include "reader/example.h"

G_BEGIN_DECLS

typedef struct _TlmHashed TlmHashed;

/* Trains on @examples [n] that label actions. NULL when memory runs out. */
TlmHashed *tlm_hashed_train (const tl_tokenizer *tokenizer, const tl_reader_example *examples,
                             gsize n, GError **error);
void       tlm_hashed_free  (TlmHashed *hashed);

/* The probability that unit @u of @note is an action. */
double tlm_hashed_score (const TlmHashed *hashed, const tl_note *note, gsize u);

G_END_DECLS
