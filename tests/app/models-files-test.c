/* SPDX-License-Identifier: Apache-2.0 */
/* The files of installed models: added as a copy and by reference, refused, checked, made smaller,
 * removed; and that a changed file is not loaded. */
#include "models-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/paths.h"
#include "models/engine-service.h"
#include "models/models-private.h"
#include "specialists/specialist.h"
#include "store/store-private.h"

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
  models_reload (f);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (running, G_FILE_TEST_EXISTS));
  close (fd);
  models_reload (f);
  g_assert_false (g_file_test (running, G_FILE_TEST_EXISTS));
}

static void
copies (Fixture      *f,
        gconstpointer data)
{
  g_autofree char     *folder = tlm_paths_dup_models ();
  const TlmModelState *state;
  g_autofree char     *mine = NULL, *copy = NULL;
  gsize                n_mine, n_copy;

  models_import (f, TRUE);
  models_close (f);
  g_assert_true (g_file_get_contents (f->file, &mine, &n_mine, NULL));
  g_unlink (f->file); /* the copy needs it no more */
  models_open (f);
  state = models_get (f, "letters");
  g_assert_cmpint (state->kind, ==, TLM_MODEL_COPY);
  g_assert_true (g_str_has_prefix (state->path, folder));
  g_assert_true (g_file_get_contents (state->path, &copy, &n_copy, NULL));
  g_assert_cmpmem (mine, n_mine, copy, n_copy);
  g_assert_cmpstr (state->facts->quantisation, ==, "F32");
}

static void
assert_copied_as (Fixture    *f,
                  const char *name)
{
  GAsyncResult    *result = NULL;
  g_autofree char *file = NULL;

  models_import (f, TRUE);
  file = g_path_get_basename (models_get (f, "letters")->path);
  g_assert_cmpstr (file, ==, name);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), TRUE, NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
}

/* A training holds its name while it runs, and while it waits without a checkpoint. */
static void
copies_beside_what_is_to_be_written (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char *folder = tlm_paths_dup_models (), *path = NULL;
  int              lock;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  path = tlm_models_reserve ("letters", &lock);
  assert_copied_as (f, "letters-2.gguf");
  tlm_specialist_hold (path);
  tlm_specialist_unlock (path, lock);
  assert_copied_as (f, "letters-2.gguf");
  tlm_specialist_drop_checkpoint (path);
  assert_copied_as (f, "letters.gguf");
}

static void
empty_bin_job (gpointer owner,
               GTask   *task)
{
  g_assert_true (tlm_trained_delete (owner, G_MAXINT64, 0, NULL));
  g_task_return_boolean (task, TRUE);
}

/* A specialist in the bin whose file is gone has no part in the copy that takes its name. */
static void
copies_what_is_not_in_the_bin (Fixture      *f,
                               gconstpointer data)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autofree char *path = g_build_filename (folder, "letters.gguf", NULL), *sql = NULL;

  sql = g_strdup_printf ("INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, rate, "
                         "targets, epochs, minutes, seed, finished, trashed) VALUES (0, 'Gone', '', "
                         "'%s', 0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0, 1, 1)", path);
  tlm_test_exec (f->store, sql);
  models_import (f, TRUE);
  g_assert_cmpstr (models_get (f, "letters")->path, ==, path);
  tlm_test_run_in_store (f->store, empty_bin_job, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
refers (Fixture      *f,
        gconstpointer data)
{
  models_import (f, FALSE);
  models_import (f, FALSE); /* once more is no second model */
  g_assert_cmpuint (models_count (f), ==, 3);
  g_assert_cmpstr (models_get (f, "letters")->path, ==, f->file);
  g_unlink (f->file);
  models_close (f);
  models_open (f);
  g_assert_null (models_get (f, "letters")->facts);
  g_assert_nonnull (models_get (f, "letters")->problem);
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
  sentence = models_finish (f, &result, &error);
  g_assert_null (sentence);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_cmpuint (models_count (f), ==, 2);
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
  sentence = models_finish (f, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
}

static void
assert_stopped (Fixture       *f,
                GAsyncResult **result)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = models_finish (f, result, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* No byte of a file is read that nobody waits for, of which a large model has many. */
static void
stops_what_only_reads (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult            *result = NULL;

  g_cancellable_cancel (cancellable);
  tlm_models_import_async (f->models, f->file, FALSE, cancellable, tlm_test_keep, &result);
  assert_stopped (f, &result);
  g_assert_cmpuint (models_count (f), ==, 2);
  models_import (f, FALSE);
  tlm_models_verify_async (f->models, tlm_models_find_name (f->models, "letters"), cancellable,
                           tlm_test_keep, &result);
  assert_stopped (f, &result);
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

/* As a broken disk does: its time of change stays too. */
static void
spoil_file (Fixture *f)
{
  struct stat info;
  int         fd = g_open (f->file, O_RDWR | O_CLOEXEC, 0);
  char        byte;

  g_assert_cmpint (fstat (fd, &info), ==, 0);
  g_assert_cmpint (pread (fd, &byte, 1, info.st_size - 64), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, info.st_size - 64), ==, 1);
  g_assert_cmpint (futimens (fd, (struct timespec[]) { info.st_atim, info.st_mtim }), ==, 0);
  close (fd);
}

static void
verifies_every_byte (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = NULL;
  GAsyncResult      *result = NULL;

  models_import (f, FALSE);
  spoil_file (f);
  tlm_models_verify_async (f->models, tlm_models_find_name (f->models, "letters"), NULL,
                           tlm_test_keep, &result);
  sentence = models_finish (f, &result, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "has changed"));
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

  models_import (f, FALSE);
  tlm_models_verify_async (f->models, tlm_models_find_name (f->models, "letters"), NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  change_file (f);
  tlm_models_verify_async (f->models, tlm_models_find_name (f->models, "letters"), NULL,
                           tlm_test_keep, &result);
  sentence = models_finish (f, &result, &error);
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

/* Until a file descriptor of this process is of @path. */
static void
wait_until_open (const char *path)
{
  for (;;)
    {
      g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
      const char      *name;

      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *link = g_build_filename ("/proc/self/fd", name, NULL);
          g_autofree char *file = g_file_read_link (link, NULL);

          if (g_strcmp0 (file, path) == 0)
            return;
        }
      g_usleep (100);
    }
}

/* The program closes before the file is read, whose four gigabytes take ten seconds or more. */
static void
ends_while_a_file_is_read (Fixture      *f,
                           gconstpointer data)
{
  TlmEngineService        *engine = tlm_engine_service_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmGenerateRequest       request;

  models_import (f, FALSE);
  g_assert_cmpint (truncate (f->file, (off_t) 4 << 30), ==, 0);
  tlm_generate_request_init (&request);
  request.model_path = f->file;
  tlm_engine_service_generate_async (engine, &request, NULL, NULL, NULL, tlm_test_keep, &result);
  wait_until_open (f->file);
  tlm_engine_service_shutdown (engine);
  tlm_test_await (&result);
  g_free (tlm_engine_service_generate_finish (engine, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  tlm_test_finalize (engine);
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

  models_import (f, FALSE);
  types = tlm_models_list_types (tlm_models_find_name (f->models, "letters"));
  g_assert_cmpstr (types[0], ==, "Q8_0");
  tlm_models_set_progress (f->models, count_progress, f);
  tlm_models_shrink_async (f->models, tlm_models_find_name (f->models, "letters"), "Q4_K", NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_assert_cmpuint (f->n_told, >, 0);
  state = models_get (f, "letters Q4_K");
  g_assert_cmpint (state->kind, ==, TLM_MODEL_COPY);
  g_assert_cmpstr (state->facts->quantisation, ==, "Q4_K");
  g_assert_cmpuint (state->facts->size, <, models_get (f, "letters")->facts->size / 6);
}

static void
removes (Fixture      *f,
         gconstpointer data)
{
  GAsyncResult    *result = NULL;
  g_autofree char *path = NULL;

  models_import (f, TRUE);
  path = g_strdup (models_get (f, "letters")->path);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), TRUE, NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  models_import (f, FALSE);
  tlm_models_remove_async (f->models, tlm_models_find_name (f->models, "letters"), FALSE, NULL,
                           tlm_test_keep, &result);
  models_finish_well (f, &result);
  g_assert_true (g_file_test (f->file, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (models_count (f), ==, 2);
}

int
main (int    argc,
      char **argv)
{
  static const ModelsTest tests[] = {
    { "sweeps-what-a-broken-import-left", sweeps_what_a_broken_import_left },
    { "copies", copies },
    { "copies-beside-what-is-to-be-written", copies_beside_what_is_to_be_written },
    { "copies-what-is-not-in-the-bin", copies_what_is_not_in_the_bin },
    { "refers", refers },
    { "refuses-what-is-not-whole", refuses_what_is_not_whole },
    { "refuses-what-it-cannot-compute", refuses_what_it_cannot_compute },
    { "stops", stops },
    { "stops-what-only-reads", stops_what_only_reads },
    { "says-that-a-file-changed", says_that_a_file_changed },
    { "verifies-every-byte", verifies_every_byte },
    { "ends-while-a-file-is-read", ends_while_a_file_is_read },
    { "makes-smaller", makes_smaller },
    { "removes", removes },
  };

  return models_run (argc, argv, "models-files", tests, G_N_ELEMENTS (tests));
}
