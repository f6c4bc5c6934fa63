/* SPDX-License-Identifier: Apache-2.0 */
/* Attention as in Vaswani et al. 2017, arXiv:1706.03762, with grouped heads (Ainslie et al. 2023,
 * arXiv:2305.13245), one head and token at a time. */
#include "model/attention.h"

#include <math.h>
#include <string.h>

/* Below this many multiplications waking the pool costs more than it saves. */
#define POOL_MIN_WORK (64u * 1024u)

void
tl_rope (float *x, const float *cs, size_t n_heads, size_t head_dim, size_t n_rot)
{
  for (size_t h = 0; h < n_heads; h++, x += head_dim)
    for (size_t i = 0; i < n_rot; i += 2)
      {
        float x0 = x[i], x1 = x[i + 1];

        x[i] = x0 * cs[i] - x1 * cs[i + 1];
        x[i + 1] = x0 * cs[i + 1] + x1 * cs[i];
      }
}

/* The cache's floats from @at on: halves or singles. */
static void *
cache_at (const tl_kv_layer *kv, void *cache, size_t at)
{
  return (char *) cache + at * (kv->type == TL_TYPE_F16 ? sizeof (uint16_t) : sizeof (float));
}

static void
store (const tl_kernels *kernels, const tl_kv_layer *kv, void *dst, const float *src)
{
  if (kv->type == TL_TYPE_F16)
    kernels->f32_to_f16 (dst, src, kv->head_dim);
  else
    memcpy (dst, src, kv->head_dim * sizeof *src);
}

void
tl_kv_store (const tl_kernels *kernels, const tl_kv_layer *kv, size_t pos, const float *k,
             const float *v)
{
  for (size_t h = 0; h < kv->n_kv_heads; h++)
    {
      size_t at = (h * kv->n_ctx + pos) * kv->head_dim;

      store (kernels, kv, cache_at (kv, kv->k, at), k + h * kv->head_dim);
      store (kernels, kv, cache_at (kv, kv->v, at), v + h * kv->head_dim);
    }
}

/* scores[p] = q . k[p] for the first @n positions of one head. */
static void
dot_keys (const tl_attention *a, float *scores, const float *q, const void *keys, size_t n)
{
  size_t d = a->kv->head_dim;

  if (a->kv->type == TL_TYPE_F16)
    for (size_t p = 0; p < n; p++)
      scores[p] = a->k->dot_f16 (q, (const uint16_t *) keys + p * d, d);
  else
    for (size_t p = 0; p < n; p++)
      scores[p] = a->k->dot_f32 (q, (const float *) keys + p * d, d);
}

/* y = sum_p scores[p] v[p] */
static void
mix_values (const tl_attention *a, float *y, const float *scores, const void *values, size_t n)
{
  size_t d = a->kv->head_dim;

  memset (y, 0, d * sizeof *y);
  if (a->kv->type == TL_TYPE_F16)
    for (size_t p = 0; p < n; p++)
      a->k->axpy_f16 (y, scores[p], (const uint16_t *) values + p * d, d);
  else
    for (size_t p = 0; p < n; p++)
      a->k->axpy_f32 (y, scores[p], (const float *) values + p * d, d);
}

static void
attend (const tl_attention *a, size_t token, size_t head, float *scores)
{
  const tl_kv_layer *kv = a->kv;
  size_t first = head / (a->n_heads / kv->n_kv_heads) * kv->n_ctx * kv->head_dim;
  size_t at = (token * a->n_heads + head) * kv->head_dim;
  size_t n_seen = a->pos + token + 1;
  float scale = 1.0f / sqrtf ((float) kv->head_dim);

  dot_keys (a, scores, a->q + at, cache_at (kv, kv->k, first), n_seen);
  for (size_t p = 0; p < n_seen; p++)
    scores[p] *= scale;
  a->k->softmax (scores, n_seen);
  mix_values (a, a->y + at, scores, cache_at (kv, kv->v, first), n_seen);
}

/* Consecutive heads of a group go to one part, which then finds their cache in its own L2. */
static void
run_part (void *data, unsigned part, unsigned n_parts)
{
  const tl_attention *a = data;
  size_t begin = a->n_heads * part / n_parts;
  size_t end = a->n_heads * (part + 1) / n_parts;

  for (size_t h = begin; h < end; h++)
    for (size_t t = 0; t < a->n; t++)
      attend (a, t, h, a->scores + part * a->kv->n_ctx);
}

void
tl_attention_run (const tl_attention *a, tl_pool *pool)
{
  void *data = (void *) (uintptr_t) a;
  size_t work = 2 * a->n * (a->pos + a->n) * a->n_heads * a->kv->head_dim;

  if (work < POOL_MIN_WORK)
    run_part (data, 0, 1);
  else
    tl_pool_run (pool, run_part, data);
}
