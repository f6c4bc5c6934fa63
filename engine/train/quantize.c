/* SPDX-License-Identifier: Apache-2.0 */
/* Rewrites a GGUF matrix by matrix. The new tensors are held in memory until the
 * file is written whole. */
#include "train/quantize.h"

#include "train/matrix-rows.h"

#include <stdlib.h>
#include <string.h>

/* What llama.cpp calls a file whose matrices are mostly of a type (its enum llama_ftype). */
static bool
file_type (tl_type type, uint32_t *number)
{
  static const struct { tl_type type; uint32_t number; } table[] = {
    { TL_TYPE_F32, 0 },   { TL_TYPE_F16, 1 },   { TL_TYPE_Q4_0, 2 },   { TL_TYPE_Q8_0, 7 },
    { TL_TYPE_Q4_K, 14 }, { TL_TYPE_Q6_K, 18 }, { TL_TYPE_BF16, 32 }, { TL_TYPE_TQ1_0, 36 },
    { TL_TYPE_TQ2_0, 37 },
  };

  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (table[i].type == type)
      {
        *number = table[i].number;
        return true;
      }
  return false;
}

static bool
is_embedding (const char *name)
{
  return strcmp (name, "token_embd.weight") == 0 || strcmp (name, "output.weight") == 0;
}

static bool
is_matrix (const tl_tensor_info *t)
{
  return t->n_dims == 2 && t->dims[1] > 1 && strstr (t->name, "norm") == NULL;
}

static tl_type
choose_type (const tl_tensor_info *t, const tl_quantize_options *o, bool *unfit)
{
  tl_type type = is_embedding (t->name) ? o->embedding_type : o->type;

  *unfit = tl_type_row_bytes (type, t->dims[0]) == 0;
  if (!*unfit)
    return type;
  return tl_type_row_bytes (TL_TYPE_Q8_0, t->dims[0]) != 0 ? TL_TYPE_Q8_0 : TL_TYPE_F16;
}

/* @blocks: (out): what the tensor's new data lie in, NULL when they are the file's */
static bool
write_tensor (tl_gguf_writer *w, const tl_tensor_info *t, const tl_quantize_options *o,
              uint8_t **blocks, tl_error *err)
{
  bool    unfit = false;
  tl_type type = is_matrix (t) ? choose_type (t, o, &unfit) : t->type;
  const float *importance
      = o->importance != NULL ? tl_importance_get (o->importance, t->name, t->dims[0]) : NULL;

  if (o->cancel != NULL && o->cancel (o->data))
    return tl_error_set (err, TL_ERROR_CANCELLED, "%s: cancelled", t->name);
  if (type != t->type && (*blocks = tl_matrix_convert (t, type, importance, NULL, NULL)) == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory for its quantised form", t->name);
  tl_gguf_writer_tensor (w, t->name, type, t->n_dims, t->dims, *blocks != NULL ? *blocks : t->data);
  if (o->told != NULL)
    o->told (o->data, t->name, t->type, type, unfit);
  return true;
}

static bool
check_type (tl_type type, tl_error *err)
{
  const tl_type_info *info = tl_type_get_info (type);

  if (info == NULL || info->quantize == NULL)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s cannot be written",
                         info != NULL ? info->name : "this type");
  return true;
}

static void
write_keys (tl_gguf_writer *w, const tl_gguf *from, tl_type type)
{
  static const char *const replaced[]
      = { "general.file_type", "general.quantization_version", NULL };
  uint32_t number;

  tl_gguf_writer_keys (w, from, replaced);
  if (file_type (type, &number))
    tl_gguf_writer_u32 (w, "general.file_type", number);
  tl_gguf_writer_u32 (w, "general.quantization_version", 2); /* the K formats' present layout */
}

bool
tl_quantize_gguf (const tl_gguf *from, const tl_quantize_options *o, const char *path,
                  tl_error *err)
{
  size_t          n = tl_gguf_get_n_tensors (from);
  tl_gguf_writer *w;
  uint8_t       **blocks;
  bool            ok;

  if (!check_type (o->type, err) || !check_type (o->embedding_type, err))
    return false;
  w = tl_gguf_writer_new ();
  blocks = calloc (n > 0 ? n : 1, sizeof *blocks);
  ok = w != NULL && blocks != NULL;
  if (!ok)
    tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory to quantise", path);
  else
    write_keys (w, from, o->type);
  for (size_t i = 0; ok && i < n; i++)
    ok = write_tensor (w, tl_gguf_get_tensor (from, i), o, &blocks[i], err);
  ok = ok && tl_gguf_writer_save (w, path, err);
  for (size_t i = 0; blocks != NULL && i < n; i++)
    free (blocks[i]);
  free (blocks);
  tl_gguf_writer_free (w);
  return ok;
}
