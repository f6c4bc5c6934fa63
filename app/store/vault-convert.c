/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypting a database, and the way back. The whole database is copied page by page into a new
 * file, which is read again and checked; then the two files change places in one step of the file
 * system and the old one is overwritten. So the name of the database always leads to a whole one,
 * and DATABASE.converting to nothing, to an unfinished copy or to the old file: in any case to what
 * may be erased, which the next opening does. */
#include "backups.h"
#include "db-private.h"
#include "vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "erase.h"
#include "core/errors.h"

static char *
dup_converting_path (const char *path)
{
  return g_strconcat (path, ".converting", NULL);
}

/* The lock of a conversion that goes on in another process says that the file is not left over. */
void
tlm_db_clean_up (const char *path)
{
  g_autofree char *left_over = dup_converting_path (path);
  int              fd = g_open (left_over, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);

  if (fd < 0)
    return;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    tlm_erase_file (left_over, NULL);
  close (fd);
}

static gboolean
is_text (sqlite3    *handle,
         const char *sql,
         const char *expected)
{
  sqlite3_stmt *statement = NULL;
  gboolean      same = FALSE;

  if (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    same = g_str_equal (tlm_db_column_text (statement, 0), expected);
  sqlite3_finalize (statement);
  return same;
}

/* Out of WAL mode, which fails while anybody else has the database open, there is one file alone;
 * and it stays locked until it is closed. */
static gboolean
take_alone (TlmDb   *db,
            GError **error)
{
  int      log = tlm_db_hold_log (db);
  gboolean alone = is_text (db->handle, "PRAGMA journal_mode = DELETE", "delete");

  tlm_db_let_go_of_log (log);
  if (!alone)
    return tlm_db_fail (db, SQLITE_BUSY, error);
  return tlm_db_exec (db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;", error);
}

/* Where a file system cannot exchange names, the old file has none after this, and is overwritten
 * through @old all the same. */
static gboolean
exchange (TlmDb      *db,
          const char *target,
          int         old,
          GError    **error)
{
  gboolean done = renameat2 (AT_FDCWD, target, AT_FDCWD, db->path, RENAME_EXCHANGE) == 0;

  if (!done && (errno == EINVAL || errno == ENOSYS))
    done = g_rename (target, db->path) == 0;
  if (!done)
    return tlm_db_fail (db, SQLITE_IOERR, error);
  tlm_db_sync_folder (db->path);
  if (!tlm_erase_fd (old))
    g_warning ("the old database could not be overwritten: %s", g_strerror (errno));
  g_unlink (target);
  return TRUE;
}

static int
open_locked (const char *path,
             int         flags)
{
  int fd = g_open (path, flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0)
    (void) flock (fd, LOCK_EX | LOCK_NB);
  return fd;
}

/* The backups go before the names change: a kill between the two leaves none that tells what is to be
 * hidden. They are gone too when that last step fails. */
static gboolean
convert_file (TlmDb      *db,
              const char *target,
              TlmVault   *vault,
              int         old,
              GError    **error)
{
  int      fd = open_locked (target, O_CREAT | O_EXCL);
  gboolean good;

  if (fd < 0)
    return tlm_db_fail (db, SQLITE_CANTOPEN, error);
  good = tlm_db_copy_to (db, target, vault, error) && tlm_backups_erase (db->path, error)
         && exchange (db, target, old, error);
  if (!good)
    tlm_erase_file (target, NULL);
  close (fd);
  return good;
}

/* What waits to take the database's place would come with another key, or none. @lock: (out): under which
 * nobody opens the database */
static gboolean
take_place (TlmDb   *db,
            int     *lock,
            GError **error)
{
  if (db->path == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                           _("Nothing is saved on the disk now, so the encryption stays as it is."));
      return FALSE;
    }
  if (!tlm_db_lock (db->path, TLM_LOCK_PLACE, TRUE, TLM_DB_BUSY_MS, lock, error))
    return FALSE;
  if (!tlm_backups_is_waiting (db->path))
    return TRUE;
  tlm_db_unlock (*lock);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                       _("A restored backup is about to take the place of all this, so nothing was "
                         "changed. Close TinyLM, open it again and try once more."));
  return FALSE;
}

/* Closing any descriptor of a file drops SQLite's locks on it, so @old is closed last. */
static gboolean
convert_alone (TlmDb    *db,
               TlmVault *vault,
               GError  **error)
{
  g_autofree char *path = g_strdup (db->path), *target = dup_converting_path (path);
  int              old;
  gboolean         converted;

  tlm_db_clean_up (path);
  old = open_locked (path, 0);
  if (old < 0)
    return tlm_db_fail_errno (errno, path, error);
  converted = take_alone (db, error) && convert_file (db, target, vault, old, error);
  tlm_db_close (db);
  close (old);
  return converted;
}

/* Who waited to open it meanwhile finds what there is now. */
gboolean
tlm_db_convert (TlmDb    *db,
                TlmVault *vault,
                GError  **error)
{
  g_autofree char *path = g_strdup (db->path);
  int              lock;
  gboolean         converted;

  if (!take_place (db, &lock, error))
    {
      g_clear_pointer (&vault, tlm_vault_free);
      return FALSE;
    }
  converted = convert_alone (db, vault, error);
  tlm_db_unlock (lock);
  if (converted)
    tlm_db_set_vault (db, vault);
  else
    g_clear_pointer (&vault, tlm_vault_free);
  tlm_db_reopen (db, path, NULL);
  return converted;
}

/* What the old passphrase opens still. (transfer full) (nullable): as a sentence; @failure: errno, or 0 */
static char *
erase_old (const char *path,
           int         failure)
{
  g_autoptr (GError) error = NULL;

  if (failure != 0)
    tlm_db_fail_errno (failure, path, &error);
  tlm_backups_erase (path, error == NULL ? &error : NULL);
  if (error == NULL)
    return NULL;
  /* Translators: %s is a sentence that says which file, and why */
  return g_strdup_printf (_("The passphrase is changed, but the old one still opens a copy. %s"),
                          error->message);
}

/* The header is read and written beside SQLite, so the database is closed meanwhile: closing our
 * descriptor would drop SQLite's locks. */
static gboolean
change_closed (TlmDb      *db,
               const char *path,
               const char *secret,
               const char *passphrase,
               char      **left,
               GError    **error)
{
  g_autoptr (TlmVault) vault = tlm_vault_open (path, secret, error);
  gboolean             done = vault != NULL;
  int                  failure = 0;

  if (done && passphrase != NULL)
    {
      done = tlm_vault_set_passphrase (vault, path, passphrase, &failure, error);
      *left = done ? erase_old (path, failure) : NULL;
      tlm_db_set_vault (db, g_steal_pointer (&vault));
    }
  return done;
}

/* Afterwards it is open again, through the vault it had. A passphrase that was changed is, however that
 * ends. */
static gboolean
change_header (TlmDb      *db,
               const char *secret,
               const char *passphrase,
               char      **left,
               GError    **error)
{
  g_autofree char *path = g_strdup (db->path);
  int              lock;
  gboolean         done;

  if (!take_place (db, &lock, error))
    return FALSE;
  tlm_db_close (db);
  done = change_closed (db, path, secret, passphrase, left, error);
  tlm_db_unlock (lock);
  if (passphrase != NULL)
    tlm_db_reopen (db, path, NULL);
  else
    done = tlm_db_reopen (db, path, done ? error : NULL) && done;
  return done;
}

gboolean
tlm_db_check_secret (TlmDb      *db,
                     const char *secret,
                     GError    **error)
{
  return change_header (db, secret, NULL, NULL, error);
}

gboolean
tlm_db_set_passphrase (TlmDb      *db,
                       const char *secret,
                       const char *passphrase,
                       char      **left,
                       GError    **error)
{
  *left = NULL;
  return change_header (db, secret, passphrase, left, error);
}
