/* SPDX-License-Identifier: Apache-2.0 */
/* Documents become Markdown; what is broken, protected or no document fails with a sentence. The
 * archives are made here, so that a test can say what is wrong with each. */
#include <string.h>
#include <sys/resource.h>

#include "core/errors.h"
#include "core/text-input.h"
#include "import-support.h"
#include "import/import.h"
#include "skills/front-matter.h"

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

static void
reads_html (void)
{
  tlm_test_assert_import ("a.html",
    "<html><head><title>no</title><style>p{}</style></head><body><h1>Big\n day</h1>"
    "<p>One <b>two</b>&amp; three.<script>x()</script></p><ul><li>a<ol><li>b</li>"
    "</ol></li><li><input type=checkbox checked> done</li></ul><table><tr><td>1</td>"
    "<td>2</td></tr></table><pre>  kept\n as is</pre></body></html>",
    "# Big day\n\nOne two& three.\n\n- a\n  1. b\n- [x] done\n\n1 | 2\n\n"
    "  kept\n as is\n");
  /* The name does not matter where the bytes speak. */
  tlm_test_assert_import ("a.txt", "<!DOCTYPE html><p>Hä", "Hä\n");
  tlm_test_assert_import ("a.md", "a < b\n", "a < b\n");
}

static void
keeps_the_numbers_of_html (void)
{
  tlm_test_assert_import ("a.html", "<html>10<sup>6</sup> or 10<sup>-3</sup> m<sup>2</sup>, the 1<sup>st</sup>, "
                          "30<sub>0</sub>", "10^6 or 10^-3 m2, the 1st, 300\n");
  /* Word parts one number in two. */
  tlm_test_assert_import ("a.html", "<html>10<sup>1</sup><sup>2</sup>, 10<sup>6</sup>7<sup>3</sup>",
                          "10^12, 10^67^3\n");
  tlm_test_assert_import ("a.html", "<html>10<sup><b></b><span>6</span></sup> 10<sup><i>1</i>2</sup>",
                          "10^6 10^12\n");
  tlm_test_assert_import ("a.html", "<html><ol start=5><li>a<li>b<li value=9>c<li>d</ol><ol start=x><li>e</ol>",
                          "5. a\n6. b\n9. c\n10. d\n\n1. e\n");
}

static void
keeps_the_rows_of_html (void)
{
  tlm_test_assert_import ("a.html", "<html><table><tr><td><p>A<p>b</td><td><div>C<br>d</div></td></tr>"
                          "<tr><td><p>E</td><td><p>F</td></tr></table>", "A b | C d\nE | F\n");
  /* What a table only lays out is no row. */
  tlm_test_assert_import ("a.html", "<html><table><tr><td><p>A<p>b</td><td> </td></tr><tr><td><table><tr><td>"
                          "<p>C</td><td><p>D</td></tr></table></td><td>e</td></tr></table>",
                          "A\n\nb\n\n|\n\nC | D\n\n| e\n");
  tlm_test_assert_import ("a.html", "<html><table><tr><td><section>A</section><article>b</article></td><td>C"
                          "</td></tr></table>", "A b | C\n");
  tlm_test_assert_import ("a.html", "<html><table><tr><td>Total<div>12 EUR</div></td><td>Name<p>Ada</p>"
                          "</td></tr></table>", "Total 12 EUR | Name Ada\n");
}

/* However far its source is indented, and whatever it hides. */
static void
keeps_the_lines_of_an_address_together (void)
{
  g_autofree char *blanks = g_strnfill (200, ' '), *words = g_strnfill (300, 'w');
  g_autofree char *page = g_strdup_printf ("<html><table><tr><td>Ada</td><td>\n%sAda Byron<br>\n%s1 Lake St<br>\n"
                                           "%sBath<br hidden><p hidden>%s</p></td></tr></table>",
                                           blanks, blanks, blanks, words);

  tlm_test_assert_import ("a.html", page, "Ada | Ada Byron 1 Lake St Bath\n");
}

/* A menu beside a letter, though its paragraphs are short or few. */
static void
keeps_the_paragraphs_beside_a_menu (void)
{
  g_autofree char *words = g_strnfill (300, 'w');
  g_autofree char *page = g_strdup_printf ("<html><table><tr><td>News</td><td>%s<p>So</p></td></tr>"
                                           "<tr><td>All</td><td><p>%s</p></td></tr></table>",
                                           words, words);
  g_autofree char *expected = g_strdup_printf ("News | %s\n\nSo\n\nAll | %s\n", words, words);

  tlm_test_assert_import ("a.html", page, expected);
  tlm_test_assert_import ("a.html",
    "<html><table><tr><td>Home<br>News</td><td><p>Dear Anna,</p><p>thank you.</p><p>To do:<br>- call Bob"
    "<br>- send it</p></td></tr><tr><td>Ada</td><td>Ada Byron<br>1 Lake St<br>Bath<br>UK</td></tr></table>",
    "Home\nNews |\n\nDear Anna,\n\nthank you.\n\nTo do:\n- call Bob\n- send it\n\n"
    "Ada | Ada Byron 1 Lake St Bath UK\n");
}

static void
shows_of_html_what_a_reader_sees (void)
{
  tlm_test_assert_import ("a.html", "<html><p hidden>no</p><div style='color: red; Display : none'>no</div>"
                          "<center>A</center><center>B</center><li>C<li>D<figure>E<figcaption>F"
                          "</figcaption></figure>", "A\n\nB\n\nC\n\nD\n\nE\n\nF\n");
  tlm_test_assert_import ("a.html", "<html><ol><li>A</li><li style='display:none'>no</li><li hidden>no</li>"
                          "<li>B</li></ol><pre hidden>no</pre>", "1. A\n2. B\n");
}

/* The first test, as no memory that an earlier one took may hide what this takes. */
static void
takes_little_memory_for_a_style (void)
{
  gsize            n = 5 << 20;
  g_autofree char *blanks = g_strnfill (n, ' ');
  g_autofree char *page = g_strdup_printf ("<html><p style='%sdisplay: none'>no</p>Hi", blanks);
  struct rusage    before, after;

  getrusage (RUSAGE_SELF, &before);
  tlm_test_assert_import ("a.html", page, "Hi\n");
  getrusage (RUSAGE_SELF, &after);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 150 << 10); /* KiB */
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
  tlm_test_assert_import ("a.org",
    "#+TITLE: Trip\n* Plan\n:PROPERTIES:\n:ID: 7\n:END:\n** TODO Book it\n"
    "** DONE Ask\n# a comment\n- [X] packed\nWords.\n",
    "# Trip\n# Plan\n- [ ] Book it\n- [x] Ask\n- [x] packed\nWords.\n\n");
}

/* As front matter, which a note's day and tags are read from. */
static void
keeps_the_head_of_org (void)
{
  static const char *const text = TLM_TEXT_BOM "#+title: Roof\n:PROPERTIES:\n:ID: 7\n:END:\n\n#+DATE: <2026-01-05 Mon>\r\n"
                                  "#+FILETAGS: :roof:house:\n#+KEYWORDS:\n#\n* NEXT Call\n#+DATE: 2027-01-01\n"
                                  "* WAITING Reply\n";
  g_autofree char *note = tlm_test_import ("a.org", text, strlen (text), NULL, NULL);
  TlmFrontMatter   front;

  g_assert_cmpstr (note, ==, "---\ndate: <2026-01-05 Mon>\nfiletags: :roof:house:\n---\n\n# Roof\n\n"
                             "- [ ] NEXT Call\n- [ ] WAITING Reply\n\n");
  tlm_front_matter_read (note, strlen (note), &front);
  g_assert_cmpint (front.day.year, ==, 2026);
  g_assert_cmpint (front.n_tags, ==, 2);
}

/* Nor what a drawer or a block that is never closed would take with it. */
static void
loses_no_line_of_org (void)
{
  tlm_test_assert_import ("a.org",
    "* Plan\n:LOGBOOK:\nWords.\n* More\n:PROPERTIES:\n:ID: 7\n:END:\nThe end.\n"
    "#+BEGIN_SRC sh\n# by hand\n* ls *\n#+END_SRC\n#+BEGIN_EXAMPLE\n* Last\n",
    "# Plan\n:LOGBOOK:\nWords.\n# More\nThe end.\n```\n# by hand\n* ls *\n```\n# Last\n\n");
}

static void
reads_odt (void)
{
  const TlmTestMember members[] = { { "mimetype", ODT_TYPE },
                             { "content.xml", ODT_HEAD ODT_BODY ODT_TAIL }, { NULL } };

  tlm_test_assert_zip (members, "ODT",
              "## Plan\n\nTwo words. (a note)\n\n- one\n  - deep\n- [ ] buy\n\nA | B\n");
}

static void
keeps_to_the_text_of_odt (void)
{
  const TlmTestMember members[] = {
    { "mimetype", ODT_TYPE },
    { "content.xml",
      "<?xml version='1.0'?><o:document-content xmlns:o='o' xmlns:text='t' xmlns:s='s' xmlns:svg='v' "
      "xmlns:draw='d'><o:automatic-styles><s:style s:name='T1'><s:text-properties "
      "s:text-position='super 58%'/></s:style><s:style s:name='T2'><s:text-properties "
      "s:text-position='-33% 58%'/></s:style></o:automatic-styles><o:body><o:text>"
      "<text:table-of-content><text:table-of-content-source><text:index-title-template>no"
      "</text:index-title-template></text:table-of-content-source><text:index-body><text:p>Plan</text:p>"
      "</text:index-body></text:table-of-content><text:p><text:title>See</text:title> <draw:frame>"
      "<svg:title>no</svg:title><svg:desc>no</svg:desc></draw:frame>10"
      "<text:span text:style-name='T1'><text:span text:style-name='T2'>6</text:span></text:span>7, 1<text:span text:style-name='T2'>2</text:span></text:p>"
      "</o:text></o:body></o:document-content>" },
    { NULL } };

  tlm_test_assert_zip (members, "ODT", "Plan\n\nSee 10^67, 12\n");
}

static void
reads_docx (void)
{
  const TlmTestMember members[] = {
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

  tlm_test_assert_zip (members, "DOCX", "# Plan\n\nTwo words.\n\n- one\n  - deep\n\n- [x] done\n");
}

#define RUN(text) "<w:r><w:t>" text "</w:t></w:r>"
#define PARAGRAPH(inner) "<w:p>" inner "</w:p>"
#define CELL(inner) "<w:tc>" inner "</w:tc>"

static void
keeps_the_words_of_cells_apart (void)
{
  const TlmTestMember members[] = {
    { "word/document.xml",
      WORD_HEAD PARAGRAPH (RUN ("Plan")) "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:sdt><w:sdtContent>"
      CELL (PARAGRAPH (RUN ("Roof")) PARAGRAPH (RUN ("Ask"))) "</w:sdtContent></w:sdt>"
      CELL ("<w:sdt><w:sdtContent>" PARAGRAPH (RUN ("Cost 300")) PARAGRAPH (RUN ("20 guests"))
            "</w:sdtContent></w:sdt>") "</w:tr><w:bookmarkStart/><w:bookmarkEnd/><w:tr>" CELL (PARAGRAPH (RUN ("A")))
      CELL (PARAGRAPH (RUN ("B"))) "</w:tr><w:sdt><w:sdtContent><w:tr>" CELL (PARAGRAPH (RUN ("C")))
      "</w:tr></w:sdtContent></w:sdt><w:sdt><w:sdtContent><w:tr>" CELL (PARAGRAPH (RUN ("D")))
      "</w:tr></w:sdtContent></w:sdt></w:tbl>" WORD_TAIL },
    { NULL } };

  tlm_test_assert_zip (members, "DOCX", "Plan\n\nRoof Ask | Cost 300 20 guests\nA | B\nC\nD\n");
}

static void
keeps_the_signs_of_docx (void)
{
  const TlmTestMember members[] = {
    { "word/document.xml",
      WORD_HEAD PARAGRAPH ("<w:r><w:t>3</w:t><w:noBreakHyphen/><w:t>5 May, </w:t>"
                           "<w:sym w:font='Symbol' w:char='F0B3'/><w:t> 5, </w:t>"
                           "<w:sym w:font='Arial' w:char='00E9'/><w:sym w:font='Own' w:char='F041'/>"
                           "<w:t> 10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
                           "<w:t>6</w:t></w:r>" RUN ("7"))
      PARAGRAPH ("<w:pPr><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>" RUN ("No item")) WORD_TAIL },
    { NULL } };

  tlm_test_assert_zip (members, "DOCX", "3-5 May, ≥ 5, é▯ 10^67\n\nNo item\n");
}

/* Once each, though one calls itself; from the parts that a document of another name tells of. */
static void
reads_the_notes_of_docx (void)
{
  const TlmTestMember members[] = {
    { "_rels/.rels", "<r><Relationship Type='u/officeDocument' Target='/word/document2.xml'/></r>" },
    { "word/_rels/document2.xml.rels", "<r><Relationship Type='u/footnotes' Target='foot2.xml'/></r>" },
    { "word/document2.xml",
      WORD_HEAD PARAGRAPH (RUN ("300 euro") "<w:r><w:footnoteReference w:id='2'/></w:r>"
                           "<w:r><w:endnoteReference w:id='2'/></w:r>" RUN (".")) WORD_TAIL },
    { "word/foot2.xml", "<w:footnotes xmlns:w='w'><w:footnote w:id='2'>" PARAGRAPH (RUN (" Until"))
                        PARAGRAPH (RUN ("May.") "<w:r><w:footnoteReference w:id='2'/></w:r>")
                        "</w:footnote></w:footnotes>" },
    { "word/endnotes.xml", "<w:endnotes xmlns:w='w'><w:endnote w:id='2'>" PARAGRAPH (RUN ("Net"))
                           "</w:endnote></w:endnotes>" },
    { NULL } };

  tlm_test_assert_zip (members, "DOCX", "300 euro (Until May.) (Net).\n");
}

#define ITEM "<w:pPr><w:numPr><w:ilvl w:val='0'/></w:numPr></w:pPr>"
#define CALL "<w:r><w:footnoteReference w:id='2'/></w:r>"

static void
keeps_an_item_around_its_note (void)
{
  const TlmTestMember members[] = {
    { "word/document.xml", WORD_HEAD PARAGRAPH (ITEM RUN ("Sales grew") CALL RUN (" in May."))
                           PARAGRAPH (ITEM RUN ("Costs fell.")) WORD_TAIL },
    { "word/footnotes.xml", "<w:footnotes xmlns:w='w'><w:footnote w:id='2'>"
                            PARAGRAPH (RUN (" By ten.")) "</w:footnote></w:footnotes>" },
    { NULL } };

  tlm_test_assert_zip (members, "DOCX", "- Sales grew (By ten.) in May.\n- Costs fell.\n");
}

/* Unlike styles, which only make headings. */
static void
loses_no_damaged_notes (void)
{
  const TlmTestMember notes[] = {
    { "word/document.xml", WORD_HEAD PARAGRAPH (RUN ("Sales grew") CALL) WORD_TAIL },
    { "word/footnotes.xml", "<w:footnotes xmlns:w='w'><w:footnote w:id='2'>" }, { NULL } };
  const TlmTestMember styles[] = {
    { "word/document.xml", WORD_HEAD PARAGRAPH (RUN ("Sales grew")) WORD_TAIL },
    { "word/styles.xml", "<w:styles xmlns:w='w'>" }, { NULL } };

  tlm_test_assert_zip_fails (notes, TLM_ERROR_BINARY);
  tlm_test_assert_zip (styles, "DOCX", "Sales grew\n");
}

static void
refuses_what_would_grow (void)
{
  gsize            len = TLM_TEXT_MAX_BYTES + 1;
  g_autofree char *zeros = g_malloc0 (len);
  const TlmTestMember     bomb[] = { { "mimetype", ODT_TYPE }, { "content.xml", zeros, len }, { NULL } };
  const TlmTestMember     laughs[] = {
    { "mimetype", ODT_TYPE },
    { "content.xml", "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]><a>&y;</a>" }, { NULL } };

  tlm_test_assert_zip_fails (bomb, TLM_ERROR_TOO_LARGE);
  tlm_test_assert_zip_fails (laughs, TLM_ERROR_BINARY);
}

static void
knows_a_locked_odt (void)
{
  const TlmTestMember members[] = {
    { "mimetype", ODT_TYPE }, { "content.xml", "\x17\x91" },
    { "META-INF/manifest.xml", "<m:manifest xmlns:m='m'><m:encryption-data/></m:manifest>" }, { NULL } };
  g_autoptr (GBytes)  zip = tlm_test_make_zip (members);
  g_autoptr (GError)  error = NULL;

  g_assert_null (tlm_test_import ("a.odt", g_bytes_get_data (zip, NULL), g_bytes_get_size (zip), NULL,
                                  &error));
  g_assert_nonnull (strstr (error->message, "password"));
}

static void
survives_deep_nesting (void)
{
  g_autoptr (GString) html = g_string_new ("<html>");
  g_autoptr (GString) xml = g_string_new (ODT_HEAD);
  const TlmTestMember        deep[] = { { "mimetype", ODT_TYPE }, { "content.xml", NULL }, { NULL } };
  TlmTestMember              members[3];
  g_autofree char    *text = NULL;

  for (int i = 0; i < 20000; i++)
    {
      g_string_append (html, "<div>");
      g_string_append (xml, "<text:span>");
    }
  text = tlm_test_import ("a.html", html->str, html->len, NULL, NULL);
  memcpy (members, deep, sizeof deep);
  members[1].data = xml->str;
  tlm_test_assert_zip_fails (members, TLM_ERROR_BINARY);
}

#define OLE "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#define LOCKED OLE "E\0n\0" OLE "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
#define OUTLOOK OLE "_\0_\0_\0s\0u\0b\0s\0t\0g\0001\0.\0000\0"

static void
names_what_it_cannot_read (void)
{
  static const struct { const char *bytes; gsize len; const char *word; } cases[] = {
    { "\xd0\xcf\x11\xe0\xa1", 5, "old Office" }, { LOCKED, sizeof LOCKED - 1, "password" },
    { OUTLOOK, sizeof OUTLOOK - 1, "Outlook" }, { "{\\rtf1 hello}", 13, "RTF" },
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

      g_assert_null (tlm_test_import ("a.docx", cases[i].bytes, cases[i].len, NULL, &error));
      g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

static void
survives_mutations (void)
{
  const TlmTestMember members[] = { { "mimetype", ODT_TYPE },
                                    { "content.xml", ODT_HEAD ODT_BODY ODT_TAIL }, { NULL } };
  g_autoptr (GBytes)  zip = tlm_test_make_zip (members);

  tlm_test_mutate (zip, "a.odt", 400);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/import/takes-little-memory-for-a-style", takes_little_memory_for_a_style);
  g_test_add_func ("/app/import/reads-html", reads_html);
  g_test_add_func ("/app/import/keeps-the-numbers-of-html", keeps_the_numbers_of_html);
  g_test_add_func ("/app/import/keeps-the-rows-of-html", keeps_the_rows_of_html);
  g_test_add_func ("/app/import/keeps-the-lines-of-an-address-together",
                   keeps_the_lines_of_an_address_together);
  g_test_add_func ("/app/import/keeps-the-paragraphs-beside-a-menu",
                   keeps_the_paragraphs_beside_a_menu);
  g_test_add_func ("/app/import/shows-of-html-what-a-reader-sees", shows_of_html_what_a_reader_sees);
  g_test_add_func ("/app/import/needs-no-name", needs_no_name);
  g_test_add_func ("/app/import/reads-org", reads_org);
  g_test_add_func ("/app/import/keeps-the-head-of-org", keeps_the_head_of_org);
  g_test_add_func ("/app/import/loses-no-line-of-org", loses_no_line_of_org);
  g_test_add_func ("/app/import/reads-odt", reads_odt);
  g_test_add_func ("/app/import/keeps-to-the-text-of-odt", keeps_to_the_text_of_odt);
  g_test_add_func ("/app/import/reads-docx", reads_docx);
  g_test_add_func ("/app/import/keeps-the-words-of-cells-apart", keeps_the_words_of_cells_apart);
  g_test_add_func ("/app/import/keeps-the-signs-of-docx", keeps_the_signs_of_docx);
  g_test_add_func ("/app/import/reads-the-notes-of-docx", reads_the_notes_of_docx);
  g_test_add_func ("/app/import/keeps-an-item-around-its-note", keeps_an_item_around_its_note);
  g_test_add_func ("/app/import/loses-no-damaged-notes", loses_no_damaged_notes);
  g_test_add_func ("/app/import/refuses-what-would-grow", refuses_what_would_grow);
  g_test_add_func ("/app/import/knows-a-locked-odt", knows_a_locked_odt);
  g_test_add_func ("/app/import/survives-deep-nesting", survives_deep_nesting);
  g_test_add_func ("/app/import/names-what-it-cannot-read", names_what_it_cannot_read);
  g_test_add_func ("/app/import/survives-mutations", survives_mutations);
  return g_test_run ();
}
