/* SPDX-License-Identifier: Apache-2.0 */
/* A training as it goes, or as it waits to go on. */
#pragma once

#include <adwaita.h>

#include "specialists/training.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPECIALIST_RUN_VIEW (tlm_specialist_run_view_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistRunView, tlm_specialist_run_view, TLM, SPECIALIST_RUN_VIEW,
                      AdwBin)

void tlm_specialist_run_view_set_training (TlmSpecialistRunView *self, TlmTraining *training);

/* One line for a list: "Step 40 of 160, about 2 min left". (transfer full) */
char *tlm_specialist_run_dup_status (TlmTraining *training);

G_END_DECLS
