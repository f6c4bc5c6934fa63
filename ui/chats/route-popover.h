/* SPDX-License-Identifier: Apache-2.0 */
/* Under an answer: why this tool gave it, and the others that may be asked instead. */
#pragma once

#include <gtk/gtk.h>

#include "chats/chats.h"

G_BEGIN_DECLS

#define TLM_TYPE_ROUTE_POPOVER (tlm_route_popover_get_type ())
G_DECLARE_FINAL_TYPE (TlmRoutePopover, tlm_route_popover, TLM, ROUTE_POPOVER, GtkPopover)

GtkWidget *tlm_route_popover_new (TlmMessage *message);

G_END_DECLS
