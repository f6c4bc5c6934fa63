/* SPDX-License-Identifier: Apache-2.0 */
/* Trials. The files are opened anew each time, as they will run, and the examples that were held
 * out are found as the training found them. */
#include "specialist-trial.h"

#include "models/adapters.h"
#include "core/errors.h"
#include "specialist-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* Of an answer in free text, where nobody knows how long it is to be. */
#define MAX_ANSWER_TOKENS 512

typedef struct
{
  TlmSpecialistOptions *options;
  char                 *input; /* (nullable): NULL asks the examples that were held out, */
  guint                 max;   /* so many */
} Job;

/* On the thread. */
typedef struct
{
  const Job    *job;
  GCancellable *cancellable;
  tl_model     *model, *trained; /* the second (nullable): a model that was trained in full */
  tl_session   *with, *without; /* the second (nullable) */
  TlmForm      *form;
  GPtrArray    *trials;
  guint         max_tokens;     /* of an answer in free text */
} Exam;

void
tlm_trial_free (TlmTrial *trial)
{
  g_free (trial->input);
  g_free (trial->wanted);
  g_free (trial->base);
  g_free (trial->specialist);
  for (guint i = 0; i < trial->n_chances; i++)
    g_free (trial->chances[i].label);
  g_free (trial->chances);
  g_free (trial);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  tlm_specialist_options_free (job->options);
  g_free (job->input);
  g_free (job);
}

static int
compare_chances (const void *a,
                 const void *b)
{
  const TlmLabelChance *x = a, *y = b;

  return (x->p < y->p) - (x->p > y->p);
}

static bool
is_cancelled (void *cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

/* (transfer full) (nullable): [labels] likeliest first */
static TlmLabelChance *
weigh_labels (const Exam       *exam,
              tl_session       *session,
              const TlmExample *e,
              gboolean         *cut,
              tl_error         *err)
{
  guint              n = exam->form->labels->len;
  TlmLabelChance    *chances;
  g_autofree double *p = g_new (double, n);

  if (!tlm_form_classify (exam->form, session, exam->model, e->input, e->turns,
                          exam->form->temperature, is_cancelled, exam->cancellable, p, cut, err))
    return NULL;
  chances = g_new (TlmLabelChance, n);
  for (guint i = 0; i < n; i++)
    chances[i] = (TlmLabelChance) { g_strdup (exam->form->labels->pdata[i]), p[i] };
  qsort (chances, n, sizeof *chances, compare_chances);
  return chances;
}

/* @trial: gets the answer of one of the two */
static gboolean
answer (const Exam       *exam,
        tl_session       *session,
        const TlmExample *e,
        TlmTrial         *trial,
        tl_error         *err)
{
  char **text = session == exam->with ? &trial->specialist : &trial->base;
  guint  n = exam->form->labels->len;

  if (n > 0)
    {
      trial->chances = weigh_labels (exam, session, e, &trial->cut, err);
      trial->n_chances = trial->chances != NULL ? n : 0;
      if (trial->chances == NULL)
        return FALSE;
      *text = g_strdup (trial->chances[0].label);
      trial->ask = trial->chances[0].p < exam->form->threshold;
    }
  else
    *text = tlm_form_write_output (exam->form, session, exam->model, e->input, e->turns,
                                   exam->max_tokens, is_cancelled, exam->cancellable, &trial->cut,
                                   err);
  return *text != NULL;
}

static void
clear_chances (TlmTrial *trial)
{
  for (guint i = 0; i < trial->n_chances; i++)
    g_free (trial->chances[i].label);
  g_clear_pointer (&trial->chances, g_free);
  trial->n_chances = 0;
}

static gboolean
try_one (Exam             *exam,
         const TlmExample *e,
         GError          **error)
{
  TlmTrial *trial = g_new0 (TlmTrial, 1);
  tl_error  err = { 0 };
  gboolean  good;

  trial->input = g_strdup (e->input);
  trial->wanted = g_strdup (e->output);
  g_ptr_array_add (exam->trials, trial);
  if (g_cancellable_set_error_if_cancelled (exam->cancellable, error))
    return FALSE;
  good = exam->without == NULL || answer (exam, exam->without, e, trial, &err);
  clear_chances (trial); /* those that count are the specialist's */
  good = good && answer (exam, exam->with, e, trial, &err);
  return good || tlm_error_from_engine (error, &err);
}

static gboolean
try_held_out (Exam    *exam,
              GError **error)
{
  TlmSpecialistData *data = tlm_specialist_data_new (exam->job->options, exam->model,
                                                     exam->form->spread, error);
  gsize              n = data != NULL ? MIN (data->n_held_out, exam->job->max) : 0;
  tl_error           err = { 0 };
  gboolean           good = data != NULL;

  if (good && !tlm_judge_measure_outputs (exam->model, data->held_out, data->n_held_out,
                                          &exam->max_tokens, &err))
    good = tlm_error_from_engine (error, &err);
  for (gsize i = 0; good && i < n; i++) /* of all labels */
    good = try_one (exam, data->held_out[i * data->n_held_out / n], error);
  tlm_specialist_data_free (data);
  return good;
}

static tl_session *
open_session (const tl_model *model,
              tl_pool        *pool,
              tl_error       *err)
{
  return tl_session_new (model, MIN (tl_model_get_info (model)->n_ctx_train, 1024), pool, err);
}

/* From the adapter, or what was trained in full. */
static gboolean
open_specialist (Exam    *exam,
                 tl_pool *pool,
                 GError **error)
{
  const char           *path = exam->job->options->out_path;
  const tl_model       *model = exam->trained != NULL ? exam->trained : exam->model;
  gboolean              adapted = exam->trained == NULL && path != NULL;
  g_autoptr (GPtrArray) adapters = tlm_adapters_new ();
  tl_error              err = { 0 };

  exam->with = open_session (model, pool, &err);
  if (exam->with == NULL)
    return tlm_error_from_engine (error, &err);
  if (adapted)
    tlm_adapters_add (adapters, path, 1, NULL);
  if (!tlm_adapters_use (adapters, model, exam->with, error))
    return FALSE;
  exam->form = tlm_adapters_read_form (adapters, tl_model_get_gguf (model));
  if (exam->form == NULL)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL,
                         _("This adapter was not trained here and does not say how it is asked. It "
                           "can be chosen for a chat."));
  return exam->form != NULL;
}

static gboolean
open_exam (Exam    *exam,
           tl_pool *pool,
           GError **error)
{
  const TlmSpecialistOptions *options = exam->job->options;
  tl_error                    err = { 0 };

  exam->model = tl_model_open (options->model_path, &err);
  if (exam->model == NULL)
    return tlm_error_from_model (error, options->model_path, &err);
  if (options->full && (exam->trained = tl_model_open (options->out_path, &err)) == NULL)
    return tlm_error_from_model (error, options->out_path, &err);
  if (exam->job->input == NULL
      && (exam->without = open_session (exam->model, pool, &err)) == NULL)
    return tlm_error_from_engine (error, &err);
  return open_specialist (exam, pool, error);
}

static void
close_exam (Exam *exam)
{
  g_clear_pointer (&exam->form, tlm_form_free);
  tl_session_free (exam->with);
  tl_session_free (exam->without);
  tl_model_close (exam->trained);
  tl_model_close (exam->model);
}

static void
exam_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  const Job *job = data;
  TlmExample typed = { .input = job->input };
  Exam       exam = { job, .cancellable = cancellable, .max_tokens = MAX_ANSWER_TOKENS };
  tl_pool   *pool = tl_pool_new (job->options->n_threads, NULL);
  GError    *error = NULL;
  gboolean   good;

  exam.trials = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_trial_free);
  good = open_exam (&exam, pool, &error)
         && (job->input != NULL ? try_one (&exam, &typed, &error)
                                : try_held_out (&exam, &error));
  close_exam (&exam);
  tl_pool_free (pool);
  if (good)
    g_task_return_pointer (task, g_ptr_array_ref (exam.trials), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
  g_ptr_array_unref (exam.trials);
}

static void
begin (const TlmSpecialistOptions *options,
       const char                 *input,
       guint                       max,
       GCancellable               *c,
       GAsyncReadyCallback         cb,
       gpointer                    data)
{
  GTask *task = g_task_new (NULL, c, cb, data);
  Job   *job = g_new (Job, 1);

  *job = (Job) { tlm_specialist_options_copy (options), g_strdup (input), max };
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, exam_thread);
  g_object_unref (task);
}

void
tlm_specialist_try_async (const char         *model_path,
                          const char         *adapter_path,
                          const char         *input,
                          GCancellable       *c,
                          GAsyncReadyCallback cb,
                          gpointer            data)
{
  static const TlmExamples   none = { 0 };
  const TlmSpecialistOptions options = { .model_path = model_path, .out_path = adapter_path,
                                         .examples = &none };

  begin (&options, input, 1, c, cb, data);
}

TlmTrial *
tlm_specialist_try_finish (GAsyncResult *r,
                           GError      **error)
{
  g_autoptr (GPtrArray) trials = g_task_propagate_pointer (G_TASK (r), error);

  return trials != NULL ? g_ptr_array_steal_index (trials, 0) : NULL;
}

void
tlm_specialist_compare_async (const TlmSpecialistOptions *options,
                              guint                       max,
                              GCancellable               *c,
                              GAsyncReadyCallback         cb,
                              gpointer                    data)
{
  begin (options, NULL, max, c, cb, data);
}

GPtrArray *
tlm_specialist_compare_finish (GAsyncResult *r,
                               GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}
