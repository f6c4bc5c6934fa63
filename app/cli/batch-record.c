/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/batch-record.h"

#include <glib/gi18n-lib.h>
#include <math.h>
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

/* ---- what an answer says again ---- */

#define DIGITS "0123456789"

/* RFC 8259, section 6. */
static gboolean
is_number (const char *s)
{
  s += *s == '-';
  if (!g_ascii_isdigit (*s))
    return FALSE;
  s += *s == '0' ? 1 : strspn (s, DIGITS);
  if (*s == '.')
    {
      if (!g_ascii_isdigit (*++s))
        return FALSE;
      s += strspn (s, DIGITS);
    }
  if (*s == 'e' || *s == 'E')
    {
      s++;
      s += *s == '+' || *s == '-';
      if (!g_ascii_isdigit (*s))
        return FALSE;
      s += strspn (s, DIGITS);
    }
  return *s == '\0';
}

/* At the quotation mark that ends the string which begins at @p. */
static const char *
find_string_end (const char *p)
{
  for (p++; *p != '"' && *p != '\0'; p++)
    p += *p == '\\' && p[1] != '\0';
  return p;
}

/* (transfer full) (nullable): the value of "id" as it stands in @line, an object that the parser took;
 * NULL where none has that name, or not in these letters */
static char *
dup_id (const char *line)
{
  const char *value = NULL;
  char       *id = NULL;
  gboolean    is_id = FALSE;
  int         depth = 0;

  for (const char *p = line; *p != '\0'; p++)
    {
      if (*p == '"' && depth == 1 && value == NULL)
        is_id = strncmp (p, "\"id\"", 4) == 0;
      if (*p == '"')
        p = find_string_end (p);
      else if (*p == ':' && depth == 1)
        value = p + 1;
      else if (depth == 1 && value != NULL && (*p == ',' || *p == '}'))
        {
          if (is_id)
            {
              g_free (id);
              id = g_strstrip (g_strndup (value, (gsize) (p - value)));
            }
          value = NULL;
        }
      if (*p == '\0')
        break;
      depth += *p == '{' || *p == '[';
      depth -= *p == '}' || *p == ']';
    }
  return id;
}

/* Whether the parser, which has 64 bits for each, took the numbers in @id for what they are. */
static gboolean
has_plain_numbers (const char *id)
{
  for (const char *p = id; *p != '\0'; p++)
    {
      gsize            n = g_ascii_isdigit (*p) || *p == '-' ? strspn (p, DIGITS "+-.eE") : 0;
      g_autofree char *number = g_strndup (p, n);

      if (n > 0
          && !(is_number (number)
               && (strpbrk (number, ".eE") != NULL
                     ? isfinite (g_ascii_strtod (number, NULL))
                     : g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, NULL, NULL))))
        return FALSE;
      p = *p == '"' ? find_string_end (p) : p + n;
      if (*p == '\0')
        break;
    }
  return TRUE;
}

static gboolean
refuse_id (GString *out, GError **error)
{
  g_autofree char *sentence = g_strdup_printf (_("This record has no string “%s”."), "id");

  g_string_append (out, "null");
  return tlm_batch_refuse (error, sentence);
}

gboolean
tlm_batch_append_id (GString *out, const char *line, JsonObject *record, GError **error)
{
  JsonNode        *node = record != NULL ? json_object_get_member (record, "id") : NULL;
  gboolean         is_string = node != NULL && json_node_get_value_type (node) == G_TYPE_STRING;
  g_autofree char *id = node != NULL && !is_string ? dup_id (line) : NULL, *text = NULL;

  tlm_json_append_key (out, "id");
  if (node == NULL)
    g_string_append (out, "null");
  else if (is_string)
    tlm_json_append_string (out, json_node_get_string (node), strlen (json_node_get_string (node)));
  else if (id != NULL && is_number (id))
    g_string_append (out, id);
  else if (id == NULL || !has_plain_numbers (id))
    return refuse_id (out, error);
  else
    g_string_append (out, text = json_to_string (node, FALSE));
  return TRUE;
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
