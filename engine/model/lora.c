/* SPDX-License-Identifier: Apache-2.0 */
/* Computing with adapters: those of a session are laid together once, when they are set, so that a
 * product has one narrow pair beside it however many there are. */
#include "model/lora.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/adapter-private.h"
#include "model/session-private.h"
#include "model/targets.h"

/* Ranks whose products are kept between the two steps. */
#define BLOCK 64u

/* Below this many tokens waking the pool costs more than it saves. */
#define POOL_MIN_TOKENS 8u

typedef struct
{
  const tl_lora    *l;
  const tl_kernels *k;
  const float      *x;
  float            *y;
  size_t            n;
} add_run;

static void
add_token (const add_run *r, size_t token)
{
  const tl_lora *l = r->l;
  const float *x = r->x + token * l->cols;
  float *y = r->y + token * l->rows;
  float h[BLOCK];

  for (uint32_t begin = 0; begin < l->rank; begin += BLOCK)
    {
      uint32_t n = l->rank - begin < BLOCK ? l->rank - begin : BLOCK;

      for (uint32_t i = 0; i < n; i++)
        h[i] = r->k->dot_f32 (l->a + (begin + i) * l->cols, x, l->cols);
      for (uint32_t i = 0; i < n; i++)
        r->k->axpy_f32 (y, h[i], l->b + (begin + i) * l->rows, l->rows);
    }
}

static void
add_part (void *data, unsigned part, unsigned n_parts)
{
  const add_run *r = data;

  for (size_t t = r->n * part / n_parts; t < r->n * (part + 1) / n_parts; t++)
    add_token (r, t);
}

void
tl_lora_add (const tl_lora *l, const tl_kernels *k, tl_pool *pool, const float *x, size_t n,
             float *y)
{
  add_run r = { l, k, x, y, n };

  tl_pool_share (pool, n < POOL_MIN_TOKENS ? 1 : tl_pool_get_n_threads (pool), add_part, &r);
}

/* Laying together */

static size_t
n_sites (const tl_model *m)
{
  return (size_t) m->info.n_layers * TL_TARGETS + 1;
}

static const tl_matrix *
matrix_at (const tl_model *m, size_t site)
{
  if (site + 1 == n_sites (m))
    return &m->output;
  return tl_model_get_target (m, (uint32_t) (site / TL_TARGETS), (tl_target) (site % TL_TARGETS));
}

static bool
check_uses (const tl_session *s, const tl_adapter_use *uses, size_t n, tl_error *err)
{
  for (size_t i = 0; i < n; i++)
    {
      if (uses[i].adapter->model != s->model)
        return tl_error_set (err, TL_ERROR_ARGUMENT, "an adapter of another model");
      if (!(fabsf (uses[i].scale) <= 1000.0f))
        return tl_error_set (err, TL_ERROR_ARGUMENT, "a scale of %g; it can be -1000 to 1000",
                             (double) uses[i].scale);
    }
  return true;
}

/* Fills the ranks and shapes. Returns: the floats that they take */
static size_t
plan (const tl_model *m, const tl_adapter_use *uses, size_t n, tl_lora *loras)
{
  size_t n_floats = 0;

  for (size_t i = 0; i < n_sites (m); i++)
    {
      const tl_matrix *w = matrix_at (m, i);

      loras[i].rows = w->rows;
      loras[i].cols = w->cols;
      for (size_t j = 0; j < n; j++)
        loras[i].rank += uses[j].adapter->pairs[i].rank;
      n_floats += loras[i].rank * (w->rows + w->cols);
    }
  return n_floats;
}

/* B is turned over, so that its rows are added one by one. */
static void
copy_pair (const tl_lora *l, const tl_low_rank *pair, float scale, float *a, float *b)
{
  memcpy (a, pair->a, pair->rank * l->cols * sizeof *a);
  for (size_t row = 0; row < l->rows; row++)
    for (size_t r = 0; r < pair->rank; r++)
      b[r * l->rows + row] = scale * pair->scale * pair->b[row * pair->rank + r];
}

static void
fill (const tl_model *m, const tl_adapter_use *uses, size_t n, tl_lora *loras, float *at)
{
  for (size_t i = 0; i < n_sites (m); i++)
    {
      tl_lora *l = &loras[i];
      float *a = at, *b = at + l->rank * l->cols;

      l->a = a;
      l->b = b;
      at += l->rank * (l->rows + l->cols);
      for (size_t j = 0; j < n; j++)
        {
          const tl_low_rank *pair = &uses[j].adapter->pairs[i];

          if (pair->rank == 0)
            continue;
          copy_pair (l, pair, uses[j].scale * matrix_at (m, i)->lora_scale, a, b);
          a += pair->rank * l->cols;
          b += pair->rank * l->rows;
        }
    }
}

bool
tl_session_set_adapters (tl_session *s, const tl_adapter_use *uses, size_t n, tl_error *err)
{
  const tl_model *m = s->model;
  tl_lora *loras = NULL;
  float *memory = NULL;
  size_t n_floats = 0;

  if (!check_uses (s, uses, n, err))
    return false;
  if (n > 0)
    {
      loras = calloc (n_sites (m), sizeof *loras);
      n_floats = loras != NULL ? plan (m, uses, n, loras) : 0;
      memory = malloc ((n_floats + 1) * sizeof *memory);
      if (loras == NULL || memory == NULL)
        {
          free (loras);
          free (memory);
          return tl_error_set (err, TL_ERROR_MEMORY, "no memory for the adapters");
        }
      fill (m, uses, n, loras, memory);
    }
  free (s->loras);
  free (s->lora_memory);
  s->loras = loras;
  s->lora_memory = memory;
  s->lora_bytes = n_floats * sizeof *memory;
  tl_prefix_cache_clear (&s->prefixes);
  tl_session_truncate (s, 0);
  return true;
}
