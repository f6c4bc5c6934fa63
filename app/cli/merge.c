/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli merge`: a model with adapters added into its weights. And `tinylm-cli info`: what a
 * model's or an adapter's file says of itself. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "models/adapters.h"
#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "models/model-facts.h"
#include "models/model-hash.h"
#include "specialists/specialist-merge.h"

static gboolean
merge (const char *base,
       char      **adapters,
       tl_type     type,
       const char *out,
       GError    **error)
{
  g_autoptr (GPtrArray) choices = tlm_adapters_new ();
  g_autofree char      *path = tlm_cli_find_model (base, error);

  return path != NULL && tlm_adapters_parse (choices, adapters, error)
         && tlm_specialist_merge (path, choices, type, out, error);
}

int
tlm_cli_merge (int    argc,
               char **argv)
{
  g_autofree char     *base = NULL, *out = NULL, *name = NULL;
  g_auto (GStrv)       adapters = NULL;
  const GOptionEntry   entries[] = {
    { "base", 'm', 0, G_OPTION_ARG_FILENAME, &base, N_("The model (meeny)"), N_("FILE.gguf") },
    { "adapter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &adapters,
      N_("The adapter; may be repeated"), N_("FILE[:SCALE]") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_("Where the model goes"), N_("FILE.gguf") },
    { "type", 0, 0, G_OPTION_ARG_STRING, &name,
      N_("Type of the matrices that are changed; a coarse one loses what was learned (Q8_0)"),
      N_("TYPE") },
    { NULL }
  };
  const tl_type_info  *type;
  g_autoptr (GError)   error = NULL;
  int                  status = tlm_cli_parse (&argc, &argv, entries, "",
                                               _("Writes a model with adapters added into its "
                                                 "weights."));

  if (status >= 0)
    return status;
  type = tl_type_find (name != NULL ? name : "Q8_0");
  if (argc > 1 || adapters == NULL || out == NULL || type == NULL || type->quantize == NULL)
    {
      tlm_cli_fail (_("“merge” needs --adapter, --out and a type that can be written. “tinylm-cli "
                      "merge --help” tells more."));
      return 2;
    }
  if (merge (base != NULL ? base : "meeny", adapters, type->type, out, &error))
    return 0;
  return tlm_cli_fail ("%s", error->message);
}

/* ---- info ---- */

static void
print_pair (const char *key,
            const char *value)
{
  printf ("%-22s %s\n", key, value);
}

static void
print_number (const char *key,
              double      value)
{
  g_autofree char *text = g_strdup_printf ("%.6g", value);

  print_pair (key, text);
}

static void
print_string (const tl_gguf *gguf,
              const char    *name,
              const char    *key)
{
  tl_str value;

  if (tl_gguf_get_string (gguf, key, &value))
    {
      g_autofree char *shown = tlm_model_dup_shown (value.data, value.len);

      print_pair (name, shown);
    }
}

/* Everything that its training left there. */
static void
print_card (const tl_gguf *gguf)
{
  static const char *const keys[] = {
    "base_name", "base_sha256", "examples_train", "examples_valid", "examples_held_out", "rank",
    "learning_rate", "dropout", "steps", "best_step", "seed", "valid_loss", "metric", "verdict",
    "score", "base_score", "commonest_score", "exact", "difference", "difference_low",
    "difference_high", "temperature", "threshold", "base_bits", "bits",
  };
  g_autoptr (GString) labels = g_string_new (NULL);
  tl_gguf_type        type;
  size_t              n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *key = g_strconcat ("tinylm.specialist.", keys[i], NULL);
      double           number;

      print_string (gguf, keys[i], key);
      if (tl_gguf_get_f64 (gguf, key, &number))
        print_number (keys[i], number);
    }
  tl_gguf_get_array (gguf, "tinylm.specialist.labels", &type, &n);
  for (size_t i = 0; i < n; i++)
    {
      tl_str           label = tl_gguf_array_string (gguf, "tinylm.specialist.labels", i);
      g_autofree char *shown = tlm_model_dup_shown (label.data, label.len);

      g_string_append_printf (labels, "%s%s", i > 0 ? ", " : "", shown);
    }
  if (n > 0)
    print_pair ("labels", labels->str);
}

static gboolean
info (const char *path,
      GError    **error)
{
  tl_error         err = { 0 };
  tl_gguf         *gguf = tl_gguf_open (path, &err);
  g_autofree char *sha256 = gguf != NULL ? tlm_model_hash (path, error) : NULL;
  double           alpha;

  if (gguf == NULL)
    return tlm_error_from_model (error, path, &err);
  if (sha256 != NULL)
    {
      print_string (gguf, "name", "general.name");
      print_string (gguf, "family", "general.architecture");
      print_pair ("kind", tl_gguf_is_adapter (gguf) ? "adapter" : "model");
      print_pair ("sha256", sha256);
      print_number ("tensors", (double) tl_gguf_get_n_tensors (gguf));
      if (tl_gguf_get_f64 (gguf, "adapter.lora.alpha", &alpha))
        print_number ("alpha", alpha);
      print_card (gguf);
    }
  tl_gguf_close (gguf);
  return sha256 != NULL;
}

int
tlm_cli_info (int    argc,
              char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = NULL;
  int                status = tlm_cli_parse (&argc, &argv, entries, _("FILE.gguf"),
                                             _("Shows what a model or an adapter says of itself: "
                                               "of an adapter trained here its examples, recipe, "
                                               "scores and the model it is for."));

  if (status >= 0)
    return status;
  if (argc != 2)
    {
      tlm_cli_fail (_("Give one file. “tinylm-cli info --help” tells more."));
      return 2;
    }
  path = tlm_cli_find_model (argv[1], &error);
  return path != NULL && info (path, &error) ? 0 : tlm_cli_fail ("%s", error->message);
}
