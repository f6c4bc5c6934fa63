/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TLM_TYPE_HEAD_LIST (tlm_head_list_get_type ())
G_DECLARE_FINAL_TYPE (TlmHeadList, tlm_head_list, TLM, HEAD_LIST, GObject)

TlmHeadList *tlm_head_list_new      (GListModel *model, guint size);
guint        tlm_head_list_get_size (TlmHeadList *self);
void         tlm_head_list_set_size (TlmHeadList *self, guint size);

G_END_DECLS
