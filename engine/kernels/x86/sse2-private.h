/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the SSE2 table. */
#pragma once

#include "kernels/kernels-private.h"

void tl_kernels_fill_sse2_panel (tl_kernels *k);
