/* SPDX-License-Identifier: Apache-2.0 */
/* Examples into a set and out of it: from a file, from pasted text, and to a file. */
#include "example-set-private.h"

#include "core/errors.h"
#include "example-turns.h"
#include "core/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ---- in ---- */

static void
append_all (TlmExampleSet *self, const TlmExamples *examples)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < examples->n; i++)
    {
      gint64 id = tlm_example_next_id ();
      const TlmExampleRecord record = { .id = id, .created = id, .input = examples->items[i].input,
                                        .output = examples->items[i].output,
                                        .turns = examples->items[i].turns };

      g_ptr_array_add (rows, tlm_example_row_new (&record));
    }
  tlm_example_set_add_rows (self, rows, TRUE);
}

/* The form that @text seems to have, as the ending of a file's name. */
static const char *
guess_form (const char *text)
{
  const char *start = text + strspn (text, " \t\r\n");
  gboolean markdown = g_str_has_prefix (start, "# ") || g_str_has_prefix (start, "## ");

  if (*start == '{' || (*start == '[' && start[1 + strspn (start + 1, " \t\r\n")] == '{'))
    return ".jsonl";
  if (markdown)
    return ".md";
  return strchr (text, '\t') != NULL ? ".tsv" : ".csv";
}

TlmExamples *
tlm_example_set_paste (TlmExampleSet *self, const char *text, GError **error)
{
  TlmExamples *examples = tlm_examples_read (text, guess_form (text), error);

  if (examples != NULL)
    append_all (self, examples);
  return examples;
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  TlmExamples *examples = tlm_examples_load (data, &error);

  if (examples != NULL)
    g_task_return_pointer (task, examples, (GDestroyNotify) tlm_examples_free);
  else
    g_task_return_error (task, error);
}

void
tlm_example_set_import_async (TlmExampleSet *self, const char *path, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, c, cb, data);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, load_thread);
}

TlmExamples *
tlm_example_set_import_finish (TlmExampleSet *self, GAsyncResult *r, GError **error)
{
  TlmExamples *examples = g_task_propagate_pointer (G_TASK (r), error);

  if (examples != NULL)
    append_all (self, examples);
  return examples;
}

/* ---- out ---- */

/* RFC 4180; by tabs the same, which the reader and spreadsheets know too. */
static void
append_cell (GString *out, const char *text)
{
  g_autofree char *plain = g_strdelimit (g_strdup (text), "\r", '\n');
  g_auto (GStrv) parts = g_strsplit (plain, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);

  g_string_append_printf (out, "\"%s\"", doubled);
}

static void
append_cells (GString *out, const char *input, const char *output, char separator)
{
  append_cell (out, input);
  g_string_append_c (out, separator);
  append_cell (out, output);
  g_string_append (out, "\n");
}

static void
append_conversation (GString *out, char *const *turns, const char *output)
{
  g_autofree char *messages = tlm_turns_write (turns, output);

  g_string_append_printf (out, "{\"messages\": %s}\n", messages);
}

static void
append_object (GString *out, const char *input, const char *output)
{
  g_string_append (out, "{\"input\": ");
  tlm_json_append_string (out, input, strlen (input));
  g_string_append (out, ", \"output\": ");
  tlm_json_append_string (out, output, strlen (output));
  g_string_append (out, "}\n");
}

/* @separator: '\0' for JSON lines */
static GString *
make_text (GListModel *rows, char separator)
{
  GString *out = g_string_new (NULL);

  if (separator != '\0')
    append_cells (out, "input", "output", separator);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (TlmExampleRow) row = g_list_model_get_item (rows, i);
      const char *input = tlm_example_row_get_input (row);
      const char *output = tlm_example_row_get_output (row);

      if (separator != '\0')
        append_cells (out, input, output, separator);
      else if (tlm_example_row_get_turns (row) != NULL)
        append_conversation (out, tlm_example_row_get_turns (row), output);
      else
        append_object (out, input, output);
    }
  return out;
}

/* -1: of no known form */
static int
get_separator (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".jsonl"))
    return '\0';
  if (g_str_has_suffix (lower, ".csv"))
    return ',';
  return g_str_has_suffix (lower, ".tsv") ? '\t' : -1;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tlm_example_set_export_async (TlmExampleSet *self, const char *path, GCancellable *c,
                              GAsyncReadyCallback cb, gpointer data)
{
  GTask *task = g_task_new (self, c, cb, data);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = NULL;
  int separator = get_separator (path);

  if (separator < 0)
    {
      g_task_return_new_error (task, TLM_ERROR, TLM_ERROR_FAILED,
                               _("The name is to end with .jsonl, .csv or .tsv."));
      g_object_unref (task);
      return;
    }
  bytes = g_string_free_to_bytes (make_text (tlm_example_set_get_rows (self), (char) separator));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, c, written_cb,
                                       task);
}

gboolean
tlm_example_set_export_finish (TlmExampleSet *self, GAsyncResult *r, GError **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
