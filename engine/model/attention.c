/* SPDX-License-Identifier: Apache-2.0 */
/* Attention as in Vaswani et al. 2017, arXiv:1706.03762, with grouped heads (Ainslie et al. 2023,
 * arXiv:2305.13245). The queries of all tokens and heads that share a cache head are taken a few at
 * a time, so that each key and value is read once for all of these. */
#include "model/attention.h"

#include <string.h>

/* Below this many multiplications waking the pool costs more than it saves. */
#define POOL_MIN_WORK (128u * 1024u)

void
tl_rope (const tl_kernels *kernels, float *x, const float *cs, size_t n_heads, size_t head_dim,
         size_t n_rot)
{
  for (size_t h = 0; h < n_heads; h++)
    kernels->rope (x + h * head_dim, cs, n_rot);
}

/* The cache's floats from @at on: halves or singles. */
static void *
cache_at (const tl_kv_layer *kv, void *cache, size_t at)
{
  return (char *) cache + at * (kv->type == TL_TYPE_F16 ? sizeof (uint16_t) : sizeof (float));
}

/* One head's key goes to one lane of its block. */
static void
store_key (const tl_kernels *kernels, const tl_kv_layer *kv, void *block, size_t lane,
           const float *key)
{
  uint16_t half[64];

  if (kv->type != TL_TYPE_F16)
    {
      for (size_t d = 0; d < kv->head_dim; d++)
        ((float *) block)[d * 16 + lane] = key[d];
      return;
    }
  for (size_t d = 0; d < kv->head_dim; d += 64)
    {
      size_t n = kv->head_dim - d < 64 ? kv->head_dim - d : 64;

      kernels->f32_to_f16 (half, key + d, n);
      for (size_t i = 0; i < n; i++)
        ((uint16_t *) block)[(d + i) * 16 + lane] = half[i];
    }
}

void
tl_kv_store (const tl_kernels *kernels, const tl_kv_layer *kv, size_t pos, size_t begin, size_t end,
             const float *k, const float *v)
{
  size_t dim = kv->head_dim;

  for (size_t h = begin; h < end; h++)
    {
      size_t block = h * kv->n_slots + pos / 16 * 16;
      void *value = cache_at (kv, kv->v, (h * kv->n_slots + pos) * dim);

      store_key (kernels, kv, cache_at (kv, kv->k, block * dim), pos % 16, k + h * dim);
      if (kv->type == TL_TYPE_F16)
        kernels->f32_to_f16 (value, v + h * dim, dim);
      else
        memcpy (value, v + h * dim, dim * sizeof *v);
    }
}

/* The first position that a token sees which sees @seen in all, without a window. */
static size_t
window_begin (const tl_attention *a, size_t seen)
{
  return a->window > 0 && seen > a->window ? seen - a->window : 0;
}

/* Scores become weights: of the positions [begin, end) those of @scores, of the earlier ones 0. */
static void
weigh (const tl_attention *a, float *scores, size_t begin, size_t end)
{
  memset (scores, 0, begin * sizeof *scores);
  a->k->softmax (scores + begin, end - begin);
}

/* Queries [first, first + n) of a cache head, counted token by token: their scores over all that
 * any of them sees, each one's softmax over what it sees itself, and the values. Positions count
 * from the tile of keys in which the first one's window begins. */
static void
attend (const tl_attention *a, size_t kv_head, size_t first, size_t n, float *scores)
{
  const tl_kv_layer *kv = a->kv;
  size_t per_token = a->n_heads / kv->n_kv_heads;
  size_t base = window_begin (a, a->pos + first / per_token + 1) / TL_KEY_TILE * TL_KEY_TILE;
  size_t at = (kv_head * kv->n_slots + base) * kv->head_dim;
  size_t seen[TL_MAX_QUERIES] = { 0 };
  const float *q[TL_MAX_QUERIES];
  float *y[TL_MAX_QUERIES];
  tl_queries all = { n, kv->head_dim, q, y, scores, kv->n_slots,
                     a->scale, kv->type == TL_TYPE_F16 };

  for (size_t i = 0; i < n; i++)
    {
      size_t token = (first + i) / per_token, head = kv_head * per_token + (first + i) % per_token;

      seen[i] = a->pos + token + 1 - base;
      q[i] = a->q + (token * a->n_heads + head) * kv->head_dim;
      y[i] = a->y + (token * a->n_heads + head) * kv->head_dim;
      memset (y[i], 0, kv->head_dim * sizeof (float));
    }
  a->k->attend_scores (&all, cache_at (kv, kv->k, at), seen[n - 1]);
  for (size_t i = 0; i < n; i++)
    weigh (a, scores + i * kv->n_slots, window_begin (a, base + seen[i]) - base, seen[i]);
  a->k->attend_mix (&all, cache_at (kv, kv->v, at), 0, seen[0]);
  for (size_t i = 1; i < n; i++)
    if (seen[i] > seen[0])
      {
        tl_queries one = all;

        one.n = 1;
        one.q = &q[i];
        one.y = &y[i];
        one.scores = scores + i * kv->n_slots;
        a->k->attend_mix (&one, cache_at (kv, kv->v, at), seen[0], seen[i]);
      }
}

/* Groups of queries [begin, end), counted head by head; @per_head of them a cache head. */
static void
attend_groups (const tl_attention *a, size_t begin, size_t end, size_t per_head, float *scores)
{
  size_t n_queries = a->n * (a->n_heads / a->kv->n_kv_heads);

  for (size_t g = begin; g < end; g++)
    {
      size_t first = g % per_head * TL_MAX_QUERIES;
      size_t n = n_queries - first < TL_MAX_QUERIES ? n_queries - first : TL_MAX_QUERIES;

      attend (a, g / per_head, first, n, scores);
    }
}

static size_t
groups_per_head (const tl_attention *a)
{
  return (a->n * (a->n_heads / a->kv->n_kv_heads) + TL_MAX_QUERIES - 1) / TL_MAX_QUERIES;
}

static void
run_part (void *data, unsigned part, unsigned n_parts)
{
  const tl_attention *a = data;
  size_t per_head = groups_per_head (a), n_groups = per_head * a->kv->n_kv_heads;

  attend_groups (a, n_groups * part / n_parts, n_groups * (part + 1) / n_parts, per_head,
                 a->scores + part * TL_MAX_QUERIES * a->kv->n_slots);
}

void
tl_attention_run (const tl_attention *a, tl_pool *pool)
{
  void *data = (void *) (uintptr_t) a;
  size_t work = 2 * a->n * (a->pos + a->n) * a->n_heads * a->kv->head_dim;

  tl_pool_share (pool, work < POOL_MIN_WORK ? 1 : tl_pool_get_n_threads (pool), run_part, data);
}

void
tl_attention_run_heads (const tl_attention *a, size_t begin, size_t end, float *scores)
{
  size_t per_head = groups_per_head (a);

  attend_groups (a, begin * per_head, end * per_head, per_head, scores);
}
