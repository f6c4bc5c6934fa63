/* SPDX-License-Identifier: Apache-2.0 */
/* Before a training and after it: what it would take, and its specialist, or the model that was
 * trained in full, tried and compared. */
#include "models/models.h"
#include "specialists/specialist-card.h"
#include "specialists/specialist-plan.h"
#include "specialists/specialist-trial.h"
#include "training-support.h"

#include <glib/gstdio.h>
#include <string.h>

static TlmSpecialistPlan *
plan (Fixture *f,
      gsize    n,
      guint64  memory,
      GError **error)
{
  g_autoptr (TlmExamples)  examples = tlm_examples_new (f->items, n);
  g_autoptr (GAsyncResult) result = NULL;
  TlmSpecialistOptions     options = fixture_options (f, examples);

  options.memory = memory;
  tlm_specialist_plan_async (&options, NULL, fixture_keep_cb, &result);
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

  tlm_specialist_try_async (model, adapter, input, NULL, fixture_keep_cb, &result);
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

  fixture_begin (f);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  options = tlm_training_get_options (f->training);
  r = tlm_training_get_result (f->training);
  trial = try (f->model, options->out_path, "please buy lamp 99");
  g_assert_cmpuint (trial->n_chances, ==, 2);
  g_assert_cmpstr (trial->specialist, ==, trial->chances[0].label);
  g_assert_cmpfloat_with_epsilon (trial->chances[0].p + trial->chances[1].p, 1, 1e-6);
  tlm_specialist_compare_async (options, 5, NULL, fixture_keep_cb, &result);
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

/* Also where it answered, whatever its training is called. */
static void
assert_is_called_as_it_is_renamed (TlmModels *models,
                                   TlmModel  *model)
{
  g_autofree char         *path = g_strdup (tlm_model_get_state (model)->path), *name = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  tlm_models_rename_async (models, model, "Mine", NULL, fixture_keep_cb, &result);
  wait_until (result != NULL);
  g_free (tlm_models_finish (models, result, NULL));
  name = tlm_models_dup_name (models, path);
  g_assert_cmpstr (name, ==, "Mine");
}

static void
assert_is_a_model (Fixture    *f,
                   const char *path)
{
  g_autoptr (TlmModels)    models = tlm_models_new (f->store);
  g_autoptr (GAsyncResult) result = NULL;
  const TlmModelState     *state;
  TlmModel                *model;

  tlm_models_load_async (models, NULL, fixture_keep_cb, &result);
  wait_until (result != NULL);
  g_free (tlm_models_finish (models, result, NULL));
  model = tlm_models_find_path (models, path);
  g_assert_nonnull (model);
  state = tlm_model_get_state (model);
  g_assert_cmpint (state->kind, ==, TLM_MODEL_COPY);
  g_assert_cmpstr (state->name, ==, "Whole");
  g_assert_cmpstr (state->sha256, ==, tlm_training_get_result (f->training)->sha256);
  g_assert_cmpuint (state->facts->n_ctx, >, 0);
  assert_is_called_as_it_is_renamed (models, model);
}

static double
time_of (const TlmSpecialistOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  double                   seconds;

  tlm_specialist_time_async (options, NULL, fixture_keep_cb, &result);
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
  trained = fixture_find_trained (f);
  g_assert_null (tlm_trained_get_state (trained)->card);
  g_assert_true (tlm_trained_get_state (trained)->full);
}

/* Its name is free: a training that takes it has a row of its own. */
static void
assert_is_trained_again (Fixture                    *f,
                         const TlmSpecialistOptions *options)
{
  g_autofree char *path = g_strdup (tlm_training_get_options (f->training)->out_path), *n = NULL;

  tlm_training_start (f->training, 7, "Whole", options);
  g_assert_cmpstr (tlm_training_get_options (f->training)->out_path, ==, path);
  wait_until (fixture_has_stepped (f));
  fixture_stop (f);
  n = tlm_test_query (f->store_path, "SELECT count (*) FROM trainings WHERE finished IS NULL");
  g_assert_cmpstr (n, ==, "1");
  g_assert_null (f->failure);
  fixture_start (f);
}

static void
test_trains_a_whole_model (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (TlmExamples)     examples = tlm_examples_new (f->items, N_EXAMPLES);
  TlmSpecialistOptions        options = fixture_options (f, examples);
  const TlmSpecialistOptions *used;
  g_autoptr (TlmTrained)      trained = NULL;
  g_autoptr (TlmTrial)        trial = NULL;
  g_autoptr (GAsyncResult)    result = NULL;
  g_autoptr (GPtrArray)       trials = NULL;

  options.full = TRUE;
  options.type = TL_TYPE_Q8_0;
  g_assert_cmpfloat (time_of (&options), >, 0);
  tlm_training_start (f->training, 7, "Whole", &options);
  wait_until (fixture_has_stepped (f));
  fixture_stop (f); /* that the whole model is trained outlives the program */
  fixture_start (f);
  wait_until (fixture_get_state (f) == TLM_TRAINING_WAITING);
  tlm_training_go_on (f->training);
  wait_until (fixture_get_state (f) == TLM_TRAINING_DONE);
  g_assert_null (f->failure);
  used = tlm_training_get_options (f->training);
  assert_is_a_model (f, used->out_path);
  trained = fixture_find_trained (f);
  g_assert_true (tlm_trained_get_state (trained)->full);
  g_assert_false (tlm_trained_get_state (trained)->used); /* adapters alone are switched on */
  g_assert_true (tlm_trained_get_state (trained)->card->full);
  trial = try (used->out_path, NULL, "please buy lamp 99");
  g_assert_cmpstr (trial->specialist, ==, "sales");
  tlm_specialist_compare_async (used, 5, NULL, fixture_keep_cb, &result);
  wait_until (result != NULL);
  trials = tlm_specialist_compare_finish (result, NULL);
  g_assert_cmpuint (trials->len, ==, 5);
  assert_leaves_the_list_alone (f, used->out_path);
  assert_says_that_its_model_is_gone (f, used->out_path);
  assert_is_trained_again (f, &options);
}

#define ADD(name, func) FIXTURE_ADD ("/app/training-result/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_init ();
  ADD ("plans", test_plans);
  ADD ("is-tried-and-compared", test_is_tried_and_compared);
  ADD ("trains-a-whole-model", test_trains_a_whole_model);
  return fixture_run ();
}
