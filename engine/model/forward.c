/* SPDX-License-Identifier: Apache-2.0 */
/* The forward pass of a llama-family model (Touvron et al. 2023, arXiv:2302.13971) over one chunk
 * of tokens: of one token it is the decode step, of many it is prefill. Nothing is allocated. */
#include "model/session-private.h"

#include "base/maths.h"

/* Work that is done row by row is split over the pool from this many rows on. */
#define POOL_MIN_ROWS 8

typedef struct
{
  tl_session    *s;
  const int32_t *ids;   /* of the embedding step */
  const float   *norm;  /* of the norm step */
  const float   *add;   /* of the residual step */
  tl_kv_layer   *kv;    /* of the rotation step */
  uint32_t       n;
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
  uint32_t end = (uint32_t) ((uint64_t) loop->rows->n * (part + 1) / n_parts);

  for (uint32_t i = (uint32_t) ((uint64_t) loop->rows->n * part / n_parts); i < end; i++)
    loop->func (loop->rows, i);
}

static void
for_each_row (const rows_run *r, row_func func)
{
  row_loop loop = { r, func };
  tl_pool *pool = r->s->linear.pool;

  if (r->n < POOL_MIN_ROWS)
    run_rows (&loop, 0, 1);
  else
    tl_pool_share (pool, tl_pool_get_n_threads (pool), run_rows, &loop);
}

/* x = the token's embedding; cs = the angles of its position. */
static void
embed_row (const rows_run *r, uint32_t i)
{
  tl_session *s = r->s;
  const tl_matrix *e = &s->model->token_embd;
  const char *row = (const char *) e->data + (size_t) r->ids[i] * e->row_bytes;
  float pos = (float) (s->pos + i) * s->model->rope_scale;
  float *cs = s->cs + (size_t) i * s->model->n_rot;

  tl_type_get_info ((uint32_t) e->type)->dequantize (s->x + i * e->cols, row, e->cols);
  for (uint32_t j = 0; j < s->model->n_rot / 2; j++)
    tl_cos_sin (pos * s->inv_freq[j], &cs[2 * j], &cs[2 * j + 1]);
}

static void
norm_row (const rows_run *r, uint32_t i)
{
  const tl_model_info *info = &r->s->model->info;
  size_t at = (size_t) i * info->n_embd;

  r->s->linear.k->rms_norm (r->s->xn + at, r->s->x + at, r->norm, info->rms_eps, info->n_embd);
}

static void
add_row (const rows_run *r, uint32_t i)
{
  size_t d = r->s->model->info.n_embd;

  r->s->linear.k->axpy_f32 (r->s->x + i * d, 1.0f, r->add + i * d, d);
}

/* x += add, and then the norm of the next branch while the row is in the cache. */
static void
add_norm_row (const rows_run *r, uint32_t i)
{
  add_row (r, i);
  norm_row (r, i);
}

static void
rotate_and_store_row (const rows_run *r, uint32_t i)
{
  tl_session *s = r->s;
  const tl_model_info *info = &s->model->info;
  size_t q_dim = (size_t) info->n_heads * info->head_dim;
  size_t kv_dim = (size_t) info->n_kv_heads * info->head_dim;
  const float *cs = s->cs + (size_t) i * s->model->n_rot;

  tl_rope (s->linear.k, s->q + i * q_dim, cs, info->n_heads, info->head_dim, s->model->n_rot);
  tl_rope (s->linear.k, s->k + i * kv_dim, cs, info->n_kv_heads, info->head_dim, s->model->n_rot);
  tl_kv_store (s->linear.k, r->kv, s->pos + i, 0, info->n_kv_heads, s->k + i * kv_dim,
               s->v + i * kv_dim);
}

static void
silu_row (const rows_run *r, uint32_t i)
{
  size_t n_ff = r->s->model->info.n_ff;
  float *gate = r->s->gate + i * n_ff;

  r->s->linear.k->silu_mul (gate, gate, r->s->up + i * n_ff, n_ff);
}

/* xn [n, n_embd] -> xn: the attention branch. */
static void
attention_branch (const rows_run *r, const tl_layer *l)
{
  tl_session *s = r->s;
  const tl_linear_job qkv[] = { { &l->q, s->q }, { &l->k, s->k }, { &l->v, s->v } };
  const tl_linear_job out = { &l->o, s->xn };
  const tl_attention attention = { s->linear.k, r->kv, s->q, s->att, s->scores, r->n,
                                   s->model->info.n_heads, s->pos };

  tl_linear (&s->linear, qkv, 3, s->xn, r->n);
  for_each_row (r, rotate_and_store_row);
  tl_attention_run (&attention, s->linear.pool);
  tl_linear (&s->linear, &out, 1, s->att, r->n);
}

/* xn [n, n_embd] -> xn: the feed-forward branch, SwiGLU (Shazeer 2020, arXiv:2002.05202). */
static void
ffn_branch (const rows_run *r, const tl_layer *l)
{
  tl_session *s = r->s;
  const tl_linear_job gate_up[] = { { &l->gate, s->gate }, { &l->up, s->up } };
  const tl_linear_job down = { &l->down, s->xn };

  tl_linear (&s->linear, gate_up, 2, s->xn, r->n);
  for_each_row (r, silu_row);
  tl_linear (&s->linear, &down, 1, s->gate, r->n);
}

void
tl_forward_embed (tl_session *s, const int32_t *ids, uint32_t n)
{
  rows_run r = { s, ids, NULL, NULL, NULL, n };

  for_each_row (&r, embed_row);
}

void
tl_forward (tl_session *s, const int32_t *ids, uint32_t n)
{
  const tl_model *m = s->model;
  rows_run r = { s, ids, m->layers[0].attn_norm, s->xn, NULL, n };

  tl_forward_embed (s, ids, n);
  for_each_row (&r, norm_row);
  for (uint32_t l = 0; l < m->info.n_layers; l++)
    {
      r.kv = &s->kv[l];
      attention_branch (&r, &m->layers[l]);
      r.norm = m->layers[l].ffn_norm;
      for_each_row (&r, add_norm_row);
      ffn_branch (&r, &m->layers[l]);
      r.norm = l + 1 < m->info.n_layers ? m->layers[l + 1].attn_norm : m->output_norm;
      for_each_row (&r, add_norm_row);
    }
  s->pos += n;
}

void
tl_forward_logits (tl_session *s, uint32_t row, uint32_t n)
{
  const tl_linear_job head = { &s->model->output, s->logits };

  tl_linear (&s->linear, &head, 1, s->xn + (size_t) row * s->model->info.n_embd, n);
}
