/* SPDX-License-Identifier: Apache-2.0 */
/* Folders whose files are kept as notes: looked through at the start and a moment after a change in
 * them, one file at a time, by one program at a time. A file is only read. Its note follows it, and goes
 * to the bin with it; a note that was changed here is left alone, and the file's new text becomes another
 * note. Main thread. */
#pragma once

#include <gio/gio.h>

#include "folder.h"
#include "notes.h"

G_BEGIN_DECLS

#define TLM_TYPE_FOLDERS (tlm_folders_get_type ())
G_DECLARE_FINAL_TYPE (TlmFolders, tlm_folders, TLM, FOLDERS, GObject)

/* Properties: busy (boolean): files are being read. Signals: failed (string): why what was asked for was
 * not done; gone (TlmNote): it went to the bin with its file. */
TlmFolders *tlm_folders_new      (TlmStore *store, TlmNotes *notes);
GListModel *tlm_folders_get_list (TlmFolders *self); /* (transfer none): of TlmFolder */
gboolean    tlm_folders_get_busy (TlmFolders *self);
GStrv       tlm_folders_dup_paths (TlmFolders *self); /* of all, also of paused ones */

/* The same of a store that nobody looks through folders for. */
void        tlm_folders_read_paths_async  (TlmStore *store, GCancellable *c, GAsyncReadyCallback cb,
                                           gpointer data);
GStrv       tlm_folders_read_paths_finish (TlmStore *store, GAsyncResult *r, GError **error);

/* Once the notes are loaded: reads which folders there are, and looks through them. */
void        tlm_folders_start    (TlmFolders *self);
/* Reads it again, as another program may have changed it, and looks through what came to it. */
void        tlm_folders_reload   (TlmFolders *self);

/* Refused when it lies inside of one that is watched, or around it: its notes would be there twice. */
void        tlm_folders_add        (TlmFolders *self, GFile *folder);

/* All notes of the folder stay, and follow its files no more. Should it be watched again, each file
 * becomes a new note: a file is never given a note that it did not make, and which would be lost with it. */
void        tlm_folders_remove     (TlmFolders *self, TlmFolder *folder);
void        tlm_folders_set_paused (TlmFolders *self, TlmFolder *folder, gboolean paused);

G_END_DECLS
