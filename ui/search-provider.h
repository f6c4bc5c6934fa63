/* SPDX-License-Identifier: Apache-2.0 */
/* What the desktop's own search finds here. */
#pragma once

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_SEARCH_PROVIDER (tlm_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (TlmSearchProvider, tlm_search_provider, TLM, SEARCH_PROVIDER, GObject)

TlmSearchProvider *tlm_search_provider_new          (GApplication *application);
gboolean           tlm_search_provider_export       (TlmSearchProvider *self, GDBusConnection *bus,
                                                     const char *path, GError **error);
void               tlm_search_provider_unexport     (TlmSearchProvider *self, GDBusConnection *bus);
void               tlm_search_provider_set_services (TlmSearchProvider *self, TlmServices *services);

G_END_DECLS
