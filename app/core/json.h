/* SPDX-License-Identifier: Apache-2.0 */
/* JSON on one line: strings are written byte for byte, numbers the same in every locale; what is read
 * is hostile until it is checked. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* With quotes; @s: [len] valid UTF-8 */
void tlm_json_append_string (GString *out, const char *s, gsize len);

/* With @digits behind the point, without trailing zeros. */
void tlm_json_append_number (GString *out, double value, int digits);

/* "key": , behind a comma when the open object has members. */
void tlm_json_append_key (GString *out, const char *key);

/* "key": "value", with null for a NULL. */
void tlm_json_append_member (GString *out, const char *key, const char *value);

/* @text: [len], at which tlm_json_is_shallow() has looked. A U+0000 in a string becomes U+FFFD. */
gboolean tlm_json_load (JsonParser *parser, const char *text, gsize len);

/* The root of @text, which is @parser's until it reads another. (transfer none) (nullable): NULL for no
 * JSON, for nothing, and for what tlm_json_is_shallow() refuses */
JsonNode *tlm_json_parse (JsonParser *parser, const char *text);

/* (transfer none) (nullable): a string member; NULL when there is none, or something else. */
const char *tlm_json_get_string (JsonObject *object, const char *name);

/* Whether a parser that calls itself for each bracket can be given @text: at most 64 deep, and no quote
 * or comment of other languages than JSON, which would hide brackets. It may still be no JSON. */
gboolean tlm_json_is_shallow (const char *text);

G_END_DECLS
