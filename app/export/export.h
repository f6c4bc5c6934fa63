/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that the store holds, in forms that other programs read:
 *
 *   notes/TITLE.md, chats/TITLE.md   and in bin/ what lies in the bin
 *   notes.jsonl, chats.jsonl         a note or chat a line, with times (ISO 8601) and all else; a
 *                                    chat's "messages" have "role" and "content", as examples have
 *   models.jsonl                     name, path, size and SHA-256 of each model
 *   tables/NAME.jsonl                every other table of the database, row by row
 *
 * An export is not encrypted. */
#pragma once

#include "store/db.h"
#include "store/store.h"

G_BEGIN_DECLS

/* @fraction: 0 to 1. In tlm_export_run() on its thread, else in the caller's main context. */
typedef void (*TlmExportProgress) (double fraction, gpointer data);

/**
 * tlm_export_run:
 * @target: a new folder, or a new file that ends in .zip, .tar or .tar.gz
 * @progress: (nullable)
 *
 * Blocks; reads one state of the database. When it fails or is cancelled, nothing is left of it.
 */
gboolean tlm_export_run    (TlmDb *db, const char *target, TlmExportProgress progress,
                            gpointer progress_data, GCancellable *c, GError **error);

/* The same on the store's thread. */
void     tlm_export_async  (TlmStore *store, const char *target, TlmExportProgress progress,
                            gpointer progress_data, GCancellable *c, GAsyncReadyCallback cb,
                            gpointer data);
gboolean tlm_export_finish (TlmStore *store, GAsyncResult *r, GError **error);

G_END_DECLS
