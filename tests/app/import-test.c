/* SPDX-License-Identifier: Apache-2.0 */
/* Documents become Markdown; what is broken, protected or no document fails with a sentence. The
 * archives are made here, so that a test can say what is wrong with each. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "errors.h"
#include "import/import.h"
#include "support.h"
#include "text-input.h"

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

static void
reads_org (void)
{
  assert_text ("a.org",
               "#+TITLE: Trip\n* Plan\n:PROPERTIES:\n:ID: 7\n:END:\n** TODO Book it\n"
               "** DONE Ask\n# a comment\n- [X] packed\nWords.\n",
               "# Trip\n# Plan\n- [ ] Book it\n- [x] Ask\n- [x] packed\nWords.\n\n");
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
    { "PK\3\4 torn", 9, "damaged" }, { "%PDF-1.7\n", 9, "PDF" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (import ("a.docx", cases[i].bytes, cases[i].len, NULL, &error));
      g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

/* Whatever the bytes, there is valid text or an error, never both and never neither. */
static void
survives_mutations (void)
{
  const Member       members[] = { { "mimetype", ODT_TYPE },
                                   { "content.xml", ODT_HEAD ODT_BODY ODT_TAIL }, { NULL } };
  g_autoptr (GBytes) zip = make_zip (members);
  g_autoptr (GRand)  rand = g_rand_new_with_seed (11);
  gsize              len = g_bytes_get_size (zip);

  for (int i = 0; i < 400; i++)
    {
      g_autofree char   *bytes = g_memdup2 (g_bytes_get_data (zip, NULL), len);
      g_autoptr (GError) error = NULL;
      g_autofree char   *text = NULL;

      for (int k = 0; k < 3; k++)
        bytes[g_rand_int_range (rand, 0, (int) len)] = (char) g_rand_int_range (rand, 0, 256);
      text = import ("a.odt", bytes, len - (gsize) g_rand_int_range (rand, 0, 40), NULL, &error);
      g_assert_true ((text != NULL) == (error == NULL));
      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/import/reads-html", reads_html);
  g_test_add_func ("/app/import/reads-org", reads_org);
  g_test_add_func ("/app/import/reads-odt", reads_odt);
  g_test_add_func ("/app/import/reads-docx", reads_docx);
  g_test_add_func ("/app/import/refuses-what-would-grow", refuses_what_would_grow);
  g_test_add_func ("/app/import/survives-deep-nesting", survives_deep_nesting);
  g_test_add_func ("/app/import/names-what-it-cannot-read", names_what_it_cannot_read);
  g_test_add_func ("/app/import/survives-mutations", survives_mutations);
  return g_test_run ();
}
