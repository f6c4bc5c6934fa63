/* SPDX-License-Identifier: Apache-2.0 */
/* GLib's part of the targets. */
#include "fuzz-app.h"

void
fuzz_app_init (void)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
}

char *
fuzz_utf8 (const uint8_t *data, size_t size, size_t *len)
{
  g_autofree char *text = fuzz_text (data, size);
  char *valid = g_utf8_make_valid (text, -1);

  *len = strlen (valid);
  return valid;
}

void
fuzz_check_answer (char *text, GError *error)
{
  FUZZ_CHECK ((text != NULL) != (error != NULL));
  if (text != NULL)
    FUZZ_CHECK (g_utf8_validate (text, -1, NULL));
  else
    FUZZ_CHECK (error->message[0] != '\0' && g_utf8_validate (error->message, -1, NULL));
  g_free (text);
  g_clear_error (&error);
}
