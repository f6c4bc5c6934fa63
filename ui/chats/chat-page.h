/* SPDX-License-Identifier: Apache-2.0 */
/* One chat: its messages and the composer. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_CHAT_PAGE (tlm_chat_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmChatPage, tlm_chat_page, TLM, CHAT_PAGE, AdwBin)

void     tlm_chat_page_set_services (TlmChatPage *self, TlmServices *services);
void     tlm_chat_page_open         (TlmChatPage *self, TlmChat *chat);
void     tlm_chat_page_show_message (TlmChatPage *self, gint64 id);
TlmChat *tlm_chat_page_get_chat     (TlmChatPage *self);
gboolean tlm_chat_page_stop         (TlmChatPage *self);
void     tlm_chat_page_save         (TlmChatPage *self);
void     tlm_chat_page_discard      (TlmChatPage *self);
void     tlm_chat_page_focus        (TlmChatPage *self);

void     tlm_chat_page_attach_file  (TlmChatPage *self, GFile *file);

GListModel *tlm_chat_page_get_specialists (TlmChatPage *self);

G_END_DECLS
