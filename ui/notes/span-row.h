/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a summary: a sentence of the note, and in words how sure the reader is, or who does it
 * until when. */
#pragma once

#include <gtk/gtk.h>

#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPAN_ROW (tlm_span_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpanRow, tlm_span_row, TLM, SPAN_ROW, GtkListBoxRow)

void           tlm_span_row_show_keypoint (TlmSpanRow *self, TlmSummary *summary,
                                           const TlmSpan *span);
void           tlm_span_row_show_action   (TlmSpanRow *self, TlmSummary *summary,
                                           const TlmAction *action);
void           tlm_span_row_set_rewording (TlmSpanRow *self, const char *text, const char *model);
const TlmSpan *tlm_span_row_get_span      (TlmSpanRow *self);
const char    *tlm_span_row_get_text      (TlmSpanRow *self);

G_END_DECLS
