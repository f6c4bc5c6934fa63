/* SPDX-License-Identifier: Apache-2.0 */
/* Small random models: norms near 1, weights of a spread that keeps activations near 1. */
#include "tiny-model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <unistd.h>

extern "C" {
#include "base/rng.h"
}

namespace
{

/* Keeps tensor data alive until the file is written. */
class Builder
{
public:
  tl_gguf_writer *w = tl_gguf_writer_new ();
  tl_rng          rng;

  ~Builder () { tl_gguf_writer_free (w); }

  void
  vector (const std::string &name, uint64_t n, bool ones = false)
  {
    std::vector<uint8_t> &data = blobs.emplace_back (n * sizeof (float));
    float *x = (float *) data.data ();

    for (uint64_t i = 0; i < n; i++)
      x[i] = ones ? 1.0f : 1.0f + 0.1f * tl_rng_normal (&rng);
    tl_gguf_writer_tensor (w, name.c_str (), TL_TYPE_F32, 1, &n, data.data ());
  }

  void
  matrix (const std::string &name, uint64_t rows, uint64_t cols, tl_type type, float spread)
  {
    const uint64_t dims[] = { cols, rows };
    const tl_type_info *info = tl_type_get_info ((uint32_t) type);
    size_t row_bytes = tl_type_row_bytes (type, cols);
    std::vector<uint8_t> &data = blobs.emplace_back (rows * row_bytes);
    std::vector<float> row (cols);

    for (uint64_t r = 0; r < rows; r++)
      {
        for (float &x : row)
          x = spread * tl_rng_normal (&rng);
        info->quantize (data.data () + r * row_bytes, row.data (), nullptr, cols);
      }
    tl_gguf_writer_tensor (w, name.c_str (), type, 2, dims, data.data ());
  }

private:
  std::deque<std::vector<uint8_t>> blobs;
};

void
add_params (tl_gguf_writer *w, const TinyShape &s)
{
  tl_gguf_writer_string (w, "general.architecture", "llama");
  tl_gguf_writer_string (w, "general.name", "tiny");
  tl_gguf_writer_u32 (w, "llama.context_length", s.n_ctx);
  tl_gguf_writer_u32 (w, "llama.embedding_length", s.n_embd);
  tl_gguf_writer_u32 (w, "llama.block_count", s.n_layers);
  tl_gguf_writer_u32 (w, "llama.feed_forward_length", s.n_ff);
  tl_gguf_writer_u32 (w, "llama.attention.head_count", s.n_heads);
  tl_gguf_writer_u32 (w, "llama.attention.head_count_kv", s.n_kv_heads);
  tl_gguf_writer_f32 (w, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
}

void
add_layer (Builder &b, const TinyShape &s, uint32_t layer)
{
  std::string prefix = "blk." + std::to_string (layer) + ".";
  uint32_t kv_dim = s.n_embd / s.n_heads * s.n_kv_heads;
  float in = 1.0f / std::sqrt ((float) s.n_embd), ff = 1.0f / std::sqrt ((float) s.n_ff);

  b.vector (prefix + "attn_norm.weight", s.n_embd);
  b.matrix (prefix + "attn_q.weight", s.n_embd, s.n_embd, s.type, 2 * in);
  b.matrix (prefix + "attn_k.weight", kv_dim, s.n_embd, s.type, 2 * in);
  b.matrix (prefix + "attn_v.weight", kv_dim, s.n_embd, s.type, in);
  b.matrix (prefix + "attn_output.weight", s.n_embd, s.n_embd, s.type, in);
  b.vector (prefix + "ffn_norm.weight", s.n_embd);
  b.matrix (prefix + "ffn_gate.weight", s.n_ff, s.n_embd, s.type, in);
  b.matrix (prefix + "ffn_up.weight", s.n_ff, s.n_embd, s.type, in);
  b.matrix (prefix + "ffn_down.weight", s.n_embd, s.n_ff, s.type, ff);
}

std::string
temporary_path ()
{
  return testing::TempDir () + "tinylm-model-" + std::to_string (getpid ()) + ".gguf";
}

} // namespace

std::string
tiny_model_bytes (const TinyShape &s, void (*edit) (tl_gguf_writer *w))
{
  std::string path = temporary_path ();
  Builder b;
  tl_error err = {};

  tl_rng_init (&b.rng, s.seed);
  add_params (b.w, s);
  b.matrix ("token_embd.weight", s.n_vocab, s.n_embd, s.type, 0.3f);
  if (!s.tied)
    b.matrix ("output.weight", s.n_vocab, s.n_embd, s.type, 0.3f);
  b.vector ("output_norm.weight", s.n_embd);
  if (s.rope_factors)
    b.vector ("rope_freqs.weight", s.n_embd / s.n_heads / 2, true);
  for (uint32_t layer = 0; layer < s.n_layers; layer++)
    add_layer (b, s, layer);
  if (edit != nullptr)
    edit (b.w);
  EXPECT_TRUE (tl_gguf_writer_save (b.w, path.c_str (), &err)) << err.message;
  std::ifstream in (path, std::ios::binary);
  std::string bytes (std::istreambuf_iterator<char> (in), {});
  remove (path.c_str ());
  return bytes;
}

void
TinyModel::open (const std::string &bytes, tl_error *err)
{
  memory = malloc (bytes.size () > 0 ? bytes.size () : 1);
  memcpy (memory, bytes.data (), bytes.size ());
  tl_gguf *gguf = tl_gguf_open_memory (memory, bytes.size (), err);
  model = gguf != nullptr ? tl_model_open_gguf (gguf, err) : nullptr;
}

TinyModel::TinyModel (const TinyShape &shape)
{
  tl_error err = {};

  open (tiny_model_bytes (shape), &err);
  EXPECT_NE (model, nullptr) << err.message;
}

TinyModel::TinyModel (const std::string &bytes, tl_error *err)
{
  open (bytes, err);
}

TinyModel::~TinyModel ()
{
  tl_model_close (model);
  free (memory);
}

std::vector<int32_t>
tiny_tokens (size_t n, uint32_t n_vocab, uint64_t seed)
{
  std::vector<int32_t> ids (n);
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (int32_t &id : ids)
    id = (int32_t) tl_rng_below (&rng, n_vocab);
  return ids;
}
