/* SPDX-License-Identifier: Apache-2.0 */
/* A chat of a file, in the form of our own export, as rows of the store. While the rest of its file is still
 * to come nobody sees it: it counts as thrown away at a time that never comes. */
#pragma once

#include "chats-import-table.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct
{
  TlmDb         *db;
  TlmImportTable chats, messages;
  GHashTable    *ids; /* of the file -> of the store */
} TlmImportRows;

/* To be cleared also when it fails, and in the same job: its statements hold the database. */
gboolean tlm_import_rows_init   (TlmImportRows *self, TlmDb *db, GError **error);
void     tlm_import_rows_clear  (TlmImportRows *self);

/**
 * tlm_import_rows_insert:
 * @chat: whose messages are whole, if it has any
 * @hash: what it says
 * @id: (out): of the chat, which is not shown yet
 *
 * Columns are taken as they come, so that our own export loses nothing; a value that is of another type or
 * out of range gives way to the column's default.
 */
gboolean tlm_import_rows_insert (TlmImportRows *self, JsonObject *chat, const char *hash, gint64 *id,
                                 GError **error);

/* Shows a chat, where it was: in the list or in the bin. */
gboolean tlm_import_rows_show   (TlmDb *db, gint64 chat, GError **error);

/* (nullable): the ids of chats that are not shown: those of an import that goes on, or that did not come
 * to its end. */
GArray  *tlm_import_rows_list_hidden (TlmDb *db, GError **error);

/* One of those, and nothing else, is gone: the store is to forget it. */
gboolean tlm_import_rows_sweep  (TlmDb *db, gint64 chat, GError **error);

gint64   tlm_import_get_number  (JsonObject *object, const char *name); /* 0 where there is none */

/* In chats-import-sweep.c, blocking, for a thread of an import. What of @ids cannot go now, for want
 * of room for instance, stays hidden until the next start. */
void     tlm_import_sweep       (TlmStore *store, GArray *ids);

/* In chats-import-sweep.c. @how: of flock(). Whoever imports holds the folder, so that nobody who
 * starts meanwhile takes the hidden chats for left over. Returns: -1 when it is held otherwise; to
 * be closed */
int      tlm_import_hold_folder (TlmStore *store, int how);

G_END_DECLS
