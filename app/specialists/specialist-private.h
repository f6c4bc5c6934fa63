/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a specialist's training share. */
#pragma once

#include "models/pace.h"
#include "specialist.h"
#include "train/lora-train.h"

G_BEGIN_DECLS

/* Examples a step; measured on meeny, 8 and 32 were no better. */
#define TLM_SPECIALIST_BATCH 16

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
  guint32            most, most_learned; /* tokens that are ever given at once, and of these learned */
  const char        *commonest;        /* output of those that are trained on */
  guint64            hash;             /* of all of it */
  GPtrArray         *tokens;           /* what the examples point to */
} TlmSpecialistData;

/* Of the options' examples, and their seed. @spread: FALSE for the older split, which held out the
 * first of them, where they are many: of labels none of the last. (transfer full) (nullable) */
TlmSpecialistData *tlm_specialist_data_new  (const TlmSpecialistOptions *options,
                                             const tl_model *model, gboolean spread, GError **error);
void               tlm_specialist_data_free (TlmSpecialistData *data);

/* ---- specialist-kind.c ---- */

/* Fills the form's labels, sorted; none when the outputs are free text. */
void        tlm_specialist_find_labels        (TlmForm *form, const TlmExamples *examples);

/* Whether the examples are conversations, and the model knows how these are written; and what all
 * of them begin with. */
void        tlm_specialist_find_conversations (TlmForm *form, const TlmExamples *examples,
                                               const tl_model *model);

const char *tlm_specialist_find_commonest     (const TlmExamples *examples); /* output */

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
  char                       *base_sha256;     /* of the model's file; NULL for a plan */
  gint64                      start, deadline; /* by tlm_specialist_now(); deadline 0: none */
  guint64                     memory;          /* by the estimate */
  gboolean                    recomputes;      /* for want of memory */
  TlmPace                     pace;
  gboolean                    cannot_save;     /* the last checkpoint */
} TlmSpecialistJob;

typedef struct
{
  guint  rank;  /* 0: in full */
  double lr;
  guint  index; /* of the search; the checkpoint remembers it */
} TlmRecipe;

/* ---- specialist-recipe.c ---- */

guint    tlm_specialist_count_batches (const TlmSpecialistData *data);
guint    tlm_specialist_count_steps   (const TlmSpecialistJob *job); /* at most */
guint    tlm_specialist_measure_every (const TlmSpecialistData *data); /* steps */

/* Whether the whole of @model can be trained. */
gboolean tlm_specialist_can_be_full   (const tl_model *model);

/* The first is used where nothing is searched. Returns: FALSE past the last */
gboolean tlm_specialist_recipe_at     (const TlmSpecialistJob *job, guint index,
                                       TlmRecipe *recipe);

/* What the trainer would be made with, and its memory in @job; an error when it does not fit. */
gboolean tlm_specialist_choose_recipe (TlmSpecialistJob *job, TlmRecipe *recipe, double *alpha,
                                       guint *n_steps, GError **error);

tl_lora_trainer *tlm_specialist_make_trainer (TlmSpecialistJob *job, const TlmRecipe *recipe,
                                              guint n_steps, GError **error);

/* ---- specialist-search.c ---- */

/* @best: the first recipe; becomes the one that learns most in a few steps. FALSE when it failed or
 * was cancelled. */
gboolean tlm_specialist_search  (TlmSpecialistJob *job, TlmRecipe *best, GError **error);

/* ---- specialist-train.c ---- */

/* The examples of @step, [TLM_SPECIALIST_BATCH] at most: each epoch has an order of its own. */
void     tlm_specialist_draw    (const TlmSpecialistJob *job, guint64 step, tl_lora_example *batch,
                                 gsize *n);

/* One step, and the measurement that falls due. FALSE when one of both was cancelled: @loss is NAN
 * where no step was made. */
gboolean tlm_specialist_advance (TlmSpecialistJob *job, tl_lora_trainer *trainer,
                                 double *loss, double *valid_loss, GError **error);

void     tlm_specialist_report  (const TlmSpecialistJob *job, TlmSpecialistStage stage,
                                 const TlmRecipe *recipe, guint step, guint n_steps, double loss,
                                 double valid_loss);

/* The monotonic clock, without the time in which the program could not run. */
gint64   tlm_specialist_now     (const TlmSpecialistJob *job);

/* Steps' worth of work in @n_steps with their measurements. */
double   tlm_specialist_count_work (const TlmSpecialistData *data, double n_steps);

/* Sleeps a while where the options are to wait for room on the disk. Returns: whether to try again */
gboolean tlm_specialist_wait    (const TlmSpecialistJob *job);

/* Whether there is a checkpoint of the job, with its data. */
gboolean tlm_specialist_can_go_on (TlmSpecialistJob *job);

/* A trainer of @recipe that has run and holds its best parameters, NULL when it failed or was
 * cancelled. @resumed: (out): whether it went on from the checkpoint */
tl_lora_trainer *tlm_specialist_run_trainer (TlmSpecialistJob *job, guint *n_steps,
                                             TlmRecipe *recipe, gboolean *resumed, GError **error);

/* ---- specialist.c ---- */

/* FALSE when the base's file was cut short meanwhile: what was computed since is worth nothing. */
gboolean tlm_specialist_check_base (const TlmSpecialistJob *job, GError **error);

/* The adapter, or the model, with its card. */
gboolean tlm_specialist_save (const TlmSpecialistJob *job, const tl_lora_trainer *trainer,
                              const TlmSpecialistResult *result, const char *path, GError **error);

G_END_DECLS
