/* SPDX-License-Identifier: Apache-2.0 */
/* A trained model as a plain llama GGUF: the names, keys and rotation of neighbouring pairs are
 * llama.cpp's, so nothing needs to be permuted. */
#include "train/lm-train-private.h"

#include "gguf/gguf-copy.h"
#include "train/matrix-rows.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which they are written */
static const char *const tokenizer_keys[] = {
  "tokenizer.ggml.scores",
  "tokenizer.ggml.token_type",
  "tokenizer.ggml.model",
  "tokenizer.ggml.pre",
  "tokenizer.chat_template",
  "tokenizer.ggml.tokens",
  "tokenizer.ggml.merges",
  "tokenizer.ggml.bos_token_id",
  "tokenizer.ggml.eos_token_id",
  "tokenizer.ggml.eot_token_id",
  "tokenizer.ggml.unknown_token_id",
  "tokenizer.ggml.padding_token_id",
  "tokenizer.ggml.seperator_token_id",
  "tokenizer.ggml.add_bos_token",
  "tokenizer.ggml.add_eos_token",
  "tokenizer.ggml.add_space_prefix",
  NULL,
};

static void
write_shape (tl_gguf_writer *w, const tl_lm_train_config *c, const char *name)
{
  const tl_blocks_config *b = &c->blocks;

  tl_gguf_writer_string (w, "general.architecture", "llama");
  tl_gguf_writer_string (w, "general.name", name);
  tl_gguf_writer_u32 (w, "llama.vocab_size", c->n_vocab);
  tl_gguf_writer_u32 (w, "llama.context_length", c->seq_len);
  tl_gguf_writer_u32 (w, "llama.embedding_length", b->n_embd);
  tl_gguf_writer_u32 (w, "llama.block_count", b->n_layers);
  tl_gguf_writer_u32 (w, "llama.feed_forward_length", b->n_ff);
  tl_gguf_writer_u32 (w, "llama.attention.head_count", b->n_heads);
  tl_gguf_writer_u32 (w, "llama.attention.head_count_kv", b->n_kv_heads);
  tl_gguf_writer_u32 (w, "llama.attention.key_length", b->head_dim);
  tl_gguf_writer_u32 (w, "llama.attention.value_length", b->head_dim);
  tl_gguf_writer_f32 (w, "llama.attention.layer_norm_rms_epsilon", b->rms_eps);
  tl_gguf_writer_u32 (w, "llama.rope.dimension_count", b->head_dim);
  tl_gguf_writer_f32 (w, "llama.rope.freq_base", b->rope_base);
}

static void
write_vector (tl_matrix_output *out, const char *name, const float *data, uint64_t n)
{
  tl_gguf_writer_tensor (out->w, name, TL_TYPE_F32, 1, &n, data);
}

/* @blocks: the blocks' parameters, quantised or not */
static bool
write_tensors (tl_matrix_output *out, const tl_lm_trainer *t, const float *blocks, tl_type type,
               tl_type embedding_type, tl_error *err)
{
  const tl_lm_train_config *c = &t->config;
  size_t n_embd = c->blocks.n_embd;

  if (!tl_matrix_write (out, "token_embd.weight", embedding_type, t->params, c->n_vocab, n_embd,
                        err))
    return false;
  for (size_t i = 0; i < tl_blocks_n_tensors (&c->blocks); i++)
    {
      tl_blocks_tensor tensor = tl_blocks_param (&c->blocks, i);
      const float *data = blocks + tensor.offset;

      if (strstr (tensor.name, "norm") != NULL)
        write_vector (out, tensor.name, data, tensor.cols);
      else if (!tl_matrix_write (out, tensor.name, type, data, tensor.rows, tensor.cols, err))
        return false;
    }
  return c->tied
         || tl_matrix_write (out, "output.weight", embedding_type, t->params + t->head_at,
                             c->n_vocab, n_embd, err);
}

static bool
check_type (tl_type type, tl_error *err)
{
  const tl_type_info *info = tl_type_get_info (type);

  if (info == NULL || info->quantize == NULL)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED, "type %d cannot be written", (int) type);
  return true;
}

static bool
check_export (const tl_lm_trainer *t, const tl_gguf *tokenizer, tl_error *err)
{
  const tl_lm_train_config *c = &t->config;
  tl_gguf_type item;
  size_t       n_tokens = 0;

  if (!c->blocks.causal || c->blocks.rope_base == 0.0f)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "only a causal stack with rotary positions is a llama model");
  if (!tl_gguf_get_array (tokenizer, "tokenizer.ggml.tokens", &item, &n_tokens)
      || n_tokens != c->n_vocab)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "the tokenizer has %zu tokens, the model was trained with %u", n_tokens,
                         c->n_vocab);
  return true;
}

bool
tl_lm_trainer_export (const tl_lm_trainer *t, const tl_gguf *tokenizer, tl_type type,
                      tl_type embedding_type, const char *name, const char *path, tl_error *err)
{
  const float *blocks = t->params + t->blocks_at;
  tl_matrix_output out = { 0 };
  bool   ok;

  if (!check_type (type, err) || !check_type (embedding_type, err)
      || !check_export (t, tokenizer, err))
    return false;
  if (t->quantised != NULL)
    {
      tl_lm_quantise (t, 1.0f, t->quantised);
      blocks = t->quantised;
    }
  out.w = tl_gguf_writer_new ();
  out.arena = malloc (t->n_params * sizeof (float)); /* no type is wider than a float */
  if (out.w == NULL || out.arena == NULL)
    ok = tl_error_set (err, TL_ERROR_MEMORY, "%s: no memory for the export", path);
  else
    {
      tl_gguf_writer_copy (out.w, tokenizer, tokenizer_keys);
      write_shape (out.w, &t->config, name);
      ok = write_tensors (&out, t, blocks, type, embedding_type, err)
           && tl_gguf_writer_save (out.w, path, err);
    }
  tl_gguf_writer_free (out.w);
  free (out.arena);
  return ok;
}
