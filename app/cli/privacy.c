/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli privacy [--json]`: the Privacy page's findings, about this very process. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "json.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "privacy.h"

static void
append_member (GString    *out,
               const char *name,
               const char *value)
{
  g_string_append_printf (out, ",\"%s\":", name);
  tlm_json_append_string (out, value, strlen (value));
}

static void
print_json (GPtrArray *findings)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"broken\":%u,\"findings\":[", tlm_privacy_count_broken (findings));
  for (guint i = 0; i < findings->len; i++)
    {
      const TlmFinding *finding = findings->pdata[i];

      g_string_append_printf (out, "%s{\"group\":\"%s\"", i > 0 ? "," : "",
                              tlm_finding_group_get_id (finding->group));
      append_member (out, "id", finding->id);
      append_member (out, "state", tlm_finding_state_get_id (finding->state));
      append_member (out, "title", finding->title);
      append_member (out, "text", finding->text);
      g_string_append_c (out, '}');
    }
  printf ("%s]}\n", out->str);
}

/* A command stands on a line of its own, unwrapped, to be copied. */
static void
print_finding (const TlmTerminal *terminal,
               const TlmFinding  *finding)
{
  static const char *const marks[] = { "  ✓ ", "  · ", "  ✗ " };
  g_autofree char         *line = NULL;

  if (finding->group == TLM_FINDINGS_COMMANDS)
    {
      tlm_terminal_print (terminal, TLM_STYLE_FAINT, "  # ", 4, finding->title);
      printf ("    %s\n", finding->text);
      return;
    }
  line = g_strdup_printf ("%s: %s", finding->title, finding->text);
  tlm_terminal_print (terminal,
                      finding->state == TLM_FINDING_BROKEN ? TLM_STYLE_STRONG : TLM_STYLE_PLAIN,
                      marks[finding->state], 4, line);
}

static void
print_text (GPtrArray *findings)
{
  g_autofree char *verdict = tlm_privacy_dup_verdict (findings);
  TlmTerminal      terminal;

  tlm_terminal_init (&terminal);
  tlm_terminal_print (&terminal, TLM_STYLE_STRONG, "", 0, verdict);
  for (guint i = 0; i < findings->len; i++)
    {
      const TlmFinding *finding = findings->pdata[i];

      if (i == 0 || finding->group != ((TlmFinding *) findings->pdata[i - 1])->group)
        {
          printf ("\n");
          tlm_terminal_print (&terminal, TLM_STYLE_HEADING, "", 0,
                              tlm_finding_group_get_title (finding->group));
        }
      print_finding (&terminal, finding);
    }
}

int
tlm_cli_privacy (int    argc,
                 char **argv)
{
  gboolean              json = FALSE;
  const GOptionEntry    entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object"), NULL },
    { NULL }
  };
  g_autoptr (GPtrArray) findings = NULL;
  int                   status;

  status = tlm_cli_parse (&argc, &argv, entries, "",
                          _("Checks what keeps this program from the network and shows what it may "
                            "read and what it keeps. Exits with 1 when a protection does not hold."));
  if (status >= 0)
    return status;
  if (argc > 1)
    {
      tlm_cli_fail (_("“privacy” takes no “%s”."), argv[1]);
      return 2;
    }
  findings = tlm_privacy_check (FALSE, NULL);
  if (json)
    print_json (findings);
  else
    print_text (findings);
  if (fflush (stdout) != 0)
    return tlm_cli_fail (_("The output could not be written."));
  return tlm_privacy_count_broken (findings) == 0 ? 0 : 1;
}
