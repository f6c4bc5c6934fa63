/* SPDX-License-Identifier: Apache-2.0 */
/* A summary as Markdown, for a file or another program. */
#pragma once

#include "notes/summary.h"

G_BEGIN_DECLS

/* Title, key points, action items with owner and day, tags. (transfer full) */
char *tlm_summary_dup_markdown (TlmSummary *summary);

/* "Tom repairs the fence. (Tom, 2026-05-03)": the sentence, and who and until when as far as the note
 * says. (transfer full) */
char *tlm_action_dup_line (TlmSummary *summary, const TlmAction *action);

G_END_DECLS
