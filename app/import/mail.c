/* SPDX-License-Identifier: Apache-2.0 */
/* A mail message (RFC 5322 and MIME) by GMime: who, when and what about become front matter, the
 * subject the heading. The text parts are the note; where these say nothing, the HTML ones are read as a
 * page. Other parts are counted and left alone. */
#include "import/import-private.h"

#include <gmime/gmime.h>
#include <string.h>

#include "core/text-input.h"

/* Only the header is looked at: a line of RFC 5322 has at most 998 bytes. */
#define MAX_HEADER_LINES 400

typedef struct
{
  GString *text, *html;
  guint    n_attachments;
} Parts;

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

static void
append_part (GString *to, GMimeObject *part)
{
  g_autofree char *text = g_mime_text_part_get_text (GMIME_TEXT_PART (part));
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_auto (GStrv)   lines = NULL;

  if (valid == NULL)
    return;
  if (to->len > 0)
    g_string_append (to, "\n");
  lines = g_strsplit (valid, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++)
    g_string_append_printf (to, "%s%s", *line, line[1] != NULL ? "\n" : "");
}

static void
visit_part (GMimeObject *parent, GMimeObject *part, gpointer data)
{
  Parts            *parts = data;
  GMimeContentType *type = g_mime_object_get_content_type (part);
  gboolean          attached = GMIME_IS_PART (part)
                               && g_mime_part_is_attachment (GMIME_PART (part));

  if (GMIME_IS_MULTIPART (part))
    return;
  if (!attached && GMIME_IS_TEXT_PART (part) && g_mime_content_type_is_type (type, "text", "plain"))
    append_part (parts->text, part);
  else if (!attached && GMIME_IS_TEXT_PART (part)
           && g_mime_content_type_is_type (type, "text", "html"))
    append_part (parts->html, part);
  else
    parts->n_attachments++;
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

static GMimeMessage *
parse (const char *bytes, gsize len)
{
  static gsize  ready = 0;
  GMimeStream  *stream;
  GMimeParser  *parser;
  GMimeMessage *message;

  if (g_once_init_enter (&ready))
    {
      g_mime_init ();
      g_once_init_leave (&ready, 1);
    }
  stream = g_mime_stream_mem_new_with_buffer (bytes, len);
  parser = g_mime_parser_new_with_stream (stream);
  if (len >= 5 && memcmp (bytes, "From ", 5) == 0)
    g_mime_parser_set_format (parser, GMIME_FORMAT_MBOX);
  message = g_mime_parser_construct_message (parser, NULL);
  g_object_unref (parser);
  g_object_unref (stream);
  return message;
}

char *
tlm_import_mail (const char *bytes, gsize len, GError **error)
{
  g_autoptr (GObject) owned = (GObject *) parse (bytes, len);
  GMimeMessage       *message = (GMimeMessage *) owned;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) html = g_string_new (NULL);
  Parts               parts = { text, html, 0 };
  g_autofree char    *page = NULL;
  GString            *out;

  if (message == NULL || g_mime_message_get_mime_part (message) == NULL)
    {
      tlm_import_fail_damaged (error);
      return NULL;
    }
  g_mime_message_foreach (message, visit_part, &parts);
  if (tlm_text_is_blank (text->str) && html->len > 0)
    {
      page = tlm_import_html (html->str, html->len, error);
      if (page == NULL)
        return NULL;
    }
  out = g_string_new (NULL);
  append_head (out, message, parts.n_attachments);
  g_string_append (out, page != NULL ? page : text->str);
  return g_string_free (out, FALSE);
}
