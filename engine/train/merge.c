/* SPDX-License-Identifier: Apache-2.0 */
/* Merging, a matrix of the file at a time. */
#include "train/merge.h"

#include "model/adapter-private.h"
#include "model/targets.h"
#include "train/matrix-rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  const tl_model       *m;
  const tl_adapter_use *uses;
  size_t                n;
  tl_type               type;
  const tl_kernels     *k;
} merge;

/* The pairs that a tensor of the file is: [first, first + n) of an adapter's; n 0: none. */
typedef struct
{
  size_t first, n;
} pairs;

static pairs
pairs_of (const tl_model *m, const char *name)
{
  for (uint32_t layer = 0; layer < m->info.n_layers; layer++)
    {
      const tl_target_tensor *t;

      for (size_t i = 0; (t = tl_target_tensor_at (i)) != NULL; i++)
        {
          char own[64];

          snprintf (own, sizeof own, "blk.%u.%s", layer, t->name);
          if ((t->part == 0 || (m->family->parts & t->part)) && strcmp (own, name) == 0)
            return (pairs) { layer * (size_t) TL_TARGETS + t->first, t->n };
        }
    }
  if (strcmp (name, "output.weight") == 0)
    return (pairs) { m->info.n_layers * (size_t) TL_TARGETS, 1 };
  return (pairs) { 0, 0 };
}

static bool
is_changed (const merge *g, pairs p)
{
  for (size_t i = 0; i < g->n; i++)
    for (size_t j = 0; j < p.n; j++)
      if (g->uses[i].adapter->pairs[p.first + j].rank > 0)
        return true;
  return false;
}

static const tl_matrix *
matrix_of (const tl_model *m, size_t pair)
{
  return pair == m->info.n_layers * (size_t) TL_TARGETS
             ? &m->output
             : tl_model_get_target (m, (uint32_t) (pair / TL_TARGETS),
                                    (tl_target) (pair % TL_TARGETS));
}

typedef struct
{
  const merge *g;
  pairs        p;
} changes;

/* @w [cols], row @row of the file's tensor, += what the adapters add to it; the factor that the
 * matrix has of its own counts for the sum, so it is taken off first. */
static void
add_row (const void *data, size_t row, float *w, size_t cols)
{
  const changes *c = data;
  const merge *g = c->g;
  size_t at = c->p.first;
  const tl_matrix *m;
  float own;

  while (row >= matrix_of (g->m, at)->rows)
    row -= matrix_of (g->m, at++)->rows;
  m = matrix_of (g->m, at);
  own = m->scale / m->lora_scale;
  for (size_t i = 0; i < g->n; i++)
    {
      const tl_low_rank *pair = &g->uses[i].adapter->pairs[at];

      for (uint32_t r = 0; r < pair->rank; r++)
        g->k->axpy_f32 (w, g->uses[i].scale * pair->scale * pair->b[row * pair->rank + r] / own,
                        pair->a + r * cols, cols);
    }
}

static bool
write_tensor (const merge *g, tl_gguf_writer *w, const tl_tensor_info *t, uint8_t **blocks,
              tl_error *err)
{
  const changes c = { g, pairs_of (g->m, t->name) };
  const tl_type type = tl_matrix_fit_type (g->type, (size_t) t->dims[0]);

  if (!is_changed (g, c.p))
    {
      tl_gguf_writer_tensor (w, t->name, t->type, t->n_dims, t->dims, t->data);
      return true;
    }
  *blocks = tl_matrix_convert (t, type, NULL, add_row, &c);
  if (*blocks == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory for its merged form", t->name);
  tl_gguf_writer_tensor (w, t->name, type, t->n_dims, t->dims, *blocks);
  return true;
}

static bool
check (const merge *g, tl_error *err)
{
  const tl_type_info *info = tl_type_get_info ((uint32_t) g->type);

  if (info == NULL || info->quantize == NULL)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s cannot be written",
                         info != NULL ? info->name : "this type");
  if (tl_gguf_find_tensor (g->m->gguf, "output.weight") == NULL
      && is_changed (g, (pairs) { g->m->info.n_layers * (size_t) TL_TARGETS, 1 }))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "output.weight: the model's head is its embedding, which an adapter of "
                         "the head alone cannot be merged into");
  return true;
}

bool
tl_merge_adapters (const tl_model *m, const tl_adapter_use *uses, size_t n, tl_type type,
                   tl_gguf_writer *w, const char *path, tl_error *err)
{
  static const char *const replaced[] = { "general.file_type", "tinylm.specialist.", NULL };
  const merge g = { m, uses, n, type, tl_kernels_get () };
  size_t n_tensors = tl_gguf_get_n_tensors (m->gguf);
  uint8_t **blocks;
  bool ok;

  if (!check (&g, err))
    return false;
  blocks = calloc (n_tensors + 1, sizeof *blocks);
  ok = blocks != NULL;
  if (ok)
    tl_gguf_writer_keys (w, m->gguf, replaced);
  else
    tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory to merge", path);
  for (size_t i = 0; ok && i < n_tensors; i++)
    ok = write_tensor (&g, w, tl_gguf_get_tensor (m->gguf, i), &blocks[i], err);
  ok = ok && tl_gguf_writer_save (w, path, err);
  for (size_t i = 0; blocks != NULL && i < n_tensors; i++)
    free (blocks[i]);
  free (blocks);
  return ok;
}
