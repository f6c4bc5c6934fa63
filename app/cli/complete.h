/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli complete WORD…`: what may stand in place of the last word, for the completion of shells
 * (data/completions). A line is a candidate, a TAB and what it means; or, behind a TAB, "folders" or
 * "files" and perhaps the ending that they have. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of the answer. @meaning: (nullable) */
void tlm_cli_complete_print (const char *candidate, const char *meaning);

/* @words: of the command line, the command first; they stay the caller's. From here on tlm_cli_parse()
 * answers in place of parsing. Returns: whether the second word belongs to the command's name, as in
 * "train lm" */
gboolean tlm_cli_complete_begin (int n_words, char **words);

/* TRUE when this was a call to complete, which is answered now. @usage: untranslated */
gboolean tlm_cli_complete_answer (const GOptionEntry *entries, const char *usage);

G_END_DECLS
