/* SPDX-License-Identifier: Apache-2.0 */
/* From the projections of one token to what attention reads: biases, norms of heads, the rotation
 * and the cache. Heads that turn in halves are first laid out in neighbouring pairs, queries and
 * keys alike, which no score notices. */
#include "model/session-private.h"

#include <string.h>

/* x[0..n_rot) = pairs (x[i], x[i + n_rot / 2]) side by side. */
static void
interleave (float *x, uint32_t n_rot)
{
  float pairs[TL_MODEL_MAX_HEAD];

  for (uint32_t i = 0; i < n_rot / 2; i++)
    {
      pairs[2 * i] = x[i];
      pairs[2 * i + 1] = x[i + n_rot / 2];
    }
  memcpy (x, pairs, n_rot * sizeof *x);
}

/* Heads [begin, end) of @x, [heads, head_dim]. */
static void
prepare (const tl_session *s, float *x, size_t begin, size_t end, const float *bias,
         const float *norm, const float *cs)
{
  const tl_model *m = s->model;
  const tl_kernels *k = s->linear.k;
  size_t dim = m->info.head_dim;

  if (bias != NULL)
    k->axpy_f32 (x + begin * dim, 1.0f, bias + begin * dim, (end - begin) * dim);
  for (size_t h = begin; h < end; h++)
    {
      if (norm != NULL)
        k->rms_norm (x + h * dim, x + h * dim, norm, m->info.rms_eps, dim);
      if (m->family->rotates_halves)
        interleave (x + h * dim, m->n_rot);
    }
  tl_rope (k, x + begin * dim, cs, end - begin, dim, m->n_rot);
}

void
tl_heads_store (const tl_session *s, uint32_t layer, uint32_t row, size_t begin, size_t end)
{
  const tl_model_info *i = &s->model->info;
  const tl_layer *l = &s->model->layers[layer];
  size_t dim = i->head_dim, group = i->n_heads / i->n_kv_heads;
  float *q = s->q + (size_t) row * i->n_heads * dim;
  float *k = s->k + (size_t) row * i->n_kv_heads * dim;
  float *v = s->v + (size_t) row * i->n_kv_heads * dim;
  const float *cs = s->cs + (l->is_windowed ? s->max_chunk + row : row) * (size_t) s->model->n_rot;

  prepare (s, q, begin * group, end * group, l->q_bias, l->q_norm, cs);
  prepare (s, k, begin, end, l->k_bias, l->k_norm, cs);
  if (l->v_bias != NULL)
    s->linear.k->axpy_f32 (v + begin * dim, 1.0f, l->v_bias + begin * dim, (end - begin) * dim);
  tl_kv_store (s->linear.k, &s->kv[layer], s->pos + row, begin, end, k, v);
}

tl_attention
tl_heads_attention (const tl_session *s, uint32_t layer, uint32_t n)
{
  const tl_model *m = s->model;

  return (tl_attention) { s->linear.k, &s->kv[layer], s->q, s->att, s->scratch, n, m->info.n_heads,
                          s->pos, m->attn_scale, m->layers[layer].is_windowed ? m->window : 0 };
}
