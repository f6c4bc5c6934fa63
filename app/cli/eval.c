/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli eval: how good a reader is on labelled notes, beside what needs no model. Gold units
 * are never an input: each system sees the raw text. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/eval-report.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/paths.h"

typedef struct
{
  char  *data;
  char **models, **notes;
} Options;

static int
parse (Options *o, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data,
      N_("Folder with notes-dev, and notes-train for the trained baselines"), N_("FOLDER") },
    { "notes", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->notes,
      N_("Other labelled notes instead of notes-dev; may be repeated"), N_("FILE.jsonl") },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->models,
      N_("The reader; repeat it for other seeds of the same one"), N_("FILE.gguf") },
    { NULL },
  };
  int status = tlm_cli_parse (argc, argv, entries, "", _("Measures a reader on labelled notes."));

  if (status >= 0)
    return status;
  if (*argc > 1)
    {
      g_autofree char *name = g_strconcat ("eval ", (*argv)[1], NULL);

      tlm_cli_fail (_("There is no command “%s”. “tinylm-cli help” lists the commands."), name);
      return 2;
    }
  if (o->data != NULL || o->notes != NULL)
    return -1;
  tlm_cli_fail (_("“eval” needs --data or --notes."));
  return 2;
}

static gboolean
load_notes (const Options *o, TlmDataset *notes, TlmDataset *training, GError **error)
{
  g_autofree char *dev = NULL;

  if (o->data != NULL)
    {
      g_autofree char *path = g_build_filename (o->data, "notes-train", "notes.jsonl", NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS)
          && !tlm_dataset_add_file (training, path, 1.0f, error))
        return FALSE;
    }
  for (gsize i = 0; o->notes != NULL && o->notes[i] != NULL; i++)
    if (!tlm_dataset_add_file (notes, o->notes[i], 1.0f, error))
      return FALSE;
  if (o->notes != NULL)
    return TRUE;
  dev = g_build_filename (o->data, "notes-dev", "notes.jsonl", NULL);
  return tlm_dataset_add_file (notes, dev, 1.0f, error);
}

static gboolean
load_readers (char **models, GPtrArray *readers, GError **error)
{
  tl_error err = { 0 };

  for (gsize i = 0; models[i] != NULL; i++)
    {
      tl_reader *reader = tl_reader_open (models[i], &err);

      if (reader == NULL)
        {
          tlm_error_from_engine (error, &err);
          g_prefix_error (error, "%s: ", models[i]);
          return FALSE;
        }
      g_ptr_array_add (readers, reader);
    }
  return TRUE;
}

/* Names become paths. */
static gboolean
find_models (char **models, GError **error)
{
  for (gsize i = 0; models[i] != NULL; i++)
    {
      char *path = tlm_cli_find_model (models[i], error);

      if (path == NULL)
        return FALSE;
      g_free (models[i]);
      models[i] = path;
    }
  return TRUE;
}

static tl_tokenizer *
load_tokenizer (const char *model, GError **error)
{
  tl_error err = { 0 };
  tl_gguf *gguf = tl_gguf_open (model, &err);
  tl_tokenizer *tokenizer = gguf != NULL ? tl_tokenizer_new_from_gguf (gguf, &err) : NULL;

  tl_gguf_close (gguf);
  if (tokenizer == NULL)
    tlm_error_from_engine (error, &err);
  return tokenizer;
}

static gboolean
evaluate (const Options *o, char **models, GString *out, GError **error)
{
  g_autoptr (TlmDataset) notes = tlm_dataset_new ();
  g_autoptr (TlmDataset) training = tlm_dataset_new ();
  g_autoptr (GPtrArray) readers = g_ptr_array_new_with_free_func ((GDestroyNotify) tl_reader_close);
  g_autoptr (GArray) leads = tlm_leads_new ();
  TlmEvaluation e = { .notes = notes, .training = training, .leads = leads };
  gboolean ok = find_models (models, error) && load_notes (o, notes, training, error)
                && load_readers (models, readers, error);

  if (!ok || (e.tokenizer = load_tokenizer (models[0], error)) == NULL)
    return FALSE;
  e.readers = (tl_reader *const *) readers->pdata;
  e.n_readers = readers->len;
  g_string_append_printf (out, "%zu notes; %u reader(s), %" G_GUINT64_FORMAT " parameters\n",
                          notes->n, readers->len, tl_reader_get_n_params (e.readers[0]));
  ok = tlm_eval_keys (&e, out, error) && tlm_eval_actions (&e, out, error);
  if (ok)
    tlm_eval_spans (&e, out);
  ok = ok && tlm_eval_ask (&e, out, error);
  if (ok)
    tlm_leads_print (leads, out);
  tl_tokenizer_free (e.tokenizer);
  return ok;
}

/* By the name that each shows in its usage. */
static const struct
{
  const char *name;
  int       (*run) (int argc, char **argv);
} subcommands[] = {
  { "eval lm", tlm_cli_eval_lm },
  { "eval notes", tlm_cli_eval_notes },
  { "eval private", tlm_cli_eval_private },
  { "eval route", tlm_cli_eval_route },
};

int
tlm_cli_eval (int argc, char **argv)
{
  Options o = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  char *built_in[] = { NULL, NULL };
  int status;

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (subcommands); i++)
    if (g_str_equal (argv[1], subcommands[i].name + strlen ("eval ")))
      {
        argv[1] = (char *) subcommands[i].name;
        return subcommands[i].run (argc - 1, argv + 1);
      }
  status = parse (&o, &argc, &argv);
  built_in[0] = g_strdup ("eeny"); /* becomes a path */
  if (status < 0)
    status = evaluate (&o, o.models != NULL ? o.models : built_in, out, &error)
               ? 0 : tlm_cli_fail ("%s", error->message);
  g_print ("%s", out->str);
  g_free (built_in[0]);
  g_free (o.data);
  g_strfreev (o.models);
  g_strfreev (o.notes);
  return status;
}
