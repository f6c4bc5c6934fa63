/* SPDX-License-Identifier: Apache-2.0 */
/* A summary on paper. */
#pragma once

#include <gtk/gtk.h>

#include "summary.h"

G_BEGIN_DECLS

GtkPrintOperation *tlm_summary_print_new (TlmSummary *summary);

G_END_DECLS
