/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli specialists list | import | export | remove | on | off`: the specialists of this person's
 * store, as the window shows them. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/json.h"
#include "models/model-facts.h"
#include "models/models.h"
#include "specialists/trained.h"

typedef struct
{
  gboolean json;
  int      passphrase_fd;
} Options;

/* What ends a change: the list anew, or a sentence. */
typedef struct
{
  gboolean listed;
  char    *failure;
} Waiting;

static void
listed_cb (Waiting *waiting)
{
  waiting->listed = TRUE;
}

static void
failed_cb (Waiting    *waiting,
           const char *sentence)
{
  waiting->failure = g_strdup (sentence);
}

/* For the change that was begun before. Returns: the exit status */
static int
wait_for (TlmTrainedList *list)
{
  Waiting waiting = { FALSE };
  gulong  listed = g_signal_connect_swapped (list, "listed", G_CALLBACK (listed_cb), &waiting);
  gulong  failed = g_signal_connect_swapped (list, "failed", G_CALLBACK (failed_cb), &waiting);
  int     status = 0;

  while (!waiting.listed && waiting.failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (list, listed);
  g_signal_handler_disconnect (list, failed);
  if (waiting.failure != NULL)
    status = tlm_cli_fail ("%s", waiting.failure);
  g_free (waiting.failure);
  return status;
}

static void
print_json (const TlmTrainedState *state)
{
  g_autofree char    *path = g_filename_display_name (state->path);
  g_autofree char    *base = g_filename_display_name (state->base_path);
  g_autoptr (GString) out = g_string_new ("{");

  tlm_json_append_key (out, "id");
  g_string_append_printf (out, "%" G_GINT64_FORMAT, state->id);
  tlm_json_append_member (out, "name", state->name);
  tlm_json_append_key (out, "on");
  g_string_append (out, state->used ? "true" : "false");
  tlm_json_append_member (out, "path", path);
  tlm_json_append_member (out, "base", base);
  tlm_json_append_member (out, "sha256", state->card != NULL ? state->card->sha256 : "");
  printf ("%s}\n", out->str);
}

static int
print_list (TlmTrainedList *list,
            gboolean        json)
{
  GListModel *items = tlm_trained_list_get (list);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (items, i);
      const TlmTrainedState *state = tlm_trained_get_state (trained);
      g_autofree char       *shown = tlm_model_dup_shown (state->name, strlen (state->name));

      if (json)
        print_json (state);
      else
        /* The words are those of the commands "on" and "off". */
        printf ("%6" G_GINT64_FORMAT "  %-3s  %s%s\n", state->id, state->used ? "on" : "off",
                shown, state->card != NULL ? "" : _(" (its file cannot be read)"));
    }
  return 0;
}

/* (transfer full): of the installed language models */
static char **
dup_bases (TlmModels *models)
{
  GListModel              *list = tlm_models_get_list (models);
  g_autoptr (GStrvBuilder) bases = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (list, i);
      const TlmModelState *state = tlm_model_get_state (model);

      if (state->facts != NULL && state->facts->n_ctx > 0)
        g_strv_builder_add (bases, state->path);
    }
  return g_strv_builder_end (bases);
}

static int
import_files (TlmTrainedList *list,
              TlmStore       *store,
              int             n,
              char          **paths)
{
  g_autoptr (TlmModels)    models = tlm_models_new (store);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *said = NULL;
  g_auto (GStrv)           bases = NULL;
  int                      status = 0;

  tlm_models_load_async (models, NULL, tlm_cli_keep, &loaded);
  tlm_cli_await (&loaded);
  said = tlm_models_finish (models, loaded, &error);
  if (error != NULL)
    return tlm_cli_fail ("%s", error->message);
  bases = dup_bases (models);
  for (int i = 0; i < n; i++)
    {
      tlm_trained_list_import (list, paths[i], bases);
      status |= wait_for (list);
    }
  tlm_models_shutdown (models);
  return status;
}

/* It gets its name when it is whole. */
static int
export_to (const TlmTrainedState *state,
           const char            *path)
{
  g_autofree char   *part = g_strdup_printf ("%s.%ld.part", path, (long) getpid ());
  g_autoptr (GFile)  source = g_file_new_for_path (state->path);
  g_autoptr (GFile)  copy = g_file_new_for_path (part);
  g_autoptr (GFile)  target = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  if (g_file_query_exists (target, NULL))
    return tlm_cli_fail (_("“%s” is there already. Choose another name."), path);
  if (g_file_copy (source, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error)
      && g_file_move (copy, target, G_FILE_COPY_NO_FALLBACK_FOR_MOVE, NULL, NULL, NULL, &error))
    return 0;
  g_file_delete (copy, NULL, NULL);
  return tlm_cli_fail ("%s", error->message);
}

/* By its number, or its name when no other has it. (transfer full) (nullable) */
static TlmTrained *
find (TlmTrainedList *list,
      const char     *wanted)
{
  GListModel            *items = tlm_trained_list_get (list);
  g_autoptr (TlmTrained) found = NULL;
  guint                  n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (items, i);
      const TlmTrainedState *state = tlm_trained_get_state (trained);
      g_autofree char       *id = g_strdup_printf ("%" G_GINT64_FORMAT, state->id);

      if (g_str_equal (id, wanted))
        return g_steal_pointer (&trained);
      n += g_str_equal (state->name, wanted);
      if (g_str_equal (state->name, wanted))
        g_set_object (&found, trained);
    }
  if (n > 1)
    tlm_cli_fail (ngettext ("%u specialist is named “%s”. Give the number that “list” shows.",
                            "%u specialists are named “%s”. Give the number that “list” shows.", n),
                  n, wanted);
  else if (n == 0)
    tlm_cli_fail (_("There is no specialist “%s”. “tinylm-cli specialists list” shows them all."),
                  wanted);
  return n == 1 ? g_steal_pointer (&found) : NULL;
}

static int
change (TlmTrainedList *list,
        int             argc,
        char          **argv)
{
  g_autoptr (TlmTrained) trained = find (list, argv[2]);

  if (trained == NULL)
    return 1;
  if (argc == 4)
    return export_to (tlm_trained_get_state (trained), argv[3]);
  if (g_str_equal (argv[1], "remove"))
    tlm_trained_list_remove (list, trained);
  else
    tlm_trained_list_use (list, trained, g_str_equal (argv[1], "on"));
  return wait_for (list);
}

static gboolean
is_change (const char *verb)
{
  return !g_str_equal (verb, "list") && !g_str_equal (verb, "export");
}

static int
load_and_run (const Options *options,
              int            argc,
              char         **argv)
{
  g_autoptr (TlmStore)       store = tlm_store_new ();
  g_autoptr (TlmTrainedList) list = tlm_trained_list_new (store);
  g_autoptr (GError)         error = NULL;
  int                        status;

  if (!tlm_cli_open_store (store, options->passphrase_fd, &error))
    return tlm_cli_fail ("%s", error->message);
  if (tlm_store_get_is_volatile (store) && is_change (argv[1]))
    return tlm_cli_fail ("%s", tlm_store_get_volatile_reason (store));
  tlm_trained_list_load (list);
  status = wait_for (list);
  if (status == 0 && g_str_equal (argv[1], "list"))
    status = print_list (list, options->json);
  else if (status == 0 && g_str_equal (argv[1], "import"))
    status = import_files (list, store, argc - 2, argv + 2);
  else if (status == 0)
    status = change (list, argc, argv);
  tlm_store_close (store);
  return status;
}

static gboolean
is_complete (int    argc,
             char **argv)
{
  static const char *const of_one[] = { "remove", "on", "off", NULL };

  if (argc < 2)
    return FALSE;
  return (g_str_equal (argv[1], "list") && argc == 2)
         || (g_str_equal (argv[1], "import") && argc > 2)
         || (g_str_equal (argv[1], "export") && argc == 4)
         || (g_strv_contains (of_one, argv[1]) && argc == 3);
}

int
tlm_cli_specialists (int    argc,
                     char **argv)
{
  Options            options = { .passphrase_fd = -1 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("List as JSON, a specialist a line"), NULL },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.passphrase_fd,
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { NULL }
  };
  int status;

  status = tlm_cli_parse (&argc, &argv, entries,
                          "list | import FILE… | export NAME FILE | remove NAME | on NAME | off NAME",
                          _("Keeps the specialists that were trained or imported. One that is on may "
                            "answer in chats. NAME may be the number that “list” shows. “import” copies "
                            "an adapter that fits an installed model; “remove” moves one to the bin, "
                            "where it stays for 30 days."));
  if (status >= 0)
    return status;
  if (is_complete (argc, argv))
    return load_and_run (&options, argc, argv);
  tlm_cli_fail (_("“specialists” takes “list”, “import FILE…”, “export NAME FILE”, “remove NAME”, "
                  "“on NAME” or “off NAME”."));
  return 2;
}
