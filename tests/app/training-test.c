/* SPDX-License-Identifier: Apache-2.0 */
/* The one training: it begins, is stopped, goes on in another run of the program from the store and
 * its checkpoint, and its specialist, or the model that was trained in full, can be tried and
 * compared. With the built-in model. */
#include "models/models.h"
#include "specialists/specialist-card.h"
#include "specialists/specialist-plan.h"
#include "specialists/specialist-trial.h"
#include "support.h"
#include "specialists/trained.h"
#include "specialists/training.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_EXAMPLES 50

typedef struct
{
  char        *folder, *store_path, *model;
  TlmStore    *store;
  TlmTraining *training;
  char        *failure;
  TlmExample   items[N_EXAMPLES];
} Fixture;

static void
keep_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
tick_cb (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

#ifdef __SANITIZE_THREAD__ /* some twenty times as slow */
#define WAIT_S 1200
#else
#define WAIT_S 60
#endif

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;                           \
    guint  tick = g_timeout_add (100, tick_cb, NULL);                                              \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > deadline)                                                    \
          g_error ("never: %s", #condition);                                                       \
        g_main_context_iteration (NULL, TRUE);                                                     \
      }                                                                                            \
    g_source_remove (tick);                                                                        \
  }                                                                                                \
  G_STMT_END

static void
failed_cb (Fixture    *f,
           const char *sentence)
{
  g_free (f->failure);
  f->failure = g_strdup (sentence);
  g_test_message ("failed: %s", sentence);
}

/* As the program does when it begins. */
static void
start (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  f->store = tlm_store_new ();
  tlm_store_open_async (f->store, f->store_path, NULL, keep_cb, &result);
  wait_until (result != NULL);
  g_assert_true (tlm_store_open_finish (f->store, result, NULL));
  f->training = tlm_training_new (f->store, 0);
  g_signal_connect_swapped (f->training, "failed", G_CALLBACK (failed_cb), f);
  tlm_training_load (f->training);
}

/* And when it ends. */
static void
stop (Fixture *f)
{
  tlm_training_shutdown (f->training);
  tlm_store_close (f->store);
  g_clear_object (&f->training);
  g_clear_object (&f->store);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->store_path = g_build_filename (f->folder, "tinylm.db", NULL);
  f->model = g_build_filename (g_getenv ("TINYLM_DATA_DIR"), "models", "meeny.gguf", NULL);
  for (int i = 0; i < N_EXAMPLES; i++)
    f->items[i] = (TlmExample) { g_strdup_printf (i % 2 ? "please buy lamp %d" : "return chair %d", i),
                                 g_strdup (i % 2 ? "sales" : "refund") };
  start (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  stop (f);
  for (int i = 0; i < N_EXAMPLES; i++)
    {
      g_free (f->items[i].input);
      g_free (f->items[i].output);
    }
  g_free (f->failure);
  g_free (f->model);
  g_free (f->store_path);
  tlm_test_remove_folder (f->folder);
}

static TlmSpecialistOptions
options_of (const Fixture     *f,
            const TlmExamples *examples)
{
  return (TlmSpecialistOptions) { .model_path = f->model, .examples = examples, .rank = 4,
                                  .epochs = 6, .seed = 1 };
}

static void
begin (Fixture *f)
{
  g_autoptr (TlmExamples) examples = tlm_examples_new (f->items, N_EXAMPLES);
  TlmSpecialistOptions    options = options_of (f, examples);

  tlm_training_start (f->training, 7, "Route/my mail", &options);
  g_assert_cmpint (tlm_training_get_state (f->training), ==, TLM_TRAINING_RUNNING);
}

static TlmTrainingState
get_state (Fixture *f)
{
  return tlm_training_get_state (f->training);
}

static gboolean
has_stepped (Fixture *f)
{
  GArray *points = tlm_training_get_points (f->training);

  return points != NULL && points->len > 2;
}

/* A second window on the same store, as in another session. */
static void
test_belongs_to_one_program (Fixture      *f,
                             gconstpointer data)
{
  Fixture          other = { .folder = f->folder, .store_path = f->store_path, .model = f->model };
  g_autofree char *out = NULL;

  begin (f);
  wait_until (has_stepped (f));
  tlm_training_set_paused (f->training, TRUE);
  out = g_strdup (tlm_training_get_options (f->training)->out_path);
  start (&other);
  wait_until (get_state (&other) == TLM_TRAINING_WAITING);
  tlm_training_go_on (other.training);
  wait_until (other.failure != NULL);
  g_assert_nonnull (strstr (other.failure, "Another program"));
  g_assert_cmpint (get_state (&other), ==, TLM_TRAINING_WAITING);
  g_clear_pointer (&other.failure, g_free);
  tlm_training_discard (other.training);
  g_assert_nonnull (other.failure);
  g_assert_cmpint (get_state (&other), ==, TLM_TRAINING_WAITING);
  stop (&other);
  g_free (other.failure);
  tlm_training_set_paused (f->training, FALSE);
  wait_until (get_state (f) == TLM_TRAINING_DONE);
  g_assert_true (g_file_test (out, G_FILE_TEST_EXISTS));
}

static void
test_goes_on_after_a_restart (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char *out = NULL;
  guint            n_points;

  begin (f);
  wait_until (has_stepped (f));
  out = g_strdup (tlm_training_get_options (f->training)->out_path);
  g_assert_true (g_str_has_suffix (out, "Route-my mail.gguf"));
  stop (f); /* in the midst of it */
  start (f);
  wait_until (get_state (f) == TLM_TRAINING_WAITING);
  g_assert_cmpint (tlm_training_get_set_id (f->training), ==, 7);
  g_assert_cmpstr (tlm_training_get_name (f->training), ==, "Route/my mail");
  g_assert_cmpstr (tlm_training_get_options (f->training)->out_path, ==, out);
  n_points = tlm_training_get_points (f->training)->len;
  g_assert_cmpuint (n_points, >, 2); /* the curve too */
  tlm_training_go_on (f->training);
  wait_until (get_state (f) == TLM_TRAINING_DONE);
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
  options = options_of (f, examples);
  tlm_training_start (f->training, 7, "Talk", &options);
  stop (f);
  start (f);
  wait_until (get_state (f) == TLM_TRAINING_WAITING || f->failure != NULL);
  g_assert_cmpstr (f->failure, ==, NULL);
  kept = tlm_training_get_options (f->training)->examples;
  g_assert_cmpuint (kept->n, ==, 12);
  for (int i = 0; i < 12; i++)
    {
      g_assert_cmpstrv (kept->items[i].turns, talks[i].turns);
      g_strfreev (talks[i].turns);
    }
}

/* As far as it was measured, which a kill leaves too. */
static void
test_keeps_its_curve (Fixture      *f,
                      gconstpointer data)
{
  g_autofree char *n = NULL;

  begin (f);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      g_free (n);
      n = tlm_test_query (f->store_path, "SELECT length (points) > 0 FROM trainings");
    }
  while (g_strcmp0 (n, "1") != 0);
  g_assert_cmpint (get_state (f), ==, TLM_TRAINING_RUNNING);
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

  begin (f);
  wait_until (has_stepped (f));
  checkpoint = tlm_specialist_dup_checkpoint (tlm_training_get_options (f->training)->out_path);
  tlm_training_discard (f->training);
  wait_until (get_state (f) == TLM_TRAINING_NONE);
  g_assert_true (tlm_training_can_restore (f->training));
  return checkpoint;
}

static void
test_leaves_nothing_when_discarded (Fixture      *f,
                                    gconstpointer data)
{
  g_autofree char *checkpoint = discard (f);

  stop (f);
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  start (f);
  settle (f);
  g_assert_cmpint (get_state (f), ==, TLM_TRAINING_NONE);
  g_assert_false (tlm_training_can_restore (f->training));
}

static void
test_goes_on_when_restored (Fixture      *f,
                            gconstpointer data)
{
  g_autofree char *checkpoint = discard (f);

  tlm_training_load (f->training); /* the store still has it; that brings nothing back */
  settle (f);
  g_assert_cmpint (get_state (f), ==, TLM_TRAINING_NONE);
  tlm_training_restore (f->training);
  g_assert_cmpint (get_state (f), ==, TLM_TRAINING_WAITING);
  tlm_training_discard (f->training); /* as it waits */
  g_assert_cmpint (get_state (f), ==, TLM_TRAINING_NONE);
  tlm_training_restore (f->training);
  g_assert_false (tlm_training_can_restore (f->training));
  tlm_training_go_on (f->training);
  wait_until (get_state (f) == TLM_TRAINING_DONE);
  g_assert_true (tlm_training_get_result (f->training)->resumed);
}

static void
test_is_forgotten_once_another_starts (Fixture      *f,
                                       gconstpointer data)
{
  g_autofree char *checkpoint = discard (f), *n = NULL;

  begin (f);
  g_assert_false (g_file_test (checkpoint, G_FILE_TEST_EXISTS));
  wait_until (get_state (f) == TLM_TRAINING_DONE);
  g_assert_false (tlm_training_can_restore (f->training));
  settle (f);
  n = tlm_test_query (f->store_path, "SELECT count (*) FROM trainings");
  g_assert_cmpstr (n, ==, "1");
}

/* Of the specialists in the store the first. (transfer full) */
static TlmTrained *
find_trained (Fixture *f)
{
  g_autoptr (TlmTrainedList) list = tlm_trained_list_new (f->store);
  GListModel                *items = tlm_trained_list_get (list);

  tlm_trained_list_load (list);
  wait_until (g_list_model_get_n_items (items) > 0);
  return g_list_model_get_item (items, 0);
}

/* Two programs have it before them; the first goes on with it to its end. What the second does then with
 * the one that it still holds for waiting, @act or looking again, takes nothing away. */
static void
assert_ends_elsewhere (Fixture *f,
                       void   (*act) (TlmTraining *training))
{
  Fixture          other = { .store_path = f->store_path };
  g_autofree char *path = NULL;

  begin (f);
  wait_until (has_stepped (f));
  tlm_training_stop (f->training);
  wait_until (get_state (f) == TLM_TRAINING_WAITING);
  path = g_strdup (tlm_training_get_options (f->training)->out_path);
  start (&other);
  wait_until (get_state (&other) == TLM_TRAINING_WAITING);
  tlm_training_go_on (f->training);
  wait_until (get_state (f) == TLM_TRAINING_DONE);
  settle (f);
  act (other.training);
  wait_until (get_state (&other) == TLM_TRAINING_NONE);
  stop (&other);
  g_free (other.failure);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_object_unref (find_trained (f));
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

static void
test_pauses (Fixture      *f,
             gconstpointer data)
{
  begin (f);
  wait_until (has_stepped (f));
  tlm_training_set_paused (f->training, TRUE);
  g_assert_true (tlm_training_get_paused (f->training));
  tlm_training_stop (f->training); /* also out of its sleep */
  wait_until (get_state (f) == TLM_TRAINING_WAITING);
  g_assert_false (tlm_training_get_paused (f->training));
}

static void
test_says_why_not (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (TlmExamples) examples = tlm_examples_new (f->items, 3);
  TlmSpecialistOptions    options = options_of (f, examples);

  tlm_training_start (f->training, 7, "Few", &options);
  wait_until (get_state (f) == TLM_TRAINING_NONE);
  g_assert_nonnull (strstr (f->failure, "at least 10"));
}

static TlmSpecialistPlan *
plan (Fixture *f,
      gsize    n,
      guint64  memory,
      GError **error)
{
  g_autoptr (TlmExamples)  examples = tlm_examples_new (f->items, n);
  g_autoptr (GAsyncResult) result = NULL;
  TlmSpecialistOptions     options = options_of (f, examples);

  options.memory = memory;
  tlm_specialist_plan_async (&options, NULL, keep_cb, &result);
  wait_until (result != NULL);
  return tlm_specialist_plan_finish (result, error);
}

static void
test_plans (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (GError)            error = NULL;
  g_autoptr (TlmSpecialistPlan) good = plan (f, N_EXAMPLES, 0, NULL);
  g_autoptr (TlmSpecialistPlan) refused = plan (f, N_EXAMPLES, 4096, NULL), tight = NULL;

  g_assert_cmpuint (good->n_train + good->n_valid + good->n_held_out, ==, N_EXAMPLES);
  g_assert_cmpuint (good->n_labels, ==, 2);
  g_assert_cmpuint (good->rank, ==, 4);
  g_assert_cmpuint (good->memory, >, 1 << 20);
  g_assert_null (good->refusal);
  g_assert_false (good->recomputes);
  g_assert_nonnull (strstr (refused->refusal, "MiB"));
  tight = plan (f, N_EXAMPLES, refused->memory, NULL);
  g_assert_null (tight->refusal);
  g_assert_true (tight->recomputes);
  g_assert_null (plan (f, 3, 0, &error));
  g_assert_nonnull (strstr (error->message, "at least 10"));
}

static TlmTrial *
try (const char *model,
     const char *adapter,
     const char *input)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmTrial                *trial;

  tlm_specialist_try_async (model, adapter, input, NULL, keep_cb, &result);
  wait_until (result != NULL);
  trial = tlm_specialist_try_finish (result, &error);
  g_assert_no_error (error);
  return trial;
}

static void
test_is_tried_and_compared (Fixture      *f,
                            gconstpointer data)
{
  const TlmSpecialistOptions   *options;
  const TlmSpecialistResult    *r;
  g_autoptr (GAsyncResult)      result = NULL;
  g_autoptr (GPtrArray)         trials = NULL;
  g_autoptr (TlmTrial)          trial = NULL;
  g_autoptr (TlmSpecialistCard) card = NULL;
  g_autoptr (GError)            error = NULL;

  begin (f);
  wait_until (get_state (f) == TLM_TRAINING_DONE);
  options = tlm_training_get_options (f->training);
  r = tlm_training_get_result (f->training);
  trial = try (f->model, options->out_path, "please buy lamp 99");
  g_assert_cmpuint (trial->n_chances, ==, 2);
  g_assert_cmpstr (trial->specialist, ==, trial->chances[0].label);
  g_assert_cmpfloat_with_epsilon (trial->chances[0].p + trial->chances[1].p, 1, 1e-6);
  tlm_specialist_compare_async (options, 5, NULL, keep_cb, &result);
  wait_until (result != NULL);
  trials = tlm_specialist_compare_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (trials->len, ==, 5);
  for (guint i = 0; i < trials->len; i++)
    {
      const TlmTrial *t = trials->pdata[i];

      g_assert_true (g_str_has_prefix (t->input, "return") ? g_str_equal (t->wanted, "refund")
                                                           : g_str_equal (t->wanted, "sales"));
      g_assert_nonnull (t->base);
      g_assert_nonnull (t->specialist);
    }
  card = tlm_specialist_card_read (options->out_path, &error);
  g_assert_no_error (error);
  g_assert_true (card->trained_here);
  g_assert_cmpuint (card->labels->len, ==, 2);
  g_assert_cmpint (card->result.verdict.kind, ==, r->verdict.kind);
  g_assert_cmpuint (card->result.verdict.n, ==, r->verdict.n);
  g_assert_cmpfloat_with_epsilon (card->result.verdict.specialist, r->verdict.specialist, 1e-6);
  g_assert_cmpuint (card->result.steps, ==, r->steps);
}

static void
assert_is_a_model (Fixture    *f,
                   const char *path)
{
  g_autoptr (TlmModels)    models = tlm_models_new (f->store);
  g_autoptr (GAsyncResult) result = NULL;
  const TlmModelState     *state;
  TlmModel                *model;

  tlm_models_load_async (models, NULL, keep_cb, &result);
  wait_until (result != NULL);
  g_free (tlm_models_finish (models, result, NULL));
  model = tlm_models_find_path (models, path);
  g_assert_nonnull (model);
  state = tlm_model_get_state (model);
  g_assert_cmpint (state->kind, ==, TLM_MODEL_COPY);
  g_assert_cmpstr (state->name, ==, "Whole");
  g_assert_cmpstr (state->sha256, ==, tlm_training_get_result (f->training)->sha256);
  g_assert_cmpuint (state->facts->n_ctx, >, 0);
}

static double
time_of (const TlmSpecialistOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  double                   seconds;

  tlm_specialist_time_async (options, NULL, keep_cb, &result);
  wait_until (result != NULL);
  seconds = tlm_specialist_time_finish (result, &error);
  g_assert_no_error (error);
  return seconds;
}

/* Its row leaves the list and comes back; its file is a model's, and stays. */
static void
assert_leaves_the_list_alone (Fixture    *f,
                              const char *path)
{
  g_autoptr (TlmTrainedList) list = tlm_trained_list_new (f->store);
  g_autoptr (TlmTrained)     trained = NULL;
  GListModel                *items = tlm_trained_list_get (list);

  tlm_trained_list_load (list);
  wait_until (g_list_model_get_n_items (items) == 1);
  trained = g_list_model_get_item (items, 0);
  tlm_trained_list_remove (list, trained);
  wait_until (g_list_model_get_n_items (items) == 0);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tlm_trained_list_restore (list, trained);
  wait_until (g_list_model_get_n_items (items) == 1);
}

/* Removed as models are, it is listed still, without a card. */
static void
assert_says_that_its_model_is_gone (Fixture    *f,
                                    const char *path)
{
  g_autoptr (TlmTrained) trained = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  trained = find_trained (f);
  g_assert_null (tlm_trained_get_state (trained)->card);
  g_assert_true (tlm_trained_get_state (trained)->full);
}

static void
test_trains_a_whole_model (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (TlmExamples)     examples = tlm_examples_new (f->items, N_EXAMPLES);
  TlmSpecialistOptions        options = options_of (f, examples);
  const TlmSpecialistOptions *used;
  g_autoptr (TlmTrained)      trained = NULL;
  g_autoptr (TlmTrial)        trial = NULL;
  g_autoptr (GAsyncResult)    result = NULL;
  g_autoptr (GPtrArray)       trials = NULL;

  options.full = TRUE;
  options.type = TL_TYPE_Q8_0;
  g_assert_cmpfloat (time_of (&options), >, 0);
  tlm_training_start (f->training, 7, "Whole", &options);
  wait_until (has_stepped (f));
  stop (f); /* that the whole model is trained outlives the program */
  start (f);
  wait_until (get_state (f) == TLM_TRAINING_WAITING);
  tlm_training_go_on (f->training);
  wait_until (get_state (f) == TLM_TRAINING_DONE);
  g_assert_null (f->failure);
  used = tlm_training_get_options (f->training);
  assert_is_a_model (f, used->out_path);
  trained = find_trained (f);
  g_assert_true (tlm_trained_get_state (trained)->full);
  g_assert_false (tlm_trained_get_state (trained)->used); /* adapters alone are switched on */
  g_assert_true (tlm_trained_get_state (trained)->card->full);
  trial = try (used->out_path, NULL, "please buy lamp 99");
  g_assert_cmpstr (trial->specialist, ==, "sales");
  tlm_specialist_compare_async (used, 5, NULL, keep_cb, &result);
  wait_until (result != NULL);
  trials = tlm_specialist_compare_finish (result, NULL);
  g_assert_cmpuint (trials->len, ==, 5);
  assert_leaves_the_list_alone (f, used->out_path);
  assert_says_that_its_model_is_gone (f, used->out_path);
}

#define ADD(name, func) g_test_add ("/app/training/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  char *models = tlm_test_make_folder ();
  int   rc;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("XDG_DATA_HOME", models, TRUE); /* GLib reads it once */
  ADD ("plans", test_plans);
  ADD ("goes-on-after-a-restart", test_goes_on_after_a_restart);
  ADD ("keeps-the-turns-of-conversations", test_keeps_the_turns_of_conversations);
  ADD ("keeps-its-curve", test_keeps_its_curve);
  ADD ("leaves-nothing-when-discarded", test_leaves_nothing_when_discarded);
  ADD ("goes-on-when-restored", test_goes_on_when_restored);
  ADD ("is-forgotten-once-another-starts", test_is_forgotten_once_another_starts);
  ADD ("is-not-discarded-when-it-ended-elsewhere", test_is_not_discarded_when_it_ended_elsewhere);
  ADD ("is-not-done-again-when-it-ended-elsewhere", test_is_not_done_again_when_it_ended_elsewhere);
  ADD ("waits-no-more-when-it-ended-elsewhere", test_waits_no_more_when_it_ended_elsewhere);
  ADD ("pauses", test_pauses);
  ADD ("says-why-not", test_says_why_not);
  ADD ("is-tried-and-compared", test_is_tried_and_compared);
  ADD ("trains-a-whole-model", test_trains_a_whole_model);
  ADD ("belongs-to-one-program", test_belongs_to_one_program);
  rc = g_test_run ();
  tlm_test_remove_folder (models);
  return rc;
}
