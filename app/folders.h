/* SPDX-License-Identifier: Apache-2.0 */
/* Folders whose files are kept as notes: looked through at the start and a moment after a change in
 * them, one file at a time. A file is only read. Its note follows it, and goes to the bin with it; a note
 * that was changed here is left alone, and the file's new text becomes another note. Main thread. */
#pragma once

#include <gio/gio.h>

#include "notes.h"

G_BEGIN_DECLS

#define TLM_TYPE_FOLDERS (tlm_folders_get_type ())
G_DECLARE_FINAL_TYPE (TlmFolders, tlm_folders, TLM, FOLDERS, GObject)

/* Properties: busy (boolean): files are being read. */
TlmFolders *tlm_folders_new      (TlmStore *store, TlmNotes *notes);
GListModel *tlm_folders_get_list (TlmFolders *self); /* (transfer none): of GFile */
gboolean    tlm_folders_get_busy (TlmFolders *self);

/* Once the notes are loaded: reads which folders there are, and looks through them. */
void        tlm_folders_start    (TlmFolders *self);

/* The notes of a folder that is watched no longer stay. */
void        tlm_folders_add      (TlmFolders *self, GFile *folder);
void        tlm_folders_remove   (TlmFolders *self, GFile *folder);

G_END_DECLS
