/* SPDX-License-Identifier: Apache-2.0 */
/* One message of a chat. */
#pragma once

#include <gtk/gtk.h>

#include "chats/chats.h"

G_BEGIN_DECLS

#define TLM_TYPE_MESSAGE_ROW (tlm_message_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmMessageRow, tlm_message_row, TLM, MESSAGE_ROW, GtkListBoxRow)

GtkWidget  *tlm_message_row_new         (TlmMessage *message);
TlmMessage *tlm_message_row_get_message (TlmMessageRow *self);
void        tlm_message_row_focus_versions (TlmMessageRow *self, int step);

G_END_DECLS
