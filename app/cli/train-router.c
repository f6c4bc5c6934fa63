/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train router: makes the router from labelled requests. The same seed gives the same
 * file. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/requests.h"
#include "core/errors.h"

static gboolean
train (const GArray *examples, guint64 seed, const char *out, GError **error)
{
  tl_error err = { 0 };
  tl_router *router = tl_router_train ((const tl_route_example *) (void *) examples->data,
                                       examples->len, seed, &err);
  gboolean done = router != NULL && tl_router_save (router, out, &err);

  tl_router_free (router);
  return done || tlm_error_from_engine (error, &err);
}

int
tlm_cli_train_router (int argc, char **argv)
{
  g_auto (GStrv) data = NULL;
  g_autofree char *out = NULL, *seed_text = NULL;
  g_autoptr (GArray) examples = NULL;
  g_autoptr (GError) error = NULL;
  guint64 seed = 1;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &data,
      N_("Folder with requests/train.jsonl; may be given again"), N_("FOLDER") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, N_("The router to write"), N_("FILE.gguf") },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &seed_text, N_("Seed of the order of the examples"),
      N_("NUMBER") },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, "",
                              _("Trains the router on labelled requests."));

  if (status >= 0)
    return status;
  if (data == NULL || out == NULL || (seed_text != NULL && !tlm_cli_parse_seed (seed_text, &seed)))
    {
      tlm_cli_fail (_("“train router” needs --data FOLDER and --out FILE; --seed takes a whole "
                      "number."));
      return 2;
    }
  examples = tlm_requests_load (data, TRUE, &error);
  if (examples == NULL || !train (examples, seed, out, &error))
    return tlm_cli_fail ("%s", error->message);
  g_print (ngettext ("Trained on %u request.\n", "Trained on %u requests.\n", examples->len),
           examples->len);
  return 0;
}
