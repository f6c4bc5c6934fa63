/* SPDX-License-Identifier: Apache-2.0 */
/* A trained adapter as a GGUF of llama.cpp's names, or the whole model when its matrices were
 * trained themselves. */
#include "train/lora-train-private.h"
#include "train/matrix-rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file's tensor that is the site's matrix, of a family without fused ones. */
static void
name_of (size_t site, const char *suffix, char name[80])
{
  const tl_target_tensor *tensor = NULL;

  for (size_t i = 0; (tensor = tl_target_tensor_at (i)) != NULL; i++)
    if (tensor->n == 1 && tensor->first == (tl_target) (site % TL_TARGETS))
      break;
  snprintf (name, 80, "blk.%zu.%s%s", site / TL_TARGETS, tensor->name, suffix);
}

static bool
write_pairs (const tl_lora_trainer *t, tl_matrix_output *out, tl_error *err)
{
  for (size_t i = 0; i < t->model->info.n_layers * (size_t) TL_TARGETS; i++)
    {
      const tl_lora_site *s = &t->sites[i];
      char a[80], b[80];

      if (s->rank == 0)
        continue;
      name_of (i, ".lora_a", a);
      name_of (i, ".lora_b", b);
      if (!tl_matrix_write (out, a, TL_TYPE_F16, t->params + s->a, s->rank, s->w->cols, err)
          || !tl_matrix_write (out, b, TL_TYPE_F16, t->params + s->b, s->w->rows, s->rank, err))
        return false;
    }
  return true;
}

static bool
write_adapter (const tl_lora_trainer *t, tl_matrix_output *out, const char *name, tl_error *err)
{
  tl_gguf_writer_string (out->w, "general.type", "adapter");
  tl_gguf_writer_string (out->w, "general.architecture", t->model->info.arch);
  tl_gguf_writer_string (out->w, "general.name", name);
  tl_gguf_writer_string (out->w, "adapter.type", "lora");
  tl_gguf_writer_f32 (out->w, "adapter.lora.alpha", t->config.alpha);
  return write_pairs (t, out, err);
}

/* The site whose matrix is the tensor @name and was trained; or NULL. */
static const tl_lora_site *
trained_tensor (const tl_lora_trainer *t, const char *name)
{
  for (size_t i = 0; i < t->model->info.n_layers * (size_t) TL_TARGETS; i++)
    {
      char own[80];

      name_of (i, "", own);
      if (t->sites[i].full && strcmp (own, name) == 0)
        return &t->sites[i];
    }
  return NULL;
}

static bool
write_model (const tl_lora_trainer *t, tl_matrix_output *out, tl_type type, const char *name,
             tl_error *err)
{
  static const char *const replaced[] = { "general.name", "general.file_type",
                                          "tinylm.specialist.", NULL };
  const tl_gguf *from = t->model->gguf;

  tl_gguf_writer_keys (out->w, from, replaced);
  tl_gguf_writer_string (out->w, "general.name", name);
  for (size_t i = 0; i < tl_gguf_get_n_tensors (from); i++)
    {
      const tl_tensor_info *tensor = tl_gguf_get_tensor (from, i);
      const tl_lora_site *s = trained_tensor (t, tensor->name);

      if (s == NULL)
        tl_gguf_writer_tensor (out->w, tensor->name, tensor->type, tensor->n_dims, tensor->dims,
                               tensor->data);
      else if (!tl_matrix_write (out, tensor->name, tl_matrix_fit_type (type, s->w->cols),
                                 t->params + s->a, s->w->rows, s->w->cols, err))
        return false;
    }
  return true;
}

bool
tl_lora_trainer_export (const tl_lora_trainer *t, tl_gguf_writer *w, tl_type type, const char *name,
                        const char *path, tl_error *err)
{
  /* No type is wider than a float. */
  tl_matrix_output out = { w, malloc (t->n_params * sizeof (float)), 0 };
  bool ok;

  if (out.arena == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory for the export", path);
  ok = (t->config.full ? write_model (t, &out, type, name, err)
                       : write_adapter (t, &out, name, err))
       && tl_gguf_writer_save (w, path, err);
  free (out.arena);
  return ok;
}
