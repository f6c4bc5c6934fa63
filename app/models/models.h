/* SPDX-License-Identifier: Apache-2.0 */
/* The installed models: the built-in ones and those that the person added, which the store remembers.
 * Main thread; the work on files is done by a thread of its own, one thing after the other. */
#pragma once

#include "model.h"
#include "store/store.h"

G_BEGIN_DECLS

#define TLM_TYPE_MODELS (tlm_models_get_type ())
G_DECLARE_FINAL_TYPE (TlmModels, tlm_models, TLM, MODELS, GObject)

/**
 * tlm_models_new:
 * @store: (transfer none): open
 *
 * Returns: (transfer full): empty until tlm_models_load_async()
 */
TlmModels *tlm_models_new (TlmStore *store);

/**
 * tlm_models_get_list:
 * Returns: (transfer none): a list of TlmModel: built-in ones, then as added
 */
GListModel *tlm_models_get_list (TlmModels *self);

#ifndef __GI_SCANNER__ /* not for scripts */
/* @progress: in [0, 1], on the main thread */
typedef void (*TlmModelsProgress) (double progress, gpointer user_data);

/* How far the work that runs is; NULL: nobody is told. */
void tlm_models_set_progress (TlmModels *self, TlmModelsProgress progress, gpointer user_data);
#endif

/**
 * tlm_models_load_async:
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Reads the list anew, and soon once more where a language model in the folder for copies was not
 * known. This and all that follow are ended by tlm_models_finish().
 */
void tlm_models_load_async (TlmModels *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_import_async:
 * @path: (type filename): of a GGUF file
 * @copy: TRUE copies the file into the folder of the program; FALSE remembers where it lies
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * A file that is not whole, not supported or hostile is refused, and nothing stays of a copy that
 * failed or was stopped.
 */
void tlm_models_import_async (TlmModels *self, const char *path, gboolean copy, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);
/**
 * tlm_models_rename_async:
 * @model: of the list, and not built in
 * @name: that it is to have
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 */
void tlm_models_rename_async (TlmModels *self, TlmModel *model, const char *name, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_remove_async:
 * @model: of the list, and not built in
 * @for_good: a copy is deleted, and not laid into the bin; the file of a reference is let alone
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * What comes back from the bin is seen after tlm_models_load_async().
 */
void tlm_models_remove_async (TlmModels *self, TlmModel *model, gboolean for_good, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_verify_async:
 * @model: of the list
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Reads the whole file and compares it with what was added.
 */
void tlm_models_verify_async (TlmModels *self, TlmModel *model, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_measure_async:
 * @model: of the list
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Tokens a second, measured on this machine and kept.
 */
void tlm_models_measure_async (TlmModels *self, TlmModel *model, GCancellable *c,
                               GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_shrink_async:
 * @model: of the list
 * @type: of tlm_models_list_types()
 * @c: (nullable)
 * @cb: (scope async) (closure data): called on the main thread
 * @data: for @cb
 *
 * Writes the model in another type as a further one.
 */
void tlm_models_shrink_async (TlmModels *self, TlmModel *model, const char *type, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data);

/**
 * tlm_models_list_types:
 * @model: of the list
 *
 * Returns: (transfer full) (array zero-terminated=1): the types in which it would be smaller, largest
 * first; may be empty
 */
char **tlm_models_list_types (TlmModel *model);

/**
 * tlm_models_finish:
 * @r: of the callback
 *
 * Returns: (transfer full) (nullable): the sentence that says what was done
 */
char *tlm_models_finish (TlmModels *self, GAsyncResult *r, GError **error);

/**
 * tlm_models_find_name:
 * @name: as the list shows it
 *
 * Returns: (transfer none) (nullable): the model of that name
 */
TlmModel *tlm_models_find_name (TlmModels *self, const char *name);

/**
 * tlm_models_find_path:
 * @path: (type filename): of a file
 *
 * Returns: (transfer none) (nullable): the model of that file
 */
TlmModel *tlm_models_find_path (TlmModels *self, const char *path);

/**
 * tlm_models_dup_name:
 * @path: (type filename): of a file
 *
 * The list says "items-changed" when a name may be another.
 *
 * Returns: (transfer full): what the person calls it, in the bin too; the file's own name while the
 * list was not loaded, and for a file that is no model of the list
 */
char *tlm_models_dup_name (TlmModels *self, const char *path);

/**
 * tlm_models_shutdown:
 * At the program's end: stops what runs.
 */
void tlm_models_shutdown (TlmModels *self);

G_END_DECLS
