/* SPDX-License-Identifier: Apache-2.0 */
/* Which model was it? The SHA-256 of its file. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * tlm_model_hash:
 *
 * Reads the whole file, unless its path, size and time of change are those of an earlier call.
 * Thread-safe; blocks.
 *
 * Returns: (transfer full) (nullable): 64 hexadecimal digits
 */
char *tlm_model_hash (const char *path, GError **error);

G_END_DECLS
