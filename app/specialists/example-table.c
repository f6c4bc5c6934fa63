/* SPDX-License-Identifier: Apache-2.0 */
/* Cells and rows, and which separator a table has: a comma, or a semicolon where the comma is in
 * numbers. */
#include "example-table.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
tlm_example_fail_line (GError    **error,
                       gsize       line,
                       const char *why)
{
  /* Translators: a line of a file, and what is wrong with it. */
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("Line %zu: %s"), line, why);
  return FALSE;
}

static gboolean
ends_cell (const char *p,
           char        separator)
{
  return *p == '\0' || *p == '\n' || *p == separator;
}

/* (nullable): behind the spaces after the quotes that close the cell at @text */
static const char *
find_end_of_quoted (const char *text,
                    char        separator)
{
  const char *p;

  if (*text != '"')
    return NULL;
  for (p = text + 1; *p != '\0'; p++)
    if (p[0] == '"' && p[1] == '"')
      p++;
    else if (*p == '"')
      {
        p++;
        while (*p == ' ' && *p != separator)
          p++;
        return ends_cell (p, separator) ? p : NULL;
      }
  return NULL;
}

/* @text moves to what ends the cell. (transfer full) */
static char *
take_cell (const char **text,
           char         separator)
{
  GString    *cell = g_string_new (NULL);
  const char *end = find_end_of_quoted (*text, separator), *p = *text;

  for (p += end != NULL; end != NULL ? p < end : !ends_cell (p, separator); p++)
    {
      if (end != NULL && p[0] == '"' && p[1] == '"')
        p++;
      else if (end != NULL && *p == '"') /* spaces are behind it */
        break;
      g_string_append_c (cell, *p);
    }
  *text = end != NULL ? end : p;
  return g_string_free (cell, FALSE);
}

/* @text moves to the next row. (transfer full) */
static GPtrArray *
take_row (const char **text,
          char         separator)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);

  for (;; (*text)++)
    {
      g_ptr_array_add (cells, g_strstrip (take_cell (text, separator)));
      if (**text != separator)
        break;
    }
  *text += **text == '\n';
  while (cells->len > 2 && *(char *) cells->pdata[cells->len - 1] == '\0')
    g_ptr_array_set_size (cells, (int) cells->len - 1);
  return cells;
}

static gboolean
is_blank (const GPtrArray *cells)
{
  return cells->len == 1 && *(char *) cells->pdata[0] == '\0';
}

static guint
count_wrong_rows (const char *text,
                  char        separator)
{
  guint n = 0;

  while (*text != '\0')
    {
      g_autoptr (GPtrArray) cells = take_row (&text, separator);

      n += cells->len != 2 && !is_blank (cells);
    }
  return n;
}

static char
choose_separator (const char *text,
                  const char *separators)
{
  guint fewest = G_MAXUINT;
  char  best = *separators;

  for (; *separators != '\0' && fewest > 0; separators++)
    {
      guint n = count_wrong_rows (text, *separators);

      if (n < fewest)
        best = *separators;
      fewest = MIN (fewest, n);
    }
  return best;
}

static gsize
count_lines (const char *text,
             const char *end)
{
  gsize n = 0;

  for (; text < end; text++)
    n += *text == '\n';
  return n;
}

char **
tlm_example_table_read (const char *text,
                        const char *separators,
                        GError    **error)
{
  g_autoptr (GStrvBuilder) out = g_strv_builder_new ();
  char                     separator = choose_separator (text, separators);
  gsize                    line = 1;

  while (*text != '\0')
    {
      const char           *row = text;
      g_autoptr (GPtrArray) cells = take_row (&text, separator);

      if (cells->len != 2 && !is_blank (cells))
        {
          tlm_example_fail_line (error, line,
                                 _("two columns are expected, the input and the output; put texts "
                                   "that hold the separator in quotes."));
          return NULL;
        }
      for (guint i = 0; cells->len == 2 && i < 2; i++)
        g_strv_builder_add (out, cells->pdata[i]);
      line += count_lines (row, text);
    }
  return g_strv_builder_end (out);
}
