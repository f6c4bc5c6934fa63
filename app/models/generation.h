/* SPDX-License-Identifier: Apache-2.0 */
/* The loop that continues a text with a language model: the one piece of code behind the service
 * and `tinylm-cli generate`. Blocks; one owner thread a session. */
#pragma once

#include "engine-service.h"
#include "model/sampler.h"
#include "model/session.h"

G_BEGIN_DECLS

/* @bytes: [n] whole UTF-8 characters */
typedef void (*TlmBytesFunc) (const char *bytes, gsize n, gpointer data);

/* The tokens of the prompt of @request, which has no turns. @ids: (out): [n] free with free() */
gboolean tlm_generation_encode (const tl_tokenizer *tokenizer, const TlmGenerateRequest *request,
                                int32_t **ids, size_t *n, tl_error *err);

/* Of a text without a token: fails with a translated sentence. */
gboolean tlm_generation_fail_unspelt (tl_error *err);

/**
 * tlm_generation_run:
 * @session: its timeline becomes the request's text; what of it was computed before, in an earlier
 * run too, is taken up again, see tl_session_reuse()
 * @request: its model_path is not looked at
 * @use: (out) (optional): set whether it succeeds or fails
 *
 * Returns: FALSE with @error when it failed or was cancelled; what was produced before has been
 * handed over
 */
gboolean tlm_generation_run (const tl_model *model, tl_session *session,
                             const TlmGenerateRequest *request, TlmBytesFunc on_bytes,
                             gpointer data, tl_cancel_func cancel, gpointer cancel_data,
                             TlmContextUse *use, GError **error);

G_END_DECLS
