/* SPDX-License-Identifier: Apache-2.0 */
/* The files of backups. One is named by when (UTC), which schema and why:
 * backups/20261126T113005Z-v16-now.db; it takes that name only once it was checked.
 *
 * A restored database is made as DATABASE.restoring and renamed, when it is whole, to
 * DATABASE.restored or, where the present one is damaged, to DATABASE.salvaged. From that moment it is
 * what the person wants; each opening ends what a kill cut short. */
#include "backups.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "db-private.h"
#include "erase.h"
#include "errors.h"

static const char *const reason_names[] = { "now", "migration", "restore" };

#define RESTORED ".restored"
#define SALVAGED ".salvaged"

void
tlm_backup_free (TlmBackup *self)
{
  g_free (self->path);
  g_free (self);
}

const char *
tlm_backup_reason_get_title (TlmBackupReason reason)
{
  static const char *const titles[] = {
    N_("You asked for it"),
    N_("Before an update of the program"),
    N_("Before a backup was restored"),
  };

  return _(titles[reason]);
}

static gboolean
fail_errno (int         errnum,
            const char *path,
            GError    **error)
{
  gboolean         full = errnum == ENOSPC || errnum == EDQUOT;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, TLM_ERROR, full ? TLM_ERROR_STORE_FULL : TLM_ERROR_STORE_READ_ONLY,
               _("“%s” cannot be written (%s), so nothing can be saved there."), name,
               g_strerror (errnum));
  return FALSE;
}

/* ---- Names ---- */

static char *
dup_folder (const char *database,
            const char *name)
{
  g_autofree char *folder = g_path_get_dirname (database);

  return g_build_filename (folder, name, NULL);
}

char *
tlm_backups_dup_damaged_folder (const char *database)
{
  return dup_folder (database, "damaged");
}

char *
tlm_backups_dup_partial (const char *database)
{
  return g_strconcat (database, ".restoring", NULL);
}

static char *
dup_stamp (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return g_date_time_format (time, "%Y%m%dT%H%M%SZ");
}

/* The first second from @seconds on that names no file in @folder yet: names sort by time. */
static gint64
find_free_second (const char *folder,
                  gint64      seconds)
{
  for (;; seconds++)
    {
      g_autofree char *stamp = dup_stamp (seconds);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char      *name = NULL;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL
             && !g_str_has_prefix (name, stamp))
        ;
      if (name == NULL)
        return seconds;
    }
}

static char *
dup_path (const char     *folder,
          gint64          seconds,
          int             version,
          TlmBackupReason reason)
{
  g_autofree char *stamp = dup_stamp (seconds);

  return g_strdup_printf ("%s/%s-v%d-%s.db", folder, stamp, version, reason_names[reason]);
}

static TlmBackup *
new_backup (const char *folder,
            const char *name)
{
  char                  stamp[17], reason[16];
  int                   version, end = 0;
  GStatBuf              info;
  g_autofree char      *path = g_build_filename (folder, name, NULL);
  g_autoptr (GDateTime) time = NULL;
  TlmBackup            *self;

  if (sscanf (name, "%16[0-9TZ]-v%d-%15[a-z].db%n", stamp, &version, reason, &end) != 3
      || end == 0 || name[end] != '\0' || g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return NULL;
  time = g_date_time_new_from_iso8601 (stamp, NULL);
  if (time == NULL)
    return NULL;
  self = g_new0 (TlmBackup, 1);
  self->time = g_date_time_to_unix (time);
  self->size = (guint64) info.st_size;
  self->version = version;
  self->sealed = tlm_vault_is_sealed (path);
  for (guint i = 0; i < G_N_ELEMENTS (reason_names); i++)
    if (g_str_equal (reason, reason_names[i]))
      self->reason = i;
  self->path = g_steal_pointer (&path);
  self->name = strrchr (self->path, '/') + 1;
  return self;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  const TlmBackup *const *first = a, *const *second = b;

  return ((*first)->time < (*second)->time) - ((*first)->time > (*second)->time);
}

GPtrArray *
tlm_backups_list (const char *database)
{
  GPtrArray       *backups = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_backup_free);
  g_autofree char *folder = dup_folder (database, "backups");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      TlmBackup *backup = new_backup (folder, name);

      if (backup != NULL)
        g_ptr_array_add (backups, backup);
    }
  g_ptr_array_sort (backups, compare_times);
  return backups;
}

/* ---- Making and letting go ---- */

/* A backup that was a database with a log keeps it beside it. */
static gboolean
erase_one (const char *path,
           GError    **error)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);

  return tlm_erase_file (log, error) && tlm_erase_file (index, error)
         && tlm_erase_file (path, error);
}

static void
let_go (const char *database)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (database);
  guint64               n_bytes = 0;

  for (guint i = 0; i < backups->len; i++)
    {
      TlmBackup *backup = backups->pdata[i];

      n_bytes += backup->size;
      if (i > 0 && (i >= TLM_BACKUPS_KEPT || n_bytes > TLM_BACKUPS_KEPT_BYTES))
        erase_one (backup->path, NULL);
    }
}

static gboolean
make_folder (const char *folder,
             GError    **error)
{
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  return fail_errno (errno, folder, error);
}

static gboolean
get_size (TlmDb   *db,
          guint64 *size,
          int     *version,
          GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT page_count * page_size, user_version"
                                    " FROM pragma_page_count, pragma_page_size,"
                                    " pragma_user_version", "");

  if (row == NULL || tlm_db_step (db, row, error) != 1)
    return FALSE;
  *size = (guint64) sqlite3_column_int64 (row, 0);
  *version = sqlite3_column_int (row, 1);
  sqlite3_reset (row);
  return TRUE;
}

/* The name of an unfinished copy begins with a dot and is the same each time: what a kill left is
 * overwritten by the next. */
gboolean
tlm_backups_make (TlmDb          *db,
                  TlmBackupReason reason,
                  GError        **error)
{
  g_autofree char *folder = NULL, *partial = NULL, *path = NULL;
  guint64          size;
  int              version;

  if (db->path == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                           _("Nothing is saved on the disk, so there is nothing to back up."));
      return FALSE;
    }
  folder = dup_folder (db->path, "backups");
  partial = g_build_filename (folder, ".partial", NULL);
  if (!get_size (db, &size, &version, error) || !tlm_db_check_room (db->path, size, error)
      || !make_folder (folder, error) || !tlm_erase_file (partial, error)
      || !tlm_db_make_file (partial, error))
    return FALSE;
  path = dup_path (folder, find_free_second (folder, g_get_real_time () / G_USEC_PER_SEC), version,
                   reason);
  if (!tlm_db_copy_to (db, partial, db->vault, error))
    {
      tlm_erase_file (partial, NULL);
      return FALSE;
    }
  if (g_rename (partial, path) != 0)
    return fail_errno (errno, path, error);
  tlm_db_sync_folder (path);
  let_go (db->path);
  return TRUE;
}

gboolean
tlm_backups_erase (const char *database,
                   GError    **error)
{
  g_autofree char *folder = dup_folder (database, "backups");

  return tlm_erase_folder (folder, error);
}

/* ---- Restoring ---- */

static gboolean
check_version (TlmDb   *db,
               GError **error)
{
  guint64 size;
  int     version;

  if (!get_size (db, &size, &version, error))
    return FALSE;
  if (version == 0)
    return tlm_db_fail (db, SQLITE_CORRUPT, error);
  if (version > 0 && version <= tlm_db_get_newest_version ())
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_NEWER,
                       _("This backup was made by a newer version of the program. Update the program "
                         "to restore it."));
  return FALSE;
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
  int                code = sqlite3_open_v2 (backup, &db->handle, SQLITE_OPEN_READONLY, vfs);
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

/* (transfer full) (nullable): NULL with an error */
static TlmVault *
open_vault (const char *backup,
            const char *secret,
            GError    **error)
{
  if (secret != NULL && *secret != '\0')
    return tlm_vault_open (backup, secret, error);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                       _("This backup is encrypted. Its passphrase or its recovery code opens it."));
  return NULL;
}

/* So that what stands aside later has a name of its own, the file's time is a free second. */
gboolean
tlm_backups_commit (const char *database,
                    gboolean    damaged,
                    GError    **error)
{
  g_autofree char *partial = tlm_backups_dup_partial (database);
  g_autofree char *ready = g_strconcat (database, damaged ? SALVAGED : RESTORED, NULL);
  g_autofree char *folder = dup_folder (database, damaged ? "damaged" : "backups");
  gint64           second = find_free_second (folder, g_get_real_time () / G_USEC_PER_SEC);
  struct utimbuf   times = { second, second };

  if (g_utime (partial, &times) != 0 || !tlm_db_sync (partial) || g_rename (partial, ready) != 0)
    return fail_errno (errno, partial, error);
  tlm_db_sync_folder (database);
  return TRUE;
}

gboolean
tlm_backups_restore (const char *database,
                     const char *backup,
                     const char *secret,
                     TlmVault   *vault,
                     gboolean    damaged,
                     GError    **error)
{
  g_autofree char     *partial = tlm_backups_dup_partial (database);
  g_autoptr (TlmVault) own = NULL;
  gboolean             sealed = tlm_vault_is_sealed (backup);
  GStatBuf             info;

  if (g_stat (backup, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND, _("There is no backup “%s”."), backup);
      return FALSE;
    }
  if (sealed && vault == NULL && (vault = own = open_vault (backup, secret, error)) == NULL)
    return FALSE;
  if (tlm_db_check_room (database, (guint64) info.st_size, error)
      && tlm_erase_file (partial, error) && tlm_db_make_file (partial, error)
      && copy_checked (backup, sealed ? vault : NULL, partial, error)
      && tlm_backups_commit (database, damaged, error))
    return TRUE;
  tlm_erase_file (partial, NULL);
  return FALSE;
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

/* Its name comes from the time of what replaces it, so that a second try after a kill finds the same
 * one; the log goes first, as the file is what the second try looks at. */
static gboolean
set_aside (const char *database,
           const char *ready,
           gboolean    damaged)
{
  g_autofree char *folder = dup_folder (database, damaged ? "damaged" : "backups");
  g_autofree char *log = g_strconcat (database, "-wal", NULL);
  g_autofree char *index = g_strconcat (database, "-shm", NULL);
  g_autofree char *path = NULL, *path_log = NULL;
  GStatBuf         info;

  if (g_stat (ready, &info) != 0 || g_mkdir_with_parents (folder, 0700) != 0)
    return FALSE;
  path = dup_path (folder, info.st_mtime, read_version (database), TLM_BACKUP_RESTORE);
  path_log = g_strconcat (path, "-wal", NULL);
  if (g_rename (log, path_log) != 0 && errno != ENOENT)
    return FALSE;
  g_unlink (index);
  return g_rename (database, path) == 0 || errno == ENOENT;
}

static void
put_in_place (const char *database,
              gboolean    damaged)
{
  g_autofree char *ready = g_strconcat (database, damaged ? SALVAGED : RESTORED, NULL);

  if (!g_file_test (ready, G_FILE_TEST_IS_REGULAR) || tlm_db_is_in_use (database)
      || !set_aside (database, ready, damaged) || g_rename (ready, database) != 0)
    return;
  tlm_db_sync_folder (database);
  if (!damaged)
    let_go (database);
}

void
tlm_backups_put_in_place (const char *database)
{
  put_in_place (database, FALSE);
  put_in_place (database, TRUE);
}
