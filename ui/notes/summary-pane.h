/* SPDX-License-Identifier: Apache-2.0 */
/* The summary beside a note. */
#pragma once

#include <adwaita.h>

#include "licenses/licenses.h"
#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_SUMMARY_PANE (tlm_summary_pane_get_type ())
G_DECLARE_FINAL_TYPE (TlmSummaryPane, tlm_summary_pane, TLM, SUMMARY_PANE, AdwBin)

void        tlm_summary_pane_set_empty        (TlmSummaryPane *self);
void        tlm_summary_pane_set_working      (TlmSummaryPane *self, gboolean working);
void        tlm_summary_pane_set_progress     (TlmSummaryPane *self, double fraction);
void        tlm_summary_pane_set_error        (TlmSummaryPane *self, const char *sentence);
void        tlm_summary_pane_set_summary      (TlmSummaryPane *self, TlmSummary *summary);
void        tlm_summary_pane_set_is_part      (TlmSummaryPane *self, gboolean is_part);
void        tlm_summary_pane_set_reword_model (TlmSummaryPane *self, const char *name);
void        tlm_summary_pane_set_rewording    (TlmSummaryPane *self, guint i, const char *text);
void        tlm_summary_pane_set_licenses     (TlmSummaryPane *self, TlmLicenses *licenses);
void        tlm_summary_pane_clear_rewordings (TlmSummaryPane *self);
void        tlm_summary_pane_set_verdict      (TlmSummaryPane *self, const char *sentence,
                                               gboolean good);
TlmSummary *tlm_summary_pane_get_summary      (TlmSummaryPane *self);

G_END_DECLS
