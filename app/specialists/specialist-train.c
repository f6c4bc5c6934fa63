/* SPDX-License-Identifier: Apache-2.0 */
/* The training of a specialist: its steps, until the examples kept back are learned no better, from
 * the checkpoint if there is one. */
#include "specialist-private.h"

#include "core/errors.h"

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

/* How often a full disk is asked for room. */
#define WAIT_SECONDS 2

gint64
tlm_specialist_now (const TlmSpecialistJob *job)
{
  return tlm_pace_get_time (&job->pace, g_get_monotonic_time ());
}

static double
seconds_since (const TlmSpecialistJob *job,
               gint64                  start)
{
  return (double) (tlm_specialist_now (job) - start) / 1e6;
}

/* Examples that are kept back go forward alone, which is a third of a step's sums. */
static double
get_measurement (const TlmSpecialistData *data)
{
  return (double) data->n_valid / TLM_SPECIALIST_BATCH / 3;
}

double
tlm_specialist_count_work (const TlmSpecialistData *data,
                           double                   n_steps)
{
  return n_steps + n_steps / tlm_specialist_measure_every (data) * get_measurement (data);
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
                       double                  valid_loss)
{
  TlmSpecialistProgress progress = { stage, step, n_steps, loss, valid_loss,
                                     seconds_since (job, job->start), 0, recipe->rank, recipe->lr,
                                     job->memory, job->recomputes, job->cannot_save };

  if (job->func == NULL)
    return;
  progress.seconds_left = tlm_pace_get_left (&job->pace,
                                             tlm_specialist_count_work (job->data, n_steps - step));
  if (job->deadline > 0)
    progress.seconds_left = fmin (progress.seconds_left, -seconds_since (job, job->deadline));
  job->func (&progress, job->func_data);
}

static gboolean
is_late (const TlmSpecialistJob *job)
{
  return job->deadline > 0 && tlm_specialist_now (job) >= job->deadline;
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

/* There is no loss: it was cancelled, or the base is no longer what it was. All examples have a prompt,
 * so that each of them has a loss. */
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

static gboolean
advance (const TlmSpecialistJob *job,
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
  return !isnan (*valid_loss) || was_stopped (job, error);
}

gboolean
tlm_specialist_advance (TlmSpecialistJob *job,
                        tl_lora_trainer  *trainer,
                        double           *loss,
                        double           *valid_loss,
                        GError          **error)
{
  gboolean good = advance (job, trainer, loss, valid_loss, error);
  double   work = 1 + (isnan (*valid_loss) ? 0 : get_measurement (job->data));

  if (good)
    tlm_pace_step (&job->pace, work, g_get_monotonic_time ());
  return good;
}

/* ---- a disk without room ---- */

gboolean
tlm_specialist_wait (const TlmSpecialistJob *job)
{
  const gulong slice = G_USEC_PER_SEC / 20;

  if (!job->options->waits)
    return FALSE;
  for (gulong us = 0; us < WAIT_SECONDS * G_USEC_PER_SEC; us += slice)
    {
      if (job->cancel != NULL && job->cancel (job->cancel_data))
        return FALSE;
      g_usleep (slice);
    }
  return TRUE;
}

/* Stops no training: what is learned goes on to be learned, and is tried to be saved again. FALSE
 * when the base is no longer what it was. */
static gboolean
try_to_save (TlmSpecialistJob *job,
             tl_lora_trainer  *trainer,
             GError          **error)
{
  if (!tlm_specialist_check_base (job, error))
    return FALSE;
  job->cannot_save = !tl_lora_trainer_save (trainer, job->checkpoint, NULL);
  return TRUE;
}

/* Judging may be stopped too. */
static gboolean
save_at_last (TlmSpecialistJob *job,
              tl_lora_trainer  *trainer,
              const TlmRecipe  *recipe,
              guint             n_steps,
              GError          **error)
{
  const tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);

  if (!try_to_save (job, trainer, error))
    return FALSE;
  if (job->cannot_save)
    tlm_specialist_report (job, TLM_SPECIALIST_TRAIN, recipe, (guint) state->step, n_steps, NAN,
                           NAN);
  while (job->cannot_save && tlm_specialist_wait (job))
    if (!try_to_save (job, trainer, error))
      return FALSE;
  return !job->cannot_save || save (job, trainer, error);
}

/* What was stopped as it was measured is measured now. Where it was measured, nothing changes. */
static gboolean
measure_again (TlmSpecialistJob *job,
               tl_lora_trainer  *trainer,
               const TlmRecipe  *recipe,
               guint             n_steps,
               GError          **error)
{
  const tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);
  double                     valid_loss;

  if (state->step == 0 || state->step % tlm_specialist_measure_every (job->data) != 0)
    return TRUE;
  valid_loss = measure (job, trainer);
  if (isnan (valid_loss))
    return was_stopped (job, error);
  tlm_specialist_report (job, TLM_SPECIALIST_TRAIN, recipe, (guint) state->step, n_steps, NAN,
                         valid_loss);
  return TRUE;
}

static gboolean
run_to_end (TlmSpecialistJob *job,
            tl_lora_trainer  *trainer,
            const TlmRecipe  *recipe,
            guint             n_steps,
            GError          **error)
{
  tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);
  gint64               saved = g_get_monotonic_time ();
  double               pause = SAVE_SECONDS;
  guint64              patience = MAX (PATIENCE * tlm_specialist_measure_every (job->data),
                                       n_steps / PATIENT_SHARE);

  if (!measure_again (job, trainer, recipe, n_steps, error))
    return FALSE;
  tlm_pace_begin (&job->pace, saved);
  while (state->step < n_steps && !is_late (job)
         && (state->best_step == 0 || state->step < state->best_step + patience))
    {
      double   loss, valid_loss;
      gboolean good = tlm_specialist_advance (job, trainer, &loss, &valid_loss, error);

      if (!isnan (loss)) /* the step was made, though its measurement may have been stopped */
        tlm_specialist_report (job, TLM_SPECIALIST_TRAIN, recipe, (guint) state->step, n_steps,
                               loss, valid_loss);
      if (!good)
        return FALSE;
      if ((double) (g_get_monotonic_time () - saved) / 1e6 < pause)
        continue;
      saved = g_get_monotonic_time ();
      if (!try_to_save (job, trainer, error))
        return FALSE;
      pause = MAX (SAVE_SECONDS, SAVE_SHARE * (double) (g_get_monotonic_time () - saved) / 1e6);
    }
  if (state->best_step == 0 && isnan (measure (job, trainer)))
    return was_stopped (job, error);
  if (!save_at_last (job, trainer, recipe, n_steps, error))
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

gboolean
tlm_specialist_can_go_on (TlmSpecialistJob *job)
{
  TlmRecipe        recipe;
  tl_lora_trainer *trainer = resume (job, tlm_specialist_count_steps (job), &recipe);

  tl_lora_trainer_free (trainer);
  return trainer != NULL;
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
