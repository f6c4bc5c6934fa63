/* SPDX-License-Identifier: Apache-2.0 */
/* Under an answer: why this tool gave it, and the others that may be asked instead. */
#pragma once

#include <adwaita.h>

#include "chats.h"

G_BEGIN_DECLS

#define TLM_TYPE_ROUTE_BUTTON (tlm_route_button_get_type ())
G_DECLARE_FINAL_TYPE (TlmRouteButton, tlm_route_button, TLM, ROUTE_BUTTON, AdwBin)

void tlm_route_button_set_message (TlmRouteButton *self, TlmMessage *message);

G_END_DECLS
