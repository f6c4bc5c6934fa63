/* SPDX-License-Identifier: Apache-2.0 */
/* One example while it is written: two texts. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_EXAMPLES_EDITOR (tlm_examples_editor_get_type ())
G_DECLARE_FINAL_TYPE (TlmExamplesEditor, tlm_examples_editor, TLM, EXAMPLES_EDITOR, AdwBin)

/* "done": Enter was pressed; "cancelled": Escape; "pasted" (const char *): rows of a table */
GtkWidget *tlm_examples_editor_new       (void);
void       tlm_examples_editor_set_names (TlmExamplesEditor *self, const char *input,
                                          const char *output);
void       tlm_examples_editor_show_headings (TlmExamplesEditor *self);
void       tlm_examples_editor_set       (TlmExamplesEditor *self, const char *input,
                                          const char *output);
char      *tlm_examples_editor_dup_input  (TlmExamplesEditor *self); /* (transfer full) */
char      *tlm_examples_editor_dup_output (TlmExamplesEditor *self);
void       tlm_examples_editor_fix_input  (TlmExamplesEditor *self);
void       tlm_examples_editor_focus      (TlmExamplesEditor *self, gboolean output);

G_END_DECLS
