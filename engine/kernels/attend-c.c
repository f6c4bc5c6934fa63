/* SPDX-License-Identifier: Apache-2.0 */
/* The C reference of attention's steps and of the rotation. */
#include "kernels/kernels-private.h"

static float
cache_float (const void *cache, bool half, size_t i)
{
  return half ? tl_f16_to_f32 (((const uint16_t *) cache)[i]) : ((const float *) cache)[i];
}

static void
attend_scores (const tl_queries *a, const void *keys, size_t n)
{
  for (size_t block = 0; block * 16 < n; block++)
    for (size_t i = 0; i < a->n; i++)
      {
        float sum[16] = { 0 };

        for (size_t d = 0; d < a->head_dim; d++)
          for (size_t p = 0; p < 16; p++)
            sum[p] += a->q[i][d] * cache_float (keys, a->half, (block * a->head_dim + d) * 16 + p);
        for (size_t p = 0; p < 16; p++)
          a->scores[i * a->ld + block * 16 + p] = sum[p] * a->scale;
      }
}

static void
attend_mix (const tl_queries *a, const void *values, size_t begin, size_t end)
{
  for (size_t i = 0; i < a->n; i++)
    for (size_t p = begin; p < end; p++)
      for (size_t d = 0; d < a->head_dim; d++)
        a->y[i][d] += a->scores[i * a->ld + p] * cache_float (values, a->half, p * a->head_dim + d);
}

static void
rope (float *x, const float *cs, size_t n)
{
  for (size_t i = 0; i < n; i += 2)
    {
      float x0 = x[i], x1 = x[i + 1];

      x[i] = x0 * cs[i] - x1 * cs[i + 1];
      x[i + 1] = x1 * cs[i] + x0 * cs[i + 1];
    }
}

void
tl_kernels_fill_c_attend (tl_kernels *k)
{
  k->attend_scores = attend_scores;
  k->attend_mix = attend_mix;
  k->rope = rope;
}
