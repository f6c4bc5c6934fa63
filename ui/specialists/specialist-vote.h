/* SPDX-License-Identifier: Apache-2.0 */
/* A blind vote: answers of the specialist and of its base to the same texts, without their names.
 */
#pragma once

#include <adwaita.h>

#include "specialists/specialist-trial.h"

G_BEGIN_DECLS

/* How often each was preferred. */
typedef struct
{
  guint n_specialist, n_base, n_same;
} TlmVoteTally;

#define TLM_TYPE_SPECIALIST_VOTE (tlm_specialist_vote_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistVote, tlm_specialist_vote, TLM, SPECIALIST_VOTE, AdwBin)

/* "done" (const TlmVoteTally *): all were voted on */

/* @options: of the training that made it, at out_path; copied */
void tlm_specialist_vote_begin (TlmSpecialistVote *self, const TlmSpecialistOptions *options);
void tlm_specialist_vote_stop  (TlmSpecialistVote *self);

/* (transfer full) (nullable): NULL when there was no vote */
char *tlm_vote_tally_dup_text (const TlmVoteTally *tally);

G_END_DECLS
