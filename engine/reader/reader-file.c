/* SPDX-License-Identifier: Apache-2.0 */
/* Saving and loading a reader. A file that lacks what layout.c lists, or has it in another shape or type,
 * is refused with the tensor's name: nothing is guessed. */
#include "reader/reader-file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gguf/gguf-copy.h"
#include "reader/trunk.h"

#define MAX_VOCAB 65536 /* far above our 4,096; keeps a hostile file from asking for gigabytes */

/* ---- saving ---- */

/* In the order in which they are written */
static const char *const tokenizer_keys[] = {
  "tokenizer.ggml.model",
  "tokenizer.ggml.pre",
  "tokenizer.ggml.bos_token_id",
  "tokenizer.ggml.eos_token_id",
  "tokenizer.ggml.padding_token_id",
  "tokenizer.ggml.tokens",
  "tokenizer.ggml.merges",
  "tokenizer.ggml.token_type",
  NULL,
};

static void
write_keys (tl_gguf_writer *w, const char *name, const tl_reader_layout *l,
            const tl_reader_calibration *c)
{
  tl_gguf_writer_string (w, "general.architecture", TL_READER_ARCHITECTURE);
  tl_gguf_writer_string (w, "general.name", name);
  tl_gguf_writer_u64 (w, "general.parameter_count", l->n_params);
  tl_gguf_writer_u32 (w, TL_READER_ARCHITECTURE ".features_version", TL_READER_FEATURES_VERSION);
  tl_gguf_writer_u32 (w, TL_READER_ARCHITECTURE ".vocab_size", l->n_vocab);
  tl_gguf_writer_u32 (w, TL_READER_ARCHITECTURE ".embedding_length", l->blocks.n_embd);
  tl_gguf_writer_u32 (w, TL_READER_ARCHITECTURE ".block_count", l->blocks.n_layers);
  tl_gguf_writer_f32s (w, TL_READER_ARCHITECTURE ".calibration.key", c->key, 2);
  tl_gguf_writer_f32s (w, TL_READER_ARCHITECTURE ".calibration.action", c->action, 2);
  tl_gguf_writer_f32s (w, TL_READER_ARCHITECTURE ".calibration.spans", c->spans,
                       TL_SPANS_N_CALIBRATION);
  tl_gguf_writer_f32s (w, TL_READER_ARCHITECTURE ".ask", c->ask, TL_ASK_N_WEIGHTS);
}

/* Quantises every matrix into @bytes, which the writer borrows until it saves. */
static void
write_tensors (tl_gguf_writer *w, const tl_reader_layout *l, const float *params, uint8_t *bytes)
{
  const tl_type_info *q8 = tl_type_get_info (TL_TYPE_Q8_0);

  for (size_t i = 0; i < tl_reader_n_tensors (l); i++)
    {
      tl_reader_tensor t = tl_reader_get_tensor (l, i);
      uint64_t dims[2] = { t.cols, t.rows };
      uint32_t n_dims = t.rows > 1 ? 2 : 1;
      size_t n = t.rows * t.cols;

      if (!t.q8)
        {
          tl_gguf_writer_tensor (w, t.name, TL_TYPE_F32, n_dims, dims, params + t.offset);
          continue;
        }
      q8->quantize (bytes, params + t.offset, NULL, n);
      tl_gguf_writer_tensor (w, t.name, TL_TYPE_Q8_0, n_dims, dims, bytes);
      bytes += n / q8->block_len * q8->block_bytes;
    }
}

bool
tl_reader_save (const char *path, const char *name, const tl_reader_layout *l, const float *params,
                const tl_reader_calibration *c, const tl_gguf *tokenizer, tl_error *err)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  uint8_t *bytes = malloc (l->n_params / 32 * sizeof (tl_block_q8_0) + sizeof (tl_block_q8_0));
  bool ok = w != NULL && bytes != NULL;

  if (ok)
    {
      write_keys (w, name, l, c);
      tl_gguf_writer_copy (w, tokenizer, tokenizer_keys);
      write_tensors (w, l, params, bytes);
      ok = tl_gguf_writer_save (w, path, err);
    }
  else
    tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to save %s", path);
  tl_gguf_writer_free (w);
  free (bytes);
  return ok;
}

/* ---- loading ---- */

static bool
check_number (const tl_gguf *gguf, const char *key, uint64_t expected, tl_error *err)
{
  uint64_t value;

  if (!tl_gguf_get_u64 (gguf, key, &value))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", key);
  if (value != expected)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: expected %" PRIu64 ", file has %" PRIu64,
                         key, expected, value);
  return true;
}

static bool
read_floats (const tl_gguf *gguf, const char *key, float *values, size_t n, tl_error *err)
{
  tl_gguf_type type;
  size_t n_there;

  if (!tl_gguf_get_array (gguf, key, &type, &n_there) || n_there != n)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: expected %zu numbers", key, n);
  for (size_t i = 0; i < n; i++)
    {
      double value;

      if (!tl_gguf_array_f64 (gguf, key, i, &value) || !isfinite (value))
        return tl_error_set (err, TL_ERROR_FORMAT, "%s: element %zu is no finite number", key, i);
      values[i] = (float) value;
    }
  return true;
}

static bool
check_keys (const tl_gguf *gguf, uint64_t *n_vocab, tl_error *err)
{
  tl_str arch;

  if (!tl_gguf_get_string (gguf, "general.architecture", &arch)
      || arch.len != strlen (TL_READER_ARCHITECTURE)
      || memcmp (arch.data, TL_READER_ARCHITECTURE, arch.len) != 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "general.architecture: not a " TL_READER_ARCHITECTURE);
  if (!tl_gguf_get_u64 (gguf, TL_READER_ARCHITECTURE ".vocab_size", n_vocab) || *n_vocab == 0
      || *n_vocab > MAX_VOCAB || *n_vocab % 32 != 0)
    return tl_error_set (
        err, TL_ERROR_FORMAT,
        TL_READER_ARCHITECTURE ".vocab_size: missing or not a multiple of 32 up to %d", MAX_VOCAB);
  return check_number (gguf, TL_READER_ARCHITECTURE ".features_version", TL_READER_FEATURES_VERSION,
                       err);
}

static bool
read_tensor (const tl_gguf *gguf, const tl_reader_tensor *t, float *params, tl_error *err)
{
  const tl_tensor_info *info = tl_gguf_find_tensor (gguf, t->name);
  const tl_type_info *type;
  size_t n = t->rows * t->cols;

  if (info == NULL)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", t->name);
  if (info->dims[0] != t->cols || info->dims[1] != t->rows || info->dims[2] != 1
      || info->dims[3] != 1)
    return tl_error_set (err, TL_ERROR_FORMAT,
                         "%s: expected [%zu, %zu], file has [%" PRIu64 ", %" PRIu64 "]", t->name,
                         t->rows, t->cols, info->dims[1], info->dims[0]);
  type = tl_type_get_info (info->type);
  if (type == NULL || n % type->block_len != 0
      || info->size != n / type->block_len * type->block_bytes)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: a type this reader cannot take", t->name);
  type->dequantize (params + t->offset, info->data, n);
  for (size_t i = 0; i < n; i++)
    if (!isfinite (params[t->offset + i]))
      return tl_error_set (err, TL_ERROR_FORMAT, "%s: holds a number that is not finite", t->name);
  return true;
}

bool
tl_reader_load_vectors (const tl_gguf *gguf, const tl_reader_layout *l, float *params,
                        tl_error *err)
{
  tl_reader_tensor embed = tl_reader_get_tensor (l, 0);

  return read_tensor (gguf, &embed, params, err);
}

static bool
load_into (tl_reader *r, const tl_gguf *gguf, tl_error *err)
{
  tl_reader_calibration *c = &r->calibration;
  tl_gguf_type type;
  uint64_t n_vocab;
  size_t n;

  if (!check_keys (gguf, &n_vocab, err))
    return false;
  tl_reader_layout_init (&r->layout, (uint32_t) n_vocab);
  if (!check_number (gguf, TL_READER_ARCHITECTURE ".embedding_length", r->layout.blocks.n_embd, err)
      || !check_number (gguf, TL_READER_ARCHITECTURE ".block_count", r->layout.blocks.n_layers, err)
      || !read_floats (gguf, TL_READER_ARCHITECTURE ".calibration.key", c->key, 2, err)
      || !read_floats (gguf, TL_READER_ARCHITECTURE ".calibration.action", c->action, 2, err)
      || !read_floats (gguf, TL_READER_ARCHITECTURE ".calibration.spans", c->spans,
                       TL_SPANS_N_CALIBRATION, err))
    return false;
  r->can_ask = tl_gguf_get_array (gguf, TL_READER_ARCHITECTURE ".ask", &type, &n);
  if (r->can_ask
      && !read_floats (gguf, TL_READER_ARCHITECTURE ".ask", c->ask, TL_ASK_N_WEIGHTS, err))
    return false;
  r->tokenizer = tl_tokenizer_new_from_gguf (gguf, err);
  if (r->tokenizer == NULL)
    return false;
  if (tl_tokenizer_get_n_tokens (r->tokenizer) != n_vocab)
    return tl_error_set (err, TL_ERROR_FORMAT,
                         "tokenizer.ggml.tokens: expected %" PRIu64 ", file has %zu", n_vocab,
                         tl_tokenizer_get_n_tokens (r->tokenizer));
  r->params = calloc (r->layout.n_params, sizeof *r->params);
  if (r->params == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for %zu parameters",
                         r->layout.n_params);
  for (size_t i = 0; i < tl_reader_n_tensors (&r->layout); i++)
    {
      tl_reader_tensor t = tl_reader_get_tensor (&r->layout, i);

      if (!read_tensor (gguf, &t, r->params, err))
        return false;
    }
  return true;
}

tl_reader *
tl_reader_load (const tl_gguf *gguf, tl_error *err)
{
  tl_reader *r = calloc (1, sizeof *r);

  if (r == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for a reader");
      return NULL;
    }
  if (load_into (r, gguf, err))
    return r;
  tl_reader_close (r);
  return NULL;
}
