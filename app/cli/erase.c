/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli erase --yes-erase-everything`: as on the first day. */
#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "store/erase.h"

int
tlm_cli_erase (int    argc,
               char **argv)
{
  gboolean           yes = FALSE;
  const GOptionEntry entries[] = {
    { "yes-erase-everything", 0, 0, G_OPTION_ARG_NONE, &yes,
      N_("Say that this is meant; there is no way back"), NULL },
    { NULL }
  };
  g_autoptr (GError) error = NULL;
  int                status;

  status = tlm_cli_parse (&argc, &argv, entries, "",
                          _("Erases all notes, chats, copies of added models, specialists, backups "
                            "and settings. Files are overwritten and removed. What a flash disk "
                            "keeps of old blocks, and copies that were made elsewhere, are out of "
                            "reach."));
  if (status >= 0)
    return status;
  if (argc > 1 || !yes)
    {
      tlm_cli_fail (_("Nothing was erased. “tinylm-cli erase --yes-erase-everything” erases all "
                      "notes, chats, copies of added models, specialists, backups and settings, for "
                      "good."));
      return 2;
    }
  if (!tlm_erase_everything (&error))
    return tlm_cli_fail ("%s", error->message);
  printf ("%s\n", _("Everything is erased. A flash disk may keep old blocks for a while, and copies "
                    "elsewhere are untouched."));
  return 0;
}
