/* SPDX-License-Identifier: Apache-2.0 */
/* A short search over recipes, where there is time for one. */
#include "specialist-private.h"

#include <math.h>

/* Of the time that there is, for the search; and the steps that each recipe gets. */
#define SEARCH_SHARE 0.4
#define SEARCH_STEPS 60

/* The loss that a recipe reaches in a few steps; INFINITY when there was no time for them. */
static double
try_recipe (TlmSpecialistJob *job,
            const TlmRecipe  *recipe,
            gint64            until,
            GError          **error)
{
  tl_lora_trainer *trainer = tlm_specialist_make_trainer (job, recipe, SEARCH_STEPS, error);
  double           best = NAN;
  guint            step = 0;

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
  if (trainer != NULL)
    best = step < SEARCH_STEPS ? INFINITY : tl_lora_trainer_get_state (trainer)->best_valid;
  tl_lora_trainer_free (trainer);
  return best;
}

gboolean
tlm_specialist_search (TlmSpecialistJob *job,
                       TlmRecipe        *best,
                       GError          **error)
{
  gint64    until = job->start + (gint64) (job->options->minutes * 60e6 * SEARCH_SHARE);
  double    lowest = INFINITY;
  TlmRecipe recipe;

  for (guint i = 0; tlm_specialist_recipe_at (job, i, &recipe); i++)
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
