/* SPDX-License-Identifier: Apache-2.0 */
/* CommonMark 0.30, "Backslash escapes". */
#include "core/markdown.h"

#include <string.h>

void
tlm_markdown_append_plain (GString    *out,
                           const char *text,
                           gsize       len)
{
  for (const char *p = text; p < text + len && *p != '\0'; p++)
    {
      if (g_ascii_isspace (*p))
        {
          if (out->len > 0 && !g_ascii_isspace (out->str[out->len - 1]))
            g_string_append_c (out, ' ');
          continue;
        }
      if (strchr ("\\`*_[]<>#&|~!", *p) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
}

char *
tlm_markdown_dup_text (const char *plain,
                       gsize       len)
{
  GString *text = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    {
      if (plain[i] == '\\' && i + 1 < len && g_ascii_ispunct (plain[i + 1]))
        i++;
      g_string_append_c (text, plain[i]);
    }
  return g_string_free (text, FALSE);
}
