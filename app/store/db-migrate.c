/* SPDX-License-Identifier: Apache-2.0 */
/* Schema versions. sql/NNNN-name.sql in the GResource brings version NNNN - 1 to NNNN, and
 * PRAGMA user_version says where a database stands. Before an existing database changes, a backup
 * is made; all steps are one transaction, so a kill leaves the old version whole. */
#include "app-resources.h"
#include "backups.h"
#include "db-private.h"
#include "core/errors.h"

#include <glib/gi18n-lib.h>

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

int
tlm_db_get_newest_version (void)
{
  g_auto (GStrv) names = list_migrations ();

  return (int) g_strv_length (names);
}

/* The version is read again under the write lock: another instance may have been quicker. */
gboolean
tlm_db_migrate_to (TlmDb   *db,
                   int      newest,
                   GError **error)
{
  g_auto (GStrv) names = list_migrations ();
  int            version;

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
  int newest = tlm_db_get_newest_version (), version;

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
  if (version > 0 && db->path != NULL && !tlm_backups_make (db, TLM_BACKUP_MIGRATION, error))
    return FALSE;
  return tlm_db_migrate_to (db, newest, error);
}
