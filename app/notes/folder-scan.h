/* SPDX-License-Identifier: Apache-2.0 */
/* Which files below a folder are notes: the names that this program reads, in the order of their
 * paths. Hidden files and folders (.obsidian, .git, .trash) are passed over and links not followed;
 * pictures and other attachments are counted. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char  *path;     /* below the folder, as the file system spells it */
  gint64 modified; /* microseconds since 1970 */
  gint64 size;
} TlmFolderFile;

typedef struct
{
  GArray    *files;   /* of TlmFolderFile */
  GPtrArray *folders; /* paths of those inside, which may be empty */
  GPtrArray *closed;  /* paths of those that cannot be listed */
  guint      n_others; /* files that are no notes */
} TlmFolderScan;

/**
 * tlm_folder_scan_new:
 *
 * Blocks; nothing is opened. One that nests or holds too much is an error. Returns: (transfer full) (nullable)
 */
TlmFolderScan *tlm_folder_scan_new  (GFile *folder, GCancellable *cancellable, GError **error);
void           tlm_folder_scan_free (TlmFolderScan *scan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmFolderScan, tlm_folder_scan_free)

G_END_DECLS
