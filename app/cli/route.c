/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli route`: which tool a request goes to, and why. One request as arguments, or JSONL on
 * standard input: an answer a line in the same order, an error object for a line that is none. */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "cli/batch-skills.h"
#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/json.h"
#include "chats/router.h"

void
tlm_cli_append_routed (GString *out, const TlmRouted *routed, const tl_request *request)
{
  g_autofree char *why = tlm_router_dup_why (routed, request);

  tlm_json_append_member (out, "label", tl_route_names[routed->routing.label]);
  tlm_json_append_member (out, "tool", tlm_tool_names[routed->tool]);
  tlm_json_append_key (out, "p");
  tlm_json_append_number (out, (double) routed->routing.p[routed->routing.label], 3);
  tlm_json_append_key (out, "p_broad");
  tlm_json_append_number (out, (double) routed->routing.p[TL_ROUTE_BROAD], 3);
  tlm_json_append_key (out, "p_high_risk");
  tlm_json_append_number (out, (double) routed->routing.p_high_risk, 3);
  tlm_json_append_member (out, "why", why);
}

static void
print_json (const TlmRouted *routed, const tl_request *request)
{
  g_autoptr (GString) out = g_string_new ("{");

  tlm_cli_append_routed (out, routed, request);
  g_print ("%s}\n", out->str);
}

static void
print_text (const TlmRouted *routed, const tl_request *request)
{
  g_autofree char *why = tlm_router_dup_why (routed, request);

  g_print ("%s → %s (%.2f)\n%s\n", tl_route_names[routed->routing.label],
           tlm_tool_names[routed->tool], (double) routed->routing.p[routed->routing.label], why);
}

static void
print_error (guint line, const char *sentence)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"line\": %u", line);
  tlm_json_append_member (out, "error", sentence);
  g_print ("%s}\n", out->str);
}

/* A JSON object with "text" and perhaps "attach", which is @attach otherwise. Returns: (nullable): a
 * sentence on what is wrong */
static const char *
read_request (const char *line, gsize len, JsonParser *parser, int attach, tl_request *request)
{
  JsonObject *object;
  JsonNode *root;

  if (!g_utf8_validate (line, (gssize) len, NULL))
    return _("This line is not in UTF-8.");
  root = tlm_json_parse (parser, line);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return _("This line is no JSON object.");
  object = json_node_get_object (root);
  request->text = tlm_json_get_string (object, "text");
  if (request->text == NULL)
    return _("This object has no string “text”.");
  if (json_object_has_member (object, "attach"))
    attach = tl_route_find_attach (tlm_json_get_string (object, "attach"));
  if (attach < 0)
    return _("“attach” is none, note, selection, file or chat.");
  request->len = strlen (request->text);
  request->attach = (tl_attach) attach;
  return NULL;
}

/* A line that is answered with its error makes @good FALSE, no @error. */
static gboolean
route_lines (const tl_router *router, int attach, gboolean *good, GError **error)
{
  g_autoptr (GInputStream) bytes = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (bytes);
  g_autoptr (JsonParser) parser = json_parser_new ();
  GError *failure = NULL;
  gsize len;

  for (guint n = 1;; n++)
    {
      g_autofree char *line = g_data_input_stream_read_line (input, &len, NULL, &failure);
      const char *wrong;
      tl_request request;
      TlmRouted routed;

      if (line == NULL)
        break;
      if (len == 0)
        continue;
      wrong = read_request (line, len, parser, attach, &request);
      if (wrong != NULL)
        {
          print_error (n, wrong);
          *good = FALSE;
          continue;
        }
      tlm_router_route (router, &request, &routed);
      print_json (&routed, &request);
    }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

static gboolean
route_text (const tl_router *router, const char *text, int attach, gboolean json, GError **error)
{
  tl_request request = { text, strlen (text), (tl_attach) attach };
  TlmRouted routed;

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_ENCODING, _("The text is not in UTF-8."));
      return FALSE;
    }
  tlm_router_route (router, &request, &routed);
  (json ? print_json : print_text) (&routed, &request);
  return TRUE;
}

int
tlm_cli_route (int argc, char **argv)
{
  g_autofree char *model = NULL, *path = NULL, *attach_name = NULL, *text = NULL;
  g_autoptr (GError) error = NULL;
  tl_error err = { 0 };
  tl_router *router;
  gboolean json = FALSE, good = TRUE, done;
  int attach;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object"), NULL },
    { "attach", 0, 0, G_OPTION_ARG_STRING, &attach_name,
      /* Translators: what a request is, in the help of an option. */
      N_("What goes with it: none, note, selection, file or chat"), N_("KIND") },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("The router (router)"),
      N_("FILE.gguf") },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("[TEXT…]"),
                              _("Says which tool a request goes to, and why. Without TEXT it reads "
                                "JSON objects with “text” and perhaps “attach”, one a line, and "
                                "writes one a line."));

  if (status >= 0)
    return status;
  attach = tl_route_find_attach (attach_name != NULL ? attach_name : "unknown");
  if (attach < 0)
    {
      tlm_cli_fail (_("--attach is none, note, selection, file or chat."));
      return 2;
    }
  path = tlm_cli_find_model (model != NULL ? model : "router", &error);
  if (path == NULL)
    return tlm_cli_fail ("%s", error->message);
  router = tl_router_open (path, &err);
  if (router == NULL)
    {
      tlm_error_from_model (&error, path, &err);
      return tlm_cli_fail ("%s", error->message);
    }
  text = g_strjoinv (" ", argv + 1);
  done = argc > 1 ? route_text (router, text, attach, json, &error)
                  : route_lines (router, attach, &good, &error);
  tl_router_free (router);
  if (!done)
    return tlm_cli_fail ("%s", error->message);
  return good ? 0 : 1;
}
