/* SPDX-License-Identifier: Apache-2.0 */
/* The buffer of a text that grows while it is shown. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tlm_growing_text_set (GtkTextBuffer *buffer, const char *text, gssize bytes);

G_END_DECLS
