/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's training run. Every epoch is a seeded shuffle, so the step number alone says which
 * notes come next: a checkpoint needs no more than that. Documents are mixed into the first epochs
 * and the notes have the last ones to themselves. */
#include "reader/reader-train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader/loss.h"
#include "reader/trunk.h"

#define MAX_NOTES_PER_STEP 64

struct tl_reader_trainer
{
  tl_reader_train_config config;
  tl_reader_layout       layout;
  const tl_note        **notes;   /* [n_examples] borrowed ones */
  const tl_note_labels **labels;
  size_t                 n_examples;
  uint32_t              *order;   /* all steps' notes, one after the other */
  size_t                 n_order;
  tl_trunk              *trunk;
  float                 *params, *grads;
  uint8_t               *decay;
  tl_adamw               adamw;
  tl_schedule            schedule;
  tl_rng                 rng;
  uint64_t               step;
};

void
tl_reader_train_config_init (tl_reader_train_config *c)
{
  *c = (tl_reader_train_config) {
    .seed = 1, .notes_per_step = 16, .note_epochs = 8, .document_epochs = 0,
    .listwise = 0.1f, .action = 1.0f, .dropout = 0.2f,
    .adamw = { .lr = 1.5e-3f, .beta1 = 0.9f, .beta2 = 0.98f, .eps = 1e-8f, .weight_decay = 0.05f,
               .clip_norm = 1.0f },
  };
}

static void
shuffle (uint32_t *values, size_t n, tl_rng *rng)
{
  for (size_t i = n; i > 1; i--)
    {
      size_t k = tl_rng_below (rng, (uint32_t) i);
      uint32_t v = values[i - 1];

      values[i - 1] = values[k];
      values[k] = v;
    }
}

/* Notes and documents of one epoch, shuffled; returns how many. */
static size_t
put_epoch (const tl_reader_trainer *t, bool documents, uint32_t *order, tl_rng *rng)
{
  size_t n = 0;

  for (uint32_t i = 0; i < t->n_examples; i++)
    if (documents || t->labels[i]->weight >= 1.0f)
      order[n++] = i;
  shuffle (order, n, rng);
  return n;
}

static bool
plan_order (tl_reader_trainer *t)
{
  tl_rng rng;
  size_t room = t->n_examples * (size_t) (t->config.note_epochs + 1);

  t->order = malloc (room * sizeof *t->order);
  if (t->order == NULL)
    return false;
  tl_rng_init (&rng, t->config.seed ^ 0x6f72646572u);
  for (uint32_t epoch = 0; epoch < t->config.note_epochs; epoch++)
    t->n_order += put_epoch (t, epoch < t->config.document_epochs, t->order + t->n_order, &rng);
  return t->n_order > 0;
}

static bool
take_examples (tl_reader_trainer *t, const tl_note *const *notes,
               const tl_note_labels *const *labels, size_t n, tl_error *err)
{
  t->notes = calloc (n + 1, sizeof *t->notes);
  t->labels = calloc (n + 1, sizeof *t->labels);
  if (t->notes == NULL || t->labels == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for %zu examples", n);
  for (size_t i = 0; i < n; i++)
    {
      t->notes[i] = notes[i];
      t->labels[i] = labels[i];
    }
  t->n_examples = n;
  return true;
}

static bool
take_params (tl_reader_trainer *t, tl_error *err)
{
  size_t n = t->layout.n_params;

  t->params = calloc (n, sizeof *t->params);
  t->grads = calloc (n, sizeof *t->grads);
  t->decay = calloc (n, 1);
  if (t->params == NULL || t->grads == NULL || t->decay == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train %zu parameters", n);
  tl_rng_init (&t->rng, t->config.seed);
  tl_reader_init_params (&t->layout, t->params, &t->rng);
  for (size_t i = 0; i < tl_reader_n_tensors (&t->layout); i++)
    {
      tl_reader_tensor tensor = tl_reader_get_tensor (&t->layout, i);

      memset (t->decay + tensor.offset, tensor.decay, tensor.rows * tensor.cols);
    }
  /* The span heads come last and are trained by tl_spans_train(). */
  return tl_adamw_init (&t->adamw, t->layout.spans, err);
}

static bool
set_up (tl_reader_trainer *t, size_t n_vocab, tl_pool *pool, tl_error *err)
{
  uint64_t n_steps;

  tl_reader_layout_init (&t->layout, (uint32_t) n_vocab);
  if (!take_params (t, err))
    return false;
  if (!plan_order (t))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "There are no notes to train on");
  n_steps = tl_reader_trainer_get_n_steps (t);
  t->schedule = (tl_schedule) {
    .kind = TL_SCHEDULE_LINEAR, .warmup_steps = n_steps < 600 ? n_steps / 10 : 60,
    .total_steps = n_steps, .final_factor = 0.05f,
  };
  t->trunk = tl_trunk_new (&t->layout, (size_t) t->config.notes_per_step * TL_READER_MAX_UNITS,
                           t->config.dropout, pool, err);
  return t->trunk != NULL;
}

tl_reader_trainer *
tl_reader_trainer_new (const tl_reader_train_config *c, size_t n_vocab, const tl_note *const *notes,
                       const tl_note_labels *const *labels, size_t n, tl_pool *pool, tl_error *err)
{
  tl_reader_trainer *t = calloc (1, sizeof *t);

  if (t == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to train");
      return NULL;
    }
  t->config = *c;
  if (c->notes_per_step == 0 || c->notes_per_step > MAX_NOTES_PER_STEP)
    tl_error_set (err, TL_ERROR_ARGUMENT, "notes_per_step: expected 1 to %d", MAX_NOTES_PER_STEP);
  else if (take_examples (t, notes, labels, n, err) && set_up (t, n_vocab, pool, err))
    return t;
  tl_reader_trainer_free (t);
  return NULL;
}

void
tl_reader_trainer_free (tl_reader_trainer *t)
{
  if (t == NULL)
    return;
  free (t->notes);
  free (t->labels);
  free (t->order);
  tl_trunk_free (t->trunk);
  tl_adamw_clear (&t->adamw);
  free (t->params);
  free (t->grads);
  free (t->decay);
  free (t);
}

bool
tl_reader_trainer_take_vectors (tl_reader_trainer *t, const tl_gguf *vectors, tl_error *err)
{
  tl_reader_tensor embed = tl_reader_get_tensor (&t->layout, 0);
  float *v = t->params + embed.offset;
  double sum = 0.0;

  if (!tl_reader_load_vectors (vectors, &t->layout, t->params, err))
    return false;
  for (size_t c = 0; c < embed.cols; c++)
    {
      double mean = 0.0;

      for (size_t r = 0; r < embed.rows; r++)
        mean += (double) v[r * embed.cols + c] / (double) embed.rows;
      for (size_t r = 0; r < embed.rows; r++)
        {
          v[r * embed.cols + c] -= (float) mean;
          sum += (double) v[r * embed.cols + c] * (double) v[r * embed.cols + c];
        }
    }
  for (size_t i = 0; i < embed.rows * embed.cols; i++)
    v[i] *= embed.init / (float) sqrt (sum / (double) (embed.rows * embed.cols) + 1e-12);
  return true;
}

uint64_t
tl_reader_trainer_get_step (const tl_reader_trainer *t)
{
  return t->step;
}

uint64_t
tl_reader_trainer_get_n_steps (const tl_reader_trainer *t)
{
  return t->n_order / t->config.notes_per_step + (t->n_order % t->config.notes_per_step > 0);
}

size_t
tl_reader_trainer_n_params (const tl_reader_trainer *t)
{
  return t->layout.n_params;
}

const tl_reader_layout *
tl_reader_trainer_get_layout (const tl_reader_trainer *t)
{
  return &t->layout;
}

float *
tl_reader_trainer_get_params (tl_reader_trainer *t)
{
  return t->params;
}

float *
tl_reader_trainer_get_grads (tl_reader_trainer *t)
{
  return t->grads;
}

static float
batch_loss (tl_reader_trainer *t, const uint32_t *which, size_t n, tl_rng *rng, bool backward,
            float *key_loss)
{
  const tl_note *notes[MAX_NOTES_PER_STEP] = { NULL };
  const tl_note_labels *labels[MAX_NOTES_PER_STEP] = { NULL };
  tl_unit_losses losses = { .listwise = t->config.listwise, .action = t->config.action };
  float loss;

  for (size_t k = 0; k < n; k++)
    {
      notes[k] = t->notes[which[k]];
      labels[k] = t->labels[which[k]];
    }
  tl_trunk_forward (t->trunk, t->params, notes, n, rng);
  loss = tl_unit_losses_add (&losses, notes, labels, n, tl_trunk_get_logits (t->trunk),
                             tl_trunk_get_d_logits (t->trunk));
  if (backward)
    tl_trunk_backward (t->trunk, t->params, t->grads, notes);
  if (key_loss != NULL)
    *key_loss = losses.key_loss;
  return loss;
}

float
tl_reader_trainer_loss (tl_reader_trainer *t, const uint32_t *which, size_t n, tl_rng *rng,
                        bool backward)
{
  return batch_loss (t, which, n, rng, backward, NULL);
}

float
tl_reader_trainer_step (tl_reader_trainer *t)
{
  size_t begin = (size_t) t->step * t->config.notes_per_step;
  size_t n = t->n_order - begin < t->config.notes_per_step ? t->n_order - begin
                                                           : t->config.notes_per_step;
  float key_loss, norm;

  memset (t->grads, 0, t->layout.n_params * sizeof *t->grads);
  batch_loss (t, t->order + begin, n, &t->rng, true, &key_loss);
  norm = tl_adamw_step (&t->adamw, &t->config.adamw, tl_schedule_get (&t->schedule, t->step),
                        t->params, t->grads, t->decay);
  t->step++;
  return isfinite (norm) ? key_loss : INFINITY;
}

/* ---- checkpoints ---- */

static uint64_t
hash_bytes (uint64_t hash, const void *data, size_t n)
{
  const uint8_t *bytes = data;

  for (size_t i = 0; i < n; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  return hash;
}

/* Settings, sizes and the order of the notes: what must be equal for a resume to make sense. */
static uint64_t
config_hash (const tl_reader_trainer *t)
{
  const tl_reader_train_config *c = &t->config;
  uint64_t hash = 14695981039346656037u;

  hash = hash_bytes (hash, &c->seed, sizeof c->seed);
  hash = hash_bytes (hash, &c->notes_per_step, 3 * sizeof c->notes_per_step);
  hash = hash_bytes (hash, &c->listwise, 3 * sizeof c->listwise);
  hash = hash_bytes (hash, &c->adamw, sizeof c->adamw);
  hash = hash_bytes (hash, &t->layout.spans, sizeof t->layout.spans);
  for (size_t i = 0; i < t->n_examples; i++)
    hash = hash_bytes (hash, t->notes[i]->text, t->notes[i]->len);
  return hash_bytes (hash, t->order, t->n_order * sizeof *t->order);
}

bool
tl_reader_trainer_save (const tl_reader_trainer *t, const char *path, tl_error *err)
{
  tl_checkpoint_state st = {
    .config_hash = config_hash (t), .step = t->step, .data_pos = t->step, .rng = t->rng,
    .best_valid = INFINITY,
  };

  return tl_checkpoint_save (path, &st, t->params, &t->adamw, err);
}

bool
tl_reader_trainer_load (tl_reader_trainer *t, const char *path, tl_error *err)
{
  tl_checkpoint_state st = { 0 };

  if (!tl_checkpoint_load (path, &st, config_hash (t), t->params, &t->adamw, err))
    return false;
  t->step = st.step;
  t->rng = st.rng;
  return true;
}

/* ---- judging and export ---- */

void
tl_reader_trainer_judge (tl_reader_trainer *t, const tl_note *note, float *rows, float *logits)
{
  tl_trunk_forward (t->trunk, t->params, &note, 1, NULL);
  memcpy (rows, tl_trunk_get_rows (t->trunk), note->n_units * TL_READER_N_EMBD * sizeof *rows);
  memcpy (logits, tl_trunk_get_logits (t->trunk), note->n_units * 2 * sizeof *logits);
}

bool
tl_reader_trainer_export (const tl_reader_trainer *t, const tl_reader_calibration *c,
                          const tl_gguf *tokenizer, const char *name, const char *path,
                          tl_error *err)
{
  return tl_reader_save (path, name, &t->layout, t->params, c, tokenizer, err);
}
