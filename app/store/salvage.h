/* SPDX-License-Identifier: Apache-2.0 */
/* What can be read of a damaged database, in a new one. Nothing is changed by it: the new one lies
 * ready until tlm_backups_commit() says that it is wanted. Any thread; the database must be closed.
 * */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *table; /* its name in the database */
  guint n_rows;
} TlmSalvagedTable;

typedef struct
{
  GPtrArray *tables; /* TlmSalvagedTable, those with rows */
  guint      n_rows; /* of them all */
  guint      n_cut;  /* of these, how many lost the end of a text */
  guint      n_lost; /* rows that were there and could not be read */
  guint      n_bad;  /* pages, and with them all that they held */
  int        lock;   /* until this is freed, nobody else touches what lies ready */
} TlmSalvage;

void  tlm_salvage_free (TlmSalvage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmSalvage, tlm_salvage_free)

/* (transfer full): a few lines for the person who must decide */
char *tlm_salvage_dup_report (TlmSalvage *self);

/**
 * tlm_salvage_run:
 * @secret: (nullable): of an encrypted database. Where the damage hit the key itself, an encrypted
 *   backup still has it.
 *
 * Returns: (transfer full) (nullable): what came back
 */
TlmSalvage *tlm_salvage_run (const char *database, const char *secret, GError **error);

/* The same in a thread of its own. */
void        tlm_salvage_async  (const char *database, const char *secret, GCancellable *c,
                                GAsyncReadyCallback cb, gpointer data);
TlmSalvage *tlm_salvage_finish (GAsyncResult *r, GError **error);

G_END_DECLS
