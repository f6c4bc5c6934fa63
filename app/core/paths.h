/* SPDX-License-Identifier: Apache-2.0 */
/* Where things lie: the data that the program brings, and the folder where it keeps what is the
 * person's. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * tlm_paths_dup_data:
 * @name: e.g. "models/eeny.gguf" or "samples/meeting.md"
 *
 * In the folder that TINYLM_DATA_DIR names; else, for a program that runs from its build folder, in
 * the source tree; else where it was installed. (transfer full): whether or not it exists
 */
char *tlm_paths_dup_data (const char *name);

/* Of the help, as built or installed; @language: as "pt_BR", @page: without ".page". (transfer full) */
char *tlm_paths_dup_help (const char *language, const char *page);

/* $XDG_DATA_HOME/tinylm/tinylm.db. (transfer full) */
char *tlm_paths_dup_database (void);

/* $XDG_DATA_HOME/tinylm/models, where copies of added models lie. (transfer full) */
char *tlm_paths_dup_models (void);

G_END_DECLS
