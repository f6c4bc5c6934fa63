/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of backups share: their folder and their names. */
#pragma once

#include "backups.h"
#include "db-private.h"

G_BEGIN_DECLS

/* (transfer full): the folder @name beside the database */
char  *tlm_backups_dup_folder       (const char *database, const char *name);

gint64 tlm_backups_find_next_second (const char *folder);
char  *tlm_backups_dup_path         (const char *folder, gint64 seconds, int version,
                                     TlmBackupReason reason);

/* In backups-old.c: what earlier versions kept beside the database joins the backups. */
gboolean tlm_backups_take_in_old    (const char *database, GError **error);

/* Of a database that was not closed well, its log or its rollback journal lies beside it: whether
 * one does; all bytes together; and moving them from beside @database to beside @path. */
gboolean tlm_backups_has_log   (const char *path);
guint64  tlm_backups_get_size  (const char *path);
gboolean tlm_backups_move_logs (const char *database, const char *path, GError **error);

/* Erases those that are too many. */
void   tlm_backups_let_go           (const char *database);

G_END_DECLS
