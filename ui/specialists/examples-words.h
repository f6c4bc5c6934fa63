/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of examples: how many there are, what they are worth, what is wrong with them. */
#pragma once

#include "specialists/example-set.h"

G_BEGIN_DECLS

/* (transfer full) */
char *tlm_examples_dup_count       (guint n); /* "50 examples" */
char *tlm_examples_dup_expectation (guint n); /* what a training with so many is worth */

/* (transfer none) (nullable): what is wrong with a row; NULL for nothing */
const char *tlm_examples_get_problem  (TlmExampleRow *row);
/* (transfer full) (nullable): "1 empty, 2 conflicting"; NULL for nothing */
char       *tlm_examples_dup_problems (TlmExampleSet *set);
/* (transfer full): what came in, and what was left out of it */
char       *tlm_examples_dup_added    (const TlmExamples *added);

G_END_DECLS
