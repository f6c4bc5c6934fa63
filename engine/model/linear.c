/* SPDX-License-Identifier: Apache-2.0 */
/* Products of weights and activations. Rows are split over the pool. Packed weights, which
 * all quantised ones are, meet activations in bytes, a panel at a time. Of the others, a few tokens
 * go through dot products; many go through the packed f32 product, which takes all types but F32
 * widened, a tile of rows at a time. */
#include "model/linear.h"

#include <assert.h>

/* Rows of weights that are used for all tokens before the next ones: at most some 20 KiB of the
 * first-level cache, beside the activations. */
#define ROWS_TILE 16

/* Below this many multiplications waking the pool costs more than it saves, about a microsecond. */
#define POOL_MIN_WORK (64u * 1024u)

/* The same for panels, which do some 100 multiplications a nanosecond. */
#define PANEL_MIN_WORK (256u * 1024u)

/* Panels that are best done together. */
#define PANELS_TILE 4

typedef struct
{
  const tl_linear_ctx *c;
  const tl_linear_job *jobs;
  size_t               n_jobs;
  const float         *x;
  size_t               n, cols;
  tl_acts              acts; /* for panels */
} linear_run;

static const void *
row_of (const tl_matrix *w, size_t row)
{
  return (const char *) w->data + row * w->row_bytes;
}

/* One row of weights against one token. */
static float
dot_row (const tl_kernels *k, const tl_matrix *w, const void *row, const float *x)
{
  if (w->type == TL_TYPE_F16)
    return k->dot_f16 (x, row, w->cols);
  if (w->type == TL_TYPE_BF16)
    return k->dot_bf16 (row, x, w->cols);
  return k->dot_f32 (row, x, w->cols);
}

/* Rows [begin, end) of one job for all tokens. */
static void
dot_rows (const linear_run *r, const tl_linear_job *job, size_t begin, size_t end)
{
  const tl_matrix *w = job->w;

  for (size_t tile = begin; tile < end; tile += ROWS_TILE)
    {
      size_t tile_end = tile + ROWS_TILE < end ? tile + ROWS_TILE : end;

      for (size_t t = 0; t < r->n; t++)
        for (size_t row = tile; row < tile_end; row++)
          job->y[t * w->rows + row] = dot_row (r->c->k, w, row_of (w, row), r->x + t * r->cols);
    }
}

/* The first of @n items that belong to @part, in whole groups of @group. */
static size_t
part_begin (size_t n, size_t group, unsigned part, unsigned n_parts)
{
  size_t n_groups = (n + group - 1) / group;
  size_t begin = n_groups * part / n_parts * group;

  return begin < n ? begin : n;
}

static void
quantize_part (void *data, unsigned part, unsigned n_parts)
{
  const linear_run *r = data;
  size_t end = part_begin (r->n, 1, part + 1, n_parts);

  for (size_t t = part_begin (r->n, 1, part, n_parts); t < end; t++)
    r->c->k->quantize_acts (&r->acts, t, r->x + t * r->cols);
}

static void
mul_part (void *data, unsigned part, unsigned n_parts)
{
  const linear_run *r = data;

  for (size_t j = 0; j < r->n_jobs; j++)
    {
      const tl_panels *w = r->jobs[j].w->panels;
      size_t begin = part_begin (w->n_panels, PANELS_TILE, part, n_parts);
      size_t end = part_begin (w->n_panels, PANELS_TILE, part + 1, n_parts);

      r->c->k->mul_panels (w, begin, end, &r->acts, r->n, r->jobs[j].y, w->rows);
    }
}

/* Parts are small enough that a thread that comes late finds some left, if the work is worth it. */
static void
panel_jobs (linear_run *r)
{
  unsigned n_parts = 4 * tl_pool_get_n_threads (r->c->pool);
  size_t work = 0;

  r->acts = r->c->acts;
  r->acts.cols = r->cols;
  r->acts.group = tl_panel_group (r->jobs[0].w->panels->form);
  for (size_t j = 0; j < r->n_jobs; j++)
    work += r->n * r->cols * r->jobs[j].w->rows;
  if (work < PANEL_MIN_WORK)
    n_parts = 1;
  tl_pool_share (r->c->pool, r->n < n_parts ? 1 : n_parts, quantize_part, r);
  tl_pool_share (r->c->pool, n_parts, mul_part, r);
}

static void
run_dots (void *data, unsigned part, unsigned n_parts)
{
  const linear_run *r = data;

  for (size_t j = 0; j < r->n_jobs; j++)
    {
      size_t rows = r->jobs[j].w->rows;
      size_t begin = part_begin (rows, ROWS_TILE, part, n_parts);
      size_t end = part_begin (rows, ROWS_TILE, part + 1, n_parts);

      dot_rows (r, &r->jobs[j], begin, end);
    }
}

typedef struct
{
  const tl_linear_ctx *c;
  const tl_matrix     *w;
  size_t               begin, n_rows;
} widen_run;

static void
widen_rows (void *data, unsigned part, unsigned n_parts)
{
  const widen_run *r = data;
  size_t end = part_begin (r->n_rows, 1, part + 1, n_parts);

  for (size_t i = part_begin (r->n_rows, 1, part, n_parts); i < end; i++)
    {
      const void *src = row_of (r->w, r->begin + i);
      float *dst = r->c->tile + i * r->w->cols;

      if (r->w->type == TL_TYPE_F16)
        r->c->k->f16_to_f32 (dst, src, r->w->cols);
      else
        tl_type_get_info ((uint32_t) r->w->type)->dequantize (dst, src, r->w->cols);
    }
}

static void
gemm_job (const linear_run *r, const tl_linear_job *job)
{
  const tl_matrix *w = job->w;
  size_t tile_rows = w->type == TL_TYPE_F32 ? w->rows : TL_LINEAR_TILE_FLOATS / w->cols;

  for (size_t begin = 0; begin < w->rows; begin += tile_rows)
    {
      size_t n_rows = w->rows - begin < tile_rows ? w->rows - begin : tile_rows;
      const float *b = w->data;

      if (w->type != TL_TYPE_F32)
        {
          widen_run widen = { r->c, w, begin, n_rows };

          tl_pool_share (r->c->pool, tl_pool_get_n_threads (r->c->pool), widen_rows, &widen);
          b = r->c->tile;
        }
      tl_sgemm (r->c->k, r->c->pool, false, true, r->n, n_rows, w->cols, 1.0f, r->x, w->cols, b,
                w->cols, 0.0f, job->y + begin, w->rows, r->c->scratch);
    }
}

static bool
are_alike (const tl_matrix *a, const tl_matrix *b)
{
  if (a->panels == NULL || b->panels == NULL)
    return a->panels == b->panels;
  return tl_panel_group (a->panels->form) == tl_panel_group (b->panels->form);
}

/* How many jobs from the first on can be run as one: those that take the same activations. */
static size_t
count_alike (const tl_linear_job *jobs, size_t n_jobs)
{
  size_t n = 1;

  while (n < n_jobs && are_alike (jobs[n].w, jobs[0].w))
    n++;
  return n;
}

static void
dot_jobs (const linear_run *r)
{
  size_t work = 0;

  for (size_t j = 0; j < r->n_jobs; j++)
    work += r->n * r->cols * r->jobs[j].w->rows;
  tl_pool_share (r->c->pool, work < POOL_MIN_WORK ? 1 : tl_pool_get_n_threads (r->c->pool),
                 run_dots, (void *) (uintptr_t) r);
}

static void
finish_results (const tl_linear_ctx *c, const tl_linear_job *jobs, size_t n_jobs, const float *x,
                size_t n)
{
  for (size_t j = 0; j < n_jobs; j++)
    {
      tl_matrix_scale (jobs[j].w, jobs[j].y, n * jobs[j].w->rows);
      if (jobs[j].lora != NULL)
        tl_lora_add (jobs[j].lora, c->k, c->pool, x, n, jobs[j].y);
    }
}

void
tl_linear (const tl_linear_ctx *c, const tl_linear_job *jobs, size_t n_jobs, const float *x,
           size_t n)
{
  linear_run r = { c, jobs, 0, x, n, jobs[0].w->cols, { 0 } };

  assert (n > 0 && n_jobs > 0 && r.cols <= TL_LINEAR_TILE_FLOATS);
  for (size_t done = 0; done < n_jobs; done += r.n_jobs)
    {
      r.jobs = &jobs[done];
      r.n_jobs = count_alike (r.jobs, n_jobs - done);
      if (r.jobs[0].w->panels != NULL)
        panel_jobs (&r);
      else if (n <= TL_LINEAR_FEW_TOKENS)
        dot_jobs (&r);
      else
        for (size_t j = 0; j < r.n_jobs; j++)
          gemm_job (&r, &r.jobs[j]);
    }
  finish_results (c, jobs, n_jobs, x, n);
}
