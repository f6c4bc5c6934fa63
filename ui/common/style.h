/* SPDX-License-Identifier: Apache-2.0 */
/* What depends on the light or dark appearance and cannot be said in style.css. */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

void tlm_style_follow_scheme   (GtkSourceBuffer *buffer);
void tlm_style_follow_contrast (void);
void tlm_style_get_foreground  (GtkWidget *widget, GdkRGBA *rgba);
void tlm_style_get_accent      (GdkRGBA *rgba);
void tlm_style_fade            (GdkRGBA *rgba, float part);
void tlm_style_set_text_size   (double points, int zoom);

G_END_DECLS
