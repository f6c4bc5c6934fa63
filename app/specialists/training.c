/* SPDX-License-Identifier: Apache-2.0 */
/* The one training. What the store is told goes there in order and is not waited for; should the
 * store fail, the training goes on, and "failed" says what will not outlive the program. */
#include "training.h"

#include "core/errors.h"
#include "store/store-private.h"
#include "training-record.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

struct _TlmTraining
{
  GObject               parent_instance;
  TlmStore             *store;
  int                   nice;
  TlmTrainingState      state;
  TlmTrainingRecord    *record;      /* NULL: TLM_TRAINING_NONE */
  TlmTrainingRecord    *aside;       /* that can be restored; NULL: none */
  TlmSpecialistRun     *run;         /* NULL but while it runs */
  GCancellable         *cancellable;
  gboolean              discarding;  /* once it has stopped */
  gboolean              stepped;     /* whether there is a progress */
  gboolean              full;        /* the disk: it was said */
  TlmSpecialistProgress progress;
  TlmSpecialistResult   result;
};

G_DEFINE_FINAL_TYPE (TlmTraining, tlm_training, G_TYPE_OBJECT)

enum { PROP_PAUSED = 1, N_PROPS };
enum { CHANGED, PROGRESS, FAILED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];

static void
set_state (TlmTraining     *self,
           TlmTrainingState state)
{
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- what the store is told ---- */

static void
recorded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!tlm_training_record_post_finish (result, &error))
    g_signal_emit (source, signals[FAILED], 0, error->message);
}

static void
tell_store_of (TlmTraining             *self,
               const TlmTrainingRecord *record,
               TlmTrainingRecordFunc    func)
{
  tlm_training_record_post (self->store, record, func, self, recorded_cb);
}

static void
tell_store (TlmTraining          *self,
            TlmTrainingRecordFunc func)
{
  tell_store_of (self, self->record, func);
}

static void
forget_record (TlmTraining             *self,
               const TlmTrainingRecord *record)
{
  tlm_specialist_drop_checkpoint (record->options->out_path);
  g_unlink (record->options->out_path); /* a kill came before the store knew of it */
  tell_store_of (self, record, tlm_training_record_remove);
}

/* What becomes of it is no matter of this one any more. */
static void
let_go (TlmTraining *self)
{
  g_clear_pointer (&self->record, tlm_training_record_free);
  self->stepped = FALSE;
  set_state (self, TLM_TRAINING_NONE);
}

static void
forget (TlmTraining *self)
{
  forget_record (self, self->record);
  let_go (self);
}

/* ---- what was discarded ---- */

static void
set_aside (TlmTraining *self)
{
  self->aside = g_steal_pointer (&self->record);
  tlm_training_record_stamp (self->aside);
  let_go (self);
}

/* Now for good, unless another program took it up, also where that has stopped since. */
static void
forget_aside (TlmTraining *self)
{
  g_autoptr (TlmTrainingRecord) record = g_steal_pointer (&self->aside);
  int                           lock;

  if (record == NULL || !tlm_specialist_lock (record->options->out_path, &lock, NULL))
    return;
  if (!tlm_training_record_is_ended (record) && tlm_training_record_is_stamped (record))
    forget_record (self, record);
  tlm_specialist_unlock (record->options->out_path, lock);
}

/* ---- the run ---- */

static void
say_full (TlmTraining *self,
          gboolean     full)
{
  if (full && !self->full)
    g_signal_emit (self, signals[FAILED], 0,
                   _("What is learned cannot be saved: the disk is full, or may not be written. The "
                     "training goes on, and saves it once there is room."));
  self->full = full;
}

/* The store has the curve as far as it was measured last, should the program be killed. */
static void
progress_cb (TlmTraining                 *self,
             const TlmSpecialistProgress *progress)
{
  TlmLossPoint point = { progress->step, progress->loss, progress->valid_loss };
  GArray      *points = self->record->points;

  self->progress = *progress;
  self->stepped = TRUE;
  if (progress->stage == TLM_SPECIALIST_TRAIN
      && (!isnan (progress->loss) || !isnan (progress->valid_loss)))
    tlm_training_record_add_point (self->record, &point);
  if (progress->stage == TLM_SPECIALIST_TRAIN && isnan (progress->loss) && points->len > 0)
    self->progress.loss = g_array_index (points, TlmLossPoint, points->len - 1).loss;
  if (progress->stage == TLM_SPECIALIST_TRAIN && isfinite (progress->valid_loss))
    tell_store (self, tlm_training_record_update);
  g_signal_emit (self, signals[PROGRESS], 0);
  say_full (self, progress->cannot_save);
}

/* What could not even begin leaves nothing that could go on. */
static void
failed (TlmTraining  *self,
        const GError *error)
{
  gboolean stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  gboolean kept = tlm_training_record_has_checkpoint (self->record);

  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_BUSY)) /* all of it is the other's */
    set_state (self, TLM_TRAINING_WAITING);
  else if (!kept && (self->discarding || (!stopped && !self->stepped)))
    forget (self);
  else
    {
      tell_store (self, tlm_training_record_update);
      if (self->discarding)
        set_aside (self);
      else
        set_state (self, TLM_TRAINING_WAITING);
    }
  if (!stopped)
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TlmTraining) self = user_data;
  g_autoptr (GError)      error = NULL;
  gboolean                good;

  good = tlm_specialist_run_start_finish (TLM_SPECIALIST_RUN (source), result, &self->result,
                                          &error);
  g_signal_handlers_disconnect_by_data (source, self);
  g_clear_object (&self->run);
  g_clear_object (&self->cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
  if (!good)
    failed (self, error);
  else if (self->discarding) /* it was done before it heard: its checkpoint is for Undo */
    {
      g_unlink (self->record->options->out_path);
      tell_store (self, tlm_training_record_update);
      set_aside (self);
    }
  else
    {
      self->record->won = self->result.verdict.kind == TLM_VERDICT_WINS;
      memcpy (self->record->sha256, self->result.sha256, sizeof self->record->sha256);
      tell_store (self, tlm_training_record_finish);
      set_state (self, TLM_TRAINING_DONE);
    }
}

static void
run (TlmTraining *self)
{
  self->run = tlm_specialist_run_new (self->nice);
  self->cancellable = g_cancellable_new ();
  self->discarding = self->stepped = self->full = FALSE;
  g_signal_connect_object (self->run, "progress", G_CALLBACK (progress_cb), self,
                           G_CONNECT_SWAPPED);
  tlm_specialist_run_start_async (self->run, self->record->options, self->cancellable, ended_cb,
                                  g_object_ref (self));
  set_state (self, TLM_TRAINING_RUNNING);
}

/* ---- what a person does ---- */

void
tlm_training_start (TlmTraining                *self,
                    gint64                      set_id,
                    const char                 *name,
                    const TlmSpecialistOptions *options)
{
  TlmSpecialistOptions chosen = *options;
  g_autofree char     *path = NULL;
  int                  lock;

  g_return_if_fail (self->state == TLM_TRAINING_NONE || self->state == TLM_TRAINING_DONE);
  forget_aside (self);
  path = tlm_training_reserve (name, &lock);
  tlm_specialist_hold (path);
  tlm_specialist_unlock (path, lock);
  g_clear_pointer (&self->record, tlm_training_record_free);
  chosen.out_path = path;
  chosen.waits = TRUE;
  self->record = tlm_training_record_new (set_id, name, &chosen);
  tell_store (self, tlm_training_record_add);
  run (self);
}

void
tlm_training_go_on (TlmTraining *self)
{
  if (self->state != TLM_TRAINING_WAITING)
    return;
  if (tlm_training_record_is_ended (self->record))
    let_go (self);
  else
    run (self);
}

void
tlm_training_stop (TlmTraining *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* Another program may go on with it. */
static void
discard_waiting (TlmTraining *self)
{
  const char        *path = self->record->options->out_path;
  g_autoptr (GError) error = NULL;
  int                lock;

  if (!tlm_specialist_lock (path, &lock, &error))
    {
      g_signal_emit (self, signals[FAILED], 0, error->message);
      return;
    }
  tlm_specialist_unlock (path, lock);
  if (tlm_training_record_is_ended (self->record))
    let_go (self);
  else
    set_aside (self);
}

void
tlm_training_discard (TlmTraining *self)
{
  self->discarding = TRUE;
  if (self->state == TLM_TRAINING_RUNNING)
    g_cancellable_cancel (self->cancellable);
  else if (self->state == TLM_TRAINING_WAITING)
    discard_waiting (self);
}

gboolean
tlm_training_can_restore (TlmTraining *self)
{
  return self->aside != NULL && self->record == NULL;
}

void
tlm_training_restore (TlmTraining *self)
{
  if (!tlm_training_can_restore (self))
    return;
  self->record = g_steal_pointer (&self->aside);
  set_state (self, TLM_TRAINING_WAITING);
}

void
tlm_training_set_paused (TlmTraining *self,
                         gboolean     paused)
{
  if (self->run == NULL || tlm_specialist_run_get_paused (self->run) == paused)
    return;
  tlm_specialist_run_set_paused (self->run, paused);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

gboolean
tlm_training_get_paused (TlmTraining *self)
{
  return self->run != NULL && tlm_specialist_run_get_paused (self->run);
}

/* ---- after a restart ---- */

static void
load_job (gpointer owner,
          GTask   *task)
{
  GError            *error = NULL;
  TlmTrainingRecord *record = tlm_training_record_find (owner, NULL, &error);

  tlm_training_record_sweep (owner);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, record, (GDestroyNotify) tlm_training_record_free);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  TlmTraining                  *self = TLM_TRAINING (source);
  g_autoptr (GError)            error = NULL;
  g_autoptr (TlmTrainingRecord) record = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    g_signal_emit (self, signals[FAILED], 0, error->message);
  if (error == NULL && self->state == TLM_TRAINING_WAITING
      && (record == NULL || !tlm_training_record_is_same (self->record, record)))
    let_go (self);
  if (record == NULL || self->record != NULL
      || (self->aside != NULL && tlm_training_record_is_same (self->aside, record)))
    return;
  self->record = g_steal_pointer (&record);
  set_state (self, TLM_TRAINING_WAITING);
}

void
tlm_training_load (TlmTraining *self)
{
  tlm_store_post (self->store, g_task_new (self, NULL, loaded_cb, NULL), load_job);
}

/* The training thread looks up several times a step, so this is a matter of a moment. */
void
tlm_training_shutdown (TlmTraining *self)
{
  g_cancellable_cancel (self->cancellable);
  while (self->run != NULL)
    g_main_context_iteration (NULL, TRUE);
  forget_aside (self);
}

/* ---- what there is to see ---- */

TlmTrainingState
tlm_training_get_state (TlmTraining *self)
{
  return self->state;
}

gint64
tlm_training_get_set_id (TlmTraining *self)
{
  return self->record != NULL ? self->record->set_id : 0;
}

const char *
tlm_training_get_name (TlmTraining *self)
{
  return self->record != NULL ? self->record->name : "";
}

const TlmSpecialistOptions *
tlm_training_get_options (TlmTraining *self)
{
  return self->record != NULL ? self->record->options : NULL;
}

const TlmSpecialistProgress *
tlm_training_get_progress (TlmTraining *self)
{
  return self->stepped ? &self->progress : NULL;
}

const TlmSpecialistResult *
tlm_training_get_result (TlmTraining *self)
{
  return self->state == TLM_TRAINING_DONE ? &self->result : NULL;
}

GArray *
tlm_training_get_points (TlmTraining *self)
{
  return self->record != NULL ? self->record->points : NULL;
}

/* ---- the object ---- */

TlmTraining *
tlm_training_new (TlmStore *store,
                  int       nice)
{
  TlmTraining *self = g_object_new (TLM_TYPE_TRAINING, NULL);

  self->store = g_object_ref (store);
  self->nice = nice;
  return self;
}

static void
tlm_training_finalize (GObject *object)
{
  TlmTraining *self = TLM_TRAINING (object);

  g_clear_pointer (&self->record, tlm_training_record_free);
  g_clear_pointer (&self->aside, tlm_training_record_free);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_training_parent_class)->finalize (object);
}

static void
tlm_training_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  g_value_set_boolean (value, tlm_training_get_paused (TLM_TRAINING (object)));
}

static void
tlm_training_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  tlm_training_set_paused (TLM_TRAINING (object), g_value_get_boolean (value));
}

static void
tlm_training_class_init (TlmTrainingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tlm_training_finalize;
  object_class->get_property = tlm_training_get_property;
  object_class->set_property = tlm_training_set_property;
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                      | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", TLM_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[PROGRESS] = g_signal_new ("progress", TLM_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", TLM_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tlm_training_init (TlmTraining *self)
{
}
