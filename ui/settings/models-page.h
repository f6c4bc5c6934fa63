/* SPDX-License-Identifier: Apache-2.0 */
/* The Models page: what is installed, and which of it answers in chats. */
#pragma once

#include "services.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_MODELS_PAGE (tlm_models_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmModelsPage, tlm_models_page, TLM, MODELS_PAGE, AdwBin)

void tlm_models_page_set_services (TlmModelsPage *self, TlmServices *services);
void tlm_models_page_add_file     (TlmModelsPage *self, GFile *file);

G_END_DECLS
