/* SPDX-License-Identifier: Apache-2.0 */
/* Reads examples from JSON lines, tables and Markdown, and counts those that teach nothing. */
#include "examples.h"

#include "core/errors.h"
#include "example-turns.h"
#include "core/text-input.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

static void
clear_example (gpointer data)
{
  TlmExample *e = data;

  g_free (e->input);
  g_free (e->output);
  g_strfreev (e->turns);
}

static GArray *
pairs_new (void)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (TlmExample));

  g_array_set_clear_func (pairs, clear_example);
  return pairs;
}

static void
add_example (GArray      *pairs,
             const char  *input,
             const char  *output,
             char *const *turns)
{
  TlmExample e = { g_strstrip (g_strdup (input)), g_strstrip (g_strdup (output)),
                   g_strdupv ((char **) turns) };

  g_array_append_val (pairs, e);
}

static void
add_pair (GArray     *pairs,
          const char *input,
          const char *output)
{
  add_example (pairs, input, output, NULL);
}

static gboolean
fail_line (GError    **error,
           gsize       line,
           const char *why)
{
  /* Translators: a line of a file, and what is wrong with it. */
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("Line %zu: %s"), line, why);
  return FALSE;
}

/* ---- JSON lines ---- */

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node) : NULL;
}

/* The last answer is the output; everything said before it is the input. */
static gboolean
add_messages (GArray    *pairs,
              JsonArray *messages)
{
  g_auto (GStrv)        turns = tlm_turns_from_array (messages);
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autofree char      *input = NULL, *output = NULL;
  guint                 n = turns != NULL ? g_strv_length (turns) : 0, last = n;

  for (guint i = 0; i < n; i += 2)
    if (g_str_equal (turns[i], "assistant"))
      last = i;
  if (last == n)
    return FALSE;
  output = g_steal_pointer (&turns[last + 1]);
  for (guint i = last; i < n; i++)
    g_clear_pointer (&turns[i], g_free);
  for (guint i = 1; i < last; i += 2)
    g_ptr_array_add (texts, turns[i]);
  g_ptr_array_add (texts, NULL);
  input = g_strjoinv ("\n", (char **) texts->pdata);
  add_example (pairs, input, output, last > 0 ? turns : NULL);
  return TRUE;
}

static gboolean
add_object (GArray     *pairs,
            JsonObject *object)
{
  JsonNode *messages = json_object_get_member (object, "messages");

  if (messages != NULL && JSON_NODE_HOLDS_ARRAY (messages))
    return add_messages (pairs, json_node_get_array (messages));
  if (get_text (object, "input") == NULL || get_text (object, "output") == NULL)
    return FALSE;
  add_pair (pairs, get_text (object, "input"), get_text (object, "output"));
  return TRUE;
}

static gboolean
read_jsonl (GArray     *pairs,
            const char *text,
            GError    **error)
{
  g_auto (GStrv)         lines = g_strsplit (text, "\n", -1);
  g_autoptr (JsonParser) parser = json_parser_new ();

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      JsonNode *root;

      if (*g_strstrip (lines[i]) == '\0')
        continue;
      if (!json_parser_load_from_data (parser, lines[i], -1, NULL))
        return fail_line (error, i + 1, _("this is no JSON; each line is to be one object."));
      root = json_parser_get_root (parser);
      if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)
          || !add_object (pairs, json_node_get_object (root)))
        return fail_line (error, i + 1,
                          _("an object with the texts “input” and “output”, or with “messages” "
                            "that end in an answer, is expected."));
    }
  return TRUE;
}

/* ---- Tables ---- */

/* A cell, RFC 4180's quotes undone; @text moves behind its separator. */
static char *
take_cell (const char **text,
           char         separator,
           gsize       *line,
           gboolean    *row_ends)
{
  GString    *cell = g_string_new (NULL);
  const char *p = *text;
  gboolean    quoted = *p == '"';

  for (p += quoted; *p != '\0'; p++)
    {
      *line += *p == '\n';
      if (quoted && p[0] == '"' && p[1] == '"')
        p++;
      else if (quoted && *p == '"')
        {
          quoted = FALSE;
          continue;
        }
      else if (!quoted && (*p == separator || *p == '\n'))
        break;
      g_string_append_c (cell, *p);
    }
  *row_ends = *p != separator;
  *text = *p != '\0' ? p + 1 : p;
  return g_string_free (cell, FALSE);
}

static gboolean
is_heading (GPtrArray *cells)
{
  return g_ascii_strcasecmp (g_strstrip (cells->pdata[0]), "input") == 0
         && g_ascii_strcasecmp (g_strstrip (cells->pdata[1]), "output") == 0;
}

static gboolean
read_table (GArray     *pairs,
            const char *text,
            char        separator,
            GError    **error)
{
  gsize line = 1;

  while (*text != '\0')
    {
      g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
      gsize                 first = line;
      gboolean              row_ends = FALSE;

      while (!row_ends)
        g_ptr_array_add (cells, take_cell (&text, separator, &line, &row_ends));
      if (cells->len == 1 && *g_strstrip (cells->pdata[0]) == '\0')
        continue;
      if (cells->len != 2)
        return fail_line (error, first,
                          _("two columns are expected, the input and the output; put texts that "
                            "hold the separator in quotes."));
      if (first > 1 || !is_heading (cells))
        add_pair (pairs, cells->pdata[0], cells->pdata[1]);
    }
  return TRUE;
}

/* ---- Markdown ---- */

static gboolean
read_markdown (GArray     *pairs,
               const char *text,
               GError    **error)
{
  g_auto (GStrv)      lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) output = g_string_new (NULL);
  g_autofree char    *input = NULL;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      gsize depth = strspn (lines[i], "#");

      if (depth == 0 || depth > 6 || lines[i][depth] != ' ')
        {
          g_string_append_printf (output, "%s\n", lines[i]);
          continue;
        }
      if (input != NULL)
        add_pair (pairs, input, output->str);
      g_free (input);
      input = g_strdup (lines[i] + depth);
      g_string_truncate (output, 0);
    }
  if (input == NULL)
    return fail_line (error, 1, _("no heading was found; each is to be an input, with its output "
                                  "under it."));
  add_pair (pairs, input, output->str);
  return TRUE;
}

/* ---- What is left of them ---- */

/* Later lines correct earlier ones. */
static TlmExamples *
clean (GArray *pairs)
{
  TlmExamples            *self = g_new0 (TlmExamples, 1);
  g_autoptr (GHashTable) latest = g_hash_table_new (g_str_hash, g_str_equal);

  self->items = g_new0 (TlmExample, MAX (pairs->len, 1));
  for (guint i = 0; i < pairs->len; i++)
    {
      TlmExample *e = &g_array_index (pairs, TlmExample, i);
      TlmExample *known = g_hash_table_lookup (latest, e->input);

      if (*e->input == '\0' || *e->output == '\0')
        self->n_empty++;
      else if (known == NULL)
        {
          self->items[self->n] = (TlmExample) { g_strdup (e->input), g_strdup (e->output),
                                                g_strdupv (e->turns) };
          g_hash_table_insert (latest, e->input, &self->items[self->n++]);
        }
      else if (g_str_equal (known->output, e->output))
        self->n_duplicates++;
      else
        {
          self->n_conflicts++;
          g_free (known->output);
          known->output = g_strdup (e->output);
        }
    }
  return self;
}

static gboolean
read_pairs (GArray     *pairs,
            const char *path,
            const char *text,
            GError    **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".jsonl") || g_str_has_suffix (lower, ".json"))
    return read_jsonl (pairs, text, error);
  if (g_str_has_suffix (lower, ".csv"))
    return read_table (pairs, text, ',', error);
  if (g_str_has_suffix (lower, ".tsv") || g_str_has_suffix (lower, ".tab"))
    return read_table (pairs, text, '\t', error);
  if (g_str_has_suffix (lower, ".md"))
    return read_markdown (pairs, text, error);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_FAILED,
                       _("The name is to end with .jsonl, .csv, .tsv or .md."));
  return FALSE;
}

TlmExamples *
tlm_examples_read (const char *text,
                   const char *name,
                   GError    **error)
{
  g_autoptr (GArray) pairs = pairs_new ();
  g_auto (GStrv)     parts
    = g_strsplit (g_str_has_prefix (text, TLM_TEXT_BOM) ? text + strlen (TLM_TEXT_BOM) : text,
                  "\r", -1);
  g_autofree char   *plain = g_strjoinv ("", parts);

  return read_pairs (pairs, name, plain, error) ? clean (pairs) : NULL;
}

TlmExamples *
tlm_examples_load (const char *path,
                   GError    **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  gsize             len;
  g_autofree char  *text = tlm_text_read_file (file, &len, NULL, NULL, error);
  g_autofree char  *shown = g_filename_display_name (path);
  TlmExamples      *self;

  if (text == NULL)
    return NULL;
  self = tlm_examples_read (text, path, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", shown);
  return self;
}

TlmExamples *
tlm_examples_new (const TlmExample *items,
                  gsize             n)
{
  g_autoptr (GArray) pairs = pairs_new ();

  for (gsize i = 0; i < n; i++)
    add_example (pairs, items[i].input, items[i].output, items[i].turns);
  return clean (pairs);
}

void
tlm_examples_free (TlmExamples *self)
{
  if (self == NULL)
    return;
  for (gsize i = 0; i < self->n; i++)
    clear_example (&self->items[i]);
  g_free (self->items);
  g_free (self);
}
