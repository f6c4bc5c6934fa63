/* SPDX-License-Identifier: Apache-2.0 */
/* Forward and backward of a whole language model: embedding, block stack, head, cross-entropy. A
 * batch goes through the blocks in micro-batches and through the head in smaller pieces still, so
 * that memory depends on neither the batch nor the vocabulary times the batch. */
#include "train/lm-train-private.h"

#include <math.h>
#include <string.h>

static void
gather (tl_lm_trainer *t, const int32_t *ids, size_t n_rows)
{
  size_t n = t->config.blocks.n_embd;

  for (size_t r = 0; r < n_rows; r++)
    memcpy (t->x + r * n, t->params + (size_t) ids[r] * n, n * sizeof *t->x);
}

/* In the order of the rows, so that a token's sum is always the same. */
static void
scatter_gradient (tl_lm_trainer *t, const int32_t *ids, size_t n_rows)
{
  size_t n = t->config.blocks.n_embd;

  for (size_t r = 0; r < n_rows; r++)
    t->ops.elementwise->add (t->grads + (size_t) ids[r] * n, t->x + r * n, n);
}

/* Softmax and loss of @rows rows of t->logits, which become their gradient. */
static double
rows_loss (tl_lm_trainer *t, const int32_t *targets, size_t at, size_t rows, float scale,
           bool distil)
{
  const tl_lm_trainer *teacher = t->teacher;
  tl_distillation d = { t->teacher_weight, t->temperature, scale };
  size_t n = distil ? teacher->config.blocks.n_embd : 0;

  if (!distil)
    return tl_softmax_cross_entropy (&t->ops, rows, t->config.n_vocab, t->logits, targets + at,
                                     scale);
  tl_linear_forward (&t->ops, rows, n, t->config.n_vocab, teacher->y + at * n,
                     teacher->params + teacher->head_at, NULL, teacher->logits);
  return tl_softmax_distillation (&t->ops, rows, t->config.n_vocab, t->logits, teacher->logits,
                                  t->softened, targets + at, &d);
}

/* The loss summed over the rows of t->y; with @backward t->dy and the head's gradient too. */
static double
head_loss (tl_lm_trainer *t, const int32_t *targets, size_t n_rows, float scale, bool backward,
           bool distil)
{
  size_t n = t->config.blocks.n_embd;
  size_t n_vocab = t->config.n_vocab;
  const float *head = t->params + t->head_at;
  double sum = 0.0;

  for (size_t at = 0; at < n_rows; at += t->head_rows)
    {
      size_t rows = n_rows - at < t->head_rows ? n_rows - at : t->head_rows;
      const float *y = t->y + at * n;

      tl_linear_forward (&t->ops, rows, n, n_vocab, y, head, NULL, t->logits);
      sum += rows_loss (t, targets, at, rows, scale, distil);
      if (backward)
        tl_linear_backward (&t->ops, rows, n, n_vocab, y, head, t->logits, t->dy + at * n, 0.0f,
                            t->grads + t->head_at, NULL);
    }
  return sum;
}

void
tl_lm_quantise (const tl_lm_trainer *t, float lambda, float *y)
{
  const tl_qat_config *q = &t->config.quant;
  const float *blocks = t->params + t->blocks_at;

  for (size_t i = 0; i < tl_blocks_n_tensors (&t->config.blocks); i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (&t->config.blocks, i);
      const float *w = blocks + tensor.offset;
      size_t n = tensor.rows * tensor.cols;
      float  scale = q->tensor_scale ? tl_qat_tensor_scale (w, n) : 0.0f;

      if (tensor.rows == 1)
        memcpy (y + tensor.offset, w, n * sizeof *w);
      for (size_t r = 0; tensor.rows > 1 && r < tensor.rows; r++)
        tl_qat_weights (q->kind, lambda, scale, y + tensor.offset + r * tensor.cols,
                        w + r * tensor.cols, tensor.cols);
    }
}

/* The parameters that the blocks' products see at the current step. */
static const float *
seen_params (tl_lm_trainer *t)
{
  const tl_qat_config *q = &t->config.quant;
  float lambda = tl_qat_get_lambda (q, t->state.step);

  tl_blocks_set_int8 (t->blocks, lambda > 0.0f && !q->float_activations);
  if (lambda == 0.0f)
    return t->params + t->blocks_at;
  tl_lm_quantise (t, lambda, t->quantised);
  return t->quantised;
}

/* The teacher's final states of the same inputs, in its y. */
static void
ask_teacher (tl_lm_trainer *t, const int32_t *ids, size_t n_seqs)
{
  tl_lm_trainer *teacher = t->teacher;

  gather (teacher, ids, n_seqs * t->config.seq_len);
  tl_blocks_forward (teacher->blocks, teacher->params + teacher->blocks_at, teacher->x,
                     teacher->seq_lens, n_seqs, NULL, teacher->y);
}

double
tl_lm_batch_loss (tl_lm_trainer *t, const int32_t *inputs, const int32_t *targets, size_t n_seqs,
                  tl_rng *rng, bool backward, bool distil)
{
  size_t seq_len = t->config.seq_len;
  const float *blocks = seen_params (t);
  size_t n_targets = 0;
  double sum = 0.0;
  float  scale;

  for (size_t i = 0; i < n_seqs * seq_len; i++)
    n_targets += targets[i] >= 0;
  scale = n_targets > 0 ? 1.0f / (float) n_targets : 0.0f;
  t->cancelled = false;

  for (size_t seq = 0; seq < n_seqs; seq += t->micro_seqs)
    {
      size_t n = n_seqs - seq < t->micro_seqs ? n_seqs - seq : t->micro_seqs;
      const int32_t *ids = inputs + seq * seq_len;

      t->cancelled = t->cancel != NULL && t->cancel (t->cancel_data);
      if (t->cancelled)
        return NAN;
      gather (t, ids, n * seq_len);
      tl_blocks_forward (t->blocks, blocks, t->x, t->seq_lens, n, rng, t->y);
      if (distil)
        ask_teacher (t, ids, n);
      sum += head_loss (t, targets + seq * seq_len, n * seq_len, scale, backward, distil);
      if (backward)
        {
          tl_blocks_backward (t->blocks, blocks, t->grads + t->blocks_at, t->dy, t->x);
          scatter_gradient (t, ids, n * seq_len);
        }
    }
  return n_targets > 0 ? sum / (double) n_targets : 0.0;
}

bool
tl_lm_ids_in_range (const tl_lm_trainer *t, const int32_t *ids, size_t n, int32_t lowest)
{
  for (size_t i = 0; i < n; i++)
    {
      if (ids[i] < lowest || (int64_t) ids[i] >= (int64_t) t->config.n_vocab)
        return false;
    }
  return true;
}

float
tl_lm_trainer_loss (tl_lm_trainer *t, const int32_t *inputs, const int32_t *targets, size_t n_seqs,
                    bool backward)
{
  size_t n = n_seqs * t->config.seq_len;

  if (!tl_lm_ids_in_range (t, inputs, n, 0) || !tl_lm_ids_in_range (t, targets, n, -1))
    return NAN;
  return (float) tl_lm_batch_loss (t, inputs, targets, n_seqs, NULL, backward, false);
}

bool
tl_lm_trainer_logits (tl_lm_trainer *t, const int32_t *ids, size_t n, float *logits)
{
  uint32_t length = (uint32_t) n;

  if (n == 0 || n > t->config.seq_len || !tl_lm_ids_in_range (t, ids, n, 0))
    return false;
  gather (t, ids, n);
  tl_blocks_forward (t->blocks, seen_params (t), t->x, &length, 1, NULL, t->y);
  tl_linear_forward (&t->ops, n, t->config.blocks.n_embd, t->config.n_vocab, t->y,
                     t->params + t->head_at, NULL, logits);
  return true;
}
