/* SPDX-License-Identifier: Apache-2.0 */
/* Putting another database in the place of the present one, which is never lost by it. The other is
 * made as DATABASE.restoring and renamed, when it is whole, to DATABASE.restored or, where the
 * present one is damaged, to DATABASE.salvaged. From that moment it is what the person wants; each
 * opening ends what a kill cut short. */
#include "backups-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <utime.h>

#include "erase.h"
#include "core/errors.h"

#define RESTORED ".restored"
#define SALVAGED ".salvaged"

char *
tlm_backups_dup_damaged_folder (const char *database)
{
  return tlm_backups_dup_folder (database, "damaged");
}

char *
tlm_backups_dup_partial (const char *database)
{
  return g_strconcat (database, ".restoring", NULL);
}

static char *
dup_ready (const char *database,
           gboolean    damaged)
{
  return g_strconcat (database, damaged ? SALVAGED : RESTORED, NULL);
}

static gboolean
check_version (TlmDb   *db,
               GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "PRAGMA user_version", "");
  int           version;

  if (row == NULL || tlm_db_step (db, row, error) != 1)
    return FALSE;
  version = sqlite3_column_int (row, 0);
  sqlite3_reset (row);
  if (version == 0)
    return tlm_db_fail (db, SQLITE_CORRUPT, error);
  if (version > 0 && version <= tlm_db_get_newest_version ())
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_NEWER,
                       _("This backup was made by a newer version of the program. Update the "
                         "program to restore it."));
  return FALSE;
}

/* A rollback journal that was left beside it must be read, which takes writing. */
static int
get_flags (const char *backup)
{
  g_autofree char *journal = g_strconcat (backup, "-journal", NULL);

  return g_file_test (journal, G_FILE_TEST_EXISTS) ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
}

/* @error: in the words of a backup, where the store's would speak of the present database */
static gboolean
copy_checked (const char *backup,
              TlmVault   *vault,
              const char *target,
              GError    **error)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) failure = NULL;
  const char        *vfs = vault != NULL ? tlm_vault_get_vfs (vault) : NULL;
  int                code = sqlite3_open_v2 (backup, &db->handle, get_flags (backup), vfs);
  gboolean           good = (code == SQLITE_OK || tlm_db_fail (db, code, &failure))
                            && check_version (db, &failure)
                            && tlm_db_copy_to (db, target, vault, &failure);

  tlm_db_free (db);
  if (g_error_matches (failure, TLM_ERROR, TLM_ERROR_STORE_DAMAGED))
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_DAMAGED,
                         _("This backup is damaged, so it was not restored. Choose another one."));
  else if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return good;
}

/* Returns: always FALSE */
static gboolean
fail_unasked (const char *backup,
              GError    **error)
{
  g_autofree char *name = g_path_get_basename (backup);

  g_set_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
               /* Translators: %s is the name of a file */
               _("This backup has a passphrase of its own, which is not asked for here. Close "
                 "TinyLM and run “tinylm-cli backup restore %s” in a terminal."), name);
  return FALSE;
}

/* (transfer full) (nullable): NULL with an error */
static TlmVault *
open_vault (const char *backup,
            const char *secret,
            GError    **error)
{
  if (secret == NULL)
    fail_unasked (backup, error);
  else if (*secret != '\0')
    return tlm_vault_open (backup, secret, error);
  else
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                         _("This backup is encrypted. Its passphrase or its recovery code opens "
                           "it."));
  return NULL;
}

/* Gives @file a time, on the disk too, that is later than that of every name in @folder. */
static gboolean
set_time (const char *file,
          const char *folder,
          GError    **error)
{
  gint64         second = tlm_backups_find_next_second (folder);
  struct utimbuf times = { second, second };

  return (g_utime (file, &times) == 0 && tlm_db_sync (file))
         || tlm_db_fail_errno (errno, file, error);
}

gboolean
tlm_backups_commit (const char *database,
                    gboolean    damaged,
                    GError    **error)
{
  g_autofree char *partial = tlm_backups_dup_partial (database);
  g_autofree char *ready = dup_ready (database, damaged);
  g_autofree char *folder = tlm_backups_dup_folder (database, damaged ? "damaged" : "backups");
  GStatBuf         info;

  if (g_stat (partial, &info) != 0 || info.st_size == 0 /* one that knows no locks erased it */
      || (damaged && tlm_db_is_in_use (database)))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                           _("Another program holds the database. Close it and try again."));
      return FALSE;
    }
  if (!set_time (partial, folder, error))
    return FALSE;
  if (g_rename (partial, ready) != 0)
    return tlm_db_fail_errno (errno, partial, error);
  tlm_db_sync_folder (database);
  return TRUE;
}

/* @vault: (nullable): of an encrypted backup. Nobody else works on the unfinished copy, whose folder a
 * new computer does not have yet. */
static gboolean
lay_ready (const char *database,
           const char *backup,
           TlmVault   *vault,
           gboolean    damaged,
           GError    **error)
{
  g_autofree char *partial = tlm_backups_dup_partial (database);
  int              lock;
  gboolean         done;

  if (!tlm_db_make_folder (database, error)
      || !tlm_db_lock (database, TLM_LOCK_RESTORING, TRUE, 0, &lock, error))
    return FALSE;
  done = tlm_db_check_room (database, tlm_backups_get_size (backup), error)
         && tlm_erase_file (partial, error) && tlm_db_make_file (partial, error)
         && copy_checked (backup, vault, partial, error)
         && tlm_backups_commit (database, damaged, error);
  if (!done)
    tlm_erase_file (partial, NULL);
  tlm_db_unlock (lock);
  return done;
}

gboolean
tlm_backups_restore (const char *database,
                     const char *backup,
                     const char *secret,
                     TlmVault   *vault,
                     gboolean    damaged,
                     GError    **error)
{
  g_autoptr (TlmVault) own = NULL;
  gboolean             sealed = tlm_vault_is_sealed (backup);
  GStatBuf             info;

  if (g_stat (backup, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND, _("There is no backup “%s”."),
                   backup);
      return FALSE;
    }
  if (sealed && vault != NULL && tlm_vault_is_foreign (vault, backup))
    return fail_unasked (backup, error);
  if (sealed && vault == NULL && (vault = own = open_vault (backup, secret, error)) == NULL)
    return FALSE;
  return lay_ready (database, backup, sealed ? vault : NULL, damaged, error);
}

/* The schema's version stands in the header of a database that is not encrypted:
 * https://sqlite.org/fileformat2.html#the_database_header */
static int
read_version (const char *path)
{
  guint8   bytes[64] = { 0 };
  FILE    *file = g_fopen (path, "rbe");
  gboolean there = file != NULL && fread (bytes, sizeof bytes, 1, file) == 1
                   && memcmp (bytes, "SQLite format 3", 16) == 0;

  if (file != NULL)
    fclose (file);
  return there ? bytes[60] << 24 | bytes[61] << 16 | bytes[62] << 8 | bytes[63] : 0;
}

/* From the time of what replaces it, so that a second try after a kill finds the same one. (transfer
 * full) (nullable) */
static char *
dup_aside_path (const char *database,
                const char *ready,
                const char *folder,
                GError    **error)
{
  GStatBuf info;

  if (g_stat (ready, &info) == 0)
    return tlm_backups_dup_path (folder, info.st_mtime, read_version (database), TLM_BACKUP_RESTORE);
  tlm_db_fail_errno (errno, ready, error);
  return NULL;
}

/* The logs go first, as the file is what the second try looks at. Until then the time is made the
 * present one: what was laid ready long ago would else let the database be one of the oldest backups,
 * which are the first to go. */
static gboolean
set_aside (const char *database,
           const char *ready,
           gboolean    damaged,
           GError    **error)
{
  g_autofree char *folder = tlm_backups_dup_folder (database, damaged ? "damaged" : "backups");
  g_autofree char *index = g_strconcat (database, "-shm", NULL);
  g_autofree char *path = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return tlm_db_fail_errno (errno, folder, error);
  path = dup_aside_path (database, ready, folder, error);
  if (path != NULL && !tlm_backups_has_log (path) && g_file_test (database, G_FILE_TEST_EXISTS))
    {
      g_clear_pointer (&path, g_free);
      if (set_time (ready, folder, error))
        path = dup_aside_path (database, ready, folder, error);
    }
  if (path == NULL || !tlm_backups_move_logs (database, path, error))
    return FALSE;
  g_unlink (index);
  return g_rename (database, path) == 0 || errno == ENOENT
         || tlm_db_fail_errno (errno, path, error);
}

static gboolean
put_in_place (const char *database,
              gboolean    damaged,
              GError    **error)
{
  g_autofree char *ready = dup_ready (database, damaged);

  if (!g_file_test (ready, G_FILE_TEST_IS_REGULAR) || tlm_db_is_in_use (database))
    return TRUE;
  if (!set_aside (database, ready, damaged, error))
    return FALSE;
  if (g_rename (ready, database) != 0)
    return tlm_db_fail_errno (errno, database, error);
  tlm_db_sync_folder (database);
  return TRUE;
}

gboolean
tlm_backups_is_waiting (const char *database)
{
  g_autofree char *restored = dup_ready (database, FALSE), *salvaged = dup_ready (database, TRUE);

  return g_file_test (restored, G_FILE_TEST_IS_REGULAR)
         || g_file_test (salvaged, G_FILE_TEST_IS_REGULAR);
}

/* Of a restoration that was cut short, or of a salvage to which nobody agreed. Where no lock says so,
 * it may be of one that goes on. */
static void
erase_partial (const char *database)
{
  g_autofree char *partial = tlm_backups_dup_partial (database);
  int              lock = -1;

  if (g_file_test (partial, G_FILE_TEST_EXISTS))
    tlm_db_lock (database, TLM_LOCK_RESTORING, TRUE, 0, &lock, NULL);
  if (lock >= 0 && !tlm_db_is_in_use (database))
    tlm_erase_file (partial, NULL);
  tlm_db_unlock (lock);
}

/* While somebody opens the database it waits on, as where it is in use; but where it stands aside, an
 * empty one would be made. */
static gboolean
put_in_place_alone (const char *database,
                    guint       wait_ms,
                    GError    **error)
{
  g_autoptr (GError) failure = NULL;
  int                lock;
  gboolean           done;

  if (!tlm_backups_is_waiting (database))
    return TRUE;
  if (!tlm_db_lock (database, TLM_LOCK_PLACE, TRUE, wait_ms, &lock, &failure))
    {
      if (g_file_test (database, G_FILE_TEST_EXISTS))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  done = put_in_place (database, FALSE, error) && put_in_place (database, TRUE, error);
  tlm_db_unlock (lock);
  return done;
}

gboolean
tlm_backups_put_in_place (const char *database,
                          GError    **error)
{
  tlm_backups_take_in_old (database, NULL);
  erase_partial (database);
  if (!put_in_place_alone (database, 0, error))
    return FALSE;
  tlm_backups_let_go (database);
  return TRUE;
}

/* Not under the hands of who is about to give it its place. Returns: whether anything waited still */
static gboolean
erase_waiting (const char *database)
{
  g_autofree char *restored = dup_ready (database, FALSE), *salvaged = dup_ready (database, TRUE);
  int              lock;
  gboolean         waited;

  tlm_db_lock (database, TLM_LOCK_PLACE, TRUE, TLM_DB_BUSY_MS, &lock, NULL);
  waited = tlm_backups_is_waiting (database);
  tlm_erase_file (restored, NULL);
  tlm_erase_file (salvaged, NULL);
  tlm_db_unlock (lock);
  return waited;
}

gboolean
tlm_backups_place_now (const char *database,
                       GError    **error)
{
  if (!put_in_place_alone (database, TLM_DB_BUSY_MS, error))
    return FALSE;
  tlm_backups_let_go (database);
  if (!tlm_backups_is_waiting (database) || !erase_waiting (database))
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                       _("Another program holds the database. Close it and try again."));
  return FALSE;
}
