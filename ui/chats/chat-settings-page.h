/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of one chat. */
#pragma once

#include <adwaita.h>

#include "chats/chats.h"
#include "models/models.h"

G_BEGIN_DECLS

#define TLM_TYPE_CHAT_SETTINGS_PAGE (tlm_chat_settings_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmChatSettingsPage, tlm_chat_settings_page, TLM, CHAT_SETTINGS_PAGE,
                      AdwPreferencesPage)

GtkWidget *tlm_chat_settings_page_new (TlmChats *chats, TlmChat *chat, GListModel *specialists,
                                       TlmModels *models);

G_END_DECLS
