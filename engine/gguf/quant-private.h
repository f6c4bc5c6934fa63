/* SPDX-License-Identifier: Apache-2.0 */
/* The conversions behind the type table. dequantize: n weights, a whole number of blocks. quantize:
 * @importance is nullable, [n], and weighs each weight's squared error. */
#pragma once

#include "gguf/quant.h"

/* What the sixteen numbers of IQ4_NL stand for. */
extern const int8_t tl_iq4_nl_levels[16];

void tl_q4_1_dequantize   (float *dst, const void *src, size_t n);
void tl_q5_0_dequantize   (float *dst, const void *src, size_t n);
void tl_q5_1_dequantize   (float *dst, const void *src, size_t n);
void tl_iq4_nl_dequantize (float *dst, const void *src, size_t n);
void tl_q2_k_dequantize   (float *dst, const void *src, size_t n);
void tl_q3_k_dequantize   (float *dst, const void *src, size_t n);
void tl_q4_k_dequantize   (float *dst, const void *src, size_t n);
void tl_q5_k_dequantize   (float *dst, const void *src, size_t n);
void tl_q6_k_dequantize   (float *dst, const void *src, size_t n);
void tl_tq1_0_dequantize  (float *dst, const void *src, size_t n);
void tl_tq2_0_dequantize  (float *dst, const void *src, size_t n);

void tl_q4_1_split (tl_levels *dst, const void *block);
void tl_q5_1_split (tl_levels *dst, const void *block);
void tl_q2_k_split (tl_levels *dst, const void *block);
void tl_q3_k_split (tl_levels *dst, const void *block);
void tl_q4_k_split (tl_levels *dst, const void *block);
void tl_q5_k_split (tl_levels *dst, const void *block);
void tl_q6_k_split (tl_levels *dst, const void *block);

void tl_q4_k_quantize  (void *dst, const float *src, const float *importance, size_t n);
void tl_q6_k_quantize  (void *dst, const float *src, const float *importance, size_t n);
void tl_tq1_0_quantize (void *dst, const float *src, const float *importance, size_t n);
void tl_tq2_0_quantize (void *dst, const float *src, const float *importance, size_t n);

/* The least-squares scale d of x[i] ~ d q[i] with integers q in [low, high], of several roundings tried.
 * @w: [n] weights of the squared errors; @q: (out): [n]. Returns d. */
float tl_quant_fit_scale (const float *x, const float *w, size_t n, int low, int high, int8_t *q);

/* The weights that a K format's fit uses: importance sqrt (mean square + x^2), or without importance
 * rms + |x|, so that large weights count more (the choice of ggml's). */
void tl_quant_fit_weights (float *w, const float *x, const float *importance, size_t n);
