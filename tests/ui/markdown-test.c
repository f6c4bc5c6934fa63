/* SPDX-License-Identifier: Apache-2.0 */
/* What Markdown becomes, and that no text, however hostile, becomes anything that Pango refuses. */
#include "chats/markdown.h"

#include <pango/pango.h>
#include <string.h>

static const TlmBlock *
block_at (GPtrArray *blocks, guint i)
{
  g_assert_cmpuint (i, <, blocks->len);
  return g_ptr_array_index (blocks, i);
}

static void
assert_label_takes (const char *markup)
{
  g_autoptr (GString) stripped = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  /* GtkLabel takes links out before Pango sees the markup. */
  for (const char *c = markup; *c != '\0'; c++)
    if (g_str_has_prefix (c, "<a href=") || g_str_has_prefix (c, "</a>"))
      c = strchr (c, '>');
    else
      g_string_append_c (stripped, *c);
  pango_parse_markup (stripped->str, -1, 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (markup), <, 64 * 1024);
}

/* Every text is valid UTF-8, every markup is one that a label takes. */
static void
assert_showable (GPtrArray *blocks)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      const TlmBlock *block = g_ptr_array_index (blocks, i);

      if (block->text != NULL)
        g_assert_true (g_utf8_validate (block->text, -1, NULL));
      if (block->kind == TLM_BLOCK_TEXT)
        assert_label_takes (block->text);
      for (guint j = 0; block->cells != NULL && j < block->cells->len; j++)
        assert_label_takes (block->cells->pdata[j]);
    }
}

static void
assert_markup (const char *markdown, const char *markup)
{
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse (markdown);

  g_assert_cmpuint (blocks->len, ==, 1);
  g_assert_cmpint (block_at (blocks, 0)->kind, ==, TLM_BLOCK_TEXT);
  g_assert_cmpstr (block_at (blocks, 0)->text, ==, markup);
}

static void
test_inline (void)
{
  assert_markup ("plain", "plain");
  assert_markup ("*a* **b** `c<d`", "<i>a</i> <b>b</b> <tt>c&lt;d</tt>");
  assert_markup ("one\ntwo", "one two");
  assert_markup ("[x](https://a.example/?b&c)", "<a href=\"https://a.example/?b&amp;c\">x</a>");
  assert_markup ("![a picture](p.png)", "<a href=\"p.png\">a picture</a>");
  assert_markup ("~~gone~~ ~5 to ~10", "<s>gone</s> ~5 to ~10");
  assert_markup ("a <b>bold</b> & more", "a &lt;b&gt;bold&lt;/b&gt; &amp; more");
}

static void
test_headings (void)
{
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse ("# One\n\ntext\n\n### Three");

  g_assert_cmpuint (blocks->len, ==, 3);
  g_assert_cmpuint (block_at (blocks, 0)->level, ==, 1);
  g_assert_cmpuint (block_at (blocks, 1)->level, ==, 0);
  g_assert_cmpuint (block_at (blocks, 2)->level, ==, 3);
}

static void
test_lists (void)
{
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse ("3. c\n4. d\n   - e\n\n> q");

  g_assert_cmpuint (blocks->len, ==, 4);
  g_assert_cmpstr (block_at (blocks, 0)->marker, ==, "3.");
  g_assert_cmpstr (block_at (blocks, 1)->marker, ==, "4.");
  g_assert_cmpstr (block_at (blocks, 2)->marker, ==, "•");
  g_assert_cmpuint (block_at (blocks, 1)->indent, ==, 1);
  g_assert_cmpuint (block_at (blocks, 2)->indent, ==, 2);
  g_assert_true (block_at (blocks, 3)->quote);
  g_assert_cmpuint (block_at (blocks, 3)->indent, ==, 0);
}

static void
test_code (void)
{
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse ("```c hello\nint <x>;\n```\n\n    four");

  g_assert_cmpuint (blocks->len, ==, 2);
  g_assert_cmpint (block_at (blocks, 0)->kind, ==, TLM_BLOCK_CODE);
  g_assert_cmpstr (block_at (blocks, 0)->language, ==, "c");
  g_assert_cmpstr (block_at (blocks, 0)->text, ==, "int <x>;");
  g_assert_null (block_at (blocks, 1)->language);
}

static void
test_html_is_text (void)
{
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse ("<script>\nalert (1)\n</script>\n");

  g_assert_cmpuint (blocks->len, ==, 1);
  g_assert_nonnull (strstr (block_at (blocks, 0)->text, "&lt;script&gt;"));
  assert_showable (blocks);
}

/* Every prefix is what a reader sees while an answer streams in. */
static void
test_every_prefix (void)
{
  const char *text = "# T\n\n- *a **b** `c`*\n  1. [d](e)\n\n```py\nf = 'ä€😀'\n```\n> *g*\n\n---\n<h>";

  for (gsize n = 0; n <= strlen (text); n++)
    {
      g_autofree char *prefix = g_strndup (text, n);
      g_autoptr (GPtrArray) blocks = tlm_markdown_parse (prefix);

      assert_showable (blocks);
    }
}

static char *
repeat (const char *part, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append (text, part);
  return g_string_free (text, FALSE);
}

static void
test_hostile (gconstpointer data)
{
  static const struct { const char *part; gsize n; } hostile[] = {
    { ">", 60000 }, { "- ", 30000 }, { "*a ", 20000 }, { "**", 30000 }, { "[", 60000 },
    { "![a](", 12000 }, { "[a](b) ", 9000 }, { "`", 60000 }, { "<", 60000 }, { "&#0;", 15000 },
    { "&#x1;", 12000 }, { "a", 60000 }, { "- a\n", 15000 }, { "*x*\n\n", 12000 }, { "\\", 60000 },
    { "_a__b___", 8000 }, { "> - ", 15000 }, { "1. a\n   ", 8000 }, { "<a\n\n", 12000 },
    { "\xf0\x9f\x98\x80", 15000 }, { "\xff\xfe", 30000 }, { "\xc3", 60000 }, { "\xed\xa0\x80", 20000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *text = repeat (hostile[i].part, hostile[i].n);
      gint64 start = g_get_monotonic_time ();
      g_autoptr (GPtrArray) blocks = tlm_markdown_parse (text);
      gint64 us = g_get_monotonic_time () - start;

      assert_showable (blocks);
      g_assert_cmpuint (blocks->len, <=, TLM_MARKDOWN_MAX_BLOCKS);
      /* Linear work takes milliseconds; quadratic work on such a text takes minutes. */
      g_assert_cmpint (us, <, 10 * G_USEC_PER_SEC);
    }
}

static void
test_long_is_plain_and_whole (void)
{
  g_autofree char *text = repeat ("word *x* \n\n", 100000);
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse (text);

  g_assert_cmpuint (blocks->len, ==, 1);
  g_assert_cmpint (block_at (blocks, 0)->kind, ==, TLM_BLOCK_PLAIN);
  g_assert_cmpstr (block_at (blocks, 0)->text, ==, text);
}

/* A paragraph beyond one label goes on in the next with its style, and loses no letter. */
static void
test_long_paragraph_is_split (void)
{
  g_autofree char *words = repeat ("wörter ", 4000);
  g_autofree char *text = g_strdup_printf ("**%s**", g_strchomp (words));
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse (text);
  g_autoptr (GString) shown = g_string_new (NULL);

  g_assert_cmpuint (blocks->len, >, 2);
  for (guint i = 0; i < blocks->len; i++)
    {
      g_autofree char *plain = NULL;

      g_assert_true (g_str_has_prefix (block_at (blocks, i)->text, "<b>"));
      pango_parse_markup (block_at (blocks, i)->text, -1, 0, NULL, &plain, NULL, NULL);
      g_string_append (shown, plain);
    }
  g_assert_cmpstr (shown->str, ==, words);
}

/* ---- A text that grows ---- */

static void
assert_same (GPtrArray *blocks, GPtrArray *whole, const char *text)
{
  gboolean same = blocks->len == whole->len;

  for (guint i = 0; same && i < whole->len; i++)
    same = tlm_block_equal (g_ptr_array_index (blocks, i), g_ptr_array_index (whole, i));
  if (!same)
    {
      g_autofree char *escaped = g_strescape (text, NULL);

      g_test_message ("%u blocks for %u: \"%s\"", blocks->len, whole->len, escaped);
      for (guint i = 0; i < MIN (blocks->len, whole->len); i++)
        g_test_message ("\"%s\" for \"%s\"", block_at (blocks, i)->text, block_at (whole, i)->text);
    }
  g_assert_true (same);
}

/* A cell or a mark that is missing is empty; one too many is left out. */
static void
test_tables (void)
{
  static const char *const cells[] = { "<b>a</b>", "b|b", "c", "1", "<tt>2</tt>", "3", "4", "", "" };
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse (
    "Text\n\n| **a** | b\\|b | c |\n|:--|--:|:-:|\n| 1 | `2` | 3 | x |\n| 4 |\n\nEnd");
  const TlmBlock *table = block_at (blocks, 1);

  g_assert_cmpuint (blocks->len, ==, 3);
  g_assert_cmpint (table->kind, ==, TLM_BLOCK_TABLE);
  g_assert_cmpstr (table->text, ==, "lrc");
  g_assert_cmpuint (table->cells->len, ==, G_N_ELEMENTS (cells));
  for (guint i = 0; i < table->cells->len; i++)
    g_assert_cmpstr (table->cells->pdata[i], ==, cells[i]);
}

static void
test_task_lists (void)
{
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse ("- [ ] open\n- [x] done\n- [y] none");

  g_assert_cmpstr (block_at (blocks, 0)->marker, ==, "☐");
  g_assert_cmpstr (block_at (blocks, 0)->text, ==, "open");
  g_assert_cmpstr (block_at (blocks, 1)->marker, ==, "☑");
  g_assert_cmpstr (block_at (blocks, 2)->marker, ==, "•");
}

static void
assert_plain (const char *head, const char *row, guint n_rows)
{
  g_autofree char *rows = repeat (row, n_rows), *text = g_strconcat (head, rows, NULL);
  g_autoptr (GPtrArray) blocks = tlm_markdown_parse (text);

  g_assert_cmpuint (blocks->len, ==, 1);
  g_assert_cmpint (block_at (blocks, 0)->kind, ==, TLM_BLOCK_PLAIN);
  g_assert_cmpstr (block_at (blocks, 0)->text, ==, text);
}

/* What would take the memory or the window shows itself as it was typed: a million cells that follow
 * from short rows, a thousand columns, a cell as long as a book's chapter. */
static void
test_hostile_tables (void)
{
  g_autofree char *names = repeat ("|a", 1000), *marks = repeat ("|-", 1000);
  g_autofree char *wide = g_strconcat (names, "\n", marks, "\n", NULL);
  g_autofree char *word = g_strnfill (9000, 'x'), *cell = g_strconcat ("|", word, "|\n", NULL);

  assert_plain (wide, "b\n", 20000);
  assert_plain (wide, "| b |\n", 5);
  assert_plain ("|a|b|\n|-|-|\n", "|1|2|\n", 1000);
  assert_plain ("|a|\n|-|\n", cell, 1);
}

/* As a view does it. Returns: how many blocks stay as they are at the end */
static guint
grow (const char *text, GRand *rand, int longest)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tlm_block_free);
  TlmMarkdownDone done = { 0 };
  gsize len = strlen (text);
  guint n_kept = 0;

  for (gsize n = 0; n < len;)
    {
      g_autofree char *prefix = NULL;
      g_autoptr (GPtrArray) whole = NULL;
      GPtrArray *more;

      n = MIN (n + (gsize) g_rand_int_range (rand, 1, longest + 1), len);
      prefix = g_strndup (text, n);
      whole = tlm_markdown_parse (prefix);
      more = tlm_markdown_parse_on (prefix, &done, &n_kept);
      g_ptr_array_set_size (blocks, (int) n_kept);
      g_ptr_array_extend_and_steal (blocks, more);
      assert_same (blocks, whole, prefix);
    }
  tlm_markdown_done_clear (&done);
  return n_kept;
}

static void
test_any_pieces (void)
{
  static const char *const texts[] = {
    "# Title\n\nA *paragraph* that\ngoes on.\n\n- one\n- two\n\n  more of two\n\n- three\n\nEnd.\n",
    "3. c\n\n4. d\n   - e\n\n     f\n\n1) another\n\n2) list\n\n**Bold** text\n\n* point\n",
    "Text\n\n```c\nint a;\n\n\nint b;\n```\n\nText\n\n~~~\nopen\n\n# no heading\n",
    "- ```\n  code\n\n  code\n\nnot code\n\n    four\n\n    more\n\nend\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter.\n\n| c |\n|---|\n",
    "text\n| a | b |\n|:--|--:|\n| 1 | ~~2~~ |\nmore\n\n- [ ] a\n- [x] b\n\n> | q |\n> |---|\n> | 1 |\n",
    "Heading\n===\n\nPara\n\nOther\nheading\n---\n\npara\n-\n\n- - -\n\nend\n",
    "> quote\nlazy\n\n> other\n===\n\n> > deep\nlazy\n\n1. a\nlazy\n\nend\n",
    "See [one] and [two].\n\nMore [one].\n\n[one]: /1\n\nLater [two].\n\n[two]: /2 'T'\n",
    "A ` lost tick.\n\nSum $x^2$ and \\(y\\) cost $5.\n\n$$\na = b\n$$\n\n`c` $a_1$\n\nend\n",
    "<pre>\n\nx\n\n</pre>\n\n<!-- a\n\nb -->\n\n<div>\nc\n\nd\n\nend\n",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (int longest = 1; longest < 40; longest += 6)
      grow (texts[i], rand, longest);
}

/* What means something to Markdown, in any order. */
static void
test_any_text (void)
{
  static const char *const parts[] = {
    "\n", "\n", "\n\n", "\n\n", "# ", "- ", "1. ", "2) ", "```", "~~~", "    ", "> ", "===", "---", "`",
    "``", "$", "$$", "\\[", "\\]", "\\", "[a]", "[a]: /u\n", "<pre>", "</pre>", "<!--", "-->", "<b>",
    "word ", "word", "*", "**", "~~", "| a | b |\n", "\n|-|:-:|\n", "|", "[x] ", "\xef\xbb\xbf", "\r\n", "\r", "|---|", "\t", "  \n", "x=1", "\xff",
    "\xc3\xa4",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (int i = 0; i < 3000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (int n = g_rand_int_range (rand, 1, 60); n > 0; n--)
        g_string_append (text, parts[g_rand_int_range (rand, 0, G_N_ELEMENTS (parts))]);
      grow (text->str, rand, 12);
    }
}

/* Only what is open is read again, however long the answer. */
static void
test_keeps_what_is_done (void)
{
  g_autofree char *text = repeat ("# Head\n\nSome *words*.\n\n```c\nint a;\n```\n\n", 20);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  g_assert_cmpuint (grow (text, rand, 50), >=, 20 * 3 - 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/markdown/inline", test_inline);
  g_test_add_func ("/ui/markdown/headings", test_headings);
  g_test_add_func ("/ui/markdown/lists", test_lists);
  g_test_add_func ("/ui/markdown/code", test_code);
  g_test_add_func ("/ui/markdown/tables", test_tables);
  g_test_add_func ("/ui/markdown/task-lists", test_task_lists);
  g_test_add_func ("/ui/markdown/hostile-tables", test_hostile_tables);
  g_test_add_func ("/ui/markdown/html-is-text", test_html_is_text);
  g_test_add_func ("/ui/markdown/every-prefix", test_every_prefix);
  g_test_add_data_func ("/ui/markdown/hostile", NULL, test_hostile);
  g_test_add_func ("/ui/markdown/long-is-plain-and-whole", test_long_is_plain_and_whole);
  g_test_add_func ("/ui/markdown/long-paragraph-is-split", test_long_paragraph_is_split);
  g_test_add_func ("/ui/markdown/any-pieces", test_any_pieces);
  g_test_add_func ("/ui/markdown/any-text", test_any_text);
  g_test_add_func ("/ui/markdown/keeps-what-is-done", test_keeps_what_is_done);
  return g_test_run ();
}
