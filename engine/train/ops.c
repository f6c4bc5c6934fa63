/* SPDX-License-Identifier: Apache-2.0 */
/* Linear layers, norms and dropout in forward and backward form, and the cut of rows into fixed
 * chunks that keeps every sum the same for any number of threads. The losses are in ops-loss.c. */
#include "train/ops.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fewer rows than this a chunk are not worth a helper's attention. */
#define MIN_CHUNK_ROWS 8

bool
tl_ops_init (tl_ops *o, size_t max_width, tl_pool *pool, tl_error *err)
{
  unsigned n_threads = tl_pool_get_n_threads (pool);
  size_t   n_gemm, n_partials;

  memset (o, 0, sizeof *o);
  o->kernels = tl_kernels_get ();
  o->elementwise = tl_elementwise_get ();
  o->pool = pool;
  o->max_width = max_width;

  n_gemm = tl_sgemm_scratch_floats (o->kernels, n_threads);
  if (n_gemm < n_threads * tl_ops_thread_floats (o))
    n_gemm = n_threads * tl_ops_thread_floats (o);
  n_gemm = (n_gemm + 15) / 16 * 16;
  n_partials = (TL_OPS_CHUNKS * max_width + 15) / 16 * 16;
  o->memory = aligned_alloc (64, (n_gemm + n_partials) * sizeof (float));
  if (o->memory == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory for %zu bytes of training scratch",
                         (n_gemm + n_partials) * sizeof (float));
  o->gemm = o->memory;
  o->partials = o->gemm + n_gemm;
  return true;
}

void
tl_ops_clear (tl_ops *o)
{
  free (o->memory);
  memset (o, 0, sizeof *o);
}

size_t
tl_ops_thread_floats (const tl_ops *o)
{
  return (tl_sgemm_scratch_floats (o->kernels, 1) + 15) / 16 * 16;
}

/* Chunks: the cut depends on the number of rows alone. */

typedef struct
{
  tl_rows_func func;
  void        *data;
  size_t       n_rows, chunk_rows, n_chunks;
} rows_job;

static void
run_chunks (void *data, unsigned part, unsigned n_parts)
{
  const rows_job *job = data;
  size_t first = job->n_chunks * part / n_parts;
  size_t last = job->n_chunks * (part + 1) / n_parts;

  for (size_t c = first; c < last; c++)
    {
      size_t begin = c * job->chunk_rows;
      size_t end = begin + job->chunk_rows;

      job->func (job->data, begin, end < job->n_rows ? end : job->n_rows, c);
    }
}

size_t
tl_ops_for_rows (const tl_ops *o, size_t n_rows, tl_rows_func func, void *data)
{
  rows_job job = { func, data, n_rows, (n_rows + TL_OPS_CHUNKS - 1) / TL_OPS_CHUNKS, 0 };

  if (job.chunk_rows < MIN_CHUNK_ROWS)
    job.chunk_rows = MIN_CHUNK_ROWS;
  job.n_chunks = (n_rows + job.chunk_rows - 1) / job.chunk_rows;
  if (job.n_chunks < 2)
    run_chunks (&job, 0, 1);
  else
    tl_pool_share (o->pool, tl_pool_get_n_threads (o->pool), run_chunks, &job);
  return job.n_chunks;
}

void
tl_ops_add_partials (const tl_ops *o, size_t n_chunks, float *dst, size_t width)
{
  for (size_t c = 0; c < n_chunks; c++)
    o->elementwise->add (dst, o->partials + c * width, width);
}

/* Linear */

typedef struct
{
  const tl_ops *o;
  const float  *dy;
  size_t        width;
} bias_job;

static void
sum_bias_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const bias_job *job = data;
  float *sum = job->o->partials + chunk * job->width;

  memset (sum, 0, job->width * sizeof *sum);
  for (size_t r = begin; r < end; r++)
    job->o->elementwise->add (sum, job->dy + r * job->width, job->width);
}

void
tl_linear_forward (const tl_ops *o, size_t rows, size_t in, size_t out, const float *x,
                   const float *w, const float *bias, float *y)
{
  for (size_t r = 0; bias != NULL && r < rows; r++)
    memcpy (y + r * out, bias, out * sizeof *y);
  tl_sgemm (o->kernels, o->pool, false, true, rows, out, in, 1.0f, x, in, w, in,
            bias != NULL ? 1.0f : 0.0f, y, out, o->gemm);
}

void
tl_linear_backward (const tl_ops *o, size_t rows, size_t in, size_t out, const float *x,
                    const float *w, const float *dy, float *dx, float beta, float *dw, float *db)
{
  if (dx != NULL)
    tl_sgemm (o->kernels, o->pool, false, false, rows, in, out, 1.0f, dy, out, w, in, beta, dx, in,
              o->gemm);
  if (dw != NULL)
    tl_sgemm (o->kernels, o->pool, true, false, out, in, rows, 1.0f, dy, out, x, in, 1.0f, dw, in,
              o->gemm);
  if (db != NULL)
    {
      bias_job job = { o, dy, out };

      assert (out <= o->max_width);
      tl_ops_add_partials (o, tl_ops_for_rows (o, rows, sum_bias_rows, &job), db, out);
    }
}

/* Norm */

typedef struct
{
  const tl_ops *o;
  size_t        n;
  const float  *x, *gain, *dy;
  float        *out; /* y or dx */
  float         eps, beta;
  bool          want_gain;
} norm_job;

static void
norm_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  const norm_job *job = data;

  (void) chunk;
  for (size_t r = begin; r < end; r++)
    job->o->kernels->rms_norm (job->out + r * job->n, job->x + r * job->n, job->gain, job->eps,
                               job->n);
}

void
tl_rms_norm_forward (const tl_ops *o, size_t rows, size_t n, const float *x, const float *gain,
                     float eps, float *y)
{
  norm_job job = { .o = o, .n = n, .x = x, .gain = gain, .out = y, .eps = eps };

  tl_ops_for_rows (o, rows, norm_rows, &job);
}

static void
norm_rows_backward (void *data, size_t begin, size_t end, size_t chunk)
{
  const norm_job *job = data;
  float *dgain = job->want_gain ? job->o->partials + chunk * job->n : NULL;

  if (dgain != NULL)
    memset (dgain, 0, job->n * sizeof *dgain);
  for (size_t r = begin; r < end; r++)
    job->o->elementwise->rms_norm_backward (job->out + r * job->n, job->beta, dgain,
                                            job->dy + r * job->n, job->x + r * job->n, job->gain,
                                            job->eps, job->n);
}

void
tl_rms_norm_backward (const tl_ops *o, size_t rows, size_t n, const float *x, const float *gain,
                      float eps, const float *dy, float *dx, float beta, float *dgain)
{
  norm_job job = { o, n, x, gain, dy, dx, eps, beta, dgain != NULL };
  size_t   n_chunks;

  assert (dgain == NULL || n <= o->max_width);
  n_chunks = tl_ops_for_rows (o, rows, norm_rows_backward, &job);
  if (dgain != NULL)
    tl_ops_add_partials (o, n_chunks, dgain, n);
}

/* Dropout */

void
tl_dropout_apply (const tl_ops *o, float *x, size_t n, float p, uint64_t key)
{
  if (p > 0.0f)
    o->elementwise->dropout (x, key, 0, tl_dropout_threshold (p), 1.0f / (1.0f - p), n);
}

uint32_t
tl_dropout_threshold (float p)
{
  return (uint32_t) (p * 4294967296.0); /* p < 1 */
}
