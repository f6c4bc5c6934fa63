/* SPDX-License-Identifier: Apache-2.0 */
/* A note or chat in the bin. */
#pragma once

#include <adwaita.h>

#include "store/bin.h"

G_BEGIN_DECLS

#define TLM_TYPE_BIN_ROW (tlm_bin_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmBinRow, tlm_bin_row, TLM, BIN_ROW, AdwBin)

void tlm_bin_row_set_item (TlmBinRow *self, TlmBinItem *item);

G_END_DECLS
