/* SPDX-License-Identifier: Apache-2.0 */
/* What a training would be, before it is begun. */
#pragma once

#include "specialist.h"

G_BEGIN_DECLS

typedef struct
{
  guint    n_train, n_valid, n_held_out;
  guint    n_labels;    /* 0: free text */
  guint    n_cut;       /* inputs whose end has no room */
  guint    rank;
  double   alpha, lr;
  guint    n_steps;     /* at most */
  guint64  memory;      /* bytes that it would take beside the model, by the estimate */
  guint64  available;   /* bytes that are free; 0: nobody knows */
  gboolean recomputes;  /* each layer for its gradients, to save memory: a third more time */
  gboolean can_be_full; /* whether the whole model can be trained, too */
  char    *refusal;     /* (nullable): why it does not fit, with the numbers */
} TlmSpecialistPlan;

void tlm_specialist_plan_free (TlmSpecialistPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmSpecialistPlan, tlm_specialist_plan_free)

/**
 * tlm_specialist_plan_async:
 * @options: copied; its out_path is not looked at
 *
 * Opens the model and encodes the examples on a thread of its own. Too few examples, or a model
 * that cannot learn, are an error; one that does not fit into memory is a plan with a refusal.
 */
void               tlm_specialist_plan_async  (const TlmSpecialistOptions *options, GCancellable *c,
                                               GAsyncReadyCallback cb, gpointer data);
TlmSpecialistPlan *tlm_specialist_plan_finish (GAsyncResult *r, GError **error);

/* The seconds that it would take at most, without the judging, by a step that is tried. */
void               tlm_specialist_time_async  (const TlmSpecialistOptions *options, GCancellable *c,
                                               GAsyncReadyCallback cb, gpointer data);
double             tlm_specialist_time_finish (GAsyncResult *r, GError **error); /* NAN: failed */

G_END_DECLS
