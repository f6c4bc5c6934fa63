/* SPDX-License-Identifier: Apache-2.0 */
/* Llama models of a few thousand random weights, as GGUF files in memory, made in the test. */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

extern "C" {
#include "model/model.h"
#include "model/session.h"
}

struct TinyShape
{
  uint32_t n_vocab = 97, n_ctx = 200, n_embd = 64, n_layers = 2;
  uint32_t n_heads = 4, n_kv_heads = 2, n_ff = 96;
  tl_type  type = TL_TYPE_F32; /* of the matrices */
  bool     tied = true;
  uint64_t seed = 1;
  bool     rope_factors = false; /* all 1: changes nothing */
};

/* The bytes of the file. @edit is called before it is written, e.g. to add a key. */
std::string tiny_model_bytes (const TinyShape &shape,
                              void (*edit) (tl_gguf_writer *w) = nullptr);

/* A model over its own copy of the bytes. */
class TinyModel
{
public:
  tl_model *model;

  explicit TinyModel (const TinyShape &shape = {});
  explicit TinyModel (const std::string &bytes, tl_error *err = nullptr);
  ~TinyModel ();
  TinyModel (const TinyModel &) = delete;
  TinyModel &operator= (const TinyModel &) = delete;

private:
  void *memory = nullptr;
  void  open (const std::string &bytes, tl_error *err);
};

/* Seeded ids below @n_vocab. */
std::vector<int32_t> tiny_tokens (size_t n, uint32_t n_vocab, uint64_t seed = 1);
