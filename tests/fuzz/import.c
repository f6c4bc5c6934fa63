/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that are one stream of bytes, told by their first ones as the program does it, and by
 * each reader in turn. PDF and zipped documents have targets of their own. */
#include "fuzz-app.h"

#include "import/import-private.h"
#include "core/text-input.h"

static void
read_stream (const char *bytes, size_t size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (bytes, (gssize) size, NULL);
  const char *format = NULL;
  GError *error = NULL;
  gsize len = 0;
  char *text = tlm_import_read_stream (stream, &len, &format, NULL, &error);

  FUZZ_CHECK (text == NULL || strlen (text) == len);
  fuzz_check_answer (text, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = (char *) fuzz_copy (data, size), *text = NULL;
  GError *error = NULL;
  size_t len;

  fuzz_app_init ();
  text = fuzz_utf8 (data, size, &len);
  read_stream (bytes, size);
  fuzz_check_answer (tlm_import_org (text), NULL);
  if (memchr (bytes, '\0', size) == NULL)
    {
      char *html = tlm_import_html (bytes, size, &error);

      fuzz_check_answer (html, error);
    }
  return 0;
}
