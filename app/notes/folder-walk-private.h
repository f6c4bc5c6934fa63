/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that is being looked through: what its chain (folder-walk.c) and finding out what has
 * changed in it (folder-changes.c) share. */
#pragma once

#include "folders-private.h"
#include "notes-private.h"

G_BEGIN_DECLS

/* A file of it. */
typedef struct
{
  char    *path; /* below the folder */
  char    *text; /* NULL: the file is gone */
  char    *sha256;
  gint64   modified, size;
  gint64   note_id, note_updated; /* of its note when it was read last; 0 for a new file */
  gint64   other_id; /* a note that was changed here and no longer follows the file; or 0 */
  gboolean gone;
} TlmFolderEntry;

/* A folder on its way through the chain. */
typedef struct
{
  TlmFolders *self;
  TlmFolder  *item;
  GFile      *folder;
  char       *uri;
  GHashTable *known;   /* path -> TlmFolderEntry; touched by one step at a time */
  GPtrArray  *changes; /* TlmFolderEntry */
  GPtrArray  *inside;  /* paths of the folders in it */
  GPtrArray  *problems;
  guint       n_more;  /* problems that are not in the list */
  guint       at;
  TlmNote    *gone;    /* on its way to the bin */
  TlmNoteFile file;    /* of the present change */
} TlmFolderWalk;

void tlm_folder_entry_free (gpointer data);

/* In folder-walk.c. @sentence: (transfer full) */
void tlm_folder_walk_add_problem (TlmFolderWalk *walk, char *sentence);

/* Of a TlmNoteFile with the walk as data. Fails when the folder is watched no longer. */
gboolean tlm_folder_keep_file (TlmDb *db, const TlmNoteChange *change, gpointer walk, GError **error);

/* Steps whose task has the walk as its data and returns a boolean: what is known of the folder's
 * files (the store's thread), what has changed since (any thread), and that one change was seen to
 * that wrote no note (the store's). */
void tlm_folder_known_job    (gpointer owner, GTask *task);
void tlm_folder_scan_thread  (GTask *task, gpointer source, gpointer data, GCancellable *cancellable);
void tlm_folder_remember_job (gpointer owner, GTask *task);

G_END_DECLS
