/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a model: the file, its hyper-parameters, its weights and its tokenizer. */
#include "model/model-private.h"

#include <stdlib.h>
#include <string.h>

/* "no_vocab" is how files say that they have none. */
static bool
has_tokenizer (const tl_model *m)
{
  tl_str s;

  return tl_gguf_has (m->gguf, "tokenizer.ggml.model")
         && !(tl_gguf_get_string (m->gguf, "tokenizer.ggml.model", &s) && s.len == 8
              && memcmp (s.data, "no_vocab", 8) == 0);
}

/* A file without a tokenizer can still be computed with; one whose tokenizer is broken cannot. */
static bool
read_tokenizer (tl_model *m, tl_error *err)
{
  size_t n_tokens;

  if (!has_tokenizer (m))
    return true;
  m->tokenizer = tl_tokenizer_new_from_gguf (m->gguf, err);
  if (m->tokenizer == NULL)
    return false;
  n_tokens = tl_tokenizer_get_n_tokens (m->tokenizer);
  /* Fewer tokens than rows is common: embeddings are padded to a round number. */
  if (n_tokens > m->info.n_vocab)
    return tl_error_set (err, TL_ERROR_FORMAT,
                         "token_embd.weight: %u rows cannot hold the tokenizer's %zu tokens",
                         m->info.n_vocab, n_tokens);
  return true;
}

/* All of a model but the packed weights. */
static tl_model *
plan (tl_gguf *gguf, tl_error *err)
{
  tl_model *m = calloc (1, sizeof *m);

  if (m == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "out of memory");
      tl_gguf_close (gguf);
      return NULL;
    }
  m->gguf = gguf;
  if (!tl_model_read_params (m, err) || !tl_model_bind_weights (m, err)
      || !read_tokenizer (m, err) || !tl_model_plan_pack (m, err))
    {
      tl_model_close (m);
      return NULL;
    }
  return m;
}

tl_model *
tl_model_open_gguf (tl_gguf *gguf, tl_error *err)
{
  tl_model *m = plan (gguf, err);

  if (m != NULL && tl_model_pack (m, err) && tl_gguf_check_whole (gguf, err))
    return m;
  tl_model_close (m);
  return NULL;
}

bool
tl_model_examine (tl_gguf *gguf, tl_model_info *info, tl_error *err)
{
  tl_model *m = plan (gguf, err);

  bool good = m != NULL && tl_gguf_check_whole (gguf, err);

  if (good)
    *info = m->info;
  tl_model_close (m);
  return good;
}

tl_model *
tl_model_open (const char *path, tl_error *err)
{
  tl_gguf *gguf = tl_gguf_open (path, err);

  return gguf != NULL ? tl_model_open_gguf (gguf, err) : NULL;
}

void
tl_model_close (tl_model *m)
{
  if (m == NULL)
    return;
  tl_tokenizer_free (m->tokenizer);
  tl_gguf_close (m->gguf);
  free (m->layers);
  free (m->panels);
  free (m->packed);
  free (m);
}

const tl_model_info *
tl_model_get_info (const tl_model *m)
{
  return &m->info;
}

const tl_tokenizer *
tl_model_get_tokenizer (const tl_model *m)
{
  return m->tokenizer;
}

const tl_gguf *
tl_model_get_gguf (const tl_model *m)
{
  return m->gguf;
}
