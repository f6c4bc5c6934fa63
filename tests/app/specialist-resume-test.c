/* SPDX-License-Identifier: Apache-2.0 */
/* A training that is stopped, killed, or whose base is cut or exchanged under it goes on to the same
 * bytes, or says why not; of the built-in model and of an imported one. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/errors.h"
#include "specialist-support.h"
#include "specialists/specialist-run.h"
#include "support.h"

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

/* The first that is measured, of as few examples. */
#define MEASURED_AT 8

/* A training; 0 for a step that does not come. */
typedef struct
{
  char *base, *out, *checkpoint;
  guint cut_at, stop_at, step;
  guint epochs;     /* 0: 2, which are too few for a measurement */
  guint n_measured;
  guint n_asked;    /* whether to stop, since the last step that was told of */
  guint last_asked; /* of step MEASURED_AT: the last is as what it learned is measured, */
  guint stop_asked; /* and there it stops */
  gboolean late, judged; /* a whole model is cut once all is learned, and it came to that */
} Fragile;

static void
watch_fragile (const TlmSpecialistProgress *p,
               gpointer                     data)
{
  Fragile *fragile = data;

  fragile->judged = fragile->late && p->stage == TLM_SPECIALIST_JUDGE;
  if (fragile->judged || (p->step > 0 && p->step == fragile->cut_at))
    g_assert_cmpint (truncate (fragile->base, 1 << 16), ==, 0);
  if (p->stage != TLM_SPECIALIST_TRAIN)
    return;
  fragile->step = p->step;
  if (p->step == MEASURED_AT)
    fragile->last_asked = fragile->n_asked;
  fragile->n_asked = 0;
  fragile->n_measured += isfinite (p->valid_loss);
}

static bool
is_at_its_stop (void *data)
{
  Fragile *fragile = data;

  fragile->n_asked++;
  if (fragile->stop_asked > 0 && fragile->step == MEASURED_AT - 1)
    return fragile->n_asked == fragile->stop_asked;
  return fragile->judged /* or it might wait without end */
         || (fragile->step > 0 && fragile->step == fragile->stop_at);
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
                                      .dropout = 0.1, .memory = LITTLE_MEMORY, .n_threads = 2,
                                      .seed = 7, .full = fragile->late, .waits = fragile->late };

  if (fragile->epochs > 0)
    {
      options.epochs = fragile->epochs;
      options.memory = 0; /* they are many, and are to be quick */
    }
  fragile->step = fragile->n_asked = fragile->n_measured = 0;
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

/* The whole model copies what the base says of itself. A full disk would be waited for. */
static void
waits_for_no_room_where_the_base_was_cut (Fixture      *f,
                                          gconstpointer data)
{
  g_autoptr (GBytes) model = read_file (f->model);
  Fragile            fragile;

  fragile_init (&fragile, f, model);
  fragile.epochs = 1;
  fragile.late = TRUE;
  assert_stops (f, &fragile, "“base.gguf” was cut short while its model learned");
  fragile_clear (&fragile);
}

/* The step is made then: it is not made again. */
static void
goes_on_after_a_measurement_that_was_stopped (Fixture      *f,
                                              gconstpointer data)
{
  g_autoptr (GBytes)  model = read_file (f->model), wanted = NULL, written = NULL;
  g_autoptr (GError)  error = NULL;
  TlmSpecialistResult result;
  Fragile             fragile;
  guint               n_measured;

  fragile_init (&fragile, f, model);
  fragile.epochs = 4;
  wanted = train_undisturbed (f, &fragile);
  n_measured = fragile.n_measured;
  g_assert_cmpuint (n_measured, >, 0);
  fragile.stop_asked = fragile.last_asked;
  g_assert_false (train_fragile (f, &fragile, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (fragile.step, ==, MEASURED_AT);
  g_assert_cmpuint (fragile.n_measured, ==, 0);
  fragile.stop_asked = 0;
  g_assert_true (train_fragile (f, &fragile, &result, &error));
  g_assert_no_error (error);
  g_assert_true (result.resumed);
  g_assert_cmpuint (fragile.n_measured, ==, n_measured);
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

/* ---- a program that is killed ---- */

/* A training of requests, as arguments of the program. */
typedef struct
{
  const char *base, *epochs;
  char       *data, *out, *memory; /* in MiB, as text */
} Command;

/* Too little for what could be kept: each layer is computed again for its gradients. */
static char *
find_least_memory (const char *base,
                   const char *data,
                   const char *out)
{
  static const char words[] = "at least ";
  TlmTestRun        run;
  char             *memory;

  tlm_test_run_cli (&run, NULL, "train", "--data", data, "--base", base, "--out", out, "--rank", "4",
                    "--memory", "1", NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, words));
  memory = g_strdup_printf ("%d", atoi (strstr (run.err, words) + strlen (words)) + 1);
  tlm_test_run_clear (&run);
  return memory;
}

static void
command_init (Command    *c,
              Fixture    *f,
              const char *base)
{
  g_autofree char *text = make_requests ();

  /* More than a second of two quick processors: a checkpoint is written each half of one. */
  *c = (Command) { base != NULL ? base : "meeny", base != NULL ? "60" : "12",
                   write_file (f, "requests.jsonl", text),
                   g_build_filename (f->folder, "x.gguf", NULL), NULL };
  c->memory = base != NULL ? find_least_memory (base, c->data, c->out) : g_strdup ("0");
}

static void
command_clear (Command *c)
{
  g_free (c->data);
  g_free (c->out);
  g_free (c->memory);
}

static GSubprocess *
command_start (const Command *c)
{
  g_autoptr (GError) error = NULL;
  GSubprocess       *process;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, g_getenv ("TINYLM_CLI"),
                              "train", "--data", c->data, "--base", c->base, "--out", c->out,
                              "--rank", "4", "--epochs", c->epochs, "--threads", "2", "--memory",
                              c->memory, NULL);
  g_assert_no_error (error);
  return process;
}

/* (transfer full): what comes of it */
static GBytes *
command_finish (const Command *c)
{
  g_autoptr (GSubprocess) process = command_start (c);
  g_autoptr (GError)      error = NULL;
  GBytes                 *bytes;

  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  bytes = read_file (c->out);
  g_assert_cmpint (g_unlink (c->out), ==, 0);
  return bytes;
}

/* Ends the program where it stands, as a power cut does: @ms after there was a checkpoint, or when it
 * is done. */
static void
command_kill (const Command *c,
              guint          ms)
{
  g_autofree char        *checkpoint = g_strconcat (c->out, ".checkpoint", NULL);
  g_autoptr (GSubprocess) process = command_start (c);
  g_autoptr (GError)      error = NULL;

  while (!g_file_test (checkpoint, G_FILE_TEST_EXISTS) && !g_file_test (c->out, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  g_usleep (ms * 1000);
  g_subprocess_force_exit (process);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
}

/* @data: (nullable): an imported model of the test data; NULL: the built-in one */
static void
survives_a_kill_at_any_moment (Fixture      *f,
                               gconstpointer data)
{
  g_autofree char   *base = data != NULL ? tlm_test_find_data (data) : NULL, *checkpoint = NULL;
  g_autoptr (GBytes) wanted = NULL, written = NULL;
  guint              n_kept = 0;
  Command            c;

  if (data != NULL && base == NULL)
    return;
  command_init (&c, f, base);
  checkpoint = g_strconcat (c.out, ".checkpoint", NULL);
  wanted = command_finish (&c);
  for (guint i = 0; i < 3 && !g_file_test (c.out, G_FILE_TEST_EXISTS); i++)
    {
      command_kill (&c, i == 0 ? 0 : (guint) g_test_rand_int_range (0, 500));
      n_kept += g_file_test (checkpoint, G_FILE_TEST_EXISTS);
    }
  g_assert_cmpuint (n_kept, >, 1); /* the first one at least came long before the end */
  written = command_finish (&c);
  g_assert_true (g_bytes_equal (written, wanted));
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  command_clear (&c);
}

#define TEST(name, func, data) \
  g_test_add ("/app/specialist-resume/" name, Fixture, data, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("goes-on-to-the-same-bytes", goes_on_to_the_same_bytes, NULL);
  TEST ("survives-a-kill-at-any-moment", survives_a_kill_at_any_moment, NULL);
  TEST ("survives-a-kill-with-an-imported-model", survives_a_kill_at_any_moment,
        "weights/stories260K.gguf");
  TEST ("waits-for-a-base-that-was-cut-or-removed", waits_for_a_base_that_was_cut_or_removed, NULL);
  TEST ("waits-for-no-room-where-the-base-was-cut", waits_for_no_room_where_the_base_was_cut, NULL);
  TEST ("goes-on-after-a-measurement-that-was-stopped",
        goes_on_after_a_measurement_that_was_stopped, NULL);
  TEST ("begins-anew-on-another-base", begins_anew_on_another_base, NULL);
  return g_test_run ();
}
