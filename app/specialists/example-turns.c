/* SPDX-License-Identifier: Apache-2.0 */
/* Turns of conversations from JSON and to it. */
#include "example-turns.h"

#include "core/json.h"

#include <string.h>

char **
tlm_turns_from_array (JsonArray *messages)
{
  g_autoptr (GStrvBuilder) turns = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonNode   *node = json_array_get_element (messages, i);
      JsonObject *turn = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *role = turn != NULL ? tlm_json_get_string (turn, "role") : NULL;
      const char *content = role != NULL ? tlm_json_get_string (turn, "content") : NULL;

      if (content == NULL)
        return NULL;
      g_strv_builder_add (turns, role);
      g_strv_builder_add (turns, content);
    }
  return g_strv_builder_end (turns);
}

char **
tlm_turns_read (const char *json)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode              *root = tlm_json_parse (parser, json);

  return root != NULL && JSON_NODE_HOLDS_ARRAY (root)
             ? tlm_turns_from_array (json_node_get_array (root)) : NULL;
}

static void
append_turn (GString    *out,
             const char *role,
             const char *text)
{
  g_string_append (out, out->len > 1 ? ", {\"role\": " : "{\"role\": ");
  tlm_json_append_string (out, role, strlen (role));
  g_string_append (out, ", \"content\": ");
  tlm_json_append_string (out, text, strlen (text));
  g_string_append (out, "}");
}

char *
tlm_turns_write (char *const *turns,
                 const char  *answer)
{
  GString *out = g_string_new ("[");

  for (gsize i = 0; turns[i] != NULL; i += 2)
    append_turn (out, turns[i], turns[i + 1]);
  if (answer != NULL)
    append_turn (out, "assistant", answer);
  return g_string_free (g_string_append (out, "]"), FALSE);
}
