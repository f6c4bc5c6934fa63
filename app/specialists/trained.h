/* SPDX-License-Identifier: Apache-2.0 */
/* The specialists that were trained here or imported, adapters and models that were trained in
 * full, as the store and their files say. Each change is told to the store, and then all are read
 * anew. Main thread. */
#pragma once

#include "specialist-card.h"
#include "store/store.h"

G_BEGIN_DECLS

/* One of them as it was when the list was read. Immutable. */
#define TLM_TYPE_TRAINED (tlm_trained_get_type ())
G_DECLARE_FINAL_TYPE (TlmTrained, tlm_trained, TLM, TRAINED, GObject)

typedef struct
{
  gint64             id;
  char              *name, *path, *base_path;
  gboolean           full;     /* a model of its own, which is removed as models are */
  gboolean           used;     /* the person lets it answer; of adapters alone */
  gboolean           can_vote; /* the examples that were held out are still there */
  guint              n_specialist, n_base, n_same; /* votes */
  TlmSpecialistCard *card;     /* (nullable): the file cannot be read */
} TlmTrainedState;

const TlmTrainedState *tlm_trained_get_state (TlmTrained *self);

/* "failed" (const char *sentence); "listed" () when all were read, also where there is none */
#define TLM_TYPE_TRAINED_LIST (tlm_trained_list_get_type ())
G_DECLARE_FINAL_TYPE (TlmTrainedList, tlm_trained_list, TLM, TRAINED_LIST, GObject)

TlmTrainedList *tlm_trained_list_new  (TlmStore *store);
GListModel     *tlm_trained_list_get  (TlmTrainedList *self); /* of TlmTrained, newest first */
TlmTrained     *tlm_trained_list_find (TlmTrainedList *self, const char *path); /* (nullable) */

void tlm_trained_list_load    (TlmTrainedList *self);
void tlm_trained_list_rename  (TlmTrainedList *self, TlmTrained *trained, const char *name);
void tlm_trained_list_use     (TlmTrainedList *self, TlmTrained *trained, gboolean used);
void tlm_trained_list_vote    (TlmTrainedList *self, TlmTrained *trained, guint n_specialist,
                               guint n_base, guint n_same);
/* To the bin, for 30 days with its file, and back. The file of a model stays. */
void tlm_trained_list_remove  (TlmTrainedList *self, TlmTrained *trained);
void tlm_trained_list_restore (TlmTrainedList *self, TlmTrained *trained);

/**
 * tlm_trained_list_import:
 * @path: of an adapter, which is copied
 * @bases: (array zero-terminated): paths of the installed models; it must fit one of them
 */
void tlm_trained_list_import  (TlmTrainedList *self, const char *path, char **bases);

/* The options of the training that made it, for tlm_specialist_compare_async(). */
void                  tlm_trained_list_options_async  (TlmTrainedList *self, TlmTrained *trained,
                                                       GAsyncReadyCallback cb, gpointer data);
TlmSpecialistOptions *tlm_trained_list_options_finish (TlmTrainedList *self, GAsyncResult *r,
                                                       GError **error);

G_END_DECLS
