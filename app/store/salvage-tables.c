/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a new database, and rows of the damaged one that go into them. Rows are found by the tree
 * of their table, whose beginning the schema tells; and, on pages that no tree reaches, by their
 * columns. */
#include "salvage-private.h"

#include <string.h>

#include "core/errors.h"

typedef struct
{
  int            type; /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT */
  gboolean       not_null, is_rowid;
  sqlite3_value *standard; /* (nullable): for a row that was written before the column was there */
} Column;

struct _TlmSavedTable
{
  char         *name;
  GArray       *columns;
  guint         n_needed; /* how many its oldest rows have */
  sqlite3_stmt *insert;
  guint32       root; /* in the damaged file; 0: not known */
  gboolean      is_index; /* it is made anew of the other tables' rows */
  guint         n_rows;
};

typedef TlmSavedTable Table;
typedef TlmSalvaging Salvage;

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
  table->is_index = g_str_has_prefix (name, "signs_");
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

/* The oldest first with every SQLite: named first, and given stray rows that fit others too. */
gboolean
tlm_salvaging_read_tables (TlmSalvaging *self,
                           GError      **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt         *row = tlm_db_query (self->db, error,
                                            "SELECT name FROM pragma_table_list AS list"
                                            " JOIN sqlite_schema AS made USING (name)"
                                            " WHERE schema = 'main' AND list.type = 'table'"
                                            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                                            " ORDER BY made.rowid", "");
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

  if (self->current->is_index)
    return;
  if (self->code == SQLITE_OK && fits (self->current, row))
    insert_row (self, self->current, row);
  else
    self->n_lost++;
}

/* Of tables of one form those whose rows tell what they are. */
static const struct
{
  const char *table, *words;
  guint       column;
} marked[] = { { "folders", "://", 1 }, { "revoked_licenses", "-----BEGIN TINYLM ", 1 } };

/* 0: nothing that rows of @table have tells them from others; 1: @row has it; -1: it has not */
static int
tell (const Table  *table,
      const TlmRow *row)
{
  for (gsize i = 0; i < G_N_ELEMENTS (marked); i++)
    if (g_str_equal (marked[i].table, table->name))
      {
        const TlmField *field = &row->fields[marked[i].column];

        return field->type == SQLITE_TEXT
               && memmem (field->bytes, field->n_bytes, marked[i].words, strlen (marked[i].words))
                    != NULL ? 1 : -1;
      }
  return 0;
}

/* A table whose rows tell what they are comes before those whose do not; rows of one page are of one
 * table, so that what fitted the last one comes next; else a table with just as many columns fits
 * better than one with more. */
static gboolean
is_better (const Salvage *self,
           const Table   *table,
           const Table   *than,
           const TlmRow  *row)
{
  if (than == NULL || tell (table, row) != tell (than, row))
    return than == NULL || tell (table, row) > tell (than, row);
  return than != self->current
         && (table == self->current || table->columns->len < than->columns->len);
}

static void
take_stray_row (const TlmRow *row,
                gpointer      user_data)
{
  Salvage *self = user_data;
  Table   *best = NULL;

  for (guint i = 0; i < self->tables->len; i++)
    {
      Table *table = self->tables->pdata[i];

      if (fits (table, row) && tell (table, row) >= 0 && is_better (self, table, best, row))
        best = table;
    }
  if (best == NULL || self->code != SQLITE_OK)
    return; /* of a search index */
  self->current = best;
  if (!best->is_index)
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

void
tlm_salvaging_take_all (TlmSalvaging *self,
                        TlmScan      *scan)
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

/* ---- Before and after ---- */

void
tlm_salvaging_init (TlmSalvaging *self)
{
  *self = (TlmSalvaging) { .db = tlm_db_new (),
                           .tables = g_ptr_array_new_with_free_func (table_free) };
}

void
tlm_salvaging_clear (TlmSalvaging *self)
{
  g_ptr_array_unref (self->tables);
  tlm_db_free (self->db);
}

void
tlm_salvaging_end (TlmSalvaging *self)
{
  for (guint i = 0; i < self->tables->len; i++)
    g_clear_pointer (&((Table *) self->tables->pdata[i])->insert, sqlite3_finalize);
}

TlmSalvage *
tlm_salvaging_sum_up (TlmSalvaging  *self,
                      const TlmScan *scan)
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
