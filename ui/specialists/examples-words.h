/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a number of examples. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) */
char *tlm_examples_dup_count       (guint n); /* "50 examples" */
char *tlm_examples_dup_expectation (guint n); /* what a training with so many is worth */

G_END_DECLS
