/* SPDX-License-Identifier: Apache-2.0 */
/* The files of backups. One is named by when (UTC), which schema and why:
 * backups/20261126T113005Z-v16-now.db; it takes that name only once it was checked. Restoring is in
 * backups-restore.c. */
#include "backups-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "erase.h"
#include "core/errors.h"

static const char *const reason_names[] = { "now", "migration", "restore" };
#define STAMP_CHARS 16 /* of 20261126T113005Z */

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

/* ---- Names ---- */

char *
tlm_backups_dup_folder (const char *database,
                        const char *name)
{
  g_autofree char *folder = g_path_get_dirname (database);

  return g_build_filename (folder, name, NULL);
}

static char *
dup_stamp (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return g_date_time_format (time, "%Y%m%dT%H%M%SZ");
}

/* 0: the name does not begin with one */
static gint64
read_stamp (const char *name)
{
  g_autofree char      *stamp = g_strndup (name, STAMP_CHARS);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (stamp, NULL);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

/* Now; or, where the clock says less than a name in @folder, the second after that one: names sort
 * in the order in which they were given. */
gint64
tlm_backups_find_next_second (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gint64           next = g_get_real_time () / G_USEC_PER_SEC;
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    next = MAX (next, read_stamp (name) + 1);
  return next;
}

char *
tlm_backups_dup_path (const char     *folder,
                      gint64          seconds,
                      int             version,
                      TlmBackupReason reason)
{
  g_autofree char *stamp = dup_stamp (seconds);

  return g_strdup_printf ("%s/%s-v%d-%s.db", folder, stamp, version, reason_names[reason]);
}

/* ---- Logs ---- */

static const char *const logs[] = { "-wal", "-journal" };

guint64
tlm_backups_get_size (const char *path)
{
  GStatBuf info;
  guint64  size = g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;

  for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autofree char *log = g_strconcat (path, logs[i], NULL);

      size += g_stat (log, &info) == 0 ? (guint64) info.st_size : 0;
    }
  return size;
}

gboolean
tlm_backups_has_log (const char *path)
{
  gboolean there = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autofree char *log = g_strconcat (path, logs[i], NULL);

      there = there || g_file_test (log, G_FILE_TEST_EXISTS);
    }
  return there;
}

gboolean
tlm_backups_move_logs (const char *database,
                       const char *path,
                       GError    **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_autofree char *from = g_strconcat (database, logs[i], NULL);
      g_autofree char *to = g_strconcat (path, logs[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        return tlm_db_fail_errno (errno, to, error);
    }
  return TRUE;
}

/* ---- Listing ---- */

static TlmBackup *
new_backup (const char *folder,
            const char *name)
{
  char             reason[16];
  int              version, end = 0;
  GStatBuf         info;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  TlmBackup       *self;

  if (read_stamp (name) == 0
      || sscanf (name + STAMP_CHARS, "-v%d-%15[a-z].db%n", &version, reason, &end) != 2 || end == 0
      || name[STAMP_CHARS + end] != '\0' || g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return NULL;
  self = g_new0 (TlmBackup, 1);
  self->time = read_stamp (name);
  self->size = tlm_backups_get_size (path);
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
  g_autofree char *folder = tlm_backups_dup_folder (database, "backups");
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
  static const char *const ends[] = { "-wal", "-journal", "-shm", "" };
  gboolean                 done = TRUE;

  for (gsize i = 0; done && i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      done = tlm_erase_file (file, error);
    }
  return done;
}

void
tlm_backups_let_go (const char *database)
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
  return tlm_db_fail_errno (errno, folder, error);
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
static gboolean
make_alone (TlmDb          *db,
            TlmBackupReason reason,
            GError        **error)
{
  g_autofree char *folder = tlm_backups_dup_folder (db->path, "backups");
  g_autofree char *partial = g_build_filename (folder, ".partial", NULL), *path = NULL;
  guint64          size;
  int              version;

  if (!get_size (db, &size, &version, error) || !tlm_db_check_room (db->path, size, error)
      || !make_folder (folder, error) || !tlm_erase_file (partial, error)
      || !tlm_db_make_file (partial, error))
    return FALSE;
  path = tlm_backups_dup_path (folder, tlm_backups_find_next_second (folder), version, reason);
  if (!tlm_db_copy_to (db, partial, db->vault, error))
    {
      tlm_erase_file (partial, NULL);
      return FALSE;
    }
  if (g_rename (partial, path) != 0)
    return tlm_db_fail_errno (errno, path, error);
  tlm_db_sync_folder (path);
  tlm_backups_let_go (db->path);
  return TRUE;
}

gboolean
tlm_backups_make (TlmDb          *db,
                  TlmBackupReason reason,
                  GError        **error)
{
  int      lock;
  gboolean done;

  if (db->path == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                           _("Nothing is saved on the disk, so there is nothing to back up."));
      return FALSE;
    }
  if (!tlm_db_lock (db->path, TLM_LOCK_BACKUP, TRUE, TLM_DB_BUSY_MS, &lock, error))
    return FALSE;
  done = make_alone (db, reason, error);
  tlm_db_unlock (lock);
  return done;
}

gboolean
tlm_backups_erase (const char *database,
                   GError    **error)
{
  g_autofree char *folder = tlm_backups_dup_folder (database, "backups");
  g_autofree char *damaged = tlm_backups_dup_folder (database, "damaged");

  return tlm_backups_take_in_old (database, error) && tlm_erase_folder (folder, error)
         && tlm_erase_folder (damaged, error);
}
