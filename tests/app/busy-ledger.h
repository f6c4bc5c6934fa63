/* SPDX-License-Identifier: Apache-2.0 */
/* What a busy day (busy-day.h) said before it was killed, held against what is there afterwards. */
#pragma once

#include "busy-day.h"
#include "store/db.h"

typedef struct
{
  GHashTable *notes;    /* id -> Note */
  GHashTable *drafts;   /* id -> version, at least */
  GHashTable *answers;  /* id -> bytes */
  GHashTable *steps;    /* of a training -> step from which it goes on */
  gint64      n_models, n_models_begun;
  gint64      worst_answer, worst_training; /* us that a kill cost */
  guint       n_said;
} TlmBusyLedger;

void tlm_busy_ledger_init  (TlmBusyLedger *l);
void tlm_busy_ledger_clear (TlmBusyLedger *l);

/* @all: of TlmSaid, of one run */
void tlm_busy_ledger_hear  (TlmBusyLedger *l, GArray *all);

/* Fails the test where something is not in the database or among the files that was said to be there.
 * @killed: when the run was, in us of g_get_monotonic_time() */
void tlm_busy_ledger_check (TlmBusyLedger *l, TlmDb *db, GArray *all, gint64 killed);
