/* SPDX-License-Identifier: Apache-2.0 */
/* One of the sidebar's lists, grouped by day. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_ITEM_LIST (tlm_item_list_get_type ())
G_DECLARE_FINAL_TYPE (TlmItemList, tlm_item_list, TLM, ITEM_LIST, AdwBin)

void tlm_item_list_set_model (TlmItemList *self, GListModel *model);
void tlm_item_list_select    (TlmItemList *self, gpointer item);
gboolean tlm_item_list_focus (TlmItemList *self);
gboolean tlm_item_list_get_browsed (TlmItemList *self);

G_END_DECLS
