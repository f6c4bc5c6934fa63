/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli models list | import | verify | measure | rename | remove`: the installed models of this
 * person's store, as the window shows them. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/open-store.h"
#include "models/engine-service.h"
#include "core/errors.h"
#include "core/json.h"
#include "models/models.h"
#include "core/settings.h"

typedef struct
{
  gboolean json, reference, for_good;
  int      passphrase_fd;
} Options;

static const char *
get_kind (const TlmModelState *state)
{
  switch (state->kind)
    {
    /* Translators: what kind of model it is, in brackets behind its name; one that is a reference is
     * used where its file lies. */
    case TLM_MODEL_BUILT_IN: return _("built in");
    /* Translators: a kind of model file: the program made a copy of it. */
    case TLM_MODEL_COPY: return _("a copy");
    case TLM_MODEL_REFERENCE: return _("where its file lies");
    }
  g_assert_not_reached ();
}

static void
print_model (const TlmModelState *state)
{
  const TlmModelFacts *facts = state->facts;
  g_autofree char     *path = g_filename_display_name (state->path), *size = NULL, *memory = NULL;

  printf ("%s (%s)\n  %s\n", state->name, get_kind (state), path);
  if (facts == NULL)
    {
      printf ("  %s\n", state->problem);
      return;
    }
  size = g_format_size (facts->size);
  printf ("  %s, %.1f M, %s, %s", facts->family, (double) facts->n_params / 1e6,
          facts->quantisation, size);
  if (facts->n_ctx > 0)
    {
      memory = g_format_size (tlm_model_facts_get_memory (facts, TLM_DEFAULT_CONTEXT, FALSE));
      /* Translators: goes on in a line about a model: the tokens that it holds, and what it takes of
       * memory, such as "1.2 GB". */
      printf (_("; context %u, needs %s of memory"), facts->n_ctx, memory);
    }
  if (state->decode > 0)
    printf (ngettext ("; reads %.0f and writes %.0f token a second",
                      "; reads %.0f and writes %.0f tokens a second",
                      (gulong) (state->decode + 0.5)), state->prefill, state->decode);
  printf ("\n");
}

static void
append_number (GString    *out,
               const char *key,
               double      value)
{
  tlm_json_append_key (out, key);
  tlm_json_append_number (out, value, 1);
}

/* What is not known of a file that cannot be read is null. */
static void
append_facts (GString             *out,
              const TlmModelFacts *facts)
{
  static const char *const keys[] = { "family", "quantization", "license", "parameters", "bytes",
                                      "context", "memory_bytes" };

  if (facts == NULL)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
        tlm_json_append_member (out, keys[i], NULL);
      return;
    }
  tlm_json_append_member (out, "family", facts->family);
  tlm_json_append_member (out, "quantization", facts->quantisation);
  tlm_json_append_member (out, "license", facts->license);
  append_number (out, "parameters", (double) facts->n_params);
  append_number (out, "bytes", (double) facts->size);
  append_number (out, "context", facts->n_ctx);
  append_number (out, "memory_bytes",
                 (double) tlm_model_facts_get_memory (facts, TLM_DEFAULT_CONTEXT, FALSE));
}

static void
print_json (const TlmModelState *state)
{
  static const char *const kinds[] = { "built-in", "copy", "reference" };
  g_autofree char         *path = g_filename_display_name (state->path);
  g_autoptr (GString)      out = g_string_new ("{");

  tlm_json_append_member (out, "name", state->name);
  tlm_json_append_member (out, "kind", kinds[state->kind]);
  tlm_json_append_member (out, "path", path);
  tlm_json_append_member (out, "sha256", state->sha256);
  tlm_json_append_member (out, "problem", state->problem);
  append_facts (out, state->facts);
  append_number (out, "prefill_tokens_per_second", state->prefill);
  append_number (out, "decode_tokens_per_second", state->decode);
  printf ("%s}\n", out->str);
}

static int
list (TlmModels     *models,
      const Options *options)
{
  GListModel      *items = tlm_models_get_list (models);
  g_autofree char *there = g_format_size (tlm_memory_get_available ());

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (items, i);

      if (options->json)
        print_json (tlm_model_get_state (model));
      else
        print_model (tlm_model_get_state (model));
    }
  if (!options->json)
    printf (_("%s of memory are free.\n"), there);
  return 0;
}

static int
finish (TlmModels     *models,
        GAsyncResult **result)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char         *sentence = NULL;

  tlm_cli_await (result);
  done = g_steal_pointer (result);
  sentence = tlm_models_finish (models, done, &error);
  if (sentence == NULL)
    return tlm_cli_fail ("%s", error->message);
  if (*sentence != '\0')
    printf ("%s\n", sentence);
  return 0;
}

/* On a terminal alone: elsewhere it would only fill logs. */
static void
show_progress (double   progress,
               gpointer data)
{
  fprintf (stderr, "\r%3.0f %%%s", 100 * progress, progress >= 1 ? "\r     \r" : "");
}

/* FALSE: the settings cannot be written from here, and it still answers in chats. What could not be
 * written has its old value again after the wait. */
static gboolean
take_from_chats (const char *path)
{
  g_autoptr (GSettings) settings = tlm_settings_open ();
  g_autofree char      *chosen = NULL;

  if (settings == NULL)
    return TRUE;
  tlm_settings_forget_model (settings, path);
  g_settings_sync ();
  chosen = g_settings_get_string (settings, "chat-model-path");
  return !g_str_equal (chosen, path);
}

static int
remove_model (TlmModels  *models,
              TlmModel   *model,
              const char *name,
              gboolean    for_good)
{
  gboolean      taken = take_from_chats (tlm_model_get_state (model)->path);
  GAsyncResult *result = NULL;
  int           status;

  tlm_models_remove_async (models, model, for_good, NULL, tlm_cli_keep, &result);
  status = finish (models, &result);
  if (taken)
    return status;
  return tlm_cli_fail (_("“%s” is still the model that is chosen for chats, as the settings could "
                         "not be changed from here. Open TinyLM from the desktop and choose "
                         "another under Models."), name);
}

/* A verb about one model that there is. */
static int
change (TlmModels     *models,
        int            argc,
        char         **argv,
        const Options *options)
{
  TlmModel     *model = tlm_models_find_name (models, argv[1]);
  GAsyncResult *result = NULL;

  if (model == NULL)
    return tlm_cli_fail (_("There is no model “%s”. “tinylm-cli models list” shows those that there "
                           "are."), argv[1]);
  if (g_str_equal (argv[0], "verify"))
    tlm_models_verify_async (models, model, NULL, tlm_cli_keep, &result);
  else if (tlm_model_get_state (model)->facts != NULL && g_str_equal (argv[0], "measure"))
    tlm_models_measure_async (models, model, NULL, tlm_cli_keep, &result);
  else if (g_str_equal (argv[0], "measure"))
    return tlm_cli_fail ("%s", tlm_model_get_state (model)->problem);
  else if (tlm_model_get_state (model)->kind == TLM_MODEL_BUILT_IN)
    return tlm_cli_fail (_("“%s” is built in: it stays, under its name."), argv[1]);
  else if (g_str_equal (argv[0], "rename"))
    tlm_models_rename_async (models, model, argv[2], NULL, tlm_cli_keep, &result);
  else
    return remove_model (models, model, argv[1], options->for_good);
  return finish (models, &result);
}

static int
import (TlmModels     *models,
        const char    *path,
        const Options *options)
{
  GAsyncResult *result = NULL;

  tlm_models_import_async (models, path, !options->reference, NULL, tlm_cli_keep, &result);
  return finish (models, &result);
}

/* How many arguments a verb has with it; 0: it is none. */
static int
count_arguments (const char *verb)
{
  static const struct { const char *verb; int n; } table[] = {
    { "list", 1 }, { "import", 2 }, { "verify", 2 }, { "measure", 2 }, { "rename", 3 },
    { "remove", 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].verb, verb))
      return table[i].n;
  return 0;
}

static int
run (int            argc,
     char         **argv,
     const Options *options)
{
  g_autoptr (TlmStore)  store = tlm_store_new ();
  g_autoptr (TlmModels) models = NULL;
  g_autoptr (GError)    error = NULL;
  int                   status;

  if (!tlm_cli_open_store (store, options->passphrase_fd, &error)
      || (models = tlm_cli_load_models (store, &error)) == NULL)
    return tlm_cli_fail ("%s", error->message);
  if (isatty (STDERR_FILENO))
    tlm_models_set_progress (models, show_progress, NULL);
  if (g_str_equal (argv[0], "list"))
    status = list (models, options);
  else if (tlm_store_get_is_volatile (store))
    status = tlm_cli_fail ("%s", tlm_store_get_volatile_reason (store));
  else if (g_str_equal (argv[0], "import"))
    status = import (models, argv[1], options);
  else
    status = change (models, argc, argv, options);
  tlm_models_shutdown (models);
  tlm_store_close (store);
  return status;
}

int
tlm_cli_models (int    argc,
                char **argv)
{
  Options            options = { .passphrase_fd = -1 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("list: print one JSON object a model"),
      NULL },
    { "reference", 0, 0, G_OPTION_ARG_NONE, &options.reference,
      N_("import: use the file where it lies, without a copy"), NULL },
    { "for-good", 0, 0, G_OPTION_ARG_NONE, &options.for_good,
      N_("remove: delete the copy in place of moving it to the bin"), NULL },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.passphrase_fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL }
  };
  int status = tlm_cli_parse (&argc, &argv, entries,
                              _("list | import FILE.gguf | verify NAME | measure NAME | rename NAME "
                                "NEW | remove NAME"),
                              _("Keeps language models. “import” copies a GGUF file into the "
                                "program’s folder and remembers its SHA-256."));

  if (status >= 0)
    return status;
  if (argc > 1 && argc - 1 == count_arguments (argv[1]))
    return run (argc - 1, argv + 1, &options);
  tlm_cli_fail (_("What about the models? “tinylm-cli models --help” tells more."));
  return 2;
}
