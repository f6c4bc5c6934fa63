/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of Markdown that every format's reader fills. */
#include "import/outline.h"

#include <string.h>

void
tlm_outline_break (TlmOutline *self,
                   guint       n_ends)
{
  gsize len = self->text->len;
  guint n = 0;

  self->space_due = FALSE;
  if (len == 0 || self->hold)
    return;
  while (n < len && self->text->str[len - 1 - n] == '\n')
    n++;
  for (; n < n_ends; n++)
    g_string_append_c (self->text, '\n');
}

void
tlm_outline_mark (TlmOutline *self,
                  const char *mark)
{
  g_string_append (self->text, mark);
  self->hold = TRUE;
}

void
tlm_outline_heading (TlmOutline *self,
                     int         level)
{
  tlm_outline_break (self, 2);
  if (!self->hold)
    tlm_outline_mark (self, &"###### "[6 - CLAMP (level, 1, 6)]);
}

void
tlm_outline_item (TlmOutline *self,
                  int         depth,
                  int         number)
{
  g_autofree char *mark = number > 0 ? g_strdup_printf ("%d. ", number) : g_strdup ("- ");

  self->hold = FALSE;
  tlm_outline_break (self, 1);
  for (int i = 1; i < CLAMP (depth, 1, 9); i++)
    g_string_append (self->text, "  ");
  tlm_outline_mark (self, mark);
}

/* A raised number right behind another would make one number of two. */
static gboolean
is_power (const char *before,
          gsize       len,
          const char *raised)
{
  return len > 0 && g_ascii_isdigit (before[len - 1])
         && (g_ascii_isdigit (*raised) || g_str_has_prefix (raised, "-")
             || g_str_has_prefix (raised, "+") || g_str_has_prefix (raised, "−"));
}

void
tlm_outline_words (TlmOutline *self,
                   const char *words)
{
  GString *text = self->text;
  gboolean raised = self->raised;

  for (const char *p = words; *p != '\0'; p++)
    if (g_ascii_isspace (*p))
      self->space_due = TRUE;
    else
      {
        if (self->space_due && text->len > 0 && !strchr ("\n ", text->str[text->len - 1]))
          g_string_append_c (text, ' ');
        if (self->raised && text->len != self->raised_to && is_power (text->str, text->len, p))
          g_string_append_c (text, '^');
        self->space_due = self->hold = self->raised = FALSE;
        g_string_append_c (text, *p);
      }
  if (raised && !self->raised)
    self->raised_to = text->len;
}

void
tlm_outline_exact (TlmOutline *self,
                   const char *exact)
{
  self->space_due = self->hold = FALSE;
  g_string_append (self->text, exact);
}

static void
append_line (GString    *out,
             const char *line)
{
  static const struct { const char *sign, *mark; } boxes[] = {
    { "☐", "[ ]" }, { "☑", "[x]" }, { "☒", "[x]" },
  };
  const char *p = line + strspn (line, " ");
  gboolean    listed = g_str_has_prefix (p, "- ");

  g_string_append_len (out, line, p - line);
  p += listed ? 2 : 0;
  if (listed)
    g_string_append (out, "- ");
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++)
    if (g_str_has_prefix (p, boxes[i].sign))
      {
        g_string_append_printf (out, "%s%s", listed ? "" : "- ", boxes[i].mark);
        p += strlen (boxes[i].sign);
        if (*p != ' ')
          g_string_append_c (out, ' ');
      }
  g_string_append_printf (out, "%s\n", p);
}

char *
tlm_outline_finish (TlmOutline *self)
{
  g_autoptr (GString) text = g_steal_pointer (&self->text);
  g_auto (GStrv)      lines = g_strsplit (g_strchomp (text->str), "\n", -1);
  GString            *out = g_string_sized_new (text->len + 1);

  for (char **line = lines; *line != NULL; line++)
    append_line (out, *line);
  return g_string_free (out, FALSE);
}
