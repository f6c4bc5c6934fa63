/* SPDX-License-Identifier: Apache-2.0 */
/* Installed models over a store of their own, in a home that is the test's. */
#include "models-support.h"

#include <string.h>

#include "core/paths.h"
#include "random-model.h"

char *
models_finish (Fixture       *f,
               GAsyncResult **result,
               GError       **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  tlm_test_await (result);
  done = g_steal_pointer (result);
  return tlm_models_finish (f->models, done, error);
}

void
models_finish_well (Fixture       *f,
                    GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = models_finish (f, result, &error);

  g_assert_no_error (error);
  g_assert_nonnull (sentence);
}

void
models_open (Fixture *f)
{
  GAsyncResult *result = NULL;

  f->store = tlm_test_open_store (f->database);
  f->models = tlm_models_new (f->store);
  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  models_finish_well (f, &result);
}

void
models_close (Fixture *f)
{
  tlm_models_shutdown (f->models);
  tlm_store_close (f->store);
  g_clear_object (&f->models);
  g_clear_object (&f->store);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *models = tlm_paths_dup_models ();

  tlm_test_remove_folder (g_steal_pointer (&models));
  f->folder = tlm_test_make_folder ();
  f->database = g_build_filename (f->folder, "tinylm.db", NULL);
  f->file = g_build_filename (f->folder, "letters.gguf", NULL);
  tlm_test_make_model (f->file, NULL);
  models_open (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  models_close (f);
  g_free (f->database);
  g_free (f->file);
  tlm_test_remove_folder (f->folder);
}

guint
models_count (Fixture *f)
{
  return g_list_model_get_n_items (tlm_models_get_list (f->models));
}

const TlmModelState *
models_get (Fixture    *f,
            const char *name)
{
  TlmModel *model = tlm_models_find_name (f->models, name);

  g_assert_nonnull (model);
  return tlm_model_get_state (model);
}

void
models_import (Fixture *f,
               gboolean copy)
{
  GAsyncResult *result = NULL;

  tlm_models_import_async (f->models, f->file, copy, NULL, tlm_test_keep, &result);
  models_finish_well (f, &result);
}

void
models_reload (Fixture *f)
{
  GAsyncResult *result = NULL;

  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  models_finish_well (f, &result);
}

int
models_run (int               argc,
            char            **argv,
            const char       *group,
            const ModelsTest *tests,
            gsize             n)
{
  char *home = tlm_test_make_folder ();
  int   status;

  g_setenv ("XDG_DATA_HOME", home, TRUE); /* before GLib reads it */
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/%s/%s", group, tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  status = g_test_run ();
  tlm_test_remove_folder (home);
  return status;
}
