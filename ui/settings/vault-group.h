/* SPDX-License-Identifier: Apache-2.0 */
/* "Lock This Assistant": encrypting what is kept, and all that goes with it. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_VAULT_GROUP (tlm_vault_group_get_type ())
G_DECLARE_FINAL_TYPE (TlmVaultGroup, tlm_vault_group, TLM, VAULT_GROUP, AdwPreferencesGroup)

void tlm_vault_group_set_services (TlmVaultGroup *self, TlmServices *services);
gboolean tlm_vault_group_holds_code (TlmVaultGroup *self);

G_END_DECLS
