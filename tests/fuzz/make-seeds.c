/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the seeds that are GGUF files: the smallest good models, adapter, vocabularies and
 * checkpoint that there can be. They lie in seeds/ already; this makes them again, and with it
 * another can be added. Usage: make-seeds FOLDER, which has the folders of the targets. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "gguf/gguf.h"
#include "text/byte-map.h"
#include "base/utf8.h"
#include "train/checkpoint.h"

#define N_EMBD 32u /* a block of Q8_0 */
#define N_VOCAB 12u
#define RANK 2u

static tl_rng rng;
static void *blobs[64]; /* tensor data, which a writer borrows */
static size_t n_blobs;

static void *
take (size_t size)
{
  void *blob = calloc (1, size);

  if (blob == NULL || n_blobs == sizeof blobs / sizeof blobs[0])
    abort ();
  return blobs[n_blobs++] = blob;
}

static void
save (tl_gguf_writer *w, const char *folder, const char *name)
{
  char path[4096];
  tl_error err = { 0 };

  snprintf (path, sizeof path, "%s/%s", folder, name);
  if (!tl_gguf_writer_save (w, path, &err))
    {
      fprintf (stderr, "make-seeds: %s\n", err.message);
      exit (1);
    }
  tl_gguf_writer_free (w);
  while (n_blobs > 0)
    free (blobs[--n_blobs]);
}

static void
add_matrix (tl_gguf_writer *w, const char *name, tl_type type, uint64_t rows, uint64_t cols)
{
  const uint64_t dims[] = { cols, rows };
  size_t row_bytes = tl_type_row_bytes (type, cols);
  uint8_t *data = take (rows * row_bytes);
  float row[256];

  for (uint64_t r = 0; r < rows; r++)
    {
      for (uint64_t c = 0; c < cols; c++)
        row[c] = 0.2f * tl_rng_normal (&rng);
      tl_type_get_info ((uint32_t) type)->quantize (data + r * row_bytes, row, NULL, cols);
    }
  tl_gguf_writer_tensor (w, name, type, 2, dims, data);
}

static void
add_vector (tl_gguf_writer *w, const char *name, uint64_t n)
{
  float *data = take (n * sizeof *data);

  for (uint64_t i = 0; i < n; i++)
    data[i] = 1.0f + 0.1f * tl_rng_normal (&rng);
  tl_gguf_writer_tensor (w, name, TL_TYPE_F32, 1, &n, data);
}

static void
add_params (tl_gguf_writer *w, const char *arch)
{
  static const struct { const char *name; uint32_t value; } keys[] = {
    { "context_length", 16 }, { "embedding_length", N_EMBD }, { "block_count", 1 },
    { "feed_forward_length", N_EMBD }, { "attention.head_count", 1 },
    { "attention.head_count_kv", 1 }, { "rope.dimension_count", N_EMBD },
    { "attention.key_length", N_EMBD }, { "attention.value_length", N_EMBD },
  };
  char key[64];

  tl_gguf_writer_string (w, "general.architecture", arch);
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    {
      snprintf (key, sizeof key, "%s.%s", arch, keys[i].name);
      tl_gguf_writer_u32 (w, key, keys[i].value);
    }
  snprintf (key, sizeof key, "%s.attention.layer_norm_rms_epsilon", arch);
  tl_gguf_writer_f32 (w, key, 1e-5f);
}

static void
add_pieces (tl_gguf_writer *w)
{
  const tl_str tokens[N_VOCAB] = { { "<unk>", 5 }, { "<s>", 3 }, { "</s>", 4 }, { "a", 1 },
                                   { "b", 1 }, { "ab", 2 }, { "<0x41>", 6 }, { "\xe2\x96\x81", 3 },
                                   { "c", 1 }, { "abc", 3 }, { "<|x|>", 5 }, { "\xe2\x96\x81" "a", 4 } };
  const float scores[N_VOCAB] = { 0, 0, 0, -1, -2, -3, 0, -4, -5, -6, 0, -7 };
  const int32_t types[N_VOCAB] = { 2, 3, 3, 1, 1, 1, 6, 1, 1, 1, 4, 1 };

  tl_gguf_writer_string (w, "tokenizer.ggml.model", "llama");
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", tokens, N_VOCAB);
  tl_gguf_writer_f32s (w, "tokenizer.ggml.scores", scores, N_VOCAB);
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", types, N_VOCAB);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.bos_token_id", 1);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", 2);
}

static void
write_model (const char *folder, const char *arch, tl_type type, const char *name)
{
  static const char *const matrices[] = { "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate",
                                          "ffn_up", "ffn_down" };
  static const char *const vectors[] = { "attn_norm", "ffn_norm", "attn_q_norm", "attn_k_norm",
                                         "post_attention_norm", "post_ffw_norm" };
  bool normed = strcmp (arch, "gemma3") == 0 || strcmp (arch, "qwen3") == 0;
  size_t n_vectors = strcmp (arch, "gemma3") == 0 ? 6 : normed ? 4 : 2;
  tl_gguf_writer *w = tl_gguf_writer_new ();
  char tensor[64];

  add_params (w, arch);
  if (strcmp (arch, "gemma3") == 0)
    tl_gguf_writer_u32 (w, "gemma3.attention.sliding_window", 8);
  add_pieces (w);
  add_matrix (w, "token_embd.weight", type, N_VOCAB, N_EMBD);
  add_vector (w, "output_norm.weight", N_EMBD);
  for (size_t i = 0; i < sizeof matrices / sizeof matrices[0]; i++)
    {
      snprintf (tensor, sizeof tensor, "blk.0.%s.weight", matrices[i]);
      add_matrix (w, tensor, type, N_EMBD, N_EMBD);
    }
  for (size_t i = 0; i < n_vectors; i++)
    {
      snprintf (tensor, sizeof tensor, "blk.0.%s.weight", vectors[i]);
      add_vector (w, tensor, N_EMBD);
    }
  save (w, folder, name);
}

static void
write_adapter (const char *folder)
{
  static const char *const names[] = { "blk.0.attn_q.weight", "blk.0.ffn_down.weight" };
  tl_gguf_writer *w = tl_gguf_writer_new ();
  char tensor[64];

  tl_gguf_writer_string (w, "general.type", "adapter");
  tl_gguf_writer_string (w, "general.architecture", "llama");
  tl_gguf_writer_string (w, "adapter.type", "lora");
  tl_gguf_writer_f32 (w, "adapter.lora.alpha", 4);
  for (size_t i = 0; i < 2; i++)
    {
      snprintf (tensor, sizeof tensor, "%s.lora_a", names[i]);
      add_matrix (w, tensor, TL_TYPE_F32, RANK, N_EMBD);
      snprintf (tensor, sizeof tensor, "%s.lora_b", names[i]);
      add_matrix (w, tensor, TL_TYPE_F32, N_EMBD, RANK);
    }
  save (w, folder, "adapter/lora.gguf");
}

/* Every byte, a few merges, and the marks of two chat formats as control tokens. */
static void
write_bytes (const char *folder)
{
  static const char *const more[] = { "ab", "abc", "<|im_start|>", "<|im_end|>", "<|eot_id|>" };
  const tl_str merges[] = { { "a b", 3 }, { "ab c", 4 } };
  tl_gguf_writer *w = tl_gguf_writer_new ();
  char text[256][5];
  tl_str tokens[261];
  int32_t types[261];

  for (unsigned i = 0; i < 261; i++)
    {
      tokens[i] = (tl_str) { NULL, 0 };
      types[i] = i < 258 ? 1 : 3;
      if (i < 256)
        tokens[i] = (tl_str) { text[i], tl_utf8_put (text[i], tl_byte_to_char ((uint8_t) i)) };
      else
        tokens[i] = (tl_str) { more[i - 256], strlen (more[i - 256]) };
    }
  tl_gguf_writer_string (w, "tokenizer.ggml.model", "gpt2");
  tl_gguf_writer_string (w, "tokenizer.ggml.pre", "qwen2");
  tl_gguf_writer_strings (w, "tokenizer.ggml.tokens", tokens, 261);
  tl_gguf_writer_i32s (w, "tokenizer.ggml.token_type", types, 261);
  tl_gguf_writer_strings (w, "tokenizer.ggml.merges", merges, 2);
  tl_gguf_writer_u32 (w, "tokenizer.ggml.eos_token_id", 259);
  save (w, folder, "tokenizer/gpt2.gguf");
  w = tl_gguf_writer_new ();
  add_pieces (w);
  save (w, folder, "tokenizer/llama.gguf");
}

/* One tensor of each type, and one key of each kind. */
static void
write_types (const char *folder)
{
  const uint64_t n = TL_QK;
  const int32_t numbers[] = { -1, 2, 3 };
  tl_gguf_writer *w = tl_gguf_writer_new ();

  tl_gguf_writer_u64 (w, "a.u64", 1);
  tl_gguf_writer_bool (w, "a.bool", true);
  tl_gguf_writer_f32 (w, "a.f32", 0.5f);
  tl_gguf_writer_i32s (w, "a.i32s", numbers, 3);
  tl_gguf_writer_string (w, "a.string", "text");
  for (uint32_t i = 0; i < 64; i++)
    {
      const tl_type_info *type = tl_type_get_info (i);

      if (type != NULL)
        tl_gguf_writer_tensor (w, type->name, type->type, 1, &n,
                               take (n / type->block_len * type->block_bytes));
    }
  save (w, folder, "gguf/types.gguf");
}

static void
write_part (const char *folder, int number, const char *name)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  const char *tensor = number == 0 ? "a" : "b";

  tl_gguf_writer_u32 (w, "split.no", (uint32_t) number);
  tl_gguf_writer_u32 (w, "split.count", 2);
  tl_gguf_writer_u32 (w, "split.tensors.count", 2);
  add_matrix (w, tensor, TL_TYPE_F32, 1, 4);
  save (w, folder, name);
}

/* The two files in one input of the target "split". */
static void
write_split (const char *folder)
{
  static const char *const names[] = { "split/part-1", "split/part-2" };
  char path[4096];
  uint8_t bytes[2 + 8192];
  size_t size = 2, first = 0;
  FILE *file;

  for (int i = 0; i < 2; i++)
    {
      write_part (folder, i, names[i]);
      snprintf (path, sizeof path, "%s/%s", folder, names[i]);
      file = fopen (path, "rb");
      size += file != NULL ? fread (bytes + size, 1, 4096, file) : 0;
      if (file != NULL)
        fclose (file);
      remove (path);
      first = i == 0 ? size - 2 : first;
    }
  bytes[0] = (uint8_t) first;
  bytes[1] = (uint8_t) (first >> 8);
  snprintf (path, sizeof path, "%s/split/two.bin", folder);
  file = fopen (path, "wb");
  if (file == NULL || fwrite (bytes, 1, size, file) != size || fclose (file) != 0)
    abort ();
}

static void
write_checkpoint (const char *folder)
{
  float params[8] = { 1, 2, 3 }, m[8] = { 0 }, v[8] = { 0 }, kept[8] = { 4 };
  const tl_adamw o = { .n = 8, .m = m, .v = v, .step = 7 };
  const tl_checkpoint_state state = { .config_hash = 1, .step = 7, .best_valid = 0.5f,
                                      .seconds = 1.5, .kept = kept };
  char path[4096];

  snprintf (path, sizeof path, "%s/checkpoint/run.gguf", folder);
  if (!tl_checkpoint_save (path, &state, params, &o, NULL))
    abort ();
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    {
      fprintf (stderr, "Usage: make-seeds FOLDER\n");
      return 2;
    }
  tl_rng_init (&rng, 1);
  write_model (argv[1], "llama", TL_TYPE_Q8_0, "model/llama-q8_0.gguf");
  write_model (argv[1], "gemma3", TL_TYPE_Q4_0, "model/gemma3-q4_0.gguf");
  write_model (argv[1], "qwen3", TL_TYPE_Q4_0, "model/qwen3-q4_0.gguf");
  write_adapter (argv[1]);
  write_bytes (argv[1]);
  write_types (argv[1]);
  write_split (argv[1]);
  write_checkpoint (argv[1]);
  return 0;
}
