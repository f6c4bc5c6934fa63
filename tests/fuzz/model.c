/* SPDX-License-Identifier: Apache-2.0 */
/* A language model's file: what it says of itself, then loading it, and a few tokens through each
 * kind of cache. */
#include "fuzz.h"

#include "model/session.h"

#define N_CTX 8

static void
compute (const tl_model *model, tl_type cache)
{
  const int32_t ids[] = { 0, 1, 2, 3, 4 };
  tl_error err = { 0 };
  uint32_t n_ctx = tl_model_get_info (model)->n_ctx_train;
  tl_session *s = tl_session_new_with_cache (model, n_ctx < N_CTX ? n_ctx : N_CTX, cache, NULL,
                                             &err);
  bool computed = s != NULL && tl_session_prefill (s, ids, 5, NULL, NULL, &err)
                  && tl_session_decode (s, 1, &err);

  FUZZ_CHECK (computed || !fuzz_is_seed);
  tl_session_free (s);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t *copy = fuzz_copy (data, size);
  tl_error err = { 0 };
  tl_model_info info;
  tl_gguf *g = tl_gguf_open_memory (copy, size, NULL);
  bool good = g != NULL && tl_model_examine (g, &info, &err);
  tl_model *model = NULL;

  fuzz_use_c_kernels ();
  if (g != NULL)
    {
      FUZZ_CHECK (good || (err.code != TL_OK && fuzz_is_utf8 (err.message, strlen (err.message))));
      model = tl_model_open_gguf (tl_gguf_open_memory (copy, size, NULL), &err);
      FUZZ_CHECK (good || model == NULL);
    }
  FUZZ_CHECK (model != NULL || !fuzz_is_seed);
  if (model != NULL)
    {
      compute (model, TL_TYPE_F16);
      compute (model, TL_TYPE_Q8_0);
    }
  tl_model_close (model);
  free (copy);
  return 0;
}
