/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of lists: what libadwaita 1.4 named anew. */
#include "compat.h"

void
tlm_expander_row_add_end (AdwExpanderRow *row, GtkWidget *widget)
{
#if ADW_CHECK_VERSION(1, 4, 0)
  adw_expander_row_add_suffix (row, widget);
#else
  adw_expander_row_add_action (row, widget);
#endif
}
