/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of elementwise.h. The build compiles this file once for each instruction set with
 * TL_ELEMENTWISE set to "c", "avx2" or "avx512" and with flags under which the compiler vectorises
 * every loop here: no errno from sqrtf, no trapping comparisons, and sums where "omp simd" allows a
 * new order. No infinities or NaNs are assumed away. */
#include "train/elementwise.h"

#include <math.h>
#include <string.h>

#define PASTE2(a, b) a##b
#define PASTE(a, b) PASTE2 (a, b)
#define STRING2(a) #a
#define STRING(a) STRING2 (a)
#define TABLE PASTE (tl_elementwise_, TL_ELEMENTWISE)

extern const tl_elementwise TABLE;

/* exp by 2^n times a polynomial in r = x - n ln 2, |r| <= ln 2 / 2: Cephes' expf coefficients
 * (Moshier 1992), relative error below 2e-7. Below -87 the result stays at e^-87 = 1.6e-38, the
 * last normal number; above 88 it stays finite. */
static inline float
exp_float (float x)
{
  const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number */
  float       clamped = x < -87.0f ? -87.0f : x;
  float       shifted, n, r, p, power;
  uint32_t    bits;

  clamped = clamped > 88.0f ? 88.0f : clamped;
  shifted = clamped * 1.44269504f + magic;
  n = shifted - magic;
  r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts */
  p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  /* The whole number stands in the low bits of shifted: moved up it is the exponent. */
  memcpy (&bits, &shifted, sizeof bits);
  bits = (bits << 23) + 0x3f800000u;
  memcpy (&power, &bits, sizeof power);
  return (p * r * r + r + 1.0f) * power;
}

static inline float
sigmoid_float (float x)
{
  return 1.0f / (1.0f + exp_float (-x));
}

/* Blocks of 1,024 in float, the blocks in double: the error stays that of a short sum. */
static double
sum_squares (const float *x, size_t n)
{
  double total = 0.0;

  for (size_t begin = 0; begin < n; begin += 1024)
    {
      size_t end = n - begin < 1024 ? n : begin + 1024;
      float  sum = 0.0f;

#pragma omp simd reduction(+ : sum)
      for (size_t i = begin; i < end; i++)
        sum += x[i] * x[i];
      total += sum;
    }
  return total;
}

static void
add (float *y, const float *x, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    y[i] += x[i];
}

static void
scale (float *x, float a, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    x[i] *= a;
}

static float
sum_abs (const float *x, size_t n)
{
  float sum = 0.0f;

#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    sum += fabsf (x[i]);
  return sum;
}

static void
mix_levels (float *y, const float *x, float level, float threshold, float lambda, size_t n)
{
  float up = lambda * level;
  float rest = 1.0f - lambda;

#pragma omp simd
  for (size_t i = 0; i < n; i++)
    y[i] = rest * x[i] + (x[i] >= threshold ? up : x[i] > -threshold ? 0.0f : -up);
}

static void
rms_norm_backward (float *dx, float beta, float *dgain, const float *dy, const float *x,
                   const float *gain, float eps, size_t n)
{
  float squares = 0.0f;
  float dot = 0.0f;
  float r, c;

#pragma omp simd reduction(+ : squares, dot)
  for (size_t i = 0; i < n; i++)
    {
      squares += x[i] * x[i];
      dot += gain[i] * dy[i] * x[i];
    }
  r = 1.0f / sqrtf (squares / (float) n + eps);
  c = r * r * r * dot / (float) n;

  if (dgain != NULL)
    {
#pragma omp simd
      for (size_t i = 0; i < n; i++)
        dgain[i] += dy[i] * x[i] * r;
    }
  if (beta == 0.0f)
    {
#pragma omp simd
      for (size_t i = 0; i < n; i++)
        dx[i] = r * gain[i] * dy[i] - c * x[i];
    }
  else
    {
#pragma omp simd
      for (size_t i = 0; i < n; i++)
        dx[i] = beta * dx[i] + r * gain[i] * dy[i] - c * x[i];
    }
}

static void
silu_mul (float *y, const float *gate, const float *up, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    y[i] = gate[i] * sigmoid_float (gate[i]) * up[i];
}

/* silu'(g) = s + g s (1 - s) with s = sigmoid (g) */
static void
silu_mul_backward (float *gate, float *up, const float *dy, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    {
      float g = gate[i];
      float u = up[i];
      float s = sigmoid_float (g);
      float silu = g * s;

      gate[i] = dy[i] * u * (s + silu * (1.0f - s));
      up[i] = dy[i] * silu;
    }
}

static void
exp_shift (float *x, float shift, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    x[i] = exp_float (x[i] - shift);
}

/* Sixteen maxima side by side, as compilers will not reorder one maximum (a NaN could differ). */
static float
maximum (const float *x, size_t n)
{
  float  lanes[16];
  float  max;
  size_t i;

  for (size_t j = 0; j < 16; j++)
    lanes[j] = x[0];
  for (i = 0; i + 16 <= n; i += 16)
    {
#pragma omp simd
      for (size_t j = 0; j < 16; j++)
        lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
    }
  max = lanes[0];
  for (size_t j = 1; j < 16; j++)
    max = lanes[j] > max ? lanes[j] : max;
  for (; i < n; i++)
    max = x[i] > max ? x[i] : max;
  return max;
}

/* |x| once more by lanes, as the sign is all that keeps maximum () from serving. */
static float
max_abs (const float *x, size_t n)
{
  float  lanes[16] = { 0.0f };
  float  max = 0.0f;
  size_t i;

  for (i = 0; i + 16 <= n; i += 16)
    {
#pragma omp simd
      for (size_t j = 0; j < 16; j++)
        lanes[j] = fabsf (x[i + j]) > lanes[j] ? fabsf (x[i + j]) : lanes[j];
    }
  for (size_t j = 0; j < 16; j++)
    max = lanes[j] > max ? lanes[j] : max;
  for (; i < n; i++)
    max = fabsf (x[i]) > max ? fabsf (x[i]) : max;
  return max;
}

static void
round_int8 (float *y, const float *x, size_t n)
{
  const float magic = 12582912.0f; /* 1.5 * 2^23, as in exp_float () */
  float max = max_abs (x, n);
  float inverse = max > 0.0f ? 127.0f / max : 0.0f;
  float d = max / 127.0f;

#pragma omp simd
  for (size_t i = 0; i < n; i++)
    {
      float shifted = x[i] * inverse + magic;

      y[i] = d * (shifted - magic);
    }
}

static float
softmax (float *x, size_t n)
{
  float max = maximum (x, n);
  float sum = 0.0f;

  exp_shift (x, max, n); /* shifted, so that it cannot overflow */
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    sum += x[i];
  scale (x, 1.0f / sum, n);
  return max + logf (sum);
}

static float
log_sum_exp (const float *x, size_t n)
{
  float max = maximum (x, n);
  float sum = 0.0f;

#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    sum += exp_float (x[i] - max);
  return max + logf (sum);
}

static float
kl_gradient (float *p, const float *q, float lse_p, float lse_q, size_t n)
{
  float sum = 0.0f;

#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < n; i++)
    {
      float log_p = p[i] - lse_p;
      float log_q = q[i] - lse_q;
      float probability = exp_float (log_q);

      sum += probability * (log_q - log_p);
      p[i] = exp_float (log_p) - probability;
    }
  return sum;
}

static void
softmax_backward (float *dp, const float *p, float delta, float factor, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n; i++)
    dp[i] = factor * p[i] * (dp[i] - delta);
}

static void
rope (float *x, const float *cosine, const float *sine, float sign, size_t n)
{
#pragma omp simd
  for (size_t i = 0; i < n / 2; i++)
    {
      float a = x[2 * i];
      float b = x[2 * i + 1];

      x[2 * i] = a * cosine[i] - b * sine[i] * sign;
      x[2 * i + 1] = a * sine[i] * sign + b * cosine[i];
    }
}

/* Two rounds of a 32-bit mixer ("lowbias32", Wellons 2018, nullprogram.com/blog/2018/07/31), keyed
 * before each. */
static void
dropout (float *x, uint64_t key, uint32_t first, uint32_t threshold, float factor, size_t n)
{
  uint32_t low = (uint32_t) key;
  uint32_t high = (uint32_t) (key >> 32);

#pragma omp simd
  for (size_t i = 0; i < n; i++)
    {
      uint32_t h = (first + (uint32_t) i) ^ low;

      h = (h ^ (h >> 16)) * 0x7feb352du;
      h = (h ^ (h >> 15)) * 0x846ca68bu;
      h = h ^ (h >> 16) ^ high;
      h = (h ^ (h >> 16)) * 0x7feb352du;
      h = (h ^ (h >> 15)) * 0x846ca68bu;
      h = h ^ (h >> 16);
      x[i] = h < threshold ? 0.0f : x[i] * factor;
    }
}

static inline void
adamw_one (const tl_adamw_step_params *c, float decay, float *param, float *grad, float *m,
           float *v)
{
  float g = *grad * c->grad_scale;
  float first = c->beta1 * *m + (1.0f - c->beta1) * g;
  float second = c->beta2 * *v + (1.0f - c->beta2) * g * g;

  *grad = g;
  *m = first;
  *v = second;
  *param -= decay * *param + c->lr * first / (sqrtf (second) * c->root_scale + c->eps);
}

static void
adamw (const tl_adamw_step_params *p, float *params, float *grads, float *m, float *v,
       const uint8_t *decay, size_t n)
{
  const tl_adamw_step_params c = *p;

  if (decay == NULL)
    {
#pragma omp simd
      for (size_t i = 0; i < n; i++)
        adamw_one (&c, c.decay, &params[i], &grads[i], &m[i], &v[i]);
    }
  else
    {
#pragma omp simd
      for (size_t i = 0; i < n; i++)
        adamw_one (&c, c.decay * (float) decay[i], &params[i], &grads[i], &m[i], &v[i]);
    }
}

const tl_elementwise TABLE = {
  .name = STRING (TL_ELEMENTWISE),
  .sum_squares = sum_squares,
  .add = add,
  .scale = scale,
  .sum_abs = sum_abs,
  .mix_levels = mix_levels,
  .round_int8 = round_int8,
  .rms_norm_backward = rms_norm_backward,
  .silu_mul = silu_mul,
  .silu_mul_backward = silu_mul_backward,
  .softmax = softmax,
  .exp_shift = exp_shift,
  .log_sum_exp = log_sum_exp,
  .kl_gradient = kl_gradient,
  .softmax_backward = softmax_backward,
  .rope = rope,
  .dropout = dropout,
  .adamw = adamw,
};
