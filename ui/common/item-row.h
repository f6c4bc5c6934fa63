/* SPDX-License-Identifier: Apache-2.0 */
/* A note or a chat in the sidebar. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TLM_TYPE_ITEM_ROW (tlm_item_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmItemRow, tlm_item_row, TLM, ITEM_ROW, AdwBin)

GtkWidget *tlm_item_row_new         (void);
void       tlm_item_row_set_item    (TlmItemRow *self, GObject *item);
GObject   *tlm_item_row_get_item    (TlmItemRow *self);
void       tlm_item_row_set_heading (TlmItemRow *self, const char *heading);
void       tlm_item_row_show_menu   (TlmItemRow *self);
void       tlm_item_row_trash       (TlmItemRow *self);

G_END_DECLS
