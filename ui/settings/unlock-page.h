/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown in place of everything else while the assistant is locked. Signal "unlocked": the
 * services are ready. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_UNLOCK_PAGE (tlm_unlock_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmUnlockPage, tlm_unlock_page, TLM, UNLOCK_PAGE, AdwBin)

GtkWidget *tlm_unlock_page_new (TlmServices *services);

G_END_DECLS
