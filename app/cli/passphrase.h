/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the database from a command, with the passphrase when it is locked. */
#pragma once

#include "db.h"

G_BEGIN_DECLS

/**
 * tlm_cli_open_db:
 * @fd: from which the passphrase is read, up to the end of the line; -1: from the terminal
 *
 * Opens the person's own database. Having none is an error.
 */
gboolean tlm_cli_open_db (TlmDb *db, int fd, GError **error);

G_END_DECLS
