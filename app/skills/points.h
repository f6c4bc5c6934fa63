/* SPDX-License-Identifier: Apache-2.0 */
/* What a text says about the matter of a question: sentences that matter in it and share words with the
 * question. Any thread. */
#pragma once

#include "models/engine-service.h"
#include "reader/ask.h"

G_BEGIN_DECLS

#define TLM_MAX_POINTS 4

/**
 * tlm_points_find:
 * @text: valid UTF-8
 * @parts: [n_parts] of the text, at least one, each with what speaks for it
 *
 * Returns: (transfer full) (nullable): of TlmSpan, at most TLM_MAX_POINTS, the best first
 */
GArray *tlm_points_find (const tl_reader *reader, const char *text, const char *question,
                         const tl_ask_part *parts, gsize n_parts, GError **error);

G_END_DECLS
