/* SPDX-License-Identifier: Apache-2.0 */
/* Products with a matrix that stays as it is and the pair that is trained beside it, forward and
 * backward (Hu et al. 2021, arXiv:2106.09685):
 *   y = s W x + c B A drop (x)
 *   dx = s dy W + drop ((c dy B) A),  dB += c dy^T (A drop (x)),  dA += (c dy B)^T drop (x)
 * where s is the matrix's scale and c is alpha / rank times what scales the whole branch. */
#include "train/lora-train-private.h"

#include <string.h>

static void
gemm (const tl_lora_trainer *t, bool trans_a, bool trans_b, size_t m, size_t n, size_t k,
      float alpha, const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
      size_t ldc)
{
  tl_sgemm (t->ops.kernels, t->ops.pool, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c,
            ldc, t->ops.gemm);
}

/* The frozen part */

typedef struct
{
  const tl_matrix *w;
  size_t           first;
  float           *dst;
} widen_job;

static void
widen_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const widen_job *job = data;
  const tl_matrix *w = job->w;

  (void) chunk;
  for (size_t r = begin; r < end; r++)
    tl_type_get_info ((uint32_t) w->type)->dequantize (
        job->dst + r * w->cols, (const char *) w->data + (job->first + r) * w->row_bytes, w->cols);
}

/* Rows [first, first + n) of the site's matrix as floats, in t->tile if they are not there. */
static const float *
wide_rows (const tl_lora_trainer *t, const tl_lora_site *s, size_t first, size_t n)
{
  widen_job job = { s->w, first, t->tile };

  if (s->wide != NULL)
    return s->wide + first * s->w->cols;
  tl_ops_for_rows (&t->ops, n, widen_rows, &job);
  return t->tile;
}

static size_t
tile_rows (const tl_lora_site *s)
{
  return s->wide != NULL ? s->w->rows : TL_LORA_TILE / s->w->cols;
}

static void
frozen_forward (const tl_lora_trainer *t, const tl_lora_site *s, const float *x, size_t n_rows,
                float *y, size_t ldy)
{
  size_t cols = s->w->cols, step = tile_rows (s);

  for (size_t at = 0; at < s->w->rows; at += step)
    {
      size_t n = s->w->rows - at < step ? s->w->rows - at : step;

      gemm (t, false, true, n_rows, n, cols, s->w->scale, x, cols, wide_rows (t, s, at, n), cols,
            0.0f, y + at, ldy);
    }
}

static void
frozen_backward (const tl_lora_trainer *t, const tl_lora_site *s, const float *dy, size_t n_rows,
                 size_t ldy, float *dx, float beta)
{
  size_t cols = s->w->cols, step = tile_rows (s);

  for (size_t at = 0; at < s->w->rows; at += step)
    {
      size_t n = s->w->rows - at < step ? s->w->rows - at : step;

      gemm (t, false, false, n_rows, cols, n, s->w->scale, dy + at, ldy, wide_rows (t, s, at, n),
            cols, at == 0 ? beta : 1.0f, dx, cols);
    }
}

/* The pair */

static float
pair_scale (const tl_lora_trainer *t, const tl_lora_site *s)
{
  return s->w->lora_scale * t->config.alpha / (float) s->rank;
}

/* Each site has a mask of its own, the same in forward and backward. */
static void
drop (const tl_lora_trainer *t, const tl_lora_site *s, float *x, size_t n)
{
  uint64_t site = (uint64_t) (s - t->sites) + 1;

  tl_dropout_apply (&t->ops, x, n, t->config.dropout, t->drop_key + site * 0x9e3779b97f4a7c15u);
}

/* What A takes. */
static const float *
pair_input (tl_lora_trainer *t, const tl_lora_site *s, const float *x, size_t n_rows)
{
  size_t n = n_rows * s->w->cols;

  if (!t->drops)
    return x;
  memcpy (t->dropped, x, n * sizeof *x);
  drop (t, s, t->dropped, n);
  return t->dropped;
}

void
tl_lora_product (tl_lora_trainer *t, const tl_lora_site *s, const float *x, size_t n_rows, float *y,
                 size_t ldy)
{
  size_t cols = s->w->cols, rank = s->rank;

  frozen_forward (t, s, x, n_rows, y, ldy);
  if (rank == 0)
    return;
  gemm (t, false, true, n_rows, rank, cols, 1.0f, pair_input (t, s, x, n_rows), cols,
        t->params + s->a, cols, 0.0f, t->low, rank);
  gemm (t, false, true, n_rows, s->w->rows, rank, pair_scale (t, s), t->low, rank, t->params + s->b,
        rank, 1.0f, y, ldy);
}

static void
pair_backward (tl_lora_trainer *t, const tl_lora_site *s, const float *x, size_t n_rows,
               const float *dy, size_t ldy, float *dx)
{
  size_t cols = s->w->cols, rows = s->w->rows, rank = s->rank;
  const float *input = pair_input (t, s, x, n_rows);
  const float *a = t->params + s->a;

  gemm (t, false, true, n_rows, rank, cols, 1.0f, input, cols, a, cols, 0.0f, t->low, rank);
  gemm (t, true, false, rows, rank, n_rows, pair_scale (t, s), dy, ldy, t->low, rank, 1.0f,
        t->grads + s->b, rank);
  gemm (t, false, false, n_rows, rank, rows, pair_scale (t, s), dy, ldy, t->params + s->b, rank,
        0.0f, t->dlow, rank);
  gemm (t, true, false, rank, cols, n_rows, 1.0f, t->dlow, rank, input, cols, 1.0f,
        t->grads + s->a, cols);
  gemm (t, false, false, n_rows, cols, rank, 1.0f, t->dlow, rank, a, cols, t->drops ? 0.0f : 1.0f,
        t->drops ? t->dropped : dx, cols);
  if (t->drops)
    {
      drop (t, s, t->dropped, n_rows * cols);
      t->ops.elementwise->add (dx, t->dropped, n_rows * cols);
    }
}

void
tl_lora_product_backward (tl_lora_trainer *t, const tl_lora_site *s, const float *x, size_t n_rows,
                          const float *dy, size_t ldy, float *dx, float beta)
{
  frozen_backward (t, s, dy, n_rows, ldy, dx, beta);
  if (s->full)
    gemm (t, true, false, s->w->rows, s->w->cols, n_rows, s->w->scale, dy, ldy, x, s->w->cols, 1.0f,
          t->grads + s->a, s->w->cols);
  if (s->rank > 0)
    pair_backward (t, s, x, n_rows, dy, ldy, dx);
}
