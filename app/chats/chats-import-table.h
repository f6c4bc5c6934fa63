/* SPDX-License-Identifier: Apache-2.0 */
/* A table of the store that an import fills from JSON objects, whose members are named as its
 * columns. Used on the store's thread alone. */
#pragma once

#include "store/db.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The columns of a table that an import may fill, with a statement that inserts them. What is not
 * given is the column's default. */
typedef struct
{
  GArray       *columns; /* of Column */
  sqlite3_stmt *insert;
} TlmImportTable;

/* @name: of a table, from the schema. To be cleared also when it fails. */
gboolean tlm_import_table_init       (TlmImportTable *table, TlmDb *db, const char *name,
                                      GError **error);
void     tlm_import_table_clear      (TlmImportTable *table);

/* Begins a row with what @object has. */
void     tlm_import_table_set_object (TlmImportTable *table, JsonObject *object);
/* Over what the object had. */
void     tlm_import_table_set_number (TlmImportTable *table, const char *name, gint64 value);
void     tlm_import_table_set_text   (TlmImportTable *table, const char *name, const char *value);

/* @id: (out): of the new row */
gboolean tlm_import_table_insert     (TlmImportTable *table, TlmDb *db, gint64 *id,
                                      GError **error);

G_END_DECLS
