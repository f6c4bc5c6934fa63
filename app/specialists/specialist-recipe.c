/* SPDX-License-Identifier: Apache-2.0 */
/* What a specialist is trained with: rank, rate and number of steps, and what of it fits into the
 * memory. */
#include "specialist-private.h"

#include "core/errors.h"
#include "models/model-facts.h"

#include <glib/gi18n-lib.h>

/* Times that all examples are seen; on meeny 20 were no better. With few examples a longer run
 * stops where the rate is still high, which is far worse (labels of 50: .28 right beside .55). */
#define EPOCHS 12

/* Steps of the shortest run, and of the longest. */
#define MIN_STEPS 48
#define MAX_STEPS 2000

/* Tokens computed at once. */
#define ROWS 512

/* Beyond this an adapter is the better choice: full training keeps six floats a parameter. */
#define MAX_FULL_PARAMS 10000000

/* ---- recipes ---- */

/* Narrow models take higher rates; of meeny (256 wide) 1e-3 to 1e-2 were tried. */
static double
usual_rate (const tl_model *model)
{
  guint32 width = tl_model_get_info (model)->n_embd;

  return width <= 512 ? 4e-3 : width <= 1024 ? 1e-3 : 4e-4;
}

gboolean
tlm_specialist_recipe_at (const TlmSpecialistJob *job,
                          guint                   index,
                          TlmRecipe              *recipe)
{
  static const struct { guint rank; double rate; } tried[]
      = { { 16, 1 }, { 16, 0.4 }, { 16, 2 }, { 4, 1 }, { 48, 0.6 } };
  const TlmSpecialistOptions *o = job->options;
  double                      rate = usual_rate (job->model) * (o->full ? 0.1 : 1);

  if (index >= G_N_ELEMENTS (tried))
    return FALSE;
  *recipe = (TlmRecipe) { o->full       ? 0
                          : o->rank > 0 ? o->rank
                                        : tried[index].rank,
                          o->lr > 0 ? o->lr : rate * tried[index].rate, index };
  return TRUE;
}

gboolean
tlm_specialist_can_be_full (const tl_model *model)
{
  return tl_model_get_info (model)->n_params < MAX_FULL_PARAMS;
}

/* ---- memory ---- */

/* A run is resumed with the same examples and base alone. */
static guint64
hash_job (const TlmSpecialistJob *job,
          const TlmRecipe        *recipe)
{
  g_autofree char *digits = job->base_sha256 != NULL ? g_strndup (job->base_sha256, 16) : NULL;

  return job->data->hash + recipe->index + (digits != NULL ? g_ascii_strtoull (digits, NULL, 16) : 0);
}

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
    .room = MAX (job->data->most, job->data->longest),
    .learn_room = job->data->most_learned,
    .wide_bytes = (gsize) 1 << 40,
    .adamw = { (float) recipe->lr, 0.9f, 0.999f, 1e-8f, 0, 1 },
    .schedule = { o->linear ? TL_SCHEDULE_LINEAR : TL_SCHEDULE_COSINE, MIN (10, n_steps / 10), 0,
                  n_steps, 0.05f },
    .seed = o->seed,
    .data_hash = hash_job (job, recipe),
  };
}

/* To be judged, the adapter lies there as it was trained, as it was read and as it is used. */
static guint64
estimate (const TlmSpecialistJob *job,
          const tl_lora_config   *config,
          guint                   n_threads)
{
  guint64 judged = 3 * tl_lora_count_params (config, job->model) * sizeof (float)
                   + tl_session_estimate (job->model, tlm_judge_get_context (job->model), n_threads);

  return MAX (tl_lora_estimate (config, job->model, n_threads), judged);
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
        config->room = config->max_seq_len;
      job->memory = estimate (job, config, n_threads);
      job->recomputes = config->recompute;
      if (job->memory <= room)
        return TRUE;
    }
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               _("Training takes at least %.0f MiB of memory beside the model, and %.0f MiB are "
                 "free. Close other programs, or take a smaller model, shorter examples or a lower "
                 "rank."),
               (double) job->memory / 1048576, (double) room / 1048576);
  return FALSE;
}

tl_lora_trainer *
tlm_specialist_make_trainer (TlmSpecialistJob *job,
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

guint
tlm_specialist_count_batches (const TlmSpecialistData *data)
{
  return (guint) ((data->n_train + TLM_SPECIALIST_BATCH - 1) / TLM_SPECIALIST_BATCH);
}

guint
tlm_specialist_measure_every (const TlmSpecialistData *data)
{
  return CLAMP (tlm_specialist_count_batches (data), 8, 40);
}

guint
tlm_specialist_count_steps (const TlmSpecialistJob *job)
{
  guint epochs = job->options->epochs > 0 ? job->options->epochs : EPOCHS;
  guint n = epochs * tlm_specialist_count_batches (job->data);

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

  tlm_specialist_recipe_at (job, 0, recipe);
  *n_steps = tlm_specialist_count_steps (job);
  config = make_config (job, recipe, *n_steps);
  *alpha = (double) config.alpha;
  return fit_memory (job, &config, error);
}
