/* SPDX-License-Identifier: Apache-2.0 */
/* One specialist: its verdict, trying it, judging it by eye, its card, and what can be
 * done with it. */
#pragma once

#include <adwaita.h>

#include "specialists/specialist-card.h"
#include "specialist-vote.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPECIALIST_PAGE (tlm_specialist_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistPage, tlm_specialist_page, TLM, SPECIALIST_PAGE, AdwBin)

/* "use" (gboolean): whether the person wants it on; "rename" (const char *), "vote", "export",
 * "merge", "remove" */

/* What is known of it beside its file. */
typedef struct
{
  const char  *name;
  const char  *path, *base_path; /* the second (nullable): the model is not installed */
  gboolean     full; /* a model of its own */
  gboolean     on;
  gboolean     can_vote; /* the examples that were held out are still there */
  TlmVoteTally tally;
} TlmSpecialistFacts;

/* @facts: copied. The card is read from the file. */
void tlm_specialist_page_show (TlmSpecialistPage *self, const TlmSpecialistFacts *facts);

G_END_DECLS
