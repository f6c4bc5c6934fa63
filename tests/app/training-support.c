/* SPDX-License-Identifier: Apache-2.0 */
/* A training over a store of its own. */
#include "training-support.h"

static char *home;

void
fixture_init (void)
{
  home = tlm_test_make_folder ();
  g_setenv ("XDG_DATA_HOME", home, TRUE);
}

int
fixture_run (void)
{
  int rc = g_test_run ();

  tlm_test_remove_folder (home);
  return rc;
}

void
fixture_keep_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

gboolean
fixture_tick_cb (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

static void
failed_cb (Fixture    *f,
           const char *sentence)
{
  g_free (f->failure);
  f->failure = g_strdup (sentence);
  g_test_message ("failed: %s", sentence);
}

void
fixture_start (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;

  f->store = tlm_store_new ();
  tlm_store_open_async (f->store, f->store_path, NULL, fixture_keep_cb, &result);
  wait_until (result != NULL);
  g_assert_true (tlm_store_open_finish (f->store, result, NULL));
  f->training = tlm_training_new (f->store, 0);
  g_signal_connect_swapped (f->training, "failed", G_CALLBACK (failed_cb), f);
  tlm_training_load (f->training);
}

void
fixture_stop (Fixture *f)
{
  tlm_training_shutdown (f->training);
  tlm_store_close (f->store);
  g_clear_object (&f->training);
  g_clear_object (&f->store);
}

void
fixture_set_up (Fixture      *f,
                gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->store_path = g_build_filename (f->folder, "tinylm.db", NULL);
  f->model = g_build_filename (g_getenv ("TINYLM_DATA_DIR"), "models", "meeny.gguf", NULL);
  for (int i = 0; i < N_EXAMPLES; i++)
    f->items[i] = (TlmExample) { g_strdup_printf (i % 2 ? "please buy lamp %d" : "return chair %d", i),
                                 g_strdup (i % 2 ? "sales" : "refund") };
  fixture_start (f);
}

void
fixture_tear_down (Fixture      *f,
                   gconstpointer data)
{
  fixture_stop (f);
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

TlmSpecialistOptions
fixture_options (const Fixture     *f,
                 const TlmExamples *examples)
{
  return (TlmSpecialistOptions) { .model_path = f->model, .examples = examples, .rank = 4,
                                  .epochs = 6, .seed = 1 };
}

void
fixture_begin (Fixture *f)
{
  g_autoptr (TlmExamples) examples = tlm_examples_new (f->items, N_EXAMPLES);
  TlmSpecialistOptions    options = fixture_options (f, examples);

  tlm_training_start (f->training, 7, "Route/my mail", &options);
  g_assert_cmpint (tlm_training_get_state (f->training), ==, TLM_TRAINING_RUNNING);
}

TlmTrainingState
fixture_get_state (Fixture *f)
{
  return tlm_training_get_state (f->training);
}

gboolean
fixture_has_stepped (Fixture *f)
{
  GArray *points = tlm_training_get_points (f->training);

  return points != NULL && points->len > 2;
}

TlmTrained *
fixture_find_trained (Fixture *f)
{
  g_autoptr (TlmTrainedList) list = tlm_trained_list_new (f->store);
  GListModel                *items = tlm_trained_list_get (list);

  tlm_trained_list_load (list);
  wait_until (g_list_model_get_n_items (items) > 0);
  return g_list_model_get_item (items, 0);
}
