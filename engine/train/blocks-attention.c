/* SPDX-License-Identifier: Apache-2.0 */
/* Attention of a block stack, forward and backward (Vaswani et al. 2017, arXiv:1706.03762; grouped
 * queries: Ainslie et al. 2023, arXiv:2305.13245). One item of work is a sequence and a key-value
 * head, so no two threads write the same place and the sums over a group's query heads have one
 * order. Inside, queries go in tiles of rows: the scores of a tile against all its keys are one
 * matrix product. Backward computes the probabilities again from the log sum exp of their row
 * (Dao et al. 2022, arXiv:2205.14135), so memory does not grow with the square of the length. */
#include "train/blocks-private.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* Rows of queries at once: enough for the matrix product to be busy, few enough that a causal tile
 * computes little beyond its diagonal. */
#define TILE 128

typedef struct
{
  tl_blocks                  *b;
  const tl_layer_activations *l;
  atomic_size_t               next;
} attention_job;

/* What one item sees. Rows of q and k, v are qkv_dim apart, rows of att are q_dim apart. */
typedef struct
{
  const tl_blocks *b;
  size_t           row, length;     /* of the sequence */
  size_t           q, k, v;         /* columns in qkv: of the first query head of the group */
  size_t           head, n_group;   /* query heads */
  float           *gemm;            /* scratch of tl_sgemm */
  float           *p, *dp;          /* [TILE, length] */
} item;

static size_t
tile_rows (const tl_blocks *b)
{
  return b->max_seq_len < TILE ? b->max_seq_len : TILE;
}

size_t
tl_attention_thread_floats (const tl_blocks *b)
{
  return (2 * tile_rows (b) * b->max_seq_len + 15) / 16 * 16;
}

static item
make_item (tl_blocks *b, size_t index, unsigned thread)
{
  const tl_blocks_config *c = &b->config;
  size_t seq = index / c->n_kv_heads;
  size_t kv = index % c->n_kv_heads;
  size_t n_group = c->n_heads / c->n_kv_heads;
  float *scores = b->scores + thread * tl_attention_thread_floats (b);

  return (item) {
    .b = b,
    .row = b->seq_begin[seq],
    .length = b->seq_begin[seq + 1] - b->seq_begin[seq],
    .q = kv * n_group * c->head_dim,
    .k = b->q_dim + kv * c->head_dim,
    .v = b->q_dim + (c->n_kv_heads + kv) * c->head_dim,
    .head = kv * n_group,
    .n_group = n_group,
    .gemm = b->ops.gemm + thread * tl_ops_thread_floats (&b->ops),
    .p = scores,
    .dp = scores + tile_rows (b) * b->max_seq_len,
  };
}

/* Turns the item's queries and keys in @qkv by their positions; sign -1 turns back. */
static void
rotate (const item *it, float *qkv, float sign)
{
  const tl_blocks *b = it->b;
  size_t hd = b->config.head_dim;

  if (b->config.rope_base == 0.0f)
    return;
  for (size_t i = 0; i < it->length; i++)
    {
      float *row = qkv + (it->row + i) * b->qkv_dim;
      const float *cosine = b->cosine + i * (hd / 2);
      const float *sine = b->sine + i * (hd / 2);

      for (size_t g = 0; g < it->n_group; g++)
        b->ops.elementwise->rope (row + it->q + g * hd, cosine, sine, sign, hd);
      b->ops.elementwise->rope (row + it->k, cosine, sine, sign, hd);
    }
}

static void
gemm (const item *it, bool trans_a, bool trans_b, size_t m, size_t n, size_t k, float alpha,
      const float *x, size_t ldx, const float *y, size_t ldy, float beta, float *z, size_t ldz)
{
  tl_sgemm (it->b->ops.kernels, NULL, trans_a, trans_b, m, n, k, alpha, x, ldx, y, ldy, beta, z,
            ldz, it->gemm);
}

/* Keys that query @i sees. */
static size_t
n_visible (const item *it, size_t i)
{
  return it->b->config.causal ? i + 1 : it->length;
}

static float
score_scale (const tl_blocks *b)
{
  return 1.0f / sqrtf ((float) b->config.head_dim);
}

/* it->p [rows, n_keys] = scaled scores of query rows [first, first + rows). */
static void
compute_scores (const item *it, const float *q, const float *k, size_t first, size_t rows,
                size_t n_keys)
{
  size_t ld = it->b->qkv_dim;

  gemm (it, false, true, rows, n_keys, it->b->config.head_dim, score_scale (it->b), q + first * ld,
        ld, k, ld, 0.0f, it->p, n_keys);
}

/* One query head: att = softmax (q k^T / sqrt (head_dim)) v */
static void
head_forward (const item *it, const tl_layer_activations *l, size_t head)
{
  const tl_blocks *b = it->b;
  size_t hd = b->config.head_dim;
  const float *base = l->qkv + it->row * b->qkv_dim;
  float *att = l->att + it->row * b->q_dim + head * hd;

  for (size_t first = 0; first < it->length; first += TILE)
    {
      size_t rows = it->length - first < TILE ? it->length - first : TILE;
      size_t n_keys = n_visible (it, first + rows - 1);

      compute_scores (it, base + head * hd, base + it->k, first, rows, n_keys);
      for (size_t r = 0; r < rows; r++)
        {
          size_t n = n_visible (it, first + r);
          float *p = it->p + r * n_keys;

          l->lse[(it->row + first + r) * b->config.n_heads + head]
            = b->ops.elementwise->softmax (p, n);
          memset (p + n, 0, (n_keys - n) * sizeof *p);
        }
      gemm (it, false, false, rows, hd, n_keys, 1.0f, it->p, n_keys, base + it->v, b->qkv_dim, 0.0f,
            att + first * b->q_dim, b->q_dim);
    }
}

static void
forward_part (void *data, unsigned part, unsigned n_parts)
{
  attention_job *job = data;
  tl_blocks *b = job->b;
  size_t n_items = b->n_seqs * b->config.n_kv_heads;
  size_t i;

  (void) n_parts;
  while ((i = atomic_fetch_add_explicit (&job->next, 1, memory_order_relaxed)) < n_items)
    {
      item it = make_item (b, i, part);

      rotate (&it, job->l->qkv, 1.0f);
      for (size_t g = 0; g < it.n_group; g++)
        head_forward (&it, job->l, it.head + g);
    }
}

void
tl_attention_forward (tl_blocks *b, tl_layer_activations *l)
{
  attention_job job = { b, l, 0 };

  tl_pool_share (b->ops.pool, tl_pool_get_n_threads (b->ops.pool), forward_part, &job);
}

/* it->p = probabilities and it->dp = gradient of the scaled scores, for one tile:
 *   dS = P (dP - rowsum (P dP)) / sqrt (head_dim),  dP = dO V^T,  rowsum (P dP) = dO . O */
static void
tile_gradients (const item *it, const tl_layer_activations *l, size_t head, size_t first,
                size_t rows, size_t n_keys)
{
  const tl_blocks *b = it->b;
  const tl_elementwise *e = b->ops.elementwise;
  size_t hd = b->config.head_dim;
  const float *base = l->qkv + it->row * b->qkv_dim;
  size_t at = (it->row + first) * b->q_dim + head * hd;

  compute_scores (it, base + head * hd, base + it->k, first, rows, n_keys);
  gemm (it, false, true, rows, n_keys, hd, 1.0f, b->datt + at, b->q_dim, base + it->v, b->qkv_dim,
        0.0f, it->dp, n_keys);
  for (size_t r = 0; r < rows; r++)
    {
      size_t n = n_visible (it, first + r);
      float *p = it->p + r * n_keys;
      float *dp = it->dp + r * n_keys;
      float  delta = b->ops.kernels->dot_f32 (b->datt + at + r * b->q_dim,
                                              l->att + at + r * b->q_dim, hd);

      e->exp_shift (p, l->lse[(it->row + first + r) * b->config.n_heads + head], n);
      e->softmax_backward (dp, p, delta, score_scale (b), n);
      memset (p + n, 0, (n_keys - n) * sizeof *p);
      memset (dp + n, 0, (n_keys - n) * sizeof *dp);
    }
}

/* dQ = dS K,  dK += dS^T Q,  dV += P^T dO */
static void
head_backward (const item *it, const tl_layer_activations *l, size_t head)
{
  const tl_blocks *b = it->b;
  size_t hd = b->config.head_dim;
  size_t ld = b->qkv_dim;
  const float *base = l->qkv + it->row * ld;
  const float *datt = b->datt + it->row * b->q_dim + head * hd;
  float *dbase = b->dqkv + it->row * ld;

  for (size_t first = 0; first < it->length; first += TILE)
    {
      size_t rows = it->length - first < TILE ? it->length - first : TILE;
      size_t n_keys = n_visible (it, first + rows - 1);

      tile_gradients (it, l, head, first, rows, n_keys);
      gemm (it, false, false, rows, hd, n_keys, 1.0f, it->dp, n_keys, base + it->k, ld, 0.0f,
            dbase + first * ld + head * hd, ld);
      gemm (it, true, false, n_keys, hd, rows, 1.0f, it->dp, n_keys, base + first * ld + head * hd,
            ld, 1.0f, dbase + it->k, ld);
      gemm (it, true, false, n_keys, hd, rows, 1.0f, it->p, n_keys, datt + first * b->q_dim,
            b->q_dim, 1.0f, dbase + it->v, ld);
    }
}

static void
clear_key_gradients (const item *it)
{
  const tl_blocks *b = it->b;
  size_t bytes = b->config.head_dim * sizeof (float);

  for (size_t i = 0; i < it->length; i++)
    {
      float *row = b->dqkv + (it->row + i) * b->qkv_dim;

      memset (row + it->k, 0, bytes);
      memset (row + it->v, 0, bytes);
    }
}

static void
backward_part (void *data, unsigned part, unsigned n_parts)
{
  attention_job *job = data;
  tl_blocks *b = job->b;
  size_t n_items = b->n_seqs * b->config.n_kv_heads;
  size_t i;

  (void) n_parts;
  while ((i = atomic_fetch_add_explicit (&job->next, 1, memory_order_relaxed)) < n_items)
    {
      item it = make_item (b, i, part);

      clear_key_gradients (&it);
      for (size_t g = 0; g < it.n_group; g++)
        head_backward (&it, job->l, it.head + g);
      rotate (&it, b->dqkv, -1.0f);
    }
}

void
tl_attention_backward (tl_blocks *b, const tl_layer_activations *l)
{
  attention_job job = { b, l, 0 };

  tl_pool_share (b->ops.pool, tl_pool_get_n_threads (b->ops.pool), backward_part, &job);
}
