/* SPDX-License-Identifier: Apache-2.0 */
/* Labelled data for the evaluations: a JSON object a line. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Returns: FALSE when @object is not what the file is to hold */
typedef gboolean (*TlmJsonLineFunc) (JsonObject *object, gpointer data);

/**
 * tlm_json_lines_read:
 * @func: gets the object of each line that is not empty
 * @wrong: (out): the number of the line that ended the reading, because it is no object or @func says so;
 * else 0
 *
 * Returns: FALSE with @wrong, whose sentence is the caller's, or with @error for a file that cannot be read
 */
gboolean tlm_json_lines_read (const char *path, TlmJsonLineFunc func, gpointer data, gsize *wrong,
                              GError **error);

G_END_DECLS
