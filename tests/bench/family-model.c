/* SPDX-License-Identifier: Apache-2.0 */
/* Each model is a line of a table: its family, the parts that it has, and the keys that only it
 * has. Norms and biases are far from 1 and 0, and windows and contexts short, so that leaving any
 * of them out changes the result. */
#include "family-model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define N_VOCAB 256
#define N_CTX 256
#define N_EMBD 64
#define N_LAYERS 7 /* one more than the period of gemma3's windows */
#define N_HEADS 4
#define N_KV_HEADS 2
#define HEAD_DIM 32 /* not N_EMBD / N_HEADS, where a family allows it */
#define N_FF 128
#define WIDER 4 /* a wide one */
#define WIDE_VOCAB 512
#define WIDE_WINDOW 512 /* of gemma3 in its smaller sizes */
#define MAX_TENSORS 256

enum
{
  BIAS = 1,
  HEAD_NORMS = 2,
  POST_NORMS = 4,
  SUB_NORMS = 8,
  SCALES = 16,
  FUSED = 32,
  HEAD = 64, /* a head of its own */
};

typedef struct
{
  const char *name, *arch;
  unsigned    parts;
  uint32_t    head_dim, n_rot;
  float       embd_gain; /* small where the embedding would drown the layers */
  const char *factors[2]; /* names of tensors that stretch frequencies */
  struct
  {
    const char *name;
    float       value;
    bool        is_whole;
  } keys[6];
} family;

static const family families[] = {
  { "llama", "llama", HEAD, 16, 16, 3, { "rope_freqs.weight", NULL }, { { NULL, 0, 0 } } },
  { "qwen2", "qwen2", BIAS, 16, 16, 3, { NULL, NULL }, { { "rope.freq_base", 1000000, 0 } } },
  { "qwen3", "qwen3", HEAD_NORMS, 32, 32, 3, { NULL, NULL }, { { "rope.freq_base", 1000000, 0 } } },
  { "gemma3", "gemma3", HEAD_NORMS | POST_NORMS, 32, 32, 1.5f, { NULL, NULL },
    { { "rope.freq_base", 1000000, 0 }, { "attention.sliding_window", 9, 1 } } },
  { "phi3", "phi3", FUSED | HEAD, 16, 16, 3, { NULL, NULL }, { { NULL, 0, 0 } } },
  { "phi3-short", "phi3", FUSED, 16, 12, 3,
    { "rope_factors_short.weight", "rope_factors_long.weight" },
    { { "rope.scaling.attn_factor", 1.19f, 0 },
      { "rope.scaling.original_context_length", N_CTX, 1 } } },
  { "phi3-long", "phi3", FUSED, 16, 12, 3,
    { "rope_factors_short.weight", "rope_factors_long.weight" },
    { { "rope.scaling.attn_factor", 1.19f, 0 },
      { "rope.scaling.original_context_length", N_CTX / 4, 1 } } },
  { "granite", "granite", 0, 16, 16, 1, { NULL, NULL },
    { { "embedding_scale", 3, 0 }, { "attention.scale", 0.125f, 0 }, { "residual_scale", 0.22f, 0 },
      { "logit_scale", 0.5f, 0 } } },
  { "bitnet", "bitnet", SUB_NORMS | SCALES, 16, 16, 3, { NULL, NULL }, { { NULL, 0, 0 } } },
};

#define N_FAMILIES (sizeof families / sizeof families[0])

typedef struct
{
  tl_gguf_writer *w;
  const family   *f;
  tl_type         type;
  tl_rng          rng;
  uint32_t        scale; /* of all widths */
  uint32_t        n_vocab;
  void           *data[MAX_TENSORS]; /* the writer's to read until the file is saved */
  size_t          n_data;
} plan;

static void *
allocate (plan *p, size_t size)
{
  void *data = malloc (size);

  if (data == NULL)
    abort ();
  p->data[p->n_data++] = data;
  return data;
}

/* Near enough to normal, and the same everywhere. Variance 1. */
static float
draw (tl_rng *rng)
{
  float sum = 0.0f;

  for (int i = 0; i < 4; i++)
    sum += tl_rng_uniform (rng) - 0.5f;
  return sum * 1.7320508f;
}

static void
add_vector (plan *p, const char *name, uint64_t n, float mean, float deviation)
{
  float *x = allocate (p, n * sizeof *x);

  for (uint64_t i = 0; i < n; i++)
    x[i] = mean + deviation * draw (&p->rng);
  tl_gguf_writer_tensor (p->w, name, TL_TYPE_F32, 1, &n, x);
}

static void
add_matrix (plan *p, const char *name, uint64_t rows, uint64_t cols, float gain)
{
  const uint64_t dims[] = { cols, rows };
  const tl_type_info *info = tl_type_get_info (p->type);
  size_t row_bytes = tl_type_row_bytes (p->type, cols);
  char *data = allocate (p, rows * row_bytes);
  float row[WIDER * N_FF];

  for (uint64_t r = 0; r < rows; r++)
    {
      for (uint64_t i = 0; i < cols; i++)
        row[i] = gain / sqrtf ((float) cols) * draw (&p->rng);
      info->quantize (data + r * row_bytes, row, NULL, cols);
    }
  tl_gguf_writer_tensor (p->w, name, p->type, 2, dims, data);
}

static const char *
in_layer (char name[64], int layer, const char *what)
{
  snprintf (name, 64, "blk.%d.%s", layer, what);
  return name;
}

static void
add_layer_vector (plan *p, int layer, const char *what, uint64_t n, float mean, float deviation)
{
  char name[64];

  add_vector (p, in_layer (name, layer, what), n, mean, deviation);
}

/* A weight and, in families that have them, its scale. */
static void
add_weight (plan *p, int layer, const char *what, uint64_t rows, uint64_t cols, float gain)
{
  char name[64], part[32];

  snprintf (part, sizeof part, "%s.weight", what);
  add_matrix (p, in_layer (name, layer, part), rows, cols, gain);
  if (!(p->f->parts & SCALES))
    return;
  snprintf (part, sizeof part, "%s.scale", what);
  add_layer_vector (p, layer, part, 1, 0.8f, 0.1f);
}

static void
add_attention (plan *p, int layer)
{
  unsigned parts = p->f->parts;
  uint64_t head_dim = p->scale * p->f->head_dim, n_embd = p->scale * N_EMBD;
  uint64_t q = N_HEADS * head_dim, kv = N_KV_HEADS * head_dim;

  add_layer_vector (p, layer, "attn_norm.weight", n_embd, 1.0f, 0.2f);
  if (parts & FUSED)
    add_weight (p, layer, "attn_qkv", q + 2 * kv, n_embd, 1.0f);
  else
    {
      add_weight (p, layer, "attn_q", q, n_embd, 1.2f);
      add_weight (p, layer, "attn_k", kv, n_embd, 1.2f);
      add_weight (p, layer, "attn_v", kv, n_embd, 1.0f);
    }
  if (parts & BIAS)
    {
      add_layer_vector (p, layer, "attn_q.bias", q, 0.0f, 0.5f);
      add_layer_vector (p, layer, "attn_k.bias", kv, 0.0f, 0.5f);
      add_layer_vector (p, layer, "attn_v.bias", kv, 0.0f, 0.5f);
    }
  if (parts & HEAD_NORMS)
    {
      add_layer_vector (p, layer, "attn_q_norm.weight", head_dim, 1.2f, 0.3f);
      add_layer_vector (p, layer, "attn_k_norm.weight", head_dim, 1.2f, 0.3f);
    }
  if (parts & SUB_NORMS)
    add_layer_vector (p, layer, "attn_sub_norm.weight", q, 1.0f, 0.3f);
  add_weight (p, layer, "attn_output", n_embd, q, 1.0f);
  if (parts & POST_NORMS)
    add_layer_vector (p, layer, "post_attention_norm.weight", n_embd, 1.0f, 0.3f);
}

static void
add_feed_forward (plan *p, int layer)
{
  unsigned parts = p->f->parts;
  uint64_t n_ff = p->scale * N_FF, n_embd = p->scale * N_EMBD;

  add_layer_vector (p, layer, "ffn_norm.weight", n_embd, 1.0f, 0.2f);
  if (!(parts & FUSED))
    add_weight (p, layer, "ffn_gate", n_ff, n_embd, 1.5f);
  add_weight (p, layer, "ffn_up", parts & FUSED ? 2 * n_ff : n_ff, n_embd, 1.0f);
  if (parts & SUB_NORMS)
    add_layer_vector (p, layer, "ffn_sub_norm.weight", n_ff, 1.0f, 0.3f);
  add_weight (p, layer, "ffn_down", n_embd, n_ff, 1.0f);
  if (parts & POST_NORMS)
    add_layer_vector (p, layer, "post_ffw_norm.weight", n_embd, 1.0f, 0.3f);
}

static const char *
key_of (const plan *p, const char *name)
{
  static char key[96];

  snprintf (key, sizeof key, "%s.%s", p->f->arch, name);
  return key;
}

static uint32_t
whole_value (const plan *p, size_t key)
{
  bool window = strcmp (p->f->keys[key].name, "attention.sliding_window") == 0;

  return window && p->scale > 1 ? WIDE_WINDOW : (uint32_t) p->f->keys[key].value;
}

static void
add_metadata (plan *p)
{
  const family *f = p->f;
  const struct { const char *name; uint32_t value; } counts[] = {
    { "vocab_size", p->n_vocab },
    { "context_length", p->scale * N_CTX },
    { "embedding_length", p->scale * N_EMBD },
    { "block_count", N_LAYERS },
    { "feed_forward_length", p->scale * N_FF },
    { "attention.head_count", N_HEADS },
    { "attention.head_count_kv", N_KV_HEADS },
    { "attention.key_length", p->scale * f->head_dim },
    { "attention.value_length", p->scale * f->head_dim },
    { "rope.dimension_count", p->scale * f->n_rot },
  };

  tl_gguf_writer_string (p->w, "general.architecture", f->arch);
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
    tl_gguf_writer_u32 (p->w, key_of (p, counts[i].name), counts[i].value);
  tl_gguf_writer_f32 (p->w, key_of (p, "attention.layer_norm_rms_epsilon"), 1e-5f);
  for (size_t i = 0; i < 6 && f->keys[i].name != NULL; i++)
    if (f->keys[i].is_whole)
      tl_gguf_writer_u32 (p->w, key_of (p, f->keys[i].name), whole_value (p, i));
    else
      tl_gguf_writer_f32 (p->w, key_of (p, f->keys[i].name), f->keys[i].value);
}

static void
add_all (plan *p)
{
  add_metadata (p);
  add_matrix (p, "token_embd.weight", p->n_vocab, p->scale * N_EMBD, p->f->embd_gain);
  add_vector (p, "output_norm.weight", p->scale * N_EMBD, 1.0f, 0.2f);
  if (p->f->parts & HEAD)
    add_matrix (p, "output.weight", p->n_vocab, p->scale * N_EMBD, 3.0f);
  for (size_t i = 0; i < 2 && p->f->factors[i] != NULL; i++)
    add_vector (p, p->f->factors[i], p->scale * p->f->n_rot / 2, 1.5f + 2.0f * (float) i, 0.2f);
  for (int layer = 0; layer < N_LAYERS; layer++)
    {
      add_attention (p, layer);
      add_feed_forward (p, layer);
    }
}

const char *
family_model_name (size_t i)
{
  return i < N_FAMILIES ? families[i].name : NULL;
}

/* @p: of no family yet */
static bool
write_model (plan *p, const char *name, family_model_vocab add_vocab, const char *path, tl_error *err)
{
  bool ok;

  p->w = tl_gguf_writer_new ();
  for (size_t i = 0; i < N_FAMILIES; i++)
    if (strcmp (families[i].name, name) == 0)
      p->f = &families[i];
  if (p->f == NULL)
    ok = tl_error_set (err, TL_ERROR_ARGUMENT, "no model \"%s\"", name);
  else
    {
      tl_rng_init (&p->rng, 7);
      add_all (p);
      if (add_vocab == NULL)
        tl_gguf_writer_string (p->w, "tokenizer.ggml.model", "no_vocab");
      else if (!add_vocab (p->w, p->n_vocab))
        abort ();
      ok = tl_gguf_writer_save (p->w, path, err);
    }
  while (p->n_data > 0)
    free (p->data[--p->n_data]);
  tl_gguf_writer_free (p->w);
  return ok;
}

bool
family_model_write (const char *name, tl_type type, const char *path, tl_error *err)
{
  plan p = { .type = type, .scale = 1, .n_vocab = N_VOCAB };

  return write_model (&p, name, NULL, path, err);
}

bool
family_model_write_wide (const char *name, tl_type type, family_model_vocab add_vocab, const char *path,
                         tl_error *err)
{
  plan p = { .type = type, .scale = WIDER, .n_vocab = WIDE_VOCAB };

  return write_model (&p, name, add_vocab, path, err);
}
