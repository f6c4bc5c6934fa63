/* SPDX-License-Identifier: Apache-2.0 */
/* The block stack: forward, and backward beside it. All matrix products run over all rows of the
 * batch; what lies between them is one pass over the rows. Only what cannot be computed again
 * cheaply is kept for backward: norms, the product of the gate and the dropout masks are redone.
 * Attention is in blocks-attention.c, the layout of the parameters in blocks-params.c. */
#include "train/blocks-private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Taking memory */

/* The next @n floats, from a cache line on; with @base NULL it only counts. */
static float *
carve (float *base, size_t *used, size_t n)
{
  float *piece = base != NULL ? base + *used : NULL;

  *used += (n + 15) / 16 * 16;
  return piece;
}

static size_t
widest_input (const tl_blocks *b)
{
  size_t width = b->config.n_embd > b->config.n_ff ? b->config.n_embd : b->config.n_ff;

  return width > b->q_dim ? width : b->q_dim;
}

static size_t
carve_all (tl_blocks *b, float *base)
{
  const tl_blocks_config *c = &b->config;
  size_t rows = b->max_rows;
  size_t n_angles = b->max_seq_len * (c->head_dim / 2);
  size_t used = 0;

  for (size_t i = 0; i < c->n_layers; i++)
    {
      tl_layer_activations *l = &b->layers[i];

      l->x = carve (base, &used, rows * c->n_embd);
      l->qkv = carve (base, &used, rows * b->qkv_dim);
      l->att = carve (base, &used, rows * b->q_dim);
      l->lse = carve (base, &used, rows * c->n_heads);
      l->h = carve (base, &used, rows * c->n_embd);
      l->gate_up = carve (base, &used, rows * 2 * c->n_ff);
    }
  b->last = carve (base, &used, rows * c->n_embd);
  b->norm = carve (base, &used, rows * c->n_embd);
  b->branch = carve (base, &used, rows * c->n_embd);
  b->act = carve (base, &used, rows * c->n_ff);
  b->dact = carve (base, &used, rows * c->n_ff);
  b->datt = carve (base, &used, rows * b->q_dim);
  b->dqkv = carve (base, &used, rows * b->qkv_dim);
  b->rounded = carve (base, &used, rows * widest_input (b));
  b->cosine = carve (base, &used, n_angles);
  b->sine = carve (base, &used, n_angles);
  b->scores = carve (base, &used,
                     tl_attention_thread_floats (b->max_seq_len)
                       * tl_pool_get_n_threads (b->ops.pool));
  return used;
}

static bool
check_config (const tl_blocks_config *c, size_t max_rows, size_t max_seq_len, tl_error *err)
{
  if (c->n_embd == 0 || c->n_layers == 0 || c->head_dim == 0 || c->n_ff == 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a block stack with a size of 0");
  if (c->n_kv_heads == 0 || c->n_heads % c->n_kv_heads != 0 || c->n_heads == 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "%u heads cannot share %u key-value heads",
                         c->n_heads, c->n_kv_heads);
  if (c->rope_base != 0.0f && c->head_dim % 2 != 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "heads of %u cannot be rotated in pairs",
                         c->head_dim);
  if (!(c->dropout >= 0.0f && c->dropout < 1.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "dropout of %g is not in [0, 1)", c->dropout);
  if (max_rows == 0 || max_seq_len == 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a block stack for 0 rows");
  return true;
}

static void
fill_angles (tl_blocks *b)
{
  size_t half = b->config.head_dim / 2;

  for (size_t pos = 0; b->config.rope_base != 0.0f && pos < b->max_seq_len; pos++)
    {
      for (size_t i = 0; i < half; i++)
        {
          double theta = (double) pos
                         * pow (b->config.rope_base, -2.0 * (double) i / b->config.head_dim);

          b->cosine[pos * half + i] = (float) cos (theta);
          b->sine[pos * half + i] = (float) sin (theta);
        }
    }
}

static void
set_attention (tl_blocks *b)
{
  const tl_blocks_config *c = &b->config;
  bool turns = c->rope_base != 0.0f;

  b->attention = (tl_row_attention) {
    .ops = &b->ops, .n_heads = c->n_heads, .n_kv_heads = c->n_kv_heads, .head_dim = c->head_dim,
    .causal = c->causal, .q_dim = b->q_dim, .qkv_dim = b->qkv_dim, .max_seq_len = b->max_seq_len,
    .seq_begin = b->seq_begin, .cosine = turns ? b->cosine : NULL, .sine = turns ? b->sine : NULL,
    .scores = b->scores,
  };
}

tl_blocks *
tl_blocks_new (const tl_blocks_config *c, size_t max_rows, size_t max_seq_len, tl_pool *pool,
               tl_error *err)
{
  tl_blocks *b;
  size_t     n_floats;

  if (!check_config (c, max_rows, max_seq_len, err))
    return NULL;
  b = calloc (1, sizeof *b);
  if (b == NULL || !tl_ops_init (&b->ops, c->n_embd, pool, err))
    {
      if (b == NULL)
        tl_error_set (err, TL_ERROR_MEMORY, "no memory for a block stack");
      free (b);
      return NULL;
    }
  b->config = *c;
  b->q_dim = tl_blocks_q_dim (c);
  b->qkv_dim = b->q_dim + 2 * tl_blocks_kv_dim (c);
  b->max_rows = max_rows;
  b->max_seq_len = max_seq_len < max_rows ? max_seq_len : max_rows;
  b->layers = calloc (c->n_layers, sizeof *b->layers);
  b->seq_begin = calloc (max_rows + 1, sizeof *b->seq_begin);
  if (b->layers != NULL && b->seq_begin != NULL)
    {
      n_floats = carve_all (b, NULL);
      b->memory = aligned_alloc (64, n_floats * sizeof (float));
    }
  if (b->memory == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "no memory for the activations of %zu rows", max_rows);
      tl_blocks_free (b);
      return NULL;
    }
  carve_all (b, b->memory);
  fill_angles (b);
  set_attention (b);
  return b;
}

void
tl_blocks_free (tl_blocks *b)
{
  if (b == NULL)
    return;
  tl_ops_clear (&b->ops);
  free (b->layers);
  free (b->seq_begin);
  free (b->memory);
  free (b);
}

/* The passes over rows */

typedef struct
{
  tl_blocks   *b;
  const float *x, *branch, *gain;
  float       *out, *norm;
  uint64_t     key;
} residual_job;

static void
drop_rows (const tl_blocks *b, float *x, uint64_t key, size_t begin, size_t end)
{
  size_t n = b->config.n_embd;
  float  p = b->config.dropout;

  if (b->dropout)
    b->ops.elementwise->dropout (x + begin * n, key, (uint32_t) (begin * n),
                                 tl_dropout_threshold (p), 1.0f / (1.0f - p), (end - begin) * n);
}

/* out = x + dropout (branch), norm = rms_norm (out) */
static void
residual_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const residual_job *job = data;
  const tl_blocks *b = job->b;
  size_t n = b->config.n_embd;
  size_t at = begin * n;

  (void) chunk;
  memcpy (job->out + at, job->branch + at, (end - begin) * n * sizeof *job->out);
  drop_rows (b, job->out, job->key, begin, end);
  b->ops.elementwise->add (job->out + at, job->x + at, (end - begin) * n);
  for (size_t r = begin; r < end; r++)
    b->ops.kernels->rms_norm (job->norm + r * n, job->out + r * n, job->gain, b->config.rms_eps, n);
}

static void
add_branch (tl_blocks *b, const float *x, uint64_t key, const float *gain, float *out, float *norm)
{
  residual_job job = { b, x, b->branch, gain, out, norm, key };

  tl_ops_for_rows (&b->ops, b->n_rows, residual_rows, &job);
}

typedef struct
{
  tl_blocks *b;
  float     *gate_up;
} gate_job;

static void
gate_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const gate_job *job = data;
  size_t n = job->b->config.n_ff;

  (void) chunk;
  for (size_t r = begin; r < end; r++)
    job->b->ops.elementwise->silu_mul (job->b->act + r * n, job->gate_up + r * 2 * n,
                                       job->gate_up + r * 2 * n + n, n);
}

static void
gate_rows_backward (void *data, size_t begin, size_t end, size_t chunk)
{
  const gate_job *job = data;
  size_t n = job->b->config.n_ff;

  (void) chunk;
  for (size_t r = begin; r < end; r++)
    job->b->ops.elementwise->silu_mul_backward (job->gate_up + r * 2 * n,
                                                job->gate_up + r * 2 * n + n,
                                                job->b->dact + r * n, n);
}

/* The input of a projection */

typedef struct
{
  tl_blocks   *b;
  const float *x;
  size_t       width;
} round_job;

static void
round_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const round_job *job = data;
  size_t n = job->width;

  (void) chunk;
  for (size_t r = begin; r < end; r++)
    job->b->ops.elementwise->round_int8 (job->b->rounded + r * n, job->x + r * n, n);
}

/* @x itself, or rounded to int8 in b->rounded, where it lasts until the next call. */
static const float *
product_input (tl_blocks *b, const float *x, size_t width)
{
  round_job job = { b, x, width };

  if (!b->int8)
    return x;
  tl_ops_for_rows (&b->ops, b->n_rows, round_rows, &job);
  return b->rounded;
}

/* y = input W^T; @tensor is the first that @w begins with */
static void
project (tl_blocks *b, size_t tensor, const float *x, size_t in, size_t out, const float *w,
         float *y)
{
  if (b->observe != NULL)
    b->observe (b->observe_data, tensor, x, b->n_rows, in);
  tl_linear_forward (&b->ops, b->n_rows, in, out, product_input (b, x, in), w, NULL, y);
}

static void
project_backward (tl_blocks *b, const float *x, size_t in, size_t out, const float *w,
                  const float *dy, float *dx, float *dw)
{
  tl_linear_backward (&b->ops, b->n_rows, in, out, product_input (b, x, in), w, dy, dx, 0.0f, dw,
                      NULL);
}

void
tl_blocks_set_int8 (tl_blocks *b, bool int8)
{
  b->int8 = int8;
}

void
tl_blocks_set_observer (tl_blocks *b, tl_blocks_observe_func observe, void *data)
{
  b->observe = observe;
  b->observe_data = data;
}

/* Forward */

static void
begin_sequences (tl_blocks *b, const uint32_t *seq_lens, size_t n_seqs, bool dropout)
{
  b->attention.n_seqs = n_seqs;
  b->dropout = dropout;
  for (size_t i = 0; i < n_seqs; i++)
    {
      assert (seq_lens[i] > 0 && seq_lens[i] <= b->max_seq_len);
      b->seq_begin[i + 1] = b->seq_begin[i] + seq_lens[i];
    }
  b->n_rows = b->seq_begin[n_seqs];
  assert (b->n_rows > 0 && b->n_rows <= b->max_rows);
}

/* From b->norm, the normed @l->x, to the same of the next layer. */
static void
layer_forward (tl_blocks *b, size_t layer, const float *params, const float *next_gain,
               float *next_x, float *next_norm)
{
  const tl_blocks_config *c = &b->config;
  tl_layer_offsets w = tl_blocks_layer_offsets (c, layer);
  tl_layer_activations *l = &b->layers[layer];
  gate_job gate = { b, l->gate_up };
  size_t first = layer * TL_LAYER_TENSORS;

  project (b, first + TL_ATTN_Q, b->norm, c->n_embd, b->qkv_dim, params + w.qkv, l->qkv);
  tl_attention_forward (&b->attention, l->qkv, l->att, l->lse);
  project (b, first + TL_ATTN_OUT, l->att, b->q_dim, c->n_embd, params + w.attn_out, b->branch);
  add_branch (b, l->x, l->att_key, params + w.ffn_norm, l->h, b->norm);

  project (b, first + TL_FFN_GATE, b->norm, c->n_embd, 2 * (size_t) c->n_ff, params + w.gate_up,
           l->gate_up);
  tl_ops_for_rows (&b->ops, b->n_rows, gate_rows, &gate);
  project (b, first + TL_FFN_DOWN, b->act, c->n_ff, c->n_embd, params + w.down, b->branch);
  add_branch (b, l->h, l->ffn_key, next_gain, next_x, next_norm);
}

void
tl_blocks_forward (tl_blocks *b, const float *params, const float *x, const uint32_t *seq_lens,
                   size_t n_seqs, tl_rng *rng, float *y)
{
  const tl_blocks_config *c = &b->config;

  begin_sequences (b, seq_lens, n_seqs, rng != NULL && c->dropout > 0.0f);
  memcpy (b->layers[0].x, x, b->n_rows * c->n_embd * sizeof *x);
  tl_rms_norm_forward (&b->ops, b->n_rows, c->n_embd, x,
                       params + tl_blocks_layer_offsets (c, 0).attn_norm, c->rms_eps, b->norm);
  for (size_t i = 0; i < c->n_layers; i++)
    {
      bool   last = i + 1 == c->n_layers;
      size_t gain = last ? tl_blocks_final_norm (c) : tl_blocks_layer_offsets (c, i + 1).attn_norm;

      if (b->dropout)
        {
          b->layers[i].att_key = tl_rng_next (rng);
          b->layers[i].ffn_key = tl_rng_next (rng);
        }
      layer_forward (b, i, params, params + gain, last ? b->last : b->layers[i + 1].x,
                     last ? y : b->norm);
    }
}

/* Backward */

/* The gradient of a branch's output from that of the sum: the same but for dropout. */
static const float *
branch_gradient (tl_blocks *b, const float *dx, uint64_t key)
{
  if (!b->dropout)
    return dx;
  memcpy (b->branch, dx, b->n_rows * b->config.n_embd * sizeof *dx);
  drop_rows (b, b->branch, key, 0, b->n_rows);
  return b->branch;
}

/* @dx is the gradient of the layer's output and becomes that of its input. */
static void
layer_backward (tl_blocks *b, size_t layer, const float *params, float *grads, float *dx)
{
  const tl_blocks_config *c = &b->config;
  const tl_ops *o = &b->ops;
  tl_layer_offsets w = tl_blocks_layer_offsets (c, layer);
  const tl_layer_activations *l = &b->layers[layer];
  gate_job gate = { b, l->gate_up };
  size_t rows = b->n_rows;
  const float *dbranch;

  /* y = h + Wdown (silu (gate) * up) */
  dbranch = branch_gradient (b, dx, l->ffn_key);
  tl_ops_for_rows (o, rows, gate_rows, &gate);
  project_backward (b, b->act, c->n_ff, c->n_embd, params + w.down, dbranch, b->dact,
                    grads + w.down);
  tl_ops_for_rows (o, rows, gate_rows_backward, &gate);
  tl_rms_norm_forward (o, rows, c->n_embd, l->h, params + w.ffn_norm, c->rms_eps, b->norm);
  project_backward (b, b->norm, c->n_embd, 2 * (size_t) c->n_ff, params + w.gate_up, l->gate_up,
                    b->branch, grads + w.gate_up);
  tl_rms_norm_backward (o, rows, c->n_embd, l->h, params + w.ffn_norm, c->rms_eps, b->branch, dx,
                        1.0f, grads + w.ffn_norm);

  /* h = x + Wo attention (Wqkv norm (x)) */
  dbranch = branch_gradient (b, dx, l->att_key);
  project_backward (b, l->att, b->q_dim, c->n_embd, params + w.attn_out, dbranch, b->datt,
                    grads + w.attn_out);
  tl_attention_backward (&b->attention, l->qkv, l->att, l->lse, b->datt, b->dqkv);
  tl_rms_norm_forward (o, rows, c->n_embd, l->x, params + w.attn_norm, c->rms_eps, b->norm);
  project_backward (b, b->norm, c->n_embd, b->qkv_dim, params + w.qkv, b->dqkv, b->branch,
                    grads + w.qkv);
  tl_rms_norm_backward (o, rows, c->n_embd, l->x, params + w.attn_norm, c->rms_eps, b->branch, dx,
                        1.0f, grads + w.attn_norm);
}

void
tl_blocks_backward (tl_blocks *b, const float *params, float *grads, const float *dy, float *dx)
{
  const tl_blocks_config *c = &b->config;
  size_t final_norm = tl_blocks_final_norm (c);

  tl_rms_norm_backward (&b->ops, b->n_rows, c->n_embd, b->last, params + final_norm, c->rms_eps, dy,
                        dx, 0.0f, grads + final_norm);
  for (size_t i = c->n_layers; i-- > 0;)
    layer_backward (b, i, params, grads, dx);
}
