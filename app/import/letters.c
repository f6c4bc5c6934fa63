/* SPDX-License-Identifier: Apache-2.0 */
/* Windows' letters where a file says that they are ISO 8859-1, or says nothing: as browsers do, both
 * are read as windows-1252 (WHATWG, "Encoding"). */
#include "import/import-private.h"

#include <string.h>

/* Its second table of control characters, U+0080 to U+009F, which no text has; 0: none there either. */
static const guint16 windows[32] = {
  0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
  0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
  0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
  0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static void
append_letter (GString *out,
               gunichar letter)
{
  if (letter >= 0x80 && letter < 0xa0)
    letter = windows[letter - 0x80];
  g_string_append_unichar (out, letter != 0 ? letter : 0xfffd);
}

char *
tlm_import_mend_letters (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));

  while (*text != '\0')
    {
      const char *end;

      for (end = text; *end != '\0' && (guchar) *end < 0x80; end++)
        ;
      g_string_append_len (out, text, end - text);
      if (*end != '\0')
        {
          gunichar letter = g_utf8_get_char_validated (end, -1);
          gboolean valid = letter < (gunichar) -2;

          append_letter (out, valid ? letter : (guchar) *end);
          end += valid ? g_utf8_skip[(guchar) *end] : 1;
        }
      text = end;
    }
  return g_string_free (out, FALSE);
}
