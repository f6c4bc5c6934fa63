/* SPDX-License-Identifier: Apache-2.0 */
/* The turns of an example that is a conversation, as JSON: what files of examples have under
 * "messages", and what the store keeps. In memory they are strings: role, text, role, text …, NULL. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL when one of @messages lacks its "role" or its "content" */
char **tlm_turns_from_array (JsonArray *messages);

/* The same of an array in text. (transfer full) (nullable) */
char **tlm_turns_read       (const char *json);

/* "[{"role": …, "content": …}, …]" on a line. @answer: (nullable): the last turn. (transfer full) */
char  *tlm_turns_write      (char *const *turns, const char *answer);

G_END_DECLS
