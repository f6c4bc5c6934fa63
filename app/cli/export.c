/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli export TARGET`: everything that the store holds, as files. */
#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/passphrase.h"
#include "export/export.h"

static int
export_to (const char *target,
           int         fd)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;
  gboolean           done = tlm_cli_open_db (db, fd, &error)
                            && tlm_export_run (db, target, NULL, NULL, NULL, &error);

  tlm_db_free (db);
  if (!done)
    return tlm_cli_fail ("%s", error->message);
  printf (_("Everything is in “%s”, readable by anyone who has it.\n"), target);
  return 0;
}

int
tlm_cli_export (int    argc,
                char **argv)
{
  int                fd = -1, status;
  const GOptionEntry entries[] = {
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL }
  };

  status = tlm_cli_parse (&argc, &argv, entries, _("TARGET"),
                          _("Writes notes and chats (Markdown and JSONL) and the list of models into "
                            "a new folder, or into a new archive when TARGET ends in .zip, .tar or "
                            ".tar.gz."));
  if (status >= 0)
    return status;
  if (argc != 2)
    {
      tlm_cli_fail (_("“export” takes one name: of a folder or archive that is not there yet."));
      return 2;
    }
  return export_to (argv[1], fd);
}
