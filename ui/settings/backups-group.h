/* SPDX-License-Identifier: Apache-2.0 */
/* The backups that are kept: a list, one more now, a copy elsewhere, and the way back. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_BACKUPS_GROUP (tlm_backups_group_get_type ())
G_DECLARE_FINAL_TYPE (TlmBackupsGroup, tlm_backups_group, TLM, BACKUPS_GROUP, AdwPreferencesGroup)

void  tlm_backups_group_set_services (TlmBackupsGroup *self, TlmServices *services);

G_END_DECLS
