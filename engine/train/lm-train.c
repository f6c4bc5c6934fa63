/* SPDX-License-Identifier: Apache-2.0 */
/* The language-model trainer: its memory, its initial parameters, one optimiser step and what a
 * checkpoint holds. The loss and its gradient are in lm-loss.c, the export is in lm-export.c. */
#include "train/lm-train-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows through the blocks at once (one sequence at least): few, so that a layer's activations stay
 * in the caches, yet enough for the products. train-bench on a shared Zen 5, in processor time: 256
 * and 512 rows were mostly 5 to 20 % faster than 2,048 on the shapes of 1.0 M and 5.77 M. */
#define MICRO_ROWS 512

/* Logits at once, in floats: 8 MiB. */
#define LOGITS_FLOATS ((size_t) 1 << 21)

/* Making */

static size_t
clamp_size (size_t n, size_t low, size_t high)
{
  return n < low ? low : n > high ? high : n;
}

/* FNV-1a over whole values, so that padding never counts. */
static uint64_t
hash_value (uint64_t hash, uint64_t value)
{
  for (int i = 0; i < 8; i++)
    hash = (hash ^ ((value >> (8 * i)) & 0xff)) * 0x100000001b3u;
  return hash;
}

static uint64_t
float_bits (float x)
{
  uint32_t bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* The shape and the order of the data: what a resumed run must share. Rates, schedule and dropout
 * may be changed between the parts of a run. */
static uint64_t
hash_config (const tl_lm_train_config *c)
{
  const tl_blocks_config *b = &c->blocks;
  const uint64_t values[] = {
    b->n_embd, b->n_layers, b->n_heads, b->n_kv_heads, b->head_dim, b->n_ff, b->causal,
    float_bits (b->rms_eps), float_bits (b->rope_base), c->n_vocab, c->tied, c->seq_len,
    c->batch_tokens, c->seed,
  };
  uint64_t hash = 0xcbf29ce484222325u;

  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    hash = hash_value (hash, values[i]);
  return c->muon.lr > 0.0f ? hash_value (hash, 1) : hash; /* its momentum is not AdamW's */
}

static bool
check_config (const tl_lm_train_config *c, tl_error *err)
{
  if (c->n_vocab < 2)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a vocabulary of %u tokens", c->n_vocab);
  if (c->seq_len == 0 || c->batch_tokens == 0 || c->batch_tokens % c->seq_len != 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "a batch of %u tokens is not a number of sequences of %u",
                         c->batch_tokens, c->seq_len);
  return true;
}

static bool
take_memory (tl_lm_trainer *t, tl_error *err)
{
  const tl_lm_train_config *c = &t->config;
  size_t n_rows = t->micro_seqs * c->seq_len;
  size_t n_hidden = n_rows * c->blocks.n_embd;

  t->params = calloc (t->n_params, sizeof *t->params);
  t->grads = calloc (t->n_params, sizeof *t->grads);
  t->decay = calloc (t->n_params, sizeof *t->decay);
  t->x = calloc (n_hidden, sizeof *t->x);
  t->y = calloc (n_hidden, sizeof *t->y);
  t->dy = calloc (n_hidden, sizeof *t->dy);
  t->logits = calloc (t->head_rows * c->n_vocab, sizeof *t->logits);
  t->seq_lens = calloc (t->micro_seqs, sizeof *t->seq_lens);
  t->inputs = calloc (c->batch_tokens, sizeof *t->inputs);
  t->targets = calloc (c->batch_tokens, sizeof *t->targets);
  if (t->params == NULL || t->grads == NULL || t->decay == NULL || t->x == NULL || t->y == NULL
      || t->dy == NULL || t->logits == NULL || t->seq_lens == NULL || t->inputs == NULL
      || t->targets == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory to train %zu parameters", t->n_params);
  if (c->quant.kind != TL_QAT_NONE)
    {
      t->quantised = malloc (tl_blocks_n_params (&c->blocks) * sizeof *t->quantised);
      if (t->quantised == NULL)
        return tl_error_set (err, TL_ERROR_MEMORY, "no memory for quantised weights");
    }
  for (size_t i = 0; i < t->micro_seqs; i++)
    t->seq_lens[i] = c->seq_len;
  return true;
}

/* AdamW keeps the embedding, the gains and an untied head. */
static bool
share_with_muon (tl_lm_trainer *t, tl_error *err)
{
  const tl_blocks_config *b = &t->config.blocks;
  size_t n_tensors = tl_blocks_n_tensors (b);
  size_t n = 0, n_scratch = 0;

  if (t->config.muon.lr <= 0.0f)
    return true;
  t->ranges = calloc (n_tensors + 2, sizeof *t->ranges);
  if (t->ranges == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory for an optimiser");
  t->ranges[n++] = (tl_range) { 0, t->blocks_at };
  for (size_t i = 0; i < n_tensors; i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (b, i);
      size_t at = t->blocks_at + tensor.offset;
      size_t floats = tl_muon_scratch_floats (tensor.rows, tensor.cols);

      if (tensor.rows == 1)
        t->ranges[n++] = (tl_range) { at, at + tensor.cols };
      else if (floats > n_scratch)
        n_scratch = floats;
    }
  if (!t->config.tied)
    t->ranges[n++] = (tl_range) { t->head_at, t->n_params };
  t->adamw.ranges = t->ranges;
  t->adamw.n_ranges = n;
  t->muon = malloc (n_scratch * sizeof *t->muon);
  return t->muon != NULL || tl_error_set (err, TL_ERROR_MEMORY, "no memory for an optimiser");
}

static void
fill_normal (float *x, size_t n, float std, tl_rng *rng)
{
  for (size_t i = 0; i < n; i++)
    x[i] = std * tl_rng_normal (rng);
}

/* GPT-2's standard deviation (Radford et al. 2019) for the embedding and the head. */
static void
init_params (tl_lm_trainer *t)
{
  const tl_blocks_config *b = &t->config.blocks;

  tl_rng_init (&t->state.rng, t->config.seed);
  fill_normal (t->params, t->blocks_at, 0.02f, &t->state.rng);
  tl_blocks_init_params (b, t->params + t->blocks_at, &t->state.rng);
  if (!t->config.tied)
    fill_normal (t->params + t->head_at, t->n_params - t->head_at, 0.02f, &t->state.rng);
}

static void
choose_decay (tl_lm_trainer *t)
{
  const tl_blocks_config *b = &t->config.blocks;

  memset (t->decay, 1, t->n_params);
  for (size_t i = 0; i < tl_blocks_n_tensors (b); i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (b, i);

      if (strstr (tensor.name, "norm") != NULL)
        memset (t->decay + t->blocks_at + tensor.offset, 0, tensor.cols);
    }
}

tl_lm_trainer *
tl_lm_trainer_new (const tl_lm_train_config *c, tl_pool *pool, tl_error *err)
{
  size_t         n_embedding = (size_t) c->n_vocab * c->blocks.n_embd;
  tl_lm_trainer *t;

  if (!check_config (c, err))
    return NULL;
  if ((t = calloc (1, sizeof *t)) == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "no memory for a trainer");
      return NULL;
    }
  t->config = *c;
  t->state.config_hash = hash_config (c);
  t->state.best_valid = INFINITY;
  t->micro_seqs = clamp_size (MICRO_ROWS / c->seq_len, 1, c->batch_tokens / c->seq_len);
  t->head_rows = clamp_size (LOGITS_FLOATS / c->n_vocab, 16, t->micro_seqs * c->seq_len);
  t->blocks = tl_blocks_new (&c->blocks, t->micro_seqs * c->seq_len, c->seq_len, pool, err);
  if (t->blocks != NULL)
    {
      t->blocks_at = n_embedding;
      t->head_at = c->tied ? 0 : n_embedding + tl_blocks_n_params (&c->blocks);
      t->n_params = n_embedding * (c->tied ? 1 : 2) + tl_blocks_n_params (&c->blocks);
    }
  if (t->blocks == NULL || !tl_ops_init (&t->ops, c->blocks.n_embd, pool, err)
      || !tl_adamw_init (&t->adamw, t->n_params, err) || !take_memory (t, err)
      || !share_with_muon (t, err))
    {
      tl_lm_trainer_free (t);
      return NULL;
    }
  init_params (t);
  choose_decay (t);
  return t;
}

void
tl_lm_trainer_free (tl_lm_trainer *t)
{
  if (t == NULL)
    return;
  tl_blocks_free (t->blocks);
  tl_ops_clear (&t->ops);
  tl_adamw_clear (&t->adamw);
  free (t->params);
  free (t->grads);
  free (t->decay);
  free (t->x);
  free (t->y);
  free (t->dy);
  free (t->logits);
  free (t->seq_lens);
  free (t->inputs);
  free (t->targets);
  free (t->quantised);
  free (t->ranges);
  free (t->muon);
  free (t->softened);
  free (t);
}

size_t
tl_lm_trainer_n_params (const tl_lm_trainer *t)
{
  return t->n_params;
}

float *
tl_lm_trainer_get_params (tl_lm_trainer *t)
{
  return t->params;
}

float *
tl_lm_trainer_get_grads (tl_lm_trainer *t)
{
  return t->grads;
}

tl_checkpoint_state *
tl_lm_trainer_get_state (tl_lm_trainer *t)
{
  return &t->state;
}

uint64_t
tl_lm_trainer_get_step (const tl_lm_trainer *t)
{
  return t->state.step;
}

void
tl_lm_trainer_set_cancel (tl_lm_trainer *t, tl_cancel_func cancel, void *cancel_data)
{
  t->cancel = cancel;
  t->cancel_data = cancel_data;
}

static bool
check_teacher (const tl_lm_trainer *t, const tl_lm_trainer *teacher, float weight,
               float temperature, tl_error *err)
{
  const tl_lm_train_config *a = &t->config, *b = &teacher->config;

  if (a->n_vocab != b->n_vocab || a->seq_len != b->seq_len || a->batch_tokens != b->batch_tokens)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "a teacher of %u tokens, in batches of %u by %u, for a model of %u, in "
                         "batches of %u by %u",
                         b->n_vocab, b->batch_tokens, b->seq_len, a->n_vocab, a->batch_tokens,
                         a->seq_len);
  if (!(weight >= 0.0f && weight <= 1.0f) || !(temperature > 0.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a teacher's weight of %g at a temperature of %g",
                         weight, temperature);
  return true;
}

bool
tl_lm_trainer_set_teacher (tl_lm_trainer *t, tl_lm_trainer *teacher, float weight,
                           float temperature, tl_error *err)
{
  if (teacher != NULL && !check_teacher (t, teacher, weight, temperature, err))
    return false;
  if (teacher != NULL && t->softened == NULL)
    {
      t->softened = malloc (t->head_rows * t->config.n_vocab * sizeof *t->softened);
      if (t->softened == NULL)
        return tl_error_set (err, TL_ERROR_MEMORY, "no memory for a teacher's logits");
    }
  t->teacher = teacher;
  t->teacher_weight = weight;
  t->temperature = temperature;
  return true;
}

/* One step */

/* Windows that begin anywhere in @tokens. The remainder's bias is below n / 2^64. */
static void
draw_batch (tl_lm_trainer *t, const int32_t *tokens, size_t n)
{
  size_t seq_len = t->config.seq_len;

  for (size_t at = 0; at < t->config.batch_tokens; at += seq_len)
    {
      const int32_t *window = tokens + tl_rng_next (&t->state.rng) % (n - seq_len);

      memcpy (t->inputs + at, window, seq_len * sizeof *window);
      memcpy (t->targets + at, window + 1, seq_len * sizeof *window);
    }
}

static void
muon_step (tl_lm_trainer *t, float factor)
{
  for (size_t i = 0; t->muon != NULL && i < tl_blocks_n_tensors (&t->config.blocks); i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (&t->config.blocks, i);
      size_t at = t->blocks_at + tensor.offset;

      if (tensor.rows > 1)
        tl_muon_step (&t->ops, &t->config.muon, factor, t->params + at, t->grads + at,
                      t->adamw.m + at, tensor.rows, tensor.cols, t->muon);
    }
}

float
tl_lm_trainer_step (tl_lm_trainer *t, const int32_t *tokens, size_t n)
{
  const tl_lm_train_config *c = &t->config;
  tl_rng before = t->state.rng;
  float  factor = tl_schedule_get (&c->schedule, t->state.step);
  double loss;

  if (n <= c->seq_len)
    return NAN;
  draw_batch (t, tokens, n);
  if (!tl_lm_ids_in_range (t, t->inputs, c->batch_tokens, 0)
      || !tl_lm_ids_in_range (t, t->targets, c->batch_tokens, 0))
    {
      t->state.rng = before;
      return NAN;
    }
  memset (t->grads, 0, t->n_params * sizeof *t->grads);
  loss = tl_lm_batch_loss (t, t->inputs, t->targets, c->batch_tokens / c->seq_len, &t->state.rng,
                           true, t->teacher != NULL);
  if (t->cancelled)
    {
      t->state.rng = before; /* as if the step had not begun */
      return NAN;
    }
  t->state.step++;
  t->state.data_pos += c->batch_tokens;
  if (!isfinite (tl_adamw_step (&t->adamw, &c->adamw, factor, t->params, t->grads, t->decay)))
    return INFINITY;
  muon_step (t, factor);
  return (float) loss;
}

bool
tl_lm_trainer_save (const tl_lm_trainer *t, const char *path, tl_error *err)
{
  return tl_checkpoint_save (path, &t->state, t->params, &t->adamw, err);
}

bool
tl_lm_trainer_load (tl_lm_trainer *t, const char *path, tl_error *err)
{
  return tl_checkpoint_load (path, &t->state, t->state.config_hash, t->params, &t->adamw, err);
}
