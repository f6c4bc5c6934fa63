/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train: hands over to what is to be trained. */
#include <glib.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/train-reader.h"

/* By the name that each shows in its usage. */
static const struct
{
  const char *name;
  int       (*run) (int argc, char **argv);
} subcommands[] = {
  { "train lm", tlm_cli_train_lm },
  { "train reader", tlm_cli_train_reader },
  { "train router", tlm_cli_train_router },
  { "train vectors", tlm_cli_train_vectors },
};

int
tlm_cli_train (int argc, char **argv)
{
  for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS (subcommands); i++)
    if (g_str_equal (argv[1], subcommands[i].name + strlen ("train ")))
      {
        argv[1] = (char *) subcommands[i].name;
        setlocale (LC_NUMERIC, "C"); /* what they tell is JSON */
        return subcommands[i].run (argc - 1, argv + 1);
      }
  if (argc >= 2 && argv[1][0] == '-')
    return tlm_cli_train_adapter (argc, argv);
  tlm_cli_fail (
      _ ("“train” needs --data and --out for an adapter, or what else it is to train: “reader”, "
         "“router”, “vectors” or “lm”; “tinylm-cli train --help” tells more."));
  return 2;
}
