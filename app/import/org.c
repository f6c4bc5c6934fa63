/* SPDX-License-Identifier: Apache-2.0 */
/* Org (orgmode.org, "Org Syntax") line by line: headlines, TODO keywords as check boxes, the title;
 * drawers, comments and other keywords are left out. Text that has no counterpart stays. */
#include "import/import-private.h"

#include <string.h>

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
  else
    g_string_append_printf (out, "%s ", &"######"[6 - MIN (level, 6)]);
  g_string_append_printf (out, "%s\n", p);
}

static void
append_line (GString    *out,
             const char *line,
             gboolean   *in_drawer)
{
  const char *p = line + strspn (line, " \t");
  gsize       level = strspn (line, "*");

  if (*in_drawer)
    *in_drawer = g_ascii_strncasecmp (p, ":END:", 5) != 0;
  else if (g_ascii_strncasecmp (p, ":PROPERTIES:", 12) == 0
           || g_ascii_strncasecmp (p, ":LOGBOOK:", 9) == 0)
    *in_drawer = TRUE;
  else if (g_ascii_strncasecmp (p, "#+TITLE:", 8) == 0)
    g_string_append_printf (out, "# %s\n", p + 8 + strspn (p + 8, " "));
  else if (g_str_has_prefix (p, "#+") || g_str_has_prefix (p, "# "))
    return;
  else if (level > 0 && line[level] == ' ')
    append_headline (out, line);
  else if (g_str_has_prefix (p, "- [X] "))
    g_string_append_printf (out, "%.*s- [x] %s\n", (int) (p - line), line, p + 6);
  else
    g_string_append_printf (out, "%s\n", line);
}

char *
tlm_import_org (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString       *out = g_string_new (NULL);
  gboolean       in_drawer = FALSE;

  for (char **line = lines; *line != NULL; line++)
    append_line (out, g_strchomp (*line), &in_drawer);
  return g_string_free (out, FALSE);
}
