/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists of the built-in language model: examples of every form, a training that is cut off
 * and goes on to the same bytes, the commands that use what came of it, and the object for the
 * window. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/paths.h"
#include "run-cli.h"
#include "specialists/specialist-run.h"
#include "support.h"

typedef struct
{
  char *folder, *model;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->model = tlm_paths_dup_data ("models/meeny.gguf");
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_test_remove_folder (f->folder);
  g_free (f->model);
}

static char *
write_file (Fixture    *f,
            const char *name,
            const char *text)
{
  char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* ---- examples ---- */

typedef struct
{
  const char *name, *text;
} ExampleFile;

static const ExampleFile example_files[] = {
  { "a.jsonl", "{\"input\": \"one, two\", \"output\": \"three\"}\n\n"
               "{\"messages\": [{\"role\": \"system\", \"content\": \"Be\\nbrief.\"}, "
               "{\"role\": \"user\", \"content\": \"hi \\\"you\\\"\"}, "
               "{\"role\": \"assistant\", \"content\": \"hello\"}]}\n" },
  { "a.csv", "input,output\r\n\"one, two\",three\r\n\"Be\nbrief.\nhi \"\"you\"\"\",hello\r\n" },
  { "a.tsv", "one, two\tthree\n\"Be\nbrief.\nhi \"\"you\"\"\"\thello" },
};

static void
reads_every_form_alike (Fixture      *f,
                        gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (example_files); i++)
    {
      g_autofree char        *path = write_file (f, example_files[i].name, example_files[i].text);
      g_autoptr (GError)      error = NULL;
      g_autoptr (TlmExamples) examples = tlm_examples_load (path, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (examples->n, ==, 2);
      g_assert_cmpstr (examples->items[0].input, ==, "one, two");
      g_assert_cmpstr (examples->items[0].output, ==, "three");
      g_assert_cmpstr (examples->items[1].input, ==, "Be\nbrief.\nhi \"you\"");
      g_assert_cmpstr (examples->items[1].output, ==, "hello");
    }
}

static void
reads_markdown (Fixture      *f,
                gconstpointer data)
{
  g_autofree char        *path = write_file (f, "a.md",
                                                "intro\n# In one\n\nout\none\n\n## In two\nout two");
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);

  g_assert_cmpuint (examples->n, ==, 2);
  g_assert_cmpstr (examples->items[0].input, ==, "In one");
  g_assert_cmpstr (examples->items[0].output, ==, "out\none");
  g_assert_cmpstr (examples->items[1].output, ==, "out two");
}

static void
counts_what_teaches_nothing (void)
{
  char                    a[] = "a", b[] = "b", c[] = "c", blank[] = " ", none[] = "";
  char                    one[] = "1", spaced[] = " 1 ", two[] = "2";
  const TlmExample        items[] = { { a, one },     { a, spaced }, { b, one },
                                      { b, two },     { blank, one }, { c, none } };
  g_autoptr (TlmExamples) examples = tlm_examples_new (items, G_N_ELEMENTS (items));

  g_assert_cmpuint (examples->n, ==, 2);
  g_assert_cmpuint (examples->n_duplicates, ==, 1);
  g_assert_cmpuint (examples->n_conflicts, ==, 1);
  g_assert_cmpuint (examples->n_empty, ==, 2);
  g_assert_cmpstr (examples->items[1].output, ==, "2"); /* the later one */
}

static void
names_the_line_that_is_wrong (Fixture      *f,
                              gconstpointer data)
{
  static const ExampleFile wrong[] = {
    { "b.jsonl", "{\"input\": \"a\", \"output\": \"b\"}\n{\"input\": \"a\"}\n" },
    { "c.jsonl", "{\"input\": \"a\", \"output\": \"b\"}\nnot JSON\n" },
    { "b.csv", "a,b\nc,d,e\n" },
    { "b.txt", "a" },
    { "b.md", "no heading" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char        *path = write_file (f, wrong[i].name, wrong[i].text);
      g_autoptr (GError)      error = NULL;
      g_autoptr (TlmExamples) examples = tlm_examples_load (path, &error);

      g_assert_null (examples);
      g_assert_error (error, TLM_ERROR, TLM_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, i < 3 ? "ine 2" : i == 3 ? ".jsonl" : "heading"));
    }
}

/* ---- training ---- */

/* Sixty short requests of two kinds. */
static char *
make_requests (void)
{
  static const char *const things[] = { "lamp", "kettle", "drill", "watch", "clock", "radio" };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < 60; i++)
    g_string_append_printf (out, "{\"input\": \"%s the %s %u\", \"output\": \"%s\"}\n",
                            i % 2 != 0 ? "please send" : "I want to return", things[i / 2 % 6], i,
                            i % 2 != 0 ? "sales" : "refund");
  return g_string_free (out, FALSE);
}

static void
train (TlmTestRun *run,
       const char *data,
       const char *out)
{
  tlm_test_run_cli (run, NULL, "train", "--data", data, "--base", "meeny", "--out", out, "--rank",
                    "4", "--epochs", "12", "--threads", "2", NULL);
}

static void
trains_classifies_and_tells (Fixture      *f,
                             gconstpointer data)
{
  g_autofree char *text = make_requests ();
  g_autofree char *examples = write_file (f, "requests.jsonl", text);
  g_autofree char *out = g_build_filename (f->folder, "requests.gguf", NULL);
  g_autofree char *checkpoint = g_strconcat (out, ".checkpoint", NULL);
  g_autofree char *printed = NULL, *told = NULL, *shown = NULL;
  g_auto (GStrv)   lines = NULL;
  TlmTestRun       run;

  train (&run, examples, out);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  printed = tlm_test_dup_bytes (run.out);
  lines = g_strsplit (g_strchomp (printed), "\n", -1);
  g_assert_nonnull (strstr (lines[0], "\"examples\": 60"));
  g_assert_true (g_str_has_prefix (lines[g_strv_length (lines) - 1], "{\"verdict\": \"wins\""));
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  tlm_test_run_clear (&run);

  tlm_test_run_cli (&run, NULL, "classify", "-m", "meeny", "--adapter", out,
                    "please send the radio 99", "I want to return the lamp 70", NULL);
  told = tlm_test_dup_bytes (run.out);
  g_assert_true (g_str_has_prefix (told, "sales\t"));
  g_assert_nonnull (strstr (told, "\nrefund\t"));
  tlm_test_run_clear (&run);

  tlm_test_run_cli (&run, NULL, "info", out, NULL);
  shown = tlm_test_dup_bytes (run.out);
  g_assert_nonnull (strstr (shown, "refund, sales"));
  g_assert_nonnull (strstr (shown, "base_sha256"));
  tlm_test_run_clear (&run);
}

/* ---- beside a window ---- */

typedef struct
{
  TlmSpecialistRun *run;
  GCancellable     *cancellable;
  guint             n_steps, cancel_at, n_measured;
  gboolean          pauses;
} Watch;

static gboolean
resume (gpointer data)
{
  tlm_specialist_run_set_paused (data, FALSE);
  return G_SOURCE_REMOVE;
}

static void
watch_progress (TlmSpecialistRun            *run,
                const TlmSpecialistProgress *progress,
                gpointer                     data)
{
  Watch *watch = data;

  watch->n_steps += progress->stage == TLM_SPECIALIST_TRAIN;
  watch->n_measured += isfinite (progress->valid_loss);
  if (watch->pauses && watch->n_steps == 2)
    {
      watch->pauses = FALSE;
      tlm_specialist_run_set_paused (run, TRUE);
      g_idle_add (resume, run);
    }
  if (watch->cancel_at > 0 && watch->n_steps >= watch->cancel_at)
    g_cancellable_cancel (watch->cancellable);
}

static gboolean
run_beside (Fixture    *f,
            const char *out,
            guint       cancel_at,
            gboolean    pauses,
            TlmSpecialistResult *result,
            GError    **error)
{
  g_autofree char        *text = make_requests ();
  g_autofree char        *path = write_file (f, "requests.jsonl", text);
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TlmSpecialistRun       *run = tlm_specialist_run_new (0);
  Watch                   watch = { run, cancellable, .cancel_at = cancel_at, .pauses = pauses };
  TlmSpecialistOptions    options = { f->model, out, examples, .rank = 4, .epochs = 8,
                                      .dropout = 0.1, .n_threads = 2, .seed = 7 };
  GAsyncResult           *done = NULL;
  gboolean                good;

  g_signal_connect (run, "progress", G_CALLBACK (watch_progress), &watch);
  tlm_specialist_run_start_async (run, &options, cancellable, tlm_test_keep, &done);
  tlm_test_await (&done);
  good = tlm_specialist_run_start_finish (run, done, result, error);
  if (good)
    g_assert_cmpuint (watch.n_measured, >, 0);
  g_object_unref (done);
  tlm_test_settle ();
  tlm_test_finalize (run);
  return good;
}

static void
goes_on_to_the_same_bytes (Fixture      *f,
                           gconstpointer data)
{
  g_autofree char    *whole = g_build_filename (f->folder, "x.gguf", NULL);
  g_autofree char    *kept = g_build_filename (f->folder, "whole.gguf", NULL);
  g_autofree char    *a = NULL, *b = NULL;
  g_autoptr (GError)  error = NULL;
  TlmSpecialistResult result;
  gsize               n_a, n_b;

  g_assert_true (run_beside (f, whole, 0, TRUE, &result, &error));
  g_assert_no_error (error);
  g_assert_false (result.resumed);
  g_assert_cmpint (g_rename (whole, kept), ==, 0);
  tlm_specialist_drop_checkpoint (whole);
  for (guint at = 3; at <= 9; at += 6)
    {
      g_assert_false (run_beside (f, whole, at, FALSE, &result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
    }
  g_assert_true (run_beside (f, whole, 0, FALSE, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result.resumed);
  g_assert_true (g_file_get_contents (kept, &a, &n_a, NULL));
  g_assert_true (g_file_get_contents (whole, &b, &n_b, NULL));
  g_assert_cmpmem (a, n_a, b, n_b);
}

/* ---- a base that does not stay as it is ---- */

/* Too little to keep all weights in memory: each step reads them from the file. */
#define LITTLE_MEMORY (16u << 20)

/* A training; 0 for a step that does not come. */
typedef struct
{
  char *base, *out, *checkpoint;
  guint cut_at, stop_at, step;
} Fragile;

static void
watch_fragile (const TlmSpecialistProgress *p,
               gpointer                     data)
{
  Fragile *fragile = data;

  if (p->stage != TLM_SPECIALIST_TRAIN)
    return;
  fragile->step = p->step;
  if (p->step == fragile->cut_at)
    g_assert_cmpint (truncate (fragile->base, 1 << 16), ==, 0);
}

static bool
is_at_its_stop (void *data)
{
  const Fragile *fragile = data;

  return fragile->step > 0 && fragile->step == fragile->stop_at;
}

static gboolean
train_fragile (Fixture             *f,
               Fragile             *fragile,
               TlmSpecialistResult *result,
               GError             **error)
{
  g_autofree char        *text = make_requests ();
  g_autofree char        *path = write_file (f, "requests.jsonl", text);
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);
  TlmSpecialistOptions    options = { fragile->base, fragile->out, examples, .rank = 4, .epochs = 2,
                                      .memory = LITTLE_MEMORY, .n_threads = 2, .seed = 7 };

  fragile->step = 0;
  return tlm_specialist_train (&options, watch_fragile, fragile, is_at_its_stop, fragile, result,
                               error);
}

/* It says so with @words, and the checkpoint stays. */
static void
assert_stops (Fixture    *f,
              Fragile    *fragile,
              const char *words)
{
  g_autoptr (GError)  error = NULL;
  TlmSpecialistResult result;

  g_assert_false (train_fragile (f, fragile, &result, &error));
  g_assert_nonnull (strstr (error->message, words));
  g_assert_true (g_file_test (fragile->checkpoint, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fragile->out, G_FILE_TEST_EXISTS));
}

static void
fragile_init (Fragile *fragile,
              Fixture *f,
              GBytes  *model)
{
  *fragile = (Fragile) { g_build_filename (f->folder, "base.gguf", NULL),
                         g_build_filename (f->folder, "x.gguf", NULL),
                         g_build_filename (f->folder, "x.gguf.checkpoint", NULL) };
  g_assert_true (g_file_set_contents (fragile->base, g_bytes_get_data (model, NULL),
                                      (gssize) g_bytes_get_size (model), NULL));
}

static void
fragile_clear (Fragile *fragile)
{
  g_free (fragile->base);
  g_free (fragile->out);
  g_free (fragile->checkpoint);
}

static GBytes *
read_file (const char *path)
{
  char *bytes;
  gsize n;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  return g_bytes_new_take (bytes, n);
}

/* (transfer full): what comes out when nothing happens */
static GBytes *
train_undisturbed (Fixture *f,
                   Fragile *fragile)
{
  g_autoptr (GError)  error = NULL;
  TlmSpecialistResult result;
  GBytes             *bytes;

  g_assert_true (train_fragile (f, fragile, &result, &error));
  g_assert_no_error (error);
  bytes = read_file (fragile->out);
  g_assert_cmpint (g_unlink (fragile->out), ==, 0);
  tlm_specialist_drop_checkpoint (fragile->out);
  return bytes;
}

static void
stop_at (Fixture *f,
         Fragile *fragile,
         guint    step)
{
  g_autoptr (GError)  error = NULL;
  TlmSpecialistResult result;

  fragile->stop_at = step;
  g_assert_false (train_fragile (f, fragile, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fragile->stop_at = 0;
}

static void
waits_for_a_base_that_was_cut_or_removed (Fixture      *f,
                                          gconstpointer data)
{
  g_autoptr (GBytes)  model = read_file (f->model), wanted = NULL, written = NULL;
  g_autoptr (GError)  error = NULL;
  TlmSpecialistResult result;
  Fragile             fragile;

  fragile_init (&fragile, f, model);
  wanted = train_undisturbed (f, &fragile);
  stop_at (f, &fragile, 3);
  fragile.cut_at = 5;
  assert_stops (f, &fragile, "“base.gguf” was cut short while its model learned");
  assert_stops (f, &fragile, "The model “base.gguf” cannot be used");
  g_assert_cmpint (g_unlink (fragile.base), ==, 0);
  assert_stops (f, &fragile, "The model “base.gguf” cannot be used");
  fragile_clear (&fragile);
  fragile_init (&fragile, f, model); /* got again */
  g_assert_true (train_fragile (f, &fragile, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result.resumed);
  written = read_file (fragile.out);
  g_assert_true (g_bytes_equal (written, wanted));
  fragile_clear (&fragile);
}

static void
begins_anew_on_another_base (Fixture      *f,
                             gconstpointer data)
{
  g_autoptr (GBytes)     model = read_file (f->model), other = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError)     error = NULL;
  TlmSpecialistResult    result;
  Fragile                fragile;

  fragile_init (&fragile, f, model);
  stop_at (f, &fragile, 3);
  fragile_clear (&fragile);
  g_byte_array_append (bytes, g_bytes_get_data (model, NULL), (guint) g_bytes_get_size (model));
  bytes->data[bytes->len / 2] ^= 1; /* a weight */
  other = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  fragile_init (&fragile, f, other);
  g_assert_true (train_fragile (f, &fragile, &result, &error));
  g_assert_no_error (error);
  g_assert_false (result.resumed);
  fragile_clear (&fragile);
}

/* Ends the program where it stands, as a power cut does: @ms after there was a checkpoint, or when it
 * is done. */
static void
train_and_kill (const char *data,
                const char *out,
                guint       ms)
{
  g_autofree char        *checkpoint = g_strconcat (out, ".checkpoint", NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError)      error = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, g_getenv ("TINYLM_CLI"),
                              "train", "--data", data, "--base", "meeny", "--out", out, "--rank", "4",
                              "--epochs", "12", "--threads", "2", NULL);
  g_assert_no_error (error);
  while (!g_file_test (checkpoint, G_FILE_TEST_EXISTS) && !g_file_test (out, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  g_usleep (ms * 1000);
  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
}

static void
survives_a_kill_at_any_moment (Fixture      *f,
                               gconstpointer data)
{
  g_autofree char *text = make_requests ();
  g_autofree char *examples = write_file (f, "requests.jsonl", text);
  g_autofree char *out = g_build_filename (f->folder, "x.gguf", NULL);
  g_autofree char *kept = g_build_filename (f->folder, "whole.gguf", NULL);
  g_autofree char *checkpoint = g_strconcat (out, ".checkpoint", NULL);
  g_autofree char *a = NULL, *b = NULL;
  guint            n_kept = 0;
  gsize            n_a, n_b;
  TlmTestRun       run;

  train (&run, examples, out);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  g_assert_cmpint (g_rename (out, kept), ==, 0);
  for (guint i = 0; i < 5 && !g_file_test (out, G_FILE_TEST_EXISTS); i++)
    {
      train_and_kill (examples, out, (guint) g_test_rand_int_range (0, i == 0 ? 50 : 500));
      n_kept += g_file_test (checkpoint, G_FILE_TEST_EXISTS);
    }
  g_assert_cmpuint (n_kept, >, 0);
  train (&run, examples, out);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  g_assert_true (g_file_get_contents (kept, &a, &n_a, NULL));
  g_assert_true (g_file_get_contents (out, &b, &n_b, NULL));
  g_assert_cmpmem (a, n_a, b, n_b);
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
}

typedef struct
{
  guint  n_tried;
  double lowest; /* of the recipes that got all their steps, */
  double now;        /* and of the one that is tried */
  guint  best_rank;
  double best_lr;
} Searched;

static void
watch_search (const TlmSpecialistProgress *p,
              gpointer                     data)
{
  Searched *s = data;

  if (p->stage != TLM_SPECIALIST_SEARCH)
    return;
  if (p->step == 1)
    s->now = INFINITY;
  if (isfinite (p->valid_loss))
    s->now = MIN (s->now, p->valid_loss);
  if (p->step < p->n_steps)
    return;
  s->n_tried++;
  if (s->now < s->lowest)
    {
      s->lowest = s->now;
      s->best_rank = p->rank;
      s->best_lr = p->lr;
    }
}

static void
takes_the_best_recipe_that_it_tried (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char        *text = make_requests ();
  g_autofree char        *path = write_file (f, "requests.jsonl", text);
  g_autofree char        *out = g_build_filename (f->folder, "x.gguf", NULL);
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);
  g_autoptr (GError)      error = NULL;
  TlmSpecialistOptions    options = { f->model, out, examples, .n_threads = 2, .seed = 1,
                                      .minutes = 600, .epochs = 1 }; /* no time is too short */
  TlmSpecialistResult     result;
  Searched                searched = { .lowest = INFINITY };

  g_assert_true (tlm_specialist_train (&options, watch_search, &searched, NULL, NULL, &result,
                                       &error));
  g_assert_no_error (error);
  g_assert_cmpuint (searched.n_tried, ==, 5);
  g_assert_cmpuint (result.rank, ==, searched.best_rank);
  g_assert_cmpfloat (result.lr, ==, searched.best_lr);
}

static void
refuses_what_does_not_fit (Fixture      *f,
                           gconstpointer data)
{
  g_autofree char        *text = make_requests ();
  g_autofree char        *path = write_file (f, "requests.jsonl", text);
  g_autofree char        *out = g_build_filename (f->folder, "x.gguf", NULL);
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);
  g_autoptr (GError)      error = NULL;
  TlmSpecialistOptions    options = { f->model, out, examples, .memory = 1u << 20 };
  TlmSpecialistResult     result;

  g_assert_false (tlm_specialist_train (&options, NULL, NULL, NULL, NULL, &result, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "MiB"));
  g_clear_error (&error);
  examples->n = 9;
  g_assert_false (tlm_specialist_train (&options, NULL, NULL, NULL, NULL, &result, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_FAILED);
  examples->n = 60;
}

/* A receipt names the adapter by its checksum, and a replay takes no other. */
static void
replays_with_the_same_adapter_alone (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char *text = make_requests ();
  g_autofree char *examples = write_file (f, "requests.jsonl", text);
  g_autofree char *out = g_build_filename (f->folder, "requests.gguf", NULL);
  g_autofree char *receipt = g_build_filename (f->folder, "r.json", NULL);
  g_autofree char *merged = g_build_filename (f->folder, "merged.gguf", NULL);
  g_autofree char *scaled = g_strconcat (out, ":0.5", NULL);
  g_autofree char *bytes = NULL;
  gsize            n;
  TlmTestRun       run;

  train (&run, examples, out);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "generate", "-m", "meeny", "--adapter", out, "--adapter", scaled,
                    "-p", "please send the lamp", "--temp", "0", "-n", "8", "--receipt", receipt, NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "replay", receipt, NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);

  tlm_test_run_cli (&run, NULL, "merge", "--base", "meeny", "--adapter", out, "--out", merged,
                    NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "generate", "-m", merged, "-p", "please send the lamp",
                    "--temp", "0", "-n", "8", NULL);
  bytes = tlm_test_dup_bytes (run.out);
  g_assert_cmpstr (g_strstrip (bytes), ==, "sales");
  tlm_test_run_clear (&run);
  g_free (bytes);

  g_assert_true (g_file_get_contents (out, &bytes, &n, NULL));
  bytes[n - 1] ^= 1;
  g_assert_true (g_file_set_contents (out, bytes, (gssize) n, NULL));
  tlm_test_run_cli (&run, NULL, "replay", receipt, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "SHA-256"));
  tlm_test_run_clear (&run);
}

#define TEST(name, func) \
  g_test_add ("/app/specialist/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/specialist/counts-what-teaches-nothing", counts_what_teaches_nothing);
  TEST ("reads-every-form-alike", reads_every_form_alike);
  TEST ("reads-markdown", reads_markdown);
  TEST ("names-the-line-that-is-wrong", names_the_line_that_is_wrong);
  TEST ("trains-classifies-and-tells", trains_classifies_and_tells);
  TEST ("goes-on-to-the-same-bytes", goes_on_to_the_same_bytes);
  TEST ("survives-a-kill-at-any-moment", survives_a_kill_at_any_moment);
  TEST ("waits-for-a-base-that-was-cut-or-removed", waits_for_a_base_that_was_cut_or_removed);
  TEST ("begins-anew-on-another-base", begins_anew_on_another_base);
  TEST ("takes-the-best-recipe-that-it-tried", takes_the_best_recipe_that_it_tried);
  TEST ("refuses-what-does-not-fit", refuses_what_does_not_fit);
  TEST ("replays-with-the-same-adapter-alone", replays_with_the_same_adapter_alone);
  return g_test_run ();
}
