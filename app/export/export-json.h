/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the database as JSON, a row a line. */
#pragma once

#include "store/db.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The columns under their names; those that are named in @times (of microseconds) as ISO 8601.
 * (transfer full) */
JsonObject *tlm_export_object (sqlite3_stmt *row, const char *const *times);

/* @object: (transfer full) */
void tlm_export_append_line (GString *lines, JsonObject *object);

/* Of notes, chats and messages. */
extern const char *const tlm_export_times[];

G_END_DECLS
