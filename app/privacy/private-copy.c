/* SPDX-License-Identifier: Apache-2.0 */
/* Mail, word processors and web pages write no-break spaces and hyphens, end a line anywhere and put
 * marks between letters that nobody sees; the patterns of the rules know none of that. */
#include "private-copy.h"

#include <string.h>

#define LINE_SEPARATOR 0x2028
#define HYPHEN 0x2010 /* and the no-break one and the figure dash behind it */
#define FULL_WIDTH 0xff01 /* to 0xff5e: those of ASCII from "!" on */
#define WRAPPED 40 /* bytes of a line that is full; mail has 60 to 78 */

typedef struct
{
  TlmPrivateCopy *copy;
  GString        *out;
  GArray         *places;
  const char     *text, *end, *line; /* line: where the one that is read begins */
} Writer;

/* 0 for what is not seen. */
static gunichar
fold (gunichar c)
{
  if (c < 0x80)
    return c;
  if (c >= FULL_WIDTH && c <= FULL_WIDTH + '~' - '!')
    return c - FULL_WIDTH + '!';
  if (c >= HYPHEN && c <= HYPHEN + 2)
    return '-';
  if (c == LINE_SEPARATOR)
    return '\n';
  if (g_unichar_isdigit (c))
    return '0' + (gunichar) g_unichar_digit_value (c);
  if (g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR)
    return ' ';
  return g_unichar_type (c) == G_UNICODE_FORMAT ? 0 : c;
}

static void
append (Writer *w, gunichar c, const char *p)
{
  gsize place = (gsize) (p - w->text);

  g_string_append_unichar (w->out, c);
  while (w->places->len < w->out->len)
    g_array_append_val (w->places, place);
}

static gboolean
is_gap (gunichar c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether @p has a letter before @end and its line's end. */
static gboolean
has_letter (const char *p, const char *end)
{
  for (gunichar c; p < end && (c = fold (g_utf8_get_char (p))) != '\n'; p = g_utf8_next_char (p))
    if (g_unichar_isalpha (c))
      return TRUE;
  return FALSE;
}

/* Whether the line that begins at @p goes on with the one that ends at @end. Not so in a list, a
 * table, a column of figures, a quotation or a form ("Phone: …"), nor a capital behind a short line:
 * a heading, perhaps. */
static gboolean
goes_on (const Writer *w, const char *end, const char *p)
{
  const char *word = p;

  if (!has_letter (w->line, end) && !has_letter (p, w->end))
    return FALSE;
  while (p < w->end && g_unichar_isalnum (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  if (p == word)
    return p < w->end && (*p == '+' || *p == '(');
  if (p < w->end && (*p == ':' || (p - word < 3 && (*p == '.' || *p == ')'))))
    return FALSE;
  return end - w->line >= WRAPPED || (end > w->line && end[-1] == '.')
         || !g_unichar_isupper (g_utf8_get_char (word));
}

/* A tab or three blanks between two figures: columns of a table. @start: [p - start] the gap */
static gboolean
parts_columns (const Writer *w, const char *start, const char *p)
{
  return w->out->len > 0 && g_ascii_isdigit (w->out->str[w->out->len - 1]) && p < w->end
         && g_unichar_isdigit (g_utf8_get_char (p))
         && (memchr (start, '\t', (gsize) (p - start)) != NULL || g_utf8_strlen (start, p - start) > 2);
}

static const char *
append_gap (Writer *w, const char *p)
{
  const char *start = p;
  guint       lines = 0;
  gboolean    ends;
  char        gap;

  for (gunichar c; p < w->end && is_gap (c = fold (g_utf8_get_char (p))); p = g_utf8_next_char (p))
    lines += c == '\n';
  ends = lines > 1 || (lines == 1 ? !goes_on (w, start, p) : parts_columns (w, start, p));
  gap = !ends ? ' ' : lines > 0 ? '\n' : '\t';
  append (w, gap, start);
  w->copy->changed = w->copy->changed || (gap != '\n' && (p - start > 1 || *start != gap));
  w->line = lines > 0 ? p : w->line;
  return p;
}

/* Chinese, Japanese, Korean, Arabic, …: letters on which digits follow without a blank. */
static gboolean
parts (gunichar a, gunichar b)
{
  gunichar letter = a < 0x80 ? b : a, other = a < 0x80 ? a : b;

  return letter >= 0x80 && other < 0x80 && g_ascii_isalnum ((char) other)
         && g_unichar_isalpha (letter) && g_unichar_get_script (letter) != G_UNICODE_SCRIPT_LATIN;
}

static void
append_parted (Writer *w, gunichar before, gunichar c, const char *p)
{
  if (w->copy->reading == TLM_PRIVATE_PARTED && parts (before, c))
    {
      append (w, ' ', p);
      w->copy->changed = TRUE;
    }
  append (w, c, p);
}

static void
write_all (Writer *w)
{
  gunichar before = 0;

  for (const char *p = w->text; p < w->end;)
    {
      gunichar c = fold (g_utf8_get_char (p));

      if (w->copy->reading == TLM_PRIVATE_JOINED && is_gap (c))
        p = append_gap (w, p);
      else
        {
          if (c != 0 && !(c == '\r' && p + 1 < w->end && p[1] == '\n'))
            append_parted (w, before, c, p);
          p = g_utf8_next_char (p);
        }
      before = c != 0 ? c : before;
    }
}

void
tlm_private_copy_init (TlmPrivateCopy *copy, const char *text, gsize len,
                       TlmPrivateReading reading)
{
  Writer w = { .copy = copy, .text = text, .end = text + len, .line = text };

  *copy = (TlmPrivateCopy) { .reading = reading, .source = text };
  w.out = g_string_sized_new (len);
  w.places = g_array_sized_new (FALSE, FALSE, sizeof (gsize), (guint) len + 1);
  write_all (&w);
  g_array_append_val (w.places, len);
  copy->len = w.out->len;
  copy->text = g_string_free (w.out, FALSE);
  copy->places = (gsize *) (gpointer) g_array_free (w.places, FALSE);
}

gsize
tlm_private_copy_get_end (const TlmPrivateCopy *copy, gsize end)
{
  const char *last;

  if (end == 0 || copy->text[end - 1] == ' ') /* a blank may stand for many or none */
    return copy->places[end];
  last = copy->source + copy->places[end - 1];
  return (gsize) (g_utf8_next_char (last) - copy->source);
}

void
tlm_private_copy_clear (TlmPrivateCopy *copy)
{
  g_clear_pointer (&copy->text, g_free);
  g_clear_pointer (&copy->places, g_free);
}
