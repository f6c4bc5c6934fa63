/* SPDX-License-Identifier: Apache-2.0 */
/* How far a batch is, on standard error: a line that is written over again and again, where a person
 * can see it, and nothing at all elsewhere. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean shown;
  guint64  size;            /* of the input in bytes; 0: not known */
  guint64  skipped;         /* bytes that an earlier run answered, */
  gsize    n_skipped;       /* and records */
  gsize    n_records, n_failed;
  gint64   start, next;     /* in microseconds: of this run, and of the next time to be shown */
} TlmBatchProgress;

/* @in: the input, of which it is asked how large it is. Shown when standard error is a terminal and @out,
 * where the answers go, is not. */
void tlm_batch_progress_begin (TlmBatchProgress *self, int in, int out);

/* One more answer, to the record that ends there in the input. */
void tlm_batch_progress_count (TlmBatchProgress *self, gboolean good, guint64 end);

/* All counted so far was answered by an earlier run, up to there in the input. */
void tlm_batch_progress_skip (TlmBatchProgress *self, guint64 end);

/* Leaves an empty line. */
void tlm_batch_progress_end (TlmBatchProgress *self);

G_END_DECLS
