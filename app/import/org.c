/* SPDX-License-Identifier: Apache-2.0 */
/* Org (orgmode.org, "Org Syntax") line by line: headlines, TODO keywords as check boxes, the title;
 * the day and the tags become front matter; drawers, comments and other keywords are left out; code stays
 * as it is. Text that has no counterpart stays. */
#include "import/import-private.h"

#include <string.h>

#include "core/text-input.h"

static gboolean
skip_word (const char **p,
           const char  *word)
{
  if (!g_str_has_prefix (*p, word))
    return FALSE;
  *p += strlen (word);
  return TRUE;
}

static void
append_headline (GString    *out,
                 const char *stars)
{
  gsize       level = strspn (stars, "*");
  const char *p = stars + level + 1;

  if (skip_word (&p, "TODO "))
    g_string_append (out, "- [ ] ");
  else if (skip_word (&p, "DONE "))
    g_string_append (out, "- [x] ");
  else if (g_str_has_prefix (p, "NEXT ") || g_str_has_prefix (p, "WAITING "))
    g_string_append (out, "- [ ] "); /* whose word tells more */
  else
    g_string_append_printf (out, "%s ", &"######"[6 - MIN (level, 6)]);
  g_string_append_printf (out, "%s\n", p);
}

static gboolean
begins (const char *line,
        const char *word)
{
  return g_ascii_strncasecmp (line + strspn (line, " \t"), word, strlen (word)) == 0;
}

static gboolean
is_headline (const char *line)
{
  return *line == '*' && line[strspn (line, "*")] == ' ';
}

static gboolean
opens_drawer (const char *line)
{
  return begins (line, ":PROPERTIES:") || begins (line, ":LOGBOOK:");
}

/* The last line of the drawer that opens at @line. (nullable): NULL: none does, or it is never closed */
static char **
find_drawer_end (char **line)
{
  if (!opens_drawer (*line))
    return NULL;
  for (line++; *line != NULL && !is_headline (*line) && !opens_drawer (*line); line++)
    if (begins (*line, ":END:"))
      return line;
  return NULL;
}

/* As it, of the block of code. */
static char **
find_block_end (char **line)
{
  const char *end = begins (*line, "#+BEGIN_SRC") ? "#+END_SRC" : "#+END_EXAMPLE";

  if (!begins (*line, "#+BEGIN_SRC") && !begins (*line, "#+BEGIN_EXAMPLE"))
    return NULL;
  for (line++; *line != NULL && !begins (*line, "#+BEGIN_"); line++)
    if (begins (*line, end))
      return line;
  return NULL;
}

static void
append_block (GString *out,
              char   **line,
              char   **end)
{
  g_string_append (out, "```\n");
  for (line++; line < end; line++)
    g_string_append_printf (out, "%s\n", g_strchomp (*line));
  g_string_append (out, "```\n");
}

static void
append_line (GString    *out,
             const char *line)
{
  const char *p = line + strspn (line, " \t");

  if (begins (p, "#+TITLE:"))
    g_string_append_printf (out, "# %s\n", p + 8 + strspn (p + 8, " "));
  else if (g_str_has_prefix (p, "#+") || g_str_has_prefix (p, "# ")
           || g_str_equal (p, "#"))
    return;
  else if (is_headline (line))
    append_headline (out, line);
  else if (g_str_has_prefix (p, "- [X] "))
    g_string_append_printf (out, "%.*s- [x] %s\n", (int) (p - line), line, p + 6);
  else
    g_string_append_printf (out, "%s\n", line);
}

/* When the note was written and what it is about, from the lines above its first text: each is empty or
 * begins so. */
static void
append_head (GString *out,
             char   **lines)
{
  static const char *const keys[] = { "#+DATE:", "#+FILETAGS:", "#+KEYWORDS:" };

  for (; *lines != NULL && strchr ("#: \t\r", **lines) && !begins (*lines, "#+BEGIN"); lines++)
    for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
      if (begins (*lines, keys[i]))
        {
          g_autofree char *key = g_ascii_strdown (keys[i] + 2, -1);
          g_autofree char *value = g_strstrip (g_strdup (strchr (*lines, ':') + 1));

          if (*value != '\0')
            g_string_append_printf (out, "%s%s %s\n", out->len == 0 ? "---\n" : "", key, value);
        }
  if (out->len > 0)
    g_string_append (out, "---\n\n");
}

char *
tlm_import_org (const char *text)
{
  gboolean       marked = g_str_has_prefix (text, TLM_TEXT_BOM);
  g_auto (GStrv) lines = g_strsplit (text + (marked ? strlen (TLM_TEXT_BOM) : 0), "\n", -1);
  GString       *out = g_string_new (NULL);

  append_head (out, lines);
  for (char **line = lines; *line != NULL; line++)
    {
      char **drawer = find_drawer_end (line), **block = find_block_end (line);

      if (block != NULL)
        append_block (out, line, block);
      else if (drawer == NULL)
        append_line (out, g_strchomp (*line));
      line = block != NULL ? block : drawer != NULL ? drawer : line;
    }
  return g_string_free (out, FALSE);
}
