/* SPDX-License-Identifier: Apache-2.0 */
/* The window. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_WINDOW (tlm_window_get_type ())
G_DECLARE_FINAL_TYPE (TlmWindow, tlm_window, TLM, WINDOW, AdwApplicationWindow)

GtkWidget *tlm_window_new         (GtkApplication *application, TlmServices *services);
void       tlm_window_open_file (TlmWindow *self, GFile *file);
void       tlm_window_toast       (TlmWindow *self, const char *sentence);
gboolean   tlm_window_holds_code  (TlmWindow *self);
void       tlm_window_warn        (TlmWindow *self, const char *sentence);

G_END_DECLS
