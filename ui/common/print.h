/* SPDX-License-Identifier: Apache-2.0 */
/* A text on paper: a note, a chat or a summary. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkPrintOperation *tlm_print_new (const char *name, const char *text);
void               tlm_print_watch (GtkPrintOperation *operation, GtkWidget *widget);
void               tlm_print     (GtkWidget *widget, const char *name, const char *text);

G_END_DECLS
