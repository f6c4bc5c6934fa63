/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the adapters' trainer and what is kept of them. */
#include "train/lora-train-private.h"

#include <math.h>
#include <string.h>

size_t
tl_lora_trainer_n_params (const tl_lora_trainer *t)
{
  return t->n_params;
}

float *
tl_lora_trainer_get_params (tl_lora_trainer *t)
{
  return t->params;
}

float *
tl_lora_trainer_get_grads (tl_lora_trainer *t)
{
  return t->grads;
}

tl_checkpoint_state *
tl_lora_trainer_get_state (tl_lora_trainer *t)
{
  return &t->state;
}

void
tl_lora_trainer_set_cancel (tl_lora_trainer *t, tl_cancel_func cancel, void *cancel_data)
{
  t->cancel = cancel;
  t->cancel_data = cancel_data;
}

static bool
are_in_range (const tl_lora_trainer *t, const tl_lora_example *examples, size_t n)
{
  for (size_t i = 0; i < n; i++)
    {
      const tl_lora_example *e = &examples[i];

      if (e->n_prompt == 0 || e->n_prompt >= e->n || e->n - 1 > t->config.max_seq_len)
        return false;
      for (uint32_t j = 0; j < e->n; j++)
        if (e->ids[j] < 0 || (uint32_t) e->ids[j] >= t->model->info.n_vocab)
          return false;
    }
  return n > 0;
}

double
tl_lora_trainer_loss (tl_lora_trainer *t, const tl_lora_example *examples, size_t n, bool backward)
{
  double loss;

  if (!are_in_range (t, examples, n))
    return NAN;
  loss = tl_lora_batch_loss (t, examples, n, NULL, backward);
  return isnan (loss) && !t->cancelled ? INFINITY : loss; /* of parameters that ran away */
}

double
tl_lora_trainer_step (tl_lora_trainer *t, const tl_lora_example *examples, size_t n)
{
  tl_rng before = t->state.rng;
  float factor = tl_schedule_get (&t->config.schedule, t->state.step);
  double loss;

  if (!are_in_range (t, examples, n))
    return NAN;
  memset (t->grads, 0, t->n_params * sizeof *t->grads);
  loss = tl_lora_batch_loss (t, examples, n, &t->state.rng, true);
  if (t->cancelled)
    {
      t->state.rng = before; /* as if the step had not begun */
      return NAN;
    }
  t->state.step++;
  if (!isfinite (tl_adamw_step (&t->adamw, &t->config.adamw, factor, t->params, t->grads, NULL)))
    return INFINITY;
  return loss;
}

void
tl_lora_trainer_keep (tl_lora_trainer *t)
{
  memcpy (t->state.kept, t->params, t->n_params * sizeof *t->params);
}

void
tl_lora_trainer_restore (tl_lora_trainer *t)
{
  memcpy (t->params, t->state.kept, t->n_params * sizeof *t->params);
}

bool
tl_lora_trainer_save (tl_lora_trainer *t, const char *path, tl_error *err)
{
  return tl_checkpoint_save (path, &t->state, t->params, &t->adamw, err);
}

bool
tl_lora_trainer_load (tl_lora_trainer *t, const char *path, tl_error *err)
{
  uint64_t hash = t->state.config_hash;
  bool ok = tl_checkpoint_load (path, &t->state, t->older_hash, t->params, &t->adamw, NULL)
            || tl_checkpoint_load (path, &t->state, hash, t->params, &t->adamw, err);

  t->state.config_hash = hash;
  return ok;
}
