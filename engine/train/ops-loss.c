/* SPDX-License-Identifier: Apache-2.0 */
/* The two losses, each with its gradient in the place of the logits. Sums are in double and by
 * chunk, so that they do not depend on the number of threads. */
#include "train/ops.h"

#include <assert.h>
#include <math.h>
#include <string.h>

typedef struct
{
  const tl_ops  *o;
  size_t         width;
  float         *logits;
  const int32_t *classes;
  const float   *targets, *weights;
  float          scale;
  double         sums[TL_OPS_CHUNKS];
} loss_job;

static double
sum_chunks (const loss_job *job, size_t n_chunks)
{
  double sum = 0.0;

  for (size_t c = 0; c < n_chunks; c++)
    sum += job->sums[c];
  return sum;
}

/* d/dz_j of -log softmax (z)[t] = softmax (z)[j] - [j = t] */
static void
softmax_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  loss_job *job = data;
  const tl_elementwise *e = job->o->elementwise;
  double sum = 0.0;

  for (size_t r = begin; r < end; r++)
    {
      float  *z = job->logits + r * job->width;
      int32_t target = job->classes[r];
      float   logit;

      if (target < 0)
        {
          memset (z, 0, job->width * sizeof *z);
          continue;
        }
      assert ((size_t) target < job->width);
      logit = z[target];
      sum += e->softmax (z, job->width) - logit;
      e->scale (z, job->scale, job->width);
      z[target] -= job->scale;
    }
  job->sums[chunk] = sum;
}

double
tl_softmax_cross_entropy (const tl_ops *o, size_t rows, size_t n_classes, float *logits,
                          const int32_t *targets, float scale)
{
  loss_job job = { .o = o, .width = n_classes, .logits = logits, .classes = targets,
                   .scale = scale };

  return sum_chunks (&job, tl_ops_for_rows (o, rows, softmax_rows, &job));
}

typedef struct
{
  const tl_ops          *o;
  const tl_distillation *d;
  size_t                 width;
  float                 *logits, *teacher, *scratch;
  const int32_t         *classes;
  double                 sums[TL_OPS_CHUNKS];
} distillation_job;

/* T^2 KL (q || p) of one row's softened distributions; leaves T (p - q) in @p, its gradient. With
 * log q = u / T - lse (u / T), and the same of p, no logarithm of a small number is taken. */
static double
soften_row (const distillation_job *job, const float *z, float *u, float *p)
{
  const tl_elementwise *e = job->o->elementwise;
  float  T = job->d->temperature;
  size_t n = job->width;
  float  lse_p, lse_q, kl;

  memcpy (p, z, n * sizeof *p);
  e->scale (p, 1.0f / T, n);
  e->scale (u, 1.0f / T, n);
  lse_p = e->log_sum_exp (p, n);
  lse_q = e->log_sum_exp (u, n);
  kl = e->kl_gradient (p, u, lse_p, lse_q, n);
  e->scale (p, T, n);
  return T * T * kl;
}

static void
distillation_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  distillation_job *job = data;
  const tl_elementwise *e = job->o->elementwise;
  float  weight = job->d->weight;
  double sum = 0.0;

  for (size_t r = begin; r < end; r++)
    {
      float  *z = job->logits + r * job->width;
      float  *soft = job->scratch + r * job->width;
      int32_t target = job->classes[r];
      float   logit;

      if (target < 0)
        {
          memset (z, 0, job->width * sizeof *z);
          continue;
        }
      assert ((size_t) target < job->width);
      logit = z[target];
      sum += weight * soften_row (job, z, job->teacher + r * job->width, soft);
      sum += (1.0 - weight) * (e->softmax (z, job->width) - logit);
      z[target] -= 1.0f;
      e->scale (z, (1.0f - weight) * job->d->scale, job->width);
      e->scale (soft, weight * job->d->scale, job->width);
      e->add (z, soft, job->width);
    }
  job->sums[chunk] = sum;
}

double
tl_softmax_distillation (const tl_ops *o, size_t rows, size_t n_classes, float *logits,
                         float *teacher, float *scratch, const int32_t *targets,
                         const tl_distillation *d)
{
  distillation_job job = { .o = o, .d = d, .width = n_classes, .logits = logits,
                           .teacher = teacher, .scratch = scratch, .classes = targets };
  size_t n_chunks = tl_ops_for_rows (o, rows, distillation_rows, &job);
  double sum = 0.0;

  for (size_t c = 0; c < n_chunks; c++)
    sum += job.sums[c];
  return sum;
}

/* d/dz = sigmoid (z) - t */
static void
sigmoid_rows (void *data, size_t begin, size_t end, size_t chunk)
{
  loss_job *job = data;
  double sum = 0.0;

  for (size_t i = begin; i < end; i++)
    {
      float z = job->logits[i];
      float t = job->targets[i];
      float weight = job->weights != NULL ? job->weights[i] : 1.0f;
      float small = expf (-fabsf (z));
      float sigmoid = (z >= 0.0f ? 1.0f : small) / (1.0f + small);

      sum += weight * ((z > 0.0f ? z : 0.0f) - z * t + log1pf (small));
      job->logits[i] = job->scale * weight * (sigmoid - t);
    }
  job->sums[chunk] = sum;
}

double
tl_sigmoid_cross_entropy (const tl_ops *o, size_t n, float *logits, const float *targets,
                          const float *weights, float scale)
{
  loss_job job = { .o = o, .width = 1, .logits = logits, .targets = targets, .weights = weights,
                   .scale = scale };

  return sum_chunks (&job, tl_ops_for_rows (o, n, sigmoid_rows, &job));
}
