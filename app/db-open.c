/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the database: the folder and the file with modes that keep other users out, then the
 * settings of each connection. */
#include "db-private.h"
#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another instance may hold the write lock while it commits; 5 s is far beyond any job of ours. */
#define BUSY_TIMEOUT_MS 5000

static gboolean
fail_errno (int         errnum,
            const char *path,
            GError    **error)
{
  gboolean          full = errnum == ENOSPC || errnum == EDQUOT;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, TLM_ERROR, full ? TLM_ERROR_STORE_FULL : TLM_ERROR_STORE_READ_ONLY,
               /* Translators: the first %s is a path, the second the system's reason */
               _("“%s” cannot be written (%s), so nothing can be saved there."), name,
               g_strerror (errnum));
  return FALSE;
}

static gboolean
make_folder (const char *path,
             GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  return fail_errno (errno, folder, error);
}

/* SQLite gives the -wal and -shm files the mode of the database, so it is enough to make that one
 * before SQLite does. */
static gboolean
make_file (const char *path,
           GError    **error)
{
  int         fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat info;

  if (fd < 0)
    return fail_errno (errno, path, error);
  if (fstat (fd, &info) == 0 && (info.st_mode & 077) != 0)
    (void) fchmod (fd, 0600);
  close (fd);
  return TRUE;
}

/* FULL: a commit that returned is on the disk, also after a power cut; a note is saved a few
 * times a minute, so the price does not matter. */
static gboolean
configure (TlmDb   *db,
           GError **error)
{
  sqlite3_busy_timeout (db->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return tlm_db_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;", error);
}

static gboolean
connect_to (TlmDb      *db,
            const char *path,
            GError    **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2 (path != NULL ? path : ":memory:", &db->handle, flags, NULL);

  if (code == SQLITE_OK && path != NULL && sqlite3_db_readonly (db->handle, "main") == 1)
    code = SQLITE_READONLY;
  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}

gboolean
tlm_db_open (TlmDb      *db,
             const char *path,
             GError    **error)
{
  tlm_db_close (db);
  if (path != NULL && !(make_folder (path, error) && make_file (path, error)))
    return FALSE;
  db->path = g_strdup (path);
  if (connect_to (db, path, error) && configure (db, error) && tlm_db_migrate (db, error))
    return TRUE;
  tlm_db_close (db);
  return FALSE;
}

/* immutable: without the -shm file beside it, which cannot be made on a read-only disk, a database
 * is read as it stands. */
static sqlite3 *
open_source (const char *path,
             const char *mode)
{
  g_autofree char *file = g_filename_to_uri (path, NULL, NULL);
  g_autofree char *uri = g_strdup_printf ("%s?%s", file, mode);
  int              flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  sqlite3         *source = NULL;

  if (file != NULL && sqlite3_open_v2 (uri, &source, flags, NULL) == SQLITE_OK
      && sqlite3_exec (source, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK)
    return source;
  sqlite3_close (source);
  return NULL;
}

static gboolean
copy_from (TlmDb      *db,
           const char *path,
           GError    **error)
{
  sqlite3        *source = open_source (path, "mode=ro");
  sqlite3_backup *backup;
  int             code;

  if (source == NULL)
    source = open_source (path, "immutable=1");
  if (source == NULL)
    return tlm_db_fail (db, SQLITE_CANTOPEN, error);
  backup = sqlite3_backup_init (db->handle, "main", source, "main");
  if (backup != NULL)
    sqlite3_backup_step (backup, -1);
  code = sqlite3_backup_finish (backup);
  sqlite3_close (source);
  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}

gboolean
tlm_db_open_copy (TlmDb      *db,
                  const char *path,
                  GError    **error)
{
  tlm_db_close (db);
  if (connect_to (db, NULL, error) && copy_from (db, path, error) && configure (db, error)
      && tlm_db_migrate (db, error))
    return TRUE;
  tlm_db_close (db);
  return FALSE;
}
