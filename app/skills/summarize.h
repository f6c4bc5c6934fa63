/* SPDX-License-Identifier: Apache-2.0 */
/* The skill "summarize": from the probabilities of the reader to what a person is shown. Plain code
 * decides how much, what is strong, and what to say when nothing is. Any thread. */
#pragma once

#include "reader/reader.h"
#include "summary.h"

G_BEGIN_DECLS

/* The level under which a probability is shown. */
TlmConfidence tlm_confidence_from_p (float p);

/**
 * tlm_skill_summarize:
 * @text: [len] the note's bytes; a byte order mark at its start was not part of what was read
 * @bom: bytes of that mark, by which all spans of @reading are moved
 * @reading: (transfer none)
 *
 * Returns: (transfer full)
 */
TlmSummary *tlm_skill_summarize (const char *text, gsize len, gsize bom, const tl_reading *reading,
                                 const char *model_name, const char *model_sha256, double load_ms,
                                 double total_ms);

G_END_DECLS
