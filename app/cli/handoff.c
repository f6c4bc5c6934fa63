/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli handoff [--json] [TEXT | -]`: a text to take elsewhere, with its private details replaced or,
 * with --json, named. Nothing is sent. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/batch-skills.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/json.h"
#include "privacy/private-details.h"

void
tlm_cli_append_handoff (GString *out, const char *text, const GArray *details, const char *replaced)
{
  tlm_json_append_key (out, "details");
  g_string_append_c (out, '[');
  for (guint i = 0; i < details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, i);

      g_string_append_printf (out, "%s{\"kind\": \"%s\", \"start\": %zu, \"end\": %zu, ",
                              i > 0 ? ", " : "", tlm_private_names[detail->kind], detail->start,
                              detail->end);
      g_string_append_printf (out, "\"perhaps\": %s, \"text\": ", detail->perhaps ? "true" : "false");
      tlm_json_append_string (out, text + detail->start, detail->end - detail->start);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "], \"text\": ");
  tlm_json_append_string (out, replaced, strlen (replaced));
}

static void
print_json (const char *text, const GArray *details, const char *replaced)
{
  g_autoptr (GString) out = g_string_new ("{");

  tlm_cli_append_handoff (out, text, details, replaced);
  g_print ("%s}\n", out->str);
}

int
tlm_cli_handoff (int argc, char **argv)
{
  g_autofree char *text = NULL, *replaced = NULL;
  g_autoptr (GArray) details = NULL;
  g_autoptr (GError) error = NULL;
  gboolean json = FALSE;
  const char *decoded_from;
  gsize len;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object"), NULL },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("TEXT | -"),
                              _("Replaces private details in a text, to take it elsewhere. Rules miss "
                                "things: read the result. Nothing is sent."));

  if (status >= 0)
    return status;
  if (argc != 2)
    {
      tlm_cli_fail (_("“handoff” needs one text, or “-” for standard input."));
      return 2;
    }
  text = g_str_equal (argv[1], "-") ? tlm_cli_read_input ("-", &len, &decoded_from, &error)
                                    : g_strdup (argv[1]);
  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    g_set_error_literal (&error, TLM_ERROR, TLM_ERROR_ENCODING, _("The text is not in UTF-8."));
  if (error != NULL)
    return tlm_cli_fail ("%s", error->message);
  details = tlm_private_find (text, strlen (text));
  replaced = tlm_private_replace (text, details);
  if (json)
    print_json (text, details, replaced);
  else
    g_print ("%s\n", replaced);
  return 0;
}
