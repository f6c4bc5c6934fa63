/* SPDX-License-Identifier: Apache-2.0 */
/* A short search over recipes, where there is time for one. */
#include "specialist-private.h"

#include "core/errors.h"

#include <math.h>

/* Of the time that there is, for the search; and the steps that each recipe gets. */
#define SEARCH_SHARE 0.4
#define SEARCH_STEPS 60

/* (nullable): NULL without an @error where another recipe than the first has no room */
static tl_lora_trainer *
make_trainer (TlmSpecialistJob *job,
              const TlmRecipe  *recipe,
              GError          **error)
{
  GError          *failed = NULL;
  tl_lora_trainer *trainer = tlm_specialist_make_trainer (job, recipe, SEARCH_STEPS, &failed);

  if (recipe->index > 0 && g_error_matches (failed, TLM_ERROR, TLM_ERROR_TOO_LARGE))
    g_clear_error (&failed);
  if (failed != NULL)
    g_propagate_error (error, failed);
  return trainer;
}

/* The loss that a recipe reaches in a few steps; INFINITY when there was no time or no room for them,
 * NAN when it failed. */
static double
try_recipe (TlmSpecialistJob *job,
            const TlmRecipe  *recipe,
            gint64            until,
            GError          **error)
{
  GError          *failed = NULL;
  double           best = INFINITY;
  tl_lora_trainer *trainer;
  guint            step = 0;

  if (tlm_specialist_now (job) >= until)
    return INFINITY;
  trainer = make_trainer (job, recipe, &failed);
  if (failed != NULL)
    {
      g_propagate_error (error, failed);
      return NAN;
    }
  tlm_pace_begin (&job->pace, g_get_monotonic_time ());
  for (; trainer != NULL && step < SEARCH_STEPS && tlm_specialist_now (job) < until; step++)
    {
      double loss, valid_loss;

      if (!tlm_specialist_advance (job, trainer, &loss, &valid_loss, error))
        {
          tl_lora_trainer_free (trainer);
          return NAN;
        }
      tlm_specialist_report (job, TLM_SPECIALIST_SEARCH, recipe, step + 1, SEARCH_STEPS, loss,
                             valid_loss);
    }
  if (trainer != NULL && step == SEARCH_STEPS)
    best = tl_lora_trainer_get_state (trainer)->best_valid;
  tl_lora_trainer_free (trainer);
  return best;
}

/* Where rank or rate is given, recipes differ in the other alone. */
static gboolean
is_new (const TlmSpecialistJob *job,
        const TlmRecipe        *recipe)
{
  TlmRecipe other;

  for (guint i = 0; i < recipe->index; i++)
    if (tlm_specialist_recipe_at (job, i, &other) && other.rank == recipe->rank
        && other.lr == recipe->lr)
      return FALSE;
  return TRUE;
}

static guint
count_recipes (const TlmSpecialistJob *job)
{
  TlmRecipe recipe;
  guint     n = 0;

  for (guint i = 0; tlm_specialist_recipe_at (job, i, &recipe); i++)
    n += is_new (job, &recipe);
  return n;
}

gboolean
tlm_specialist_search (TlmSpecialistJob *job,
                       TlmRecipe        *best,
                       GError          **error)
{
  gint64    until = job->start + (gint64) (job->options->minutes * 60e6 * SEARCH_SHARE);
  double    lowest = INFINITY;
  TlmRecipe recipe;

  for (guint i = 0; count_recipes (job) > 1 && tlm_specialist_recipe_at (job, i, &recipe); i++)
    {
      double loss = is_new (job, &recipe) ? try_recipe (job, &recipe, until, error) : INFINITY;

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
