/* SPDX-License-Identifier: Apache-2.0 */
/* A LoRA adapter's file for a small model, and a token computed with it. */
#include "fuzz.h"

#include "model/adapter.h"

static tl_session *session;
static tl_model *model;

static void
open_model (void)
{
  tl_error err = { 0 };

  fuzz_use_c_kernels ();
  model = tl_model_open (FUZZ_SEEDS "/model/llama-q8_0.gguf", &err);
  if (model == NULL)
    fprintf (stderr, "%s\n", err.message);
  FUZZ_CHECK (model != NULL);
  session = tl_session_new (model, 8, NULL, &err);
  FUZZ_CHECK (session != NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t *copy = fuzz_copy (data, size);
  const int32_t id = 1;
  tl_error err = { 0 };
  tl_gguf *g = tl_gguf_open_memory (copy, size, NULL);
  tl_adapter *adapter;

  if (session == NULL)
    open_model ();
  adapter = g != NULL ? tl_adapter_open_gguf (g, model, &err) : NULL;
  FUZZ_CHECK (g == NULL || adapter != NULL || err.code != TL_OK);
  FUZZ_CHECK (adapter != NULL || !fuzz_is_seed);
  FUZZ_CHECK (fuzz_is_utf8 (err.message, strlen (err.message)));
  if (adapter != NULL)
    {
      const tl_adapter_use use = { adapter, 0.5f };

      bool computed = tl_session_set_adapters (session, &use, 1, &err)
                      && tl_session_prefill (session, &id, 1, NULL, NULL, &err);

      FUZZ_CHECK (computed || !fuzz_is_seed);
      tl_session_set_adapters (session, NULL, 0, NULL);
    }
  tl_adapter_close (adapter);
  free (copy);
  return 0;
}
