/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a training run of eight parameters. What is refused changes nothing. */
#include "fuzz.h"

#include "train/checkpoint.h"

#define N 8

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  float params[N] = { 1 }, m[N] = { 2 }, v[N] = { 3 }, kept[N] = { 4 };
  tl_adamw o = { .n = N, .m = m, .v = v, .step = 5 };
  tl_checkpoint_state state = { .step = 6, .kept = kept };
  tl_error err = { 0 };

  if (tl_checkpoint_load (fuzz_file (data, size), &state, 1, params, &o, &err))
    return 0;
  FUZZ_CHECK (!fuzz_is_seed);
  FUZZ_CHECK (err.code != TL_OK && fuzz_is_utf8 (err.message, strlen (err.message)));
  FUZZ_CHECK (params[0] == 1 && m[0] == 2 && v[0] == 3 && kept[0] == 4);
  FUZZ_CHECK (o.step == 5 && state.step == 6 && state.kept == kept);
  return 0;
}
