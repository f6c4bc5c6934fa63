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

/* $XDG_DATA_HOME/tinylm/tinylm.db. (transfer full) */
char *tlm_paths_dup_database (void);

/* $XDG_DATA_HOME/tinylm/models, where copies of added models lie. (transfer full) */
char *tlm_paths_dup_models (void);

/* A model's file by the name on the command line: "meeny" is the one that the program brings,
 * anything with a folder or an ending the file itself. (transfer full) */
char *tlm_paths_dup_model (const char *name);

G_END_DECLS
