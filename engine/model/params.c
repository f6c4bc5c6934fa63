/* SPDX-License-Identifier: Apache-2.0 */
/* Hyper-parameters from a model file's metadata, checked so that everything computed from them
 * later is in range. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#models */
#include "model/adapter.h"
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

  if (tl_gguf_is_adapter (m->gguf))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "this file is an adapter, which is used beside the model it was made for");
  if (!tl_gguf_get_string (m->gguf, "general.architecture", &s))
    return tl_error_set (err, TL_ERROR_FORMAT, "general.architecture: missing");
  copy_text (m->info.arch, sizeof m->info.arch, s);
  m->family = tl_family_find (m->info.arch, err);
  if (m->family == NULL)
    return false;
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
      || !read_count (m, "attention.key_length", 1, TL_MODEL_MAX_HEAD, i->n_embd / i->n_heads,
                      &i->head_dim, err)
      || !read_count (m, "attention.value_length", 1, TL_MODEL_MAX_HEAD, i->head_dim, &v_dim, err))
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
read_rope_scaling (tl_model *m, tl_error *err)
{
  key k = key_of (m, "rope.scaling.type");
  bool may_be_long = m->family->parts & TL_PART_LONG_ROPE;
  tl_str type = { "linear", 6 };
  float factor = 1.0f;

  tl_gguf_get_string (m->gguf, k.text, &type);
  if (tl_str_is (type, "linear"))
    {
      if (!read_positive (m, "rope.scale_linear", 1.0, &factor, err) /* of older files */
          || !read_positive (m, "rope.scaling.factor", (double) factor, &factor, err))
        return false;
    }
  else if (!tl_str_is (type, "none") && !(may_be_long && tl_str_is (type, "longrope")))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: only \"linear\"%s can be computed", k.text,
                         may_be_long ? " and \"longrope\"" : "");
  m->rotations[0].scale = 1.0f / factor;
  return read_positive (m, "rope.scaling.attn_factor", 1.0, &m->rope_gain, err)
         && read_count (m, "rope.scaling.original_context_length", 1, TL_MODEL_MAX_CTX,
                        m->info.n_ctx_train, &m->n_ctx_short, err);
}

static bool
read_rope (tl_model *m, tl_error *err)
{
  m->n_rotations = 1;
  if (!read_count (m, "rope.dimension_count", 2, m->info.head_dim, m->info.head_dim, &m->n_rot, err)
      || !read_positive (m, "rope.freq_base", 10000.0, &m->info.rope_base, err)
      || !read_rope_scaling (m, err))
    return false;
  m->rotations[0].base = m->info.rope_base;
  if (m->n_rot % 2 != 0)
    return tl_error_set (err, TL_ERROR_FORMAT, "%s: %u is odd",
                         key_of (m, "rope.dimension_count").text, m->n_rot);
  return true;
}

/* Windowed layers turn by frequencies of their own, which no scaling stretches. */
static bool
read_window (tl_model *m, tl_error *err)
{
  tl_rotation *local = &m->rotations[1];

  if (m->family->window_period == 0)
    return true;
  m->n_rotations = 2;
  local->scale = 1.0f;
  return read_count (m, "attention.sliding_window", 1, TL_MODEL_MAX_CTX, REQUIRED, &m->window, err)
         && read_positive (m, "rope.freq_base_swa", 10000.0, &local->base, err);
}

/* Gemma 3's largest model alone, known by its 62 layers, scales scores by its width. */
static float
usual_attn_scale (const tl_model *m)
{
  const tl_model_info *i = &m->info;
  bool by_width = m->family->window_period > 0 && i->n_layers == 62;

  return 1.0f / sqrtf ((float) (by_width ? i->n_embd / i->n_heads : i->head_dim));
}

static bool
read_scales (tl_model *m, tl_error *err)
{
  float divisor;

  m->embd_scale = m->family->scales_embedding ? sqrtf ((float) m->info.n_embd) : 1.0f;
  m->attn_scale = usual_attn_scale (m);
  m->branch_scale = m->logit_scale = 1.0f;
  if (!m->family->has_multipliers)
    return true;
  if (!read_positive (m, "embedding_scale", 1.0, &m->embd_scale, err)
      || !read_positive (m, "attention.scale", (double) m->attn_scale, &m->attn_scale, err)
      || !read_positive (m, "residual_scale", 1.0, &m->branch_scale, err)
      || !read_positive (m, "logit_scale", NAN, &divisor, err))
    return false;
  m->logit_scale = 1.0f / divisor;
  return true;
}

/* Files name the gate where a family's models differ. */
static bool
read_gate (tl_model *m, tl_error *err)
{
  key k = key_of (m, "hidden_activation");
  tl_str s;

  m->gate = m->family->gate;
  if (!(m->family->parts & TL_PART_SUB_NORMS) || !tl_gguf_get_string (m->gguf, k.text, &s)
      || tl_str_is (s, "silu"))
    return true;
  if (!tl_str_is (s, "relu2"))
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "%s: only \"silu\" and \"relu2\" can be computed", k.text);
  m->gate = TL_GATE_RELU2;
  return true;
}

/* What would change every result, and is not done here. */
static bool
refuse_others (const tl_model *m, tl_error *err)
{
  static const char *const names[] = { "attn_logit_softcapping", "final_logit_softcapping" };
  key finetuned = key_of (m, "rope.scaling.finetuned");
  bool turns = true;

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      key k = key_of (m, names[i]);

      if (tl_gguf_has (m->gguf, k.text))
        return tl_error_set (err, TL_ERROR_UNSUPPORTED, "%s: capped scores cannot be computed",
                             k.text);
    }
  tl_gguf_get_bool (m->gguf, finetuned.text, &turns);
  return turns || !m->family->has_multipliers
         || tl_error_set (err, TL_ERROR_UNSUPPORTED,
                          "%s: a model that knows no positions cannot be computed", finetuned.text);
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
         && read_rope (m, err) && read_window (m, err) && read_scales (m, err)
         && read_gate (m, err) && refuse_others (m, err);
}
