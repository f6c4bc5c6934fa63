/* SPDX-License-Identifier: Apache-2.0 */
/* A narrow strip beside a note that shows, top to bottom, what of it was read and chosen. */
#pragma once

#include <gtk/gtk.h>

#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_COVERAGE_STRIP (tlm_coverage_strip_get_type ())
G_DECLARE_FINAL_TYPE (TlmCoverageStrip, tlm_coverage_strip, TLM, COVERAGE_STRIP, GtkWidget)

void tlm_coverage_strip_set_summary (TlmCoverageStrip *self, TlmSummary *summary);

G_END_DECLS
