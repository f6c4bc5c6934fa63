/* SPDX-License-Identifier: Apache-2.0 */
/* Columns to JSON members: numbers as they are, bytes as base64, times readable to the microsecond. */
#include "export-json.h"

const char *const tlm_export_times[] = { "created", "updated", "trashed", NULL };

static char *
dup_time (gint64 microseconds)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (microseconds / G_USEC_PER_SEC);
  g_autoptr (GDateTime) time = second == NULL
                                 ? NULL
                                 : g_date_time_add (second, microseconds % G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format_iso8601 (time) : NULL;
}

static void
set_column (JsonObject   *object,
            sqlite3_stmt *row,
            int           i)
{
  const char *name = sqlite3_column_name (row, i);

  switch (sqlite3_column_type (row, i))
    {
    case SQLITE_INTEGER:
      json_object_set_int_member (object, name, sqlite3_column_int64 (row, i));
      break;
    case SQLITE_FLOAT:
      json_object_set_double_member (object, name, sqlite3_column_double (row, i));
      break;
    case SQLITE_TEXT:
      json_object_set_string_member (object, name, tlm_db_column_text (row, i));
      break;
    case SQLITE_BLOB:
      {
        g_autofree char *text = g_base64_encode (sqlite3_column_blob (row, i),
                                                 (gsize) sqlite3_column_bytes (row, i));

        json_object_set_string_member (object, name, text);
        break;
      }
    default:
      json_object_set_null_member (object, name);
    }
}

JsonObject *
tlm_export_object (sqlite3_stmt      *row,
                   const char *const *times)
{
  JsonObject *object = json_object_new ();

  for (int i = 0; i < sqlite3_column_count (row); i++)
    {
      const char      *name = sqlite3_column_name (row, i);
      gboolean         is_time = g_strv_contains (times, name)
                                 && sqlite3_column_type (row, i) == SQLITE_INTEGER;
      g_autofree char *time = is_time ? dup_time (sqlite3_column_int64 (row, i)) : NULL;

      if (time != NULL)
        json_object_set_string_member (object, name, time);
      else
        set_column (object, row, i);
    }
  return object;
}

void
tlm_export_append_line (GString    *lines,
                        JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char     *line = json_to_string (node, FALSE);

  g_string_append_printf (lines, "%s\n", line);
  json_object_unref (object);
}
