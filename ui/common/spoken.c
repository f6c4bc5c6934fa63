/* SPDX-License-Identifier: Apache-2.0 */
/* A text that grows token by token is read out sentence by sentence: single tokens would cut each other
 * off, and the whole would come too late. Where a sentence ends is guessed from the marks alone. */
#include "spoken.h"

#include "core/text-input.h"

#include <string.h>

/* Full-width marks end a sentence with no space after them. */
static gboolean
ends_sentence (const char *mark)
{
  gunichar c = g_utf8_get_char (mark), next = g_utf8_get_char (g_utf8_next_char (mark));

  if (c == '\n' || c == 0x3002 || c == 0xff01 || c == 0xff1f) /* 。！？ */
    return TRUE;
  return (c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x061f) /* … ؟ */
         && next != 0 && g_unichar_isspace (next);
}

/* "2." at the beginning of a line is the number of an item. */
static gboolean
is_number (const char *text, const char *mark)
{
  const char *start = mark;

  while (start > text && g_ascii_isdigit (start[-1]))
    start--;
  return *mark == '.' && start < mark && (start == text || start[-1] == '\n');
}

/**
 * tlm_spoken_get_end:
 * @text: as far as it has come
 * @from: bytes that were said already
 * @whole: nothing more comes
 *
 * Returns: the bytes to be said by now: to the end of the last whole sentence, @from if none is
 */
gsize
tlm_spoken_get_end (const char *text, gsize from, gboolean whole)
{
  gsize end = from;

  if (whole)
    return from + strlen (text + from);
  for (const char *p = text + from; *p != '\0'; p = g_utf8_next_char (p))
    if (ends_sentence (p) && !is_number (text, p))
      end = (gsize) (g_utf8_next_char (p) - text);
  return end;
}

/* Whether words of a link begin here: behind them stands where it leads, in the same line. */
static gboolean
begins_link (const char *bracket)
{
  const char *mark = *bracket == '[' ? strpbrk (bracket + 1, "[]\n") : NULL;

  return mark != NULL && tlm_text_begins (mark, "](");
}

/* The bytes of a mark here that nobody wants to hear, 0 of what is said. */
static gsize
measure_mark (const char *p)
{
  if (tlm_text_begins (p, "]("))
    return 2 + strcspn (p + 2, ")\n") + (p[2 + strcspn (p + 2, ")\n")] == ')');
  return strchr ("*`#", *p) != NULL || begins_link (p) || (*p == '\\' && g_ascii_ispunct (p[1]));
}

/**
 * tlm_spoken_dup:
 *
 * Returns: the text between two places without the marks of Markdown, and without where links lead
 */
char *
tlm_spoken_dup (const char *text, gsize from, gsize end)
{
  GString *said = g_string_new (NULL);

  for (gsize i = from; i < end;)
    {
      gsize n = measure_mark (text + i);

      if (n == 0)
        g_string_append_c (said, text[i++]);
      i += n;
    }
  return g_strstrip (g_string_free (said, FALSE));
}
