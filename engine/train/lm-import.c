/* SPDX-License-Identifier: Apache-2.0 */
/* A llama GGUF's shape and weights into the trainer: the way back from lm-export.c, to go on from a
 * model or to take it as a teacher. */
#include "train/lm-train-private.h"

#include <stdlib.h>
#include <string.h>

/* The shape */

static bool
read_u32 (const tl_gguf *g, const char *key, uint32_t *value, tl_error *err)
{
  uint64_t wide;

  if (!tl_gguf_get_u64 (g, key, &wide) || wide == 0 || wide > 1u << 20)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s is missing or out of range", key);
  *value = (uint32_t) wide;
  return true;
}

static void
read_float (const tl_gguf *g, const char *key, float *value)
{
  double wide;

  if (tl_gguf_get_f64 (g, key, &wide))
    *value = (float) wide;
}

static bool
check_llama (const tl_gguf *g, tl_error *err)
{
  tl_str arch = { "", 0 };

  tl_gguf_get_string (g, "general.architecture", &arch);
  return tl_str_is (arch, "llama")
         || tl_error_set (err, TL_ERROR_UNSUPPORTED,
                          "only llama models can be trained, not \"%.*s\"",
                          (int) (arch.len < 40 ? arch.len : 40), arch.data);
}

bool
tl_lm_train_config_from_gguf (tl_lm_train_config *c, const tl_gguf *gguf, tl_error *err)
{
  const tl_tensor_info *embedding = tl_gguf_find_tensor (gguf, "token_embd.weight");
  tl_blocks_config b = { .rms_eps = 1e-5f, .rope_base = 10000.0f, .causal = true,
                         .dropout = c->blocks.dropout };

  if (!check_llama (gguf, err)
      || !read_u32 (gguf, "llama.embedding_length", &b.n_embd, err)
      || !read_u32 (gguf, "llama.block_count", &b.n_layers, err)
      || !read_u32 (gguf, "llama.feed_forward_length", &b.n_ff, err)
      || !read_u32 (gguf, "llama.attention.head_count", &b.n_heads, err))
    return false;
  b.n_kv_heads = b.n_heads;
  if (tl_gguf_has (gguf, "llama.attention.head_count_kv")
      && !read_u32 (gguf, "llama.attention.head_count_kv", &b.n_kv_heads, err))
    return false;
  b.head_dim = b.n_embd / b.n_heads;
  if (tl_gguf_has (gguf, "llama.attention.key_length")
      && !read_u32 (gguf, "llama.attention.key_length", &b.head_dim, err))
    return false;
  if (embedding == NULL || embedding->dims[0] != b.n_embd || embedding->dims[1] > 1u << 20
      || embedding->dims[2] != 1 || embedding->dims[3] != 1)
    return tl_error_set (err, TL_ERROR_FORMAT, "token_embd.weight is missing, or not a row of %u for "
                         "each of at most %u tokens", b.n_embd, 1u << 20);
  read_float (gguf, "llama.attention.layer_norm_rms_epsilon", &b.rms_eps);
  read_float (gguf, "llama.rope.freq_base", &b.rope_base);
  c->blocks = b;
  c->n_vocab = (uint32_t) embedding->dims[1];
  c->tied = tl_gguf_find_tensor (gguf, "output.weight") == NULL;
  return true;
}

/* The weights */

static bool
read_tensor (const tl_gguf *g, const char *name, size_t rows, size_t cols, float *dst,
             tl_error *err)
{
  const tl_tensor_info *t = tl_gguf_find_tensor (g, name);
  const tl_type_info   *info = t != NULL ? tl_type_get_info (t->type) : NULL;

  if (t == NULL || info == NULL)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s is missing", name);
  if (t->dims[0] != cols || t->dims[1] != rows || t->dims[2] != 1 || t->dims[3] != 1)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "%s: expected [%zu, %zu], the file has [%llu, %llu]", name,
                         rows, cols, (unsigned long long) t->dims[1],
                         (unsigned long long) t->dims[0]);
  info->dequantize (dst, t->data, rows * cols);
  return true;
}

bool
tl_lm_read_blocks (const tl_lm_train_config *c, const tl_gguf *g, float *params, tl_error *err)
{
  for (size_t i = 0; i < tl_blocks_n_tensors (&c->blocks); i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (&c->blocks, i);

      if (!read_tensor (g, tensor.name, tensor.rows, tensor.cols, params + tensor.offset, err))
        return false;
    }
  return true;
}

static bool
read_all (const tl_lm_trainer *t, const tl_gguf *g, float *params, tl_error *err)
{
  const tl_lm_train_config *c = &t->config;
  size_t n_embd = c->blocks.n_embd;

  if (!check_llama (g, err)
      || !read_tensor (g, "token_embd.weight", c->n_vocab, n_embd, params, err)
      || !tl_lm_read_blocks (c, g, params + t->blocks_at, err))
    return false;
  if (c->tied && tl_gguf_find_tensor (g, "output.weight") != NULL)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "the file has a head of its own, the trainer none");
  return c->tied
         || read_tensor (g, "output.weight", c->n_vocab, n_embd, params + t->head_at, err);
}

bool
tl_lm_trainer_import (tl_lm_trainer *t, const tl_gguf *gguf, tl_error *err)
{
  float *params = malloc (t->n_params * sizeof *params);
  bool   ok;

  if (params == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory for %zu parameters", t->n_params);
  ok = read_all (t, gguf, params, err);
  if (ok)
    memcpy (t->params, params, t->n_params * sizeof *params);
  free (params);
  return ok;
}
