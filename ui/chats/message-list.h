/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a chat of any length, in a view that scrolls. */
#pragma once

#include <adwaita.h>

#include "chats/chats.h"

G_BEGIN_DECLS

#define TLM_TYPE_MESSAGE_LIST (tlm_message_list_get_type ())
G_DECLARE_FINAL_TYPE (TlmMessageList, tlm_message_list, TLM, MESSAGE_LIST, AdwBin)

void       tlm_message_list_set_chat (TlmMessageList *self, TlmChat *chat);
void       tlm_message_list_follow   (TlmMessageList *self);
void       tlm_message_list_stay     (TlmMessageList *self);
void       tlm_message_list_show     (TlmMessageList *self, guint position);
GtkWidget *tlm_message_list_get_row  (TlmMessageList *self, guint position);

G_END_DECLS
