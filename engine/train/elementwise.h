/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of training that is not a matrix product: one short loop each, written in plain C
 * so that the compiler vectorises it. The one source is compiled for several instruction sets and
 * chosen at run time, so paths differ only in the last bits (fused multiply-add, order of sums). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What one AdamW step is for all parameters alike. */
typedef struct
{
  float beta1, beta2, eps;
  float grad_scale; /* clipping */
  float lr;         /* already divided by 1 - beta1^t */
  float root_scale; /* 1 / sqrt (1 - beta2^t) */
  float decay;      /* learning rate times weight decay */
} tl_adamw_step_params;

typedef struct
{
  const char *name;

  double (*sum_squares) (const float *x, size_t n);
  void   (*add)         (float *y, const float *x, size_t n);          /* y += x */
  void   (*scale)       (float *x, float a, size_t n);                 /* x *= a */
  float  (*sum_abs)     (const float *x, size_t n);

  /* y = (1 - lambda) x + lambda level (x): scale from threshold on, -scale up to -threshold, else
   * 0. threshold 0: never 0. See qat.h. */
  void   (*mix_levels)  (float *y, const float *x, float scale, float threshold, float lambda,
                         size_t n);
  /* y = d round (x / d) with d = max |x| / 127; all 0 when x is. Ties to even. */
  void   (*round_int8)  (float *y, const float *x, size_t n);

  /* dx = beta dx + the gradient of rms_norm; dgain += ; dgain may be NULL. See ops.h. */
  void   (*rms_norm_backward) (float *dx, float beta, float *dgain, const float *dy,
                               const float *x, const float *gain, float eps, size_t n);

  /* y = silu (gate) * up, and in place gate, up := their gradients for dy. */
  void   (*silu_mul)          (float *y, const float *gate, const float *up, size_t n);
  void   (*silu_mul_backward) (float *gate, float *up, const float *dy, size_t n);

  /* x = softmax (x); returns log sum exp (x). n > 0. */
  float  (*softmax)           (float *x, size_t n);
  float  (*log_sum_exp)       (const float *x, size_t n); /* n > 0 */
  /* With p' = exp (p - lse_p), q' = exp (q - lse_q): returns sum q' log (q' / p'); p = p' - q'. */
  float  (*kl_gradient)       (float *p, const float *q, float lse_p, float lse_q, size_t n);
  /* x = exp (x - shift): a softmax once more from its log sum exp. */
  void   (*exp_shift)         (float *x, float shift, size_t n);
  /* dp = scale p (dp - delta), the gradient of a softmax with delta = sum p dp. */
  void   (*softmax_backward)  (float *dp, const float *p, float delta, float scale, size_t n);

  /* Turns the pairs (x[2i], x[2i + 1]) by the angles whose cosine and sine are given as
   * [n / 2] each; sign -1 turns back, which is the gradient. */
  void   (*rope)              (float *x, const float *cosine, const float *sine, float sign,
                               size_t n);

  /* x[i] = hash (key, first + i) < threshold ? 0 : x[i] * scale */
  void   (*dropout)           (float *x, uint64_t key, uint32_t first, uint32_t threshold,
                               float scale, size_t n);

  /* decay: (nullable): [n] of 0 or 1 */
  void   (*adamw)             (const tl_adamw_step_params *p, float *params, float *grads, float *m,
                               float *v, const uint8_t *decay, size_t n);
} tl_elementwise;

/* The best table for tl_cpu_get_flags(); static and immutable. */
const tl_elementwise *tl_elementwise_get (void);
