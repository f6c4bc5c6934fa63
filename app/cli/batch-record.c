/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/batch-record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/errors.h"
#include "core/json.h"
#include "core/text-input.h"

gboolean
tlm_batch_refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, sentence);
  return FALSE;
}

const char *
tlm_batch_read_string (JsonObject *record, const char *name, GError **error)
{
  const char      *s = tlm_json_get_string (record, name);
  g_autofree char *sentence = NULL;

  if (s != NULL)
    return tlm_text_check_utf8 (s, strlen (s), error) ? s : NULL;
  sentence = g_strdup_printf (_("This record has no string “%s”."), name);
  tlm_batch_refuse (error, sentence);
  return NULL;
}

gboolean
tlm_batch_has_nul (const char *line)
{
  for (const char *p = strstr (line, "\\u0000"); p != NULL; p = strstr (p + 1, "\\u0000"))
    {
      gsize n = 1;

      while (p - line >= (gssize) n && p[-(gssize) n] == '\\')
        n++;
      if (n % 2 == 1)
        return TRUE;
    }
  return FALSE;
}

static const char *
get_code (const GError *error)
{
  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_EMPTY))
    return "empty";
  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_BINARY))
    return "binary";
  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_ENCODING))
    return "encoding";
  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_TOO_LARGE))
    return "too-large";
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ? "record" : "failed";
}

void
tlm_batch_append_error (GString *out, const GError *error)
{
  tlm_json_append_key (out, "error");
  g_string_append_printf (out, "{\"code\": \"%s\", \"message\": ", get_code (error));
  tlm_json_append_string (out, error->message, strlen (error->message));
  g_string_append_c (out, '}');
}
