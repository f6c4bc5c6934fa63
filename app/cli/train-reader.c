/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train reader: makes a reader such as eeny from a folder of labelled notes. First the notes
 * are cut into folds, and each fold is judged by a trunk trained on the others: that gives an honest
 * figure, and scores to calibrate on. Then one trunk is trained on all notes, the span heads are
 * trained on what it says, and the file is written. The same seed gives the same file. Progress is
 * one JSON object a line on standard output. */
#include "cli/train-reader.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/options.h"
#include "datasets.h"
#include "errors.h"
#include "reader/loss.h"
#include "reader/reader-train.h"

#define N_FOLDS 4
#define DOCUMENT_WEIGHT 0.3f /* of documents beside notes: what was measured to help most */
#define SAVE_SECONDS 10

typedef struct
{
  char *data, *vocab, *checkpoint, *out, *name, *seed;
  int   threads, epochs, document_epochs;
} Options;

typedef struct
{
  const Options         *o;
  tl_reader_train_config config;
  tl_gguf               *vocab;
  tl_pool               *pool;
  TlmDataset            *notes, *documents;
  float                **logits;  /* [n notes]: out of fold, [n_units, 2] */
  tl_reader_calibration  calibration;
} Run;

static volatile sig_atomic_t stopped;

static void
stop (int signal_number)
{
  (void) signal_number;
  stopped = 1;
}

static bool
is_stopped (void *data)
{
  (void) data;
  return stopped != 0;
}

/* A note's fold by its place, mixed (Knuth's multiplicative hash) so that neighbours fall apart. */
static guint
fold_of (gsize note)
{
  return ((guint32) note * 2654435761u >> 8) % N_FOLDS;
}

static char *
checkpoint_path (const Run *run, guint fold)
{
  if (run->o->checkpoint == NULL)
    return NULL;
  return fold < N_FOLDS ? g_strdup_printf ("%s.fold%u", run->o->checkpoint, fold)
                        : g_strdup_printf ("%s.final", run->o->checkpoint);
}

static gboolean
save (tl_reader_trainer *trainer, const char *path, GError **error)
{
  tl_error err = { 0 };

  return path == NULL || tl_reader_trainer_save (trainer, path, &err)
         || tlm_error_from_engine (error, &err);
}

/* Runs to the end of the schedule; saves now and then, at the end, and when told to stop. */
static gboolean
run_steps (tl_reader_trainer *trainer, guint fold, const char *path, GError **error)
{
  guint64 n_steps = tl_reader_trainer_get_n_steps (trainer);
  gint64 start = g_get_monotonic_time (), saved = start;
  double loss = 0.0;

  while (tl_reader_trainer_get_step (trainer) < n_steps && !stopped)
    {
      guint64 step = tl_reader_trainer_get_step (trainer);

      loss += tl_reader_trainer_step (trainer);
      if ((step + 1) % 100 == 0)
        {
          g_print ("{\"fold\": %u, \"step\": %" G_GUINT64_FORMAT ", \"of\": %" G_GUINT64_FORMAT
                   ", \"loss\": %.4f, \"seconds\": %.1f}\n", fold, step + 1, n_steps, loss / 100.0,
                   (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
          loss = 0.0;
        }
      if (g_get_monotonic_time () - saved > SAVE_SECONDS * G_USEC_PER_SEC)
        {
          if (!save (trainer, path, error))
            return FALSE;
          saved = g_get_monotonic_time ();
        }
    }
  if (!save (trainer, path, error))
    return FALSE;
  if (stopped)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Training was stopped."));
  return !stopped;
}

/* All documents and the notes outside @fold; all notes when it is N_FOLDS. */
static GArray *
gather_examples (const Run *run, guint fold)
{
  GArray *examples = g_array_new (FALSE, FALSE, sizeof (tl_reader_example));

  for (gsize i = 0; i < run->notes->n; i++)
    if (fold_of (i) != fold)
      g_array_append_val (examples, run->notes->examples[i]);
  g_array_append_vals (examples, run->documents->examples, (guint) run->documents->n);
  return examples;
}

/* A trunk trained on all but @fold, from its checkpoint if there is one. @examples must outlive it. */
static tl_reader_trainer *
train_trunk (const Run *run, guint fold, const GArray *examples, GError **error)
{
  g_autofree char *path = checkpoint_path (run, fold);
  tl_error err = { 0 };
  tl_reader_trainer *trainer
    = tl_reader_trainer_new (&run->config, run->vocab, (const tl_reader_example *) (gpointer) examples->data,
                             examples->len, run->pool, &err);

  if (trainer == NULL
      || (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS)
          && !tl_reader_trainer_load (trainer, path, &err)))
    tlm_error_from_engine (error, &err);
  else if (run_steps (trainer, fold, path, error))
    return trainer;
  tl_reader_trainer_free (trainer);
  return NULL;
}

static gboolean
judge_fold (Run *run, guint fold, tl_platt *key, tl_platt *action, GError **error)
{
  g_autoptr (GArray) examples = gather_examples (run, fold);
  tl_reader_trainer *trainer = train_trunk (run, fold, examples, error);
  tl_error err = { 0 };
  gboolean ok = trainer != NULL;

  for (gsize i = 0; ok && i < run->notes->n; i++)
    {
      tl_reader_judgement j;

      if (fold_of (i) != fold)
        continue;
      if (!tl_reader_trainer_judge (trainer, &run->notes->examples[i], &j, &err))
        {
          ok = tlm_error_from_engine (error, &err);
          break;
        }
      for (size_t u = 0; u < j.note->n_units; u++)
        if (j.labels.units[u].counted && tl_unit_is_content (&j.note->units[u]))
          {
            tl_platt_add (key, j.logits[2 * u], j.labels.units[u].rank > 0, &err);
            tl_platt_add (action, j.logits[2 * u + 1], j.labels.units[u].action, &err);
          }
      run->logits[i] = g_memdup2 (j.logits, (j.note->n_units + 1) * 2 * sizeof (float));
      tl_reader_judgement_clear (&j);
    }
  tl_reader_trainer_free (trainer);
  return ok;
}

static gboolean
judge_folds (Run *run, GError **error)
{
  tl_platt key = { 0 }, action = { 0 };
  gboolean ok = TRUE;

  for (guint fold = 0; ok && fold < N_FOLDS; fold++)
    ok = judge_fold (run, fold, &key, &action, error);
  tl_platt_fit (&key, run->calibration.key);
  tl_platt_fit (&action, run->calibration.action);
  tl_platt_clear (&key);
  tl_platt_clear (&action);
  return ok;
}

/* The span heads, on the final trunk's rows and the out-of-fold scores. */
static gboolean
train_spans (Run *run, tl_reader_trainer *trainer, GError **error)
{
  gsize n = run->notes->n;
  g_autofree tl_reader_judgement *judgements = g_new0 (tl_reader_judgement, n);
  g_autofree tl_spans_example *examples = g_new0 (tl_spans_example, n);
  tl_error err = { 0 };
  bool ok = true;

  for (gsize i = 0; ok && i < n; i++)
    {
      tl_reader_judgement *j = &judgements[i];

      ok = tl_reader_trainer_judge (trainer, &run->notes->examples[i], j, &err);
      examples[i] = (tl_spans_example) {
        .note = j->note, .labels = &j->labels, .h = j->rows, .logits = run->logits[i],
      };
    }
  ok = ok && tl_spans_train (tl_reader_trainer_get_layout (trainer), tl_reader_trainer_get_params (trainer),
                             examples, n, run->config.seed, run->calibration.spans, is_stopped, NULL, &err);
  for (gsize i = 0; i < n; i++)
    tl_reader_judgement_clear (&judgements[i]);
  return ok || tlm_error_from_engine (error, &err);
}

static gboolean
train_final (Run *run, GError **error)
{
  g_autoptr (GArray) examples = gather_examples (run, N_FOLDS);
  tl_reader_trainer *trainer = train_trunk (run, N_FOLDS, examples, error);
  tl_error err = { 0 };
  gboolean ok = trainer != NULL && train_spans (run, trainer, error);

  if (ok && !tl_reader_trainer_export (trainer, &run->calibration, run->o->name, run->o->out, &err))
    ok = tlm_error_from_engine (error, &err);
  if (ok)
    g_print ("{\"params\": %zu, \"out\": \"%s\"}\n", tl_reader_trainer_n_params (trainer), run->o->out);
  tl_reader_trainer_free (trainer);
  return ok;
}

static gboolean
load_data (Run *run, GError **error)
{
  g_autofree char *notes = g_build_filename (run->o->data, "notes-train", "notes.jsonl", NULL);
  g_autofree char *documents = g_build_filename (run->o->data, "notes-v1", "train.jsonl.gz", NULL);

  if (!tlm_dataset_add_file (run->notes, notes, DOCUMENT_WEIGHT, error))
    return FALSE;
  if (run->config.document_epochs > 0
      && !tlm_dataset_add_file (run->documents, documents, DOCUMENT_WEIGHT, error))
    return FALSE;
  run->logits = g_new0 (float *, run->notes->n);
  return TRUE;
}

static gboolean
train (const Options *o, guint64 seed, GError **error)
{
  Run run = { .o = o, .notes = tlm_dataset_new (), .documents = tlm_dataset_new () };
  gint64 start = g_get_monotonic_time ();
  tl_error err = { 0 };
  gboolean ok;

  tl_reader_train_config_init (&run.config);
  run.config.seed = seed;
  if (o->epochs > 0)
    run.config.note_epochs = (uint32_t) o->epochs;
  if (o->document_epochs >= 0)
    run.config.document_epochs = (uint32_t) o->document_epochs;
  run.vocab = tl_gguf_open (o->vocab, &err);
  run.pool = run.vocab != NULL ? tl_pool_new ((unsigned) MAX (o->threads, 0), &err) : NULL;
  ok = run.pool != NULL || tlm_error_from_engine (error, &err);
  ok = ok && load_data (&run, error) && judge_folds (&run, error) && train_final (&run, error);
  if (ok)
    g_print ("{\"seed\": %" G_GUINT64_FORMAT ", \"minutes\": %.2f}\n", seed,
             (double) (g_get_monotonic_time () - start) / (60.0 * G_USEC_PER_SEC));
  for (gsize i = 0; run.logits != NULL && i < run.notes->n; i++)
    g_free (run.logits[i]);
  g_free (run.logits);
  tlm_dataset_free (run.notes);
  tlm_dataset_free (run.documents);
  tl_pool_free (run.pool);
  tl_gguf_close (run.vocab);
  return ok;
}

static int
parse (Options *o, guint64 *seed, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, N_("Folder with notes-train and notes-v1"), N_("FOLDER") },
    { "vocab", 0, 0, G_OPTION_ARG_FILENAME, &o->vocab, N_("GGUF whose tokenizer is used"), N_("FILE") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, N_("The model to write"), N_("FILE") },
    { "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &o->checkpoint,
      N_("Saved here (several files), and resumed from"), N_("PREFIX") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name, N_("The model's name (eeny)"), N_("NAME") },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &o->epochs, N_("Passes over the notes"), "N" },
    { "document-epochs", 0, 0, G_OPTION_ARG_INT, &o->document_epochs,
      N_("Passes over the documents"), "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, N_("Threads (all processors)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &o->seed, N_("Of the parameters and the order (1)"), "N" },
    { NULL },
  };
  int status = tlm_cli_parse (argc, argv, entries, "", _("Trains a reader on labelled notes."));

  if (status >= 0)
    return status;
  if (o->data == NULL || o->vocab == NULL || o->out == NULL)
    {
      tlm_cli_fail (_("“train reader” needs --data, --vocab and --out."));
      return 2;
    }
  if (o->seed != NULL && !tlm_cli_parse_seed (o->seed, seed))
    {
      tlm_cli_fail (_("--seed is “%s”, but must be a number."), o->seed);
      return 2;
    }
  return -1;
}

int
tlm_cli_train_reader (int argc, char **argv)
{
  Options o = { .document_epochs = -1 };
  g_autoptr (GError) error = NULL;
  guint64 seed = 1;
  int status = parse (&o, &seed, &argc, &argv);

  if (status < 0)
    {
      if (o.name == NULL)
        o.name = g_strdup ("eeny");
      signal (SIGINT, stop);
      signal (SIGTERM, stop);
      setvbuf (stdout, NULL, _IOLBF, 0);
      status = train (&o, seed, &error) ? 0 : tlm_cli_fail ("%s", error->message);
    }
  g_free (o.data);
  g_free (o.vocab);
  g_free (o.out);
  g_free (o.checkpoint);
  g_free (o.name);
  g_free (o.seed);
  return status;
}
