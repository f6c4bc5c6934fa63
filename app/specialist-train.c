/* SPDX-License-Identifier: Apache-2.0 */
/* The training of a specialist: its steps, until the examples kept back are learned no better, from
 * the checkpoint if there is one. */
#include "specialist-private.h"

#include "errors.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <unistd.h>

/* So many measurements without a new best end the run, and no fewer steps than this part of all: it
 * learns the examples by heart. */
#define PATIENCE 6
#define PATIENT_SHARE 2

/* A kill loses at most so much of the work, or so many times what saving it takes. */
#define SAVE_SECONDS 0.5
#define SAVE_SHARE 30

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1e6;
}

/* ---- steps ---- */

void
tlm_specialist_draw (const TlmSpecialistJob *job,
                     guint64                 step,
                     tl_lora_example        *batch,
                     gsize                  *n)
{
  const TlmSpecialistData *data = job->data;
  gsize                    n_batches = tlm_specialist_count_batches (data);
  gsize                    first = (gsize) (step % n_batches) * TLM_SPECIALIST_BATCH;
  gsize                    variant = (gsize) (step / n_batches) % data->n_variants;
  g_autofree guint32      *order = g_new (guint32, data->n_train);
  tl_rng                   rng;

  tl_rng_init (&rng, job->options->seed + 1000003 * (step / n_batches + 1));
  for (guint32 i = 0; i < data->n_train; i++)
    {
      guint32 j = tl_rng_below (&rng, i + 1);

      order[i] = order[j];
      order[j] = i;
    }
  *n = MIN (TLM_SPECIALIST_BATCH, data->n_train - first);
  for (gsize i = 0; i < *n; i++)
    batch[i] = data->train[variant * data->n_train + order[first + i]];
}

void
tlm_specialist_report (const TlmSpecialistJob *job,
                       TlmSpecialistStage      stage,
                       const TlmRecipe        *recipe,
                       guint                   step,
                       guint                   n_steps,
                       double                  loss,
                       double                  valid_loss,
                       gint64                  since,
                       guint                   n_done)
{
  TlmSpecialistProgress progress = { stage, step, n_steps, loss, valid_loss,
                                     seconds_since (job->start), 0, recipe->rank, recipe->lr,
                                     job->memory };

  if (job->func == NULL)
    return;
  if (n_done > 0)
    progress.seconds_left = seconds_since (since) / n_done * (n_steps - step);
  if (job->deadline > 0)
    progress.seconds_left = MIN (progress.seconds_left, -seconds_since (job->deadline));
  job->func (&progress, job->func_data);
}

static gboolean
is_late (const TlmSpecialistJob *job)
{
  return job->deadline > 0 && g_get_monotonic_time () >= job->deadline;
}

/* The loss of the examples kept back, and whether it is the lowest so far. */
static double
measure (const TlmSpecialistJob *job,
         tl_lora_trainer        *trainer)
{
  tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);
  double               loss = tl_lora_trainer_loss (trainer, job->data->valid, job->data->n_valid,
                                                    FALSE);

  if ((float) loss < state->best_valid)
    {
      state->best_valid = (float) loss;
      state->best_step = state->step;
      tl_lora_trainer_keep (trainer);
    }
  return loss;
}

/* There is no loss: it was cancelled, or the base is no longer what it was. */
static gboolean
was_stopped (const TlmSpecialistJob *job,
             GError                **error)
{
  if (tlm_specialist_check_base (job, error))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The training was stopped."));
  return FALSE;
}

/* The checkpoint that was there stays, where it would take in what a broken base gave. */
static gboolean
save (const TlmSpecialistJob *job,
      tl_lora_trainer        *trainer,
      GError                **error)
{
  tl_error err = { 0 };

  return tlm_specialist_check_base (job, error)
         && (tl_lora_trainer_save (trainer, job->checkpoint, &err)
             || tlm_error_from_engine (error, &err));
}

gboolean
tlm_specialist_advance (const TlmSpecialistJob *job,
                        tl_lora_trainer        *trainer,
                        double                 *loss,
                        double                 *valid_loss,
                        GError                **error)
{
  tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);
  tl_lora_example      batch[TLM_SPECIALIST_BATCH];
  gsize                n;

  tlm_specialist_draw (job, state->step, batch, &n);
  *loss = tl_lora_trainer_step (trainer, batch, n);
  *valid_loss = NAN;
  if (isnan (*loss))
    return was_stopped (job, error);
  if (state->step % tlm_specialist_measure_every (job->data) != 0)
    return TRUE;
  *valid_loss = measure (job, trainer);
  if (!isnan (*valid_loss))
    return TRUE;
  state->step--; /* a measurement cut short is done again: the checkpoint is of the step before */
  return was_stopped (job, error);
}

static gboolean
run_to_end (TlmSpecialistJob *job,
            tl_lora_trainer  *trainer,
            const TlmRecipe  *recipe,
            guint             n_steps,
            GError          **error)
{
  tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);
  gint64               since = g_get_monotonic_time (), saved = since;
  double               pause = SAVE_SECONDS;
  guint64              patience = MAX (PATIENCE * tlm_specialist_measure_every (job->data),
                                       n_steps / PATIENT_SHARE);
  guint                n_done = 0;

  while (state->step < n_steps && !is_late (job)
         && (state->best_step == 0 || state->step < state->best_step + patience))
    {
      double loss, valid_loss;

      if (!tlm_specialist_advance (job, trainer, &loss, &valid_loss, error))
        return FALSE;
      tlm_specialist_report (job, TLM_SPECIALIST_TRAIN, recipe, (guint) state->step, n_steps, loss,
                             valid_loss, since, ++n_done);
      if (seconds_since (saved) < pause)
        continue;
      saved = g_get_monotonic_time ();
      if (!save (job, trainer, error))
        return FALSE;
      pause = MAX (SAVE_SECONDS, SAVE_SHARE * seconds_since (saved));
    }
  if (state->best_step == 0)
    measure (job, trainer);
  /* Judging may be stopped too. */
  if (!save (job, trainer, error))
    return FALSE;
  tl_lora_trainer_restore (trainer);
  return TRUE;
}

/* The trainer of the checkpoint that lies there, whatever recipe it is of; or NULL. */
static tl_lora_trainer *
resume (TlmSpecialistJob *job,
        guint             n_steps,
        TlmRecipe        *recipe)
{
  if (access (job->checkpoint, R_OK) != 0)
    return NULL;
  for (guint i = 0; tlm_specialist_recipe_at (job, i, recipe); i++)
    {
      tl_lora_trainer *trainer = tlm_specialist_make_trainer (job, recipe, n_steps, NULL);

      if (trainer != NULL && tl_lora_trainer_load (trainer, job->checkpoint, NULL))
        return trainer;
      tl_lora_trainer_free (trainer);
    }
  return NULL;
}

/* What stopped it leaves a checkpoint, so that the next run goes on. */
static void
save_stopped (const TlmSpecialistJob *job,
              tl_lora_trainer        *trainer,
              GError                **error)
{
  GError *failed = NULL;

  if (save (job, trainer, &failed))
    return;
  g_clear_error (error);
  g_propagate_error (error, failed);
}

tl_lora_trainer *
tlm_specialist_run_trainer (TlmSpecialistJob *job,
                            guint            *n_steps,
                            TlmRecipe        *recipe,
                            gboolean         *resumed,
                            GError          **error)
{
  tl_lora_trainer *trainer;
  GError          *failed = NULL;

  *n_steps = tlm_specialist_count_steps (job);
  trainer = resume (job, *n_steps, recipe);
  *resumed = trainer != NULL;
  if (trainer == NULL)
    {
      tlm_specialist_recipe_at (job, 0, recipe);
      if (job->options->minutes > 0 && !tlm_specialist_search (job, recipe, error))
        return NULL;
      trainer = tlm_specialist_make_trainer (job, recipe, *n_steps, error);
    }
  if (trainer == NULL || run_to_end (job, trainer, recipe, *n_steps, &failed))
    return trainer;
  if (g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    save_stopped (job, trainer, &failed);
  g_propagate_error (error, failed);
  tl_lora_trainer_free (trainer);
  return NULL;
}
