/* SPDX-License-Identifier: Apache-2.0 */
/* A row of an import, from a JSON object: columns are taken as they come, so that nothing is lost
 * that the schema knows; a value of another type or out of range gives way to the column's default.
 * */
#include "chats-import-table.h"

#include <string.h>

#define MAX_TIME G_GINT64_CONSTANT (253402300799000000) /* the end of the year 9999 */

typedef struct
{
  char    *name;
  char     type;     /* of the declared one: I, R or T */
  gboolean optional; /* may be NULL */
} Column;

static void
column_clear (gpointer column)
{
  g_free (((Column *) column)->name);
}

void
tlm_import_table_clear (TlmImportTable *table)
{
  g_clear_pointer (&table->columns, g_array_unref);
  sqlite3_finalize (table->insert);
}

static const char *
get_default (const Column *column,
             const char   *declared)
{
  if (*declared != '\0')
    return declared;
  return column->type == 'T' ? "''" : column->type == 'R' ? "0.0" : "0";
}

/* @name: of a table, from the schema */
gboolean
tlm_import_table_init (TlmImportTable      *table,
            TlmDb      *db,
            const char *name,
            GError    **error)
{
  sqlite3_stmt       *row = tlm_db_query (db, error,
                                    "SELECT name, type, \"notnull\", dflt_value FROM "
                                    "pragma_table_info (?) WHERE name != 'id'", "t", name);
  g_autoptr (GString) names = g_string_new (NULL), values = g_string_new (NULL);
  g_autofree char    *sql = NULL;
  int                 more = row != NULL ? 1 : -1, code;

  table->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (table->columns, column_clear);
  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      const char *comma = table->columns->len > 0 ? ", " : "";
      Column      column = { g_strdup (tlm_db_column_text (row, 0)), *tlm_db_column_text (row, 1),
                             sqlite3_column_int (row, 2) == 0 };

      g_string_append_printf (names, "%s%s", comma, column.name);
      if (column.optional)
        g_string_append_printf (values, "%s?", comma);
      else
        g_string_append_printf (values, "%scoalesce (?, %s)", comma,
                                get_default (&column, tlm_db_column_text (row, 3)));
      g_array_append_val (table->columns, column);
    }
  if (more < 0)
    return FALSE;
  sql = g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s)", name, names->str, values->str);
  code = sqlite3_prepare_v2 (tlm_db_get_handle (db), sql, -1, &table->insert, NULL);
  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}

/* What settings and places may be; the rest may be any number of its type. */
static gboolean
is_in_range (const char *name,
             double      value)
{
  static const struct
  {
    const char *name;
    double      min, max;
  } ranges[] = {
    { "temperature", 0, 2 },   { "top_p", 0, 1 },        { "max_tokens", 1, 1 << 20 },
    { "drop_oldest", 0, 1 },   { "place", 0, 2 },        { "elapsed_ms", 0, 1e12 },
    { "context_used", 0, G_MAXINT32 }, { "context_held", 0, G_MAXINT32 },
    { "seed", 0, 9.2e18 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (g_str_equal (ranges[i].name, name))
      return value >= ranges[i].min && value <= ranges[i].max;
  return TRUE;
}

static gboolean
is_time (const char *name)
{
  return g_str_equal (name, "created") || g_str_equal (name, "updated")
         || g_str_equal (name, "trashed");
}

static gint64
read_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time == NULL ? 0
                      : g_date_time_to_unix (time) * G_USEC_PER_SEC
                          + g_date_time_get_microsecond (time);
}

static void
bind_value (TlmImportTable    *table,
            int       i,
            JsonNode *node)
{
  const Column *column = &g_array_index (table->columns, Column, i);
  GType         type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                                    : G_TYPE_INVALID;
  gboolean      number = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;

  if (is_time (column->name) && type == G_TYPE_STRING)
    sqlite3_bind_int64 (table->insert, i + 1, CLAMP (read_time (json_node_get_string (node)), 0,
                                                     MAX_TIME));
  else if (is_time (column->name) && type == G_TYPE_INT64)
    sqlite3_bind_int64 (table->insert, i + 1, CLAMP (json_node_get_int (node), 0, MAX_TIME));
  else if (column->type == 'T' && type == G_TYPE_STRING)
    {
      char *valid = g_utf8_make_valid (json_node_get_string (node), -1);

      sqlite3_bind_text (table->insert, i + 1, valid, -1, g_free);
    }
  else if (column->type == 'R' && number
           && is_in_range (column->name, json_node_get_double (node)))
    sqlite3_bind_double (table->insert, i + 1, json_node_get_double (node));
  else if (column->type == 'I' && type == G_TYPE_INT64
           && is_in_range (column->name, json_node_get_double (node)))
    sqlite3_bind_int64 (table->insert, i + 1, json_node_get_int (node));
}

void
tlm_import_table_set_object (TlmImportTable      *table,
             JsonObject *object)
{
  sqlite3_reset (table->insert);
  sqlite3_clear_bindings (table->insert);
  for (int i = 0; i < (int) table->columns->len; i++)
    {
      JsonNode *node = json_object_get_member (object,
                                               g_array_index (table->columns, Column, i).name);

      if (node != NULL)
        bind_value (table, i, node);
    }
}

/* Over what the object had. */
void
tlm_import_table_set_number (TlmImportTable      *table,
             const char *name,
             gint64      value)
{
  for (int i = 0; i < (int) table->columns->len; i++)
    if (g_str_equal (g_array_index (table->columns, Column, i).name, name))
      sqlite3_bind_int64 (table->insert, i + 1, value);
}

void
tlm_import_table_set_text (TlmImportTable      *table,
           const char *name,
           const char *value)
{
  for (int i = 0; i < (int) table->columns->len; i++)
    if (g_str_equal (g_array_index (table->columns, Column, i).name, name))
      sqlite3_bind_text (table->insert, i + 1, value, -1, SQLITE_TRANSIENT);
}

gboolean
tlm_import_table_insert (TlmImportTable   *table,
        TlmDb   *db,
        gint64  *id,
        GError **error)
{
  int code = sqlite3_step (table->insert);

  if (code != SQLITE_DONE)
    return tlm_db_fail (db, code, error);
  *id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  return TRUE;
}
