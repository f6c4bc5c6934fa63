/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that is watched. Properties: paused (boolean), problem (string): what went wrong when it was
 * looked through last and what to do, a sentence or more on each line; NULL when all is well. Main
 * thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TLM_TYPE_FOLDER (tlm_folder_get_type ())
G_DECLARE_FINAL_TYPE (TlmFolder, tlm_folder, TLM, FOLDER, GObject)

TlmFolder  *tlm_folder_new         (GFile *file, gboolean paused);
GFile      *tlm_folder_get_file    (TlmFolder *self); /* (transfer none) */
gboolean    tlm_folder_get_paused  (TlmFolder *self);
const char *tlm_folder_get_problem (TlmFolder *self); /* (nullable) */

/* For TlmFolders alone. */
void        tlm_folder_set_paused  (TlmFolder *self, gboolean paused);
void        tlm_folder_set_problem (TlmFolder *self, const char *problem);

G_END_DECLS
