/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

gboolean tlm_hit_list_show (GtkListBox *list, GListModel *hits);

G_END_DECLS
