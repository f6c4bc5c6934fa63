/* SPDX-License-Identifier: Apache-2.0 */
/* Lines go in one by one, several threads answer them, and the answers come out in the lines' order:
 * each as soon as all before it are there, so that a program which waits for an answer before it
 * writes the next line gets it. Takes so many lines and bytes at a time and no more. */
#pragma once

#include "cli/batch-skills.h"

G_BEGIN_DECLS

/* Called by one thread at a time, in order. @end: as it was pushed. FALSE and @error end the batch. */
typedef gboolean (*TlmBatchWrite) (const GString *answer, gboolean good, guint64 end, gpointer data,
                                   GError **error);

typedef struct TlmBatchQueue TlmBatchQueue;

/* (transfer full) (nullable) */
TlmBatchQueue *tlm_batch_queue_new (const TlmBatch *batch, guint n_threads, TlmBatchWrite write,
                                    gpointer data, GError **error);

/**
 * tlm_batch_queue_push:
 * @line: (transfer full) (nullable): as tlm_batch_hand_begin() takes it
 * @end: of the line in the input, for whoever writes the answer
 *
 * Waits until there is room. Returns: FALSE when the batch has failed
 */
gboolean tlm_batch_queue_push (TlmBatchQueue *self, char *line, gsize len, guint64 end);

/* Waits for what was pushed, and frees. Returns: FALSE with the writer's error */
gboolean tlm_batch_queue_finish (TlmBatchQueue *self, GError **error);

G_END_DECLS
