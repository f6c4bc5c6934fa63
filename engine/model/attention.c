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

void
tl_kv_store (const tl_kernels *kernels, const tl_kv_layer *kv, size_t pos, const float *k,
             const float *v)
{
  for (size_t h = 0; h < kv->n_kv_heads; h++)
    {
      size_t at = (h * kv->n_ctx + pos) * kv->head_dim;

      kernels->f32_to_f16 (kv->k + at, k + h * kv->head_dim, kv->head_dim);
      kernels->f32_to_f16 (kv->v + at, v + h * kv->head_dim, kv->head_dim);
    }
}

static void
attend (const tl_attention *a, size_t token, size_t head, float *scores)
{
  size_t d = a->kv->head_dim;
  size_t kv_head = head / (a->n_heads / a->kv->n_kv_heads);
  const uint16_t *k = a->kv->k + kv_head * a->kv->n_ctx * d;
  const uint16_t *v = a->kv->v + kv_head * a->kv->n_ctx * d;
  const float *q = a->q + (token * a->n_heads + head) * d;
  float *y = a->y + (token * a->n_heads + head) * d;
  size_t n_seen = a->pos + token + 1;
  float scale = 1.0f / sqrtf ((float) d);

  for (size_t p = 0; p < n_seen; p++)
    scores[p] = a->k->dot_f16 (q, k + p * d, d) * scale;
  a->k->softmax (scores, n_seen);
  memset (y, 0, d * sizeof *y);
  for (size_t p = 0; p < n_seen; p++)
    a->k->axpy_f16 (y, scores[p], v + p * d, d);
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
