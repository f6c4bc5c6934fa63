/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of watched folders (folders.c) and the looking through one of them (folder-walk.c) know
 * of each other. */
#pragma once

#include "folders.h"

G_BEGIN_DECLS

struct _TlmFolders
{
  GObject       parent_instance;
  TlmStore     *store;
  TlmNotes     *notes;
  GListStore   *list;     /* TlmFolder */
  GQueue        waiting;  /* TlmFolder: to be looked through */
  GHashTable   *monitors; /* URI of a folder or one inside it -> GFileMonitor */
  GCancellable *cancellable;
  guint         settle;
  gboolean      busy;
  char         *lock_path; /* NULL but while busy, and where the store has no path */
  int           lock;      /* of tlm_file_lock() */
};

/* folders.c. FALSE: changes in @folder will go unnoticed */
gboolean tlm_folders_watch        (TlmFolders *self, GFile *folder);
/* folders.c: one folder was looked through. */
void     tlm_folders_end_walk     (TlmFolders *self);
/* folder-walk.c: ends in tlm_folders_end_walk(). */
void     tlm_folders_look_through (TlmFolders *self, TlmFolder *folder);

G_END_DECLS
