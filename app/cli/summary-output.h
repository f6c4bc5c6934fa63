/* SPDX-License-Identifier: Apache-2.0 */
/* A summary on standard output: for a person, or as one line of JSON. */
#pragma once

#include "summary.h"

G_BEGIN_DECLS

/* @name: (nullable): a heading when there are several files */
void tlm_summary_print_text (TlmSummary *summary, const char *name);

/**
 * tlm_summary_print_json:
 * @decoded_from: (nullable): the encoding of a file that was not UTF-8: start and end then refer
 * to the decoded text, and the object has a member "decoded_from"
 *
 * {"file", "title": {"text","start","end"} | null, "keypoints":
 * [{"text","start","end","confidence"}], "actions": [{"text","start","end","owner","due","due_date"}],
 * "tags": [{"text","start","end"}], "gist": {"text","start","end"} | null, "day", "fallback", "model": {"name","sha256"}, "ms":
 * {"load","total"}}. start and end are byte offsets, text is exactly that slice; confidence is a
 * calibrated probability; owner and due are slices of text or null,
 * due_date is what due names seen from "day": "2026-05-03", "2026-05-03/2026-05-05" or null.
 */
void tlm_summary_print_json (TlmSummary *summary, const char *name, const char *decoded_from);

/* The same without "file", "model", "ms" and "decoded_from": what a receipt is the receipt of.
 * (transfer full) */
char *tlm_summary_dup_result (TlmSummary *summary);

/* The spans of one skill, a line each; as JSON {"file", "skill", "found": [{"text", "start",
 * "end"}]}. */
void tlm_summary_print_skill (TlmSummary *summary, const char *name, const char *skill,
                              gboolean json);

/* {"file", "error"} */
void tlm_summary_print_error (const char *name, const char *message);

G_END_DECLS
