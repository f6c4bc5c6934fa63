/* SPDX-License-Identifier: Apache-2.0 */
/* A block of code: highlighted where its language is known, with a button that copies it. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_CODE_BLOCK (tlm_code_block_get_type ())
G_DECLARE_FINAL_TYPE (TlmCodeBlock, tlm_code_block, TLM, CODE_BLOCK, AdwBin)

GtkWidget *tlm_code_block_new      (const char *language);
void       tlm_code_block_set_text (TlmCodeBlock *self, const char *text);

G_END_DECLS
