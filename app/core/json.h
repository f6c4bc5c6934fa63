/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON on one line: strings byte for byte, numbers the same in every locale. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* With quotes; @s: [len] valid UTF-8 */
void tlm_json_append_string (GString *out, const char *s, gsize len);

/* With @digits behind the point, without trailing zeros. */
void tlm_json_append_number (GString *out, double value, int digits);

/* "key": , behind a comma when the open object has members. */
void tlm_json_append_key (GString *out, const char *key);

/* Whether a parser that calls itself for each bracket can be given @text: at most 64 deep, and no quote
 * or comment of other languages than JSON, which would hide brackets. It may still be no JSON. */
gboolean tlm_json_is_shallow (const char *text);

G_END_DECLS
