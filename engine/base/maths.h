/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that decide tokens, with the same bits on every machine. A C library's expf, sinf
 * and cosf may differ in the last bit from version to version, and with glibc from processor to
 * processor, as it has forms with and without fused multiply-add. */
#pragma once

/**
 * tl_exp:
 * e^x within 0.5001 ulp, denormals included. NaN stays NaN.
 */
float tl_exp (float x);

/**
 * tl_cos_sin:
 * @x: radians, at most 2^20 in magnitude; beyond, the result loses digits but not its sameness
 * @cosine: (out):
 * @sine: (out):
 *
 * Both within 0.5001 ulp.
 */
void tl_cos_sin (float x, float *cosine, float *sine);
