/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of a summary, brought up to date in place. */
#pragma once

#include <gtk/gtk.h>

#include "notes/summary.h"

G_BEGIN_DECLS

void tlm_summary_rows_show_keypoints (GtkListBox *list, TlmSummary *summary);
void tlm_summary_rows_show_actions   (GtkListBox *list, TlmSummary *summary, gsize max);

G_END_DECLS
