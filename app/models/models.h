/* SPDX-License-Identifier: Apache-2.0 */
/* The installed models: the built-in ones and those that the person added, which the store remembers.
 * Main thread; the work on files is done by a thread of its own, one thing after the other. */
#pragma once

#include "model.h"
#include "store/store.h"

G_BEGIN_DECLS

#define TLM_TYPE_MODELS (tlm_models_get_type ())
G_DECLARE_FINAL_TYPE (TlmModels, tlm_models, TLM, MODELS, GObject)

TlmModels  *tlm_models_new      (TlmStore *store);
GListModel *tlm_models_get_list (TlmModels *self); /* of TlmModel: built-in ones, then as added */

/* @progress: in [0, 1], on the main thread */
typedef void (*TlmModelsProgress) (double progress, gpointer user_data);

/* How far the work that runs is; NULL: nobody is told. */
void tlm_models_set_progress (TlmModels *self, TlmModelsProgress progress, gpointer user_data);

/* Reads the list anew, and soon once more where a language model in the folder for copies was not
 * known. This and all that follow are ended by tlm_models_finish(). */
void tlm_models_load_async (TlmModels *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_import_async:
 * @copy: TRUE copies the file into tlm_paths_dup_models(); FALSE remembers where it lies
 *
 * A file that is not whole, not supported or hostile is refused, and nothing stays of a copy that
 * failed or was stopped.
 */
void tlm_models_import_async (TlmModels *self, const char *path, gboolean copy, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);
void tlm_models_rename_async (TlmModels *self, TlmModel *model, const char *name, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/* A copy goes to the bin, or with @for_good is deleted; the file of a reference is let alone. What comes
 * back from the bin is seen after tlm_models_load_async(). */
void tlm_models_remove_async (TlmModels *self, TlmModel *model, gboolean for_good, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/* Reads the whole file and compares it with what was added. */
void tlm_models_verify_async (TlmModels *self, TlmModel *model, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/* Tokens a second, measured on this machine and kept. */
void tlm_models_measure_async (TlmModels *self, TlmModel *model, GCancellable *c,
                               GAsyncReadyCallback cb, gpointer data);

/* Writes the model in another type as a further one. @type: of tlm_models_list_types() */
void tlm_models_shrink_async (TlmModels *self, TlmModel *model, const char *type, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/* The types in which @model would be smaller, largest first. (transfer full): may be empty */
char **tlm_models_list_types (TlmModel *model);

/* The sentence that says what was done. (transfer full) (nullable) */
char *tlm_models_finish (TlmModels *self, GAsyncResult *r, GError **error);

/* (transfer none) (nullable) */
TlmModel *tlm_models_find_name (TlmModels *self, const char *name);
TlmModel *tlm_models_find_path (TlmModels *self, const char *path);

/* At the program's end: stops what runs. */
void tlm_models_shutdown (TlmModels *self);

G_END_DECLS
