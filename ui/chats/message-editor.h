/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message of the person is written anew. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_MESSAGE_EDITOR (tlm_message_editor_get_type ())
G_DECLARE_FINAL_TYPE (TlmMessageEditor, tlm_message_editor, TLM, MESSAGE_EDITOR, AdwBin)

GtkWidget *tlm_message_editor_new      (void);
void       tlm_message_editor_set_text (TlmMessageEditor *self, const char *text);
char      *tlm_message_editor_dup_text (TlmMessageEditor *self);

G_END_DECLS
