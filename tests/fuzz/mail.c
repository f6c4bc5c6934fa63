/* SPDX-License-Identifier: Apache-2.0 */
/* One mail. */
#include "fuzz-app.h"

#include "import/import-private.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = (char *) fuzz_copy (data, size);
  GError *error = NULL;
  char *text;

  fuzz_app_init ();
  tlm_import_is_mail (bytes, size);
  if (size == 0)
    return 0;
  text = tlm_import_mail (bytes, size, &error);
  FUZZ_CHECK (text != NULL || !fuzz_is_seed);
  fuzz_check_answer (text, error);
  return 0;
}
