/* SPDX-License-Identifier: Apache-2.0 */
/* A text that comes token by token is said sentence by sentence, all of it and nothing twice. */
#include "common/spoken.h"

#include <string.h>

/* Feeds it in pieces of @step bytes; gives what was said, parted by "|". */
static char *
say (const char *text, gsize step)
{
  GString *said = g_string_new (NULL);
  gsize told = 0, n = strlen (text);

  for (gsize have = MIN (step, n);; have = MIN (have + step, n))
    {
      g_autofree char *now = g_strndup (text, have);
      gsize end = tlm_spoken_get_end (now, told, have == n);
      g_autofree char *part = tlm_spoken_dup (now, told, end);

      if (*part != '\0')
        g_string_append_printf (said, "%s|", part);
      told = end;
      if (have == n)
        return g_string_free (said, FALSE);
    }
}

static void
assert_says (const char *text, const char *expected)
{
  g_autofree char *said = say (text, 3); /* whole characters of the Chinese text */

  g_assert_cmpstr (said, ==, expected);
}

static void
test_sentences (void)
{
  assert_says ("The fair moves. Why? The pier is not", "The fair moves.|Why?|The pier is not|");
  assert_says ("It costs 3.5 euros in all. Yes", "It costs 3.5 euros in all.|Yes|");
}

static void
test_lines (void)
{
  assert_says ("# Title\n1. **Call** Ruth\n2. Wait", "Title|1. Call Ruth|2. Wait|");
}

static void
test_links (void)
{
  assert_says ("- \"Two beams.\" — [The *library* plan](tinylm:note/1/2/Two%20beams)\n[x] done\\.",
               "- \"Two beams.\" — The library plan|[x] done.|");
}

static void
test_other_scripts (void)
{
  assert_says ("会议改期。好", "会议改期。|好|");
}

static void
test_nothing_yet (void)
{
  g_assert_cmpuint (tlm_spoken_get_end ("The fair mo", 0, FALSE), ==, 0);
  g_assert_cmpuint (tlm_spoken_get_end ("The fair moves.", 0, FALSE), ==, 0); /* "moves.com"? */
  g_assert_cmpuint (tlm_spoken_get_end ("The fair moves. ", 0, FALSE), ==, 15);
}

/* Of a line of 4 MB each byte is looked at once: the square of it would take hours. */
static void
test_long_line (void)
{
  gsize n = 4 << 20;
  g_autofree char *line = g_strnfill (n, 'a'), *said = NULL;

  said = tlm_spoken_dup (line, 0, n);
  g_assert_cmpstr (said, ==, line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/spoken/sentences", test_sentences);
  g_test_add_func ("/ui/spoken/lines", test_lines);
  g_test_add_func ("/ui/spoken/links", test_links);
  g_test_add_func ("/ui/spoken/other-scripts", test_other_scripts);
  g_test_add_func ("/ui/spoken/nothing-yet", test_nothing_yet);
  g_test_add_func ("/ui/spoken/long-line", test_long_line);
  return g_test_run ();
}
