/* SPDX-License-Identifier: Apache-2.0 */
/* What of a note's bytes a person sees, and what its title then is. */
#include <glib.h>
#include <string.h>

#include "notes/shown.h"
#include "notes/titles.h"

/* @piece stands in @text once. */
static void
assert_shown (const char *text,
              const char *piece,
              const char *expected)
{
  gsize            start = (gsize) (strstr (text, piece) - text);
  g_autofree char *shown = tlm_shown_dup (text, -1, start, start + strlen (piece));

  g_assert_cmpstr (shown, ==, expected);
}

static void
shows_one_line (void)
{
  assert_shown ("a  b\n\tc\r\nd", "b\n\tc\r\n", "b c");
  assert_shown ("red \033[31m, \xe2\x80\xae" "back", "red \033[31m, \xe2\x80\xae" "back",
                "red [31m, back");
}

static void
shows_the_words_of_links (void)
{
  static const char text[] = "Ask [[people/ruth|Ruth]] and [[Ben]] about ![[plan.png|200]].\n"
                             "[[ -f x ]] stays, a[b[0]] too.";

  assert_shown (text, "Ask [[people/ruth|Ruth]] and [[Ben]] about ![[plan.png|200]].",
                "Ask Ruth and Ben about plan.png.");
  /* Pieces that begin or end inside of a link. */
  assert_shown (text, "Ruth]] and [[Ben", "Ruth and Ben");
  assert_shown (text, "le/ruth|Ru", "Ru");
  assert_shown (text, "th]] and", "th and");
  assert_shown (text, "[[ -f x ]] stays, a[b[0]] too.", "[[ -f x ]] stays, a[b[0]] too.");
}

/* What stands behind the note's last byte is not part of it. */
static void
ends_where_the_note_ends (void)
{
  const char      *text = "Ask [[Ruth]]";
  g_autofree char *shown = tlm_shown_dup (text, 11, 4, 10);
  g_autofree char *cut = tlm_shown_dup (text, -1, 4, 10);

  g_assert_cmpstr (shown, ==, "[[Ruth");
  g_assert_cmpstr (cut, ==, "Ruth");
}

static void
keeps_links_whole_that_hold_the_mark (void)
{
  g_autofree char *all = tlm_shown_dup_unlinked ("a [[b|c]]\n[[d*|e]] [[f*]] *g", "*");

  g_assert_cmpstr (all, ==, "a c\n[[d*|e]] f* *g");
}

static void
makes_titles_of_words (void)
{
  g_autofree char *title = tlm_title_of_text ("\n# Call with [[people/ruth|Ruth]]  *today*\nWords");

  g_assert_cmpstr (title, ==, "Call with Ruth today");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/shown/shows-one-line", shows_one_line);
  g_test_add_func ("/app/shown/shows-the-words-of-links", shows_the_words_of_links);
  g_test_add_func ("/app/shown/keeps-links-whole-that-hold-the-mark",
                   keeps_links_whole_that_hold_the_mark);
  g_test_add_func ("/app/shown/ends-where-the-note-ends", ends_where_the_note_ends);
  g_test_add_func ("/app/shown/makes-titles-of-words", makes_titles_of_words);
  return g_test_run ();
}
