/* SPDX-License-Identifier: Apache-2.0 */
/* A PDF. Poppler, which reads it, is not ours: what is ours is what is done with its answers. */
#include "fuzz-app.h"

#include "import/import-private.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  GError *error = NULL;
  char *text;

  fuzz_app_init ();
  text = tlm_import_pdf (bytes, NULL, &error);
  FUZZ_CHECK (text != NULL || !fuzz_is_seed);
  fuzz_check_answer (text, error);
  return 0;
}
