/* SPDX-License-Identifier: Apache-2.0 */
/* The page of the bin: what is in it, and for how long. */
#pragma once

#include <adwaita.h>

#include "services.h"

G_BEGIN_DECLS

#define TLM_TYPE_BIN_PAGE (tlm_bin_page_get_type ())
G_DECLARE_FINAL_TYPE (TlmBinPage, tlm_bin_page, TLM, BIN_PAGE, AdwBin)

void tlm_bin_page_set_services (TlmBinPage *self, TlmServices *services);

G_END_DECLS
