/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a record, and what is said when one is wrong. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Sets @error: the record is wrong. Returns: always FALSE */
gboolean    tlm_batch_refuse       (GError **error, const char *sentence);

/* What can be read as text, in a member that must be there. (nullable) */
const char *tlm_batch_read_string  (JsonObject *record, const char *name, GError **error);

/* Whether @line has JSON's \u0000, which would end a text early. */
gboolean    tlm_batch_has_nul      (const char *line);

/* The member "id" of an answer, as @record, (nullable), read from @line, has it; a number alone keeps its own
 * figures, however many. FALSE for what cannot be said again the same: null stands there then. */
gboolean    tlm_batch_append_id    (GString *out, const char *line, JsonObject *record,
                                    GError **error);

/* The member "error" of an answer, into an open object. */
void        tlm_batch_append_error (GString *out, const GError *error);

G_END_DECLS
