/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli license add | list | remove | verify`: the keys of this person's store. `issue` is the
 * vendor's and a program of its own, tinylm-license, which is handed the arguments. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/json.h"
#include "cli/options.h"
#include "cli/open-store.h"
#include "licenses/licenses.h"
#include "core/text-input.h"

#include <gio/gunixinputstream.h>

/* (transfer full) (nullable): the person's keys */
static TlmLicenses *
open_licenses (TlmStore *store,
               GError  **error)
{
  g_autoptr (TlmLicenses)  licenses = tlm_licenses_new (store);
  g_autoptr (GAsyncResult) loaded = NULL;

  tlm_licenses_load_async (licenses, NULL, tlm_cli_keep, &loaded);
  tlm_cli_await (&loaded);
  return tlm_licenses_load_finish (licenses, loaded, error) ? g_steal_pointer (&licenses) : NULL;
}

static char *
read_input (const char *name,
            gsize      *len,
            GError    **error)
{
  g_autoptr (GFile)        file = g_file_new_for_path (name);
  g_autoptr (GInputStream) stream = NULL;

  if (!g_str_equal (name, "-"))
    return tlm_text_read_file (file, len, NULL, NULL, error);
  stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  return tlm_text_read_stream (stream, len, NULL, NULL, error);
}

/* (transfer full) (nullable): the sentence that says what happened */
static char *
add_file (TlmLicenses *licenses,
          const char  *name,
          GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gsize                    len;
  g_autofree char         *text = read_input (name, &len, error);

  if (text == NULL)
    return NULL;
  tlm_licenses_add_async (licenses, text, len, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  return tlm_licenses_add_finish (licenses, result, error);
}

static int
add (TlmLicenses *licenses,
     int          argc,
     char       **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = NULL;

  if (argc != 2)
    {
      tlm_cli_fail (_("Which file? Give the file of one key, or “-” for standard input."));
      return 2;
    }
  sentence = add_file (licenses, argv[1], &error);
  if (sentence == NULL)
    return tlm_cli_fail ("%s", error->message);
  printf ("%s\n", sentence);
  return 0;
}

static void
print_license (TlmLicense *license)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);
  g_autofree char       *scope = NULL, *models = NULL, *until = NULL, *rest = NULL;

  if (tlm_license_get_is_test (license))
    printf ("%s\n", _("TEST KEY: it allows nothing."));
  if (tlm_license_get_refusal (license) != NULL)
    printf ("%s\n", tlm_license_get_refusal (license));
  if (terms == NULL)
    return;
  scope = tlm_license_dup_scope (license);
  models = tlm_license_dup_models (license);
  until = tlm_license_dup_until (license);
  rest = tlm_license_dup_not_covered (license);
  printf ("%s: %s\n", terms->number, terms->licensee);
  printf ("  %s: %s\n", _("Used in"), scope);
  printf ("  %s: %s\n", _("Models"), models);
  printf ("  %s: %s\n", _("Until when"), until);
  printf ("  %s: %s\n", _("Not covered"), rest);
  if (terms->terms != NULL)
    printf ("  %s: %s\n", _("Also agreed"), terms->terms);
}

static int
list (TlmLicenses *licenses)
{
  GListModel *keys = tlm_licenses_get_list (licenses);
  guint       n = g_list_model_get_n_items (keys);

  if (n == 0)
    printf ("%s\n", _("There are no keys here. None is needed for personal use, research, evaluation "
                      "and products that earn less than US$10,000 a year."));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmLicense) license = g_list_model_get_item (keys, i);

      print_license (license);
    }
  return 0;
}

static TlmLicense *
find (TlmLicenses *licenses,
      const char  *number)
{
  GListModel *keys = tlm_licenses_get_list (licenses);

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (TlmLicense) license = g_list_model_get_item (keys, i);
      const TlmLicenseTerms *terms = tlm_license_get_terms (license);

      if (terms != NULL && g_str_equal (terms->number, number))
        return license; /* the list keeps it */
    }
  return NULL;
}

static int
remove_key (TlmLicenses *licenses,
            int          argc,
            char       **argv)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmLicense              *license = argc == 2 ? find (licenses, argv[1]) : NULL;

  if (license == NULL)
    {
      tlm_cli_fail (_("Which key? Give its number, as “tinylm-cli license list” shows it."));
      return argc == 2 ? 1 : 2;
    }
  tlm_licenses_remove_async (licenses, license, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  if (!tlm_licenses_remove_finish (licenses, result, &error))
    return tlm_cli_fail ("%s", error->message);
  printf ("%s\n", _("The key is in the bin for 30 days. Adding it again takes it back."));
  return 0;
}

static void
print_verdict_json (const TlmLicenseVerdict *verdict,
                    gboolean                 good,
                    const char              *sentence)
{
  static const char *const states[] = { "free", "test", "outdated", "licensed" };
  g_autoptr (GString)      out = g_string_new (NULL);

  g_string_append_printf (out, "{\"covered\":%s,\"state\":\"%s\",\"model\":", good ? "true" : "false",
                          states[verdict->state]);
  tlm_json_append_string (out, verdict->model->name, strlen (verdict->model->name));
  g_string_append_printf (out, ",\"released\":\"%s\"", verdict->model->released);
  if (verdict->license != NULL)
    {
      const TlmLicenseTerms *terms = tlm_license_get_terms (verdict->license);

      g_string_append (out, ",\"licensee\":");
      tlm_json_append_string (out, terms->licensee, strlen (terms->licensee));
      g_string_append_printf (out, ",\"license\":\"%s\"", terms->number);
    }
  else
    g_string_append (out, ",\"licensee\":null,\"license\":null");
  g_string_append (out, ",\"sentence\":");
  tlm_json_append_string (out, sentence, strlen (sentence));
  printf ("%s}\n", out->str);
}

typedef struct
{
  char    *product, *model;
  gboolean json, accept_test;
  int      passphrase_fd;
} Options;

static int
verify (TlmLicenses   *licenses,
        const Options *options)
{
  TlmLicenseVerdict verdict;
  g_autofree char  *sentence = NULL;
  gboolean          good;

  if (options->product == NULL || options->model == NULL)
    {
      tlm_cli_fail (_("“license verify” needs --product and --model."));
      return 2;
    }
  if (!g_utf8_validate (options->product, -1, NULL))
    {
      tlm_cli_fail (_("The text is not in UTF-8."));
      return 2;
    }
  if (tlm_licensed_models_find (options->model) == NULL)
    return tlm_cli_fail (_("No key is about a model “%s”; keys are about eeny and meeny. Models of "
                           "other makers have terms of their own."), options->model);
  verdict = tlm_licenses_judge (licenses, options->product, options->model);
  sentence = tlm_license_verdict_dup_sentence (&verdict);
  good = verdict.state == TLM_LICENSE_STATE_LICENSED
         || (verdict.state == TLM_LICENSE_STATE_TEST && options->accept_test);
  if (options->json)
    print_verdict_json (&verdict, good, sentence);
  else
    printf ("%s\n", sentence);
  return good ? 0 : 1;
}

/* Without a file the person's store; with one, that of a product's build, a store in memory for this file
 * alone. */
static TlmLicenses *
open_keys (TlmStore *store, const char *file, int fd, GError **error)
{
  g_autoptr (TlmLicenses)  licenses = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autofree char         *sentence = NULL;

  if (file == NULL)
    return tlm_cli_open_store (store, fd, error) ? open_licenses (store, error) : NULL;
  tlm_store_open_async (store, NULL, NULL, tlm_cli_keep, &opened);
  tlm_cli_await (&opened);
  if (!tlm_store_open_finish (store, opened, error))
    return NULL;
  licenses = open_licenses (store, error);
  if (licenses != NULL)
    sentence = add_file (licenses, file, error);
  return sentence != NULL ? g_steal_pointer (&licenses) : NULL;
}

static gboolean
is_change (const char *verb)
{
  return g_str_equal (verb, "add") || g_str_equal (verb, "remove");
}

static int
run (int            argc,
     char         **argv,
     const Options *options)
{
  g_autoptr (TlmStore)    store = tlm_store_new ();
  g_autoptr (GError)      error = NULL;
  const char             *file = g_str_equal (argv[0], "verify") ? argv[1] : NULL;
  g_autoptr (TlmLicenses) licenses = open_keys (store, file, options->passphrase_fd, &error);
  int                     status = 2;

  if (licenses == NULL)
    status = tlm_cli_fail ("%s", error->message);
  else if (tlm_store_get_is_volatile (store) && is_change (argv[0]))
    status = tlm_cli_fail ("%s", tlm_store_get_volatile_reason (store));
  else if (g_str_equal (argv[0], "add"))
    status = add (licenses, argc, argv);
  else if (g_str_equal (argv[0], "list"))
    status = list (licenses);
  else if (g_str_equal (argv[0], "remove"))
    status = remove_key (licenses, argc, argv);
  else if (g_str_equal (argv[0], "verify"))
    status = verify (licenses, options);
  else
    tlm_cli_fail (_("“license” knows add, list, remove, verify and issue, not “%s”."), argv[0]);
  tlm_store_close (store);
  return status;
}

/* The vendor's program lies beside this one, or on the path. */
static int
issue (char **argv)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (self != NULL ? self : "");
  g_autofree char *beside = g_build_filename (folder, "tinylm-license", NULL);

  argv[0] = "tinylm-license";
  execv (beside, argv);
  execvp (argv[0], argv);
  return tlm_cli_fail (_("Issuing keys is the vendor's: the program “tinylm-license”, which is built "
                         "with -Dvendor=true, is not here."));
}

int
tlm_cli_license (int    argc,
                 char **argv)
{
  g_autofree char   *product = NULL, *model = NULL;
  Options            options = { .passphrase_fd = -1 };
  const GOptionEntry entries[] = {
    { "product", 0, 0, G_OPTION_ARG_FILENAME, &options.product, /* bytes, in any locale */
      N_("verify: the product or the host that the model is used in"), N_("NAME") },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, N_("verify: eeny or meeny"),
      N_("NAME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("verify: print one JSON object"), NULL },
    { "accept-test", 0, 0, G_OPTION_ARG_NONE, &options.accept_test,
      N_("verify: be content with a test key"), NULL },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.passphrase_fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL }
  };
  int                status;

  if (argc > 1 && g_str_equal (argv[1], "issue"))
    return issue (argv);
  status = tlm_cli_parse (&argc, &argv, entries, _("add FILE|- | list | remove NUMBER | verify [FILE|-]"),
                          _("Keeps license keys and says what they cover. “verify” exits with 0 when "
                            "a key covers the product and the model, else with 1. With a file it looks at "
                            "the key in it alone, for a product that brings its own."));
  if (status >= 0)
    return status;
  product = options.product;
  model = options.model;
  if (argc > 3 && g_str_equal (argv[1], "verify"))
    {
      tlm_cli_fail (_("Which file? Give the file of one key, or “-” for standard input."));
      return 2;
    }
  if (argc > 1 && !(g_str_equal (argv[1], "list") && (argc > 2 || options.json)))
    return run (argc - 1, argv + 1, &options);
  tlm_cli_fail (_("What about the keys? “tinylm-cli license --help” tells more."));
  return 2;
}
