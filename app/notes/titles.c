/* SPDX-License-Identifier: Apache-2.0 */
/* The title of a text: its first heading, or else its first line that holds a letter or digit.
 * Front matter and an inserted summary are passed over. */
#include "titles.h"

#include "shown.h"
#include "skills/front-matter.h"

#include <string.h>

#define MAX_CHARS 120 /* more than any row shows */
#define MAX_MESSAGE_CHARS 60 /* about what the sidebar and the header have room for */
#define MAX_NAME_CHARS 200 /* more than any row shows; a pasted page is no name */
#define MAX_LINES 50  /* a heading further down is no title */
#define MAX_BYTES (64 << 10) /* that are looked at: fifty lines are far less, but a line may be long */

static gboolean
holds_word (const char *p,
            gsize       len)
{
  for (const char *end = p + len; p < end; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

/* "## [x] Some *text*" to "Some text": list, heading, quote and check-box marks, then emphasis. */
static char *
strip_marks (const char *text,
             gsize       len)
{
  g_autofree char *shown = tlm_shown_dup (text, -1, 0, len);
  const char      *line = shown, *end = shown + strlen (shown);
  GString         *title = g_string_new (NULL);
  guint            n_chars = 0;

  while (line < end && (g_ascii_isspace (*line) || strchr ("#>*+-=", *line) != NULL))
    line++;
  if (end - line > 4 && line[0] == '[' && line[2] == ']' && line[3] == ' ')
    line += 4;
  for (; line < end && n_chars < MAX_CHARS; line = g_utf8_next_char (line))
    {
      gunichar c = g_utf8_get_char (line);

      if (c == '*' || c == '`')
        continue;
      g_string_append_unichar (title, c);
      n_chars++;
    }
  if (line < end)
    g_string_append (title, "…");
  return g_strstrip (g_string_free (title, FALSE));
}

/* (transfer full): whole characters */
static char *
dup_beginning (const char *text)
{
  gsize len = strnlen (text, MAX_BYTES);

  if (len == MAX_BYTES)
    len = (gsize) (g_utf8_find_prev_char (text, text + len) - text);
  return g_strndup (text, len);
}

char *
tlm_title_of_text (const char *whole)
{
  g_autofree char *text = dup_beginning (whole);
  const char *best = NULL;
  gsize       best_len = 0;
  const char *line;
  TlmFrontMatter front;

  tlm_front_matter_read (text, strlen (text), &front);
  line = text + front.end;
  for (int i = 0; i < MAX_LINES && *line != '\0'; i++)
    {
      gsize    len = strcspn (line, "\r\n");
      gboolean heading = line[0] == '#' && strchr ("# \t", line[1]) != NULL;

      if (len > 0 && (best == NULL || heading) && holds_word (line, len))
        {
          best = line;
          best_len = len;
          if (heading)
            break;
        }
      line += len;
      line += strspn (line, "\r\n");
    }
  return best != NULL ? strip_marks (best, best_len) : g_strdup ("");
}

/* Where the first sentence ends, its mark included: no small letter may follow ("e.g. this"). */
static const char *
find_sentence_end (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      const char *next = g_utf8_next_char (p);
      gunichar    c = g_utf8_get_char (p);

      if (c == 0x3002 || c == 0xff01 || c == 0xff1f) /* 。！？, which no space follows */
        return next;
      if (strchr (".!?", *p) != NULL && *next == ' '
          && !g_unichar_islower (g_utf8_get_char (next + 1)))
        return next;
    }
  return text + strlen (text);
}

/* Behind the last word that ends before MAX_MESSAGE_CHARS; in a script without spaces, there. */
static const char *
find_word_end (const char *text)
{
  const char *end = g_utf8_offset_to_pointer (text, MAX_MESSAGE_CHARS), *p = end;

  while (p > text && *p != ' ')
    p = g_utf8_prev_char (p);
  return p > text ? p : end;
}

char *
tlm_title_of_message (const char *text)
{
  g_autofree char *line = tlm_title_of_text (text);
  g_autofree char *sentence = g_strndup (line, (gsize) (find_sentence_end (line) - line));

  if (g_utf8_strlen (sentence, -1) > MAX_MESSAGE_CHARS)
    {
      *(char *) find_word_end (sentence) = '\0';
      return g_strconcat (sentence, "…", NULL);
    }
  if (g_str_has_suffix (sentence, ".") && !g_str_has_suffix (sentence, ".."))
    sentence[strlen (sentence) - 1] = '\0';
  return g_steal_pointer (&sentence);
}

static gboolean
breaks_line (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029; /* LINE and PARAGRAPH SEPARATOR */
}

char *
tlm_title_tidy (const char *title)
{
  g_autofree char *valid = g_utf8_make_valid (title, -1);
  GString         *line = g_string_new (NULL);
  const char      *p = valid;

  for (int i = 0; i < MAX_NAME_CHARS && *p != '\0'; i++, p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (line, breaks_line (c) ? ' ' : c);
    }
  return g_strstrip (g_string_free (line, FALSE));
}
