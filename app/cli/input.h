/* SPDX-License-Identifier: Apache-2.0 */
/* The notes that a command is given: files, standard input, folders. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @name: a file, or "-" for standard input; the rest as in tlm_import_read_file(). */
char *tlm_cli_read_input (const char *name, gsize *len, const char **decoded_from, GError **error);

/**
 * tlm_cli_list_inputs:
 * @files: (array length=n_files): taken as they are
 * @folder: (nullable): whose notes come behind them
 * @n_others: (out): files of the folder that are no notes
 *
 * Returns: (transfer full) (element-type filename) (nullable)
 */
GPtrArray *tlm_cli_list_inputs (int n_files, char **files, const char *folder, guint *n_others,
                                GError **error);

G_END_DECLS
