/* SPDX-License-Identifier: Apache-2.0 */
/* The keyboard falls out of what is greyed out, hidden or made anew. Here it is kept and given back, and never
 * taken from where somebody went on to meanwhile. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What has the keyboard within @widget is remembered, weakly; where nothing has, what was before still is. Returns:
 * (transfer none) (nullable): what has it now */
GtkWidget *tlm_keep_focus     (GtkWidget *widget);

/* Makes @widget insensitive, having remembered that. */
void       tlm_grey_out       (GtkWidget *widget);

/* (transfer none) (nullable): what is remembered, while there is such a widget */
GtkWidget *tlm_get_kept_focus (GtkWidget *widget);

/* When it is sensitive again, or what is in it is made anew: if nothing in the window has the keyboard it goes
 * back there, or to the first place within @otherwise; what was remembered is forgotten. */
void       tlm_return_focus   (GtkWidget *widget, GtkWidget *otherwise);

/* For what comes late: @to has the keyboard then, unless something outside @within has. @within: (nullable) */
void       tlm_offer_focus    (GtkWidget *to, GtkWidget *within);

G_END_DECLS
