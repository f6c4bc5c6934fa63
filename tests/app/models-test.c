/* SPDX-License-Identifier: Apache-2.0 */
/* Installed models: added as a copy and by reference, refused, renamed, checked, measured, made smaller,
 * removed; and that a changed file is not loaded. */
#include "models/models.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/errors.h"
#include "models/engine-service.h"
#include "core/paths.h"
#include "random-model.h"
#include "support.h"

typedef struct
{
  char      *folder, *database, *file;
  TlmStore  *store;
  TlmModels *models;
  guint      n_told;
} Fixture;

static char *
finish (Fixture       *f,
        GAsyncResult **result,
        GError       **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  tlm_test_await (result);
  done = g_steal_pointer (result);
  return tlm_models_finish (f->models, done, error);
}

static void
finish_well (Fixture       *f,
             GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = finish (f, result, &error);

  g_assert_no_error (error);
  g_assert_nonnull (sentence);
}

static void
open_all (Fixture *f)
{
  GAsyncResult *result = NULL;

  f->store = tlm_test_open_store (f->database);
  f->models = tlm_models_new (f->store);
  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  finish_well (f, &result);
}

static void
close_all (Fixture *f)
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
  open_all (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  close_all (f);
  g_free (f->database);
  g_free (f->file);
  tlm_test_remove_folder (f->folder);
}

static guint
count (Fixture *f)
{
  return g_list_model_get_n_items (tlm_models_get_list (f->models));
}

static const TlmModelState *
get (Fixture    *f,
     const char *name)
{
  TlmModel *model = tlm_models_find_name (f->models, name);

  g_assert_nonnull (model);
  return tlm_model_get_state (model);
}

static void
import (Fixture *f,
        gboolean copy)
{
  GAsyncResult *result = NULL;

  tlm_models_import_async (f->models, f->file, copy, NULL, tlm_test_keep, &result);
  finish_well (f, &result);
}

static void
reload (Fixture *f)
{
  GAsyncResult *result = NULL;

  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  finish_well (f, &result);
}

/* Of two copies that are not finished, one is still being made: by whoever holds its lock. */
static void
sweeps_what_a_broken_import_left (Fixture      *f,
                                  gconstpointer data)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autofree char *left = g_build_filename (folder, "a.gguf.q1w2e3.part", NULL);
  g_autofree char *running = g_build_filename (folder, "b.gguf.r4t5z6.part", NULL);
  int              fd;

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (left, "half", -1, NULL));
  g_assert_true (g_file_set_contents (running, "half", -1, NULL));
  fd = g_open (running, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);
  reload (f);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (running, G_FILE_TEST_EXISTS));
  close (fd);
  reload (f);
  g_assert_false (g_file_test (running, G_FILE_TEST_EXISTS));
}

static void
knows_the_built_in (Fixture      *f,
                    gconstpointer data)
{
  const TlmModelState *meeny = get (f, "meeny"), *eeny = get (f, "eeny");

  g_assert_cmpuint (count (f), ==, 2);
  g_assert_cmpstr (meeny->facts->family, ==, "llama");
  g_assert_cmpuint (meeny->facts->n_params, ==, 5770496); /* its card */
  g_assert_cmpuint (eeny->facts->n_params, ==, 665986);
  g_assert_cmpuint (eeny->facts->n_ctx, ==, 0);
  g_assert_true (g_str_has_prefix (eeny->facts->about, "A model of 665,986 parameters"));
}

static void
copies (Fixture      *f,
        gconstpointer data)
{
  g_autofree char     *folder = tlm_paths_dup_models ();
  const TlmModelState *state;
  g_autofree char     *mine = NULL, *copy = NULL;
  gsize                n_mine, n_copy;

  import (f, TRUE);
  close_all (f);
  g_assert_true (g_file_get_contents (f->file, &mine, &n_mine, NULL));
  g_unlink (f->file); /* the copy needs it no more */
  open_all (f);
  state = get (f, "letters");
  g_assert_cmpint (state->kind, ==, TLM_MODEL_COPY);
  g_assert_true (g_str_has_prefix (state->path, folder));
  g_assert_true (g_file_get_contents (state->path, &copy, &n_copy, NULL));
  g_assert_cmpmem (mine, n_mine, copy, n_copy);
  g_assert_cmpstr (state->facts->quantisation, ==, "F32");
}

static void
refers (Fixture      *f,
        gconstpointer data)
{
  import (f, FALSE);
  import (f, FALSE); /* once more is no second model */
  g_assert_cmpuint (count (f), ==, 3);
  g_assert_cmpstr (get (f, "letters")->path, ==, f->file);
  g_unlink (f->file);
  close_all (f);
  open_all (f);
  g_assert_null (get (f, "letters")->facts);
  g_assert_nonnull (get (f, "letters")->problem);
}

/* What tlm_models_import_async() says of the fixture's file, of which nothing may stay. */
static char *
refuse (Fixture *f)
{
  GAsyncResult      *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char   *folder = tlm_paths_dup_models (), *sentence = NULL;
  g_autoptr (GDir)   dir = NULL;

  tlm_models_import_async (f->models, f->file, TRUE, NULL, tlm_test_keep, &result);
  sentence = finish (f, &result, &error);
  g_assert_null (sentence);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_cmpuint (count (f), ==, 2);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
  return g_strdup (error->message);
}

static void
refuses_what_is_not_whole (Fixture      *f,
                           gconstpointer data)
{
  g_autofree char *sentence = NULL, *other = NULL, *bytes = NULL;
  gsize            n;

  g_assert_true (g_file_get_contents (f->file, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (f->file, bytes, (gssize) n / 2, NULL));
  sentence = refuse (f);
  g_assert_nonnull (strstr (sentence, "not a whole GGUF model"));
  g_assert_true (g_file_set_contents (f->file, "GIF89a", -1, NULL));
  other = refuse (f);
  g_assert_nonnull (strstr (other, "letters.gguf"));
}

static void
refuses_what_it_cannot_compute (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char *sentence = NULL, *bytes = NULL;
  char            *family;
  gsize            n;

  g_assert_true (g_file_get_contents (f->file, &bytes, &n, NULL));
  family = memmem (bytes, n, "llama", 5);
  memcpy (family, "xlama", 5);
  g_assert_true (g_file_set_contents (f->file, bytes, (gssize) n, NULL));
  sentence = refuse (f);
  g_assert_nonnull (strstr (sentence, "Gemma 3"));
}

static void
stops (Fixture      *f,
       gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  g_autofree char         *folder = tlm_paths_dup_models (), *sentence = NULL;
  g_autoptr (GDir)         dir = NULL;
  GAsyncResult            *result = NULL;

  g_cancellable_cancel (cancellable);
  tlm_models_import_async (f->models, f->file, TRUE, cancellable, tlm_test_keep, &result);
  sentence = finish (f, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
}

static void
renames (Fixture      *f,
         gconstpointer data)
{
  GAsyncResult      *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = NULL;

  import (f, FALSE);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "letters"), " Ada ", NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "Ada"), " ", NULL,
                           tlm_test_keep, &result);
  sentence = finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  close_all (f);
  open_all (f);
  g_assert_cmpstr (get (f, "Ada")->path, ==, f->file);
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
  g_autofree char *meeny = g_strdup (get (f, "meeny")->path), *path = NULL;
  GAsyncResult    *result = NULL;

  import (f, TRUE);
  path = g_strdup (get (f, "letters")->path);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "letters"), "Ada", NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  assert_called (f, path, "Ada");
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "Ada"), FALSE, NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  close_all (f);
  open_all (f);
  g_assert_cmpuint (count (f), ==, 2);
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

  import (f, FALSE);
  g_assert_cmpint (g_rename (f->file, other), ==, 0);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), FALSE, NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  g_free (f->file);
  f->file = g_steal_pointer (&other);
  import (f, FALSE);
  tlm_models_rename_async (f->models, tlm_models_find_name (f->models, "meeny 2"), "eeny", NULL,
                           tlm_test_keep, &result);
  sentence = finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_assert_nonnull (strstr (error->message, "Another model"));
}

/* One weight of the file, which stays as long. */
static void
change_file (Fixture *f)
{
  g_autofree char *bytes = NULL;
  gsize            n;

  g_assert_true (g_file_get_contents (f->file, &bytes, &n, NULL));
  bytes[n - 64] ^= 1;
  g_assert_true (g_file_set_contents (f->file, bytes, (gssize) n, NULL));
}

static void
says_that_a_file_changed (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (TlmEngineService) engine = tlm_engine_service_new (NULL);
  g_autoptr (GAsyncResult)     generated = NULL;
  g_autoptr (GError)           error = NULL, failure = NULL;
  g_autofree char             *sentence = NULL, *text = NULL;
  GAsyncResult                *result = NULL;
  TlmGenerateRequest           request;

  import (f, FALSE);
  tlm_models_verify_async (f->models, tlm_models_find_name (f->models, "letters"), NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  change_file (f);
  tlm_models_verify_async (f->models, tlm_models_find_name (f->models, "letters"), NULL,
                           tlm_test_keep, &result);
  sentence = finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "has changed"));

  tlm_generate_request_init (&request);
  request.model_path = f->file;
  tlm_engine_service_generate_async (engine, &request, NULL, NULL, NULL, tlm_test_keep, &generated);
  tlm_test_await (&generated);
  text = tlm_engine_service_generate_finish (engine, generated, &failure);
  g_assert_error (failure, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_cmpstr (text, ==, "");
}

static void
measures (Fixture      *f,
          gconstpointer data)
{
  GAsyncResult *result = NULL;

  tlm_models_measure_async (f->models, tlm_models_find_name (f->models, "meeny"), NULL,
                            tlm_test_keep, &result);
  finish_well (f, &result);
  close_all (f);
  open_all (f);
  g_assert_cmpfloat (get (f, "meeny")->decode, >, 0);
  g_assert_cmpfloat (get (f, "meeny")->prefill, >, 0);
}

static void
count_progress (double   progress,
                gpointer data)
{
  Fixture *f = data;

  g_assert_cmpfloat (progress, >=, 0);
  g_assert_cmpfloat (progress, <=, 1);
  f->n_told++;
}

static void
makes_smaller (Fixture      *f,
               gconstpointer data)
{
  GAsyncResult    *result = NULL;
  g_auto (GStrv)   types = NULL;
  const TlmModelState *state;

  import (f, FALSE);
  types = tlm_models_list_types (tlm_models_find_name (f->models, "letters"));
  g_assert_cmpstr (types[0], ==, "Q8_0");
  tlm_models_set_progress (f->models, count_progress, f);
  tlm_models_shrink_async (f->models, tlm_models_find_name (f->models, "letters"), "Q4_K", NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  g_assert_cmpuint (f->n_told, >, 0);
  state = get (f, "letters Q4_K");
  g_assert_cmpint (state->kind, ==, TLM_MODEL_COPY);
  g_assert_cmpstr (state->facts->quantisation, ==, "Q4_K");
  g_assert_cmpuint (state->facts->size, <, get (f, "letters")->facts->size / 6);
}

static void
removes (Fixture      *f,
         gconstpointer data)
{
  GAsyncResult    *result = NULL;
  g_autofree char *path = NULL;

  import (f, TRUE);
  path = g_strdup (get (f, "letters")->path);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), TRUE, NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  import (f, FALSE);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), FALSE, NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  g_assert_true (g_file_test (f->file, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count (f), ==, 2);
}

/* For 30 days, with its name; then its file goes. */
static void
removes_to_the_bin (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult      *result = NULL;
  g_autofree char   *path = NULL, *sentence = NULL;

  import (f, TRUE);
  path = g_strdup (get (f, "letters")->path);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), FALSE, NULL,
                           tlm_test_keep, &result);
  finish_well (f, &result);
  g_assert_null (tlm_models_find_name (f->models, "letters"));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tlm_models_import_async (f->models, f->file, TRUE, NULL, tlm_test_keep, &result);
  sentence = finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "in the bin"));
  tlm_test_exec (f->store, "UPDATE models SET trashed = trashed - 29 * 86400000000");
  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  finish_well (f, &result);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tlm_test_exec (f->store, "UPDATE models SET trashed = trashed - 2 * 86400000000");
  tlm_models_load_async (f->models, NULL, tlm_test_keep, &result);
  finish_well (f, &result);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  import (f, TRUE);
}

/* Weights that are packed stand in memory once; F32 ones stay in the file's map. */
static void
counts_memory (Fixture      *f,
               gconstpointer data)
{
  const TlmModelFacts *facts;
  guint64              position = 2 * 2 * 16 * 256; /* K and V, halves, layers, width */

  import (f, FALSE);
  facts = get (f, "letters")->facts;
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
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "knows-the-built-in", knows_the_built_in },
    { "sweeps-what-a-broken-import-left", sweeps_what_a_broken_import_left },
    { "copies", copies },
    { "refers", refers },
    { "refuses-what-is-not-whole", refuses_what_is_not_whole },
    { "refuses-what-it-cannot-compute", refuses_what_it_cannot_compute },
    { "stops", stops },
    { "renames", renames },
    { "knows-what-files-are-called", knows_what_files_are_called },
    { "gives-free-names", gives_free_names },
    { "says-that-a-file-changed", says_that_a_file_changed },
    { "measures", measures },
    { "makes-smaller", makes_smaller },
    { "removes", removes },
    { "removes-to-the-bin", removes_to_the_bin },
    { "counts-memory", counts_memory },
  };
  char *home = tlm_test_make_folder ();
  int   status;

  g_setenv ("XDG_DATA_HOME", home, TRUE); /* before GLib reads it */
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/models/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  status = g_test_run ();
  tlm_test_remove_folder (home);
  return status;
}
