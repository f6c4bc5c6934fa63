/* SPDX-License-Identifier: Apache-2.0 */
/* Backups: whole copies of the database in the folder "backups" beside it, encrypted as it was when
 * they were made, and each checked before it counts. Making one needs the open database and its
 * thread; the other functions know files only, and may be called from any thread. */
#pragma once

#include "vault.h"

G_BEGIN_DECLS

typedef struct _TlmDb TlmDb;

#define TLM_BACKUPS_KEPT       5
#define TLM_BACKUPS_KEPT_BYTES (G_GUINT64_CONSTANT (2) << 30) /* the newest is kept however large */

typedef enum
{
  TLM_BACKUP_NOW,       /* a person asked for it */
  TLM_BACKUP_MIGRATION, /* it is what was there before the schema changed */
  TLM_BACKUP_RESTORE,   /* it is what was there before another backup took its place */
} TlmBackupReason;

typedef struct
{
  char           *path;
  const char     *name;    /* in path */
  gint64          time;    /* seconds since 1970 */
  guint64         size;    /* with its log */
  int             version; /* of the schema; 0: not known, as the file was locked */
  TlmBackupReason reason;
  gboolean        sealed;
} TlmBackup;

void tlm_backup_free (TlmBackup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmBackup, tlm_backup_free)

/* Such as “Before an update of the program”, translated. */
const char *tlm_backup_reason_get_title (TlmBackupReason reason);

/* (transfer full): the TlmBackup of the database at @database, the newest first */
GPtrArray *tlm_backups_list (const char *database);

/* Makes one, checks it, and lets the oldest go that are too many. */
gboolean   tlm_backups_make (TlmDb *db, TlmBackupReason reason, GError **error);

/* Erases all of them, and the damaged files that stand aside: older states in the same form. */
gboolean   tlm_backups_erase (const char *database, GError **error);

/**
 * tlm_backups_restore:
 * @backup: the path of a backup, or of any other database of this program
 * @secret: (nullable): of the encrypted backup; NULL where nobody can be asked
 * @vault: (nullable): that opens it; then @secret is not needed
 * @damaged: the present database is, so that it is no backup
 *
 * Checks the backup and lays a copy of it ready. The next tlm_db_open() puts it in place. A kill at
 * any moment leaves the old database or the restored one.
 */
gboolean   tlm_backups_restore (const char *database, const char *backup, const char *secret,
                                TlmVault *vault, gboolean damaged, GError **error);

/* The same in a thread of its own, for a database that is not open. */
void       tlm_backups_restore_async  (const char *database, const char *backup, const char *secret,
                                       gboolean damaged, GCancellable *c, GAsyncReadyCallback cb,
                                       gpointer data);
gboolean   tlm_backups_restore_finish (GAsyncResult *r, GError **error);

/* Copies the backup to a file of the person's choice, its log to one beside that. */
void       tlm_backups_save_copy_async  (const char *backup, GFile *target, GCancellable *c,
                                         GAsyncReadyCallback cb, gpointer data);
gboolean   tlm_backups_save_copy_finish (GAsyncResult *r, GError **error);

/* Where a database that is to take the present one's place is made, and the step that says that it
 * is whole; while another program has the damaged one open that is TLM_ERROR_STORE_BUSY, and what
 * was made waits for a second try. (transfer full) */
char      *tlm_backups_dup_partial (const char *database);
gboolean   tlm_backups_commit      (const char *database, gboolean damaged, GError **error);

/* For tlm_db_open(), while it is closed: what was laid ready takes its place. The old database,
 * with its log, becomes a backup, or goes to the folder "damaged". What was not finished is erased,
 * and backups of earlier versions of the program move in among the others. When it fails the
 * database may stand aside, and must not be opened: an empty one would come to its place. */
gboolean   tlm_backups_put_in_place (const char *database, GError **error);

/* Returns: whether something was laid ready that is not in its place yet */
gboolean tlm_backups_is_waiting   (const char *database);

/* For who has just laid something ready: where another program holds the database, that is
 * TLM_ERROR_STORE_BUSY, and nothing waits for a later day. */
gboolean tlm_backups_place_now    (const char *database, GError **error);

/* (transfer full): the folder "damaged" beside the database */
char      *tlm_backups_dup_damaged_folder (const char *database);

G_END_DECLS
