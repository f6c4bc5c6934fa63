/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8259, section 7: quotation mark, reverse solidus and control characters are escaped, all
 * other characters stand for themselves. */
#include "json.h"

#include <string.h>

#define NUL_ESCAPE "\\u0000"
#define MAX_DEPTH 64 /* of brackets; the deepest of all that is read here, a chat, has 12 */

static void
append_escape (GString *out,
               guchar   c)
{
  static const char plain[] = "\"\\\n\r\t", letter[] = "\"\\nrt";
  const char       *place = strchr (plain, c);

  if (c != '\0' && place != NULL)
    g_string_append_printf (out, "\\%c", letter[place - plain]);
  else
    g_string_append_printf (out, "\\u%04x", c);
}

void
tlm_json_append_string (GString    *out,
                        const char *s,
                        gsize       len)
{
  g_string_append_c (out, '"');
  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) s[i];

      if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
        append_escape (out, c);
      else
        g_string_append_c (out, s[i]);
    }
  g_string_append_c (out, '"');
}

void
tlm_json_append_number (GString *out,
                        double   value,
                        int      digits)
{
  char             buffer[64];
  g_autofree char *format = g_strdup_printf ("%%.%df", digits);
  gsize            len;

  g_ascii_formatd (buffer, sizeof buffer, format, value);
  len = strlen (buffer);
  if (strchr (buffer, '.') != NULL)
    {
      while (buffer[len - 1] == '0')
        len--;
      len -= buffer[len - 1] == '.';
    }
  g_string_append_len (out, buffer, (gssize) len);
}

void
tlm_json_append_key (GString    *out,
                     const char *key)
{
  if (out->str[out->len - 1] != '{')
    g_string_append (out, ", ");
  g_string_append_printf (out, "\"%s\": ", key);
}

void
tlm_json_append_member (GString    *out,
                        const char *key,
                        const char *value)
{
  tlm_json_append_key (out, key);
  if (value != NULL)
    tlm_json_append_string (out, value, strlen (value));
  else
    g_string_append (out, "null");
}

/* The parser cuts a string where U+0000 stands in it: U+FFFD instead. */
static void
replace_nul (char *text)
{
  for (char *p = text; *p != '\0'; p++)
    if (*p == '\\' && p[1] != '\0')
      {
        if (g_str_has_prefix (p, NUL_ESCAPE))
          memcpy (p + 2, "fffd", 4);
        p++;
      }
}

gboolean
tlm_json_load (JsonParser *parser,
               const char *text,
               gsize       len)
{
  g_autofree char *copy = NULL;

  if (g_strstr_len (text, (gssize) len, NUL_ESCAPE) != NULL)
    {
      copy = g_strndup (text, len);
      replace_nul (copy);
    }
  return json_parser_load_from_data (parser, copy != NULL ? copy : text, (gssize) len, NULL);
}

JsonNode *
tlm_json_parse (JsonParser *parser,
                const char *text)
{
  return tlm_json_is_shallow (text) && tlm_json_load (parser, text, strlen (text))
           ? json_parser_get_root (parser) : NULL;
}

const char *
tlm_json_get_string (JsonObject *object,
                     const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                          : NULL;
}

gboolean
tlm_json_is_shallow (const char *text)
{
  gboolean in_string = FALSE;
  int      depth = 0;

  for (const char *p = text; *p != '\0'; p++)
    if (in_string && *p == '\\' && p[1] != '\0')
      p++;
    else if (*p == '"')
      in_string = !in_string;
    else if (in_string)
      continue;
    else if (strchr ("/'#", *p) != NULL || (strchr ("[{", *p) != NULL && ++depth > MAX_DEPTH))
      return FALSE;
    else if (*p == ']' || *p == '}')
      depth--;
  return TRUE;
}
