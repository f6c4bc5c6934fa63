/* SPDX-License-Identifier: Apache-2.0 */
/* The file is read whole: such data is some megabytes at most. */
#include "cli/json-lines.h"

#include "core/json.h"

static gboolean
take_line (JsonParser *parser, const char *line, TlmJsonLineFunc func, gpointer data)
{
  JsonNode *root = tlm_json_parse (parser, line);

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) && func (json_node_get_object (root), data);
}

gboolean
tlm_json_lines_read (const char *path, TlmJsonLineFunc func, gpointer data, gsize *wrong, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *bytes = NULL;
  g_auto (GStrv) lines = NULL;

  *wrong = 0;
  if (!g_file_get_contents (path, &bytes, NULL, error))
    return FALSE;
  lines = g_strsplit (bytes, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && *wrong == 0; i++)
    if (*lines[i] != '\0' && !take_line (parser, lines[i], func, data))
      *wrong = i + 1;
  return *wrong == 0;
}
