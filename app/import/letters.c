/* SPDX-License-Identifier: Apache-2.0 */
/* Windows' letters where a file says that they are ISO 8859-1, or says nothing: as browsers do, both
 * are read as windows-1252, and other old encodings as those that Windows made of them (WHATWG,
 * "Encoding"). */
#include "import/import-private.h"

#include <errno.h>
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

/* ---- a page's own encoding ---- */

#define BYTES_OF_HEAD (256 << 10) /* behind the page's own styles, perhaps */

/* (transfer full) (nullable): what the page says that it is */
static char *
find_encoding (const char *bytes,
               gsize       len)
{
  g_autoptr (GRegex) said = g_regex_new ("<(?:meta|\\?xml)\\s[^>]{0,500}?(?:charset|encoding)"
                                         "\\s*=\\s*[\"']?\\s*([\\w:.+-]{2,40})",
                                         G_REGEX_RAW | G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match_full (said, bytes, (gssize) MIN (len, BYTES_OF_HEAD), 0, 0, &match, NULL)
           ? g_match_info_fetch (match, 1) : NULL;
}

/* What has more letters, all of the named one in their places. */
static const char *
find_larger (const char *encoding)
{
  static const char *const larger[][2] = {
    { "us-ascii", "windows-1252" },   { "ascii", "windows-1252" },    { "latin1", "windows-1252" },
    { "iso-8859-1", "windows-1252" }, { "iso8859-1", "windows-1252" },
    { "iso-8859-9", "windows-1254" }, { "latin5", "windows-1254" },
    { "tis-620", "windows-874" },     { "iso-8859-11", "windows-874" },
    { "gb2312", "gb18030" },          { "gbk", "gb18030" },           { "x-gbk", "gb18030" },
    { "gb_2312-80", "gb18030" },      { "big5", "big5-hkscs" },
    { "shift_jis", "cp932" },         { "shift-jis", "cp932" },       { "sjis", "cp932" },
    { "x-sjis", "cp932" },            { "windows-31j", "cp932" },
    { "euc-kr", "cp949" },            { "ks_c_5601-1987", "cp949" },  { "ksc5601", "cp949" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (larger); i++)
    if (g_ascii_strcasecmp (encoding, larger[i][0]) == 0)
      return larger[i][1];
  return encoding;
}

/* As much of @from's @len bytes as fits, or what is held back where @from is NULL: a letter that a mark
 * might follow. Returns: whether the next byte is no letter */
static gboolean
convert_some (GIConv   converter,
              char   **from,
              gsize   *len,
              GString *out)
{
  char     buffer[16384], *to = buffer;
  gsize    room = sizeof buffer;
  gboolean failed = g_iconv (converter, from, len, &to, &room) == (gsize) -1 && errno != E2BIG;

  g_string_append_len (out, buffer, to - buffer);
  return failed;
}

/* U+FFFD for each byte that is no letter. (transfer full) (nullable): NULL where nobody knows
 * @encoding */
static char *
convert (const char *bytes,
         gsize       len,
         const char *encoding)
{
  GIConv   converter = g_iconv_open ("UTF-8", encoding);
  GString *out;
  char    *from = (char *) bytes;

  if (converter == (GIConv) -1)
    return NULL;
  out = g_string_sized_new (len);
  while (len > 0)
    if (convert_some (converter, &from, &len, out) && len > 0)
      {
        convert_some (converter, NULL, NULL, out);
        g_string_append_unichar (out, 0xfffd);
        from++;
        len--;
      }
  convert_some (converter, NULL, NULL, out);
  g_iconv_close (converter);
  return g_string_free (out, FALSE);
}

/* Those that shift have bytes of ASCII alone. */
static gboolean
is_utf8 (const char *bytes,
         gsize       len,
         const char *encoding)
{
  return g_utf8_validate (bytes, (gssize) len, NULL)
         && (encoding == NULL || memchr (bytes, '\033', len) == NULL
             || g_ascii_strncasecmp (encoding, "iso-2022-", strlen ("iso-2022-")) != 0);
}

char *
tlm_import_read_letters (const char *bytes,
                         gsize       len)
{
  g_autofree char *encoding = find_encoding (bytes, len), *text = NULL;

  if (is_utf8 (bytes, len, encoding))
    return g_strndup (bytes, len);
  if (encoding != NULL && g_ascii_strncasecmp (encoding, "utf", 3) != 0
      && g_ascii_strcasecmp (encoding, "unicode") != 0)
    text = convert (bytes, len, find_larger (encoding));
  if (text != NULL && g_utf8_validate (text, -1, NULL))
    return g_steal_pointer (&text);
  g_free (text);
  text = g_strndup (bytes, len);
  return tlm_import_mend_letters (text);
}
