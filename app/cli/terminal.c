/* SPDX-License-Identifier: Apache-2.0 */
/* Styled, wrapped lines on standard output. */
#include "cli/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Longer lines are hard to read, however wide the terminal is. */
#define MAX_WIDTH 96

static gboolean
wants_colour (void)
{
  const char *no_colour = g_getenv ("NO_COLOR"), *term = g_getenv ("TERM");

  return isatty (STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') && term != NULL
         && !g_str_equal (term, "dumb");
}

void
tlm_terminal_init (TlmTerminal *terminal)
{
  struct winsize size = { 0 };

  terminal->colour = wants_colour ();
  terminal->width = 0;
  if (!isatty (STDOUT_FILENO))
    return;
  terminal->width = 80;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
    terminal->width = MIN (size.ws_col, MAX_WIDTH);
}

static guint
get_columns (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      n += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return n;
}

/* Control characters, also those of C1 and the ones that turn the writing direction, become
 * nothing: a note must not be able to move the cursor, set the title or show itself backwards. */
static char *
clean (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      gboolean space = g_unichar_isspace (c) || c == '\n';

      if (space && (out->len == 0 || out->str[out->len - 1] == ' '))
        continue;
      if (space)
        g_string_append_c (out, ' ');
      else if (!g_unichar_iscntrl (c) && !(c >= 0x202a && c <= 0x202e)
               && !(c >= 0x2066 && c <= 0x2069))
        g_string_append_unichar (out, c);
    }
  return g_strchomp (g_string_free (out, FALSE));
}

static const char *
get_escape (TlmStyle style)
{
  switch (style)
    {
    case TLM_STYLE_PLAIN:
      return "";
    case TLM_STYLE_HEADING:
      return "\033[1;34m";
    case TLM_STYLE_STRONG:
      return "\033[1m";
    case TLM_STYLE_FAINT:
      return "\033[2m";
    }
  return "";
}

void
tlm_terminal_print (const TlmTerminal *terminal,
                    TlmStyle           style,
                    const char        *first,
                    guint              indent,
                    const char        *text)
{
  g_autofree char *cleaned = clean (text);
  g_auto (GStrv)   words = g_strsplit (cleaned, " ", -1);
  gboolean         styled = terminal->colour && style != TLM_STYLE_PLAIN;
  guint            column = get_columns (first);
  gboolean         at_start = TRUE;

  fputs (first, stdout);
  fputs (styled ? get_escape (style) : "", stdout);
  for (int i = 0; words[i] != NULL; i++)
    {
      guint width = get_columns (words[i]);

      if (!at_start && terminal->width > 0 && column + 1 + width > terminal->width)
        {
          printf ("\n%*s", (int) indent, "");
          column = indent;
          at_start = TRUE;
        }
      printf ("%s%s", at_start ? "" : " ", words[i]);
      column += width + !at_start;
      at_start = FALSE;
    }
  fputs (styled ? "\033[0m\n" : "\n", stdout);
}
