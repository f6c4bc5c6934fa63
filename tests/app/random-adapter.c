/* SPDX-License-Identifier: Apache-2.0 */
#include "random-adapter.h"

#include "tinylm.h"

/* Large enough that what it adds is some tenths of what the matrices give. */
#define DEVIATION 0.1f

void
tlm_test_make_adapter (const char    *path,
                       const char    *model_path,
                       const TlmForm *form)
{
  const tl_lora_config config = { .rank = 2, .alpha = 4, .targets = (1u << TL_TARGETS) - 1,
                                  .max_rows = 2, .max_seq_len = 2 };
  g_autofree char     *name = g_path_get_basename (path);
  tl_model            *model = tl_model_open (model_path, NULL);
  tl_lora_trainer     *t = tl_lora_trainer_new (&config, model, NULL, NULL);
  tl_gguf_writer      *w = tl_gguf_writer_new ();
  tl_rng               rng;

  tl_rng_init (&rng, g_str_hash (name));
  for (size_t i = 0; i < tl_lora_trainer_n_params (t); i++)
    tl_lora_trainer_get_params (t)[i] = DEVIATION * tl_rng_normal (&rng);
  if (form != NULL)
    tlm_form_write (form, w);
  g_assert_true (tl_lora_trainer_export (t, w, TL_TYPE_F16, name, path, NULL));
  tl_gguf_writer_free (w);
  tl_lora_trainer_free (t);
  tl_model_close (model);
}
