/* SPDX-License-Identifier: Apache-2.0 */
/* The passphrase of a locked store, and opening the database with it, for commands. */
#pragma once

#include "store/db.h"

G_BEGIN_DECLS

/**
 * tlm_cli_read_secret:
 * @fd: from which it is read, up to the end of the line; -1: from the terminal, unseen
 *
 * Returns: (transfer full) (nullable): passphrase or recovery code, for tlm_secret_free()
 */
char    *tlm_cli_read_secret (int fd, GError **error);

/**
 * tlm_cli_open_db:
 * @fd: as for tlm_cli_read_secret()
 *
 * Opens the person's own database. Having none is an error.
 */
gboolean tlm_cli_open_db     (TlmDb *db, int fd, GError **error);

G_END_DECLS
