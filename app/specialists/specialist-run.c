/* SPDX-License-Identifier: Apache-2.0 */
/* The object around tlm_specialist_train(). Steps are queued under a lock, with at most one idle on
 * its way, which hands out all that are there. */
#include "specialist-run.h"

#include <sys/resource.h>

struct _TlmSpecialistRun
{
  GObject  parent_instance;
  GMutex   lock;
  GCond    changed;
  gboolean paused;    /* locked */
  gboolean scheduled; /* locked */
  GArray  *steps;     /* locked: of TlmSpecialistProgress, not handed out yet */
  int      nice;
  gboolean started;
};

G_DEFINE_FINAL_TYPE (TlmSpecialistRun, tlm_specialist_run, G_TYPE_OBJECT)

enum { PROP_PAUSED = 1, N_PROPS };

static GParamSpec *properties[N_PROPS];
static guint       progress_signal;

/* Owned by its task. */
typedef struct
{
  TlmSpecialistOptions *options; /* owned */
  TlmSpecialistResult   result;
  GError               *error; /* NULL: it is done */
  gulong                handler;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  tlm_specialist_options_free (job->options);
  g_clear_error (&job->error);
  g_free (job);
}

static void
tlm_specialist_run_finalize (GObject *object)
{
  TlmSpecialistRun *self = TLM_SPECIALIST_RUN (object);

  g_array_unref (self->steps);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (tlm_specialist_run_parent_class)->finalize (object);
}

static void
tlm_specialist_run_get_property (GObject    *object,
                                 guint       id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  g_value_set_boolean (value, tlm_specialist_run_get_paused (TLM_SPECIALIST_RUN (object)));
}

static void
tlm_specialist_run_set_property (GObject      *object,
                                 guint         id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  tlm_specialist_run_set_paused (TLM_SPECIALIST_RUN (object), g_value_get_boolean (value));
}

static void
tlm_specialist_run_class_init (TlmSpecialistRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tlm_specialist_run_finalize;
  object_class->get_property = tlm_specialist_run_get_property;
  object_class->set_property = tlm_specialist_run_set_property;
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                      | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  progress_signal = g_signal_new ("progress", TLM_TYPE_SPECIALIST_RUN, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
tlm_specialist_run_init (TlmSpecialistRun *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->steps = g_array_new (FALSE, FALSE, sizeof (TlmSpecialistProgress));
}

TlmSpecialistRun *
tlm_specialist_run_new (int nice)
{
  TlmSpecialistRun *self = g_object_new (TLM_TYPE_SPECIALIST_RUN, NULL);

  self->nice = nice;
  return self;
}

/* ---- progress ---- */

/* Signals are given outside the lock, so that the thread never waits for the window. */
static void
hand_out (TlmSpecialistRun *self)
{
  GArray *steps;

  g_mutex_lock (&self->lock);
  steps = self->steps;
  self->steps = g_array_new (FALSE, FALSE, sizeof (TlmSpecialistProgress));
  self->scheduled = FALSE;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < steps->len; i++)
    g_signal_emit (self, progress_signal, 0, &g_array_index (steps, TlmSpecialistProgress, i));
  g_array_unref (steps);
}

static gboolean
hand_out_idle (gpointer data)
{
  GTask *task = data;

  if (!g_task_get_completed (task))
    hand_out (g_task_get_source_object (task));
  return G_SOURCE_REMOVE;
}

/* On the training thread. */
static void
report (const TlmSpecialistProgress *progress,
        gpointer                     data)
{
  GTask            *task = data;
  TlmSpecialistRun *self = g_task_get_source_object (task);
  gboolean          schedule;

  g_mutex_lock (&self->lock);
  g_array_append_val (self->steps, *progress);
  schedule = !self->scheduled;
  self->scheduled = TRUE;
  g_mutex_unlock (&self->lock);
  if (schedule)
    g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT_IDLE, hand_out_idle,
                                g_object_ref (task), g_object_unref);
}

/* On the training thread: sleeps here while the run is paused. */
static bool
is_cancelled (void *data)
{
  GTask            *task = data;
  TlmSpecialistRun *self = g_task_get_source_object (task);
  GCancellable     *cancellable = g_task_get_cancellable (task);

  g_mutex_lock (&self->lock);
  while (self->paused && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  return g_cancellable_is_cancelled (cancellable);
}

/* ---- the thread ---- */

static void
wake (GCancellable     *cancellable,
      TlmSpecialistRun *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static gboolean
finish_idle (gpointer data)
{
  GTask *task = data;
  Job   *job = g_task_get_task_data (task);

  g_cancellable_disconnect (g_task_get_cancellable (task), job->handler);
  hand_out (g_task_get_source_object (task));
  if (job->error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&job->error));
  return G_SOURCE_REMOVE;
}

/* @data: (transfer full): the task, which ends and is freed on the main thread */
static gpointer
train_thread (gpointer data)
{
  GTask *task = data;
  Job   *job = g_task_get_task_data (task);
#ifdef __linux__ /* where it is of this thread, and of those that it makes */
  TlmSpecialistRun *self = g_task_get_source_object (task);

  if (self->nice > 0)
    setpriority (PRIO_PROCESS, 0, self->nice);
#endif

  tlm_specialist_train (job->options, report, task, is_cancelled, task, &job->result, &job->error);
  g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, finish_idle, task,
                              g_object_unref);
  return NULL;
}

void
tlm_specialist_run_start_async (TlmSpecialistRun           *self,
                                const TlmSpecialistOptions *options,
                                GCancellable               *cancellable,
                                GAsyncReadyCallback         callback,
                                gpointer                    user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job   *job = g_new0 (Job, 1);

  g_return_if_fail (!self->started);
  self->started = TRUE;
  job->options = tlm_specialist_options_copy (options);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, job_free);
  if (cancellable != NULL)
    job->handler = g_cancellable_connect (cancellable, G_CALLBACK (wake), g_object_ref (self),
                                          g_object_unref);
  g_thread_unref (g_thread_new ("tinylm-train", train_thread, task));
}

gboolean
tlm_specialist_run_start_finish (TlmSpecialistRun    *self,
                                 GAsyncResult        *result,
                                 TlmSpecialistResult *out,
                                 GError             **error)
{
  Job *job;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  job = g_task_get_task_data (G_TASK (result));
  *out = job->result;
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
tlm_specialist_run_set_paused (TlmSpecialistRun *self,
                               gboolean          paused)
{
  gboolean changes;

  g_mutex_lock (&self->lock);
  changes = self->paused != paused;
  self->paused = paused;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (changes)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

gboolean
tlm_specialist_run_get_paused (TlmSpecialistRun *self)
{
  gboolean paused;

  g_mutex_lock (&self->lock);
  paused = self->paused;
  g_mutex_unlock (&self->lock);
  return paused;
}
