/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with a chat in the sidebar. */
#pragma once

#include "chats/chats.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (transfer full): rename ("item.rename"), pin, archive, export, move to the bin */
GMenuModel *tlm_chat_menu_new          (TlmChat *chat);

/* (transfer floating): asks for a name and hands it to the window */
GtkWidget  *tlm_chat_rename_popover_new (TlmChat *chat);

G_END_DECLS
