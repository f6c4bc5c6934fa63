/* SPDX-License-Identifier: Apache-2.0 */
/* How a message of the person is laid out. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkLayoutManager *tlm_message_bubble_layout_new (void);

G_END_DECLS
