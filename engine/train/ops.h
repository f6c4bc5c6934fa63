/* SPDX-License-Identifier: Apache-2.0 */
/* The small differentiable steps that heads and trunks are made of: forward beside backward, over
 * all rows of a batch at once. Matrices are row-major, [rows, cols]; a weight is [out, in] and
 * y = W x, as GGUF stores it. "+=" in a comment means that gradients are added to what is there,
 * so several uses of one parameter sum up by themselves. Results do not depend on the number of
 * threads: sums over rows are cut into TL_OPS_CHUNKS fixed parts, added in order. */
#pragma once

#include "base/rng.h"
#include "kernels/kernels.h"
#include "train/elementwise.h"

#define TL_OPS_CHUNKS 32

typedef struct
{
  const tl_kernels     *kernels;
  const tl_elementwise *elementwise;
  tl_pool              *pool;     /* borrowed, may be NULL */
  size_t                max_width;
  float                *gemm;     /* scratch of tl_sgemm, also split between threads in attention */
  float                *partials; /* [TL_OPS_CHUNKS, max_width] */
  void                 *memory;
} tl_ops;

/**
 * tl_ops_init:
 * @max_width: the longest row that the backward of a norm or of a bias will see
 *
 * Chooses the kernels for the current CPU flags and takes the scratch memory that all calls share,
 * so one tl_ops serves one thread at a time. The caller ends it with tl_ops_clear().
 */
bool tl_ops_init  (tl_ops *o, size_t max_width, tl_pool *pool, tl_error *err);
void tl_ops_clear (tl_ops *o);

/* Floats of o->gemm that each thread has to itself inside a parallel section (a whole number of
 * cache lines): thread i's tl_sgemm scratch is o->gemm + i * tl_ops_thread_floats (o). */
size_t tl_ops_thread_floats (const tl_ops *o);

/**
 * tl_ops_for_rows:
 * @func: runs on rows [begin, end); @chunk in [0, TL_OPS_CHUNKS) numbers the part
 *
 * Cuts @n_rows into at most TL_OPS_CHUNKS parts, the same for any number of threads, and runs them
 * over the pool. Returns: the number of parts.
 */
typedef void (*tl_rows_func) (void *data, size_t begin, size_t end, size_t chunk);
size_t tl_ops_for_rows (const tl_ops *o, size_t n_rows, tl_rows_func func, void *data);

/* dst[i] += the sum of the first @n_chunks rows of o->partials; what a row function leaves there
 * for each chunk (which it must clear first) becomes one gradient. */
void tl_ops_add_partials (const tl_ops *o, size_t n_chunks, float *dst, size_t width);

/**
 * tl_linear_forward:
 * @x: [rows, in]; @w: [out, in]; @bias: (nullable): [out]; @y: (out): [rows, out]
 *
 * y = x W^T + b
 */
void tl_linear_forward (const tl_ops *o, size_t rows, size_t in, size_t out, const float *x,
                        const float *w, const float *bias, float *y);

/**
 * tl_linear_backward:
 * @dy: [rows, out]; @dx: (out) (nullable): [rows, in]; may not alias @dy
 * @beta: 0 overwrites @dx, 1 adds to it (several heads over one trunk)
 * @dw: (nullable): += [out, in]; @db: (nullable): += [out]
 *
 * dx = dy W + beta dx,  dW += dy^T x,  db += sum over rows of dy
 */
void tl_linear_backward (const tl_ops *o, size_t rows, size_t in, size_t out, const float *x,
                         const float *w, const float *dy, float *dx, float beta, float *dw,
                         float *db);

/**
 * tl_rms_norm_forward:
 * @x: [rows, n]; @gain: [n]; @y: (out): [rows, n]; may alias @x
 *
 * y = gain * x / sqrt (mean (x^2) + eps); Zhang & Sennrich 2019, arXiv:1910.07467.
 */
void tl_rms_norm_forward (const tl_ops *o, size_t rows, size_t n, const float *x,
                          const float *gain, float eps, float *y);

/**
 * tl_rms_norm_backward:
 * @x: [rows, n] the forward's input; @dy: [rows, n]; @dx: [rows, n]; may alias @dy when @beta is 0
 * @beta: 0 overwrites @dx, 1 adds to it (a residual stream)
 * @dgain: (nullable): += [n]
 *
 * With r = 1 / sqrt (mean (x^2) + eps) and g = gain * dy:
 *   dx = r g - x r^3 mean (g x) + beta dx,   dgain += sum over rows of dy x r
 */
void tl_rms_norm_backward (const tl_ops *o, size_t rows, size_t n, const float *x,
                           const float *gain, float eps, const float *dy, float *dx, float beta,
                           float *dgain);

/**
 * tl_dropout_apply:
 * @x: [n], in place
 * @p: the probability that an element becomes 0; the others are scaled by 1 / (1 - p)
 * @key: names the mask, e.g. one tl_rng_next() a use
 *
 * The mask is a hash of (key, index), so it needs no memory, and backward is the same call on the
 * gradient. Srivastava et al. 2014, JMLR 15.
 */
void     tl_dropout_apply     (const tl_ops *o, float *x, size_t n, float p, uint64_t key);
uint32_t tl_dropout_threshold (float p); /* of the elementwise kernel: p in [0, 1) as 32 bits */

/**
 * tl_softmax_cross_entropy:
 * @logits: [rows, n_classes]; becomes d loss / d logits times @scale
 * @targets: [rows] class, or -1: the row counts nothing and its gradient is 0
 * @scale: usually 1 / (number of rows that count)
 *
 * Returns: the sum over rows of -log softmax (logits)[target], in nats, not scaled.
 */
double tl_softmax_cross_entropy (const tl_ops *o, size_t rows, size_t n_classes, float *logits,
                                 const int32_t *targets, float scale);

/* How a student learns from a teacher: see tl_softmax_distillation(). */
typedef struct
{
  float weight;      /* of the teacher's part, in [0, 1] */
  float temperature; /* > 0 */
  float scale;       /* usually 1 / (number of rows that count) */
} tl_distillation;

/**
 * tl_softmax_distillation:
 * @logits: [rows, n_classes] the student's; becomes d loss / d logits times the scale
 * @teacher: [rows, n_classes] logits of the teacher; used up
 * @scratch: [rows, n_classes]
 * @targets: [rows] class, or -1: the row counts nothing and its gradient is 0
 *
 * With p = softmax (z / T) of the student, q the same of the teacher:
 *   loss = (1 - w) (-log softmax (z)[target]) + w T^2 sum q log (q / p)
 * T^2 keeps the gradient's size at any temperature. Hinton et al. 2015, arXiv:1503.02531.
 * Returns: the sum of the rows' losses, not scaled.
 */
double tl_softmax_distillation (const tl_ops *o, size_t rows, size_t n_classes, float *logits,
                                float *teacher, float *scratch, const int32_t *targets,
                                const tl_distillation *d);

/**
 * tl_sigmoid_cross_entropy:
 * @logits: [n]; becomes d loss / d logits times @scale
 * @targets: [n] probabilities in [0, 1], hard or soft
 * @weights: (nullable): [n] factor of each element; 0 leaves it out
 *
 * loss_i = weight_i (max (z, 0) - z t + log (1 + exp (-|z|))), which cannot overflow.
 * Returns: the sum of loss_i, not scaled.
 */
double tl_sigmoid_cross_entropy (const tl_ops *o, size_t n, float *logits, const float *targets,
                                 const float *weights, float scale);
