/* SPDX-License-Identifier: Apache-2.0 */
/* What counts as text, what is said of the rest, and the titles that plain rules find. */
#include <string.h>
#include <sys/mman.h>

#include "core/errors.h"
#include "skills/language.h"
#include "support.h"
#include "core/text-input.h"
#include "notes/titles.h"

static int
get_code (const char *bytes,
          gsize       len)
{
  g_autoptr (GError) error = NULL;

  if (tlm_text_check_content (bytes, len, &error))
    return -1; /* it is text */
  g_assert_true (error->domain == TLM_ERROR);
  g_assert_true (strlen (error->message) > 20);
  return error->code;
}

static void
accepts_text_of_any_language (void)
{
  static const char *const texts[] = { "a", "Ein Satz.", "日本語", "नमस्ते", "مرحبا", "1",
                                       "\xef\xbb\xbfmarked", "tab\there\r\n", "\033[1mlog\033[0m" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (get_code (texts[i], strlen (texts[i])), ==, -1);
}

static void
refuses_what_holds_no_words (void)
{
  g_assert_cmpint (get_code ("", 0), ==, TLM_ERROR_EMPTY);
  g_assert_cmpint (get_code (" \n\t ", 4), ==, TLM_ERROR_EMPTY);
  g_assert_cmpint (get_code ("--- *** !?", 10), ==, TLM_ERROR_EMPTY);
  g_assert_cmpint (get_code ("\xef\xbb\xbf", 3), ==, TLM_ERROR_EMPTY);
}

static void
refuses_binary (void)
{
  GRand     *rand = g_rand_new_with_seed (7);
  char       bytes[4096];
  const char many_controls[] = "a\1\2\3\4b\5\6\7c";

  g_assert_cmpint (get_code ("text\0text", 9), ==, TLM_ERROR_BINARY);
  g_assert_cmpint (get_code (many_controls, strlen (many_controls)), ==, TLM_ERROR_BINARY);
  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (char) g_rand_int_range (rand, 1, 256);
  g_assert_cmpint (get_code (bytes, sizeof bytes), ==, TLM_ERROR_BINARY);
  g_rand_free (rand);
}

static void
names_the_line_that_is_not_utf8 (void)
{
  g_autoptr (GError) error = NULL;
  const char         latin1[] = "one\ntwo\ncaf\xe9\nfour";

  g_assert_false (tlm_text_check_utf8 (latin1, strlen (latin1), &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_ENCODING);
  g_assert_nonnull (strstr (error->message, "line 3"));
}

static void
refuses_too_much (void)
{
  gsize            len = TLM_TEXT_MAX_BYTES + 1;
  g_autofree char *bytes = g_malloc (len);

  memset (bytes, 'a', len);
  g_assert_cmpint (get_code (bytes, len), ==, TLM_ERROR_TOO_LARGE);
  g_assert_cmpint (get_code (bytes, len - 1), ==, -1);
}

static char *
decode (const char  *bytes,
        gsize        len,
        const char **from,
        GError     **error)
{
  gsize n;
  char *text = tlm_text_decode (bytes, len, &n, from, error);

  if (text != NULL)
    g_assert_cmpuint (strlen (text), ==, n);
  return text;
}

static void
decodes_only_what_a_mark_names (void)
{
  const char        *from = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char   *little = decode ("\xff\xfeh\0i\0", 6, &from, NULL);
  g_autofree char   *big = decode ("\xfe\xff\0h\0i", 6, NULL, NULL);
  g_autofree char   *marked = NULL;

  g_assert_cmpstr (little, ==, "hi");
  g_assert_cmpstr (from, ==, "UTF-16");
  g_assert_cmpstr (big, ==, "hi");
  /* A UTF-8 mark stays, because offsets count from the file's first byte. */
  marked = decode ("\xef\xbb\xbfhi", 5, &from, NULL);
  g_assert_cmpstr (marked, ==, "\xef\xbb\xbfhi");
  g_assert_null (from);
  g_assert_null (decode ("\xff\xfe\0\xd8h\0", 6, NULL, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_ENCODING);
}

static void
assert_read_fails (const char *path,
                   GQuark      domain,
                   int         code)
{
  g_autoptr (GFile)  file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (tlm_text_read_file (file, NULL, NULL, NULL, &error));
  g_assert_error (error, domain, code);
}

static void
reads_files_and_nothing_else (void)
{
  char            *folder = tlm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "note.md", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  gsize            len;

  g_assert_true (g_file_set_contents (path, "# Hä\n", -1, NULL));
  text = tlm_text_read_file (file, &len, NULL, NULL, NULL);
  g_assert_cmpstr (text, ==, "# Hä\n");
  g_assert_cmpuint (len, ==, strlen (text));
  assert_read_fails (folder, TLM_ERROR, TLM_ERROR_BINARY);
  assert_read_fails ("/dev/zero", TLM_ERROR, TLM_ERROR_BINARY);
  assert_read_fails ("/nowhere/at/all", G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  tlm_test_remove_folder (folder);
}

static void
finds_titles (void)
{
  static const char *const cases[][2] = {
    { "", "" },
    { "\n\n  \n", "" },
    { "Plain line\nmore", "Plain line" },
    { "\xef\xbb\xbf# Marked\n", "Marked" },
    { "intro\n## The **heading**\ntext", "The heading" },
    { "- [ ] buy milk\n", "buy milk" },
    { "> quoted\n", "quoted" },
    { "---\ntitle: x\n---\nBody\n", "Body" },
    { "***\n---\nAfter a rule\n", "After a rule" },
    { "#hashtag is no heading\n", "hashtag is no heading" },
    { "Windows\r\nlines\r\n", "Windows" },
    { "#", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *title = tlm_title_of_text (cases[i][0]);

      g_assert_cmpstr (title, ==, cases[i][1]);
    }
}

static void
cuts_long_titles_between_characters (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *title = NULL;

  for (int i = 0; i < 500; i++)
    g_string_append (text, "ü");
  title = tlm_title_of_text (text->str);
  g_assert_true (g_utf8_validate (title, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (title, -1), ==, 121);
}

/* Behind the beginning is memory that may not be read. */
static void
titles_look_at_the_beginning_only (void)
{
  const gsize      bytes = 1 << 20;
  char            *text = mmap (NULL, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                -1, 0);
  g_autofree char *title = NULL, *message_title = NULL;

  g_assert_true (text != MAP_FAILED);
  memset (text, 'x', bytes);
  memcpy (text, "one ", 4);
  g_assert_cmpint (mprotect (text + bytes, bytes, PROT_NONE), ==, 0);
  title = tlm_title_of_text (text);
  message_title = tlm_title_of_message (text);
  g_assert_true (g_str_has_prefix (title, "one xxx"));
  g_assert_cmpstr (message_title, ==, "one…");
  munmap (text, 2 * bytes);
}

static void
tells_english_from_other_languages (void)
{
  static const char english[] =
    "The survey came back on Friday and two of the beams are rotten, so we will have to move the shelves "
    "before the winter. Who is going to ask the council about a grant for this?";
  static const char german[] =
    "Das Gutachten kam am Freitag, und zwei der Balken sind morsch, also müssen wir die Regale vor dem "
    "Winter umstellen. Wer fragt bei der Gemeinde nach einem Zuschuss für die Reparatur des Daches?";
  static const char japanese[] = "金曜日に調査結果が届きました。梁が二本腐っているので、冬になる前に本棚を"
                                 "移動しなければなりません。誰が役所に補助金を申請しますか。";

  g_assert_true (tlm_text_is_english (english, strlen (english)));
  g_assert_false (tlm_text_is_english (german, strlen (german)));
  g_assert_false (tlm_text_is_english (japanese, strlen (japanese)));
  g_assert_true (tlm_text_is_english ("milk, bread, soap", 17));
}

static void
says_which_scripts_are_not_read (void)
{
  static const char *const unread[] = { "金曜日に調査結果が届きました。", "屋顶漏水，银行今天关门。",
                                        "السقف يسرب الماء والبنك مغلق.", "지붕이 새고 은행이 닫혔다." };
  static const char *const read[] = { "Das Dach ist undicht.", "Крыша течёт, банк закрыт.",
                                      "We met 山田太郎 and 鈴木花子 at the station in the morning.", "東京", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (unread); i++)
    g_assert_true (tlm_text_is_of_unknown_script (unread[i], strlen (unread[i])));
  for (gsize i = 0; i < G_N_ELEMENTS (read); i++)
    g_assert_false (tlm_text_is_of_unknown_script (read[i], strlen (read[i])));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/text/accepts-text-of-any-language", accepts_text_of_any_language);
  g_test_add_func ("/app/text/refuses-what-holds-no-words", refuses_what_holds_no_words);
  g_test_add_func ("/app/text/refuses-binary", refuses_binary);
  g_test_add_func ("/app/text/names-the-line", names_the_line_that_is_not_utf8);
  g_test_add_func ("/app/text/refuses-too-much", refuses_too_much);
  g_test_add_func ("/app/text/decodes-only-what-a-mark-names", decodes_only_what_a_mark_names);
  g_test_add_func ("/app/text/reads-files-and-nothing-else", reads_files_and_nothing_else);
  g_test_add_func ("/app/titles/finds-titles", finds_titles);
  g_test_add_func ("/app/titles/cuts-between-characters", cuts_long_titles_between_characters);
  g_test_add_func ("/app/titles/look-at-the-beginning-only", titles_look_at_the_beginning_only);
  g_test_add_func ("/app/language/tells-english", tells_english_from_other_languages);
  g_test_add_func ("/app/text/says-which-scripts-are-not-read", says_which_scripts_are_not_read);
  return g_test_run ();
}
