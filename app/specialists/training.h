/* SPDX-License-Identifier: Apache-2.0 */
/* The training that a person started in the window: one at a time. The store keeps what it learns
 * from and how, and its checkpoint lies in the models' folder, so that it goes on after a restart
 * of the program. Main thread. */
#pragma once

#include "specialist-run.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_TRAINING_NONE,
  TLM_TRAINING_WAITING, /* begun and not ended: it can go on */
  TLM_TRAINING_RUNNING,
  TLM_TRAINING_DONE,    /* the file is there, with its verdict */
} TlmTrainingState;

/* NAN where nothing was measured. */
typedef struct
{
  guint  step;
  double loss, valid_loss;
} TlmLossPoint;

#define TLM_TYPE_TRAINING (tlm_training_get_type ())
G_DECLARE_FINAL_TYPE (TlmTraining, tlm_training, TLM, TRAINING, GObject)

/* Of the training beside a window: behind everything that a person waits for. */
#define TLM_TRAINING_NICE 15

/* "changed": its state; "progress": a step; "failed" (const char *sentence). @nice: of its thread */
TlmTraining *tlm_training_new  (TlmStore *store, int nice);

/* Finds the training that waits, if there is one; "changed" tells. Later: one that waits here may have been
 * ended by another program. */
void tlm_training_load (TlmTraining *self);

/**
 * tlm_training_start:
 * @set_id: of the examples
 * @name: that the specialist gets
 * @options: copied; where it writes is chosen here
 *
 * Nothing else may be running or waiting.
 */
void tlm_training_start   (TlmTraining *self, gint64 set_id, const char *name,
                           const TlmSpecialistOptions *options);
void tlm_training_go_on   (TlmTraining *self); /* of one that waits */
void tlm_training_stop    (TlmTraining *self); /* it waits then */
void tlm_training_discard (TlmTraining *self); /* of one that runs or waits */

/* What was discarded waits again. It is forgotten once another is started, or the program ends. */
gboolean tlm_training_can_restore (TlmTraining *self);
void     tlm_training_restore     (TlmTraining *self);

/* Property "paused": of one that runs. */
void     tlm_training_set_paused (TlmTraining *self, gboolean paused);
gboolean tlm_training_get_paused (TlmTraining *self);

TlmTrainingState             tlm_training_get_state    (TlmTraining *self);
gint64                       tlm_training_get_set_id   (TlmTraining *self); /* 0: none */
const char                  *tlm_training_get_name     (TlmTraining *self);
const TlmSpecialistOptions  *tlm_training_get_options  (TlmTraining *self);
const TlmSpecialistProgress *tlm_training_get_progress (TlmTraining *self); /* NULL: no step yet */
const TlmSpecialistResult   *tlm_training_get_result   (TlmTraining *self); /* NULL: not done */
GArray                      *tlm_training_get_points   (TlmTraining *self); /* of TlmLossPoint */

/* At the program's end: stops it and waits until what was learned is on the disk. */
void tlm_training_shutdown (TlmTraining *self);

G_END_DECLS
