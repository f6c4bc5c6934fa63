/* SPDX-License-Identifier: Apache-2.0 */
/* The list of installed models: what they are called, measured at, and take; what is in the bin. */
#include "models-support.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/errors.h"

static void
knows_the_built_in (Fixture      *f,
                    gconstpointer data)
{
  const TlmModelState *meeny = models_get (f, "meeny"), *eeny = models_get (f, "eeny");

  g_assert_cmpuint (models_count (f), ==, 2);
  g_assert_cmpstr (meeny->facts->family, ==, "llama");
  g_assert_cmpuint (meeny->facts->n_params, ==, 5770496); /* its card */
  g_assert_cmpuint (eeny->facts->n_params, ==, 665986);
  g_assert_cmpuint (eeny->facts->n_ctx, ==, 0);
  g_assert_true (g_str_has_prefix (eeny->facts->about, "A model of 665,986 parameters"));
}

static void
renames (Fixture      *f,
         gconstpointer data)
{
  GAsyncResult      *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = NULL;

  models_import (f, FALSE);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "letters"), " Ada ", NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "Ada"), " ", NULL,
                           tlm_test_keep, &result);
  sentence = models_finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  models_close (f);
  models_open (f);
  g_assert_cmpstr (models_get (f, "Ada")->path, ==, f->file);
}

static void
assert_called (Fixture    *f,
               const char *path,
               const char *name)
{
  g_autofree char *called = tlm_models_dup_name (f->models, path);

  g_assert_cmpstr (called, ==, name);
}

/* A copy that lies in the bin, too. */
static void
knows_what_files_are_called (Fixture      *f,
                             gconstpointer data)
{
  g_autofree char *meeny = g_strdup (models_get (f, "meeny")->path), *path = NULL;
  GAsyncResult    *result = NULL;

  models_import (f, TRUE);
  path = g_strdup (models_get (f, "letters")->path);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "letters"), "Ada", NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  assert_called (f, path, "Ada");
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "Ada"), FALSE, NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  models_close (f);
  models_open (f);
  g_assert_cmpuint (models_count (f), ==, 2);
  assert_called (f, path, "Ada");
  assert_called (f, meeny, "meeny");
  assert_called (f, f->file, "letters.gguf");
}

/* Two models may come from files of one name. */
static void
gives_free_names (Fixture      *f,
                  gconstpointer data)
{
  g_autofree char   *other = g_build_filename (f->folder, "meeny.gguf", NULL), *sentence = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult      *result = NULL;

  models_import (f, FALSE);
  g_assert_cmpint (g_rename (f->file, other), ==, 0);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), FALSE, NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_free (f->file);
  f->file = g_steal_pointer (&other);
  models_import (f, FALSE);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "meeny 2"), "eeny", NULL,
                           tlm_test_keep, &result);
  sentence = models_finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_assert_nonnull (strstr (error->message, "Another model"));
}

static void
measures (Fixture      *f,
          gconstpointer data)
{
  GAsyncResult *result = NULL;

  tlm_models_measure_async (f->models, tlm_models_find_name (f->models, "meeny"), NULL,
                            tlm_test_keep, &result);
  models_finish_well (f, &result);
  models_close (f);
  models_open (f);
  g_assert_cmpfloat (models_get (f, "meeny")->decode, >, 0);
  g_assert_cmpfloat (models_get (f, "meeny")->prefill, >, 0);
}

/* For 30 days, with its name; then its file goes. */
static void
removes_to_the_bin (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult      *result = NULL;
  g_autofree char   *path = NULL, *sentence = NULL;

  models_import (f, TRUE);
  path = g_strdup (models_get (f, "letters")->path);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), FALSE, NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_assert_null (tlm_models_find_name (f->models, "letters"));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tlm_models_import_async (f->models, f->file, TRUE, NULL, tlm_test_keep, &result);
  sentence = models_finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "in the bin"));
  tlm_test_exec (f->store, "UPDATE models SET trashed = trashed - 29 * 86400000000");
  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tlm_test_exec (f->store, "UPDATE models SET trashed = trashed - 2 * 86400000000");
  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  models_import (f, TRUE);
}

/* Weights that are packed stand in memory once; F32 ones stay in the file's map. */
static void
counts_memory (Fixture      *f,
               gconstpointer data)
{
  const TlmModelFacts *facts;
  guint64              position = 2 * 2 * 16 * 256; /* K and V, halves, layers, width */

  models_import (f, FALSE);
  facts = models_get (f, "letters")->facts;
  g_assert_cmpuint (facts->token_memory, ==, position);
  g_assert_cmpuint (tlm_model_facts_get_memory (facts, 100, FALSE)
                      - tlm_model_facts_get_memory (facts, 0, FALSE), ==, 100 * position);
  g_assert_cmpuint (tlm_model_facts_get_memory (facts, 100, TRUE)
                      - tlm_model_facts_get_memory (facts, 0, TRUE), ==,
                    100 * position / 64 * 34); /* blocks of 32 halves become 34 bytes */
  g_assert_cmpuint (tlm_model_facts_get_memory (facts, 1 << 20, FALSE), ==,
                    facts->weight_memory + 1024 * position); /* its whole context */
  g_assert_cmpuint (facts->weight_memory, ==, facts->n_params * 4);
  g_assert_cmpuint (tlm_memory_get_available (), >, 0);
}

int
main (int    argc,
      char **argv)
{
  static const ModelsTest tests[] = {
    { "knows-the-built-in", knows_the_built_in },
    { "renames", renames },
    { "knows-what-files-are-called", knows_what_files_are_called },
    { "gives-free-names", gives_free_names },
    { "measures", measures },
    { "removes-to-the-bin", removes_to_the_bin },
    { "counts-memory", counts_memory },
  };

  return models_run (argc, argv, "models", tests, G_N_ELEMENTS (tests));
}
