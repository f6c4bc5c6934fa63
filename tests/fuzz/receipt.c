/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt from elsewhere: read, compared, and written so that it reads the same. */
#include "fuzz-app.h"

#include "models/receipt.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmReceipt) receipt = NULL;

  fuzz_app_init ();
  receipt = tlm_receipt_load (fuzz_file (data, size), &error);
  FUZZ_CHECK ((receipt != NULL) != (error != NULL));
  if (receipt == NULL)
    FUZZ_CHECK (g_utf8_validate (error->message, -1, NULL));
  else
    FUZZ_CHECK (tlm_receipt_explain (receipt, receipt) == NULL);
  return 0;
}
