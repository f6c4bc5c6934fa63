/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the AVX2 table. */
#pragma once

#include "kernels/kernels-private.h"

void tl_kernels_fill_avx2_panel (tl_kernels *k);
void tl_kernels_fill_avx2_sgemm (tl_kernels *k);
