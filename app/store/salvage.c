/* SPDX-License-Identifier: Apache-2.0 */
/* A new database of the damaged one's version takes its rows, is brought up to date, and is mended
 * where rows speak of others that did not come back. Rows are found by the tree of their table,
 * whose beginning the schema tells; and, on pages that no tree reaches, by their columns. */
#include "salvage.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "backups.h"
#include "db-private.h"
#include "erase.h"
#include "core/errors.h"
#include "salvage-private.h"

typedef struct
{
  int            type; /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT */
  gboolean       not_null, is_rowid;
  sqlite3_value *standard; /* (nullable): for a row that was written before the column was there */
} Column;

typedef struct
{
  char         *name;
  GArray       *columns;
  guint         n_needed; /* how many its oldest rows have */
  sqlite3_stmt *insert;
  guint32       root; /* in the damaged file; 0: not known */
  guint         n_rows;
} Table;

typedef struct
{
  TlmDb     *db;
  GPtrArray *tables;
  Table     *current; /* of which rows come now; for strays the last one that fitted */
  guint      n_cut, n_lost;
  int        code; /* of the new database, when it fails: its disk is full */
} Salvage;

/* ---- The tables of the version ---- */

static void
clear_column (gpointer column)
{
  sqlite3_value_free (((Column *) column)->standard);
}

static void
table_free (gpointer data)
{
  Table *self = data;

  sqlite3_finalize (self->insert);
  g_array_unref (self->columns);
  g_free (self->name);
  g_free (self);
}

static int
get_type (const char *name)
{
  return g_str_equal (name, "INTEGER") ? SQLITE_INTEGER
         : g_str_equal (name, "REAL")  ? SQLITE_FLOAT
                                       : SQLITE_TEXT;
}

/* (transfer full) (nullable): of a default as the schema has it, which SQLite itself quoted */
static sqlite3_value *
evaluate (sqlite3    *handle,
          const char *expression)
{
  g_autofree char *sql = g_strconcat ("SELECT ", expression, NULL);
  sqlite3_stmt    *statement = NULL;
  sqlite3_value   *value = NULL;

  if (*expression != '\0' && sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_value_dup (sqlite3_column_value (statement, 0));
  sqlite3_finalize (statement);
  return value;
}

static gboolean
read_columns (TlmDb   *db,
              Table   *table,
              GString *insert,
              GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT type, \"notnull\", pk > 0 AND sum (pk > 0) OVER () = 1,"
                                    " ifnull (dflt_value, '')"
                                    " FROM pragma_table_info (?)", "t", table->name);
  int           more = 1;

  while (row != NULL && (more = tlm_db_step (db, row, error)) > 0)
    {
      Column column = { .type = get_type (tlm_db_column_text (row, 0)),
                        .not_null = sqlite3_column_int (row, 1) != 0 };

      column.is_rowid = sqlite3_column_int (row, 2) != 0 && column.type == SQLITE_INTEGER;
      column.standard = evaluate (db->handle, tlm_db_column_text (row, 3));
      g_array_append_val (table->columns, column);
      if (column.not_null && column.standard == NULL)
        table->n_needed = table->columns->len;
      g_string_append (insert, table->columns->len == 1 ? "?" : ", ?");
    }
  return row != NULL && more == 0;
}

static gboolean
add_table (Salvage    *self,
           const char *name,
           GError    **error)
{
  g_autoptr (GString) insert = g_string_new (NULL);
  Table              *table = g_new0 (Table, 1);
  int                 code;

  table->name = g_strdup (name);
  table->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (table->columns, clear_column);
  g_ptr_array_add (self->tables, table);
  g_string_append_printf (insert, "INSERT OR IGNORE INTO \"%s\" VALUES (", name);
  if (!read_columns (self->db, table, insert, error))
    return FALSE;
  g_string_append (insert, ")");
  code = sqlite3_prepare_v2 (self->db->handle, insert->str, -1, &table->insert, NULL);
  return code == SQLITE_OK || tlm_db_fail (self->db, code, error);
}

/* The search indexes are made anew by the triggers. */
static gboolean
read_tables (Salvage *self,
             GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt         *row = tlm_db_query (self->db, error,
                                            "SELECT name FROM pragma_table_list"
                                            " WHERE schema = 'main' AND type = 'table'"
                                            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", "");
  int                   more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (self->db, row, error)) > 0)
    g_ptr_array_add (names, g_strdup (tlm_db_column_text (row, 0)));
  for (guint i = 0; more == 0 && i < names->len; i++)
    if (!add_table (self, names->pdata[i], error))
      more = -1;
  return more == 0;
}

/* ---- Rows ---- */

static gboolean
fits_column (const Column   *column,
             const TlmField *field,
             gboolean        cut)
{
  if (field->type == SQLITE_NULL)
    return column->is_rowid || cut || !column->not_null;
  return !column->is_rowid
         && (field->type == column->type
             || (column->type == SQLITE_FLOAT && field->type == SQLITE_INTEGER));
}

static gboolean
fits (const Table  *table,
      const TlmRow *row)
{
  if (row->n_fields > table->columns->len || row->n_fields < table->n_needed)
    return FALSE;
  for (guint i = 0; i < row->n_fields; i++)
    if (!fits_column (&g_array_index (table->columns, Column, i), &row->fields[i], row->cut))
      return FALSE;
  return TRUE;
}

static void
bind_text (sqlite3_stmt   *insert,
           int             at,
           const TlmField *field)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) field->bytes, (gssize) field->n_bytes);

  sqlite3_bind_text (insert, at, text, -1, SQLITE_TRANSIENT);
}

/* What the row is too short for: the bindings are cleared, and without a default it stays NULL. */
static void
bind_standard (sqlite3_stmt *insert,
               int           at,
               const Column *column)
{
  if (column->standard != NULL)
    sqlite3_bind_value (insert, at, column->standard);
}

/* Where the end of a row is lost, what must be there is nothing of its kind. */
static void
bind_nothing (sqlite3_stmt *insert,
              int           at,
              const Column *column)
{
  if (column->type == SQLITE_TEXT)
    sqlite3_bind_text (insert, at, "", -1, SQLITE_STATIC);
  else
    sqlite3_bind_int64 (insert, at, 0);
}

static void
bind_field (sqlite3_stmt *insert,
            int           at,
            const Column *column,
            const TlmRow *row)
{
  const TlmField *field = &row->fields[at - 1];

  if (column->is_rowid)
    sqlite3_bind_int64 (insert, at, row->rowid);
  else if ((guint) at > row->n_fields)
    bind_standard (insert, at, column);
  else if (field->type == SQLITE_INTEGER)
    sqlite3_bind_int64 (insert, at, field->integer);
  else if (field->type == SQLITE_FLOAT)
    sqlite3_bind_double (insert, at, field->real);
  else if (field->type == SQLITE_TEXT)
    bind_text (insert, at, field);
  else if (column->not_null)
    bind_nothing (insert, at, column);
}

static void
insert_row (Salvage      *self,
            Table        *table,
            const TlmRow *row)
{
  int code;

  sqlite3_reset (table->insert);
  sqlite3_clear_bindings (table->insert);
  for (guint i = 0; i < table->columns->len; i++)
    bind_field (table->insert, (int) i + 1, &g_array_index (table->columns, Column, i), row);
  code = sqlite3_step (table->insert);
  sqlite3_reset (table->insert);
  if (code == SQLITE_DONE && sqlite3_changes (self->db->handle) > 0)
    {
      table->n_rows++;
      self->n_cut += row->cut;
    }
  else
    self->n_lost++;
  if (code != SQLITE_DONE && code != SQLITE_CONSTRAINT)
    self->code = code;
}

static void
take_row (const TlmRow *row,
          gpointer      user_data)
{
  Salvage *self = user_data;

  if (self->code == SQLITE_OK && fits (self->current, row))
    insert_row (self, self->current, row);
  else
    self->n_lost++;
}

/* Rows of one page are of one table, so that what fitted the last one comes first; else a table
 * with just as many columns fits better than one with more. */
static void
take_stray_row (const TlmRow *row,
                gpointer      user_data)
{
  Salvage *self = user_data;
  Table   *best = self->current != NULL && fits (self->current, row) ? self->current : NULL;

  for (guint i = 0; (best == NULL || best != self->current) && i < self->tables->len; i++)
    {
      Table *table = self->tables->pdata[i];

      if (fits (table, row) && (best == NULL || table->columns->len < best->columns->len))
        best = table;
    }
  if (best == NULL || self->code != SQLITE_OK)
    return; /* of a search index */
  self->current = best;
  insert_row (self, best, row);
}

static Table *
find_table (Salvage        *self,
            const TlmField *name)
{
  for (guint i = 0; name->type == SQLITE_TEXT && i < self->tables->len; i++)
    {
      Table *table = self->tables->pdata[i];

      if (strlen (table->name) == name->n_bytes
          && memcmp (table->name, name->bytes, name->n_bytes) == 0)
        return table;
    }
  return NULL;
}

/* A row of sqlite_schema: type, name, tbl_name, rootpage, sql. */
static void
take_root (const TlmRow *row,
           gpointer      user_data)
{
  const TlmField *fields = row->fields;
  Table          *table = NULL;

  if (row->n_fields >= 4 && fields[0].type == SQLITE_TEXT && fields[0].n_bytes == 5
      && memcmp (fields[0].bytes, "table", 5) == 0 && fields[3].type == SQLITE_INTEGER
      && fields[3].integer > 1 && fields[3].integer <= G_MAXUINT32)
    table = find_table (user_data, &fields[1]);
  if (table != NULL && table->root == 0)
    table->root = (guint32) fields[3].integer;
}

/* Pages that no tree reached are looked at only where trees are broken: on those of a whole
 * database nothing is left. */
static void
take_all (Salvage *self,
          TlmScan *scan)
{
  gboolean all_known = TRUE;

  tlm_scan_table (scan, 1, take_root, self);
  for (guint i = 0; i < self->tables->len; i++)
    {
      self->current = self->tables->pdata[i];
      all_known = all_known && self->current->root != 0;
      if (self->current->root != 0)
        tlm_scan_table (scan, self->current->root, take_row, self);
    }
  if (all_known && scan->n_bad == 0)
    return;
  for (guint32 i = 1; i <= tlm_pages_get_count (scan->pages); i++)
    {
      self->current = NULL;
      tlm_scan_stray (scan, i, take_stray_row, self);
    }
}

/* ---- All of it ---- */

/* The version stands in the header; a damaged one says what the newest program would. */
static int
read_version (TlmPages *pages)
{
  guint8 page[TLM_PAGE_BYTES];
  int    version = 0, newest = tlm_db_get_newest_version ();

  if (tlm_pages_read (pages, 1, page) && memcmp (page, "SQLite format 3", 16) == 0)
    version = page[60] << 24 | page[61] << 16 | page[62] << 8 | page[63];
  return version > 0 && version < newest ? version : newest;
}

static gboolean
fill (Salvage  *self,
      TlmScan  *scan,
      GError  **error)
{
  if (!tlm_db_migrate_to (self->db, read_version (scan->pages), error)
      || !read_tables (self, error) || !tlm_db_begin (self->db, error))
    return FALSE;
  take_all (self, scan);
  if (self->code != SQLITE_OK)
    return tlm_db_fail (self->db, self->code, error);
  if (!tlm_db_commit (self->db, error))
    return FALSE;
  for (guint i = 0; i < self->tables->len; i++)
    g_clear_pointer (&((Table *) self->tables->pdata[i])->insert, sqlite3_finalize);
  return tlm_db_migrate (self->db, error) && tlm_salvage_mend (self->db, error)
         && (tlm_db_is_whole (self->db->handle)
             || tlm_db_fail (self->db, SQLITE_CORRUPT, error));
}

static TlmSalvage *
sum_up (Salvage *self,
        TlmScan *scan)
{
  TlmSalvage *sum = g_new0 (TlmSalvage, 1);

  sum->tables = g_ptr_array_new_with_free_func (g_free);
  sum->n_cut = self->n_cut;
  sum->n_lost = self->n_lost + scan->n_lost;
  sum->n_bad = scan->n_bad;
  for (guint i = 0; i < self->tables->len; i++)
    {
      Table            *table = self->tables->pdata[i];
      TlmSalvagedTable *salvaged = g_malloc (sizeof *salvaged + strlen (table->name) + 1);

      salvaged->n_rows = table->n_rows;
      salvaged->table = strcpy ((char *) (salvaged + 1), table->name);
      sum->n_rows += table->n_rows;
      if (table->n_rows > 0)
        g_ptr_array_add (sum->tables, salvaged);
      else
        g_free (salvaged);
    }
  return sum;
}

/* Until tlm_backups_commit() writes it to the disk, the new file is nobody's. */
static gboolean
make_new (Salvage    *self,
          TlmScan    *scan,
          const char *target,
          const char *vfs,
          GError    **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2 (target, &self->db->handle, flags, vfs);

  return (code == SQLITE_OK || tlm_db_fail (self->db, code, error))
         && tlm_db_exec (self->db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;"
                                   "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;", error)
         && fill (self, scan, error);
}

static TlmSalvage *
salvage_pages (TlmPages   *pages,
               const char *target,
               const char *vfs,
               GError    **error)
{
  Salvage     self = { .db = tlm_db_new (), .tables = g_ptr_array_new_with_free_func (table_free) };
  TlmSalvage *sum = NULL;
  TlmScan     scan;

  tlm_scan_init (&scan, pages);
  if (make_new (&self, &scan, target, vfs, error))
    sum = sum_up (&self, &scan);
  g_ptr_array_unref (self.tables);
  tlm_db_free (self.db);
  tlm_scan_clear (&scan);
  return sum;
}

/* A backup was made with the same key. (transfer full) (nullable) */
static TlmVault *
open_vault (const char *database,
            const char *secret,
            GError    **error)
{
  g_autoptr (GError)    first = NULL;
  g_autoptr (GPtrArray) backups = tlm_backups_list (database);
  TlmVault             *vault = tlm_vault_open (database, secret, &first);

  for (guint i = 0; vault == NULL && i < backups->len; i++)
    {
      TlmBackup *backup = backups->pdata[i];

      if (backup->sealed)
        vault = tlm_vault_open (backup->path, secret, NULL);
    }
  if (vault == NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  return vault;
}

static gboolean
prepare (const char *database,
         const char *target,
         GError    **error)
{
  GStatBuf info = { 0 };

  if (g_stat (database, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                   _("There is no database at “%s”: TinyLM has kept nothing yet."), database);
      return FALSE;
    }
  return tlm_db_check_room (database, (guint64) info.st_size, error)
         && tlm_erase_file (target, error) && tlm_db_make_file (target, error);
}

TlmSalvage *
tlm_salvage_run (const char *database,
                 const char *secret,
                 GError    **error)
{
  g_autofree char     *target = tlm_backups_dup_partial (database);
  gboolean             sealed = secret != NULL && *secret != '\0';
  g_autoptr (TlmVault) vault = NULL;
  const char          *vfs = NULL;
  TlmPages            *pages;
  TlmSalvage          *salvage = NULL;

  if (!sealed && tlm_vault_is_sealed (database))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                           _("This assistant is locked. Its passphrase or its recovery code opens "
                             "it."));
      return NULL;
    }
  if (!prepare (database, target, error)
      || (sealed && (vault = open_vault (database, secret, error)) == NULL))
    return NULL;
  vfs = vault != NULL ? tlm_vault_get_vfs (vault) : NULL;
  pages = tlm_pages_open (database, vfs);
  if (pages != NULL)
    salvage = salvage_pages (pages, target, vfs, error);
  else
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                         _("The database could not be opened. Check the permissions of its "
                           "folder."));
  g_clear_pointer (&pages, tlm_pages_free);
  if (salvage == NULL)
    tlm_erase_file (target, NULL);
  return salvage;
}

/* ---- In a thread ---- */

typedef struct
{
  char *database, *secret;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->database);
  tlm_secret_free (job->secret);
  g_free (job);
}

static void
run_job (GTask        *task,
         gpointer      source,
         gpointer      data,
         GCancellable *c)
{
  Job        *job = data;
  GError     *error = NULL;
  TlmSalvage *salvage = tlm_salvage_run (job->database, job->secret, &error);

  if (salvage != NULL)
    g_task_return_pointer (task, salvage, (GDestroyNotify) tlm_salvage_free);
  else
    g_task_return_error (task, error);
}

void
tlm_salvage_async (const char         *database,
                   const char         *secret,
                   GCancellable       *c,
                   GAsyncReadyCallback cb,
                   gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (NULL, c, cb, data);
  Job              *job = g_new0 (Job, 1);

  job->database = g_strdup (database);
  job->secret = g_strdup (secret);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run_job);
}

TlmSalvage *
tlm_salvage_finish (GAsyncResult *r,
                    GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}
