/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic as people type it: "17 * 23", "15% of 80", "200 + 19%", "(3,5 + 1) : 2". */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * tlm_sum_evaluate:
 * @text: UTF-8; nothing but one sum, and perhaps "=" or "?" behind it
 * @value: (out): not touched when the answer is FALSE
 *
 * A number has its decimals behind a point or a comma; "1,234" and "1.234", which may be either, are
 * not read, and neither is a lone number, a division by zero, a date or a telephone number, unlike
 * currencies, or what 15 digits cannot hold on the way or ten decimals in the end. A colon divides
 * behind a blank. A percentage that is added to or taken from something is a share of that.
 */
gboolean tlm_sum_evaluate (const char *text, double *value);

/* With up to ten digits behind the point and 15 in all, none of them idle. (transfer full) */
char *tlm_sum_dup_number (double value);

G_END_DECLS
