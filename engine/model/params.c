/* SPDX-License-Identifier: Apache-2.0 */
/* Hyper-parameters from a model file's metadata, checked so that everything computed from them
 * later is in range. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#models */
#include "model/model-private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Copies text from the file for people to see: whole valid characters only, without controls. */
static void
copy_text (char *dst, size_t size, tl_str src)
{
  size_t len = 0;

  while (src.len > 0)
    {
      uint32_t cp;
      size_t n = tl_utf8_next (src.data, src.len, &cp);

      if (len + n >= size)
        break;
      if (cp >= 0x20 && cp != 0x7f && !(n == 1 && cp == TL_UTF8_REPLACEMENT))
        {
          memcpy (dst + len, src.data, n);
          len += n;
        }
      src.data += n;
      src.len -= n;
    }
  dst[len] = '\0';
}

/* "<arch>.<name>" */
typedef struct
{
  char text[96];
} key;

static key
key_of (const tl_model *m, const char *name)
{
  key k;

  snprintf (k.text, sizeof k.text, "%s.%s", m->info.arch, name);
  return k;
}

#define REQUIRED UINT64_MAX

/* A whole number in [low, high]; @fallback when the key is absent. */
static bool
read_count (const tl_model *m, const char *name, uint64_t low, uint64_t high, uint64_t fallback,
            uint32_t *value, tl_error *err)
{
  key k = key_of (m, name);
  uint64_t v = fallback;

  if (tl_gguf_has (m->gguf, k.text) && !tl_gguf_get_u64 (m->gguf, k.text, &v))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: not one whole number", k.text);
  if (v == REQUIRED)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", k.text);
  if (v < low || v > high)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: %llu, expected %llu to %llu", k.text,
                         (unsigned long long) v, (unsigned long long) low,
                         (unsigned long long) high);
  *value = (uint32_t) v;
  return true;
}

/* @fallback is NAN for a key that must be there. */
static bool
read_positive (const tl_model *m, const char *name, double fallback, float *value, tl_error *err)
{
  key k = key_of (m, name);
  double v = fallback;

  if (!tl_gguf_has (m->gguf, k.text))
    {
      if (isnan (v))
        return tl_error_set (err, TL_ERROR_FORMAT, "%s: missing", k.text);
    }
  else if (!tl_gguf_get_f64 (m->gguf, k.text, &v))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: not a number", k.text);
  if (!(v > 0.0 && v <= 1e12))
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: %g is not a positive number", k.text, v);
  *value = (float) v;
  return true;
}

static bool
read_arch (tl_model *m, tl_error *err)
{
  tl_str s = { NULL, 0 };

  if (!tl_gguf_get_string (m->gguf, "general.architecture", &s))
    return tl_error_set (err, TL_ERROR_FORMAT, "general.architecture: missing");
  copy_text (m->info.arch, sizeof m->info.arch, s);
  if (strcmp (m->info.arch, "llama") != 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "models of the family \"%s\" cannot be computed; \"llama\" can",
                         m->info.arch);
  if (!tl_gguf_get_string (m->gguf, "general.name", &s))
    s = (tl_str) { m->info.arch, strlen (m->info.arch) };
  copy_text (m->info.name, sizeof m->info.name, s);
  return true;
}

static bool
read_heads (tl_model *m, tl_error *err)
{
  tl_model_info *i = &m->info;
  uint32_t v_dim;

  if (!read_count (m, "attention.head_count", 1, i->n_embd, REQUIRED, &i->n_heads, err)
      || !read_count (m, "attention.head_count_kv", 1, i->n_heads, i->n_heads, &i->n_kv_heads, err)
      || !read_count (m, "attention.key_length", 1, 1024, i->n_embd / i->n_heads, &i->head_dim, err)
      || !read_count (m, "attention.value_length", 1, 1024, i->head_dim, &v_dim, err))
    return false;
  if (i->n_heads % i->n_kv_heads != 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "%u query heads cannot share %u key heads",
                         i->n_heads, i->n_kv_heads);
  if (v_dim != i->head_dim)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "keys of %u and values of %u dimensions",
                         i->head_dim, v_dim);
  if ((uint64_t) i->n_heads * i->head_dim > TL_MODEL_MAX_WIDTH)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%u heads of %u dimensions are too wide",
                         i->n_heads, i->head_dim);
  return true;
}

static bool
read_rope (tl_model *m, tl_error *err)
{
  key k = key_of (m, "rope.scaling.type");
  tl_str scaling = { "none", 4 };
  float factor = 1.0f;

  if (!read_count (m, "rope.dimension_count", 2, m->info.head_dim, m->info.head_dim, &m->n_rot, err)
      || !read_positive (m, "rope.freq_base", 10000.0, &m->info.rope_base, err))
    return false;
  if (m->n_rot % 2 != 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: %u is odd",
                         key_of (m, "rope.dimension_count").text, m->n_rot);
  tl_gguf_get_string (m->gguf, k.text, &scaling);
  if (scaling.len == 6 && memcmp (scaling.data, "linear", 6) == 0)
    {
      if (!read_positive (m, "rope.scaling.factor", 1.0, &factor, err))
        return false;
    }
  else if (scaling.len != 4 || memcmp (scaling.data, "none", 4) != 0)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: only \"linear\" can be computed", k.text);
  m->rope_scale = 1.0f / factor;
  return true;
}

bool
tl_model_read_params (tl_model *m, tl_error *err)
{
  tl_model_info *i = &m->info;
  uint64_t n_tensors = tl_gguf_get_n_tensors (m->gguf);

  /* A layer has several tensors, so the tensor table bounds their number. */
  return read_arch (m, err)
         && read_count (m, "context_length", 1, TL_MODEL_MAX_CTX, REQUIRED, &i->n_ctx_train, err)
         && read_count (m, "embedding_length", 1, TL_MODEL_MAX_WIDTH, REQUIRED, &i->n_embd, err)
         && read_count (m, "block_count", 1, n_tensors, REQUIRED, &i->n_layers, err)
         && read_count (m, "feed_forward_length", 1, TL_MODEL_MAX_WIDTH, REQUIRED, &i->n_ff, err)
         && read_heads (m, err)
         && read_positive (m, "attention.layer_norm_rms_epsilon", NAN, &i->rms_eps, err)
         && read_rope (m, err);
}
