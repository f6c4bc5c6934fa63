/* SPDX-License-Identifier: Apache-2.0 */
/* The worker thread and its queue. */
#include "worker.h"

#define MAX_REST_US (100 * G_TIME_SPAN_MILLISECOND) /* after a step that the system held up */

typedef struct
{
  GTask        *task; /* NULL ends the thread */
  TlmWorkerFunc func;
} Job;

struct _TlmWorker
{
  GThread      *thread;
  GAsyncQueue  *queue;
  gpointer      owner;
  TlmWorkerIdle idle;
  int           abandoned; /* atomic */
};

static gboolean
drop_task (gpointer task)
{
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* The last reference to a task is dropped where it was made, after its callback has run: this
 * source is attached behind the one that g_task_return() attached, at the same priority. */
static void
hand_back (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, drop_task, task, NULL);
  g_source_attach (source, g_task_get_context (task));
}

static void
run_job (TlmWorker *self,
         Job       *job)
{
  GTask *task = job->task;

  if (g_atomic_int_get (&self->abandoned))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The work was stopped.");
  else if (!g_task_return_error_if_cancelled (task))
    job->func (self->owner, task);
  hand_back (task);
}

/* (transfer full): waits for it. Steps take half of the time at most: another program may wait for
 * what they hold, and the processor has other things to do. */
static Job *
next_job (TlmWorker *self)
{
  Job     *job = g_async_queue_try_pop (self->queue);
  gboolean more = self->idle != NULL;

  while (job == NULL && more)
    {
      gint64 start = g_get_monotonic_time (), rest;

      more = self->idle (self->owner);
      rest = MIN (g_get_monotonic_time () - start, MAX_REST_US);
      if (more)
        job = g_async_queue_timeout_pop (self->queue, (guint64) rest);
    }
  return job != NULL ? job : g_async_queue_pop (self->queue);
}

static gpointer
run_thread (gpointer data)
{
  TlmWorker *self = data;
  gboolean   running = TRUE;

  while (running)
    {
      Job *job = next_job (self);

      running = job->task != NULL;
      if (running)
        run_job (self, job);
      g_free (job);
    }
  return NULL;
}

TlmWorker *
tlm_worker_new (const char   *name,
                gpointer      owner,
                TlmWorkerIdle idle)
{
  TlmWorker *self = g_new0 (TlmWorker, 1);

  self->queue = g_async_queue_new ();
  self->owner = owner;
  self->idle = idle;
  self->thread = g_thread_new (name, run_thread, self);
  return self;
}

static void
push_job (TlmWorker    *self,
          GTask        *task,
          TlmWorkerFunc func)
{
  Job *job = g_new0 (Job, 1);

  job->task = task;
  job->func = func;
  g_async_queue_push (self->queue, job);
}

void
tlm_worker_push (TlmWorker    *self,
                 GTask        *task,
                 TlmWorkerFunc func)
{
  g_return_if_fail (G_IS_TASK (task));
  push_job (self, task, func);
}

void
tlm_worker_finish (TlmWorker *self)
{
  if (self == NULL)
    return;
  push_job (self, NULL, NULL);
  g_thread_join (self->thread);
  g_async_queue_unref (self->queue);
  g_free (self);
}

void
tlm_worker_abandon (TlmWorker *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->abandoned, TRUE);
  tlm_worker_finish (self);
}

void
tlm_task_return_success (GTask   *task,
                         gboolean success,
                         GError  *error)
{
  if (success)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}
