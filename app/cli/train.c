/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train: hands over to what is to be trained. */
#include <glib.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/train-reader.h"

int
tlm_cli_train (int argc, char **argv)
{
  if (argc >= 2 && g_str_equal (argv[1], "reader"))
    return tlm_cli_train_reader (argc - 1, argv + 1);
  if (argc >= 2 && g_str_equal (argv[1], "vectors"))
    return tlm_cli_train_vectors (argc - 1, argv + 1);
  if (argc >= 2 && g_str_equal (argv[1], "router"))
    return tlm_cli_train_router (argc - 1, argv + 1);
#ifdef TLM_HAVE_TRAIN_LM
  if (argc >= 2 && g_str_equal (argv[1], "lm"))
    return tlm_cli_train_lm (argc - 1, argv + 1);
#endif
  if (argc >= 2 && argv[1][0] == '-')
    return tlm_cli_train_adapter (argc, argv);
  tlm_cli_fail (
      _ ("“train” needs --data and --out for an adapter, or what else it is to train: “reader”, "
         "“router”, “vectors” or “lm”; “tinylm-cli train --help” tells more."));
  return 2;
}
