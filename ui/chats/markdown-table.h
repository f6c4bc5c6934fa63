/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a table that may still be growing. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_MARKDOWN_TABLE (tlm_markdown_table_get_type ())
G_DECLARE_FINAL_TYPE (TlmMarkdownTable, tlm_markdown_table, TLM, MARKDOWN_TABLE, AdwBin)

GtkWidget *tlm_markdown_table_new       (const char *aligns);
void       tlm_markdown_table_set_cells (TlmMarkdownTable *self, GPtrArray *cells);

G_END_DECLS
