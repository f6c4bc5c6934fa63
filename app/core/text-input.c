/* SPDX-License-Identifier: Apache-2.0 */
/* Checks and decodes text from outside. */
#include "text-input.h"

#include "errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Bytes drawn at random hold 10.2 % control characters that no text has (26 of 256); half of that
 * tells the two apart with room on both sides. */
#define MAX_CONTROL_SHARE 0.05

gboolean
tlm_text_begins (const char *text, const char *words)
{
  return strncmp (text, words, strlen (words)) == 0;
}

static gboolean
fail_too_large (GError **error)
{
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               _("The text is larger than %u MB, which is more than this program reads. Split it "
                 "into smaller files."), TLM_TEXT_MAX_BYTES >> 20);
  return FALSE;
}

static gboolean
fail_binary (GError **error)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                       _("This is binary data, not text. Export it as text or Markdown first."));
  return FALSE;
}

/* Tab, the line ends, form feed and escape (terminal colours in logs) do occur in text. */
static gboolean
is_odd_control (guchar c)
{
  return (c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b) || c == 0x7f;
}

static gboolean
looks_binary (const char *bytes,
              gsize       len)
{
  gsize n_odd = 0;

  if (memchr (bytes, '\0', len) != NULL)
    return TRUE;
  for (gsize i = 0; i < len; i++)
    n_odd += is_odd_control ((guchar) bytes[i]);
  return (double) n_odd > MAX_CONTROL_SHARE * (double) len;
}

static guint
count_lines (const char *from,
             const char *to)
{
  guint n = 1;

  for (; from < to; from++)
    n += *from == '\n';
  return n;
}

gboolean
tlm_text_check_utf8 (const char *bytes,
                     gsize       len,
                     GError    **error)
{
  const char *end;

  if (len > TLM_TEXT_MAX_BYTES)
    return fail_too_large (error);
  if (len == 0)
    return TRUE;
  if (looks_binary (bytes, len))
    return fail_binary (error);
  if (g_utf8_validate_len (bytes, len, &end))
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_ENCODING,
               _("The text is not valid UTF-8: line %u holds a byte that belongs to no character. "
                 "Save it as UTF-8 and try again."), count_lines (bytes, end));
  return FALSE;
}

gboolean
tlm_text_is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (!g_unichar_isspace (c) && !g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        return FALSE;
    }
  return TRUE;
}

static gboolean
holds_word (const char *p,
            gsize       len)
{
  for (const char *end = p + len; p < end; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

gboolean
tlm_text_check_content (const char *bytes,
                        gsize       len,
                        GError    **error)
{
  if (!tlm_text_check_utf8 (bytes, len, error))
    return FALSE;
  if (holds_word (bytes, len))
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_EMPTY,
                       _("There is no text here yet, so there is nothing to summarize."));
  return FALSE;
}

static const char *
find_mark (const char *bytes,
           gsize       len)
{
  if (len >= 4
      && (memcmp (bytes, "\xff\xfe\0\0", 4) == 0 || memcmp (bytes, "\0\0\xfe\xff", 4) == 0))
    return "UTF-32";
  if (len >= 2 && (memcmp (bytes, "\xff\xfe", 2) == 0 || memcmp (bytes, "\xfe\xff", 2) == 0))
    return "UTF-16";
  return NULL;
}

char *
tlm_text_decode (const char  *bytes,
                 gsize        len,
                 gsize       *out_len,
                 const char **decoded_from,
                 GError     **error)
{
  const char         *mark = find_mark (bytes, len);
  g_autofree char    *text = NULL;
  gsize               text_len = len;

  if (len > TLM_TEXT_MAX_BYTES)
    {
      fail_too_large (error);
      return NULL;
    }
  if (mark != NULL)
    text = g_convert (bytes, (gssize) len, "UTF-8", mark, NULL, &text_len, NULL);
  else
    text = g_strndup (bytes, len);
  if (text == NULL)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_ENCODING,
                   /* Translators: %s is an encoding, e.g. UTF-16 */
                   _("The file says that it is %s, but it is damaged. Save it as UTF-8 and try "
                     "again."), mark);
      return NULL;
    }
  /* g_strndup() stops at a NUL, which makes it binary; the check sees the bytes themselves. */
  if (!tlm_text_check_utf8 (mark != NULL ? text : bytes, text_len, error))
    return NULL;
  if (out_len != NULL)
    *out_len = text_len;
  if (decoded_from != NULL)
    *decoded_from = mark;
  return g_steal_pointer (&text);
}

GBytes *
tlm_text_load_stream (GInputStream *stream,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8     *chunk = g_malloc (1 << 16);
  gssize                 n;

  while ((n = g_input_stream_read (stream, chunk, 1 << 16, cancellable, error)) > 0)
    {
      g_byte_array_append (bytes, chunk, (guint) n);
      if (bytes->len > TLM_TEXT_MAX_BYTES)
        {
          fail_too_large (error);
          return NULL;
        }
    }
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static char *
decode_bytes (GBytes      *bytes,
              gsize       *out_len,
              const char **decoded_from,
              GError     **error)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  return tlm_text_decode (len > 0 ? data : "", len, out_len, decoded_from, error);
}

char *
tlm_text_read_stream (GInputStream *stream,
                      gsize        *out_len,
                      const char  **decoded_from,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (GBytes) bytes = tlm_text_load_stream (stream, cancellable, error);

  return bytes != NULL ? decode_bytes (bytes, out_len, decoded_from, error) : NULL;
}

/* A device or a pipe could be read for ever, and a folder not at all. */
static gboolean
check_kind (GFile        *file,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree char      *name = g_file_get_parse_name (file);
  g_autoptr (GFileInfo) info = g_file_query_info (file,
                                                  G_FILE_ATTRIBUTE_STANDARD_TYPE
                                                  "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_BINARY, _("“%s” is not a file that holds text."),
                   name);
      return FALSE;
    }
  if (g_file_info_get_size (info) > (goffset) TLM_TEXT_MAX_BYTES)
    return fail_too_large (error);
  return TRUE;
}

GBytes *
tlm_text_load_file (GFile        *file,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (GFileInputStream) stream = NULL;

  if (!check_kind (file, cancellable, error))
    return NULL;
  stream = g_file_read (file, cancellable, error);
  return stream != NULL ? tlm_text_load_stream (G_INPUT_STREAM (stream), cancellable, error) : NULL;
}

char *
tlm_text_read_file (GFile        *file,
                    gsize        *out_len,
                    const char  **decoded_from,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (GBytes) bytes = tlm_text_load_file (file, cancellable, error);

  return bytes != NULL ? decode_bytes (bytes, out_len, decoded_from, error) : NULL;
}
