/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of two columns, as spreadsheets and databases write and copy them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * tlm_example_table_read:
 * @text: its lines end with line feeds
 * @separators: that may stand between cells: the one that makes two columns of the most rows is
 * taken, of equals the first
 *
 * A cell in quotes (RFC 4180) may hold separators and lines. Quotes that do not close where a cell
 * may end are part of the text. Empty rows are left out, and empty cells behind the second.
 *
 * Returns: (transfer full) (nullable): the cells, [2 rows]; NULL with @error, which names the line
 */
char **tlm_example_table_read (const char *text, const char *separators, GError **error);

/* FALSE, with the error that @line of a file is wrong, and why. */
gboolean tlm_example_fail_line (GError **error, gsize line, const char *why);

G_END_DECLS
