/* SPDX-License-Identifier: Apache-2.0 */
/* The training of a specialist beside a window: on a thread of its own, which the system may run
 * after all others. All functions are for the main thread, and so is the signal. */
#pragma once

#include "specialist.h"

G_BEGIN_DECLS

#define TLM_TYPE_SPECIALIST_RUN (tlm_specialist_run_get_type ())
G_DECLARE_FINAL_TYPE (TlmSpecialistRun, tlm_specialist_run, TLM, SPECIALIST_RUN, GObject)

/* "progress" (const TlmSpecialistProgress *): each step in order, soon after it was done. @nice: of
 * the thread; 0 for as the others */
TlmSpecialistRun *tlm_specialist_run_new (int nice);

/**
 * tlm_specialist_run_start_async:
 * @options: copied, its examples too
 * @cancellable: (nullable): what was learned stays in the checkpoint, and the same options go on
 * from there, in another run of the program too
 *
 * One at a time: a run that is started once is not started again.
 */
void     tlm_specialist_run_start_async  (TlmSpecialistRun *self,
                                          const TlmSpecialistOptions *options,
                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean tlm_specialist_run_start_finish (TlmSpecialistRun *self, GAsyncResult *result,
                                          TlmSpecialistResult *out, GError **error);

/* Property "paused": the thread sleeps within a step's time; its memory stays taken. */
void     tlm_specialist_run_set_paused   (TlmSpecialistRun *self, gboolean paused);
gboolean tlm_specialist_run_get_paused   (TlmSpecialistRun *self);

G_END_DECLS
