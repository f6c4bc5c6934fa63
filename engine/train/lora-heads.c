/* SPDX-License-Identifier: Apache-2.0 */
/* Between the projections and attention, for all families: biases, norms of heads and the rotation
 * of positions, as model/heads.c does it for inference, and backward. And the gates. */
#include "train/lora-train-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  tl_lora_trainer     *t;
  const tl_layer      *l;
  const tl_lora_layer *kept;
  float               *qkv; /* or their gradient */
} heads_job;

/* The heads of one kind in a row. */
typedef struct
{
  size_t       at, raw_at, n; /* the first column; in raw; how many heads */
  const float *bias, *norm;
  float        scale;         /* of queries: what attention's own 1 / sqrt (head_dim) is not */
} heads;

static heads
queries_of (const heads_job *job)
{
  const tl_model *m = job->t->model;

  return (heads) { 0, 0, m->info.n_heads, job->l->q_bias, job->l->q_norm,
                   m->attn_scale * sqrtf ((float) m->info.head_dim) };
}

static heads
keys_of (const heads_job *job)
{
  size_t q_dim = job->t->attention.q_dim;

  return (heads) { q_dim, q_dim, job->t->model->info.n_kv_heads, job->l->k_bias, job->l->k_norm,
                   1.0f };
}

/* Pairs (x[i], x[i + n / 2]) side by side, and back. */
static void
interleave (float *x, uint32_t n, bool back)
{
  float copy[TL_MODEL_MAX_HEAD];

  memcpy (copy, x, n * sizeof *x);
  for (uint32_t i = 0; i < n / 2; i++)
    {
      x[back ? i : 2 * i] = copy[back ? 2 * i : i];
      x[back ? i + n / 2 : 2 * i + 1] = copy[back ? 2 * i + 1 : i + n / 2];
    }
}

/* The cosines and sines of the row's place in its sequence. */
static void
angles_of (const heads_job *job, size_t place, const float **cosine, const float **sine)
{
  const tl_lora_trainer *t = job->t;
  size_t at = place * (t->model->n_rot / 2);

  *cosine = t->angles[job->l->is_windowed][0] + at;
  *sine = t->angles[job->l->is_windowed][1] + at;
}

static void
scale_heads (const heads_job *job, float *x, const heads *h)
{
  /* Rounding alone makes the usual factor differ from 1. */
  if (fabsf (h->scale - 1.0f) > 1e-6f)
    job->t->ops.elementwise->scale (x, h->scale, h->n * job->t->model->info.head_dim);
}

static void
heads_forward (const heads_job *job, size_t row, size_t place, const heads *h)
{
  const tl_lora_trainer *t = job->t;
  const tl_model *m = t->model;
  size_t dim = m->info.head_dim, width = h->n * dim;
  float *x = job->qkv + row * t->attention.qkv_dim + h->at;
  float *raw = job->kept->raw != NULL
                   ? job->kept->raw + row * (t->attention.q_dim + t->kv_dim) + h->raw_at : NULL;
  const float *cosine, *sine;

  angles_of (job, place, &cosine, &sine);
  if (h->bias != NULL)
    t->ops.elementwise->add (x, h->bias, width);
  if (raw != NULL)
    memcpy (raw, x, width * sizeof *x);
  for (size_t i = 0; i < width; i += dim)
    {
      if (h->norm != NULL)
        t->ops.kernels->rms_norm (x + i, x + i, h->norm, m->info.rms_eps, dim);
      if (m->family->rotates_halves)
        interleave (x + i, m->n_rot, false);
      t->ops.elementwise->rope (x + i, cosine, sine, 1.0f, m->n_rot);
    }
  scale_heads (job, x, h);
}

static void
heads_backward (const heads_job *job, size_t row, size_t place, const heads *h)
{
  const tl_lora_trainer *t = job->t;
  const tl_model *m = t->model;
  size_t dim = m->info.head_dim, width = h->n * dim;
  float *dx = job->qkv + row * t->attention.qkv_dim + h->at;
  const float *raw = job->kept->raw + row * (t->attention.q_dim + t->kv_dim) + h->raw_at;
  const float *cosine, *sine;

  angles_of (job, place, &cosine, &sine);
  scale_heads (job, dx, h);
  for (size_t i = 0; i < width; i += dim)
    {
      t->ops.elementwise->rope (dx + i, cosine, sine, -1.0f, m->n_rot);
      if (m->family->rotates_halves)
        interleave (dx + i, m->n_rot, true);
      if (h->norm != NULL)
        t->ops.elementwise->rms_norm_backward (dx + i, 0.0f, NULL, dx + i, raw + i, h->norm,
                                               m->info.rms_eps, dim);
    }
}

/* Calls @each for the queries and the keys of all rows. */
static void
for_each_row (const heads_job *job,
              void (*each) (const heads_job *job, size_t row, size_t place, const heads *h))
{
  const tl_row_attention *a = &job->t->attention;
  const heads q = queries_of (job), k = keys_of (job);

  for (size_t seq = 0; seq < a->n_seqs; seq++)
    for (size_t row = a->seq_begin[seq]; row < a->seq_begin[seq + 1]; row++)
      {
        each (job, row, row - a->seq_begin[seq], &q);
        each (job, row, row - a->seq_begin[seq], &k);
      }
}

void
tl_lora_heads (tl_lora_trainer *t, uint32_t layer, tl_lora_layer *l)
{
  heads_job job = { t, &t->model->layers[layer], l, l->qkv };
  size_t v = t->attention.q_dim + t->kv_dim;

  for (size_t row = 0; job.l->v_bias != NULL && row < t->n_rows; row++)
    t->ops.elementwise->add (l->qkv + row * t->attention.qkv_dim + v, job.l->v_bias, t->kv_dim);
  for_each_row (&job, heads_forward);
}

void
tl_lora_heads_backward (tl_lora_trainer *t, uint32_t layer, const tl_lora_layer *l)
{
  heads_job job = { t, &t->model->layers[layer], l, t->dqkv };

  for_each_row (&job, heads_backward);
}

/* Gates */

typedef struct
{
  tl_lora_trainer *t;
  const float     *gate_up;
  float           *gradient; /* the same, in backward; NULL: forward */
} gate_job;

static void
gate_row (const gate_job *job, size_t r)
{
  const tl_lora_trainer *t = job->t;
  size_t n = t->model->info.n_ff;
  const float *g = job->gate_up + r * 2 * n;

  memcpy (t->act + r * n, g, n * sizeof *g);
  tl_gate_mul (t->ops.kernels, t->model->gate, t->act + r * n, g + n, n);
}

/* x / 2 (1 + tanh z) is x s with s = 1 / (1 + exp (-2 z)), z = sqrt (2 / pi) (x + 0.044715 x^3):
 * the derivative is s + x s (1 - s) 2 z'. */
static void
gelu_backward (float *gate, float *up, const float *dy, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      float x = gate[i];
      float s = 1.0f / (1.0f + expf (-1.5957691f * x * (1.0f + 0.044715f * x * x)));
      float slope = 1.5957691f * (1.0f + 3.0f * 0.044715f * x * x);

      gate[i] = dy[i] * up[i] * (s + x * s * (1.0f - s) * slope);
      up[i] = dy[i] * x * s;
    }
}

static void
relu2_backward (float *gate, float *up, const float *dy, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      float x = gate[i] > 0.0f ? gate[i] : 0.0f;

      gate[i] = dy[i] * up[i] * 2.0f * x;
      up[i] = dy[i] * x * x;
    }
}

static void
gate_row_backward (const gate_job *job, size_t r)
{
  const tl_lora_trainer *t = job->t;
  size_t n = t->model->info.n_ff;
  float *g = job->gradient + r * 2 * n;
  const float *dy = t->dact + r * n;

  switch (t->model->gate)
    {
    case TL_GATE_SILU:
      t->ops.elementwise->silu_mul_backward (g, g + n, dy, n);
      break;
    case TL_GATE_GELU:
      gelu_backward (g, g + n, dy, n);
      break;
    case TL_GATE_RELU2:
      relu2_backward (g, g + n, dy, n);
      break;
    }
}

static void
gate_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const gate_job *job = data;

  (void) chunk;
  for (size_t r = begin; r < end; r++)
    if (job->gradient != NULL)
      gate_row_backward (job, r);
    else
      gate_row (job, r);
}

void
tl_lora_gate (tl_lora_trainer *t, const float *gate_up)
{
  gate_job job = { t, gate_up, NULL };

  tl_ops_for_rows (&t->ops, t->n_rows, gate_rows, &job);
}

void
tl_lora_gate_backward (tl_lora_trainer *t, float *gate_up)
{
  gate_job job = { t, gate_up, gate_up };

  tl_ops_for_rows (&t->ops, t->n_rows, gate_rows, &job);
}
