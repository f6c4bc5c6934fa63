/* SPDX-License-Identifier: Apache-2.0 */
/* One example in the table: its two texts, what is wrong with it, and the way to change it in
 * place. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_EXAMPLES_ROW (tlm_examples_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmExamplesRow, tlm_examples_row, TLM, EXAMPLES_ROW, AdwBin)

/* "edited" (const char *input, const char *output); "removed"; "pasted" (const char *) */

/* @fixed: the input, a conversation, is not to be changed; @problem: (nullable): what is wrong */
void tlm_examples_row_set       (TlmExamplesRow *self, const char *input, const char *output,
                                 gboolean fixed, const char *problem);
void tlm_examples_row_set_names (TlmExamplesRow *self, const char *input, const char *output);
void tlm_examples_row_edit      (TlmExamplesRow *self);

/* Keeps what is being written, if anything is. */
void tlm_examples_row_end_edit  (TlmExamplesRow *self);

G_END_DECLS
