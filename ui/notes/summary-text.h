/* SPDX-License-Identifier: Apache-2.0 */
/* A summary as text: for the clipboard, for comparing two, for the line under it. */
#pragma once

#include "notes/summary.h"

G_BEGIN_DECLS

char    *tlm_summary_text_dup_markdown        (TlmSummary *summary);
char    *tlm_summary_text_dup_block           (TlmSummary *summary);
char    *tlm_summary_text_dup_plain           (TlmSummary *summary);
char    *tlm_summary_text_dup_coverage        (TlmSummary *summary);
char    *tlm_summary_text_dup_receipt         (TlmSummary *summary);
char    *tlm_summary_text_dup_receipt_details (TlmSummary *summary);
gboolean tlm_summary_text_same                (TlmSummary *a, TlmSummary *b);

G_END_DECLS
