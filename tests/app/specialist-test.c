/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists of the built-in language model: the commands that train one and use what came of it,
 * the recipe that it is trained with, and what does not fit. */
#include <math.h>
#include <string.h>

#include "core/errors.h"
#include "specialist-support.h"
#include "specialists/specialist.h"
#include "support.h"

/* What stands from the label on, in each line. */
static GStrv
take_labels (TlmTestRun *run)
{
  g_autofree char *text = tlm_test_dup_bytes (run->out);
  GStrv            lines = g_strsplit (g_strchomp (text), "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *label = strstr (lines[i], "\"label\"");

      g_assert_nonnull (label);
      memmove (lines[i], label, strlen (label) + 1);
    }
  return lines;
}

static void
classifies_records (const char *adapter)
{
  static const char texts[] = "please send the radio 99\nI want to return the lamp 70\n";
  static const char records[] = "{\"id\": 1, \"text\": \"please send the radio 99\"}\n"
                                "{\"id\": 2, \"text\": \"I want to return the lamp 70\"}\n";
  g_autoptr (GBytes) lines = g_bytes_new_static (texts, strlen (texts));
  g_autoptr (GBytes) input = g_bytes_new_static (records, strlen (records));
  g_auto (GStrv)     expected = NULL, answers = NULL;
  TlmTestRun         run;

  tlm_test_run_cli (&run, lines, "classify", "--json", "-m", "meeny", "--adapter", adapter, NULL);
  expected = take_labels (&run);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, input, "batch", "classify", "-j", "2", "--adapter", adapter, NULL);
  g_assert_cmpint (run.status, ==, 0);
  answers = take_labels (&run);
  g_assert_cmpuint (g_strv_length (expected), ==, 2);
  g_assert_true (g_str_has_prefix (expected[0], "\"label\": \"sales\""));
  g_assert_true (g_strv_equal ((const char *const *) expected, (const char *const *) answers));
  tlm_test_run_clear (&run);
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
  classifies_records (out);

  tlm_test_run_cli (&run, NULL, "info", out, NULL);
  shown = tlm_test_dup_bytes (run.out);
  g_assert_nonnull (strstr (shown, "refund, sales"));
  g_assert_nonnull (strstr (shown, "base_sha256"));
  tlm_test_run_clear (&run);
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

/* Of the recipes those alone that differ in what is not given and have room, while there is time. */
static void
searches_what_is_open_and_fits (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char        *text = make_requests ();
  g_autofree char        *path = write_file (f, "requests.jsonl", text);
  g_autofree char        *out = g_build_filename (f->folder, "x.gguf", NULL);
  g_autoptr (TlmExamples) examples = tlm_examples_load (path, NULL);
  TlmSpecialistOptions    options = { f->model, out, examples, .n_threads = 2, .epochs = 1,
                                      .memory = 25u << 20, .seed = 1 };
  const struct { guint rank; double lr, minutes; guint n_tried; } searches[] = {
    { 0, 0, 1e-6, 0 },     /* no time */
    { 2, 1e-3, 600, 0 },   /* nothing open */
    { 0, 1e-3, 600, 2 },   /* rank 16 and 4; 48 has no room */
  };
  TlmSpecialistResult     result;
  g_autoptr (GError)      error = NULL;

  options.rank = 48;
  g_assert_false (tlm_specialist_train (&options, NULL, NULL, NULL, NULL, &result, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE);
  g_clear_error (&error);
  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      Searched searched = { .lowest = INFINITY };

      options.rank = searches[i].rank;
      options.lr = searches[i].lr;
      options.minutes = searches[i].minutes;
      tlm_specialist_train (&options, watch_search, &searched, NULL, NULL, &result, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (searched.n_tried, ==, searches[i].n_tried);
      tlm_specialist_drop_checkpoint (out);
    }
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

static void
says_that_a_reader_learns_no_examples (Fixture      *f,
                                       gconstpointer data)
{
  g_autofree char *text = make_requests ();
  g_autofree char *examples = write_file (f, "requests.jsonl", text);
  g_autofree char *out = g_build_filename (f->folder, "x.gguf", NULL);
  TlmTestRun       run;

  tlm_test_run_cli (&run, NULL, "train", "--data", examples, "--base", "eeny", "--out", out, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "“eeny” reads notes"));
  g_assert_nonnull (strstr (run.err, "meeny"));
  tlm_test_run_clear (&run);
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

/* Whose rows are no whole blocks of Q8_0: the whole model and a merge have them in F16. */
static void
takes_an_imported_model_of_any_width (Fixture      *f,
                                      gconstpointer data)
{
  g_autofree char *base = tlm_test_find_data ("weights/stories260K.gguf");
  g_autofree char *text = make_requests ();
  g_autofree char *examples = write_file (f, "requests.jsonl", text);
  g_autofree char *whole = g_build_filename (f->folder, "whole.gguf", NULL);
  g_autofree char *adapter = g_build_filename (f->folder, "adapter.gguf", NULL);
  g_autofree char *merged = g_build_filename (f->folder, "merged.gguf", NULL);
  const char      *made[] = { whole, merged };
  TlmTestRun       run;

  if (base == NULL)
    return;
  tlm_test_run_cli (&run, NULL, "train", "--full", "--data", examples, "--base", base, "--out", whole,
                    "--epochs", "1", NULL);
  g_assert_cmpstr (run.err, ==, "");
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "train", "--data", examples, "--base", base, "--out", adapter,
                    "--epochs", "1", NULL);
  g_assert_cmpstr (run.err, ==, "");
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "merge", "--base", base, "--adapter", adapter, "--out", merged, NULL);
  g_assert_cmpstr (run.err, ==, "");
  tlm_test_run_clear (&run);
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    {
      tlm_test_run_cli (&run, NULL, "classify", "-m", made[i], "please send the radio 99", NULL);
      g_assert_cmpint (run.status, ==, 0);
      tlm_test_run_clear (&run);
    }
  tlm_test_run_cli (&run, NULL, "classify", "-m", "meeny", "--adapter", adapter, "a", NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "“adapter.gguf” does not fit this model"));
  tlm_test_run_clear (&run);
}

#define TEST(name, func) \
  g_test_add ("/app/specialist/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("trains-classifies-and-tells", trains_classifies_and_tells);
  TEST ("takes-the-best-recipe-that-it-tried", takes_the_best_recipe_that_it_tried);
  TEST ("searches-what-is-open-and-fits", searches_what_is_open_and_fits);
  TEST ("refuses-what-does-not-fit", refuses_what_does_not_fit);
  TEST ("says-that-a-reader-learns-no-examples", says_that_a_reader_learns_no_examples);
  TEST ("takes-an-imported-model-of-any-width", takes_an_imported_model_of_any_width);
  TEST ("replays-with-the-same-adapter-alone", replays_with_the_same_adapter_alone);
  return g_test_run ();
}
