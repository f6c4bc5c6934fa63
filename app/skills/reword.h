/* SPDX-License-Identifier: Apache-2.0 */
/* A sentence of the note in fewer words, by a larger model that the person imported. What it writes
 * is shown only where each name, number and date of it stands in the sentence; else the sentence
 * itself is. */
#pragma once

#include "models/engine-service.h"

G_BEGIN_DECLS

/**
 * tlm_reword_is_grounded:
 * @source: a sentence of the note
 * @text: what a model made of it
 *
 * FALSE for a word with a capital, a digit or the meaning of a date that @source does not have; for a
 * number that it does not have whole, with its minus, currency or per cent; for as many "not" and the
 * like as it does not have; for an empty text, one of several lines and one that is longer than
 * @source. Any thread.
 */
gboolean tlm_reword_is_grounded (const char *source, const char *text);

/**
 * tlm_reword_async:
 * @model_path: of an imported language model
 * @sentence: copied; it is text to the model, and whatever it says is checked against it alone
 */
void  tlm_reword_async  (TlmEngineService *engine, const char *model_path, const char *sentence,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
/* The rewording; NULL without an error when it is not grounded: then the sentence is what to show.
 * (transfer full) (nullable) */
char *tlm_reword_finish (GAsyncResult *result, GError **error);

G_END_DECLS
