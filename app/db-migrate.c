/* SPDX-License-Identifier: Apache-2.0 */
/* Schema versions. sql/NNNN-name.sql in the GResource brings version NNNN - 1 to NNNN, and
 * PRAGMA user_version says where a database stands. Before an existing database changes, a copy is
 * made beside it and checked; each step is one transaction, so a kill leaves a whole version. */
#include "app-resources.h"
#include "db-private.h"
#include "errors.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define SQL_FOLDER "/com/sprapp/TinyLM/sql/"

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* The names in the order of their numbers, which are 1, 2, 3, ... without a gap. */
static GStrv
list_migrations (void)
{
  GStrv names = g_resource_enumerate_children (tlm_app_get_resource (), SQL_FOLDER,
                                               G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (names != NULL);
  qsort (names, g_strv_length (names), sizeof (char *), compare_names);
  return names;
}

static gboolean
get_version (TlmDb   *db,
             int     *version,
             GError **error)
{
  sqlite3_stmt *statement = tlm_db_query (db, error, "PRAGMA user_version", "");

  if (statement == NULL || tlm_db_step (db, statement, error) != 1)
    return FALSE;
  *version = sqlite3_column_int (statement, 0);
  sqlite3_reset (statement);
  return TRUE;
}

static gboolean
check_copy (TlmDb      *db,
            const char *path,
            GError    **error)
{
  sqlite3      *copy = NULL;
  sqlite3_stmt *statement = NULL;
  gboolean      good;

  good = sqlite3_open_v2 (path, &copy, SQLITE_OPEN_READONLY, tlm_db_get_vfs (db)) == SQLITE_OK
         && sqlite3_prepare_v2 (copy, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK
         && sqlite3_step (statement) == SQLITE_ROW
         && g_str_equal (tlm_db_column_text (statement, 0), "ok");
  sqlite3_finalize (statement);
  sqlite3_close (copy);
  return good || tlm_db_fail (db, SQLITE_CORRUPT, error);
}

static void
sync_file (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  (void) fsync (fd);
  close (fd);
}

/* VACUUM INTO writes a whole, consistent copy even while another instance reads. It goes to a
 * temporary name and takes its own only once it has been checked. */
static gboolean
make_backup (TlmDb   *db,
             int      version,
             GError **error)
{
  g_autofree char *target = g_strdup_printf ("%s.v%d.backup", db->path, version);
  g_autofree char *partial = g_strdup_printf ("%s.partial", target);
  gboolean         good;
  int              fd;

  g_unlink (partial);
  fd = g_open (partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0)
    close (fd);
  good = tlm_db_run (db, error, "VACUUM INTO ?", "t", partial) && check_copy (db, partial, error);
  if (good)
    {
      sync_file (partial);
      good = g_rename (partial, target) == 0 || tlm_db_fail (db, SQLITE_IOERR, error);
    }
  if (!good)
    g_unlink (partial);
  return good;
}

static gboolean
run_migration (TlmDb      *db,
               const char *name,
               int         version,
               GError    **error)
{
  g_autofree char   *path = g_strconcat (SQL_FOLDER, name, NULL);
  g_autofree char   *pragma = g_strdup_printf ("PRAGMA user_version = %d", version);
  g_autoptr (GBytes) sql = g_resource_lookup_data (tlm_app_get_resource (), path,
                                                   G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (sql == NULL)
    return FALSE;
  /* The data of a resource is NUL-terminated beyond its size. */
  if (tlm_db_exec (db, g_bytes_get_data (sql, NULL), error) && tlm_db_exec (db, pragma, error))
    return TRUE;
  return FALSE;
}

/* The version is read again under the write lock: another instance may have been quicker. */
static gboolean
run_migrations (TlmDb   *db,
                GStrv    names,
                GError **error)
{
  int newest = (int) g_strv_length (names), version;

  if (!tlm_db_begin (db, error))
    return FALSE;
  if (!get_version (db, &version, error))
    goto fail;
  for (; version < newest; version++)
    if (!run_migration (db, names[version], version + 1, error))
      goto fail;
  return tlm_db_commit (db, error);
fail:
  tlm_db_rollback (db);
  return FALSE;
}

gboolean
tlm_db_migrate (TlmDb   *db,
                GError **error)
{
  g_auto (GStrv) names = list_migrations ();
  int            newest = (int) g_strv_length (names), version;

  if (!get_version (db, &version, error))
    return FALSE;
  if (version > newest || version < 0)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_NEWER,
                           _("The database was made by a newer version of this program. It was "
                             "left as it is; update the program to open it."));
      return FALSE;
    }
  if (version == newest)
    return TRUE;
  if (version > 0 && db->path != NULL && !make_backup (db, version, error))
    return FALSE;
  return run_migrations (db, names, error);
}
