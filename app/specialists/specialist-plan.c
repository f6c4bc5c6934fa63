/* SPDX-License-Identifier: Apache-2.0 */
/* A plan is made with what the training itself is made with, so the two cannot differ. */
#include "specialist-plan.h"

#include "core/errors.h"
#include "models/model-facts.h"
#include "specialist-private.h"

#include <math.h>

/* A step that takes no longer than this is tried as a whole. */
#define QUICK_SECONDS 2

void
tlm_specialist_plan_free (TlmSpecialistPlan *plan)
{
  g_free (plan->refusal);
  g_free (plan);
}

/* What there is to ask a job. Returns: (transfer full) (nullable) */
typedef gpointer (*Question) (TlmSpecialistJob *job, GError **error);

static gpointer
make_plan (TlmSpecialistJob *job,
           GError          **error)
{
  const TlmSpecialistData *data = job->data;
  TlmSpecialistPlan       *plan = g_new0 (TlmSpecialistPlan, 1);
  g_autoptr (GError)       refusal = NULL;
  TlmRecipe                recipe;

  plan->n_train = (guint) data->n_train;
  plan->n_valid = (guint) data->n_valid;
  plan->n_held_out = (guint) data->n_held_out;
  plan->n_labels = data->form->labels->len;
  plan->n_cut = data->n_cut;
  if (!tlm_specialist_choose_recipe (job, &recipe, &plan->alpha, &plan->n_steps, &refusal))
    plan->refusal = g_strdup (refusal->message);
  plan->rank = recipe.rank;
  plan->lr = recipe.lr;
  plan->memory = job->memory;
  plan->recomputes = job->recomputes;
  plan->available = tlm_memory_get_available ();
  plan->can_be_full = tlm_specialist_can_be_full (job->model);
  return plan;
}

/* ---- time ---- */

static gsize
count_tokens (const tl_lora_example *examples,
              gsize                  n)
{
  gsize sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += examples[i].n;
  return sum;
}

/* NAN when it was cancelled */
static double
time_examples (tl_lora_trainer       *trainer,
               const tl_lora_example *examples,
               gsize                  n)
{
  gint64 start = g_get_monotonic_time ();
  double loss = tl_lora_trainer_step (trainer, examples, n);

  return isnan (loss) ? NAN : (double) (g_get_monotonic_time () - start) / 1e6;
}

/* Of a whole batch, or by one example of it where that takes long. */
static double
time_step (const TlmSpecialistJob *job,
           tl_lora_trainer        *trainer)
{
  tl_lora_example batch[TLM_SPECIALIST_BATCH];
  gsize           n;
  double          seconds;

  tlm_specialist_draw (job, 0, batch, &n);
  seconds = time_examples (trainer, batch, 1);
  if (seconds * (double) n < QUICK_SECONDS)
    return time_examples (trainer, batch, n);
  return seconds * (double) count_tokens (batch, n) / (double) batch[0].n;
}

static gpointer
measure_time (TlmSpecialistJob *job,
              GError          **error)
{
  const TlmSpecialistData *data = job->data;
  guint                    n_steps = tlm_specialist_count_steps (job);
  TlmRecipe                recipe;
  tl_lora_trainer         *trainer;
  double                   seconds;

  tlm_specialist_recipe_at (job, 0, &recipe);
  trainer = tlm_specialist_make_trainer (job, &recipe, n_steps, error);
  if (trainer == NULL)
    return NULL;
  seconds = time_step (job, trainer) * tlm_specialist_count_work (data, n_steps);
  tl_lora_trainer_free (trainer);
  if (job->options->minutes > 0)
    seconds = fmin (seconds, 60 * job->options->minutes);
  return g_memdup2 (&seconds, sizeof seconds);
}

/* ---- on a thread ---- */

static bool
is_cancelled (void *cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

static gpointer
ask (const TlmSpecialistOptions *options,
     const tl_model             *model,
     Question                    question,
     GCancellable               *cancellable,
     GError                    **error)
{
  TlmSpecialistJob   job = { options, .model = model, .cancel = is_cancelled,
                             .cancel_data = cancellable };
  TlmSpecialistData *data = tlm_specialist_data_new (options, model, TRUE, error);
  gpointer           answer;

  if (data == NULL)
    return NULL;
  job.data = data;
  job.pool = tl_pool_new (options->n_threads, NULL);
  answer = question (&job, error);
  tl_pool_free (job.pool);
  tlm_specialist_data_free (data);
  return answer;
}

static void
ask_in_thread (GTask         *task,
               GCancellable  *cancellable,
               Question       question,
               GDestroyNotify answer_free)
{
  const TlmSpecialistOptions *options = g_task_get_task_data (task);
  tl_error                    err = { 0 };
  GError                     *error = NULL;
  tl_model                   *model = tl_model_open (options->model_path, &err);
  gpointer                    answer = NULL;

  if (model == NULL)
    tlm_error_from_model (&error, options->model_path, &err);
  else
    answer = ask (options, model, question, cancellable, &error);
  tl_model_close (model);
  if (answer != NULL)
    g_task_return_pointer (task, answer, answer_free);
  else
    g_task_return_error (task, error);
}

static void
plan_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  ask_in_thread (task, cancellable, make_plan, (GDestroyNotify) tlm_specialist_plan_free);
}

static void
time_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  ask_in_thread (task, cancellable, measure_time, g_free);
}

static void
begin (const TlmSpecialistOptions *options,
       GTaskThreadFunc             func,
       GCancellable               *c,
       GAsyncReadyCallback         cb,
       gpointer                    data)
{
  GTask *task = g_task_new (NULL, c, cb, data);

  g_task_set_task_data (task, tlm_specialist_options_copy (options),
                        (GDestroyNotify) tlm_specialist_options_free);
  g_task_run_in_thread (task, func);
  g_object_unref (task);
}

void
tlm_specialist_plan_async (const TlmSpecialistOptions *options,
                           GCancellable               *c,
                           GAsyncReadyCallback         cb,
                           gpointer                    data)
{
  begin (options, plan_thread, c, cb, data);
}

TlmSpecialistPlan *
tlm_specialist_plan_finish (GAsyncResult *r,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}

void
tlm_specialist_time_async (const TlmSpecialistOptions *options,
                           GCancellable               *c,
                           GAsyncReadyCallback         cb,
                           gpointer                    data)
{
  begin (options, time_thread, c, cb, data);
}

double
tlm_specialist_time_finish (GAsyncResult *r,
                            GError      **error)
{
  g_autofree double *seconds = g_task_propagate_pointer (G_TASK (r), error);

  return seconds != NULL ? *seconds : NAN;
}
