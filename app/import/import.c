/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what a file is by its first bytes and hands it to the reader of that format. */
#include "import/import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/errors.h"
#include "core/text-input.h"

static char *
fail_unknown (const char *sentence,
              GError    **error)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY, sentence);
  return NULL;
}

static gboolean
has_suffix (const char *name,
            const char *suffix)
{
  gsize n = strlen (name), m = strlen (suffix);

  return n > m && g_ascii_strcasecmp (name + n - m, suffix) == 0;
}

static gboolean
starts_with (const char *bytes,
             gsize       len,
             const char *start)
{
  return len >= strlen (start) && g_ascii_strncasecmp (bytes, start, strlen (start)) == 0;
}

/* White space, a mark of the encoding, <?xml ...?> and comments, which may stand before all else. */
static void
skip_prolog (const char **bytes,
             gsize       *len)
{
  const char *end = *bytes + *len, *p = *bytes;

  for (;;)
    {
      const char *stop;

      while (p < end && (g_ascii_isspace (*p) || memchr (TLM_TEXT_BOM, *p, 3)))
        p++;
      if (!starts_with (p, (gsize) (end - p), "<?xml") && !starts_with (p, (gsize) (end - p), "<!--"))
        break;
      stop = g_strstr_len (p, end - p, p[1] == '?' ? "?>" : "-->");
      if (stop == NULL)
        break;
      p = memchr (stop, '>', (gsize) (end - stop));
      p++;
    }
  *bytes = p;
  *len = (gsize) (end - p);
}

static gboolean
is_html (const char *bytes,
         gsize       len,
         const char *name)
{
  skip_prolog (&bytes, &len);
  return starts_with (bytes, len, "<!doctype html") || starts_with (bytes, len, "<html")
         || has_suffix (name, ".html") || has_suffix (name, ".htm") || has_suffix (name, ".xhtml");
}

static char *
read_zip (GBytes       *bytes,
          const char  **format,
          GCancellable *cancellable,
          GError      **error)
{
  g_autoptr (GError)     local = NULL;
  g_autoptr (GByteArray) type = tlm_zip_read_member (bytes, "mimetype", cancellable, &local);
  const char             odt[] = "application/vnd.oasis.opendocument.text";
  g_autofree char       *word = NULL;

  if (type != NULL && type->len >= sizeof odt - 1 && memcmp (type->data, odt, sizeof odt - 1) == 0)
    {
      *format = "ODT";
      return tlm_import_odt (bytes, cancellable, error);
    }
  if (local == NULL && type == NULL)
    word = tlm_docx_find_main (bytes, cancellable, &local);
  if (word != NULL)
    {
      *format = "DOCX";
      return tlm_import_docx (bytes, cancellable, error);
    }
  if (local == NULL)
    return fail_unknown (_("This archive holds no ODT or DOCX document. Unpack it and open the "
                           "files in it."), error);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* A name in the directory of a compound file ([MS-CFB] 2.6.1), which is UTF-16. */
static gboolean
has_entry (const char *bytes,
           gsize       len,
           const char *name)
{
  char  key[2 * 16] = "";
  gsize n = strlen (name);

  g_assert (n <= sizeof key / 2);
  for (gsize i = 0; i < n; i++)
    key[2 * i] = name[i];
  return memmem (bytes, len, key, 2 * n) != NULL;
}

/* What is no document of today's, or one that is locked: Microsoft puts that into a file of the old kind. */
static char *
fail_compound (const char *bytes,
               gsize       len,
               GError    **error)
{
  if (has_entry (bytes, len, "EncryptedPackage"))
    {
      tlm_import_fail_protected (error);
      return NULL;
    }
  if (has_entry (bytes, len, "__substg1.0"))
    return fail_unknown (_("This is a mail of Outlook. Save it as EML and try again."), error);
  return fail_unknown (_("This is a document of an old Office program. Save it as DOCX or ODT and try "
                         "again."), error);
}

static char *
read_pdf (GBytes       *bytes,
          const char  **format,
          GCancellable *cancellable,
          GError      **error)
{
#ifdef TLM_HAVE_PDF
  *format = "PDF";
  return tlm_import_pdf (bytes, cancellable, error);
#else
  return fail_unknown (_("PDF is not read here. Save its text as TXT, DOCX or ODT and try again."),
                       error);
#endif
}

/* Formats that are not plain text. Returns: FALSE where @bytes are none of them. */
static gboolean
read_document (GBytes       *bytes,
               const char   *name,
               char        **text,
               const char  **format,
               GCancellable *cancellable,
               GError      **error)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  if (len == 0) /* and @data is NULL */
    return FALSE;
  if (starts_with (data, len, "PK\3\4"))
    *text = read_zip (bytes, format, cancellable, error);
  else if (starts_with (data, len, "\xd0\xcf\x11\xe0"))
    *text = fail_compound (data, len, error);
  else if (starts_with (data, len, "%PDF-"))
    *text = read_pdf (bytes, format, cancellable, error);
  else if (starts_with (data, len, "{\\rtf"))
    *text = fail_unknown (_("This is an RTF document. Save it as DOCX or ODT and try again."),
                          error);
  else if (is_html (data, len, name) && !memchr (data, '\0', len))
    {
      *format = "HTML";
      *text = tlm_import_html (data, len, error);
    }
  else if (tlm_import_is_mail (data, len) || has_suffix (name, ".eml"))
    {
      *format = "EML";
      *text = tlm_import_mail (data, len, error);
    }
  else
    return FALSE;
  return TRUE;
}

static char *
read_text (GBytes      *bytes,
           const char  *name,
           const char **format,
           GError     **error)
{
  gsize            len;
  const char      *data = g_bytes_get_data (bytes, &len);
  g_autofree char *text = tlm_text_decode (len > 0 ? data : "", len, NULL, format, error);

  if (text == NULL || !has_suffix (name, ".org"))
    return g_steal_pointer (&text);
  *format = "Org";
  return tlm_import_org (text);
}

static char *
read_bytes (GBytes       *bytes,
            const char   *name,
            gsize        *out_len,
            const char  **decoded_from,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree char *text = NULL;
  const char      *format = NULL;

  if (!read_document (bytes, name, &text, &format, cancellable, error))
    text = read_text (bytes, name, &format, error);
  if (text == NULL || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !tlm_text_check_utf8 (text, strlen (text), error))
    return NULL;
  if (out_len != NULL)
    *out_len = strlen (text);
  if (decoded_from != NULL)
    *decoded_from = format;
  return g_steal_pointer (&text);
}

char *
tlm_import_read_file (GFile        *file,
                      gsize        *out_len,
                      const char  **decoded_from,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (GBytes) bytes = tlm_text_load_file (file, cancellable, error);
  g_autofree char   *name = g_file_get_basename (file);

  return bytes != NULL ? read_bytes (bytes, name, out_len, decoded_from, cancellable, error) : NULL;
}

char *
tlm_import_read_stream (GInputStream *stream,
                        gsize        *out_len,
                        const char  **decoded_from,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GBytes) bytes = tlm_text_load_stream (stream, cancellable, error);

  return bytes != NULL ? read_bytes (bytes, "", out_len, decoded_from, cancellable, error) : NULL;
}
