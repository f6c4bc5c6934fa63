/* SPDX-License-Identifier: Apache-2.0 */
/* How large notes, summaries and messages are shown: a line of a menu, and the wheel with Ctrl. Both
 * activate "app.zoom-in", "app.zoom-out" and "app.zoom-normal". */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void       tlm_zoom_add_wheel (GtkWidget *widget);
GtkWidget *tlm_zoom_row_new   (void); /* (transfer floating) */

G_END_DECLS
