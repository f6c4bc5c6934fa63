/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt under a summary: what made it, and whether it comes out the same once more. */
#pragma once

#include <adwaita.h>

#include "licenses/licenses.h"
#include "notes/summary.h"

G_BEGIN_DECLS

#define TLM_TYPE_SUMMARY_RECEIPT (tlm_summary_receipt_get_type ())
G_DECLARE_FINAL_TYPE (TlmSummaryReceipt, tlm_summary_receipt, TLM, SUMMARY_RECEIPT, AdwBin)

void tlm_summary_receipt_set_summary (TlmSummaryReceipt *self, TlmSummary *summary);
void tlm_summary_receipt_set_verdict (TlmSummaryReceipt *self, const char *sentence, gboolean good);
void tlm_summary_receipt_set_licenses (TlmSummaryReceipt *self, TlmLicenses *licenses);

G_END_DECLS
