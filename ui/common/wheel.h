/* SPDX-License-Identifier: Apache-2.0 */
/* The mouse wheel over what scrolls within something that scrolls. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tlm_wheel_share (GtkScrolledWindow *inner);

G_END_DECLS
