/* SPDX-License-Identifier: Apache-2.0 */
/* Whole copies of the open database, for backups and for conversions, by SQLite's online backup.
 * A copy counts only once it was read again: every page (and with it every authentication tag of an
 * encrypted one), and as many rows in each table as the original had in the same transaction. */
#include "db-private.h"
#include "vault-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/errors.h"

/* Left over for the log of what comes next, such as a migration. */
#define SPARE_BYTES (16 * 1024 * 1024)

/* NULL: SQLite's own. */
static const char *
get_vfs (TlmVault *vault)
{
  return vault != NULL ? tlm_vault_get_vfs (vault) : NULL;
}

/* (transfer full) (nullable): the first column of the rows, a line each; NULL for a failure */
static char *
dup_rows (sqlite3    *handle,
          const char *sql)
{
  GString      *lines = g_string_new (NULL);
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL);

  while (code == SQLITE_OK || code == SQLITE_ROW)
    if ((code = sqlite3_step (statement)) == SQLITE_ROW)
      g_string_append_printf (lines, "%s\n", tlm_db_column_text (statement, 0));
  sqlite3_finalize (statement);
  return g_string_free (lines, code != SQLITE_DONE);
}

/* (transfer full) (nullable): "TABLE: ROWS" a line */
static char *
dup_counts (sqlite3 *handle)
{
  g_autofree char *sql = dup_rows (handle,
    "SELECT 'SELECT ' || quote (name || ': ') || ' || count(*) FROM \"' || name || '\" UNION ALL'"
    " FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  g_autofree char *all = sql != NULL ? g_strconcat (sql, "SELECT 'end'", NULL) : NULL;

  return all != NULL ? dup_rows (handle, all) : NULL;
}

gboolean
tlm_db_is_whole (sqlite3 *handle)
{
  g_autofree char *problems = dup_rows (handle, "PRAGMA integrity_check");

  return g_strcmp0 (problems, "ok\n") == 0;
}

int
tlm_db_copy_pages (sqlite3 *source,
                   sqlite3 *target)
{
  sqlite3_backup *backup = sqlite3_backup_init (target, "main", source, "main");
  int             code;

  if (backup == NULL)
    return sqlite3_errcode (target);
  code = sqlite3_backup_step (backup, -1); /* the end does not tell of a database that was busy */
  sqlite3_backup_finish (backup);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* The mode of the original is copied too; a copy that is to be one file has no log beside it. */
static int
copy_to_file (sqlite3    *source,
              const char *target,
              TlmVault   *vault)
{
  int      flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  sqlite3 *copy = NULL;
  int      code = sqlite3_open_v2 (target, &copy, flags, get_vfs (vault));

  if (code == SQLITE_OK)
    code = sqlite3_exec (copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;", NULL, NULL,
                         NULL);
  if (code == SQLITE_OK)
    code = tlm_db_copy_pages (source, copy);
  if (code == SQLITE_OK)
    code = sqlite3_exec (copy, "SELECT 1 FROM sqlite_schema; PRAGMA journal_mode = DELETE;", NULL,
                         NULL, NULL);
  sqlite3_close (copy);
  return code;
}

/* What cannot be read for another reason is not damaged. */
gboolean
tlm_db_is_damaged (const char *path)
{
  sqlite3 *handle = NULL;
  gboolean damaged;
  int      code;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || tlm_vault_is_sealed (path))
    return FALSE;
  sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READONLY, NULL); /* no checkpoint */
  damaged = !tlm_db_is_whole (handle);
  code = sqlite3_errcode (handle);
  sqlite3_close (handle);
  return damaged && (code == SQLITE_OK || code == SQLITE_CORRUPT || code == SQLITE_NOTADB);
}

/* The header of a vault, which no page needs but the next opening, is compared too. */
static gboolean
check_copy (const char *target,
            TlmVault   *vault,
            const char *counts)
{
  sqlite3         *copy = NULL;
  g_autofree char *copied = NULL;
  gboolean         good;

  good = sqlite3_open_v2 (target, &copy, SQLITE_OPEN_READONLY, get_vfs (vault)) == SQLITE_OK
         && tlm_db_is_whole (copy) && (vault == NULL || tlm_vault_check_header (vault, target));
  copied = good ? dup_counts (copy) : NULL;
  sqlite3_close (copy);
  return copied != NULL && g_strcmp0 (copied, counts) == 0;
}

gboolean
tlm_db_sync (const char *path)
{
  int      fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;
  int      failure = errno;

  if (fd >= 0)
    close (fd);
  errno = failure;
  return done;
}

void
tlm_db_sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  (void) tlm_db_sync (folder);
}

/* A copy that is not as it was written says nothing against the original. Returns: always FALSE */
static gboolean
fail_copy (TlmDb   *db,
           int      code,
           GError **error)
{
  gboolean damaged = (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;

  return tlm_db_fail (db, damaged && tlm_db_is_whole (db->handle) ? SQLITE_IOERR : code, error);
}

gboolean
tlm_db_copy_to (TlmDb      *db,
                const char *target,
                TlmVault   *vault,
                GError    **error)
{
  g_autofree char *counts = NULL;
  gboolean         good = tlm_db_exec (db, "BEGIN", error);
  int              code;

  if (!good)
    return FALSE;
  counts = dup_counts (db->handle);
  code = counts != NULL ? copy_to_file (db->handle, target, vault) : sqlite3_errcode (db->handle);
  tlm_db_rollback (db);
  if (code == SQLITE_OK && !check_copy (target, vault, counts))
    code = SQLITE_CORRUPT;
  if (code != SQLITE_OK)
    return fail_copy (db, code, error);
  return tlm_db_sync (target) || tlm_db_fail (db, SQLITE_IOERR, error);
}

gboolean
tlm_db_check_room (const char *path,
                   guint64     n_bytes,
                   GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *needed = g_format_size (n_bytes + SPARE_BYTES);
  g_autofree char *there = NULL;
  struct statvfs   info;

  if (statvfs (folder, &info) != 0
      || (guint64) info.f_bavail * info.f_frsize >= n_bytes + SPARE_BYTES)
    return TRUE;
  there = g_format_size ((guint64) info.f_bavail * info.f_frsize);
  g_set_error (error, TLM_ERROR, TLM_ERROR_STORE_FULL,
               /* Translators: both %s are sizes, such as “12.4 MB” */
               _("A safe copy of your data needs %s of free space, and the disk has %s. Nothing "
                 "was changed; make some room and try again."), needed, there);
  return FALSE;
}
