/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic, one struct of function pointers: filled with the C reference, then overridden in
 * ascending ISA order by what tl_cpu_get_flags() allows. Kernels assert shapes, never fail, never
 * allocate, and take any alignment. Sums may differ between paths in the last bits; on one path the
 * result does not depend on the number of threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gguf/quant.h"
#include "kernels/panel.h"
#include "kernels/pool.h"

/* Queries of heads that share their keys and values, for attention's steps. */
#define TL_MAX_QUERIES 6

/* Positions a tile of keys; a cache has room for whole tiles. */
#define TL_KEY_TILE 64

typedef struct
{
  size_t             n, head_dim;
  const float *const *q;      /* [n] of [head_dim] */
  float *const       *y;      /* [n] of [head_dim] */
  float              *scores; /* [n, ld] */
  size_t              ld;
  float               scale;
  bool                half; /* the cache's floats are IEEE halves */
} tl_queries;

typedef struct
{
  const char *name; /* "c", "sse2", "ssse3", "avx2", "avx512", "avx512vnni", "neon", "dotprod",
                       "simd128" */

  /* vectors of n floats; an output may be one of the inputs, but not overlap it otherwise */
  float (*dot_f32)     (const float *a, const float *b, size_t n);
  void  (*axpy_f32)    (float *y, float a, const float *x, size_t n);      /* y += a x */
  void  (*rms_norm)    (float *y, const float *x, const float *w, float eps, size_t n);
  void  (*exp_f32)     (float *y, const float *x, size_t n);
  void  (*softmax)     (float *x, size_t n);                               /* in place, max-shifted */
  void  (*silu_mul)    (float *y, const float *gate, const float *up, size_t n); /* y = silu(gate)*up */
  void  (*f32_to_f16)  (uint16_t *dst, const float *src, size_t n);
  void  (*f16_to_f32)  (float *dst, const uint16_t *src, size_t n);

  float (*dot_f16)     (const float *q, const uint16_t *k, size_t n);
  void  (*mul_f16)     (float *y, const float *x, const uint16_t *h, size_t n); /* y = x h */

  /* Attention's steps. scores[i, p] = scale q[i] . k[p] for p < n, and anything up to the next
   * multiple of TL_KEY_TILE; keys are [positions / 16, head_dim, 16]. Then
   * y[i] += sum_p scores[i, p] v[p] for p in [begin, end); values are [positions, head_dim]. A query's
   * result is the same to the bit for any a->n, and for a range in one piece or several. */
  void  (*attend_scores) (const tl_queries *a, const void *keys, size_t n);
  void  (*attend_mix)    (const tl_queries *a, const void *values, size_t begin, size_t end);
  /* (x[i], x[i + 1]), i even, turns by the angle of cosine cs[i] and sine cs[i + 1]. */
  void  (*rope)          (float *x, const float *cs, size_t n);

  float (*dot_bf16)      (const uint16_t *w, const float *x, size_t n);

  /* Row @token of @dst from [dst->cols] floats; the same bytes and sums on every path. */
  void  (*quantize_acts) (const tl_acts *dst, size_t token, const float *x);
  /* y[t * ldy + r] = sum_i W[r, i] x[t, i] for the rows r of panels [begin, end) and n tokens. A
   * token's result is the same to the bit for any @n and any range. */
  void  (*mul_panels)    (const tl_panels *w, size_t begin, size_t end, const tl_acts *x, size_t n,
                          float *y, size_t ldy);

  /* dst[p, i] = src[i, p]: @rows rows of @k floats, @ld apart, become a panel [k, width]; its columns
   * from @rows to @width are zero. */
  void  (*pack_transposed) (float *dst, size_t width, const float *src, size_t ld, size_t rows,
                            size_t k);

  /* GEMM micro-kernel over packed panels: C[mr, nr] = A[k, mr]^T B[k, nr], added to what is in C when
   * @add, which is else not read; ldc in floats. */
  size_t mr, nr;
  void  (*sgemm_micro)   (size_t k, const float *a, const float *b, float *c, size_t ldc, bool add);
} tl_kernels;

/**
 * tl_kernels_get:
 * Returns: (transfer none): the best table for the current flags; a static, immutable object.
 */
const tl_kernels *tl_kernels_get (void);

/* Up to so many rows or columns tl_sgemm() takes a dot product for each element, which is faster:
 * 1 x 256 x 256 6 times, in AVX-512. */
#define TL_SGEMM_THIN 4u

/**
 * tl_sgemm:
 * C[m, n] = alpha op(A) op(B) + beta C, row-major, op(A) is [m, k] and op(B) is [k, n]; @lda, @ldb and
 * @ldc are row strides of the stored matrices in floats. beta 0 never reads C. Blocked and packed
 * (Goto & van de Geijn 2008). @scratch holds tl_sgemm_scratch_floats() floats, 64-byte aligned.
 * Splits over @pool (NULL: one thread); the result is the same for any number of threads.
 */
void   tl_sgemm                (const tl_kernels *k, tl_pool *pool, bool trans_a, bool trans_b,
                                size_t m, size_t n, size_t kk, float alpha, const float *a, size_t lda,
                                const float *b, size_t ldb, float beta, float *c, size_t ldc,
                                float *scratch);
size_t tl_sgemm_scratch_floats (const tl_kernels *k, unsigned n_threads);
