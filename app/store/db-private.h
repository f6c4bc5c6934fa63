/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of TlmDb share. */
#pragma once

#include "db.h"

/* Another instance may hold the write lock while it commits; 5 s is far beyond any job of ours. */
#define TLM_DB_BUSY_MS 5000

struct _TlmDb
{
  sqlite3    *handle;
  char       *path;       /* NULL: in memory */
  GHashTable *statements; /* SQL literal -> sqlite3_stmt */
  TlmVault   *vault;      /* NULL: the file is not encrypted */
  gboolean    forgetting[TLM_N_WORDS];
  gboolean    merged[TLM_N_WORDS]; /* some of it, meanwhile */
  int         n_indexed;  /* rows that db-signs.c wrote */
  int         n_upkeep;   /* of the others, those that are nobody's work */
};

typedef enum
{
  TLM_LOCK_PLACE,     /* shared: to open the database; alone: to change its header, or the file itself */
  TLM_LOCK_RESTORING, /* alone: to make what is to take its place */
  TLM_LOCK_BACKUP,    /* alone: to make a backup */
  TLM_LOCK_ALL,       /* alone: to erase everything; it is all of the above */
} TlmLock;

/* In db-lock.c. @wait_ms: for others to let go; for who erases everything a minute at least, and
 * the folder that goes with it is made again. @lock: (out): for tlm_db_unlock(); -1 where no lock
 * can be had, as on a disk that may not be written or that knows none: as before there were any,
 * SQLite's alone keep programs apart. Returns: FALSE with TLM_ERROR_STORE_BUSY when somebody else
 * holds it */
gboolean tlm_db_lock   (const char *database, TlmLock purpose, gboolean alone, guint wait_ms,
                        int *lock, GError **error);
void     tlm_db_unlock (int lock); /* or -1 */

/* In vault-convert.c: erases what a conversion that was killed left beside @path. */
void tlm_db_clean_up (const char *path);

/* In db-open.c: as tlm_db_open(), but what was laid ready to take the database's place waits on: the
 * program works with the present one, and was closed for a moment only. */
gboolean tlm_db_reopen (TlmDb *db, const char *path, GError **error);

/* In db-open.c: TLM_ERROR_STORE_FULL or TLM_ERROR_STORE_READ_ONLY. Returns: always FALSE */
gboolean tlm_db_fail_errno (int errnum, const char *path, GError **error);

/* In db-open.c. Makes the folder of the file @path, 0700, and keeps others out of what is in it; makes
 * the file, 0600. */
gboolean tlm_db_make_folder (const char *path, GError **error);
gboolean tlm_db_make_file   (const char *path, GError **error);

/* In db.c: around what may let SQLite take the log away, which it does without overwriting what is
 * readable in it; then that is done. Returns: a descriptor; -1 where nothing is */
int  tlm_db_hold_log      (TlmDb *db);
void tlm_db_let_go_of_log (int log);

/* In db-copy.c. Beside @path there is room for @n_bytes more; if not, TLM_ERROR_STORE_FULL. */
gboolean tlm_db_check_room (const char *path, guint64 n_bytes, GError **error);

/* In db-copy.c: writes all of @db into the empty file @target and reads it again. @vault:
 * (nullable): with which the copy is encrypted */
gboolean tlm_db_copy_to (TlmDb *db, const char *target, TlmVault *vault, GError **error);

/* In db-copy.c: all of @source into @target, as it is now. Returns: SQLite's code */
int tlm_db_copy_pages (sqlite3 *source, sqlite3 *target);

/* In db-copy.c. Returns: whether every page and index is as it should be */
gboolean tlm_db_is_whole (sqlite3 *handle);

/* In db-copy.c. What is there stays there, also after a power cut. FALSE with errno. */
gboolean tlm_db_sync        (const char *path);
void     tlm_db_sync_folder (const char *path); /* in which @path lies */

/* In db-rank.c: lets queries of the full-text indices use closeness (). */
gboolean tlm_db_add_rank (TlmDb *db, GError **error);

/* In db-scan.c: lets queries use holds () and excerpt (). */
gboolean tlm_db_add_scan (TlmDb *db, GError **error);

/* In db-levels.c, when nothing is left to be merged: makes an index anew that remembers what was deleted, or
 * is near to what FTS5 can hold. @merged: whether anything was, since the last time; @at_the_end: only a
 * small one, as the program ends. What cannot be written now is left to the next start. */
void tlm_db_mend_levels (TlmDb *db, TlmWords words, gboolean merged, gboolean at_the_end);

/* In db-signs.c, in a transaction: what changed of @words goes into the index of signs, one text at
 * least and none begun after @end. Returns: 1 when there may be more, 0 when nothing is due, -1
 * when that failed */
int tlm_db_index_due (TlmDb *db, TlmWords words, gint64 end);

/* In db-migrate.c: from where it stands to @version, and to the newest one; no backup is made. */
int      tlm_db_get_newest_version (void);
gboolean tlm_db_migrate_to         (TlmDb *db, int version, GError **error);
