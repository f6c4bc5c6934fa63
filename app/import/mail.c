/* SPDX-License-Identifier: Apache-2.0 */
/* A mail message (RFC 5322 and MIME) by GMime: who, when and what about become front matter, the
 * subject the heading. The text parts in their order are the note, an HTML one read as a page. Other
 * parts are counted and left alone. */
#include "import/import-private.h"

#include <glib/gi18n-lib.h>
#include <gmime/gmime.h>
#include <string.h>

#include "core/errors.h"
#include "core/text-input.h"

/* Only the header is looked at: a line of RFC 5322 has at most 998 bytes. */
#define MAX_HEADER_LINES 400

static void visit_part (GMimeObject *part, GString *to, guint *n_attachments, int depth);

/* ---- is it one? ---- */

/* The length of "Name:" at the head of a line; 0 for another line. */
static gsize
get_field_length (const char *line, gsize len)
{
  gsize n = 0;

  while (n < len && line[n] > 0x20 && line[n] < 0x7f && line[n] != ':')
    n++;
  return n > 0 && n < len && line[n] == ':' ? n : 0;
}

static gboolean
field_is (const char *line, gsize len, const char *name)
{
  return len == strlen (name) && g_ascii_strncasecmp (line, name, len) == 0;
}

/* A note may begin with "From: …" too: what only a mail program writes has to stand beside it. */
gboolean
tlm_import_is_mail (const char *bytes, gsize len)
{
  static const char *const marks[] = { "Message-ID", "MIME-Version", "Received", "Return-Path" };
  const char *end = bytes + len;
  gboolean    from = FALSE, mark = FALSE;

  for (int i = 0; bytes < end && i < MAX_HEADER_LINES; i++)
    {
      const char *stop = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize       n = (gsize) ((stop != NULL ? stop : end) - bytes);
      gsize       field = get_field_length (bytes, n);

      if (n == 0 || (n == 1 && *bytes == '\r'))
        break;
      if (field == 0 && *bytes != ' ' && *bytes != '\t'
          && !(i == 0 && n >= 5 && strncmp (bytes, "From ", 5) == 0))
        return FALSE;
      from |= field_is (bytes, field, "From");
      for (gsize k = 0; k < G_N_ELEMENTS (marks); k++)
        mark |= field_is (bytes, field, marks[k]);
      bytes = stop != NULL ? stop + 1 : end;
    }
  return from && mark;
}

/* ---- its parts ---- */

/* As it was before it was encoded for the way. */
static char *
read_bytes (GMimePart *part)
{
  GMimeDataWrapper *content = g_mime_part_get_content (part);
  GByteArray       *bytes = g_byte_array_new ();
  GMimeStream      *stream = g_mime_stream_mem_new_with_byte_array (bytes);

  g_mime_stream_mem_set_owner (GMIME_STREAM_MEM (stream), FALSE);
  if (content != NULL)
    g_mime_data_wrapper_write_to_stream (content, stream);
  g_object_unref (stream);
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (bytes, FALSE);
}

/* What says that it is UTF-8, or nothing, is often what Windows wrote. */
static char *
read_text (GMimeTextPart *part)
{
  const char      *charset = g_mime_text_part_get_charset (part);
  g_autofree char *text = NULL;

  if (charset != NULL && g_ascii_strcasecmp (charset, "utf-8") != 0
      && g_ascii_strcasecmp (charset, "us-ascii") != 0)
    text = g_mime_text_part_get_text (part);
  if (text == NULL)
    text = read_bytes (GMIME_PART (part));
  return tlm_import_mend_letters (text);
}

static void
append_block (GString *to, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  if (to->len > 0)
    g_string_append (to, g_str_has_suffix (to->str, "\n") ? "\n" : "\n\n");
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf (to, "%s%s", *line, line[1] != NULL ? "\n" : "");
}

/* Where the mail has no word on its letters, the page's own holds. */
static char *
read_page (GMimeTextPart *part, const char *text)
{
  g_autofree char *bytes = read_bytes (GMIME_PART (part));

  if (g_mime_text_part_get_charset (part) == NULL)
    text = bytes;
  return tlm_import_html (text, strlen (text), NULL);
}

static void
append_part (GString *to, GMimeTextPart *part, gboolean is_page)
{
  g_autofree char *text = read_text (part);
  g_autofree char *page = is_page && !tlm_text_is_blank (text) ? read_page (part, text) : NULL;

  if (!tlm_text_is_blank (page != NULL ? page : text))
    append_block (to, page != NULL ? page : text);
}

/* Of the forms of one text, the first that says something: the plainest is the first. */
static void
visit_alternatives (GMimeMultipart *forms, GString *to, guint *n_attachments, int depth)
{
  g_autoptr (GString) said = g_string_new (NULL);

  for (int i = 0; i < g_mime_multipart_get_count (forms); i++)
    visit_part (g_mime_multipart_get_part (forms, i), said->len > 0 ? NULL : said,
                n_attachments, depth);
  if (to != NULL && said->len > 0)
    append_block (to, said->str);
}

/* @to: (nullable): NULL where only what is attached matters */
static void
visit_part (GMimeObject *part, GString *to, guint *n_attachments, int depth)
{
  GMimeContentType *type = g_mime_object_get_content_type (part);
  gboolean          is_page = g_mime_content_type_is_type (type, "text", "html");

  if (depth > TLM_IMPORT_MAX_DEPTH)
    return;
  if (GMIME_IS_MULTIPART (part) && g_mime_content_type_is_type (type, "*", "alternative"))
    visit_alternatives (GMIME_MULTIPART (part), to, n_attachments, depth + 1);
  else if (GMIME_IS_MULTIPART (part))
    for (int i = 0; i < g_mime_multipart_get_count (GMIME_MULTIPART (part)); i++)
      visit_part (g_mime_multipart_get_part (GMIME_MULTIPART (part), i), to, n_attachments, depth + 1);
  else if (!GMIME_IS_TEXT_PART (part) || g_mime_part_is_attachment (GMIME_PART (part))
           || !(is_page || g_mime_content_type_is_type (type, "text", "plain")))
    ++*n_attachments;
  else if (to != NULL)
    append_part (to, GMIME_TEXT_PART (part), is_page);
}

/* ---- its head ---- */

/* Any text as the value of one line of front matter. */
static void
append_field (GString *out, const char *key, const char *value)
{
  g_autofree char *line = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  if (line != NULL)
    {
      g_strdelimit (line, "\r\n\t", ' ');
      g_strstrip (line);
    }
  if (line != NULL && *line != '\0')
    g_string_append_printf (out, "%s: %s\n", key, line);
}

static void
append_head (GString *out, GMimeMessage *message, guint n_attachments)
{
  const char       *subject = g_mime_message_get_subject (message);
  g_autofree char  *from = internet_address_list_to_string (g_mime_message_get_from (message), NULL,
                                                            FALSE);
  GDateTime        *date = g_mime_message_get_date (message);
  g_autofree char  *day = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : NULL;
  g_autofree char  *count = n_attachments > 0 ? g_strdup_printf ("%u", n_attachments) : NULL;
  g_autofree char  *title = subject != NULL ? g_utf8_make_valid (subject, -1) : g_strdup ("");

  g_string_append (out, "---\n");
  append_field (out, "title", subject);
  append_field (out, "from", from);
  append_field (out, "date", day);
  append_field (out, "attachments", count);
  g_string_append (out, "---\n\n");
  g_strstrip (g_strdelimit (title, "\r\n\t", ' '));
  if (*title != '\0')
    g_string_append_printf (out, "# %s\n\n", title);
}

static void
init (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      g_mime_init ();
      g_once_init_leave (&ready, 1);
    }
}

/* Of a box (RFC 4155), whose mails each begin with a line "From ", the one that is in it. Such a line may
 * be of the text, too: a mail is where a header follows. Returns: FALSE where there are several */
static gboolean
open_box (const char **bytes, gsize *len)
{
  const char *end = *bytes + *len, *p = *bytes;

  if (*len < 5 || memcmp (p, "From ", 5) != 0)
    return TRUE;
  for (; (p = memmem (p, (gsize) (end - p), "\nFrom ", 6)) != NULL; p++)
    if (tlm_import_is_mail (p + 1, (gsize) (end - p - 1)))
      return FALSE;
  p = memchr (*bytes, '\n', *len);
  *bytes = p != NULL ? p + 1 : end;
  *len = (gsize) (end - *bytes);
  return TRUE;
}

/* (transfer full): as an object, for g_autoptr */
static GObject *
parse (const char *bytes, gsize len, GError **error)
{
  GMimeStream  *stream;
  GMimeParser  *parser;
  GMimeMessage *message;

  init ();
  stream = g_mime_stream_mem_new_with_buffer (bytes, len);
  parser = g_mime_parser_new_with_stream (stream);
  message = g_mime_parser_construct_message (parser, NULL);
  g_object_unref (parser);
  g_object_unref (stream);
  if (message != NULL && g_mime_message_get_mime_part (message) != NULL)
    return G_OBJECT (message);
  g_clear_object (&message);
  tlm_import_fail_damaged (error);
  return NULL;
}

char *
tlm_import_mail (const char *bytes, gsize len, GError **error)
{
  g_autoptr (GObject) message = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  guint               n_attachments = 0;
  GString            *out;

  if (open_box (&bytes, &len))
    message = parse (bytes, len, error);
  else
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_BINARY,
                         _("This file holds several mails. Save the one that you want as EML and "
                           "try again."));
  if (message == NULL)
    return NULL;
  visit_part (g_mime_message_get_mime_part (GMIME_MESSAGE (message)), text, &n_attachments, 0);
  out = g_string_new (NULL);
  append_head (out, GMIME_MESSAGE (message), n_attachments);
  g_string_append (out, text->str);
  return g_string_free (out, FALSE);
}
