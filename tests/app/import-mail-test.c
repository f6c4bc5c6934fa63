/* SPDX-License-Identifier: Apache-2.0 */
/* A mail becomes a note: who, when and what about above what it says. */
#include <string.h>

#include "core/errors.h"
#include "import-support.h"

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
  tlm_test_assert_import ("any.name", MAIL_MIXED,
               MAIL_FRONT "attachments: 2\n---\n\n# Küche\n\nClear the Küche.\n\n> When?");
  tlm_test_assert_import ("a.eml",
    MAIL_HEAD "Content-Type: text/html\r\n\r\n<p>Hi</p><blockquote><p>a</p><p>b</p>"
    "</blockquote>",
    MAIL_FRONT "---\n\n# Küche\n\nHi\n\n> a\n> \n> b\n");
  /* Some programs write a plain part that says nothing. */
  tlm_test_assert_import ("a.eml",
    MAIL_HEAD "Content-Type: multipart/alternative; boundary=yy\r\n\r\n--yy\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n\xc2\xa0\r\n\r\n--yy\r\n"
    "Content-Type: text/html\r\n\r\n<p>Hi</p>\r\n--yy--\r\n",
    MAIL_FRONT "---\n\n# Küche\n\nHi\n");
  /* A note that begins like a letter is none. */
  tlm_test_assert_import ("a.md", "From: me\nSubject: us\n\nHello\n", "From: me\nSubject: us\n\nHello\n");
}

#define MIXED(parts) MAIL_HEAD "Content-Type: multipart/mixed; boundary=xx\r\n\r\n" parts "--xx--\r\n"
#define PART(type, body) "--xx\r\nContent-Type: " type "\r\n\r\n" body "\r\n"

/* What is no other form of the same stands beside it. */
static void
keeps_each_part_of_a_mail (void)
{
  tlm_test_assert_import ("a.eml", MIXED (PART ("text/html", "<p>The roof leaks.</p>")
                                          PART ("text/plain", "The list's footer")),
                          MAIL_FRONT "---\n\n# Küche\n\nThe roof leaks.\n\nThe list's footer");
  tlm_test_assert_import ("a.eml", MIXED (PART ("text/plain", "First") PART ("image/png", "x")
                                          PART ("text/html", "<p>Second</p>")),
                          MAIL_FRONT "attachments: 1\n---\n\n# Küche\n\nFirst\n\nSecond\n");
  /* A mail program of Apple's writes the attachment inside a form. */
  tlm_test_assert_import ("a.eml",
    MAIL_HEAD "Content-Type: multipart/alternative; boundary=yy\r\n\r\n--yy\r\n"
    "Content-Type: text/plain\r\n\r\nHi\r\n--yy\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n"
    PART ("text/html", "<p>Hi</p>") PART ("application/pdf", "x") "--xx--\r\n--yy--\r\n",
    MAIL_FRONT "attachments: 1\n---\n\n# Küche\n\nHi");
}

/* Declared as Latin 1, as nothing, as what it is not, and as what nobody knows. */
static void
reads_the_letters_of_windows (void)
{
  static const char *const types[] = { "; charset=iso-8859-1", "", "; charset=us-ascii",
                                       "; charset=utf-8", "; charset=x-nobodys" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *mail = g_strdup_printf (MAIL_HEAD "Content-Type: text/plain%s\r\n\r\n"
                                               "It\x92s 5 \x80, Gr\xfc\xdf" "e", types[i]);

      tlm_test_assert_import ("a.eml", mail, MAIL_FRONT "---\n\n# Küche\n\nIt’s 5 €, Grüße");
    }
  tlm_test_assert_import ("a.eml", MAIL_HEAD "Content-Type: text/plain; charset=iso-8859-2\r\n\r\n\xb1",
                          MAIL_FRONT "---\n\n# Küche\n\ną");
  tlm_test_assert_import ("a.html", "<meta charset=iso-8859-1><p>It\x92s 5 \x80, Gr\xfc\xdf" "e",
                          "It’s 5 €, Grüße\n");
}

/* And what follows on one that the named encoding does not have, but Windows. */
static void
reads_a_page_to_its_end (void)
{
  static const char *const pages[][2] = {
    { "<meta http-equiv=Content-Type content='text/html; charset=us-ascii'><p>It\x92s", "It’s" },
    { "<META CHARSET = \"gb2312\"><p>\xd6\xec\xe9\x46", "朱镕" },
    { "<?xml version='1.0' encoding='shift_jis'?><html><p>\x87\x40", "①" },
    { "<meta charset=iso-8859-2><p>\xb1 \x81", "ą �" },
    { "<meta charset=unicode><p>Gr\xfc\xdf", "Grüß" },
    { "<meta charset=x-nobodys><p>Gr\xfc\xdf", "Grüß" },
    { "<meta charset=euc-jp><p>\xa4\xa2\xff", "あ�" },
    { "<meta charset=iso-2022-jp><p>\033$B$\"\033(B", "あ" },
    { "<meta charset=windows-1258><p>Xin ch\xe0o b\x81", "Xin chào b�" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *page = g_strdup_printf ("%s</p><p>The end", pages[i][0]);
      g_autofree char *mail = g_strdup_printf (MAIL_HEAD "Content-Type: text/html\r\n\r\n%s", page);
      g_autofree char *text = g_strdup_printf ("%s\n\nThe end\n", pages[i][1]);
      g_autofree char *note = g_strdup_printf (MAIL_FRONT "---\n\n# Küche\n\n%s", text);

      tlm_test_assert_import ("a.html", page, text);
      tlm_test_assert_import ("a.eml", mail, note);
    }
}

/* The name may stand far behind; and a letter that a mark might follow may be the last one. */
static void
reads_the_letters_of_a_page_with_styles (void)
{
  g_autofree char *styles = g_strnfill (9000, 'x');
  g_autofree char *page = g_strdup_printf ("<html><style>%s</style><meta charset=windows-1258><p>Xin ch\xe0o b",
                                           styles);

  tlm_test_assert_import ("a.html", page, "Xin chào b\n");
}

/* And of none, where its letters are UTF-8 but for one. */
static void
reads_a_page_of_its_own_letters (void)
{
  static const char *const metas[][2] = {
    { "<meta charset='iso-8859-2'>", "Za\xbf\xf3\xb3\xe6" },
    { "", "Za\xc5\xbc\xf3\xc5\x82\xc4\x87" },
    { "<meta charset='utf-8'>", "Za\xc5\xbc\xf3\xc5\x82\xc4\x87" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (metas); i++)
    {
      g_autofree char *mail = g_strdup_printf (MAIL_HEAD "Content-Type: text/html\r\n\r\n<html><head>%s"
                                               "</head><p>%s</p>", metas[i][0], metas[i][1]);

      tlm_test_assert_import ("a.eml", mail, MAIL_FRONT "---\n\n# Küche\n\nZażółć\n");
    }
}

#define BOX(name) "From a@b.c Mon Jan 5 10:00:00 2026\nFrom: A <a@b.c>\nMessage-ID: <1@x>\n\n" name "\n\n"

static void
reads_a_box_of_one_mail (void)
{
  static const char  two[] = BOX ("One") BOX ("Two");
  g_autoptr (GError) error = NULL;

  tlm_test_assert_import ("a.mbox", BOX ("One"), "---\nfrom: A <a@b.c>\n---\n\nOne\n\n");
  tlm_test_assert_import ("a.mbox", BOX ("One\n\nFrom here on: two"),
                          "---\nfrom: A <a@b.c>\n---\n\nOne\n\nFrom here on: two\n\n");
  g_assert_null (tlm_test_import ("a.mbox", two, sizeof two - 1, NULL, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
  g_assert_nonnull (strstr (error->message, "several"));
}

static void
survives_nested_mail (void)
{
  g_autoptr (GString) mail = g_string_new (MAIL_HEAD);
  g_autoptr (GError)  error = NULL;
  g_autofree char    *text = NULL;

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (mail, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
  text = tlm_test_import ("a.eml", mail->str, mail->len, NULL, &error);
  g_assert_true ((text != NULL) == (error == NULL));
}

static void
survives_mutations (void)
{
  g_autoptr (GBytes) mail = g_bytes_new_static (MAIL_MIXED, sizeof MAIL_MIXED - 1);

  tlm_test_mutate (mail, "a.eml", 400);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/import/reads-mail", reads_mail);
  g_test_add_func ("/app/import/keeps-each-part-of-a-mail", keeps_each_part_of_a_mail);
  g_test_add_func ("/app/import/reads-the-letters-of-windows", reads_the_letters_of_windows);
  g_test_add_func ("/app/import/reads-a-page-of-its-own-letters", reads_a_page_of_its_own_letters);
  g_test_add_func ("/app/import/reads-a-page-to-its-end", reads_a_page_to_its_end);
  g_test_add_func ("/app/import/reads-the-letters-of-a-page-with-styles",
                   reads_the_letters_of_a_page_with_styles);
  g_test_add_func ("/app/import/reads-a-box-of-one-mail", reads_a_box_of_one_mail);
  g_test_add_func ("/app/import/survives-nested-mail", survives_nested_mail);
  g_test_add_func ("/app/import/survives-mutated-mail", survives_mutations);
  return g_test_run ();
}
