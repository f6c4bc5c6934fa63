/* SPDX-License-Identifier: Apache-2.0 */
/* Two columns side by side, or one under the other where there is no room. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TLM_TYPE_EXAMPLES_COLUMNS (tlm_examples_columns_get_type ())
G_DECLARE_FINAL_TYPE (TlmExamplesColumns, tlm_examples_columns, TLM, EXAMPLES_COLUMNS, GtkWidget)

/* Both (transfer floating), and not taken away again. */
void tlm_examples_columns_set (TlmExamplesColumns *self, GtkWidget *first, GtkWidget *second);

G_END_DECLS
