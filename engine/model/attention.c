/* SPDX-License-Identifier: Apache-2.0 */
/* Attention as in Vaswani et al. 2017, arXiv:1706.03762, with grouped heads (Ainslie et al. 2023,
 * arXiv:2305.13245). The queries of all tokens and heads that share a cache head are taken a few at
 * a time, so that each key and value is read once for all of these. Over a cache of Q8_0 both
 * products are of integers: queries, and weights times the values' scales, become bytes too. */
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

/* The first position that a token sees which sees @seen in all, without a window. */
static size_t
window_begin (const tl_attention *a, size_t seen)
{
  return a->window > 0 && seen > a->window ? seen - a->window : 0;
}

/* Some queries of a cache head. Positions count from @base, the tile of keys in which the window of the
 * first query begins. */
typedef struct
{
  size_t       kv_head, base, n;
  size_t       seen[TL_MAX_QUERIES];
  const float *q[TL_MAX_QUERIES];
  float       *y[TL_MAX_QUERIES];
  float       *scores; /* [n, kv->n_slots] */
} group;

/* Queries [first, first + n) of a cache head, counted token by token. */
static group
group_of (const tl_attention *a, size_t kv_head, size_t first, size_t n, float *scores)
{
  size_t per_token = a->n_heads / a->kv->n_kv_heads, dim = a->kv->head_dim;
  size_t begin = window_begin (a, a->pos + first / per_token + 1);
  group g = { .kv_head = kv_head, .base = begin / TL_KEY_TILE * TL_KEY_TILE, .n = n,
              .scores = scores };

  for (size_t i = 0; i < n; i++)
    {
      size_t token = (first + i) / per_token, head = kv_head * per_token + (first + i) % per_token;

      g.seen[i] = a->pos + token + 1 - g.base;
      g.q[i] = a->q + (token * a->n_heads + head) * dim;
      g.y[i] = a->y + (token * a->n_heads + head) * dim;
    }
  return g;
}

/* Scores become weights: each query's softmax over what it sees itself, and 0 before. */
static void
weigh (const tl_attention *a, const group *g)
{
  for (size_t i = 0; i < g->n; i++)
    {
      float *scores = g->scores + i * a->kv->n_slots;
      size_t begin = window_begin (a, g->base + g->seen[i]) - g->base;

      memset (scores, 0, begin * sizeof *scores);
      a->k->softmax (scores + begin, g->seen[i] - begin);
    }
}

/* Of a cache of floats. */
static void
attend_floats (const tl_attention *a, const group *g)
{
  const tl_kv_layer *kv = a->kv;
  bool half = kv->type == TL_TYPE_F16;
  size_t at = (g->kv_head * kv->n_slots + g->base) * kv->head_dim * (half ? 2 : 4);
  const char *keys = (const char *) kv->k + at, *values = (const char *) kv->v + at;
  tl_queries all = { g->n, kv->head_dim, g->q, g->y, g->scores, kv->n_slots, a->scale, half };

  a->k->attend_scores (&all, keys, g->seen[g->n - 1]);
  weigh (a, g);
  for (size_t i = 0; i < g->n; i++)
    memset (g->y[i], 0, kv->head_dim * sizeof (float));
  a->k->attend_mix (&all, values, 0, g->seen[0]);
  for (size_t i = 1; i < g->n; i++)
    if (g->seen[i] > g->seen[0])
      {
        tl_queries one = all;

        one.n = 1;
        one.q = &g->q[i];
        one.y = &g->y[i];
        one.scores = g->scores + i * kv->n_slots;
        a->k->attend_mix (&one, values, g->seen[0], g->seen[i]);
      }
}

/* Columns of the widest activations: queries or weights. */
static size_t
widest_acts (const tl_kv_layer *kv)
{
  return kv->head_dim > kv->n_slots ? kv->head_dim : kv->n_slots;
}

/* Bytes of @cols columns, behind the scores and a row of floats in a thread's scratch. */
static tl_acts
acts_of (const tl_kv_layer *kv, float *scores, size_t cols)
{
  size_t widest = widest_acts (kv);
  float *scale = scores + (TL_MAX_QUERIES + 1) * kv->n_slots;
  float *sum = scale + TL_MAX_QUERIES * widest / 32, *q = sum + TL_MAX_QUERIES * widest / 32;

  return (tl_acts) { cols, 32, (void *) q, scale, (void *) sum };
}

static void
score_bytes (const tl_attention *a, const group *g)
{
  const tl_kv_layer *kv = a->kv;
  const tl_panels keys = tl_kv_key_panels (kv, g->kv_head, g->base);
  tl_acts q = acts_of (kv, g->scores, kv->head_dim);

  for (size_t i = 0; i < g->n; i++)
    a->k->quantize_acts (&q, i, g->q[i]);
  for (size_t i = 0; i < g->n * kv->head_dim / 32; i++)
    q.scale[i] *= a->scale;
  a->k->mul_panels (&keys, 0, (g->seen[g->n - 1] + 15) / 16, &q, g->n, g->scores, kv->n_slots);
}

/* Dimensions [d, d + 32) of the results. Weights times the scales of the values they meet become bytes,
 * 32 positions at a time; what a query does not see is 0 whatever the cache holds there. */
static void
mix_bytes (const tl_attention *a, const group *g, size_t d)
{
  const tl_kv_layer *kv = a->kv;
  size_t n = (g->seen[g->n - 1] + 31) / 32 * 32;
  const tl_panels values = tl_kv_value_panels (kv, g->kv_head, d, g->base, n);
  const uint16_t *scale = (const uint16_t *) kv->v_scale
                          + (g->kv_head * kv->head_dim + d) / 32 * kv->n_slots + g->base;
  float *scaled = g->scores + TL_MAX_QUERIES * kv->n_slots, y[TL_MAX_QUERIES][32];
  const tl_acts weights = acts_of (kv, g->scores, n);

  for (size_t i = 0; i < g->n; i++)
    {
      a->k->mul_f16 (scaled, g->scores + i * kv->n_slots, scale, g->seen[i]);
      memset (scaled + g->seen[i], 0, (n - g->seen[i]) * sizeof *scaled);
      a->k->quantize_acts (&weights, i, scaled);
    }
  a->k->mul_panels (&values, 0, 2, &weights, g->n, y[0], 32);
  for (size_t i = 0; i < g->n; i++)
    memcpy (g->y[i] + d, y[i], sizeof y[i]);
}

/* Of a cache of bytes: both products are of integers. */
static void
attend_bytes (const tl_attention *a, const group *g)
{
  score_bytes (a, g);
  weigh (a, g);
  for (size_t d = 0; d < a->kv->head_dim; d += 32)
    mix_bytes (a, g, d);
}

size_t
tl_attention_scratch (const tl_kv_layer *kv)
{
  size_t scores = TL_MAX_QUERIES * kv->n_slots, widest = TL_MAX_QUERIES * widest_acts (kv);

  return kv->type != TL_TYPE_Q8_0 ? scores : scores + kv->n_slots + widest / 32 * 2 + widest / 4;
}

/* Groups of queries [begin, end), counted head by head; @per_head of them a cache head. */
static void
attend_groups (const tl_attention *a, size_t begin, size_t end, size_t per_head, unsigned thread)
{
  float *scratch = a->scratch + thread * tl_attention_scratch (a->kv);
  size_t n_queries = a->n * (a->n_heads / a->kv->n_kv_heads);

  for (size_t g = begin; g < end; g++)
    {
      size_t first = g % per_head * TL_MAX_QUERIES;
      size_t n = n_queries - first < TL_MAX_QUERIES ? n_queries - first : TL_MAX_QUERIES;
      group queries = group_of (a, g / per_head, first, n, scratch);

      if (a->kv->type == TL_TYPE_Q8_0)
        attend_bytes (a, &queries);
      else
        attend_floats (a, &queries);
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

  attend_groups (a, n_groups * part / n_parts, n_groups * (part + 1) / n_parts, per_head, part);
}

void
tl_attention_run (const tl_attention *a, tl_pool *pool)
{
  void *data = (void *) (uintptr_t) a;
  size_t work = 2 * a->n * (a->pos + a->n) * a->n_heads * a->kv->head_dim;

  tl_pool_share (pool, work < POOL_MIN_WORK ? 1 : tl_pool_get_n_threads (pool), run_part, data);
}

void
tl_attention_run_heads (const tl_attention *a, size_t begin, size_t end, unsigned thread)
{
  size_t per_head = groups_per_head (a);

  attend_groups (a, begin * per_head, end * per_head, per_head, thread);
}
