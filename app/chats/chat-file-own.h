/* SPDX-License-Identifier: Apache-2.0 */
/* Our own export, of any size: read a line at a time, of which only one is in memory. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* @table: "chats", whose objects are as export-chats.h makes them, or the name of a table of the
 * database, whose objects have its columns */
typedef gboolean (*TlmOwnExportFunc) (const char *table, JsonObject *object, gpointer data,
                                      GError **error);

/**
 * tlm_own_export_is:
 * @file: any file or folder
 *
 * Returns: whether it is the folder or the archive of an export of everything, or its chats.jsonl alone.
 * Blocks.
 */
gboolean tlm_own_export_is   (GFile *file, GCancellable *c);

/**
 * tlm_own_export_each:
 * @done: (out): while @func is called, how much was read of the file, 0 to 1
 *
 * Calls @func for each line of chats.jsonl and then of tables/tool_choices.jsonl until it fails. Blocks.
 */
gboolean tlm_own_export_each (GFile *file, TlmOwnExportFunc func, gpointer data, double *done,
                              GCancellable *c, GError **error);

G_END_DECLS
