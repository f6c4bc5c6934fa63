/* SPDX-License-Identifier: Apache-2.0 */
/* The model's tokens are the printable ASCII characters, but for the last, which is the byte 0. The first component of each embedding is
 * large, and the output rows read it: positive for characters, negative for the tokens that would
 * end the text. */
#include "random-model.h"

#include "base/rng.h"
#include "gguf/gguf.h"

#include <string.h>

enum { N_EMBD = 256, N_FF = 768, N_HEADS = 4, N_LAYERS = 16, N_CONTROL = 3, N_VOCAB = 98 };

typedef struct
{
  tl_gguf_writer *writer;
  tl_rng          rng;
  GPtrArray      *blobs; /* the writer borrows them */
} Builder;

static float *
add_tensor (Builder    *b,
            const char *name,
            uint64_t    rows,
            uint64_t    cols,
            float       spread)
{
  const uint64_t dims[] = { cols, rows };
  float         *data = g_new (float, rows * cols);

  for (uint64_t i = 0; i < rows * cols; i++)
    data[i] = rows == 1 ? 1.0f : spread * tl_rng_normal (&b->rng);
  g_ptr_array_add (b->blobs, data);
  tl_gguf_writer_tensor (b->writer, name, TL_TYPE_F32, rows == 1 ? 1 : 2, dims, data);
  return data;
}

static void
add_layer (Builder *b,
           int      layer)
{
  static const struct { const char *name; int rows, cols; } tensors[] = {
    { "attn_norm", 1, N_EMBD },       { "attn_q", N_EMBD, N_EMBD },
    { "attn_k", N_EMBD, N_EMBD },     { "attn_v", N_EMBD, N_EMBD },
    { "attn_output", N_EMBD, N_EMBD }, { "ffn_norm", 1, N_EMBD },
    { "ffn_gate", N_FF, N_EMBD },     { "ffn_up", N_FF, N_EMBD },
    { "ffn_down", N_EMBD, N_FF },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tensors); i++)
    {
      g_autofree char *name = g_strdup_printf ("blk.%d.%s.weight", layer, tensors[i].name);

      /* Small beside the embedding, whose components have a spread of 1. */
      add_tensor (b, name, (uint64_t) tensors[i].rows, (uint64_t) tensors[i].cols, 0.01f);
    }
}

static void
add_embeddings (Builder *b)
{
  float *in = add_tensor (b, "token_embd.weight", N_VOCAB, N_EMBD, 1.0f);
  float *out = add_tensor (b, "output.weight", N_VOCAB, N_EMBD, 0.1f);

  for (int i = 0; i < N_VOCAB; i++)
    {
      in[i * N_EMBD] = 8.0f;
      out[i * N_EMBD] = i < N_CONTROL ? -8.0f : 8.0f;
    }
  add_tensor (b, "output_norm.weight", 1, N_EMBD, 0);
}

static void
add_params (tl_gguf_writer *w)
{
  tl_gguf_writer_string (w, "general.architecture", "llama");
  tl_gguf_writer_string (w, "general.name", "random");
  tl_gguf_writer_u32 (w, "llama.context_length", 1024);
  tl_gguf_writer_u32 (w, "llama.embedding_length", N_EMBD);
  tl_gguf_writer_u32 (w, "llama.block_count", N_LAYERS);
  tl_gguf_writer_u32 (w, "llama.feed_forward_length", N_FF);
  tl_gguf_writer_u32 (w, "llama.attention.head_count", N_HEADS);
  tl_gguf_writer_u32 (w, "llama.attention.head_count_kv", N_HEADS);
  tl_gguf_writer_f32 (w, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
}

/* "▁" stands for the space. */
static void
add_vocabulary (tl_gguf_writer *w)
{
  static const char *const first[] = { "<unk>", "<s>", "</s>", "\xe2\x96\x81" };
  char                     letters[N_VOCAB];
  tl_str                   tokens[N_VOCAB];
  float                    scores[N_VOCAB] = { 0 };
  int32_t                  types[N_VOCAB] = { 2, 3, 3 }; /* unknown, control, control */

  for (int i = 0; i < N_VOCAB; i++)
    {
      letters[i] = (char) ('!' + i - 4);
      tokens[i] = i < 4 ? (tl_str) { first[i], strlen (first[i]) } : (tl_str) { &letters[i], 1 };
      if (i >= N_CONTROL)
        types[i] = 1;
    }
  tokens[N_VOCAB - 1] = (tl_str) { "<0x00>", 6 };
  types[N_VOCAB - 1] = 6; /* byte */
  tl_gguf_writer_string (w, "tokenizer.ggml.model", "llama");
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", tokens, N_VOCAB);
  tl_gguf_writer_f32s (w, "tokenizer.ggml.scores", scores, N_VOCAB);
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", types, N_VOCAB);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.bos_token_id", 1);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", 2);
}

void
tlm_test_make_model (const char *path,
                     const char *chat_template)
{
  Builder  b = { .writer = tl_gguf_writer_new (), .blobs = g_ptr_array_new_with_free_func (g_free) };
  tl_error err = { 0 };

  tl_rng_init (&b.rng, 1);
  add_params (b.writer);
  if (chat_template != NULL)
    tl_gguf_writer_string (b.writer, "tokenizer.chat_template", chat_template);
  add_vocabulary (b.writer);
  add_embeddings (&b);
  for (int layer = 0; layer < N_LAYERS; layer++)
    add_layer (&b, layer);
  if (!tl_gguf_writer_save (b.writer, path, &err))
    g_error ("%s: %s", path, err.message);
  tl_gguf_writer_free (b.writer);
  g_ptr_array_unref (b.blobs);
}
