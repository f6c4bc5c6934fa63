/* SPDX-License-Identifier: Apache-2.0 */
/* A summary as JSON, for other programs and for the checksum of a receipt. Any thread. */
#pragma once

#include "summary.h"

G_BEGIN_DECLS

/**
 * tlm_summary_dup_result:
 *
 * What a receipt is the receipt of:
 * {"title": {"text","start","end"} | null, "keypoints": [{"text","start","end","confidence"}],
 * "actions": [{"text","start","end","owner","due","due_date"}], "tags": [{"text","start","end"}],
 * "gist": {"text","start","end"} | null, "day" | null, "fallback"}. start and end are byte offsets, text is
 * exactly that slice; confidence is a calibrated probability; owner and due are slices of text or
 * null, due_date is what due names seen from "day": "2026-05-03", "2026-05-03/2026-05-05" or null.
 *
 * Returns: (transfer full): JSON
 */
char *tlm_summary_dup_result    (TlmSummary *summary);

#ifndef __GI_SCANNER__ /* not for scripts */
/* The same members, behind what an open object has. */
void  tlm_summary_append_result (GString *out, TlmSummary *summary);

/* "@key": [...] with the action items, as above. */
void  tlm_summary_append_actions (GString *out, TlmSummary *summary, const char *key);

/* {"text","start","end", left open for what follows. */
void  tlm_summary_open_span     (GString *out, TlmSummary *summary, const TlmSpan *span);
#endif

G_END_DECLS
