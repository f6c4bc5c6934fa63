/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan says to a person. */
#include "specialist-plan-words.h"

#include "examples-words.h"

#include <glib/gi18n.h>
#include <math.h>

char *
tlm_plan_dup_parts (const TlmSpecialistPlan *plan)
{
  /* Translators: of examples: how many it learns from, how many tell when to stop, how many
   * judge it in the end. */
  g_autofree char *parts = g_strdup_printf (_("%u to learn from, %u to stop by, %u to judge by"),
                                            plan->n_train, plan->n_valid, plan->n_held_out);
  g_autofree char *expect = tlm_examples_dup_expectation (plan->n_train + plan->n_valid
                                                          + plan->n_held_out);
  g_autofree char *cut = NULL;

  if (plan->n_cut > 0)
    cut = g_strdup_printf (ngettext ("The end of %u text has no room and is left out.",
                                     "The ends of %u texts have no room and are left out.",
                                     plan->n_cut),
                           plan->n_cut);
  return g_strjoin ("\n", parts, expect, cut, NULL);
}

char *
tlm_plan_dup_answers (const TlmSpecialistPlan *plan)
{
  if (plan->n_labels == 0)
    return g_strdup (_("Free text"));
  return g_strdup_printf (ngettext ("%u label; nothing else can come out",
                                    "One of %u labels; nothing else can come out", plan->n_labels),
                          plan->n_labels);
}

static char *
dup_needed (const TlmSpecialistPlan *plan)
{
  g_autofree char *needed = g_format_size (plan->memory), *there = g_format_size (plan->available);

  if (plan->available == 0)
    /* Translators: two amounts of memory. */
    return g_strdup_printf (_("Needs %s beside the model"), needed);
  return g_strdup_printf (_("Needs %s beside the model; %s are free"), needed, there);
}

char *
tlm_plan_dup_memory (const TlmSpecialistPlan *plan)
{
  g_autofree char *needed = dup_needed (plan);

  if (!plan->recomputes || plan->refusal != NULL)
    return g_steal_pointer (&needed);
  return g_strjoin ("\n", needed,
                    _("To save memory each layer is computed twice, which takes a third more time."),
                    NULL);
}

char *
tlm_plan_dup_time (double seconds)
{
  guint minutes = (guint) ceil (seconds / 60);

  if (seconds < 60)
    return g_strdup (_("Less than a minute, going by a step tried just now"));
  return g_strdup_printf (ngettext ("%u minute at most, going by a step tried just now",
                                    "%u minutes at most, going by a step tried just now",
                                    minutes),
                          minutes);
}

static char *
dup_full_recipe (const TlmSpecialistPlan *plan, gboolean changed)
{
  return g_strdup_printf (
      /* Translators: a recipe of training that the person chose. */
      changed ? ngettext ("Yours: learning rate %g, at most %u step",
                          "Yours: learning rate %g, at most %u steps", plan->n_steps)
              /* Translators: a recipe of training that the program chose. */
              : ngettext ("Chosen for you: learning rate %g, at most %u step",
                          "Chosen for you: learning rate %g, at most %u steps", plan->n_steps),
      plan->lr, plan->n_steps);
}

char *
tlm_plan_dup_recipe (const TlmSpecialistPlan *plan, const TlmSpecialistPlan *chosen, gboolean full)
{
  gboolean changed = chosen != NULL && (plan->rank != chosen->rank || plan->lr != chosen->lr);

  if (full)
    return dup_full_recipe (plan, changed);
  return g_strdup_printf (
      /* Translators: a recipe of training that the person chose; rank and alpha are of its LoRA
       * adapter. */
      changed ? ngettext ("Yours: rank %u, alpha %g, learning rate %g, at most %u step",
                          "Yours: rank %u, alpha %g, learning rate %g, at most %u steps",
                          plan->n_steps)
              /* Translators: a recipe of training that the program chose; rank and alpha are of
               * its LoRA adapter. */
              : ngettext ("Chosen for you: rank %u, alpha %g, learning rate %g, at most %u step",
                          "Chosen for you: rank %u, alpha %g, learning rate %g, at most %u steps",
                          plan->n_steps),
      plan->rank, plan->alpha, plan->lr, plan->n_steps);
}
