/* SPDX-License-Identifier: Apache-2.0 */
/* The one GError domain of the services. Each message is a whole translated sentence that says what
 * happened and, where a person can act, what to do. */
#pragma once

#include <gio/gio.h>

#include "base/error.h"

G_BEGIN_DECLS

#define TLM_ERROR (tlm_error_quark ())
GQuark tlm_error_quark (void);

typedef enum
{
  TLM_ERROR_FAILED,
  TLM_ERROR_EMPTY,     /* there is no text to work on */
  TLM_ERROR_BINARY,    /* the bytes are no text */
  TLM_ERROR_ENCODING,  /* text, but not in UTF-8 */
  TLM_ERROR_TOO_LARGE,
  TLM_ERROR_MODEL,     /* a model is missing, damaged or not supported */
  TLM_ERROR_NOT_FOUND, /* a note or chat that is no longer there */
  TLM_ERROR_STORE,     /* the database, for a reason that is none of these: */
  TLM_ERROR_STORE_CLOSED,
  TLM_ERROR_STORE_NEWER,
  TLM_ERROR_STORE_DAMAGED,
  TLM_ERROR_STORE_READ_ONLY,
  TLM_ERROR_STORE_FULL,
  TLM_ERROR_STORE_BUSY,
  TLM_ERROR_STORE_LOCKED, /* encrypted, and nobody has given the passphrase yet */
  TLM_ERROR_PASSPHRASE,   /* a wrong one, or one that is too short */
  TLM_ERROR_LICENSE,   /* a license key, or a list of withdrawn ones, that is refused */
} TlmError;

/* Turns an error of the engine into a GError; a cancelled call into G_IO_ERROR_CANCELLED.
 * Returns: always FALSE, so that a failing function can end with it. */
gboolean tlm_error_from_engine (GError **error, const tl_error *engine_error);

/* The same, for a model that did not open: the sentence names the file @path. */
gboolean tlm_error_from_model  (GError **error, const char *path, const tl_error *engine_error);

/* Returns: whether the database that is there cannot be used, and neither waiting nor a passphrase
 * mends it: it is newer than the program, or damaged. @error: (nullable) */
gboolean tlm_error_is_trouble (const GError *error);

G_END_DECLS
