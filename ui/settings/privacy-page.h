/* SPDX-License-Identifier: Apache-2.0 */
/* The Privacy page: what holds TinyLM back, checked while one looks. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_PRIVACY_PAGE (tlm_privacy_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmPrivacyPage, tlm_privacy_page, TLM, PRIVACY_PAGE, AdwBin)

void tlm_privacy_page_set_services (TlmPrivacyPage *self, TlmServices *services);
void tlm_privacy_page_show         (TlmPrivacyPage *self, GPtrArray *findings);
gboolean tlm_privacy_page_holds_code (TlmPrivacyPage *self);

G_END_DECLS
