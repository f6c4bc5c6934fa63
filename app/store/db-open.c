/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the database: the folder and the file with modes that keep other users out, then the
 * settings of each connection. */
#include "backups.h"
#include "db-private.h"
#include "erase.h"
#include "core/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
tlm_db_fail_errno (int         errnum,
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

/* Whatever made them readable to others (a restored backup, a careless copy) is undone. */
static void
close_to_others (const char *path,
                 mode_t      type)
{
  struct stat info;

  if (lstat (path, &info) == 0 && (info.st_mode & S_IFMT) == type && info.st_uid == geteuid ()
      && (info.st_mode & 077) != 0)
    (void) g_chmod (path, (int) (info.st_mode & 0700));
}

/* A folder with the sticky bit, such as /tmp, is made for all. */
gboolean
tlm_db_make_folder (const char *path,
                    GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) dir = NULL;
  const char      *name;
  struct stat      info;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return tlm_db_fail_errno (errno, folder, error);
  if (stat (folder, &info) != 0 || (info.st_mode & S_ISVTX) != 0)
    return TRUE;
  close_to_others (folder, S_IFDIR);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (folder, name, NULL);

      close_to_others (child, S_IFREG);
    }
  return TRUE;
}

/* SQLite gives the -wal and -shm files the mode of the database, so it is enough to make that one
 * before SQLite does. */
gboolean
tlm_db_make_file (const char *path,
                  GError    **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return tlm_db_fail_errno (errno, path, error);
  close (fd);
  return TRUE;
}

/* Whoever has the database open, encrypted or not, holds SQLite's shared lock on these bytes of the
 * file (https://sqlite.org/src/file/src/os.h, SHARED_FIRST and SHARED_SIZE). */
gboolean
tlm_db_is_in_use (const char *database)
{
  struct flock lock = {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510
  };
  int          fd = g_open (database, O_RDWR | O_CLOEXEC, 0);
  gboolean     used = fd >= 0 && fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

  if (fd >= 0)
    close (fd);
  return used;
}

/* FULL: a commit that returned is on the disk, also after a power cut; a note is saved a few
 * times a minute, so the price does not matter. What is deleted is overwritten with zeros. */
static gboolean
configure (TlmDb   *db,
           GError **error)
{
  sqlite3_busy_timeout (db->handle, TLM_DB_BUSY_MS);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return tlm_db_add_rank (db, error) && tlm_db_add_scan (db, error)
         && tlm_db_exec (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                             "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                             "PRAGMA secure_delete = ON;", error);
}

static gboolean
connect_to (TlmDb      *db,
            const char *path,
            GError    **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2 (path != NULL ? path : ":memory:", &db->handle, flags,
                              path != NULL ? tlm_db_get_vfs (db) : NULL);

  if (code == SQLITE_OK && path != NULL && sqlite3_db_readonly (db->handle, "main") == 1)
    code = SQLITE_READONLY;
  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}

/* What is not encrypted, or not there, needs no vault. */
static gboolean
match_vault (TlmDb      *db,
             const char *path,
             GError    **error)
{
  if (path == NULL || !tlm_vault_is_sealed (path))
    tlm_db_set_vault (db, NULL);
  else if (db->vault == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                           _("This assistant is locked. Its passphrase or its recovery code opens "
                             "it."));
      return FALSE;
    }
  return TRUE;
}

/* What is open in WAL mode cannot be brought out of it by others, so a rollback journal beside it is
 * spent: a kill left it, with pages of what was there. */
static void
erase_spent_journal (TlmDb *db)
{
  g_autofree char *journal = NULL;
  sqlite3_stmt    *row;

  if (db->path == NULL)
    return;
  journal = g_strconcat (db->path, "-journal", NULL);
  row = tlm_db_query (db, NULL, "PRAGMA journal_mode", "");
  if (row != NULL && tlm_db_step (db, row, NULL) > 0)
    {
      if (g_str_equal (tlm_db_column_text (row, 0), "wal"))
        tlm_erase_file (journal, NULL);
      sqlite3_reset (row);
    }
}

gboolean
tlm_db_open (TlmDb      *db,
             const char *path,
             GError    **error)
{
  tlm_db_close (db);
  return (path == NULL || tlm_backups_put_in_place (path, error))
         && tlm_db_reopen (db, path, error);
}

/* Nobody gives the name to another file meanwhile; afterwards SQLite's lock says that it is in use. */
static gboolean
enter (const char *path,
       int        *lock,
       GError    **error)
{
  *lock = -1;
  return path == NULL
         || (tlm_db_make_folder (path, error)
             && tlm_db_lock (path, TLM_LOCK_PLACE, FALSE, TLM_DB_BUSY_MS, lock, error));
}

/* What a conversion left is erased also where nobody has the key. */
static gboolean
open_entered (TlmDb      *db,
              const char *path,
              GError    **error)
{
  if (path != NULL)
    tlm_db_clean_up (path);
  if (!match_vault (db, path, error) || (path != NULL && !tlm_db_make_file (path, error)))
    return FALSE;
  db->path = g_strdup (path);
  return connect_to (db, path, error) && configure (db, error);
}

gboolean
tlm_db_reopen (TlmDb      *db,
               const char *path,
               GError    **error)
{
  int      lock;
  gboolean done;

  tlm_db_close (db);
  if (!enter (path, &lock, error))
    return FALSE;
  done = open_entered (db, path, error);
  tlm_db_unlock (lock);
  if (done && tlm_db_migrate (db, error))
    {
      for (gsize i = 0; i < TLM_N_WORDS; i++)
        db->forgetting[i] = TRUE; /* what a kill left */
      erase_spent_journal (db);
      tlm_db_take_for_upkeep (db, 0);
      return TRUE;
    }
  tlm_db_close (db);
  return FALSE;
}

/* immutable: without the -shm file beside it, which cannot be made on a read-only disk, a database
 * is read as it stands. */
static sqlite3 *
open_source (const char *path,
             const char *mode,
             const char *vfs)
{
  g_autofree char *file = g_filename_to_uri (path, NULL, NULL);
  g_autofree char *uri = g_strdup_printf ("%s?%s", file, mode);
  int              flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  sqlite3         *source = NULL;

  if (file != NULL && sqlite3_open_v2 (uri, &source, flags, vfs) == SQLITE_OK
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
  sqlite3 *source = open_source (path, "mode=ro", tlm_db_get_vfs (db));
  int      code;

  if (source == NULL)
    source = open_source (path, "immutable=1", tlm_db_get_vfs (db));
  if (source == NULL)
    return tlm_db_fail (db, SQLITE_CANTOPEN, error);
  code = tlm_db_copy_pages (source, db->handle);
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
    {
      tlm_db_take_for_upkeep (db, 0);
      return TRUE;
    }
  tlm_db_close (db);
  return FALSE;
}
