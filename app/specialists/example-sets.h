/* SPDX-License-Identifier: Apache-2.0 */
/* All sets of examples, as the store keeps them. Main thread. */
#pragma once

#include "example-set.h"

G_BEGIN_DECLS

/* Signal "failed" (const char *sentence): the store did not take a change. */
#define TLM_TYPE_EXAMPLE_SETS (tlm_example_sets_get_type ())
G_DECLARE_FINAL_TYPE (TlmExampleSets, tlm_example_sets, TLM, EXAMPLE_SETS, GObject)

TlmExampleSets *tlm_example_sets_new      (TlmStore *store);
GListModel     *tlm_example_sets_get_list (TlmExampleSets *self); /* TlmExampleSet, newest first */
TlmExampleSet  *tlm_example_sets_find     (TlmExampleSets *self, gint64 id); /* (nullable) */

/* Reads them, with their rows, once the store is open; and again: those that another program made come, with
 * their rows, its names are taken, and what it moved to the bin leaves the list. */
void     tlm_example_sets_load_async  (TlmExampleSets *self, GCancellable *c,
                                       GAsyncReadyCallback cb, gpointer data);
gboolean tlm_example_sets_load_finish (TlmExampleSets *self, GAsyncResult *r, GError **error);

/* @kind: of a template, or "". Returns: (transfer none) */
TlmExampleSet *tlm_example_sets_add     (TlmExampleSets *self, const char *name, const char *kind);

/* To the bin, for 30 days, and back. */
void           tlm_example_sets_remove  (TlmExampleSets *self, TlmExampleSet *set);
void           tlm_example_sets_restore (TlmExampleSets *self, TlmExampleSet *set);

G_END_DECLS
