/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, transactions and errors of the store's database. Opening is in db-open.c. */
#include "db-private.h"
#include "erase.h"
#include "core/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

TlmDb *
tlm_db_new (void)
{
  TlmDb *db = g_new0 (TlmDb, 1);

  db->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize_statement);
  return db;
}

int
tlm_db_hold_log (TlmDb *db)
{
  g_autofree char *log = NULL;

  if (db->path == NULL || db->vault != NULL)
    return -1;
  log = g_strconcat (db->path, "-wal", NULL);
  return g_open (log, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);
}

void
tlm_db_let_go_of_log (int log)
{
  struct stat info;

  if (log < 0)
    return;
  if (fstat (log, &info) == 0 && info.st_nlink == 0 && info.st_size > 0)
    (void) tlm_erase_fd (log);
  close (log);
}

void
tlm_db_close (TlmDb *db)
{
  int log = tlm_db_hold_log (db);

  g_hash_table_remove_all (db->statements);
  if (db->handle != NULL)
    sqlite3_close (db->handle);
  tlm_db_let_go_of_log (log);
  db->handle = NULL;
  db->n_indexed = 0;
  db->n_upkeep = 0;
  g_clear_pointer (&db->path, g_free);
}

void
tlm_db_free (TlmDb *db)
{
  tlm_db_close (db);
  tlm_db_set_vault (db, NULL);
  g_hash_table_unref (db->statements);
  g_free (db);
}

/* The connection reads through the old vault, so it must be closed. */
void
tlm_db_set_vault (TlmDb    *db,
                  TlmVault *vault)
{
  g_assert (db->handle == NULL);
  g_clear_pointer (&db->vault, tlm_vault_free);
  db->vault = vault;
}

const char *
tlm_db_get_vfs (TlmDb *db)
{
  return db->vault != NULL ? tlm_vault_get_vfs (db->vault) : NULL;
}

sqlite3 *
tlm_db_get_handle (TlmDb *db)
{
  return db->handle;
}

const char *
tlm_db_get_path (TlmDb *db)
{
  return db->path;
}

static const struct
{
  int         sqlite_code;
  TlmError    code;
  const char *message;
} failures[] = {
  { SQLITE_FULL, TLM_ERROR_STORE_FULL,
    N_("The disk is full, so this could not be saved. Make some room and try again.") },
  { SQLITE_READONLY, TLM_ERROR_STORE_READ_ONLY,
    N_("The database may only be read, so nothing can be saved. Check the permissions of its "
       "folder.") },
  { SQLITE_CANTOPEN, TLM_ERROR_STORE_READ_ONLY,
    N_("The database could not be opened. Check that its folder exists and may be written.") },
  { SQLITE_PERM, TLM_ERROR_STORE_READ_ONLY,
    N_("The database could not be opened. Check the permissions of its folder.") },
  { SQLITE_CORRUPT, TLM_ERROR_STORE_DAMAGED,
    N_("The database is damaged. It was left as it is; restore it from a backup, or move it away "
       "to begin with an empty one.") },
  { SQLITE_NOTADB, TLM_ERROR_STORE_DAMAGED,
    N_("The file in the database's place is no database, or it is damaged. It was left as it is; "
       "move it away to begin with an empty one.") },
  { SQLITE_BUSY, TLM_ERROR_STORE_BUSY,
    N_("Another program holds the database. Close it and try again.") },
  { SQLITE_IOERR, TLM_ERROR_STORE,
    N_("The disk reported an error, so this could not be saved. Try again, and check the disk.") },
};

/* A full disk may show where SQLite makes a file of its own, and has no word for it: without room the
 * -shm file is not made. */
static gboolean
is_full (TlmDb *db,
         int    code)
{
  int reason = db->handle != NULL ? sqlite3_system_errno (db->handle) : 0;

  if ((code & 0xff) != SQLITE_IOERR && (code & 0xff) != SQLITE_CANTOPEN)
    return FALSE;
  return reason == ENOSPC || reason == EDQUOT
         || (db->handle != NULL && sqlite3_extended_errcode (db->handle) == SQLITE_IOERR_SHMSIZE);
}

gboolean
tlm_db_fail (TlmDb   *db,
             int      code,
             GError **error)
{
  if (is_full (db, code))
    code = SQLITE_FULL;
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    if ((code & 0xff) == failures[i].sqlite_code)
      {
        g_set_error_literal (error, TLM_ERROR, failures[i].code, _(failures[i].message));
        return FALSE;
      }
  g_set_error (error, TLM_ERROR, TLM_ERROR_STORE,
               /* Translators: %s is SQLite's own message, in English */
               _("The database refused: %s."),
               db->handle != NULL ? sqlite3_errmsg (db->handle) : sqlite3_errstr (code));
  return FALSE;
}

static sqlite3_stmt *
prepare (TlmDb      *db,
         const char *sql,
         GError    **error)
{
  sqlite3_stmt *statement;
  int           code;

  if (db->handle == NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_CLOSED,
                           _("The database is not open, so nothing can be read or saved."));
      return NULL;
    }
  statement = g_hash_table_lookup (db->statements, sql);
  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }
  code = sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (code != SQLITE_OK)
    {
      tlm_db_fail (db, code, error);
      return NULL;
    }
  g_hash_table_insert (db->statements, (gpointer) sql, statement);
  return statement;
}

static void
bind (sqlite3_stmt *statement,
      const char   *format,
      va_list       args)
{
  for (int i = 0; format[i] != '\0'; i++)
    switch (format[i])
      {
      case 'i':
        sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
        break;
      case 't':
        sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_STATIC);
        break;
      case 'd':
        sqlite3_bind_double (statement, i + 1, va_arg (args, double));
        break;
      default:
        g_assert_not_reached ();
      }
}

sqlite3_stmt *
tlm_db_query (TlmDb      *db,
              GError    **error,
              const char *sql,
              const char *format,
              ...)
{
  sqlite3_stmt *statement = prepare (db, sql, error);
  va_list       args;

  if (statement == NULL)
    return NULL;
  va_start (args, format);
  bind (statement, format, args);
  va_end (args);
  return statement;
}

int
tlm_db_step (TlmDb        *db,
             sqlite3_stmt *statement,
             GError      **error)
{
  int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return 1;
  if (code != SQLITE_DONE)
    tlm_db_fail (db, code, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return code == SQLITE_DONE ? 0 : -1;
}

gboolean
tlm_db_run (TlmDb      *db,
            GError    **error,
            const char *sql,
            const char *format,
            ...)
{
  sqlite3_stmt *statement = prepare (db, sql, error);
  va_list       args;
  int           step;

  if (statement == NULL)
    return FALSE;
  va_start (args, format);
  bind (statement, format, args);
  va_end (args);
  do
    step = tlm_db_step (db, statement, error);
  while (step > 0);
  return step == 0;
}

gboolean
tlm_db_exec (TlmDb      *db,
             const char *sql,
             GError    **error)
{
  int code = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}

gboolean
tlm_db_begin (TlmDb   *db,
              GError **error)
{
  return tlm_db_run (db, error, "BEGIN IMMEDIATE", "");
}

gboolean
tlm_db_commit (TlmDb   *db,
               GError **error)
{
  if (tlm_db_run (db, error, "COMMIT", ""))
    return TRUE;
  tlm_db_rollback (db);
  return FALSE;
}

/* SQLite itself rolls back after some errors (a full disk, for one); then nothing is left to do. */
void
tlm_db_rollback (TlmDb *db)
{
  if (db->handle != NULL && !sqlite3_get_autocommit (db->handle))
    tlm_db_run (db, NULL, "ROLLBACK", "");
}

const char *
tlm_db_column_text (sqlite3_stmt *statement,
                    int           column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}
