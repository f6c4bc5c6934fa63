/* SPDX-License-Identifier: Apache-2.0 */
/* One thread that runs jobs in the order in which they came. A job is a GTask with plain data; its
 * function runs on the thread and returns the task's result, which GTask brings back to the context
 * where the task was made. The thread never drops the last reference to a task: objects and
 * callbacks are freed in that context too. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _TlmWorker TlmWorker;

/* Runs on the worker's thread; must make @task return exactly once. */
typedef void (*TlmWorkerFunc) (gpointer owner, GTask *task);

typedef gboolean (*TlmWorkerIdle) (gpointer owner);

/**
 * tlm_worker_new:
 * @owner: (transfer none): what the thread owns, handed to each job; outlives the worker
 * @idle: (nullable): a step of what is done while no job waits. Returns: whether there may be more
 */
TlmWorker *tlm_worker_new (const char *name, gpointer owner, TlmWorkerIdle idle);

/**
 * tlm_worker_push:
 * @task: (transfer full): of the calling thread's context. If its cancellable is already cancelled
 * when its turn comes, it fails with G_IO_ERROR_CANCELLED and @func does not run.
 */
void tlm_worker_push (TlmWorker *self, GTask *task, TlmWorkerFunc func);

/* Runs all that is queued, then ends the thread. Blocks until it has ended. */
void tlm_worker_finish (TlmWorker *self);

/* Fails all that is queued as cancelled and ends the thread after the job that runs now (whose
 * owner makes it stop). Blocks until it has ended. */
void tlm_worker_abandon (TlmWorker *self);

/* Ends a task that gives no more than success. @error: (transfer full): set when not @success */
void tlm_task_return_success (GTask *task, gboolean success, GError *error);

G_END_DECLS
