/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a specialist's training share. */
#pragma once

#include "specialist.h"
#include "train/lora-train.h"

G_BEGIN_DECLS

/* The examples, split and as tokens. */
typedef struct
{
  TlmForm           *form;
  tl_lora_example   *train, *valid;    /* [n_train], [n_valid] */
  const TlmExample **held_out;         /* [n_held_out] */
  gsize              n_train, n_valid, n_held_out;
  gsize              n_variants;       /* of [n_train] each, one behind the other in train */
  guint              n_cut;
  guint32            longest;          /* tokens of an example, without the last */
  const char        *commonest;        /* output of those that are trained on */
  guint64            hash;             /* of all of it */
  GPtrArray         *tokens;           /* what the examples point to */
} TlmSpecialistData;

/* Of the options' examples, and their seed. (transfer full) (nullable) */
TlmSpecialistData *tlm_specialist_data_new  (const TlmSpecialistOptions *options,
                                             const tl_model *model, GError **error);
void               tlm_specialist_data_free (TlmSpecialistData *data);

/* One run of the trainer, to its end. */
typedef struct
{
  const TlmSpecialistOptions *options;
  const TlmSpecialistData    *data;
  const tl_model             *model;
  tl_pool                    *pool;
  TlmSpecialistFunc           func;
  gpointer                    func_data;
  tl_cancel_func              cancel;
  gpointer                    cancel_data;
  char                       *checkpoint;
  gint64                      start, deadline; /* monotonic; deadline 0: none */
  guint64                     memory;          /* by the estimate */
} TlmSpecialistJob;

typedef struct
{
  guint  rank;
  double lr;
  guint  index; /* of the search; the checkpoint remembers it */
} TlmRecipe;

/* What the trainer would be made with, and its memory in @job; an error when it does not fit. */
gboolean tlm_specialist_choose_recipe (TlmSpecialistJob *job, TlmRecipe *recipe, double *alpha,
                                       guint *n_steps, GError **error);

/* A trainer of @recipe that has run and holds its best parameters, NULL when it failed or was
 * cancelled. @resumed: (out): whether it went on from the checkpoint */
tl_lora_trainer *tlm_specialist_run_trainer (TlmSpecialistJob *job, guint *n_steps,
                                             TlmRecipe *recipe, gboolean *resumed, GError **error);

/* The adapter, or the model, with its card. */
gboolean tlm_specialist_save (const TlmSpecialistJob *job, const tl_lora_trainer *trainer,
                              const TlmSpecialistResult *result, const char *path, GError **error);

G_END_DECLS
