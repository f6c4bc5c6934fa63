/* SPDX-License-Identifier: Apache-2.0 */
/* The preferences. */
#pragma once

#include <adwaita.h>

#include "models/models.h"

G_BEGIN_DECLS

#define TLM_TYPE_PREFERENCES (tlm_preferences_get_type ())
G_DECLARE_FINAL_TYPE (TlmPreferences, tlm_preferences, TLM, PREFERENCES, AdwPreferencesPage)

GtkWidget *tlm_preferences_new (GListModel *licenses, TlmModels *models);

G_END_DECLS
