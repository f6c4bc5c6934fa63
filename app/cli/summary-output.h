/* SPDX-License-Identifier: Apache-2.0 */
/* A summary on standard output: for a person, or as one line of JSON. */
#pragma once

#include "notes/summary.h"

G_BEGIN_DECLS

/* @name: (nullable): a heading when there are several files */
void tlm_summary_print_text (TlmSummary *summary, const char *name);

/* An empty line behind it parts it from the next. */
void tlm_summary_print_markdown (TlmSummary *summary);

/**
 * tlm_summary_print_json:
 * @decoded_from: (nullable): the encoding of a file that was not UTF-8: start and end then refer
 * to the decoded text, and the object has a member "decoded_from"
 *
 * {"file", the members of tlm_summary_dup_result(), "model": {"name","sha256"}, "ms":
 * {"load","total"}}.
 */
void tlm_summary_print_json (TlmSummary *summary, const char *name, const char *decoded_from);

/* The spans of one skill, a line each; as JSON {"file", "skill", "found": [{"text", "start",
 * "end"}]}. Action items also have owner, due and due_date. */
void tlm_summary_print_skill (TlmSummary *summary, const char *name, const char *skill,
                              gboolean json);

/* "found": [...] of that skill, as above. */
void tlm_summary_append_found (GString *out, TlmSummary *summary, const char *skill);

/* {"file", "error"} */
void tlm_summary_print_error (const char *name, const char *message);

G_END_DECLS
