/* SPDX-License-Identifier: Apache-2.0 */
/* Writes llama-family GGUF files with random weights: real shapes and types, for measuring speed
 * and comparing arithmetic without anybody's weights.
 * Usage: make-model SHAPE TYPE [FILE [--wide]]
 * Prints the label, which names the types of all matrices; writes FILE. --wide: the weights that
 * TYPE can hold, stored as F32, which is what a perfect kernel for TYPE would compute with.
 *
 * Types are mixed as llama-quantize (0.7) mixes them: the embedding, which is the head too, is Q6_K
 * when TYPE has less than 8 bits; where a row is no whole number of blocks, Q4_K becomes Q5_0, the
 * ternary types become Q4_0 and Q6_K becomes Q8_0.
 *
 * Weights have a variance of 1 / columns, so that a normalised input gives outputs near 1; logits
 * have a deviation of LOGIT_DEVIATION: a few tokens are likely, as in a real model. */
#include "synthetic-vocab.h"
#include "tinylm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOGIT_DEVIATION 2.5f
#define N_LAYER_MATRICES 7
#define MAX_TENSORS 320 /* 9 a layer, and 2; the deepest shape has 30 layers */

typedef struct
{
  const char *name;
  uint32_t    n_embd, n_layers, n_heads, n_kv_heads, head_dim, n_ff, n_vocab;
  float       rope_base;
} shape;

/* "-512" and "-1024" are the nearest widths of which every row is whole blocks of 256. SmolLM2:
 * arXiv:2502.02737; Qwen2.5: arXiv:2412.15115, its biases left out. "web" are those of tests/bench/web:
 * 999 K of dim 88 in rows of whole blocks of 32 (1.17 M then), and 6.2 M in rows of whole blocks of 256. */
static const shape shapes[] = {
  { "tiny", 256, 2, 4, 2, 64, 512, 512, 10000.0f },
  { "web-1m", 96, 7, 4, 4, 24, 256, 4096, 10000.0f },
  { "web-6m", 256, 6, 4, 4, 64, 768, 4096, 10000.0f },
  { "meeny", 256, 6, 4, 2, 64, 768, 4096, 10000.0f },
  { "smollm2-135m", 576, 30, 9, 3, 64, 1536, 49152, 100000.0f },
  { "smollm2-135m-512", 512, 30, 8, 4, 64, 1536, 49152, 100000.0f },
  { "qwen2.5-0.5b", 896, 24, 14, 2, 64, 4864, 151936, 1000000.0f },
  { "qwen2.5-0.5b-1024", 1024, 24, 16, 2, 64, 4864, 151936, 1000000.0f },
};

static const tl_type types[] = { TL_TYPE_F32,  TL_TYPE_F16,  TL_TYPE_Q8_0,  TL_TYPE_Q4_0,
                                 TL_TYPE_Q4_K, TL_TYPE_Q6_K, TL_TYPE_TQ1_0, TL_TYPE_TQ2_0 };

typedef struct
{
  const shape *s;
  tl_type      type, head;
  bool         wide;
  uint64_t     seed; /* of the next tensor */
  void        *data[MAX_TENSORS]; /* the writer's to read until the file is saved */
  size_t       n_data;
} plan;

static bool
is_ternary (tl_type type)
{
  return type == TL_TYPE_TQ1_0 || type == TL_TYPE_TQ2_0;
}

static tl_type
fit_row (tl_type type, size_t cols)
{
  if (tl_type_row_bytes (type, cols) > 0)
    return type;
  return type == TL_TYPE_Q6_K ? TL_TYPE_Q8_0 : is_ternary (type) ? TL_TYPE_Q4_0 : TL_TYPE_Q5_0;
}

static tl_type
head_of (tl_type type, size_t cols)
{
  bool small = is_ternary (type) || type == TL_TYPE_Q4_0 || type == TL_TYPE_Q4_K;

  return fit_row (small ? TL_TYPE_Q6_K : type, cols);
}

/* Near enough to normal: the sum of four uniform numbers, which one draw gives. Variance 1. */
static float
draw (tl_rng *rng)
{
  uint64_t bits = tl_rng_next (rng);
  int32_t  sum = (int32_t) (bits & 0xffff) + (int32_t) (bits >> 16 & 0xffff)
                + (int32_t) (bits >> 32 & 0xffff) + (int32_t) (bits >> 48);

  return (float) (sum - 2 * 0xffff) * (1.7320508f / 0x10000); /* 12 / 4 is the inverse variance */
}

/* -1, 0 or 1, a third each, and the same deviation: sqrt (3 / 2) of 2 / 3. */
static void
fill_row (float *row, size_t cols, float deviation, bool ternary, tl_rng *rng)
{
  for (size_t i = 0; i < cols; i++)
    row[i] = ternary ? deviation * 1.2247449f * ((float) tl_rng_below (rng, 3) - 1.0f)
                     : deviation * draw (rng);
}

/* Q5_0, which the engine reads but does not write. The largest magnitude becomes level 0. */
static void
quantize_q5_0 (void *dst, const float *src, const float *importance, size_t n)
{
  tl_block_q5_0 *b = dst;

  (void) importance;
  for (; n > 0; n -= 32, src += 32, b++)
    {
      float extreme = 0.0f, d;

      for (size_t i = 0; i < 32; i++)
        if (fabsf (src[i]) > fabsf (extreme))
          extreme = src[i];
      d = extreme / -16.0f;
      memset (b, 0, sizeof *b);
      b->d = tl_f32_to_f16 (d);
      for (size_t i = 0; i < 32; i++)
        {
          long level = d != 0.0f ? lrintf (src[i] / d) + 16 : 16;

          level = level > 31 ? 31 : level;
          b->qs[i % 16] |= (uint8_t) ((level & 15) << (i < 16 ? 0 : 4));
          b->qh[i / 8] |= (uint8_t) (level >> 4 << i % 8);
        }
    }
}

static void *
allocate (size_t size)
{
  void *p = malloc (size);

  if (p == NULL)
    {
      fprintf (stderr, "make-model: no memory for %zu bytes\n", size);
      exit (1);
    }
  return p;
}

static void
add_matrix (tl_gguf_writer *w, plan *p, const char *name, tl_type type, size_t rows, size_t cols,
            float deviation)
{
  const tl_type_info *info = tl_type_get_info (type);
  const uint64_t dims[2] = { cols, rows };
  void (*quantize) (void *, const float *, const float *, size_t)
    = type == TL_TYPE_Q5_0 ? quantize_q5_0 : info->quantize;
  size_t  row_bytes = tl_type_row_bytes (type, cols), out_bytes = p->wide ? 4 * cols : row_bytes;
  char   *data = allocate (rows * out_bytes);
  char   *blocks = allocate (row_bytes);
  float  *row = allocate (cols * sizeof *row);
  tl_rng  rng;

  tl_rng_init (&rng, p->seed++);
  for (size_t r = 0; r < rows; r++)
    {
      fill_row (row, cols, deviation, is_ternary (type), &rng);
      quantize (p->wide ? blocks : data + r * out_bytes, row, NULL, cols);
      if (p->wide)
        info->dequantize ((float *) (void *) (data + r * out_bytes), blocks, cols);
    }
  tl_gguf_writer_tensor (w, name, p->wide ? TL_TYPE_F32 : type, 2, dims, data);
  p->data[p->n_data++] = data;
  free (blocks);
  free (row);
}

static void
add_gain (tl_gguf_writer *w, plan *p, const char *name)
{
  const uint64_t n = p->s->n_embd;
  float *gain = allocate (n * sizeof *gain);
  tl_rng rng;

  tl_rng_init (&rng, p->seed++);
  for (size_t i = 0; i < n; i++)
    gain[i] = 0.8f + 0.4f * tl_rng_uniform (&rng);
  tl_gguf_writer_tensor (w, name, TL_TYPE_F32, 1, &n, gain);
  p->data[p->n_data++] = gain;
}

static void
add_layer (tl_gguf_writer *w, plan *p, uint32_t layer)
{
  const shape *s = p->s;
  size_t q = (size_t) s->n_heads * s->head_dim, kv = (size_t) s->n_kv_heads * s->head_dim;
  const struct { const char *name; size_t rows, cols; } matrices[N_LAYER_MATRICES] = {
    { "attn_q", q, s->n_embd },      { "attn_k", kv, s->n_embd },
    { "attn_v", kv, s->n_embd },     { "attn_output", s->n_embd, q },
    { "ffn_gate", s->n_ff, s->n_embd }, { "ffn_up", s->n_ff, s->n_embd },
    { "ffn_down", s->n_embd, s->n_ff },
  };
  char name[64];

  snprintf (name, sizeof name, "blk.%u.attn_norm.weight", layer);
  add_gain (w, p, name);
  snprintf (name, sizeof name, "blk.%u.ffn_norm.weight", layer);
  add_gain (w, p, name);
  for (int i = 0; i < N_LAYER_MATRICES; i++)
    {
      snprintf (name, sizeof name, "blk.%u.%s.weight", layer, matrices[i].name);
      add_matrix (w, p, name, fit_row (p->type, matrices[i].cols), matrices[i].rows,
                  matrices[i].cols, 1.0f / sqrtf ((float) matrices[i].cols));
    }
}

static void
add_metadata (tl_gguf_writer *w, const shape *s, const char *label)
{
  tl_gguf_writer_string (w, "general.architecture", "llama");
  tl_gguf_writer_string (w, "general.name", label);
  tl_gguf_writer_u32 (w, "llama.vocab_size", s->n_vocab);
  tl_gguf_writer_u32 (w, "llama.context_length", 8192);
  tl_gguf_writer_u32 (w, "llama.embedding_length", s->n_embd);
  tl_gguf_writer_u32 (w, "llama.block_count", s->n_layers);
  tl_gguf_writer_u32 (w, "llama.feed_forward_length", s->n_ff);
  tl_gguf_writer_u32 (w, "llama.attention.head_count", s->n_heads);
  tl_gguf_writer_u32 (w, "llama.attention.head_count_kv", s->n_kv_heads);
  tl_gguf_writer_u32 (w, "llama.attention.key_length", s->head_dim);
  tl_gguf_writer_u32 (w, "llama.attention.value_length", s->head_dim);
  tl_gguf_writer_f32 (w, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
  tl_gguf_writer_u32 (w, "llama.rope.dimension_count", s->head_dim);
  tl_gguf_writer_f32 (w, "llama.rope.freq_base", s->rope_base);
}

/* "smollm2-135m Q4_K+Q5_0, head Q8_0" */
static void
make_label (const plan *p, char *label, size_t size)
{
  tl_type fallback = fit_row (p->type, p->s->n_embd);
  bool    mixed = fallback != p->type;

  snprintf (label, size, "%s %s%s%s%s%s", p->s->name, tl_type_get_info (p->type)->name,
            mixed ? "+" : "", mixed ? tl_type_get_info (fallback)->name : "",
            p->head != p->type ? ", head " : "",
            p->head != p->type ? tl_type_get_info (p->head)->name : "");
}

static int
write_model (plan *p, const char *label, const char *path)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  tl_error        err = { 0 };
  bool            ok;

  if (w == NULL || !write_synthetic_vocab (w, p->s->n_vocab))
    {
      fprintf (stderr, "make-model: no memory for the vocabulary\n");
      return 1;
    }
  add_metadata (w, p->s, label);
  add_matrix (w, p, "token_embd.weight", p->head, p->s->n_vocab, p->s->n_embd,
              LOGIT_DEVIATION / sqrtf ((float) p->s->n_embd));
  for (uint32_t i = 0; i < p->s->n_layers; i++)
    add_layer (w, p, i);
  add_gain (w, p, "output_norm.weight");
  ok = tl_gguf_writer_save (w, path, &err);
  tl_gguf_writer_free (w);
  while (p->n_data > 0)
    free (p->data[--p->n_data]);
  if (!ok)
    fprintf (stderr, "make-model: %s\n", err.message);
  return ok ? 0 : 1;
}

static const shape *
find_shape (const char *name)
{
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    if (strcmp (shapes[i].name, name) == 0)
      return &shapes[i];
  return NULL;
}

static bool
find_type (const char *name, tl_type *type)
{
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp (tl_type_get_info (types[i])->name, name) == 0)
      {
        *type = types[i];
        return tl_type_get_info (types[i])->quantize != NULL;
      }
  return false;
}

static int
print_usage (void)
{
  fprintf (stderr, "Usage: make-model SHAPE TYPE [FILE [--wide]]\nShapes:");
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    fprintf (stderr, " %s", shapes[i].name);
  fprintf (stderr, "\nTypes:");
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    fprintf (stderr, " %s", tl_type_get_info (types[i])->name);
  fprintf (stderr, "\n");
  return 2;
}

int
main (int argc, char **argv)
{
  plan p = { .seed = 1 };
  char label[128];

  if (argc < 3 || argc > 5 || (p.s = find_shape (argv[1])) == NULL || !find_type (argv[2], &p.type)
      || (argc == 5 && strcmp (argv[4], "--wide") != 0))
    return print_usage ();
  p.wide = argc == 5;
  p.head = head_of (p.type, p.s->n_embd);
  make_label (&p, label, sizeof label);
  printf ("%s\n", label);
  return argc > 3 ? write_model (&p, label, argv[3]) : 0;
}
