/* SPDX-License-Identifier: Apache-2.0 */
/* What a person sees when the data that is there cannot be opened: why, and what can be done.
 * Nothing is changed until they choose. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_TROUBLE_PAGE (tlm_trouble_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmTroublePage, tlm_trouble_page, TLM, TROUBLE_PAGE, AdwBin)

GtkWidget *tlm_trouble_page_new (TlmServices *services);

G_END_DECLS
