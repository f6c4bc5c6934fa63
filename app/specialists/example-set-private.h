/* SPDX-License-Identifier: Apache-2.0 */
/* How sets of examples come out of the store and go into it: plain records between the threads.
 * example-row.c is one row, example-set.c the list and its problems, example-record.c the tables,
 * example-set-file.c files and pasted text, example-sets.c the list of sets. */
#pragma once

#include "store/db.h"
#include "example-set.h"

G_BEGIN_DECLS

/* One row of the table. */
typedef struct
{
  gint64           id, set_id, created;
  char            *input, *output;
  char           **turns; /* (nullable): as of a TlmExample */
  TlmExampleSource source;
} TlmExampleRecord;

void       tlm_example_record_free  (gpointer record);
/* The next three on the store's thread: adds or changes; deletes; reads, in the order of the
 * table. */
gboolean   tlm_example_record_write (TlmDb *db, const TlmExampleRecord *record, GError **error);
gboolean   tlm_example_record_erase (TlmDb *db, const TlmExampleRecord *record, GError **error);
GPtrArray *tlm_example_records_read (TlmDb *db, GError **error);

typedef gboolean (*TlmExampleRecordFunc) (TlmDb *db, const TlmExampleRecord *record,
                                          GError **error);

/* @records: (transfer full): all of them or none. @done: as of a GTask of @source, with @data */
void tlm_example_records_post (TlmStore *store, gpointer source, GPtrArray *records,
                               TlmExampleRecordFunc func, GAsyncReadyCallback done, gpointer data);

/* Of a set or an example that is made now: later than all before. Main thread. */
gint64 tlm_example_next_id (void);

TlmExampleRow    *tlm_example_row_new         (const TlmExampleRecord *record);
TlmExampleRecord *tlm_example_row_dup_record  (TlmExampleRow *self, gint64 set_id);
void              tlm_example_row_set_texts   (TlmExampleRow *self, const char *input,
                                               const char *output);
void              tlm_example_row_set_problem (TlmExampleRow *self, TlmExampleProblem problem);

TlmExampleSet *tlm_example_set_new (TlmStore *store, gint64 id, const char *name, const char *kind,
                                    const char *base, gint64 created);

/* Whether the store took the set itself. When it does so at last, all that the set holds goes there. */
gboolean tlm_example_set_get_kept (TlmExampleSet *self);
void     tlm_example_set_set_kept (TlmExampleSet *self, gboolean kept);

/* What the store has, unless it is yet to be told of another here. Returns: whether it is called otherwise */
gboolean tlm_example_set_take (TlmExampleSet *self, const char *name, const char *base);

/* @rows: of TlmExampleRow; with @save they go into the store */
void tlm_example_set_add_rows (TlmExampleSet *self, GPtrArray *rows, gboolean save);

G_END_DECLS
