/* SPDX-License-Identifier: Apache-2.0 */
/* Sums the squares of each projection's input while the block stack runs over a text. */
#include "train/importance.h"

#include "train/lm-train-private.h"
#include "train/blocks-private.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW 256

struct tl_importance
{
  tl_lm_train_config config;
  size_t             width;  /* of the widest input */
  float             *means;  /* [n_tensors + 1, width]; the last row is the head's */
  double            *sums;   /* the same while they are measured */
  float             *params; /* of the blocks */
  float             *x, *y;  /* [WINDOW, n_embd] */
  size_t             n_rows; /* read so far */
};

static void
add_squares (tl_importance *m, size_t tensor, const float *x, size_t n_rows, size_t width)
{
  double *sums = m->sums + tensor * m->width;

  for (size_t r = 0; r < n_rows; r++)
    for (size_t i = 0; i < width; i++)
      sums[i] += (double) x[r * width + i] * x[r * width + i];
}

static void
observe (void *data, size_t tensor, const float *x, size_t n_rows, size_t width)
{
  add_squares (data, tensor, x, n_rows, width);
}

static size_t
n_tensors (const tl_importance *m)
{
  return tl_blocks_n_tensors (&m->config.blocks);
}

static bool
take_memory (tl_importance *m, tl_error *err)
{
  const tl_blocks_config *b = &m->config.blocks;
  size_t n = n_tensors (m) + 1;

  for (size_t i = 0; i + 1 < n; i++)
    {
      tl_blocks_tensor t = tl_blocks_param (b, i);

      m->width = t.cols > m->width ? t.cols : m->width;
    }
  m->means = calloc (n * m->width, sizeof *m->means);
  m->sums = calloc (n * m->width, sizeof *m->sums);
  m->params = malloc (tl_blocks_n_params (b) * sizeof *m->params);
  m->x = malloc (WINDOW * (size_t) b->n_embd * sizeof *m->x);
  m->y = malloc (WINDOW * (size_t) b->n_embd * sizeof *m->y);
  if (m->means == NULL || m->sums == NULL || m->params == NULL || m->x == NULL || m->y == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory to measure importance");
  return true;
}

static bool
embed (tl_importance *m, const tl_gguf *model, const int32_t *ids, size_t n, tl_error *err)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (model, "token_embd.weight");
  const tl_type_info *info = tl_type_get_info (t->type);
  size_t n_embd = m->config.blocks.n_embd;
  size_t row_bytes = tl_type_row_bytes (t->type, n_embd);

  for (size_t i = 0; i < n; i++)
    {
      if (ids[i] < 0 || (uint32_t) ids[i] >= m->config.n_vocab)
        return tl_error_set (err, TL_ERROR_ARGUMENT, "token %d is outside the vocabulary of %u",
                             (int) ids[i], m->config.n_vocab);
      info->dequantize (m->x + i * n_embd, (const uint8_t *) t->data + (size_t) ids[i] * row_bytes,
                        n_embd);
    }
  return true;
}

static bool
run (tl_importance *m, const tl_gguf *model, tl_blocks *blocks, const int32_t *ids, size_t n,
     tl_error *err)
{
  tl_blocks_set_observer (blocks, observe, m);
  for (size_t at = 0; at < n; at += WINDOW)
    {
      uint32_t length = (uint32_t) (n - at < WINDOW ? n - at : WINDOW);

      if (!embed (m, model, ids + at, length, err))
        return false;
      tl_blocks_forward (blocks, m->params, m->x, &length, 1, NULL, m->y);
      add_squares (m, n_tensors (m), m->y, length, m->config.blocks.n_embd);
      m->n_rows += length;
    }
  return true;
}

static void
divide (tl_importance *m)
{
  for (size_t i = 0; i < (n_tensors (m) + 1) * m->width; i++)
    m->means[i] = (float) (m->sums[i] / (double) m->n_rows);
}

static bool
measure (tl_importance *m, const tl_gguf *model, const int32_t *ids, size_t n, tl_pool *pool,
         tl_error *err)
{
  tl_blocks *blocks;
  bool       ok;

  if (n == 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "no text to measure importance on");
  if (!tl_lm_train_config_from_gguf (&m->config, model, err) || !take_memory (m, err)
      || !tl_lm_read_blocks (&m->config, model, m->params, err)
      || (blocks = tl_blocks_new (&m->config.blocks, WINDOW, WINDOW, pool, err)) == NULL)
    return false;
  ok = run (m, model, blocks, ids, n, err);
  tl_blocks_free (blocks);
  if (ok)
    divide (m);
  return ok;
}

tl_importance *
tl_importance_measure (const tl_gguf *model, const int32_t *ids, size_t n, tl_pool *pool,
                       tl_error *err)
{
  tl_importance *m = calloc (1, sizeof *m);

  if (m == NULL)
    tl_error_set (err, TL_ERROR_MEMORY, "no memory to measure importance");
  else if (!measure (m, model, ids, n, pool, err))
    {
      tl_importance_free (m);
      m = NULL;
    }
  return m;
}

void
tl_importance_free (tl_importance *m)
{
  if (m == NULL)
    return;
  free (m->means);
  free (m->sums);
  free (m->params);
  free (m->x);
  free (m->y);
  free (m);
}

/* The observed tensor whose input @i shares: k and v see what q sees, up what gate sees. */
static size_t
shared_input (size_t i)
{
  switch (i % TL_LAYER_TENSORS)
    {
    case TL_ATTN_K: return i - 1;
    case TL_ATTN_V: return i - 2;
    case TL_FFN_UP: return i - 1;
    default: return i;
    }
}

const float *
tl_importance_get (const tl_importance *m, const char *tensor, size_t cols)
{
  if ((strcmp (tensor, "output.weight") == 0
       || (m->config.tied && strcmp (tensor, "token_embd.weight") == 0))
      && cols == m->config.blocks.n_embd)
    return m->means + n_tensors (m) * m->width;
  for (size_t i = 0; i < n_tensors (m); i++)
    {
      tl_blocks_tensor t = tl_blocks_param (&m->config.blocks, i);

      if (strcmp (t.name, tensor) == 0 && t.rows > 1 && t.cols == cols)
        return m->means + shared_input (i) * m->width;
    }
  return NULL;
}
