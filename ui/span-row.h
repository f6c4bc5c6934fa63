/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a summary: a sentence of the note, and in words how sure the reader is, or who does it
 * until when. */
#pragma once

#include <gtk/gtk.h>

#include "summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPAN_ROW (tlm_span_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpanRow, tlm_span_row, TLM, SPAN_ROW, GtkListBoxRow)

GtkWidget     *tlm_span_row_new_keypoint (TlmSummary *summary, const TlmSpan *span);
GtkWidget     *tlm_span_row_new_action   (TlmSummary *summary, const TlmAction *action);
const TlmSpan *tlm_span_row_get_span     (TlmSpanRow *self);
void           tlm_span_row_set_span     (TlmSpanRow *self, const TlmSpan *span);

G_END_DECLS
