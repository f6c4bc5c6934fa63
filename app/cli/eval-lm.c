/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli eval lm: what a small language model is good for beside the reader. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "cli/commands.h"
#include "cli/corpus.h"
#include "specialists/datasets.h"
#include "cli/eval-lm.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/paths.h"

typedef struct
{
  char *data, *model, *text;
} Options;

static int
parse (Options *o, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, N_("Folder with notes-dev"), N_("FOLDER") },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model, N_("The language model (meeny)"),
      N_("FILE.gguf") },
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &o->text,
      N_("Text whose words are counted for the baseline"), N_("FILE") },
    { NULL },
  };
  int status = tlm_cli_parse (argc, argv, entries, "",
                              _("Measures what a language model adds on labelled notes."));

  if (status >= 0 || o->data != NULL)
    return status;
  tlm_cli_fail (_("“eval lm” needs --data."));
  return 2;
}

static gboolean
evaluate (const Options *o, GString *out, GError **error)
{
  g_autofree char *path = g_build_filename (o->data, "notes-dev", "notes.jsonl", NULL);
  g_autofree char *reader_path = tlm_paths_dup_data ("models/eeny.gguf");
  g_autofree char *model_path = tlm_cli_find_model (o->model != NULL ? o->model : "meeny", error);
  g_autoptr (TlmDataset) notes = tlm_dataset_new ();
  g_autoptr (GString) text = NULL;
  tl_error err = { 0 };
  tl_model *model = model_path != NULL ? tl_model_open (model_path, &err) : NULL;
  tl_reader *reader = model != NULL ? tl_reader_open (reader_path, &err) : NULL;
  gboolean ok = reader != NULL || (model_path != NULL && tlm_error_from_engine (error, &err));

  ok = ok && tlm_dataset_add_file (notes, path, 1.0f, error)
       && (o->text == NULL || (text = tlm_dataset_read_text (o->text, error)) != NULL)
       && tlm_eval_complete (notes, model, text, out, error)
       && tlm_eval_score (notes, model, reader, out, error);
  tl_reader_close (reader);
  tl_model_close (model);
  return ok;
}

int
tlm_cli_eval_lm (int argc, char **argv)
{
  Options o = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  int status = parse (&o, &argc, &argv);

  if (status < 0)
    status = evaluate (&o, out, &error) ? 0 : tlm_cli_fail ("%s", error->message);
  g_print ("%s", out->str);
  g_free (o.data);
  g_free (o.model);
  g_free (o.text);
  return status;
}
