/* SPDX-License-Identifier: Apache-2.0 */
/* A plan is made with what the training itself is made with, so the two cannot differ. */
#include "specialist-plan.h"

#include "errors.h"
#include "model-facts.h"
#include "specialist-private.h"

void
tlm_specialist_plan_free (TlmSpecialistPlan *plan)
{
  g_free (plan->refusal);
  g_free (plan);
}

static TlmSpecialistPlan *
fill_plan (TlmSpecialistJob *job)
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
  plan->available = tlm_memory_get_available ();
  return plan;
}

static TlmSpecialistPlan *
make_plan (const TlmSpecialistOptions *options,
           const tl_model             *model,
           GError                    **error)
{
  TlmSpecialistJob   job = { options, .model = model };
  TlmSpecialistData *data = tlm_specialist_data_new (options, model, error);
  TlmSpecialistPlan *plan;

  if (data == NULL)
    return NULL;
  job.data = data;
  job.pool = tl_pool_new (options->n_threads, NULL);
  plan = fill_plan (&job);
  tl_pool_free (job.pool);
  tlm_specialist_data_free (data);
  return plan;
}

static void
plan_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  const TlmSpecialistOptions *options = data;
  tl_error                    err = { 0 };
  GError                     *error = NULL;
  tl_model                   *model = tl_model_open (options->model_path, &err);
  TlmSpecialistPlan          *plan = NULL;

  if (model == NULL)
    tlm_error_from_model (&error, options->model_path, &err);
  else
    plan = make_plan (options, model, &error);
  tl_model_close (model);
  if (plan != NULL)
    g_task_return_pointer (task, plan, (GDestroyNotify) tlm_specialist_plan_free);
  else
    g_task_return_error (task, error);
}

void
tlm_specialist_plan_async (const TlmSpecialistOptions *options,
                           GCancellable               *c,
                           GAsyncReadyCallback         cb,
                           gpointer                    data)
{
  GTask *task = g_task_new (NULL, c, cb, data);

  g_task_set_task_data (task, tlm_specialist_options_copy (options),
                        (GDestroyNotify) tlm_specialist_options_free);
  g_task_run_in_thread (task, plan_thread);
  g_object_unref (task);
}

TlmSpecialistPlan *
tlm_specialist_plan_finish (GAsyncResult *r,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}
