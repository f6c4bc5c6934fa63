/* SPDX-License-Identifier: Apache-2.0 */
/* A database of a version is made by its migrations, and each of its tables is filled by what
 * SQLite says of the columns. */
#include "old-store.h"

#include <string.h>

#include "app-resources.h"
#include "store/backups.h"

#define FOLDER "/com/sprapp/TinyLM/sql/"

/* Tables of our own: not those that a search index keeps for itself. */
#define TABLES                                                                                     \
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"         \
  " AND name NOT LIKE '%\\_index\\_%' ESCAPE '\\' AND name NOT LIKE 'signs\\_%' ESCAPE '\\'"        \
  " ORDER BY rootpage"

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GStrv
list_migrations (void)
{
  GStrv names = g_resource_enumerate_children (tlm_app_get_resource (), FOLDER, 0, NULL);

  qsort (names, g_strv_length (names), sizeof (char *), compare_names);
  return names;
}

int
tlm_test_newest_version (void)
{
  g_auto (GStrv) names = list_migrations ();

  return (int) g_strv_length (names);
}

GBytes *
tlm_test_get_migration (int version)
{
  g_auto (GStrv)   names = list_migrations ();
  g_autofree char *path = g_strconcat (FOLDER, names[version - 1], NULL);

  return g_resource_lookup_data (tlm_app_get_resource (), path, 0, NULL);
}

static void
exec (sqlite3    *db,
      const char *sql)
{
  char *message = NULL;

  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

/* (transfer full): the first column, a string a row */
static GPtrArray *
list_values (sqlite3    *db,
             const char *sql)
{
  GPtrArray    *values = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *statement = NULL;

  sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);
  g_assert_cmpstr (sqlite3_errmsg (db), ==, "not an error");
  while (sqlite3_step (statement) == SQLITE_ROW)
    g_ptr_array_add (values, g_strdup ((const char *) sqlite3_column_text (statement, 0)));
  g_assert_cmpint (sqlite3_finalize (statement), ==, SQLITE_OK);
  return values;
}

/* Numbers are the row's own, which also name a row of another table, or 0 and 1 where a table
 * checks them. No message follows another. */
static void
add_row (sqlite3    *db,
         const char *table,
         int         i)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT CASE WHEN name IN ('role', 'state', 'place') THEN %d WHEN name = 'parent' THEN 'NULL'"
    " WHEN type = 'INTEGER' THEN %d"
    " WHEN type = 'REAL' THEN %d.5 ELSE quote ('%s ' || name || ' row%d') END"
    " FROM pragma_table_info ('%s')", i % 2, i, i, table, i, table);
  g_autoptr (GPtrArray) values = list_values (db, sql);
  g_autofree char *insert = NULL, *joined = NULL;

  g_ptr_array_add (values, NULL);
  joined = g_strjoinv (", ", (char **) values->pdata);
  insert = g_strdup_printf ("INSERT OR IGNORE INTO %s VALUES (%s)", table, joined);
  exec (db, insert);
}

static void
fill (sqlite3 *db)
{
  g_autoptr (GPtrArray) tables = list_values (db, TABLES);

  for (guint i = 0; i < tables->len; i++)
    for (int row = 1; row <= TLM_TEST_ROWS; row++)
      add_row (db, tables->pdata[i], row);
  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT '%s' WHERE NOT EXISTS (SELECT * FROM %s)",
                                              (char *) tables->pdata[i], (char *) tables->pdata[i]);
      g_autoptr (GPtrArray) empty = list_values (db, sql);

      g_assert_cmpstr (empty->len > 0 ? empty->pdata[0] : NULL, ==, NULL);
    }
}

static void
migrate (sqlite3 *db,
         int      version)
{
  g_autofree char *pragma = g_strdup_printf ("PRAGMA user_version = %d", version);

  for (int i = 1; i <= version; i++)
    {
      g_autoptr (GBytes) sql = tlm_test_get_migration (i);

      exec (db, g_bytes_get_data (sql, NULL));
    }
  exec (db, pragma);
}

void
tlm_test_make_old_store (const char *path,
                         int         version)
{
  g_autofree char *folder = g_path_get_dirname (path);
  sqlite3         *db;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  exec (db, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON");
  migrate (db, version);
  fill (db);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static sqlite3 *
open_to_read (const char *path,
              const char *vfs)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, vfs), ==, SQLITE_OK);
  return db;
}

/* "SELECT ..." that joins the columns of @table as @old has them. */
static char *
dup_select (sqlite3    *old,
            const char *table)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT 'SELECT ' || quote ('%s') || group_concat (' || ''|'' || quote (' || name || ')', '')"
    " || ' FROM %s ORDER BY rowid' FROM pragma_table_info ('%s')", table, table, table);
  g_autoptr (GPtrArray) select = list_values (old, sql);

  return g_strdup (select->pdata[0]);
}

/* (transfer none): one of that version in memory, kept for the next time */
static sqlite3 *
open_empty (int version)
{
  static sqlite3 *empty;
  static int      its_version;

  if (version == its_version)
    return empty;
  sqlite3_close (empty);
  g_assert_cmpint (sqlite3_open (":memory:", &empty), ==, SQLITE_OK);
  migrate (empty, version);
  its_version = version;
  return empty;
}

char *
tlm_test_dump (const char *path,
               const char *vfs,
               int         version)
{
  GString *dump = g_string_new (NULL);
  sqlite3 *db = open_to_read (path, vfs), *old = open_empty (version);
  g_autoptr (GPtrArray) tables = NULL;

  tables = list_values (old, TABLES);
  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *select = dup_select (old, tables->pdata[i]);
      g_autoptr (GPtrArray) rows = list_values (db, select);

      for (guint row = 0; row < rows->len; row++)
        g_string_append_printf (dump, "%s\n", (char *) rows->pdata[row]);
    }
  sqlite3_close (db);
  return g_string_free (dump, FALSE);
}

void
tlm_test_assert_whole (const char *path,
                       const char *vfs)
{
  sqlite3 *db = open_to_read (path, vfs);
  g_autoptr (GPtrArray) problems = list_values (db, "PRAGMA integrity_check");
  g_autoptr (GPtrArray) orphans = list_values (db, "PRAGMA foreign_key_check");

  g_assert_cmpstr (problems->pdata[0], ==, "ok");
  g_assert_cmpuint (orphans->len, ==, 0);
  sqlite3_close (db);
}

char *
tlm_test_find_backup (const char *path)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (path);

  g_assert_cmpuint (backups->len, >, 0);
  return g_strdup (((TlmBackup *) backups->pdata[0])->path);
}

void
tlm_test_assert_same (const char *dump,
                      const char *wanted)
{
  g_auto (GStrv) lines = g_strsplit (dump, "\n", -1), others = g_strsplit (wanted, "\n", -1);

  for (int i = 0; lines[i] != NULL && others[i] != NULL; i++)
    g_assert_cmpstr (lines[i], ==, others[i]);
  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (others));
}
