/* SPDX-License-Identifier: Apache-2.0 */
/* What a specialist, an adapter or a model that was trained in full, makes of a text, and what its
 * base makes of it: to try it, and to judge it with one's own eyes. Main thread; the work is done
 * on a thread of its own. */
#pragma once

#include "specialist.h"

G_BEGIN_DECLS

typedef struct
{
  char  *label;
  double p;
} TlmLabelChance;

typedef struct
{
  char           *input;
  char           *wanted;     /* (nullable): what the example says */
  char           *base;       /* (nullable): the answer without the specialist */
  char           *specialist; /* its answer: the likeliest label, or a text */
  TlmLabelChance *chances;    /* [n_chances] likeliest first; none for free text */
  guint           n_chances;
  gboolean        cut;        /* whether something of the input had no room */
  gboolean        ask;        /* whether the label is so unsure that a person is to be asked */
} TlmTrial;

void tlm_trial_free (TlmTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmTrial, tlm_trial_free)

/* The specialist's answer alone. @adapter_path: (nullable): NULL: the model itself is it */
void      tlm_specialist_try_async  (const char *model_path, const char *adapter_path,
                                     const char *input, GCancellable *c, GAsyncReadyCallback cb,
                                     gpointer data);
TlmTrial *tlm_specialist_try_finish (GAsyncResult *r, GError **error);

/**
 * tlm_specialist_compare_async:
 * @options: of the training that made the specialist at out_path
 * @max: of the examples that were held out, answered by both
 */
void       tlm_specialist_compare_async  (const TlmSpecialistOptions *options, guint max,
                                          GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *tlm_specialist_compare_finish (GAsyncResult *r, GError **error); /* of TlmTrial */

G_END_DECLS
