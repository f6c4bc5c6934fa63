/* SPDX-License-Identifier: Apache-2.0 */
/* A training as the store keeps it: what it learns from as it was when it began, how, and the curve
 * so far. Its key is the file that it writes. The functions are for the store's thread. */
#pragma once

#include "store/db.h"
#include "training.h"

G_BEGIN_DECLS

typedef struct
{
  gint64                set_id;
  char                 *name;
  TlmSpecialistOptions *options; /* owned */
  GArray               *points;  /* of TlmLossPoint */
  gboolean              won;     /* the verdict, once it is finished, */
  char                  sha256[TLM_SHA256_CHARS]; /* and the file that was made */
  char                 *stamp;   /* of tlm_training_record_stamp(); else NULL. Not copied */
} TlmTrainingRecord;

/* tlm_models_reserve() for a specialist of that name. Any thread */
char *tlm_training_reserve (const char *name, int *lock);

/* What is locked while @path is copied from elsewhere and has no row yet. (transfer full) */
char *tlm_training_dup_mark (const char *path);

/* @options: copied. Any thread, and so the next two */
TlmTrainingRecord *tlm_training_record_new  (gint64 set_id, const char *name,
                                             const TlmSpecialistOptions *options);
TlmTrainingRecord *tlm_training_record_copy (const TlmTrainingRecord *record);
void               tlm_training_record_free (TlmTrainingRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmTrainingRecord, tlm_training_record_free)

/* The rows of files that are gone, specialists and models, whose name another has now, go. */
gboolean tlm_training_record_free_name (TlmDb *db, const char *out_path, GError **error);

gboolean tlm_training_record_add    (TlmDb *db, const TlmTrainingRecord *record, GError **error);
gboolean tlm_training_record_update (TlmDb *db, const TlmTrainingRecord *record, GError **error);
/* A model that was trained in full is one of the installed models then. */
gboolean tlm_training_record_finish (TlmDb *db, const TlmTrainingRecord *record, GError **error);
gboolean tlm_training_record_remove (TlmDb *db, const TlmTrainingRecord *record, GError **error);

typedef gboolean (*TlmTrainingRecordFunc) (TlmDb *db, const TlmTrainingRecord *record,
                                           GError **error);

/* Has the store do @func, one of these, with a copy of @record. Of what is finished no checkpoint
 * stays. Main thread. */
void     tlm_training_record_post        (TlmStore *store, const TlmTrainingRecord *record,
                                          TlmTrainingRecordFunc func, gpointer source,
                                          GAsyncReadyCallback cb);
gboolean tlm_training_record_post_finish (GAsyncResult *r, GError **error);

gboolean tlm_training_record_has_checkpoint (const TlmTrainingRecord *record);

/* Whether the specialist is there, and no checkpoint to go on from: another program ended it. */
gboolean tlm_training_record_is_ended (const TlmTrainingRecord *record);

/* From now on, whether another program has gone on with it; it wrote the checkpoint anew then. */
void     tlm_training_record_stamp      (TlmTrainingRecord *record);
gboolean tlm_training_record_is_stamped (const TlmTrainingRecord *record);

/* Whether both are of one training. */
gboolean tlm_training_record_is_same (const TlmTrainingRecord *record, const TlmTrainingRecord *other);

/* Steps behind the checkpoint that a kill left are done again: those points go. A measurement alone, its
 * loss NAN, keeps the loss of its step. */
void tlm_training_record_add_point (TlmTrainingRecord *record, const TlmLossPoint *point);

/* Ends what a kill left: checkpoints of trainings that are finished or gone, and copies that came to no
 * row. */
void tlm_training_record_sweep (TlmDb *db);

/**
 * tlm_training_record_find:
 * @out_path: (nullable): the training that made it; NULL: the one that is not finished
 *
 * Returns: (transfer full) (nullable): NULL without @error when there is none
 */
TlmTrainingRecord *tlm_training_record_find (TlmDb *db, const char *out_path, GError **error);

G_END_DECLS
