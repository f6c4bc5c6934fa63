/* SPDX-License-Identifier: Apache-2.0 */
/* The decode step of a model whose matrices are all packed, of one token or of a few whose logits
 * are all wanted: four steps a layer, each shared by the pool's threads in as many parts. In a quiet
 * machine a thread meets the same rows of each matrix at every token and finds them in its own
 * cache; on a busy one the caller does the parts of helpers that the system does not let run (with
 * barriers instead, two threads among ten other busy ones on two cores were eight times slower than
 * one). What costs less than handing it over, the norm and the activations in bytes, each part does
 * for itself. The arithmetic is that of forward.c, to the bit. */
#include "model/session-private.h"

/* Below this number of parameters a step is too short to be shared: under half a microsecond. */
#define POOL_MIN_PARAMS (1u << 20)

/* What all parts of a step see. */
typedef struct
{
  tl_session     *s;
  const tl_layer *layer;
  uint32_t        index; /* of the layer */
  uint32_t        n;     /* tokens */
} step;

/* One part of a step. */
typedef struct
{
  tl_session          *s;
  const tl_model_info *info;
  const tl_kernels    *k;
  unsigned             part, n_parts;
  uint32_t             n;
  float               *xn;   /* [n, n_embd] of its own */
  tl_acts              acts; /* [n, widest] of its own */
} worker;

typedef struct
{
  size_t begin, end;
} range;

static range
share_of (size_t n, const worker *w)
{
  return (range) { n * w->part / w->n_parts, n * (w->part + 1) / w->n_parts };
}

static worker
worker_of (const step *t, unsigned part, unsigned n_parts)
{
  tl_session *s = t->s;
  size_t at = part * TL_SESSION_LOGIT_ROWS * s->widest;

  return (worker) { s,
                    &s->model->info,
                    s->linear.k,
                    part,
                    n_parts,
                    t->n,
                    s->own_xn + at,
                    { 0, 0, s->own_acts.q + at, s->own_acts.scale + at / 16,
                      s->own_acts.sum + at / 16 } };
}

/* Rows of panels [r.begin, r.end) of @m. */
static range
rows_of (const tl_matrix *m, range r)
{
  size_t begin = r.begin * TL_PANEL_ROWS, end = r.end * TL_PANEL_ROWS;

  return (range) { begin, end < m->rows ? end : m->rows };
}

static void
quantize (worker *w, const tl_matrix *m, const float *x)
{
  w->acts.cols = m->cols;
  w->acts.group = tl_panel_group (m->panels->form);
  for (uint32_t t = 0; t < w->n; t++)
    w->k->quantize_acts (&w->acts, t, x + t * m->cols);
}

/* For a matrix whose groups differ from those of the one before. */
static void
quantize_again (worker *w, const tl_matrix *m, const float *x)
{
  if (w->acts.group != tl_panel_group (m->panels->form))
    quantize (w, m, x);
}

static void
multiply (const worker *w, const tl_matrix *m, range panels, float *y)
{
  range rows = rows_of (m, panels);

  w->k->mul_panels (m->panels, panels.begin, panels.end, &w->acts, w->n, y, m->rows);
  for (uint32_t t = 0; t < w->n; t++)
    tl_matrix_scale (m, y + t * m->rows + rows.begin, rows.end - rows.begin);
}

/* x += W activations, for the part's rows; where a norm comes between, W activations only. */
static void
add_product (const worker *w, const tl_matrix *m, const float *post_norm)
{
  range panels = share_of (m->panels->n_panels, w), rows = rows_of (m, panels);

  multiply (w, m, panels, w->s->xn);
  if (post_norm != NULL)
    return;
  for (size_t at = rows.begin; at < w->n * m->rows; at += m->rows)
    w->k->axpy_f32 (w->s->x + at, 1.0f, w->s->xn + at, rows.end - rows.begin);
}

/* Activations [n, m->cols] in bytes, after a sub-norm if there is one. */
static void
quantize_normed (worker *w, const tl_matrix *m, const float *x, const float *norm)
{
  for (uint32_t t = 0; norm != NULL && t < w->n; t++)
    w->k->rms_norm (w->xn + t * m->cols, x + t * m->cols, norm, w->info->rms_eps, m->cols);
  quantize (w, m, norm != NULL ? w->xn : x);
}

static void
normalize (worker *w, const float *gain)
{
  size_t n_embd = w->info->n_embd;

  for (uint32_t t = 0; t < w->n; t++)
    w->k->rms_norm (w->xn + t * n_embd, w->s->x + t * n_embd, gain, w->info->rms_eps, n_embd);
}

/* Whether each part can have whole heads, and attend with what it projected itself. */
static bool
heads_divide (const tl_model_info *i, unsigned n_parts)
{
  return i->n_kv_heads % n_parts == 0 && i->head_dim % TL_PANEL_ROWS == 0;
}

/* Q, K and V. */
static void
project (worker *w, const tl_layer *l, range heads)
{
  const tl_model_info *i = w->info;
  size_t panels_per_head = i->head_dim / TL_PANEL_ROWS, group = i->n_heads / i->n_kv_heads;
  range q = share_of (l->q.panels->n_panels, w), kv = share_of (l->k.panels->n_panels, w);

  if (heads_divide (i, w->n_parts))
    {
      kv = (range) { heads.begin * panels_per_head, heads.end * panels_per_head };
      q = (range) { kv.begin * group, kv.end * group };
    }
  normalize (w, l->attn_norm);
  quantize (w, &l->q, w->xn);
  multiply (w, &l->q, q, w->s->q);
  quantize_again (w, &l->k, w->xn);
  multiply (w, &l->k, kv, w->s->k);
  quantize_again (w, &l->v, w->xn);
  multiply (w, &l->v, kv, w->s->v);
}

static void
attend (worker *w, uint32_t layer, range heads)
{
  const tl_attention a = tl_heads_attention (w->s, layer, w->n);

  for (uint32_t t = 0; t < w->n; t++)
    tl_heads_store (w->s, layer, t, heads.begin, heads.end);
  tl_attention_run_heads (&a, heads.begin, heads.end, w->part);
}

static void
project_part (void *data, unsigned part, unsigned n_parts)
{
  const step *t = data;
  worker w = worker_of (t, part, n_parts);

  project (&w, t->layer, share_of (w.info->n_kv_heads, &w));
}

static void
attend_part (void *data, unsigned part, unsigned n_parts)
{
  const step *t = data;
  worker w = worker_of (t, part, n_parts);

  attend (&w, t->index, share_of (w.info->n_kv_heads, &w));
}

static void
project_and_attend_part (void *data, unsigned part, unsigned n_parts)
{
  project_part (data, part, n_parts);
  attend_part (data, part, n_parts);
}

static void
output_part (void *data, unsigned part, unsigned n_parts)
{
  const step *t = data;
  worker w = worker_of (t, part, n_parts);

  quantize_normed (&w, &t->layer->o, w.s->att, t->layer->attn_sub_norm);
  add_product (&w, &t->layer->o, t->layer->attn_post_norm);
}

/* gate = its function (gate) up, for the part's rows. */
static void
gate_part (void *data, unsigned part, unsigned n_parts)
{
  const step *t = data;
  const tl_layer *l = t->layer;
  worker w = worker_of (t, part, n_parts);
  range panels = share_of (l->gate.panels->n_panels, &w), rows = rows_of (&l->gate, panels);
  float *g = w.s->gate, *up = w.s->up;

  normalize (&w, l->ffn_norm);
  quantize (&w, &l->gate, w.xn);
  multiply (&w, &l->gate, panels, g);
  quantize_again (&w, &l->up, w.xn);
  multiply (&w, &l->up, panels, up);
  for (size_t at = rows.begin; at < w.n * l->gate.rows; at += l->gate.rows)
    tl_gate_mul (w.k, w.s->model->gate, g + at, up + at, rows.end - rows.begin);
}

static void
down_part (void *data, unsigned part, unsigned n_parts)
{
  const step *t = data;
  worker w = worker_of (t, part, n_parts);

  quantize_normed (&w, &t->layer->down, w.s->gate, t->layer->ffn_sub_norm);
  add_product (&w, &t->layer->down, t->layer->ffn_post_norm);
}

static void
head_part (void *data, unsigned part, unsigned n_parts)
{
  const step *t = data;
  worker w = worker_of (t, part, n_parts);
  const tl_matrix *head = &w.s->model->output;

  normalize (&w, w.s->model->output_norm);
  quantize (&w, head, w.xn);
  multiply (&w, head, share_of (head->panels->n_panels, &w), w.s->logits);
}

/* What the parts could not add, as its norm takes whole rows. */
static void
add_normed (const step *t, const float *post_norm)
{
  for (uint32_t row = 0; post_norm != NULL && row < t->n; row++)
    tl_forward_add (t->s, row, post_norm);
}

void
tl_decode (tl_session *s, uint32_t n)
{
  const tl_model *m = s->model;
  tl_pool *pool = m->info.n_params < POOL_MIN_PARAMS ? NULL : s->linear.pool;
  unsigned n_parts = tl_pool_get_n_threads (pool);

  tl_forward_embed (s, s->ids + s->pos, n);
  for (uint32_t l = 0; l < m->info.n_layers; l++)
    {
      step t = { s, &m->layers[l], l, n };

      if (heads_divide (&m->info, n_parts))
        tl_pool_share (pool, n_parts, project_and_attend_part, &t);
      else
        {
          tl_pool_share (pool, n_parts, project_part, &t);
          tl_pool_share (pool, n_parts, attend_part, &t);
        }
      tl_pool_share (pool, n_parts, output_part, &t);
      add_normed (&t, t.layer->attn_post_norm);
      tl_pool_share (pool, n_parts, gate_part, &t);
      tl_pool_share (pool, n_parts, down_part, &t);
      add_normed (&t, t.layer->ffn_post_norm);
    }
  tl_pool_share (pool, n_parts, head_part, &(step) { s, NULL, 0, n });
  s->pos += n;
}
