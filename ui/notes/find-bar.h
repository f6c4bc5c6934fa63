/* SPDX-License-Identifier: Apache-2.0 */
/* Find and replace over an editor: an entry with the count of matches, and a second one when
 * something is to take their place. */
#pragma once

#include <adwaita.h>
#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define TLM_TYPE_FIND_BAR (tlm_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (TlmFindBar, tlm_find_bar, TLM, FIND_BAR, AdwBin)

void     tlm_find_bar_set_view (TlmFindBar *self, GtkSourceView *view);
void     tlm_find_bar_open     (TlmFindBar *self, gboolean replace);
gboolean tlm_find_bar_close    (TlmFindBar *self); /* FALSE when it was not open */

G_END_DECLS
