/* SPDX-License-Identifier: Apache-2.0 */
/* The forward pass of a decoder-only transformer (Touvron et al. 2023, arXiv:2302.13971, and what
 * family.h lists) over one chunk of tokens: of one token it is the decode step, of many it is
 * prefill. A layer is cut after its keys and values are stored, the only thing that a token reads
 * of others. Nothing is allocated. */
#include "model/session-private.h"

#include <math.h>

#include "base/maths.h"
#include "model/targets.h"

/* Work that is done row by row is split over the pool from this many rows on. */
#define POOL_MIN_ROWS 8

/* Threads part a chunk by tokens when each has so many of them or more: with fewer, that each reads
 * all weights costs more than it gains. */
#define PART_MIN_ROWS 32

/* Rows of a chunk. */
typedef struct
{
  tl_session    *s;
  const int32_t *ids; /* [n] */
  const float   *norm;      /* of the norm step */
  const float   *post_norm; /* of the residual step; or NULL */
  tl_linear_ctx  linear;    /* whose pool has nothing else to do, or is NULL */
  uint32_t       layer;
  uint32_t       begin, n;
  unsigned       part;
} rows_run;

typedef void (*row_func) (const rows_run *r, uint32_t row);

typedef struct
{
  const rows_run *rows;
  row_func        func;
} row_loop;

static void
run_rows (void *data, unsigned part, unsigned n_parts)
{
  const row_loop *loop = data;
  const rows_run *r = loop->rows;
  uint32_t end = r->begin + (uint32_t) ((uint64_t) r->n * (part + 1) / n_parts);

  for (uint32_t i = r->begin + (uint32_t) ((uint64_t) r->n * part / n_parts); i < end; i++)
    loop->func (r, i);
}

static void
for_each_row (const rows_run *r, row_func func)
{
  row_loop loop = { r, func };
  tl_pool *pool = r->linear.pool;

  if (r->n < POOL_MIN_ROWS)
    run_rows (&loop, 0, 1);
  else
    tl_pool_share (pool, tl_pool_get_n_threads (pool), run_rows, &loop);
}

/* The angles of row @i's position by one of the model's rotations. */
static void
fill_angles (const tl_session *s, uint32_t rotation, uint32_t i)
{
  const tl_model *m = s->model;
  const float *inv_freq = s->inv_freq + rotation * (m->n_rot / 2);
  float pos = (float) (s->pos + i) * m->rotations[rotation].scale;
  float *cs = s->cs + (rotation * s->max_chunk + i) * (size_t) m->n_rot;

  for (uint32_t j = 0; j < m->n_rot / 2; j++)
    tl_cos_sin (pos * inv_freq[j], &cs[2 * j], &cs[2 * j + 1]);
  if (m->rope_gain != 1.0f)
    for (uint32_t j = 0; j < m->n_rot; j++)
      cs[j] *= m->rope_gain;
}

/* x = the token's embedding; cs = the angles of its position. */
static void
embed_row (const rows_run *r, uint32_t i)
{
  tl_session *s = r->s;
  const tl_model *m = s->model;
  const tl_matrix *e = &m->token_embd;
  const char *row = (const char *) e->data + (size_t) r->ids[i] * e->row_bytes;
  float *x = s->x + i * e->cols;

  tl_type_get_info ((uint32_t) e->type)->dequantize (x, row, e->cols);
  if (m->embd_scale != 1.0f)
    for (size_t j = 0; j < e->cols; j++)
      x[j] *= m->embd_scale;
  for (uint32_t j = 0; j < m->n_rotations; j++)
    fill_angles (s, j, i);
}

static void
norm_row (const rows_run *r, uint32_t i)
{
  const tl_model_info *info = &r->s->model->info;
  size_t at = (size_t) i * info->n_embd;

  r->s->linear.k->rms_norm (r->s->xn + at, r->s->x + at, r->norm, info->rms_eps, info->n_embd);
}

void
tl_forward_add (const tl_session *s, uint32_t row, const float *post_norm)
{
  size_t d = s->model->info.n_embd;
  float *add = s->xn + row * d;

  if (post_norm != NULL)
    s->linear.k->rms_norm (add, add, post_norm, s->model->info.rms_eps, d);
  s->linear.k->axpy_f32 (s->x + row * d, 1.0f, add, d);
}

/* x += xn, and then the norm of the next branch while the row is in the cache. */
static void
add_norm_row (const rows_run *r, uint32_t i)
{
  tl_forward_add (r->s, i, r->post_norm);
  norm_row (r, i);
}

static void
store_row (const rows_run *r, uint32_t i)
{
  tl_heads_store (r->s, r->layer, i, 0, r->s->model->info.n_kv_heads);
}

/* A sub-norm, in place. */
static void
sub_norm (const tl_session *s, float *x, const float *norm, size_t n)
{
  if (norm != NULL)
    s->linear.k->rms_norm (x, x, norm, s->model->info.rms_eps, n);
}

static void
sub_norm_heads_row (const rows_run *r, uint32_t i)
{
  const tl_model_info *info = &r->s->model->info;
  size_t q_dim = (size_t) info->n_heads * info->head_dim;

  sub_norm (r->s, r->s->att + i * q_dim, r->s->model->layers[r->layer].attn_sub_norm, q_dim);
}

static void
gate_row (const rows_run *r, uint32_t i)
{
  const tl_model *m = r->s->model;
  size_t n_ff = m->info.n_ff;
  float *gate = r->s->gate + i * n_ff;

  tl_gate_mul (r->s->linear.k, m->gate, gate, r->s->up + i * n_ff, n_ff);
  sub_norm (r->s, gate, m->layers[r->layer].ffn_sub_norm, n_ff);
}

/* What the session's adapters add to a matrix of the layer; or NULL. */
static const tl_lora *
lora_of (const rows_run *r, tl_target target)
{
  return r->s->loras != NULL ? &r->s->loras[r->layer * TL_TARGETS + target] : NULL;
}

/* xn -> q, and the cache. */
static void
project (const rows_run *r)
{
  tl_session *s = r->s;
  const tl_model_info *i = &s->model->info;
  const tl_layer *l = &s->model->layers[r->layer];
  size_t at = r->begin * (size_t) i->head_dim, kv_at = at * i->n_kv_heads;
  const tl_linear_job qkv[] = { { &l->q, s->q + at * i->n_heads, lora_of (r, TL_TARGET_Q) },
                                { &l->k, s->k + kv_at, lora_of (r, TL_TARGET_K) },
                                { &l->v, s->v + kv_at, lora_of (r, TL_TARGET_V) } };

  tl_linear (&r->linear, qkv, 3, s->xn + r->begin * (size_t) i->n_embd, r->n);
  for_each_row (r, store_row);
}

/* q and the cache -> xn: the attention branch. */
static void
attend (const rows_run *r)
{
  tl_session *s = r->s;
  const tl_model_info *i = &s->model->info;
  const tl_layer *l = &s->model->layers[r->layer];
  size_t at = r->begin * (size_t) i->n_heads * i->head_dim;
  const tl_linear_job out = { &l->o, s->xn + r->begin * (size_t) i->n_embd,
                              lora_of (r, TL_TARGET_OUT) };
  tl_attention a = tl_heads_attention (s, r->layer, r->n);

  a.q += at;
  a.y += at;
  a.pos += r->begin;
  a.scratch += r->part * tl_attention_scratch (a.kv);
  tl_attention_run (&a, r->linear.pool);
  if (l->attn_sub_norm != NULL)
    for_each_row (r, sub_norm_heads_row);
  tl_linear (&r->linear, &out, 1, s->att + at, r->n);
}

/* xn -> xn: the feed-forward branch with a gate (Shazeer 2020, arXiv:2002.05202). */
static void
feed_forward (const rows_run *r)
{
  tl_session *s = r->s;
  const tl_layer *l = &s->model->layers[r->layer];
  float *x = s->xn + r->begin * (size_t) s->model->info.n_embd;
  size_t at = r->begin * (size_t) s->model->info.n_ff;
  const tl_linear_job gate_up[] = { { &l->gate, s->gate + at, lora_of (r, TL_TARGET_GATE) },
                                    { &l->up, s->up + at, lora_of (r, TL_TARGET_UP) } };
  const tl_linear_job down = { &l->down, x, lora_of (r, TL_TARGET_DOWN) };

  tl_linear (&r->linear, gate_up, 2, x, r->n);
  for_each_row (r, gate_row);
  tl_linear (&r->linear, &down, 1, s->gate + at, r->n);
}

void
tl_forward_embed (tl_session *s, const int32_t *ids, uint32_t n)
{
  rows_run r = { .s = s, .ids = ids, .linear = s->linear, .n = n };

  for_each_row (&r, embed_row);
}

/* A chunk at one layer. */
typedef struct
{
  tl_session    *s;
  const int32_t *ids;
  uint32_t       n, layer;
} chunk_run;

/* A product of attention costs as much as so many of a packed matrix: 3.3 was measured of meeny in
 * TQ2_0 at 512 tokens (Zen 5, AVX-512 VNNI), softmax included. With parts of as many rows two
 * threads waited for each other so long that they slept: 1.34 times slower at 128 tokens. */
#define ATTENTION_COST 3.3

/* The first row of a part, such that all have as much to do: a row costs w for its products and a
 * for each position that it sees, so t rows cost t (w + a pos) + a t^2 / 2. */
static uint32_t
part_begin (const chunk_run *c, unsigned part, unsigned n_parts)
{
  const tl_model_info *i = &c->s->model->info;
  const tl_layer *l = c->s->model->layers;
  double a = ATTENTION_COST * 2 * i->n_heads * i->head_dim;
  double w = (double) (2 * l->q.rows + 2 * l->k.rows + 3 * l->gate.rows) * i->n_embd;
  double b = w + a * c->s->pos, t = c->n * (b + a * c->n / 2) * part / n_parts;

  return (uint32_t) (2 * t / (b + sqrt (b * b + 2 * a * t)) + 0.5);
}

/* One part's rows, and its own place for activations; the only one has the pool to itself. */
static rows_run
rows_of (const chunk_run *c, unsigned part, unsigned n_parts)
{
  uint32_t begin = part_begin (c, part, n_parts), end = part_begin (c, part + 1, n_parts);
  rows_run r = { .s = c->s, .ids = c->ids, .linear = c->s->linear, .layer = c->layer,
                 .begin = begin, .n = end - begin, .part = part };

  if (n_parts > 1)
    r.linear.pool = NULL;
  r.linear.acts.q += begin * c->s->widest;
  r.linear.acts.scale += begin * (c->s->widest / 16);
  r.linear.acts.sum += begin * (c->s->widest / 16);
  return r;
}

static void
begin_part (void *data, unsigned part, unsigned n_parts)
{
  const chunk_run *c = data;
  rows_run r = rows_of (c, part, n_parts);

  r.norm = c->s->model->layers[0].attn_norm;
  for_each_row (&r, embed_row);
  for_each_row (&r, norm_row);
  project (&r);
}

/* All of a layer from attention on, and what the next one's attention reads. */
static void
layer_part (void *data, unsigned part, unsigned n_parts)
{
  const chunk_run *c = data;
  const tl_model *m = c->s->model;
  const tl_layer *l = &m->layers[c->layer];
  bool is_last = c->layer + 1 == m->info.n_layers;
  rows_run r = rows_of (c, part, n_parts);

  attend (&r);
  r.norm = l->ffn_norm;
  r.post_norm = l->attn_post_norm;
  for_each_row (&r, add_norm_row);
  feed_forward (&r);
  r.norm = is_last ? m->output_norm : l[1].attn_norm;
  r.post_norm = l->ffn_post_norm;
  for_each_row (&r, add_norm_row);
  r.layer++;
  if (!is_last)
    project (&r);
}

/* Packed weights give a token the same result in any company, so threads can part a chunk by
 * tokens: what each writes stays in its own cache, and they meet once a layer. Else they part each
 * product and meet thirteen times; two threads of a Zen 5 were then 1.3 (135 M, Q8_0) to 1.5 times
 * (meeny, TQ2_0) slower. */
static unsigned
count_parts (const tl_session *s, uint32_t n)
{
  unsigned n_threads = tl_pool_get_n_threads (s->linear.pool), n_parts = n / PART_MIN_ROWS;

  if (!s->is_packed || n_parts < n_threads)
    return 1;
  return n_threads;
}

void
tl_forward (tl_session *s, const int32_t *ids, uint32_t n)
{
  unsigned n_parts = count_parts (s, n);
  chunk_run c = { s, ids, n, 0 };

  tl_pool_share (s->linear.pool, n_parts, begin_part, &c);
  for (; c.layer < s->model->info.n_layers; c.layer++)
    tl_pool_share (s->linear.pool, n_parts, layer_part, &c);
  s->pos += n;
}

void
tl_forward_logits (tl_session *s, uint32_t row, uint32_t n)
{
  const tl_model *m = s->model;
  const tl_lora *lora = s->loras != NULL ? &s->loras[m->info.n_layers * TL_TARGETS] : NULL;
  const tl_linear_job head = { &m->output, s->logits, lora };

  tl_linear (&s->linear, &head, 1, s->xn + (size_t) row * m->info.n_embd, n);
}
