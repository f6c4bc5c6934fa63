/* SPDX-License-Identifier: Apache-2.0 */
/* The f32 matrix product, blocked and packed as in Goto & van de Geijn 2008, "Anatomy of
 * High-Performance Matrix Multiplication" (ACM TOMS 34, 3): a block of B is packed into panels of nr
 * columns, a block of A into panels of mr rows, and the micro-kernel walks a pair of panels with the
 * tile of C in registers. Threads split the larger of m and n at whole tiles and share nothing; each
 * element of C is summed in the order of k whoever computes it, so the bits do not depend on them. */
#include "kernels/kernels-private.h"

#include <string.h>

/* A block of A [MC, KC] stays in the second-level cache (192 KiB of 1 MiB or more), a panel of B
 * [KC, nr] in the first-level one (32 KiB for nr = 32), a block of B [KC, NC] where there is room. */
#define KC 256
#define MC 192
#define NC 1024
#define COPY_LINES 16

/* Under 2^18 multiply-adds (3 us in AVX-512) sharing costs about what it saves. */
#define MIN_PARALLEL_WORK ((size_t) 1 << 18)

/* op (X) seen from the panels: element (i, p), p along k, is data[i * stride_i + p * stride_p]; one of
 * the strides is 1. */
typedef struct
{
  const float *data;
  size_t       stride_i, stride_p;
} operand;

typedef struct
{
  const tl_kernels *k;
  operand a, b;
  size_t  m, n, kk;
  float   alpha, beta;
  float  *c;
  size_t  ldc;
  float  *scratch;
} product;

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

static size_t
round_up (size_t n, size_t unit)
{
  return (n + unit - 1) / unit * unit;
}

/* The length of even blocks of at most @max that cover @n: no sliver is left at the end. */
static size_t
even_block (size_t n, size_t max, size_t unit)
{
  size_t n_blocks = (n + max - 1) / max;

  return n_blocks > 1 ? min_size (max, round_up ((n + n_blocks - 1) / n_blocks, unit)) : n;
}

static operand
operand_at (operand x, size_t i, size_t p)
{
  x.data += i * x.stride_i + p * x.stride_p;
  return x;
}

/* A dozen or two floats, by fours: a call of memcpy would take longer than the copy. */
static inline void
copy_floats (float *dst, const float *src, size_t n)
{
  size_t i = 0;

  for (; i + 4 <= n; i += 4)
    memcpy (dst + i, src + i, 4 * sizeof *dst);
  for (; i < n; i++)
    dst[i] = src[i];
}

static void
copy_panel (float *dst, size_t width, operand x, size_t rows, size_t kc)
{
  for (size_t p = 0; p < kc; p++, dst += width)
    {
      copy_floats (dst, x.data + p * x.stride_p, rows);
      if (rows < width)
        memset (dst + rows, 0, (width - rows) * sizeof *dst);
    }
}

/* Panels one after the other, each [kc, width]. What is contiguous along the panels is copied some
 * lines at a time over all panels, so that each line is read whole while it is in the cache. */
static void
pack_block (const tl_kernels *k, float *dst, size_t width, operand x, size_t rows, size_t kc)
{
  if (x.stride_i != 1)
    {
      for (size_t i = 0; i < rows; i += width)
        k->pack_transposed (dst + i * kc, width, x.data + i * x.stride_i, x.stride_i,
                            min_size (width, rows - i), kc);
      return;
    }
  for (size_t p = 0; p < kc; p += COPY_LINES)
    {
      for (size_t i = 0; i < rows; i += width)
        copy_panel (dst + i * kc + p * width, width, operand_at (x, i, p),
                    min_size (width, rows - i), min_size (COPY_LINES, kc - p));
    }
}

static void
scale (float *x, float factor, size_t n)
{
  for (size_t i = 0; i < n; i++)
    x[i] *= factor;
}

/* C *= beta, where beta 0 clears whatever was there, NaN too. */
static void
scale_rows (float *c, size_t ldc, float beta, size_t rows, size_t cols)
{
  if (beta == 1.0f)
    return;
  for (size_t i = 0; i < rows; i++, c += ldc)
    {
      if (beta == 0.0f)
        memset (c, 0, cols * sizeof *c);
      else
        scale (c, beta, cols);
    }
}

/* A tile at the edge is computed whole beside C, and what lies inside C goes there. */
static void
edge_tile (const tl_kernels *k, size_t kc, const float *a, const float *b, float *c, size_t ldc,
           bool add, size_t rows, size_t cols)
{
  _Alignas (64) float tile[TL_SGEMM_MAX_TILE];

  assert (k->mr * k->nr <= TL_SGEMM_MAX_TILE);
  k->sgemm_micro (kc, a, b, tile, k->nr, false);
  for (size_t i = 0; i < rows; i++)
    {
      for (size_t j = 0; j < cols; j++)
        c[i * ldc + j] = add ? c[i * ldc + j] + tile[i * k->nr + j] : tile[i * k->nr + j];
    }
}

/* C[rows, cols] = beta C + a block of A times a block of B, both packed. */
static void
multiply_block (const tl_kernels *k, size_t kc, const float *a, const float *b, float beta, float *c,
                size_t ldc, size_t rows, size_t cols)
{
  bool add = beta != 0.0f;

  for (size_t j = 0; j < cols; j += k->nr)
    {
      for (size_t i = 0; i < rows; i += k->mr)
        {
          size_t mr = min_size (k->mr, rows - i), nr = min_size (k->nr, cols - j);
          float *tile = c + i * ldc + j;

          if (add)
            scale_rows (tile, ldc, beta, mr, nr);
          if (mr == k->mr && nr == k->nr)
            k->sgemm_micro (kc, a + i * kc, b + j * kc, tile, ldc, add);
          else
            edge_tile (k, kc, a + i * kc, b + j * kc, tile, ldc, add, mr, nr);
        }
    }
}

/* C[m, n] of one thread, its blocks of A and B in @scratch. */
static void
multiply (const product *g, operand a, operand b, float *c, size_t m, size_t n, float *scratch)
{
  const tl_kernels *k = g->k;
  size_t kc_max = even_block (g->kk, KC, 1);
  size_t mc_max = even_block (m, MC / k->mr * k->mr, k->mr);
  size_t nc_max = even_block (n, NC / k->nr * k->nr, k->nr);
  float *a_block = scratch, *b_block = scratch + MC * KC;

  for (size_t j = 0; j < n; j += nc_max)
    {
      size_t nc = min_size (nc_max, n - j);

      for (size_t p = 0; p < g->kk; p += kc_max)
        {
          size_t kc = min_size (kc_max, g->kk - p);

          pack_block (k, b_block, k->nr, operand_at (b, j, p), nc, kc);
          for (size_t i = 0; i < m; i += mc_max)
            {
              size_t mc = min_size (mc_max, m - i);

              pack_block (k, a_block, k->mr, operand_at (a, i, p), mc, kc);
              if (g->alpha != 1.0f)
                scale (a_block, g->alpha, round_up (mc, k->mr) * kc);
              multiply_block (k, kc, a_block, b_block, p == 0 ? g->beta : 1.0f, c + i * g->ldc + j,
                              g->ldc, mc, nc);
            }
        }
    }
}

/* A few rows or columns, both operands contiguous along k: packing would cost more than the product. */
static bool
is_thin (const product *g)
{
  return min_size (g->m, g->n) <= TL_SGEMM_THIN && g->a.stride_p == 1 && g->b.stride_p == 1;
}

static void
multiply_thin (const product *g, operand a, operand b, float *c, size_t m, size_t n)
{
  for (size_t i = 0; i < m; i++)
    {
      for (size_t j = 0; j < n; j++)
        {
          float *at = c + i * g->ldc + j;
          float sum = g->alpha * g->k->dot_f32 (operand_at (a, i, 0).data, operand_at (b, j, 0).data,
                                                g->kk);

          *at = g->beta == 0.0f ? sum : g->beta * *at + sum;
        }
    }
}

/* The larger side is split: what each thread packs for itself is the smaller operand. */
static void
multiply_part (void *data, unsigned part, unsigned n_parts)
{
  const product *g = data;
  bool by_rows = g->m >= g->n;
  size_t total = by_rows ? g->m : g->n, unit = by_rows ? g->k->mr : g->k->nr;
  size_t n_units = (total + unit - 1) / unit;
  size_t first = n_units * part / n_parts * unit;
  size_t end = min_size (n_units * (part + 1) / n_parts * unit, total);
  operand a = g->a, b = g->b;
  float *c = g->c;
  size_t m, n;

  if (first >= end)
    return;
  if (by_rows)
    {
      a = operand_at (a, first, 0);
      c += first * g->ldc;
    }
  else
    {
      b = operand_at (b, first, 0);
      c += first;
    }
  m = by_rows ? end - first : g->m;
  n = by_rows ? g->n : end - first;
  if (is_thin (g))
    multiply_thin (g, a, b, c, m, n);
  else
    multiply (g, a, b, c, m, n, g->scratch + (MC + NC) * KC * (size_t) part);
}

void
tl_sgemm (const tl_kernels *k, tl_pool *pool, bool trans_a, bool trans_b, size_t m, size_t n,
          size_t kk, float alpha, const float *a, size_t lda, const float *b, size_t ldb, float beta,
          float *c, size_t ldc, float *scratch)
{
  product g = {
    .k = k, .m = m, .n = n, .kk = kk, .alpha = alpha, .beta = beta, .c = c, .ldc = ldc,
    .a = { a, trans_a ? 1 : lda, trans_a ? lda : 1 },
    .b = { b, trans_b ? ldb : 1, trans_b ? 1 : ldb },
    .scratch = scratch,
  };

  assert (ldc >= n && lda >= (trans_a ? m : kk) && ldb >= (trans_b ? kk : n));
  assert ((uintptr_t) scratch % 64 == 0);
  if (kk == 0)
    scale_rows (c, ldc, beta, m, n);
  else if (m * n * kk < MIN_PARALLEL_WORK)
    multiply_part (&g, 0, 1);
  else
    tl_pool_share (pool, tl_pool_get_n_threads (pool), multiply_part, &g);
}

size_t
tl_sgemm_scratch_floats (const tl_kernels *k, unsigned n_threads)
{
  (void) k;
  return (MC + NC) * KC * (size_t) n_threads;
}
