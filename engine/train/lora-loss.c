/* SPDX-License-Identifier: Apache-2.0 */
/* The loss of a batch of examples: packed row after row into micro-batches, embedded, taken through
 * the layers, and only the rows whose next token is to be learned through the head. */
#include "train/lora-train-private.h"

#include <math.h>
#include <string.h>

/* Lays out examples from @first on as long as there is room. Returns: the first that has none */
static size_t
pack (tl_lora_trainer *t, const tl_lora_example *examples, size_t first, size_t n)
{
  size_t i;

  t->n_rows = t->n_targets = t->attention.n_seqs = 0;
  for (i = first; i < n && t->n_rows + examples[i].n - 1 <= t->room; i++)
    {
      const tl_lora_example *e = &examples[i];

      for (uint32_t j = 0; j + 1 < e->n; j++)
        {
          t->ids[t->n_rows + j] = e->ids[j];
          if (j + 1 < e->n_prompt)
            continue;
          t->target_rows[t->n_targets] = (uint32_t) t->n_rows + j;
          t->targets[t->n_targets++] = e->ids[j + 1];
        }
      t->n_rows += e->n - 1;
      t->seq_begin[++t->attention.n_seqs] = (uint32_t) t->n_rows;
    }
  return i;
}

static void
embed (tl_lora_trainer *t)
{
  const tl_matrix *e = &t->model->token_embd;

  for (size_t i = 0; i < t->n_rows; i++)
    tl_type_get_info ((uint32_t) e->type)->dequantize (
        t->x + i * e->cols, (const char *) e->data + (size_t) t->ids[i] * e->row_bytes, e->cols);
  if (t->model->embd_scale != 1.0f)
    t->ops.elementwise->scale (t->x, t->model->embd_scale, t->n_rows * e->cols);
}

/* t->y [rows, n_embd] from t->norm, or t->dx from it. */
static void
gather (tl_lora_trainer *t, size_t at, size_t rows)
{
  size_t d = t->model->info.n_embd;

  for (size_t r = 0; r < rows; r++)
    memcpy (t->y + r * d, t->norm + t->target_rows[at + r] * d, d * sizeof *t->y);
}

static void
scatter (tl_lora_trainer *t, size_t at, size_t rows)
{
  size_t d = t->model->info.n_embd;

  for (size_t r = 0; r < rows; r++)
    memcpy (t->dx + t->target_rows[at + r] * d, t->y + r * d, d * sizeof *t->y);
}

/* The summed loss of t->norm, the final states; with @backward t->dx is its gradient. */
static double
head_loss (tl_lora_trainer *t, float scale, bool backward)
{
  const tl_model_info *info = &t->model->info;
  const tl_lora_site *head = &t->sites[info->n_layers * TL_TARGETS];
  double sum = 0.0;

  if (backward)
    memset (t->dx, 0, t->n_rows * info->n_embd * sizeof *t->dx);
  for (size_t at = 0; at < t->n_targets; at += t->head_rows)
    {
      size_t rows = t->n_targets - at < t->head_rows ? t->n_targets - at : t->head_rows;

      gather (t, at, rows);
      tl_lora_product (t, head, t->y, rows, t->logits, info->n_vocab);
      sum += tl_softmax_cross_entropy (&t->ops, rows, info->n_vocab, t->logits, t->targets + at,
                                       scale);
      if (!backward)
        continue;
      tl_lora_product_backward (t, head, t->y, rows, t->logits, info->n_vocab, t->y, 0.0f);
      scatter (t, at, rows);
    }
  return sum;
}

static double
micro_batch (tl_lora_trainer *t, float scale, bool backward)
{
  const tl_model *m = t->model;
  const tl_model_info *info = &m->info;
  const float *last = t->x + (size_t) info->n_layers * t->room * info->n_embd;
  double sum;

  embed (t);
  for (uint32_t i = 0; i < info->n_layers; i++)
    tl_lora_layer_forward (t, i);
  tl_rms_norm_forward (&t->ops, t->n_rows, info->n_embd, last, m->output_norm, info->rms_eps,
                       t->norm);
  sum = head_loss (t, scale, backward);
  if (!backward)
    return sum;
  tl_rms_norm_backward (&t->ops, t->n_rows, info->n_embd, last, m->output_norm, info->rms_eps,
                        t->dx, t->dx, 0.0f, NULL);
  for (uint32_t i = info->n_layers; i-- > 0;)
    tl_lora_layer_backward (t, i);
  return sum;
}

double
tl_lora_batch_loss (tl_lora_trainer *t, const tl_lora_example *examples, size_t n, tl_rng *rng,
                    bool backward)
{
  size_t n_targets = 0;
  double sum = 0.0;

  for (size_t i = 0; i < n; i++)
    n_targets += examples[i].n - examples[i].n_prompt;
  t->cancelled = false;
  t->drops = rng != NULL && t->config.dropout > 0.0f;
  for (size_t at = 0; at < n;)
    {
      t->cancelled = t->cancel != NULL && t->cancel (t->cancel_data);
      if (t->cancelled)
        return NAN;
      if (t->drops)
        t->drop_key = tl_rng_next (rng);
      at = pack (t, examples, at, n);
      sum += micro_batch (t, 1.0f / (float) n_targets, backward);
    }
  return sum / (double) n_targets;
}
