/* SPDX-License-Identifier: Apache-2.0 */
/* Taking everything along, and leaving nothing behind. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_DATA_GROUP (tlm_data_group_get_type ())
G_DECLARE_FINAL_TYPE (TlmDataGroup, tlm_data_group, TLM, DATA_GROUP, AdwPreferencesGroup)

void tlm_data_group_set_services (TlmDataGroup *self, TlmServices *services);

G_END_DECLS
