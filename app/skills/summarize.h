/* SPDX-License-Identifier: Apache-2.0 */
/* From the probabilities of the reader to a summary: all skills, one after the other. Any thread. */
#pragma once

#include "reader/reader.h"
#include "skills/front-matter.h"

G_BEGIN_DECLS

/**
 * tlm_skill_summarize:
 * @text: [len] the note's bytes
 * @front: what was not read at its start: @reading counts from front->end
 * @day: on which the note was written
 * @reading: (transfer none)
 *
 * Returns: (transfer full)
 */
TlmSummary *tlm_skill_summarize (const char *text, gsize len, const TlmFrontMatter *front,
                                 TlmDay day, const tl_reading *reading, const char *model_name,
                                 const char *model_sha256, double load_ms, double total_ms);

G_END_DECLS
