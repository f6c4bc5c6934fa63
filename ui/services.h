/* SPDX-License-Identifier: Apache-2.0 */
/* The services that the window shows: one of each, made once, handed to every page. */
#pragma once

#include "chats/chats.h"
#include "models/engine-service.h"
#include "specialists/example-sets.h"
#include "licenses/licenses.h"
#include "models/models.h"
#include "notes/notes.h"
#include "store/store.h"
#include "notes/folders.h"
#include "notes/todos.h"
#include "specialists/trained.h"
#include "specialists/training.h"

G_BEGIN_DECLS

#define TLM_TYPE_SERVICES (tlm_services_get_type ())
G_DECLARE_FINAL_TYPE (TlmServices, tlm_services, TLM, SERVICES, GObject)

TlmServices      *tlm_services_new         (const char *store_path, const char *reader_path);
void              tlm_services_open_async  (TlmServices *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean          tlm_services_open_finish (TlmServices *self, GAsyncResult *result,
                                            GError **error);
void              tlm_services_unlock_async (TlmServices *self, const char *secret,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
void              tlm_services_close       (TlmServices *self);

TlmStore         *tlm_services_get_store   (TlmServices *self);
TlmNotes         *tlm_services_get_notes   (TlmServices *self);
TlmChats         *tlm_services_get_chats   (TlmServices *self);
TlmEngineService *tlm_services_get_engine  (TlmServices *self);
TlmLicenses      *tlm_services_get_licenses (TlmServices *self);
TlmModels        *tlm_services_get_models  (TlmServices *self);
TlmTraining      *tlm_services_get_training (TlmServices *self);
TlmTrainedList   *tlm_services_get_trained (TlmServices *self);
TlmExampleSets   *tlm_services_get_example_sets (TlmServices *self);
TlmFolders       *tlm_services_get_folders (TlmServices *self);
TlmTodos         *tlm_services_get_todos   (TlmServices *self);
gboolean          tlm_services_get_ready   (TlmServices *self);
gboolean          tlm_services_get_locked  (TlmServices *self);
const GError     *tlm_services_get_trouble (TlmServices *self);

G_END_DECLS
