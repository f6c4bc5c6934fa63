/* SPDX-License-Identifier: Apache-2.0 */
/* Documents become Markdown; what is broken, protected or no document fails with a sentence. The
 * archives and PDFs are made here, so that a test can say what is wrong with each. */
#include <archive.h>
#include <archive_entry.h>
#ifdef TLM_HAVE_PDF
#include <cairo-pdf.h>
#endif
#include <string.h>

#include "core/errors.h"
#include "import/import.h"
#include "support.h"
#include "core/text-input.h"

#define ODT_TYPE "application/vnd.oasis.opendocument.text"
#define ODT_HEAD \
  "<?xml version='1.0'?><office:document-content xmlns:office='o' xmlns:text='t' xmlns:table='b'>" \
  "<office:body><office:text>"
#define ODT_TAIL "</office:text></office:body></office:document-content>"
#define ODT_BODY \
  "<text:h text:outline-level='2'>Plan</text:h><text:p>Two<text:s/>words.<text:note>" \
  "<text:note-citation>1</text:note-citation><text:note-body><text:p>a note</text:p>" \
  "</text:note-body></text:note></text:p><text:list><text:list-item><text:p>one</text:p>" \
  "<text:list><text:list-item><text:p>deep</text:p></text:list-item></text:list>" \
  "</text:list-item><text:list-item><text:p>☐ buy</text:p></text:list-item></text:list>" \
  "<table:table><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell>" \
  "<table:table-cell><text:p>B</text:p></table:table-cell></table:table-row></table:table>"
#define WORD_HEAD "<?xml version='1.0'?><w:document xmlns:w='w'><w:body>"
#define WORD_TAIL "</w:body></w:document>"

typedef struct { const char *name, *data; gsize len; } Member;

static GBytes *
make_zip (const Member *members)
{
  gsize                 size = 1 << 20, used = 0;
  guint8               *buffer = g_malloc (size);
  struct archive       *zip = archive_write_new ();
  struct archive_entry *entry = archive_entry_new ();

  archive_write_set_format_zip (zip);
  archive_write_open_memory (zip, buffer, size, &used);
  for (; members->name != NULL; members++)
    {
      gsize len = members->len > 0 ? members->len : strlen (members->data);

      archive_entry_clear (entry);
      archive_entry_set_pathname (entry, members->name);
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_perm (entry, 0644);
      archive_entry_set_size (entry, (la_int64_t) len);
      g_assert_cmpint (archive_write_header (zip, entry), ==, ARCHIVE_OK);
      g_assert_cmpint (archive_write_data (zip, members->data, len), ==, (int) len);
    }
  archive_entry_free (entry);
  archive_write_free (zip);
  return g_bytes_new_take (buffer, used);
}

static char *
import (const char  *name,
        const void  *data,
        gsize        len,
        const char **format,
        GError     **error)
{
  char            *folder = tlm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char            *text;

  g_assert_true (g_file_set_contents (path, data, (gssize) len, NULL));
  text = tlm_import_read_file (file, NULL, format, NULL, error);
  tlm_test_remove_folder (folder);
  return text;
}

static void
assert_text (const char *name,
             const char *data,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = import (name, data, strlen (data), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_zip (const Member *members,
            const char   *format,
            const char   *expected)
{
  g_autoptr (GBytes) zip = make_zip (members);
  g_autoptr (GError) error = NULL;
  const char        *from = NULL;
  g_autofree char   *text = import ("any.name", g_bytes_get_data (zip, NULL),
                                    g_bytes_get_size (zip), &from, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (from, ==, format);
}

static void
assert_zip_fails (const Member *members,
                  int           code)
{
  g_autoptr (GBytes) zip = make_zip (members);
  g_autoptr (GError) error = NULL;

  g_assert_null (import ("a.odt", g_bytes_get_data (zip, NULL), g_bytes_get_size (zip), NULL,
                         &error));
  g_assert_error (error, TLM_ERROR, code);
}

static void
reads_html (void)
{
  assert_text ("a.html",
               "<html><head><title>no</title><style>p{}</style></head><body><h1>Big\n day</h1>"
               "<p>One <b>two</b>&amp; three.<script>x()</script></p><ul><li>a<ol><li>b</li>"
               "</ol></li><li><input type=checkbox checked> done</li></ul><table><tr><td>1</td>"
               "<td>2</td></tr></table><pre>  kept\n as is</pre></body></html>",
               "# Big day\n\nOne two& three.\n\n- a\n  1. b\n- [x] done\n\n1 | 2\n\n"
               "  kept\n as is\n");
  /* The name does not matter where the bytes speak. */
  assert_text ("a.txt", "<!DOCTYPE html><p>Hä", "Hä\n");
  assert_text ("a.md", "a < b\n", "a < b\n");
}

/* As standard input has none. */
static void
needs_no_name (void)
{
  static const char *const cases[][3] = {
    { "<html><p>Hi", "Hi\n", "HTML" },
    { "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- of a\n shop -->\n<!DOCTYPE html><p>Hi", "Hi\n",
      "HTML" },
    { "<!-- a note -->\nHi\n", "<!-- a note -->\nHi\n", NULL },
    { "<?xml never ends", "<?xml never ends", NULL },
    { "From: me\nMessage-ID: <1@x>\n\nHi\n", "---\nfrom: me\n---\n\nHi\n", "EML" },
    { "* Plan\nHi\n", "* Plan\nHi\n", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInputStream) stream
        = g_memory_input_stream_new_from_data (cases[i][0], -1, NULL);
      g_autoptr (GError) error = NULL;
      const char        *format = "unset";
      g_autofree char   *text = tlm_import_read_stream (stream, NULL, &format, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, cases[i][1]);
      g_assert_cmpstr (format, ==, cases[i][2]);
    }
}

static void
reads_org (void)
{
  assert_text ("a.org",
               "#+TITLE: Trip\n* Plan\n:PROPERTIES:\n:ID: 7\n:END:\n** TODO Book it\n"
               "** DONE Ask\n# a comment\n- [X] packed\nWords.\n",
               "# Trip\n# Plan\n- [ ] Book it\n- [x] Ask\n- [x] packed\nWords.\n\n");
}

/* Nor what a drawer or a block that is never closed would take with it. */
static void
loses_no_line_of_org (void)
{
  assert_text ("a.org",
               "* Plan\n:LOGBOOK:\nWords.\n* More\n:PROPERTIES:\n:ID: 7\n:END:\nThe end.\n"
               "#+BEGIN_SRC sh\n# by hand\n* ls *\n#+END_SRC\n#+BEGIN_EXAMPLE\n* Last\n",
               "# Plan\n:LOGBOOK:\nWords.\n# More\nThe end.\n```\n# by hand\n* ls *\n```\n# Last\n\n");
}

static void
reads_odt (void)
{
  const Member members[] = { { "mimetype", ODT_TYPE },
                             { "content.xml", ODT_HEAD ODT_BODY ODT_TAIL }, { NULL } };

  assert_zip (members, "ODT",
              "## Plan\n\nTwo words. (a note)\n\n- one\n  - deep\n- [ ] buy\n\nA | B\n");
}

static void
reads_docx (void)
{
  const Member members[] = {
    { "word/styles.xml", "<w:styles xmlns:w='w'><w:style w:styleId='berschrift1'>"
                         "<w:name w:val='heading 1'/></w:style></w:styles>" },
    { "word/document.xml",
      WORD_HEAD "<w:p><w:pPr><w:pStyle w:val='berschrift1'/></w:pPr><w:r><w:t>Plan</w:t></w:r>"
      "</w:p>"
      "<w:p><w:r><w:t>Two </w:t></w:r><w:del><w:r><w:delText>no</w:delText></w:r></w:del><w:r>"
      "<w:t>words.</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:ilvl w:val='0'/></w:numPr></w:pPr><w:r>"
      "<w:t>one</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:ilvl w:val='1'/></w:numPr></w:pPr><w:r>"
      "<w:t>deep</w:t></w:r></w:p><w:p><w:r><w:t>☒ done</w:t></w:r></w:p>" WORD_TAIL },
    { NULL } };

  assert_zip (members, "DOCX", "# Plan\n\nTwo words.\n\n- one\n  - deep\n\n- [x] done\n");
}

static void
refuses_what_would_grow (void)
{
  gsize            len = TLM_TEXT_MAX_BYTES + 1;
  g_autofree char *zeros = g_malloc0 (len);
  const Member     bomb[] = { { "mimetype", ODT_TYPE }, { "content.xml", zeros, len }, { NULL } };
  const Member     laughs[] = {
    { "mimetype", ODT_TYPE },
    { "content.xml", "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]><a>&y;</a>" }, { NULL } };

  assert_zip_fails (bomb, TLM_ERROR_TOO_LARGE);
  assert_zip_fails (laughs, TLM_ERROR_BINARY);
}

static void
survives_deep_nesting (void)
{
  g_autoptr (GString) html = g_string_new ("<html>");
  g_autoptr (GString) xml = g_string_new (ODT_HEAD);
  const Member        deep[] = { { "mimetype", ODT_TYPE }, { "content.xml", NULL }, { NULL } };
  Member              members[3];
  g_autofree char    *text = NULL;

  for (int i = 0; i < 20000; i++)
    {
      g_string_append (html, "<div>");
      g_string_append (xml, "<text:span>");
    }
  text = import ("a.html", html->str, html->len, NULL, NULL);
  memcpy (members, deep, sizeof deep);
  members[1].data = xml->str;
  assert_zip_fails (members, TLM_ERROR_BINARY);
}

static void
names_what_it_cannot_read (void)
{
  static const struct { const char *bytes; gsize len; const char *word; } cases[] = {
    { "\xd0\xcf\x11\xe0\xa1", 5, "DOCX" }, { "{\\rtf1 hello}", 13, "RTF" },
    { "PK\3\4 torn", 9, "damaged" }, { "%PDF-1.7\n", 9,
#ifdef TLM_HAVE_PDF
      "damaged" },
#else
      "PDF" },
#endif
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (import ("a.docx", cases[i].bytes, cases[i].len, NULL, &error));
      g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

#define MAIL_HEAD \
  "From: =?utf-8?q?Ad=C3=A4?= Byron <ada@example.org>\r\nSubject: =?utf-8?B?S8O8Y2hl?=\r\n" \
  "Date: Tue, 5 May 2026 10:15:00 +0200\r\nMIME-Version: 1.0\r\n"
#define MAIL_MIXED \
  MAIL_HEAD "Content-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\n" \
  "Content-Type: multipart/alternative; boundary=yy\r\n\r\n--yy\r\n" \
  "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n" \
  "\r\nClear the K=FCche.\r\n\r\n> When?\r\n--yy\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n" \
  "--yy--\r\n--xx\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n" \
  "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--xx\r\nContent-Type: text/plain\r\n" \
  "Content-Disposition: attachment\r\n\r\nno\r\n--xx--\r\n"
#define MAIL_FRONT "---\ntitle: Küche\nfrom: Adä Byron <ada@example.org>\ndate: 2026-05-05 10:15\n"

static void
reads_mail (void)
{
  assert_text ("any.name", MAIL_MIXED,
               MAIL_FRONT "attachments: 2\n---\n\n# Küche\n\nClear the Küche.\n\n> When?");
  assert_text ("a.eml",
               MAIL_HEAD "Content-Type: text/html\r\n\r\n<p>Hi</p><blockquote><p>a</p><p>b</p>"
               "</blockquote>",
               MAIL_FRONT "---\n\n# Küche\n\nHi\n\n> a\n> \n> b\n");
  /* Some programs write a plain part that says nothing. */
  assert_text ("a.eml",
               MAIL_HEAD "Content-Type: multipart/alternative; boundary=yy\r\n\r\n--yy\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n\r\n\xc2\xa0\r\n\r\n--yy\r\n"
               "Content-Type: text/html\r\n\r\n<p>Hi</p>\r\n--yy--\r\n",
               MAIL_FRONT "---\n\n# Küche\n\nHi\n");
  /* A note that begins like a letter is none. */
  assert_text ("a.md", "From: me\nSubject: us\n\nHello\n", "From: me\nSubject: us\n\nHello\n");
}

static void
survives_nested_mail (void)
{
  g_autoptr (GString) mail = g_string_new (MAIL_HEAD);
  g_autoptr (GError)  error = NULL;
  g_autofree char    *text = NULL;

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (mail, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
  text = import ("a.eml", mail->str, mail->len, NULL, &error);
  g_assert_true ((text != NULL) == (error == NULL));
}

#ifdef TLM_HAVE_PDF
static cairo_status_t
keep_bytes (void *to, const unsigned char *bytes, unsigned int len)
{
  g_byte_array_append (to, bytes, len);
  return CAIRO_STATUS_SUCCESS;
}

/* Poppler tells of each oddity of a damaged file, by the hundred. */
static void
drop_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

/* Letters of 11 points in lines 14 apart; a line that starts with "#" has letters of 20. An empty line is
 * a gap, "\f" the next page. */
static GBytes *
make_pdf (const char *const *lines)
{
  GByteArray      *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (keep_bytes, bytes, 420, 595);
  cairo_t         *c = cairo_create (surface);

  cairo_select_font_face (c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  for (double y = 50; *lines != NULL; lines++, y += 14)
    if (g_str_equal (*lines, "\f"))
      {
        cairo_show_page (c);
        y = 50;
      }
    else
      {
        cairo_set_font_size (c, **lines == '#' ? 20 : 11);
        cairo_move_to (c, 50, y);
        cairo_show_text (c, *lines + (**lines == '#'));
        y += **lines == '#' ? 14 : 0;
      }
  cairo_show_page (c);
  cairo_destroy (c);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

static const char *const pdf_lines[] = {
  "#Garden plan", "The committee met on Monday and agreed on the imple-",
  "mentation of the new garden beds. Work starts in", "April.",
  "Maria orders the soil by 3 April and repairs the", "", "17", "\f", "fence.", "",
  "• Who waters in July?", "• Price of seeds", "", "18", NULL,
};

static void
reads_pdf (void)
{
  g_autoptr (GBytes) pdf = make_pdf (pdf_lines);
  g_autoptr (GError) error = NULL;
  const char        *from = NULL;
  g_autofree char   *text = import ("any.name", g_bytes_get_data (pdf, NULL),
                                    g_bytes_get_size (pdf), &from, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (from, ==, "PDF");
  g_assert_cmpstr (text, ==,
                   "## Garden plan\n\nThe committee met on Monday and agreed on the implementation of "
                   "the new garden beds. Work starts in April.\n\nMaria orders the soil by 3 April "
                   "and repairs the fence.\n\n- Who waters in July?\n- Price of seeds\n");
}

static void
drops_only_page_numbers_of_a_pdf (void)
{
  static const char *const lines[] = { "12.05.2024", "", "Invoice", "", "1500.00", "\f", "12/05/2024",
                                       "", "- 3 -", "\f", "4 / 4", "", "12345", NULL };
  g_autoptr (GBytes) pdf = make_pdf (lines);
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = import ("a.pdf", g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), NULL,
                                    &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "12.05.2024\n\nInvoice\n\n1500.00 12/05/2024\n\n12345\n");
}

static void
says_why_a_pdf_has_no_text (void)
{
  static const char *const blank[] = { NULL };
  g_autoptr (GBytes) pdf = make_pdf (blank);
  g_autoptr (GError) error = NULL;
  const char locked[] =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>"
    "endobj\n3 0 obj<</Filter/Standard/V 1/R 2/O(12345678901234567890123456789012)"
    "/U(12345678901234567890123456789012)/P -4>>endobj\n"
    "trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>\n%%EOF\n";

  g_assert_null (import ("a.pdf", g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), NULL,
                         &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_clear_error (&error);
  g_assert_null (import ("a.pdf", locked, sizeof locked - 1, NULL, &error));
  g_assert_nonnull (strstr (error->message, "password"));
}
#endif

/* Whatever the bytes, there is valid text or an error, never both and never neither. */
static void
mutate (GBytes *whole, const char *name, int n_times)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  gsize             len = g_bytes_get_size (whole);

  for (int i = 0; i < n_times; i++)
    {
      g_autofree char   *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), len);
      g_autoptr (GError) error = NULL;
      g_autofree char   *text = NULL;

      for (int k = 0; k < 3; k++)
        bytes[g_rand_int_range (rand, 0, (int) len)] = (char) g_rand_int_range (rand, 0, 256);
      text = import (name, bytes, len - (gsize) g_rand_int_range (rand, 0, 40), NULL, &error);
      g_assert_true ((text != NULL) == (error == NULL));
      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
    }
}

static void
survives_mutations (void)
{
  const Member       members[] = { { "mimetype", ODT_TYPE },
                                   { "content.xml", ODT_HEAD ODT_BODY ODT_TAIL }, { NULL } };
  g_autoptr (GBytes) zip = make_zip (members);
  g_autoptr (GBytes) mail = g_bytes_new_static (MAIL_MIXED, sizeof MAIL_MIXED - 1);

  mutate (zip, "a.odt", 400);
  mutate (mail, "a.eml", 400);
#ifdef TLM_HAVE_PDF
  g_autoptr (GBytes) pdf = make_pdf (pdf_lines);

  g_log_set_handler ("Poppler", G_LOG_LEVEL_INFO, drop_message, NULL);
  mutate (pdf, "a.pdf", 200);
#endif
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/import/reads-html", reads_html);
  g_test_add_func ("/app/import/needs-no-name", needs_no_name);
  g_test_add_func ("/app/import/reads-org", reads_org);
  g_test_add_func ("/app/import/loses-no-line-of-org", loses_no_line_of_org);
  g_test_add_func ("/app/import/reads-odt", reads_odt);
  g_test_add_func ("/app/import/reads-docx", reads_docx);
  g_test_add_func ("/app/import/reads-mail", reads_mail);
  g_test_add_func ("/app/import/survives-nested-mail", survives_nested_mail);
#ifdef TLM_HAVE_PDF
  g_test_add_func ("/app/import/reads-pdf", reads_pdf);
  g_test_add_func ("/app/import/drops-only-page-numbers-of-a-pdf", drops_only_page_numbers_of_a_pdf);
  g_test_add_func ("/app/import/says-why-a-pdf-has-no-text", says_why_a_pdf_has_no_text);
#endif
  g_test_add_func ("/app/import/refuses-what-would-grow", refuses_what_would_grow);
  g_test_add_func ("/app/import/survives-deep-nesting", survives_deep_nesting);
  g_test_add_func ("/app/import/names-what-it-cannot-read", names_what_it_cannot_read);
  g_test_add_func ("/app/import/survives-mutations", survives_mutations);
  return g_test_run ();
}
