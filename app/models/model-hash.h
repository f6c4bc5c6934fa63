/* SPDX-License-Identifier: Apache-2.0 */
/* Which model was it? The SHA-256 of its file. */
#pragma once

#include <gio/gio.h>

#include "base/error.h"

G_BEGIN_DECLS

/**
 * tlm_model_hash:
 *
 * Reads the whole file, unless its path, number, size and time of change are those of an
 * earlier call.
 * Thread-safe; blocks.
 *
 * Returns: (transfer full) (nullable): 64 hexadecimal digits
 */
char *tlm_model_hash (const char *path, GError **error);

/* As it, for a file that may be large. @cancel: (nullable): polled each megabyte; stopped, it fails
 * with G_IO_ERROR_CANCELLED */
char *tlm_model_hash_until (const char *path, tl_cancel_func cancel, gpointer cancel_data,
                            GError **error);

/* Reads @path anew the next time that it is asked for. Thread-safe. */
void tlm_model_hash_forget (const char *path);

/* What tells a file from another, and from itself when it has changed. (transfer full) (nullable): NULL when it
 * is not there */
char *tlm_model_dup_stamp (const char *path);

/* From now on the file at @path is to be the one with this digest; NULL: any. Thread-safe. */
void tlm_model_hash_expect (const char *path, const char *sha256);

/**
 * tlm_model_hash_check:
 * @cancel: (nullable): as of tlm_model_hash_until()
 *
 * Thread-safe; blocks.
 *
 * Returns: FALSE with a sentence when the file is another than tlm_model_hash_expect() was told, or
 *     cannot be read
 */
gboolean tlm_model_hash_check (const char *path, tl_cancel_func cancel, gpointer cancel_data,
                               GError **error);

G_END_DECLS
