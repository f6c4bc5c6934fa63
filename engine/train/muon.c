/* SPDX-License-Identifier: Apache-2.0 */
/* The Newton-Schulz iteration and the step of Muon; see muon.h. */
#include "train/muon.h"

#include <math.h>
#include <string.h>

static size_t
smaller (size_t a, size_t b)
{
  return a < b ? a : b;
}

size_t
tl_muon_scratch_floats (size_t rows, size_t cols)
{
  size_t n = smaller (rows, cols);

  return 2 * n * n + rows * cols;
}

/* The product with the smaller side's Gram matrix: x x^T from the left, or x^T x from the right. */
static void
newton_schulz (const tl_ops *o, float *x, size_t rows, size_t cols, float *scratch)
{
  const float a = 3.4445f, b = -4.7750f, c = 2.0315f;
  bool   wide = rows <= cols;
  size_t n = smaller (rows, cols);
  float *gram = scratch, *poly = gram + n * n, *old = poly + n * n;

  tl_sgemm (o->kernels, o->pool, !wide, wide, n, n, wide ? cols : rows, 1.0f, x, cols, x, cols,
            0.0f, gram, n, o->gemm);
  memcpy (poly, gram, n * n * sizeof *poly);
  tl_sgemm (o->kernels, o->pool, false, false, n, n, n, c, gram, n, gram, n, b, poly, n, o->gemm);
  memcpy (old, x, rows * cols * sizeof *old);
  if (wide)
    tl_sgemm (o->kernels, o->pool, false, false, rows, cols, n, 1.0f, poly, n, old, cols, a, x,
              cols, o->gemm);
  else
    tl_sgemm (o->kernels, o->pool, false, false, rows, cols, n, 1.0f, old, cols, poly, n, a, x,
              cols, o->gemm);
}

void
tl_muon_orthogonalise (const tl_ops *o, float *x, size_t rows, size_t cols, float *scratch)
{
  double norm = sqrt (o->elementwise->sum_squares (x, rows * cols));

  /* No singular value is above the Frobenius norm; the iteration converges from [0, 1]. */
  o->elementwise->scale (x, (float) (1.0 / (norm + 1e-30)), rows * cols);
  for (int i = 0; i < 5; i++)
    newton_schulz (o, x, rows, cols, scratch);
}

void
tl_muon_step (const tl_ops *o, const tl_muon_params *p, float lr_scale, float *w, float *grad,
              float *m, size_t rows, size_t cols, float *scratch)
{
  const tl_elementwise *e = o->elementwise;
  size_t n = rows * cols;
  float  lr = p->lr * lr_scale;

  e->scale (m, p->momentum, n);
  e->add (m, grad, n);
  for (size_t i = 0; i < n; i++)
    grad[i] += p->momentum * m[i];
  tl_muon_orthogonalise (o, grad, rows, cols, scratch);
  e->scale (grad, -0.2f * sqrtf ((float) (rows > cols ? rows : cols)) * lr, n);
  e->scale (w, 1.0f - lr * p->weight_decay, n);
  e->add (w, grad, n);
}
