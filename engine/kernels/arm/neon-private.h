/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the NEON table. */
#pragma once

#include "kernels/kernels-private.h"

void tl_kernels_fill_neon_panel (tl_kernels *k);
void tl_kernels_fill_neon_sgemm (tl_kernels *k);
