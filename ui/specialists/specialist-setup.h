/* SPDX-License-Identifier: Apache-2.0 */
/* Before a training: on which model, by which recipe, and what it takes. */
#pragma once

#include <adwaita.h>

#include "services.h"
#include "specialists/specialist-plan.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPECIALIST_SETUP (tlm_specialist_setup_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistSetup, tlm_specialist_setup, TLM, SPECIALIST_SETUP, AdwBin)

/* "start" (const TlmSpecialistOptions *): the person wants the training, which fits */
void tlm_specialist_setup_set_services (TlmSpecialistSetup *self, TlmServices *services);

/* @examples: (transfer full) */
void tlm_specialist_setup_set_examples (TlmSpecialistSetup *self, TlmExamples *examples);

G_END_DECLS
