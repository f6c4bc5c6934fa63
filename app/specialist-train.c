/* SPDX-License-Identifier: Apache-2.0 */
/* The training of a specialist: how much memory it takes, a short search over recipes where there
 * is time, and the steps until the examples kept back are learned no better. */
#include "specialist-private.h"

#include "errors.h"
#include "model-facts.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* Examples a step; measured on meeny, 8 and 32 were no better. */
#define BATCH 16

/* Times that all examples are seen; on meeny 20 were no better. With few examples a longer run
 * stops where the rate is still high, which is far worse (labels of 50: .28 right beside .55). */
#define EPOCHS 12

/* Steps of the shortest run, and of the longest. */
#define MIN_STEPS 48
#define MAX_STEPS 2000

/* So many measurements without a new best end the run, and no fewer steps than this part of all: it
 * learns the examples by heart. */
#define PATIENCE 6
#define PATIENT_SHARE 2

/* A kill loses at most so much of the work, or so many times what saving it takes. */
#define SAVE_SECONDS 0.5
#define SAVE_SHARE 30

/* Of the time that there is, for the search; and the steps that each recipe gets. */
#define SEARCH_SHARE 0.4
#define SEARCH_STEPS 60

#define ROWS 512

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1e6;
}

/* ---- recipes ---- */

/* Narrow models take higher rates; of meeny (256 wide) 1e-3 to 1e-2 were tried. */
static double
usual_rate (const tl_model *model)
{
  guint32 width = tl_model_get_info (model)->n_embd;

  return width <= 512 ? 4e-3 : width <= 1024 ? 1e-3 : 4e-4;
}

/* The first is used where nothing is searched. Returns: FALSE past the last */
static gboolean
recipe_at (const TlmSpecialistJob *job,
           guint                   index,
           TlmRecipe              *recipe)
{
  static const struct { guint rank; double rate; } tried[]
      = { { 16, 1 }, { 16, 0.4 }, { 16, 2 }, { 4, 1 }, { 48, 0.6 } };
  const TlmSpecialistOptions *o = job->options;
  double                      rate = usual_rate (job->model) * (o->full ? 0.1 : 1);

  if (index >= G_N_ELEMENTS (tried))
    return FALSE;
  *recipe = (TlmRecipe) { o->rank > 0 ? o->rank : tried[index].rank,
                          o->lr > 0 ? o->lr : rate * tried[index].rate, index };
  return TRUE;
}

/* ---- memory ---- */

static tl_lora_config
make_config (const TlmSpecialistJob *job,
             const TlmRecipe        *recipe,
             guint                   n_steps)
{
  const TlmSpecialistOptions *o = job->options;

  return (tl_lora_config) {
    .rank = recipe->rank,
    .alpha = o->alpha > 0 ? (float) o->alpha : 2 * (float) recipe->rank,
    .dropout = (float) o->dropout,
    .targets = o->targets != 0 ? o->targets : (1u << TL_TARGETS) - 1,
    .full = o->full,
    .max_seq_len = job->data->longest,
    .max_rows = MAX (ROWS, job->data->longest),
    .wide_bytes = (gsize) 1 << 40,
    .adamw = { (float) recipe->lr, 0.9f, 0.999f, 1e-8f, 0, 1 },
    .schedule = { o->linear ? TL_SCHEDULE_LINEAR : TL_SCHEDULE_COSINE, MIN (10, n_steps / 10), 0,
                  n_steps, 0.05f },
    .seed = o->seed,
    .data_hash = job->data->hash + recipe->index,
  };
}

/* Takes off what costs time alone until it fits: all weights widened at once, then what forward
 * keeps, then the size of a batch. */
static gboolean
fit_memory (TlmSpecialistJob *job,
            tl_lora_config   *config,
            GError          **error)
{
  guint64 room = job->options->memory;
  guint   n_threads = tl_pool_get_n_threads (job->pool);

  if (room == 0)
    room = tlm_memory_get_available () / 10 * 9;
  if (room == 0)
    room = G_MAXUINT64; /* nobody knows */
  for (guint attempt = 0; attempt < 4; attempt++)
    {
      if (attempt == 1)
        config->wide_bytes = 0;
      else if (attempt == 2)
        config->recompute = TRUE;
      else if (attempt == 3)
        config->max_rows = config->max_seq_len;
      job->memory = tl_lora_estimate (config, job->model, n_threads);
      if (job->memory <= room)
        return TRUE;
    }
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               _("Training takes at least %.0f MiB of memory beside the model, and %.0f MiB are free. "
                 "Close other programs, or take a smaller model, shorter examples or a lower rank."),
               (double) job->memory / 1048576, (double) room / 1048576);
  return FALSE;
}

static tl_lora_trainer *
make_trainer (TlmSpecialistJob *job,
              const TlmRecipe  *recipe,
              guint             n_steps,
              GError          **error)
{
  tl_lora_config   config = make_config (job, recipe, n_steps);
  tl_error         err = { 0 };
  tl_lora_trainer *trainer;

  if (!fit_memory (job, &config, error))
    return NULL;
  trainer = tl_lora_trainer_new (&config, job->model, job->pool, &err);
  if (trainer == NULL)
    tlm_error_from_engine (error, &err);
  else
    tl_lora_trainer_set_cancel (trainer, job->cancel, job->cancel_data);
  return trainer;
}

/* ---- steps ---- */

/* The examples of @step: each epoch has an order of its own. */
static void
draw (const TlmSpecialistJob *job,
      guint64                 step,
      tl_lora_example        *batch,
      gsize                  *n)
{
  const TlmSpecialistData *data = job->data;
  gsize                    n_batches = (data->n_train + BATCH - 1) / BATCH;
  gsize                    first = (gsize) (step % n_batches) * BATCH;
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
  *n = MIN (BATCH, data->n_train - first);
  for (gsize i = 0; i < *n; i++)
    batch[i] = data->train[variant * data->n_train + order[first + i]];
}

static void
report (const TlmSpecialistJob *job,
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

static gboolean
was_cancelled (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The training was stopped."));
  return FALSE;
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

static guint
measure_every (const TlmSpecialistJob *job)
{
  return (guint) CLAMP ((job->data->n_train + BATCH - 1) / BATCH, 8, 40);
}

/* One step, and the measurement that falls due. FALSE when it was cancelled. */
static gboolean
advance (const TlmSpecialistJob *job,
         tl_lora_trainer        *trainer,
         double                 *loss,
         double                 *valid_loss)
{
  tl_checkpoint_state *state = tl_lora_trainer_get_state (trainer);
  tl_lora_example      batch[BATCH];
  gsize                n;

  draw (job, state->step, batch, &n);
  *loss = tl_lora_trainer_step (trainer, batch, n);
  *valid_loss = NAN;
  if (isnan (*loss))
    return FALSE;
  if (state->step % measure_every (job) != 0)
    return TRUE;
  *valid_loss = measure (job, trainer);
  if (!isnan (*valid_loss))
    return TRUE;
  state->step--; /* a measurement cut short is done again: the checkpoint is of the step before */
  return FALSE;
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
  guint64              patience = MAX (PATIENCE * measure_every (job), n_steps / PATIENT_SHARE);
  tl_error             err = { 0 };
  guint                n_done = 0;

  while (state->step < n_steps && !is_late (job)
         && (state->best_step == 0 || state->step < state->best_step + patience))
    {
      double loss, valid_loss;

      if (!advance (job, trainer, &loss, &valid_loss))
        return was_cancelled (error);
      report (job, TLM_SPECIALIST_TRAIN, recipe, (guint) state->step, n_steps, loss, valid_loss,
              since, ++n_done);
      if (seconds_since (saved) < pause)
        continue;
      saved = g_get_monotonic_time ();
      if (!tl_lora_trainer_save (trainer, job->checkpoint, &err))
        return tlm_error_from_engine (error, &err);
      pause = MAX (SAVE_SECONDS, SAVE_SHARE * seconds_since (saved));
    }
  if (state->best_step == 0)
    measure (job, trainer);
  /* Judging may be stopped too. */
  if (!tl_lora_trainer_save (trainer, job->checkpoint, &err))
    return tlm_error_from_engine (error, &err);
  tl_lora_trainer_restore (trainer);
  return TRUE;
}

/* ---- the search ---- */

/* The loss that a recipe reaches in a few steps; INFINITY when there was no time for them. */
static double
try_recipe (TlmSpecialistJob *job,
            const TlmRecipe  *recipe,
            gint64            until,
            GError          **error)
{
  tl_lora_trainer *trainer = make_trainer (job, recipe, SEARCH_STEPS, error);
  gint64           since = g_get_monotonic_time ();
  double           best = NAN;
  guint            step = 0;

  for (; trainer != NULL && step < SEARCH_STEPS && g_get_monotonic_time () < until; step++)
    {
      double loss, valid_loss;

      if (!advance (job, trainer, &loss, &valid_loss))
        {
          was_cancelled (error);
          tl_lora_trainer_free (trainer);
          return NAN;
        }
      report (job, TLM_SPECIALIST_SEARCH, recipe, step + 1, SEARCH_STEPS, loss, valid_loss, since,
              step + 1);
    }
  if (trainer != NULL)
    best = step < SEARCH_STEPS ? INFINITY : tl_lora_trainer_get_state (trainer)->best_valid;
  tl_lora_trainer_free (trainer);
  return best;
}

static gboolean
search (TlmSpecialistJob *job,
        TlmRecipe        *best,
        GError          **error)
{
  gint64    until = job->start + (gint64) (job->options->minutes * 60e6 * SEARCH_SHARE);
  double    lowest = INFINITY;
  TlmRecipe recipe;

  for (guint i = 0; recipe_at (job, i, &recipe); i++)
    {
      double loss = try_recipe (job, &recipe, until, error);

      if (isnan (loss))
        return FALSE;
      if (loss < lowest)
        {
          lowest = loss;
          *best = recipe;
        }
    }
  return TRUE;
}

/* The trainer of the checkpoint that lies there, whatever recipe it is of; or NULL. */
static tl_lora_trainer *
resume (TlmSpecialistJob *job,
        guint             n_steps,
        TlmRecipe        *recipe)
{
  for (guint i = 0; access (job->checkpoint, R_OK) == 0 && recipe_at (job, i, recipe); i++)
    {
      tl_lora_trainer *trainer = make_trainer (job, recipe, n_steps, NULL);

      if (trainer != NULL && tl_lora_trainer_load (trainer, job->checkpoint, NULL))
        return trainer;
      tl_lora_trainer_free (trainer);
    }
  return NULL;
}

static guint
count_steps (const TlmSpecialistJob *job)
{
  guint epochs = job->options->epochs > 0 ? job->options->epochs : EPOCHS;
  guint n = epochs * (guint) ((job->data->n_train + BATCH - 1) / BATCH);

  return job->options->epochs > 0 ? n : CLAMP (n, MIN_STEPS, MAX_STEPS);
}

gboolean
tlm_specialist_choose_recipe (TlmSpecialistJob *job,
                              TlmRecipe        *recipe,
                              double           *alpha,
                              guint            *n_steps,
                              GError          **error)
{
  tl_lora_config config;

  recipe_at (job, 0, recipe);
  *n_steps = count_steps (job);
  config = make_config (job, recipe, *n_steps);
  *alpha = (double) config.alpha;
  return fit_memory (job, &config, error);
}

/* What stopped it leaves a checkpoint, so that the next run goes on. */
static void
save_stopped (const TlmSpecialistJob *job,
              tl_lora_trainer        *trainer,
              GError                **error)
{
  tl_error err = { 0 };

  if (tl_lora_trainer_save (trainer, job->checkpoint, &err))
    return;
  g_clear_error (error);
  tlm_error_from_engine (error, &err);
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

  *n_steps = count_steps (job);
  trainer = resume (job, *n_steps, recipe);
  *resumed = trainer != NULL;
  if (trainer == NULL)
    {
      recipe_at (job, 0, recipe);
      if (job->options->minutes > 0 && !search (job, recipe, error))
        return NULL;
      trainer = make_trainer (job, recipe, *n_steps, error);
    }
  if (trainer == NULL || run_to_end (job, trainer, recipe, *n_steps, &failed))
    return trainer;
  if (g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    save_stopped (job, trainer, &failed);
  g_propagate_error (error, failed);
  tl_lora_trainer_free (trainer);
  return NULL;
}
