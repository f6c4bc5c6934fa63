/* SPDX-License-Identifier: Apache-2.0 */
/* What needs no model: sums, days between days, weekdays, counts. Plain code is sure or silent. */
#pragma once

#include "skills/dates.h"

G_BEGIN_DECLS

/**
 * tlm_plain_answer:
 * @message: valid UTF-8
 * @today: what "until Friday" is counted from
 *
 * Returns: (transfer full) (nullable): Markdown, translated; NULL for whatever is not certainly one
 * of these
 */
char *tlm_plain_answer (const char *message, TlmDay today);

G_END_DECLS
