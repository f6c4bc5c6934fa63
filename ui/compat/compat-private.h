/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ui/compat share. */
#pragma once

#include "compat.h"

G_BEGIN_DECLS

#if ADW_CHECK_VERSION(1, 4, 0)
GtkWidget *tlm_breakpoint_new (GtkWidget *child, int width, GCallback applied, GCallback unapplied,
                               gpointer user_data);
GtkWidget *tlm_take_focus     (GtkWidget *widget);
#endif
#if ADW_CHECK_VERSION(1, 5, 0)
void       tlm_present_dialog (AdwDialog *dialog, GtkWidget *parent);
#endif

G_END_DECLS
