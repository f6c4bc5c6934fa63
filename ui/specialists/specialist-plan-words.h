/* SPDX-License-Identifier: Apache-2.0 */
/* A plan in words. */
#pragma once

#include "specialists/specialist-plan.h"

G_BEGIN_DECLS

/* (transfer full), each */
char *tlm_plan_dup_parts   (const TlmSpecialistPlan *plan);
char *tlm_plan_dup_answers (const TlmSpecialistPlan *plan);
char *tlm_plan_dup_memory  (const TlmSpecialistPlan *plan);
char *tlm_plan_dup_time    (double seconds); /* at most */

/* @chosen: (nullable): what the program chose, if it may be another. @full: the whole model learns */
char *tlm_plan_dup_recipe  (const TlmSpecialistPlan *plan, const TlmSpecialistPlan *chosen,
                            gboolean full);

G_END_DECLS
