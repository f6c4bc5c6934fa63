/* SPDX-License-Identifier: Apache-2.0 */
/* Reads examples from JSON lines, tables and Markdown, and counts those that teach nothing. */
#include "examples.h"

#include "core/errors.h"
#include "core/json.h"
#include "example-table.h"
#include "example-turns.h"
#include "core/text-input.h"

#include <glib/gi18n-lib.h>
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

/* What the two are called in the data of others; the heading of a table has one of these pairs. */
static const char *const pair_names[][2] = { { "input", "output" },
                                             { "prompt", "completion" },
                                             { "question", "answer" },
                                             { "text", "label" } };

/* ---- JSON ---- */

#define EXPECTED \
  N_("an object with the texts “input” and “output”, or with “messages” " \
     "that end in an answer, is expected.")

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
  for (guint i = 0; i < G_N_ELEMENTS (pair_names); i++)
    {
      const char *input = tlm_json_get_string (object, pair_names[i][0]);
      const char *output = tlm_json_get_string (object, pair_names[i][1]);

      if (input != NULL && output != NULL)
        {
          add_pair (pairs, input, output);
          return TRUE;
        }
    }
  return FALSE;
}

/* One list of objects, which may go over many lines. */
static gboolean
read_list (GArray     *pairs,
           const char *text,
           GError    **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode              *root = tlm_json_parse (parser, text);
  JsonArray             *list;

  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return tlm_example_fail_line (error, 1,
                                  _("this is no JSON; each line is to be one object."));
  list = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);

      if (!JSON_NODE_HOLDS_OBJECT (node) || !add_object (pairs, json_node_get_object (node)))
        {
          /* Translators: a place in a list, and what is wrong there. */
          g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("Entry %u: %s"), i + 1, _(EXPECTED));
          return FALSE;
        }
    }
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
      root = tlm_json_parse (parser, lines[i]);
      if (root == NULL)
        return tlm_example_fail_line (error, i + 1,
                                      _("this is no JSON; each line is to be one object."));
      if (!JSON_NODE_HOLDS_OBJECT (root) || !add_object (pairs, json_node_get_object (root)))
        return tlm_example_fail_line (error, i + 1, _(EXPECTED));
    }
  return TRUE;
}

/* ---- Tables ---- */

static gboolean
is_heading (char *const *cells)
{
  for (guint i = 0; i < G_N_ELEMENTS (pair_names); i++)
    if (g_ascii_strcasecmp (cells[0], pair_names[i][0]) == 0
        && g_ascii_strcasecmp (cells[1], pair_names[i][1]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
read_table (GArray     *pairs,
            const char *text,
            const char *separators,
            GError    **error)
{
  g_auto (GStrv) cells = tlm_example_table_read (text, separators, error);

  for (gsize i = 0; cells != NULL && cells[i] != NULL; i += 2)
    if (i > 0 || !is_heading (cells))
      add_pair (pairs, cells[i], cells[i + 1]);
  return cells != NULL;
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
    return tlm_example_fail_line (error, 1, _("no heading was found; each is to be an input, with "
                                              "its output under it."));
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
          clear_example (known);
          *known = (TlmExample) { g_strdup (e->input), g_strdup (e->output), g_strdupv (e->turns) };
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
    return text[strspn (text, " \t\n")] == '[' ? read_list (pairs, text, error)
                                                 : read_jsonl (pairs, text, error);
  if (g_str_has_suffix (lower, ".csv"))
    return read_table (pairs, text, ",;\t", error);
  if (g_str_has_suffix (lower, ".tsv") || g_str_has_suffix (lower, ".tab"))
    return read_table (pairs, text, "\t,;", error);
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
  g_autoptr (GString) plain = g_string_new (text);

  if (g_str_has_prefix (text, TLM_TEXT_BOM))
    g_string_erase (plain, 0, strlen (TLM_TEXT_BOM));
  g_string_replace (plain, "\r\n", "\n", 0);
  g_string_replace (plain, "\r", "\n", 0);
  return read_pairs (pairs, name, plain->str, error) ? clean (pairs) : NULL;
}

TlmExamples *
tlm_examples_load (const char *path,
                   GError    **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
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
