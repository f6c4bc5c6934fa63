/* SPDX-License-Identifier: Apache-2.0 */
/* A search hit in the sidebar. */
#pragma once

#include <gtk/gtk.h>

#include "store/store.h"

G_BEGIN_DECLS

#define TLM_TYPE_HIT_ROW (tlm_hit_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmHitRow, tlm_hit_row, TLM, HIT_ROW, GtkListBoxRow)

GtkWidget    *tlm_hit_row_new        (TlmSearchHit *hit);
TlmSearchHit *tlm_hit_row_get_hit    (TlmHitRow *self);
char         *tlm_hit_row_dup_markup (const char *snippet);

G_END_DECLS
