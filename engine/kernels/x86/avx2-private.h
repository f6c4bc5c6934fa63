/* SPDX-License-Identifier: Apache-2.0 */
/* What the AVX2 files share; included only where AVX2, FMA and F16C are compiled for. */
#pragma once

#include <immintrin.h>

#include "kernels/kernels-private.h"

void tl_kernels_fill_avx2_attend (tl_kernels *k);
void tl_kernels_fill_avx2_panel (tl_kernels *k);
void tl_kernels_fill_avx2_sgemm (tl_kernels *k);

static inline float
tl_avx2_sum (__m256 v)
{
  __m128 h = _mm_add_ps (_mm256_castps256_ps128 (v), _mm256_extractf128_ps (v, 1));

  h = _mm_add_ps (h, _mm_movehl_ps (h, h));
  return _mm_cvtss_f32 (_mm_add_ss (h, _mm_movehdup_ps (h)));
}

static inline float
tl_avx2_max (__m256 v)
{
  __m128 h = _mm_max_ps (_mm256_castps256_ps128 (v), _mm256_extractf128_ps (v, 1));

  h = _mm_max_ps (h, _mm_movehl_ps (h, h));
  return _mm_cvtss_f32 (_mm_max_ss (h, _mm_movehdup_ps (h)));
}
