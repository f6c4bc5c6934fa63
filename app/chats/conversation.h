/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation as the tokens that a model is to go on from: in the format that its file asks for,
 * or that a person chose where the file says nothing that is known, and as much of it as there is
 * room for. Any thread. */
#pragma once

#include "models/engine-service.h"
#include "model/model.h"

G_BEGIN_DECLS

/* (transfer full): the names that a request's chat_format may have */
char **tlm_conversation_list_formats (void);

/**
 * tlm_conversation_encode:
 * @request: with at least one turn, the last of which is to be answered
 * @n_ctx: tokens that the session holds; a quarter at most is kept free for the answer
 * @ids: (out) (transfer full): free with free()
 * @n_ids: (out): also when the whole was asked for and has no room; then with room for the answer
 * @n_left_out: (out) (optional): how many of the oldest turns had no room; a system turn stays
 *
 * A model whose file has no format at all, and for which none was chosen, goes on from the text of
 * the last turn. One that asks for a format that is not known is refused, with what to do.
 */
gboolean tlm_conversation_encode (const tl_model *model, const TlmGenerateRequest *request,
                                  guint n_ctx, int32_t **ids, size_t *n_ids, guint *n_left_out,
                                  GError **error);

G_END_DECLS
