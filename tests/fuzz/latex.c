/* SPDX-License-Identifier: Apache-2.0 */
/* Formulas, alone and in a text. */
#include "fuzz-app.h"

#include "chats/latex.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  size_t len;
  g_autofree char *text = fuzz_utf8 (data, size, &len);

  fuzz_app_init ();
  fuzz_check_answer (tlm_latex_to_text (text, FALSE), NULL);
  fuzz_check_answer (tlm_latex_to_text (text, TRUE), NULL);
  fuzz_check_answer (tlm_latex_replace (text), NULL);
  return 0;
}
