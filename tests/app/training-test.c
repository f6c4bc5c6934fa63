/* SPDX-License-Identifier: Apache-2.0 */
/* The one training: it begins, is stopped, is brought back, and goes on in another run of the
 * program from the store and its checkpoint. */
#include "specialists/specialist-run.h"
#include "specialists/training-record.h"
#include "store/store-private.h"
#include "training-support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* A second window on the same store, as in another session. */
static void
test_belongs_to_one_program (Fixture      *f,
                             gconstpointer data)
{
  Fixture          other = { .folder = f->folder, .store_path = f->store_path, .model = f->model };
  g_autofree char *out = NULL;

  fixture_begin (f);
  wait_until (fixture_has_stepped (f));
  tlm_training_set_paused (f->training, TRUE);
  out = g_strdup (tlm_training_get_options (f->training)->out_path);
  fixture_start (&other);
  wait_until (fixture_get_state (&other) == TLM_TRAINING_WAITING);
  tlm_training_go_on (other.training);
  wait_until (other.failure != NULL);
  g_assert_nonnull (strstr (other.failure, "Another program"));
  g_assert_cmpint (fixture_get_state (&other), ==, TLM_TRAINING_WAITING);
  g_clear_pointer (&other.failure, g_free);
  tlm_training_discard (other.training);
  g_assert_nonnull (other.failure);
  g_assert_cmpint (fixture_get_state (&other), ==, TLM_TRAINING_WAITING);
  fixture_stop (&other);
  g_free (other.failure);
  tlm_training_set_paused (f->training, FALSE);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  g_assert_true (g_file_test (out, G_FILE_TEST_EXISTS));
}

static void
test_goes_on_after_a_restart (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char *out = NULL;
  guint            n_points;

  fixture_begin (f);
  wait_until (fixture_has_stepped (f));
  out = g_strdup (tlm_training_get_options (f->training)->out_path);
  g_assert_true (g_str_has_suffix (out, "Route-my mail.gguf"));
  fixture_stop (f); /* in the midst of it */
  fixture_start (f);
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING);
  g_assert_cmpint (tlm_training_get_set_id (f->training), ==, 7);
  g_assert_cmpstr (tlm_training_get_name (f->training), ==, "Route/my mail");
  g_assert_cmpstr (tlm_training_get_options (f->training)->out_path, ==, out);
  n_points = tlm_training_get_points (f->training)->len;
  g_assert_cmpuint (n_points, >, 2); /* the curve too */
  tlm_training_go_on (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  g_assert_true (tlm_training_get_result (f->training)->resumed);
  g_assert_true (g_file_test (out, G_FILE_TEST_EXISTS));
  g_assert_null (f->failure);
}

/* Examples that are conversations are learned from as such after a restart too. */
static void
test_keeps_the_turns_of_conversations (Fixture      *f,
                                       gconstpointer data)
{
  g_autoptr (TlmExamples) examples = NULL;
  TlmExample              talks[12];
  TlmSpecialistOptions    options;
  const TlmExamples      *kept;
  char *turns[] = { (char *) "system", (char *) "Be \"brief\".", (char *) "user", NULL, NULL };

  for (int i = 0; i < 12; i++)
    {
      turns[3] = f->items[i].input;
      talks[i] = (TlmExample) { f->items[i].input, f->items[i].output, g_strdupv (turns) };
    }
  examples = tlm_examples_new (talks, 12);
  options = fixture_options (f, examples);
  tlm_training_start (f->training, 7, "Talk", &options);
  fixture_stop (f);
  fixture_start (f);
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING || f->failure != NULL);
  g_assert_cmpstr (f->failure, ==, NULL);
  kept = tlm_training_get_options (f->training)->examples;
  g_assert_cmpuint (kept->n, ==, 12);
  for (int i = 0; i < 12; i++)
    {
      g_assert_cmpstrv (kept->items[i].turns, talks[i].turns);
      g_strfreev (talks[i].turns);
    }
}

/* Also before there is a checkpoint, and in another run of the program. */
static void
test_holds_its_name (Fixture      *f,
                     gconstpointer data)
{
  g_autofree char *out = NULL, *other = NULL, *unjudged = NULL, *checkpoint = NULL;
  int              lock;

  fixture_begin (f);
  out = g_strdup (tlm_training_get_options (f->training)->out_path);
  unjudged = g_strconcat (out, ".unjudged", NULL);
  g_assert_true (g_file_test (unjudged, G_FILE_TEST_EXISTS));
  fixture_stop (f);
  fixture_start (f);
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING);
  checkpoint = tlm_specialist_dup_checkpoint (out);
  g_unlink (checkpoint);
  other = tlm_training_reserve ("Route/my mail", &lock);
  g_assert_cmpstr (other, !=, out);
  tlm_specialist_unlock (other, lock);
}

static void
empty_bin_job (gpointer owner,
               GTask   *task)
{
  g_assert_true (tlm_models_delete (owner, G_MAXINT64, 0, NULL));
  g_task_return_boolean (task, TRUE);
}

/* A model in the bin whose file is gone has no part in the file that takes its name. */
static void
test_is_not_in_the_bin (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (TlmExamples) examples = tlm_examples_new (f->items, N_EXAMPLES);
  TlmSpecialistOptions    options = fixture_options (f, examples);
  g_autofree char        *sql = NULL, *uri = NULL, *path = NULL;
  int                     lock;

  path = tlm_training_reserve ("Binned", &lock);
  tlm_specialist_unlock (path, lock);
  uri = g_filename_to_uri (path, NULL, NULL);
  sql = g_strdup_printf ("INSERT INTO models (uri, name, owned, sha256, size, added, trashed) "
                         "VALUES ('%s', 'Gone', 1, 'a', 1, 1, 1)", uri);
  tlm_test_exec (f->store, sql);
  tlm_training_start (f->training, 7, "Binned", &options);
  g_assert_cmpstr (tlm_training_get_options (f->training)->out_path, ==, path);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  tlm_test_run_in_store (f->store, empty_bin_job, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* As far as it was measured, which a kill leaves too. */
static void
test_keeps_its_curve (Fixture      *f,
                      gconstpointer data)
{
  g_autofree char *n = NULL;

  fixture_begin (f);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (n);
      n = tlm_test_query (f->store_path, "SELECT length (points) > 0 FROM trainings");
    }
  while (g_strcmp0 (n, "1") != 0);
  g_assert_cmpint (fixture_get_state (f), ==, TLM_TRAINING_RUNNING);
}

/* Until what was asked of the store is done, and told. */
static void
settle (Fixture *f)
{
  tlm_test_exec (f->store, "SELECT 1");
  tlm_test_settle ();
}

/* Returns: (transfer full): the path of its checkpoint */
static char *
discard (Fixture *f)
{
  char *checkpoint;

  fixture_begin (f);
  wait_until (fixture_has_stepped (f));
  checkpoint = tlm_specialist_dup_checkpoint (tlm_training_get_options (f->training)->out_path);
  tlm_training_discard (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_NONE);
  g_assert_true (tlm_training_can_restore (f->training));
  return checkpoint;
}

/* Which was stopped as it was measured: the loss that its step was told with stays. */
static void
test_adds_a_measurement_to_its_step (Fixture      *f,
                                     gconstpointer data)
{
  static const TlmLossPoint     told[] = { { 7, 2, NAN }, { 8, 3, NAN }, { 8, NAN, 4 } };
  g_autoptr (TlmExamples)       examples = tlm_examples_new (f->items, 12);
  TlmSpecialistOptions          options = fixture_options (f, examples);
  g_autoptr (TlmTrainingRecord) record = tlm_training_record_new (7, "Route", &options);
  const TlmLossPoint           *last;

  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    tlm_training_record_add_point (record, &told[i]);
  g_assert_cmpuint (record->points->len, ==, 2);
  last = &g_array_index (record->points, TlmLossPoint, 1);
  g_assert_cmpuint (last->step, ==, 8);
  g_assert_cmpfloat (last->loss, ==, 3);
  g_assert_cmpfloat (last->valid_loss, ==, 4);
}

static void
test_leaves_nothing_when_discarded (Fixture      *f,
                                    gconstpointer data)
{
  g_autofree char *checkpoint = discard (f);

  fixture_stop (f);
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  fixture_start (f);
  settle (f);
  g_assert_cmpint (fixture_get_state (f), ==, TLM_TRAINING_NONE);
  g_assert_false (tlm_training_can_restore (f->training));
}

static void
test_goes_on_when_restored (Fixture      *f,
                            gconstpointer data)
{
  g_autofree char *checkpoint = discard (f);

  tlm_training_load (f->training); /* the store still has it; that brings nothing back */
  settle (f);
  g_assert_cmpint (fixture_get_state (f), ==, TLM_TRAINING_NONE);
  tlm_training_restore (f->training);
  g_assert_cmpint (fixture_get_state (f), ==, TLM_TRAINING_WAITING);
  tlm_training_discard (f->training); /* as it waits */
  g_assert_cmpint (fixture_get_state (f), ==, TLM_TRAINING_NONE);
  tlm_training_restore (f->training);
  g_assert_false (tlm_training_can_restore (f->training));
  tlm_training_go_on (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  g_assert_true (tlm_training_get_result (f->training)->resumed);
}

static void
test_is_forgotten_once_another_starts (Fixture      *f,
                                       gconstpointer data)
{
  g_autofree char *checkpoint = discard (f), *n = NULL;

  fixture_begin (f);
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  g_assert_false (tlm_training_can_restore (f->training));
  settle (f);
  n = tlm_test_query (f->store_path, "SELECT count (*) FROM trainings");
  g_assert_cmpstr (n, ==, "1");
}

/* In the last moment: the specialist is there by then. */
static void
test_goes_on_when_restored_from_its_end (Fixture      *f,
                                         gconstpointer data)
{
  g_autofree char *out = NULL;

  fixture_begin (f);
  out = g_strdup (tlm_training_get_options (f->training)->out_path);
  while (!g_file_test (out, G_FILE_TEST_EXISTS))
    g_usleep (1000);
  tlm_training_discard (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_NONE);
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  g_assert_true (tlm_training_can_restore (f->training));
  tlm_training_restore (f->training);
  tlm_training_go_on (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  g_assert_true (g_file_test (out, G_FILE_TEST_EXISTS));
}

/* Two programs have it before them; the first goes on with it to its end. What the second does then with
 * the one that it still holds for waiting, @act or looking again, takes nothing away. */
static void
assert_ends_elsewhere (Fixture *f,
                       void   (*act) (TlmTraining *training))
{
  Fixture          other = { .store_path = f->store_path };
  g_autofree char *path = NULL;

  fixture_begin (f);
  wait_until (fixture_has_stepped (f));
  tlm_training_stop (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING);
  path = g_strdup (tlm_training_get_options (f->training)->out_path);
  fixture_start (&other);
  wait_until (fixture_get_state (&other) == TLM_TRAINING_WAITING);
  tlm_training_go_on (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  settle (f);
  act (other.training);
  wait_until (fixture_get_state (&other) == TLM_TRAINING_NONE);
  fixture_stop (&other);
  g_free (other.failure);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_object_unref (fixture_find_trained (f));
}

static void
test_is_not_discarded_when_it_ended_elsewhere (Fixture      *f,
                                               gconstpointer data)
{
  assert_ends_elsewhere (f, tlm_training_discard);
}

static void
test_is_not_done_again_when_it_ended_elsewhere (Fixture      *f,
                                                gconstpointer data)
{
  assert_ends_elsewhere (f, tlm_training_go_on);
}

static void
test_waits_no_more_when_it_ended_elsewhere (Fixture      *f,
                                            gconstpointer data)
{
  assert_ends_elsewhere (f, tlm_training_load);
}

/* The first has discarded it, and could still take it back; the second goes on with it, and stops. */
static void
test_is_not_forgotten_when_it_went_on_elsewhere (Fixture      *f,
                                                 gconstpointer data)
{
  Fixture          other = { .store_path = f->store_path };
  g_autofree char *checkpoint = NULL, *n = NULL;

  fixture_begin (f);
  wait_until (fixture_has_stepped (f));
  tlm_training_stop (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING);
  checkpoint = tlm_specialist_dup_checkpoint (tlm_training_get_options (f->training)->out_path);
  fixture_start (&other);
  wait_until (fixture_get_state (&other) == TLM_TRAINING_WAITING);
  tlm_training_discard (f->training);
  g_assert_true (tlm_training_can_restore (f->training));
  tlm_training_go_on (other.training);
  wait_until (tlm_training_get_progress (other.training) != NULL
              && tlm_training_get_progress (other.training)->stage == TLM_SPECIALIST_TRAIN);
  tlm_training_stop (other.training);
  wait_until (fixture_get_state (&other) == TLM_TRAINING_WAITING);
  fixture_stop (f);
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  n = tlm_test_query (f->store_path, "SELECT count (*) FROM trainings");
  g_assert_cmpstr (n, ==, "1");
  fixture_stop (&other);
  g_free (other.failure);
  fixture_start (f);
}

static void
test_pauses (Fixture      *f,
             gconstpointer data)
{
  fixture_begin (f);
  wait_until (fixture_has_stepped (f));
  tlm_training_set_paused (f->training, TRUE);
  g_assert_true (tlm_training_get_paused (f->training));
  tlm_training_stop (f->training); /* also out of its sleep */
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING);
  g_assert_false (tlm_training_get_paused (f->training));
}

static void
test_says_why_not (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (TlmExamples) examples = tlm_examples_new (f->items, 3);
  TlmSpecialistOptions    options = fixture_options (f, examples);

  tlm_training_start (f->training, 7, "Few", &options);
  wait_until (fixture_get_state (f) == TLM_TRAINING_NONE);
  g_assert_nonnull (strstr (f->failure, "at least 10"));
}

#define ADD(name, func) FIXTURE_ADD ("/app/training/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_init ();
  ADD ("goes-on-after-a-restart", test_goes_on_after_a_restart);
  ADD ("keeps-the-turns-of-conversations", test_keeps_the_turns_of_conversations);
  ADD ("holds-its-name", test_holds_its_name);
  ADD ("is-not-in-the-bin", test_is_not_in_the_bin);
  ADD ("keeps-its-curve", test_keeps_its_curve);
  ADD ("adds-a-measurement-to-its-step", test_adds_a_measurement_to_its_step);
  ADD ("leaves-nothing-when-discarded", test_leaves_nothing_when_discarded);
  ADD ("goes-on-when-restored", test_goes_on_when_restored);
  ADD ("goes-on-when-restored-from-its-end", test_goes_on_when_restored_from_its_end);
  ADD ("is-forgotten-once-another-starts", test_is_forgotten_once_another_starts);
  ADD ("is-not-discarded-when-it-ended-elsewhere", test_is_not_discarded_when_it_ended_elsewhere);
  ADD ("is-not-done-again-when-it-ended-elsewhere", test_is_not_done_again_when_it_ended_elsewhere);
  ADD ("waits-no-more-when-it-ended-elsewhere", test_waits_no_more_when_it_ended_elsewhere);
  ADD ("is-not-forgotten-when-it-went-on-elsewhere", test_is_not_forgotten_when_it_went_on_elsewhere);
  ADD ("pauses", test_pauses);
  ADD ("says-why-not", test_says_why_not);
  ADD ("belongs-to-one-program", test_belongs_to_one_program);
  return fixture_run ();
}
