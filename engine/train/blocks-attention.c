/* SPDX-License-Identifier: Apache-2.0 */
/* Attention of a block stack, forward and backward (Vaswani et al. 2017, arXiv:1706.03762; grouped
 * queries: Ainslie et al. 2023, arXiv:2305.13245). One item of work is a sequence and a key-value
 * head, so no two threads write the same place and the sums over a group's query heads have one
 * order. Inside, queries go in tiles of rows: the scores of a tile against all its keys are one
 * matrix product. Backward computes the probabilities again from the log sum exp of their row
 * (Dao et al. 2022, arXiv:2205.14135), so memory does not grow with the square of the length. */
#include "train/blocks-attention.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* Rows of queries at once: enough for the matrix product to be busy, few enough that a causal tile
 * computes little beyond its diagonal. */
#define TILE 128

/* @datt and @dqkv of backward alone. */
typedef struct
{
  const tl_row_attention *a;
  float                  *qkv, *att, *lse;
  const float            *datt;
  float                  *dqkv;
  atomic_size_t           next;
} attention_job;

/* What one item sees. Rows of q and k, v are qkv_dim apart, rows of att are q_dim apart. */
typedef struct
{
  const attention_job    *job;
  const tl_row_attention *a;
  size_t row, length;     /* of the sequence */
  size_t q, k, v;         /* columns in qkv: of the first query head of the group */
  size_t head, n_group;   /* query heads */
  float *gemm;            /* scratch of tl_sgemm */
  float *p, *dp;          /* [TILE, length] */
} item;

static size_t
tile_rows (size_t max_seq_len)
{
  return max_seq_len < TILE ? max_seq_len : TILE;
}

size_t
tl_attention_thread_floats (size_t max_seq_len)
{
  return (2 * tile_rows (max_seq_len) * max_seq_len + 15) / 16 * 16;
}

static item
make_item (const attention_job *job, size_t index, unsigned thread)
{
  const tl_row_attention *a = job->a;
  size_t seq = index / a->n_kv_heads;
  size_t kv = index % a->n_kv_heads;
  size_t n_group = a->n_heads / a->n_kv_heads;
  float *scores = a->scores + thread * tl_attention_thread_floats (a->max_seq_len);

  return (item) {
    .job = job,
    .a = a,
    .row = a->seq_begin[seq],
    .length = a->seq_begin[seq + 1] - a->seq_begin[seq],
    .q = kv * n_group * a->head_dim,
    .k = a->q_dim + kv * a->head_dim,
    .v = a->q_dim + (a->n_kv_heads + kv) * a->head_dim,
    .head = kv * n_group,
    .n_group = n_group,
    .gemm = a->ops->gemm + thread * tl_ops_thread_floats (a->ops),
    .p = scores,
    .dp = scores + tile_rows (a->max_seq_len) * a->max_seq_len,
  };
}

/* Turns the item's queries and keys in @qkv by their positions; sign -1 turns back. */
static void
rotate (const item *it, float *qkv, float sign)
{
  const tl_row_attention *a = it->a;
  size_t hd = a->head_dim;

  if (a->cosine == NULL)
    return;
  for (size_t i = 0; i < it->length; i++)
    {
      float *row = qkv + (it->row + i) * a->qkv_dim;
      const float *cosine = a->cosine + i * (hd / 2);
      const float *sine = a->sine + i * (hd / 2);

      for (size_t g = 0; g < it->n_group; g++)
        a->ops->elementwise->rope (row + it->q + g * hd, cosine, sine, sign, hd);
      a->ops->elementwise->rope (row + it->k, cosine, sine, sign, hd);
    }
}

static void
gemm (const item *it, bool trans_a, bool trans_b, size_t m, size_t n, size_t k, float alpha,
      const float *x, size_t ldx, const float *y, size_t ldy, float beta, float *z, size_t ldz)
{
  tl_sgemm (it->a->ops->kernels, NULL, trans_a, trans_b, m, n, k, alpha, x, ldx, y, ldy, beta, z,
            ldz, it->gemm);
}

/* Keys that query @i sees. */
static size_t
n_visible (const item *it, size_t i)
{
  return it->a->causal ? i + 1 : it->length;
}

static float
score_scale (const tl_row_attention *a)
{
  return 1.0f / sqrtf ((float) a->head_dim);
}

/* it->p [rows, n_keys] = scaled scores of query rows [first, first + rows). */
static void
compute_scores (const item *it, const float *q, const float *k, size_t first, size_t rows,
                size_t n_keys)
{
  size_t ld = it->a->qkv_dim;

  gemm (it, false, true, rows, n_keys, it->a->head_dim, score_scale (it->a), q + first * ld,
        ld, k, ld, 0.0f, it->p, n_keys);
}

/* One query head: att = softmax (q k^T / sqrt (head_dim)) v */
static void
head_forward (const item *it, size_t head)
{
  const tl_row_attention *a = it->a;
  size_t hd = a->head_dim;
  const float *base = it->job->qkv + it->row * a->qkv_dim;
  float *att = it->job->att + it->row * a->q_dim + head * hd;

  for (size_t first = 0; first < it->length; first += TILE)
    {
      size_t rows = it->length - first < TILE ? it->length - first : TILE;
      size_t n_keys = n_visible (it, first + rows - 1);

      compute_scores (it, base + head * hd, base + it->k, first, rows, n_keys);
      for (size_t r = 0; r < rows; r++)
        {
          size_t n = n_visible (it, first + r);
          float *p = it->p + r * n_keys;

          it->job->lse[(it->row + first + r) * a->n_heads + head]
            = a->ops->elementwise->softmax (p, n);
          memset (p + n, 0, (n_keys - n) * sizeof *p);
        }
      gemm (it, false, false, rows, hd, n_keys, 1.0f, it->p, n_keys, base + it->v, a->qkv_dim, 0.0f,
            att + first * a->q_dim, a->q_dim);
    }
}

static void
forward_part (void *data, unsigned part, unsigned n_parts)
{
  attention_job *job = data;
  size_t n_items = job->a->n_seqs * job->a->n_kv_heads;
  size_t i;

  (void) n_parts;
  while ((i = atomic_fetch_add_explicit (&job->next, 1, memory_order_relaxed)) < n_items)
    {
      item it = make_item (job, i, part);

      rotate (&it, job->qkv, 1.0f);
      for (size_t g = 0; g < it.n_group; g++)
        head_forward (&it, it.head + g);
    }
}

void
tl_attention_forward (const tl_row_attention *a, float *qkv, float *att, float *lse)
{
  attention_job job = { .a = a, .qkv = qkv, .att = att, .lse = lse };

  tl_pool_share (a->ops->pool, tl_pool_get_n_threads (a->ops->pool), forward_part, &job);
}

/* it->p = probabilities and it->dp = gradient of the scaled scores, for one tile:
 *   dS = P (dP - rowsum (P dP)) / sqrt (head_dim),  dP = dO V^T,  rowsum (P dP) = dO . O */
static void
tile_gradients (const item *it, size_t head, size_t first,
                size_t rows, size_t n_keys)
{
  const tl_row_attention *a = it->a;
  const tl_elementwise *e = a->ops->elementwise;
  size_t hd = a->head_dim;
  const float *base = it->job->qkv + it->row * a->qkv_dim;
  size_t at = (it->row + first) * a->q_dim + head * hd;

  compute_scores (it, base + head * hd, base + it->k, first, rows, n_keys);
  gemm (it, false, true, rows, n_keys, hd, 1.0f, it->job->datt + at, a->q_dim, base + it->v,
        a->qkv_dim, 0.0f, it->dp, n_keys);
  for (size_t r = 0; r < rows; r++)
    {
      size_t n = n_visible (it, first + r);
      float *p = it->p + r * n_keys;
      float *dp = it->dp + r * n_keys;
      float  delta = a->ops->kernels->dot_f32 (it->job->datt + at + r * a->q_dim,
                                              it->job->att + at + r * a->q_dim, hd);

      e->exp_shift (p, it->job->lse[(it->row + first + r) * a->n_heads + head], n);
      e->softmax_backward (dp, p, delta, score_scale (a), n);
      memset (p + n, 0, (n_keys - n) * sizeof *p);
      memset (dp + n, 0, (n_keys - n) * sizeof *dp);
    }
}

/* dQ = dS K,  dK += dS^T Q,  dV += P^T dO */
static void
head_backward (const item *it, size_t head)
{
  const tl_row_attention *a = it->a;
  size_t hd = a->head_dim;
  size_t ld = a->qkv_dim;
  const float *base = it->job->qkv + it->row * ld;
  const float *datt = it->job->datt + it->row * a->q_dim + head * hd;
  float *dbase = it->job->dqkv + it->row * ld;

  for (size_t first = 0; first < it->length; first += TILE)
    {
      size_t rows = it->length - first < TILE ? it->length - first : TILE;
      size_t n_keys = n_visible (it, first + rows - 1);

      tile_gradients (it, head, first, rows, n_keys);
      gemm (it, false, false, rows, hd, n_keys, 1.0f, it->dp, n_keys, base + it->k, ld, 0.0f,
            dbase + first * ld + head * hd, ld);
      gemm (it, true, false, n_keys, hd, rows, 1.0f, it->dp, n_keys, base + first * ld + head * hd,
            ld, 1.0f, dbase + it->k, ld);
      gemm (it, true, false, n_keys, hd, rows, 1.0f, it->p, n_keys, datt + first * a->q_dim,
            a->q_dim, 1.0f, dbase + it->v, ld);
    }
}

static void
clear_key_gradients (const item *it)
{
  const tl_row_attention *a = it->a;
  size_t bytes = a->head_dim * sizeof (float);

  for (size_t i = 0; i < it->length; i++)
    {
      float *row = it->job->dqkv + (it->row + i) * a->qkv_dim;

      memset (row + it->k, 0, bytes);
      memset (row + it->v, 0, bytes);
    }
}

static void
backward_part (void *data, unsigned part, unsigned n_parts)
{
  attention_job *job = data;
  size_t n_items = job->a->n_seqs * job->a->n_kv_heads;
  size_t i;

  (void) n_parts;
  while ((i = atomic_fetch_add_explicit (&job->next, 1, memory_order_relaxed)) < n_items)
    {
      item it = make_item (job, i, part);

      clear_key_gradients (&it);
      for (size_t g = 0; g < it.n_group; g++)
        head_backward (&it, it.head + g);
      rotate (&it, job->dqkv, -1.0f);
    }
}

void
tl_attention_backward (const tl_row_attention *a, float *qkv, float *att, float *lse,
                       const float *datt, float *dqkv)
{
  attention_job job = { a, qkv, att, lse, datt, dqkv, 0 };

  tl_pool_share (a->ops->pool, tl_pool_get_n_threads (a->ops->pool), backward_part, &job);
}
