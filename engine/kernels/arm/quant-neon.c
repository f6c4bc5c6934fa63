/* SPDX-License-Identifier: Apache-2.0 */
/* Activations become bytes, in NEON: the same bytes as the reference makes. */
#include <arm_neon.h>

#include "kernels/arm/neon-private.h"

#include <float.h>

/* The largest magnitude, past any NaN; @n a multiple of 4. */
static inline float
largest (const float *x, size_t n)
{
  float32x4_t max = vdupq_n_f32 (0);

  for (size_t i = 0; i < n; i += 4)
    max = vmaxnmq_f32 (max, vabsq_f32 (vld1q_f32 (x + i)));
  return vmaxvq_f32 (max);
}

/* Four floats to integers, ties to even. A NaN becomes -127: the number wins against it. */
static inline int32x4_t
quantize_4 (const float *x, float inverse)
{
  float32x4_t q = vmaxnmq_f32 (vmulq_n_f32 (vld1q_f32 (x), inverse), vdupq_n_f32 (-127.0f));

  return vcvtnq_s32_f32 (vminq_f32 (q, vdupq_n_f32 (127.0f)));
}

/* 16 floats to bytes; returns their sums by four. */
static inline int32x4_t
quantize_16 (int8_t *q, const float *x, float inverse)
{
  int16x8_t low = vcombine_s16 (vmovn_s32 (quantize_4 (x, inverse)),
                                vmovn_s32 (quantize_4 (x + 4, inverse)));
  int16x8_t high = vcombine_s16 (vmovn_s32 (quantize_4 (x + 8, inverse)),
                                 vmovn_s32 (quantize_4 (x + 12, inverse)));

  vst1q_s8 (q, vcombine_s8 (vmovn_s16 (low), vmovn_s16 (high)));
  return vpaddlq_s16 (vaddq_s16 (low, high));
}

static void
quantize_group (int8_t *q, float *scale, int32_t *sum, const float *x, size_t group)
{
  float d = largest (x, group) / 127.0f;
  float inverse = d >= FLT_MIN ? 1.0f / d : 0.0f;
  int32x4_t total = vdupq_n_s32 (0);

  *scale = d >= FLT_MIN ? d : 0.0f;
  for (size_t i = 0; i < group; i += 16)
    total = vaddq_s32 (total, quantize_16 (q + i, x + i, inverse));
  *sum = vaddvq_s32 (total);
}

static void
quantize_acts (const tl_acts *dst, size_t token, const float *x)
{
  size_t n_groups = dst->cols / dst->group;

  for (size_t g = 0; g < n_groups; g++)
    quantize_group (dst->q + token * dst->cols + g * dst->group,
                    dst->scale + token * n_groups + g, dst->sum + token * n_groups + g,
                    x + g * dst->group, dst->group);
}

void
tl_kernels_fill_neon_quant (tl_kernels *k)
{
  k->quantize_acts = quantize_acts;
}
