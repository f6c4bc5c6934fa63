/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: parsing their options and complaining in one voice. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Messages in the person's language; numbers of the command line stay C's. */
void tlm_cli_set_up_locale (void);

/**
 * tlm_cli_parse:
 * @usage: what follows the options in the usage line, e.g. "FILE… | -"
 * @summary: what the command does, in one sentence
 *
 * Parses and removes the options; "--help" prints and exits the command with 0.
 * Returns: -1 to go on, else the exit status
 */
int tlm_cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
                   const char *summary);

/* "tinylm-cli: …" on standard error. Returns: 1, the exit status */
int tlm_cli_fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* "128,512" to numbers. Returns: NULL when it is no such list. */
GArray *tlm_cli_parse_numbers (const char *list); /* of guint */

/* Numbers on the command line are C's, whatever the locale. FALSE when @text is none. */
gboolean tlm_cli_parse_float (const char *text, double min, double max, float *value);
gboolean tlm_cli_parse_seed  (const char *text, guint64 *value);

G_END_DECLS
