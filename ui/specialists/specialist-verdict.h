/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a specialist, in words a person can act on. */
#pragma once

#include <adwaita.h>

#include "specialists/specialist-judge.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPECIALIST_VERDICT (tlm_specialist_verdict_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistVerdict, tlm_specialist_verdict, TLM, SPECIALIST_VERDICT, AdwBin)

/* @n_labels: 0: free text */
void tlm_specialist_verdict_set (TlmSpecialistVerdict *self, const TlmVerdict *verdict,
                                 guint n_labels);

/* (transfer full): each a sentence or two; the last two only where something was judged */
const char *tlm_verdict_get_title      (const TlmVerdict *verdict);
char       *tlm_verdict_dup_scores     (const TlmVerdict *verdict, guint n_labels);
char       *tlm_verdict_dup_difference (const TlmVerdict *verdict);

G_END_DECLS
