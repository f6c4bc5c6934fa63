/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: order, cancelling, the two ways to end, and where things are freed. */
#include "support.h"

typedef struct
{
  GMutex   lock;
  GCond    cond;
  gboolean open; /* the gate that holds the first job */
  GString *log;
} Bench;

static Bench *
bench_new (void)
{
  Bench *bench = g_new0 (Bench, 1);

  g_mutex_init (&bench->lock);
  g_cond_init (&bench->cond);
  bench->log = g_string_new (NULL);
  return bench;
}

static void
bench_free (Bench *bench)
{
  g_mutex_clear (&bench->lock);
  g_cond_clear (&bench->cond);
  g_string_free (bench->log, TRUE);
  g_free (bench);
}

static void
open_gate (Bench *bench)
{
  g_mutex_lock (&bench->lock);
  bench->open = TRUE;
  g_cond_broadcast (&bench->cond);
  g_mutex_unlock (&bench->lock);
}

static void
wait_job (gpointer owner,
          GTask   *task)
{
  Bench *bench = owner;

  g_mutex_lock (&bench->lock);
  while (!bench->open)
    g_cond_wait (&bench->cond, &bench->lock);
  g_mutex_unlock (&bench->lock);
  g_task_return_boolean (task, TRUE);
}

static void
log_job (gpointer owner,
         GTask   *task)
{
  g_string_append (((Bench *) owner)->log, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static void
push (TlmWorker     *worker,
      TlmWorkerFunc  func,
      const char    *data,
      GCancellable  *cancellable,
      GAsyncResult **result)
{
  GTask *task = g_task_new (NULL, cancellable, tlm_test_keep, result);

  g_task_set_task_data (task, (gpointer) data, NULL);
  tlm_worker_push (worker, task, func);
}

static void
runs_in_order (void)
{
  Bench                   *bench = bench_new ();
  TlmWorker               *worker = tlm_worker_new ("test", bench, NULL);
  g_autoptr (GAsyncResult) a = NULL, b = NULL, c = NULL;

  push (worker, log_job, "a", NULL, &a);
  push (worker, log_job, "b", NULL, &b);
  push (worker, log_job, "c", NULL, &c);
  tlm_test_await (&c);
  g_assert_cmpstr (bench->log->str, ==, "abc");
  tlm_worker_finish (worker);
  tlm_test_settle ();
  bench_free (bench);
}

static void
skips_a_cancelled_job (void)
{
  Bench                   *bench = bench_new ();
  TlmWorker               *worker = tlm_worker_new ("test", bench, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) a = NULL, b = NULL, c = NULL;
  g_autoptr (GError)       error = NULL;

  push (worker, wait_job, NULL, NULL, &a);
  push (worker, log_job, "b", cancellable, &b);
  push (worker, log_job, "c", NULL, &c);
  g_cancellable_cancel (cancellable);
  open_gate (bench);
  tlm_test_await (&c);
  g_assert_false (g_task_propagate_boolean (G_TASK (b), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (bench->log->str, ==, "c");
  tlm_worker_finish (worker);
  tlm_test_settle ();
  bench_free (bench);
}

static void
finish_runs_what_waits (void)
{
  Bench                   *bench = bench_new ();
  TlmWorker               *worker = tlm_worker_new ("test", bench, NULL);
  g_autoptr (GAsyncResult) a = NULL, b = NULL;

  push (worker, wait_job, NULL, NULL, &a);
  push (worker, log_job, "b", NULL, &b);
  open_gate (bench);
  tlm_worker_finish (worker);
  g_assert_cmpstr (bench->log->str, ==, "b");
  tlm_test_settle ();
  g_assert_true (g_task_propagate_boolean (G_TASK (b), NULL));
  bench_free (bench);
}

static void
return_job (gpointer owner,
            GTask   *task)
{
  g_task_return_boolean (task, TRUE);
}

static gboolean
count_step (gpointer owner)
{
  return g_atomic_int_add ((int *) owner, 1) + 1 < 3;
}

static void
wait_for_steps (int *n_steps,
                int  n)
{
  while (g_atomic_int_get (n_steps) < n)
    g_thread_yield ();
}

/* All steps that there are, and after each job it asks for more. */
static void
steps_while_no_job_waits (void)
{
  int                      n_steps = 0;
  TlmWorker               *worker = tlm_worker_new ("test", &n_steps, count_step);
  g_autoptr (GAsyncResult) a = NULL;

  wait_for_steps (&n_steps, 3);
  push (worker, return_job, NULL, NULL, &a);
  tlm_test_await (&a);
  wait_for_steps (&n_steps, 4);
  tlm_worker_finish (worker);
  tlm_test_settle ();
  g_assert_cmpint (n_steps, ==, 4);
}

static gpointer
open_gate_soon (gpointer bench)
{
  open_gate (bench);
  return NULL;
}

static void
abandon_fails_what_waits (void)
{
  Bench                   *bench = bench_new ();
  TlmWorker               *worker = tlm_worker_new ("test", bench, NULL);
  g_autoptr (GAsyncResult) a = NULL, b = NULL;
  g_autoptr (GError)       error = NULL;
  GThread                 *opener;

  push (worker, wait_job, NULL, NULL, &a);
  push (worker, log_job, "b", NULL, &b);
  opener = g_thread_new ("opener", open_gate_soon, bench);
  tlm_worker_abandon (worker);
  g_thread_join (opener);
  tlm_test_settle ();
  /* Whether the first job passed the gate before or after, the second is either done or
   * cancelled. */
  g_assert_nonnull (b);
  if (!g_task_propagate_boolean (G_TASK (b), &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (bench->log->str, ==, error != NULL ? "" : "b");
  bench_free (bench);
}

static void
note_thread (gpointer data)
{
  *(GThread **) data = g_thread_self ();
}

static void
count (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  ++*(int *) data;
}

/* Repeated, because only a race would free on the worker's thread. */
static void
frees_on_the_callers_thread (void)
{
  TlmWorker *worker = tlm_worker_new ("test", NULL, NULL);
  int        n_done = 0;
  GThread   *freed_on[200] = { NULL };

  for (int i = 0; i < 200; i++)
    {
      GTask *task = g_task_new (NULL, NULL, count, &n_done);

      g_task_set_task_data (task, &freed_on[i], note_thread);
      tlm_worker_push (worker, task, return_job);
      while (n_done <= i)
        g_main_context_iteration (NULL, TRUE);
    }
  tlm_worker_finish (worker);
  tlm_test_settle ();
  for (int i = 0; i < 200; i++)
    g_assert_true (freed_on[i] == g_thread_self ());
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/worker/runs-in-order", runs_in_order);
  g_test_add_func ("/app/worker/skips-a-cancelled-job", skips_a_cancelled_job);
  g_test_add_func ("/app/worker/steps-while-no-job-waits", steps_while_no_job_waits);
  g_test_add_func ("/app/worker/finish-runs-what-waits", finish_runs_what_waits);
  g_test_add_func ("/app/worker/abandon-fails-what-waits", abandon_fails_what_waits);
  g_test_add_func ("/app/worker/frees-on-the-callers-thread", frees_on_the_callers_thread);
  return g_test_run ();
}
