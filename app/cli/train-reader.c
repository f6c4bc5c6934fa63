/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train reader: makes a reader such as eeny from a folder of labelled notes. First the
 * notes are cut into folds, and each fold is judged by a trunk trained on the others: that gives an
 * honest figure, and scores to calibrate on. Then one trunk is trained on all notes, the span heads
 * are trained on what it says, and the file is written. The same seed gives the same file. Progress
 * is one JSON object a line on standard output. */
#include "cli/train-reader.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/options.h"
#include "core/json.h"
#include "specialists/datasets.h"
#include "core/errors.h"
#include "core/paths.h"
#include "reader/ask-train.h"
#include "reader/loss.h"
#include "reader/reader-train.h"

#define N_FOLDS 4
#define DOCUMENT_WEIGHT 0.3f /* of documents beside notes: what was measured to help most */
#define SAVE_SECONDS 10

typedef struct
{
  char *data, *vocab, *vectors, *checkpoint, *out, *name, *seed, **notes;
  int   threads, epochs, document_epochs;
} Options;

typedef struct
{
  const Options         *o;
  tl_reader_train_config config;
  tl_gguf               *vocab, *vectors;
  tl_tokenizer          *tokenizer;
  tl_pool               *pool;
  TlmDataset            *data;     /* the notes, then the documents */
  gsize                  n_notes;
  tl_note              **notes;    /* [data->n] */
  tl_note_labels        *labels;   /* [data->n] */
  float                **logits;   /* [n_notes]: out of fold, [n_units, 2] */
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

/* A trunk trained on all documents and the notes outside @fold (all notes when it is N_FOLDS), from
 * its checkpoint if there is one. */
static tl_reader_trainer *
train_trunk (const Run *run, guint fold, GError **error)
{
  g_autofree char *path = checkpoint_path (run, fold);
  g_autofree const tl_note **notes = g_new (const tl_note *, run->data->n);
  g_autofree const tl_note_labels **labels = g_new (const tl_note_labels *, run->data->n);
  tl_reader_trainer *trainer;
  tl_error err = { 0 };
  gsize n = 0;

  for (gsize i = 0; i < run->data->n; i++)
    if (i >= run->n_notes || fold_of (i) != fold)
      {
        notes[n] = run->notes[i];
        labels[n++] = &run->labels[i];
      }
  trainer = tl_reader_trainer_new (&run->config, tl_tokenizer_get_n_tokens (run->tokenizer), notes,
                                   labels, n, run->pool, &err);
  if (trainer == NULL
      || (run->vectors != NULL
          && !tl_reader_trainer_take_vectors (trainer, run->vectors, &err))
      || (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS)
          && !tl_reader_trainer_load (trainer, path, &err)))
    tlm_error_from_engine (error, &err);
  else if (run_steps (trainer, fold, path, error))
    return trainer;
  tl_reader_trainer_free (trainer);
  return NULL;
}

static bool
add_points (const tl_note *note, const tl_note_labels *labels, const float *logits, tl_platt *key,
            tl_platt *action, tl_error *err)
{
  for (size_t u = 0; u < note->n_units; u++)
    if (labels->units[u].counted && tl_unit_is_content (&note->units[u])
        && !(tl_platt_add (key, logits[2 * u], labels->units[u].rank > 0, err)
             && tl_platt_add (action, logits[2 * u + 1], labels->units[u].action, err)))
      return false;
  return true;
}

/* The notes of each fold, judged by a trunk that has not seen them. */
static gboolean
judge_folds (Run *run, GError **error)
{
  tl_platt key = { 0 }, action = { 0 };
  float rows[TL_READER_MAX_UNITS * TL_READER_N_EMBD];
  tl_error err = { 0 };
  gboolean ok = TRUE;

  for (guint fold = 0; ok && fold < N_FOLDS; fold++)
    {
      tl_reader_trainer *trainer = train_trunk (run, fold, error);

      ok = trainer != NULL;
      for (gsize i = 0; ok && i < run->n_notes; i++)
        if (fold_of (i) == fold)
          {
            run->logits[i] = g_new (float, run->notes[i]->n_units * 2 + 1);
            tl_reader_trainer_judge (trainer, run->notes[i], rows, run->logits[i]);
            ok = add_points (run->notes[i], &run->labels[i], run->logits[i], &key, &action, &err)
                 || tlm_error_from_engine (error, &err);
          }
      tl_reader_trainer_free (trainer);
    }
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
  g_autofree tl_spans_example *examples = g_new0 (tl_spans_example, run->n_notes);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  tl_error err = { 0 };

  for (gsize i = 0; i < run->n_notes; i++)
    {
      float *rows = g_new (float, run->notes[i]->n_units * TL_READER_N_EMBD + 1);
      float *logits = g_new (float, run->notes[i]->n_units * 2 + 1);

      g_ptr_array_add (owned, rows);
      g_ptr_array_add (owned, logits);
      tl_reader_trainer_judge (trainer, run->notes[i], rows, logits);
      examples[i] = (tl_spans_example) {
        .note = run->notes[i], .labels = &run->labels[i], .h = rows, .logits = run->logits[i],
      };
    }
  return tl_spans_train (tl_reader_trainer_get_layout (trainer),
                         tl_reader_trainer_get_params (trainer), examples, run->n_notes,
                         run->config.seed, run->calibration.spans, is_stopped, NULL, &err)
         || tlm_error_from_engine (error, &err);
}

static gboolean
train_final (Run *run, GError **error)
{
  tl_reader_trainer *trainer = train_trunk (run, N_FOLDS, error);
  tl_error err = { 0 };
  gboolean ok = trainer != NULL && train_spans (run, trainer, error);

  if (ok
      && !tl_ask_train ((const tl_note *const *) run->notes, run->data->examples, run->n_notes,
                        run->calibration.ask, &err))
    ok = tlm_error_from_engine (error, &err);

  if (ok
      && !tl_reader_trainer_export (trainer, &run->calibration, run->vocab, run->o->name,
                                    run->o->out, &err))
    ok = tlm_error_from_engine (error, &err);
  if (ok)
    {
      g_autoptr (GString) out = g_string_new ("{");
      g_autofree char *shown = g_filename_display_name (run->o->out);

      g_string_append_printf (out, "\"params\": %zu", tl_reader_trainer_n_params (trainer));
      tlm_json_append_member (out, "out", shown);
      g_print ("%s}\n", out->str);
    }
  tl_reader_trainer_free (trainer);
  return ok;
}

static gboolean
load_data (Run *run, GError **error)
{
  g_autofree char *notes = g_build_filename (run->o->data, "notes-train", "notes.jsonl", NULL);
  g_autofree char *documents = g_build_filename (run->o->data, "notes-v1", "train.jsonl.gz", NULL);
  tl_error err = { 0 };

  if (!tlm_dataset_add_file (run->data, notes, DOCUMENT_WEIGHT, error))
    return FALSE;
  for (char **more = run->o->notes; more != NULL && *more != NULL; more++)
    {
      gsize before = run->data->n;

      if (!tlm_dataset_add_file (run->data, *more, DOCUMENT_WEIGHT, error))
        return FALSE;
      for (gsize i = before; i < run->data->n; i++) /* they judge: tinylm-cli eval notes */
        run->data->examples[i].n_questions = 0;
    }
  run->n_notes = run->data->n;
  if (run->config.document_epochs > 0
      && !tlm_dataset_add_file (run->data, documents, DOCUMENT_WEIGHT, error))
    return FALSE;
  run->notes = g_new0 (tl_note *, run->data->n + 1);
  run->labels = g_new0 (tl_note_labels, run->data->n + 1);
  run->logits = g_new0 (float *, run->n_notes + 1);
  for (gsize i = 0; i < run->data->n; i++)
    if (!tl_example_prepare (run->tokenizer, &run->data->examples[i], &run->notes[i],
                             &run->labels[i], &err))
      return tlm_error_from_engine (error, &err);
  return TRUE;
}

static gboolean
open_vocab (Run *run, GError **error)
{
  tl_error err = { 0 };

  run->vocab = tl_gguf_open (run->o->vocab, &err);
  run->tokenizer = run->vocab != NULL ? tl_tokenizer_new_from_gguf (run->vocab, &err) : NULL;
  if (run->tokenizer != NULL && run->o->vectors != NULL
      && (run->vectors = tl_gguf_open (run->o->vectors, &err)) == NULL)
    {
      tlm_error_from_engine (error, &err);
      g_prefix_error (error, "%s: ", run->o->vectors);
      return FALSE;
    }
  run->pool
      = run->tokenizer != NULL ? tl_pool_new ((unsigned)MAX (run->o->threads, 0), &err) : NULL;
  return run->pool != NULL || tlm_error_from_engine (error, &err);
}

static void
clear_run (Run *run)
{
  for (gsize i = 0; run->logits != NULL && i < run->n_notes; i++)
    g_free (run->logits[i]);
  for (gsize i = 0; run->notes != NULL && i < run->data->n; i++)
    {
      tl_note_free (run->notes[i]);
      tl_example_free_labels (&run->labels[i]);
    }
  g_free (run->logits);
  g_free (run->notes);
  g_free (run->labels);
  tlm_dataset_free (run->data);
  tl_pool_free (run->pool);
  tl_tokenizer_free (run->tokenizer);
  tl_gguf_close (run->vectors);
  tl_gguf_close (run->vocab);
}

static gboolean
train (const Options *o, guint64 seed, GError **error)
{
  Run run = { .o = o, .data = tlm_dataset_new () };
  gint64 start = g_get_monotonic_time ();
  gboolean ok;

  tl_reader_train_config_init (&run.config);
  run.config.seed = seed;
  if (o->epochs > 0)
    run.config.note_epochs = (uint32_t) o->epochs;
  if (o->document_epochs >= 0)
    run.config.document_epochs = (uint32_t) o->document_epochs;
  ok = open_vocab (&run, error) && load_data (&run, error) && judge_folds (&run, error)
       && train_final (&run, error);
  if (ok)
    g_print ("{\"seed\": %" G_GUINT64_FORMAT ", \"minutes\": %.2f}\n", seed,
             (double) (g_get_monotonic_time () - start) / (60.0 * G_USEC_PER_SEC));
  clear_run (&run);
  return ok;
}

static int
parse (Options *o, guint64 *seed, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, N_ ("Folder with notes-train and notes-v1"),
      N_ ("FOLDER") },
    { "notes", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->notes,
      N_ ("More labelled notes, without their questions; may be repeated"), N_ ("FILE") },
    { "vectors", 0, 0, G_OPTION_ARG_FILENAME, &o->vectors,
      N_ ("GGUF whose token vectors are the beginning (random ones)"), N_ ("FILE") },
    { "vocab", 0, 0, G_OPTION_ARG_FILENAME, &o->vocab,
      N_ ("GGUF whose tokenizer is used (eeny.gguf)"),
      N_ ("FILE") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, N_ ("The model to write"), N_ ("FILE") },
    { "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &o->checkpoint,
      N_ ("Saved here (several files), and resumed from"), N_ ("PREFIX") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name, N_ ("The model's name (eeny)"), N_ ("NAME") },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &o->epochs, N_ ("Passes over the notes"), "N" },
    { "document-epochs", 0, 0, G_OPTION_ARG_INT, &o->document_epochs,
      N_ ("Passes over the documents"), "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, N_ ("Threads (all processors)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &o->seed, N_ ("Seed of the parameters and the order (1)"),
      "N" },
    { NULL },
  };
  int status = tlm_cli_parse (argc, argv, entries, "", _("Trains a reader on labelled notes."));

  if (status >= 0)
    return status;
  if (o->data == NULL || o->out == NULL)
    {
      tlm_cli_fail (_("“train reader” needs --data and --out."));
      return 2;
    }
  if (o->vocab == NULL)
    o->vocab = tlm_paths_dup_data ("models/eeny.gguf");
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
  g_strfreev (o.notes);
  g_free (o.vectors);
  g_free (o.vocab);
  g_free (o.out);
  g_free (o.checkpoint);
  g_free (o.name);
  g_free (o.seed);
  return status;
}
