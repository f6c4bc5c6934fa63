/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli privacy [--json]`: the Privacy page's findings, about this very process. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "notes/folders.h"
#include "core/json.h"
#include "core/paths.h"
#include "privacy/privacy.h"

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

/* (transfer full) (nullable): of the folders that are watched. A store that is not there is not made, and
 * one that cannot be opened leaves the rest of the proof as it is. */
static GStrv
read_watched (int passphrase_fd)
{
  g_autofree char         *database = tlm_paths_dup_database ();
  g_autoptr (TlmStore)     store = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GError)       error = NULL;
  GStrv                    paths = NULL;

  if (!g_file_test (database, G_FILE_TEST_EXISTS))
    return NULL;
  store = tlm_store_new ();
  if (tlm_cli_open_store (store, passphrase_fd, &error))
    {
      tlm_folders_read_paths_async (store, NULL, tlm_cli_keep, &read);
      tlm_cli_await (&read);
      paths = tlm_folders_read_paths_finish (store, read, &error);
    }
  tlm_store_close (store);
  if (error != NULL)
    tlm_cli_fail (_("Which folders are watched is not shown. %s"), error->message);
  return paths;
}

int
tlm_cli_privacy (int    argc,
                 char **argv)
{
  gboolean              json = FALSE;
  int                   passphrase_fd = -1;
  const GOptionEntry    entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object"), NULL },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &passphrase_fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL }
  };
  g_auto (GStrv)        watched = NULL;
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
  watched = read_watched (passphrase_fd);
  findings = tlm_privacy_check (FALSE, (const char *const *) watched);
  if (json)
    print_json (findings);
  else
    print_text (findings);
  return tlm_privacy_count_broken (findings) == 0 ? 0 : 1;
}
