/* SPDX-License-Identifier: Apache-2.0 */
/* Writes an adapter of random numbers for a model, for tests/bench/parity.
 * Usage: make-adapter MODEL FILE: exits with 3 where the family cannot be trained. */
#include "tinylm.h"

#include <stdio.h>

/* Large enough that what it adds is some tenths of what the matrices give. */
#define DEVIATION 0.1f

static bool
write_adapter (tl_lora_trainer *t, const char *path, tl_error *err)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  tl_rng rng;
  bool ok;

  tl_rng_init (&rng, 1);
  for (size_t i = 0; i < tl_lora_trainer_n_params (t); i++)
    tl_lora_trainer_get_params (t)[i] = DEVIATION * tl_rng_normal (&rng);
  ok = w != NULL && tl_lora_trainer_export (t, w, TL_TYPE_F16, "random", path, err);
  tl_gguf_writer_free (w);
  return ok;
}

int
main (int argc, char **argv)
{
  const tl_lora_config config = { .rank = 5, .alpha = 7, .targets = (1u << TL_TARGETS) - 1,
                                  .max_rows = 2, .max_seq_len = 2 };
  tl_error err = { 0 };
  tl_model *m = argc == 3 ? tl_model_open (argv[1], &err) : NULL;
  tl_lora_trainer *t = m != NULL ? tl_lora_trainer_new (&config, m, NULL, &err) : NULL;
  bool ok = t != NULL && write_adapter (t, argv[2], &err);

  if (!ok)
    fprintf (stderr, "make-adapter: %s\n", argc == 3 ? err.message : "make-adapter MODEL FILE");
  tl_lora_trainer_free (t);
  tl_model_close (m);
  return ok ? 0 : err.code == TL_ERROR_UNSUPPORTED ? 3 : 1;
}
