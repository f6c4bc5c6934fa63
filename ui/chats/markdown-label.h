/* SPDX-License-Identifier: Apache-2.0 */
/* One paragraph of a Markdown text, or a cell of its tables. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *tlm_markdown_label_new        (GtkAccessibleRole role);
void       tlm_markdown_label_set_markup (GtkLabel *label, const char *markup);

G_END_DECLS
