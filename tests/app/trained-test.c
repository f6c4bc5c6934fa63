/* SPDX-License-Identifier: Apache-2.0 */
/* Specialists that come from elsewhere: an import leaves either a row with its file or nothing, also
 * when the program is killed in the middle of it; and a merge whose model is cut while it is read. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/paths.h"
#include "random-adapter.h"
#include "random-model.h"
#include "specialists/specialist-merge.h"
#include "specialists/trained.h"
#include "specialists/training-record.h"
#include "support.h"

typedef struct
{
  char           *folder, *models; /* the latter is the program's own */
  TlmStore       *store;
  TlmTrainedList *list;
  char           *failure;
  guint           n_left; /* files in @models as the failure was said */
} Fixture;

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
failed_cb (Fixture    *f,
           const char *sentence)
{
  g_free (f->failure);
  f->failure = g_strdup (sentence);
  f->n_left = count_files (f->models);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->models = tlm_paths_dup_models ();
  g_assert_cmpint (g_mkdir_with_parents (f->models, 0700), ==, 0);
  f->store = tlm_test_open_store (NULL);
  f->list = tlm_trained_list_new (f->store);
  g_signal_connect_swapped (f->list, "failed", G_CALLBACK (failed_cb), f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_test_finalize (f->list);
  tlm_store_close (f->store);
  g_object_unref (f->store);
  tlm_test_remove_folder (f->models);
  tlm_test_remove_folder (f->folder);
  g_free (f->failure);
}

/* ---- import ---- */

static void
import (Fixture *f)
{
  g_autofree char *meeny = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char *adapter = g_build_filename (f->folder, "Post.gguf", NULL);
  char            *bases[] = { meeny, NULL };

  tlm_test_make_adapter (adapter, meeny, NULL);
  tlm_trained_list_import (f->list, adapter, bases);
}

static void
leaves_a_copy_and_its_row (Fixture      *f,
                           gconstpointer data)
{
  GListModel            *items = tlm_trained_list_get (f->list);
  g_autoptr (TlmTrained) trained = NULL;

  import (f);
  while (g_list_model_get_n_items (items) == 0 && f->failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->failure, ==, NULL);
  trained = g_list_model_get_item (items, 0);
  g_assert_nonnull (tlm_trained_get_state (trained)->card);
  g_assert_false (tlm_trained_get_state (trained)->used);
  g_assert_cmpuint (count_files (f->models), ==, 1);
}

/* By its bytes, whatever it is called now; one in the bin is pointed at there. */
static void
says_what_is_here_already (Fixture      *f,
                           gconstpointer data)
{
  GListModel            *items = tlm_trained_list_get (f->list);
  g_autoptr (TlmTrained) trained = NULL;

  import (f);
  while (g_list_model_get_n_items (items) == 0)
    g_main_context_iteration (NULL, TRUE);
  trained = g_list_model_get_item (items, 0);
  tlm_trained_list_rename (f->list, trained, "Mine");
  import (f);
  while (f->failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (f->failure, "here already"));
  g_assert_nonnull (strstr (f->failure, "“Mine”"));
  g_clear_pointer (&f->failure, g_free);
  tlm_trained_list_remove (f->list, trained);
  import (f);
  while (f->failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (f->failure, "in the bin"));
  g_assert_cmpuint (count_files (f->models), ==, 1);
}

/* Its row does not stand in the way of a file of the same name. */
static void
brings_back_what_is_gone (Fixture      *f,
                          gconstpointer data)
{
  GListModel            *items = tlm_trained_list_get (f->list);
  g_autoptr (TlmTrained) gone = NULL, again = NULL;

  import (f);
  while (g_list_model_get_n_items (items) == 0)
    g_main_context_iteration (NULL, TRUE);
  gone = g_list_model_get_item (items, 0);
  g_assert_cmpint (g_unlink (tlm_trained_get_state (gone)->path), ==, 0);
  import (f);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      g_clear_object (&again);
      again = g_list_model_get_item (items, 0);
    }
  while (again == gone && f->failure == NULL);
  g_assert_cmpstr (f->failure, ==, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (items), ==, 1);
  g_assert_cmpstr (tlm_trained_get_state (again)->path, ==, tlm_trained_get_state (gone)->path);
  g_assert_nonnull (tlm_trained_get_state (again)->card);
}

static void
says_what_is_no_longer_in_the_bin (Fixture      *f,
                                   gconstpointer data)
{
  GListModel            *items = tlm_trained_list_get (f->list);
  g_autoptr (TlmTrained) gone = NULL;

  import (f);
  while (g_list_model_get_n_items (items) == 0)
    g_main_context_iteration (NULL, TRUE);
  gone = g_list_model_get_item (items, 0);
  tlm_test_exec (f->store, "DELETE FROM trainings");
  tlm_trained_list_restore (f->list, gone);
  while (f->failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->failure, ==, "This is no longer in the bin.");
}

static void
leaves_nothing_without_a_row (Fixture      *f,
                              gconstpointer data)
{
  tlm_test_exec (f->store, "CREATE TRIGGER full BEFORE INSERT ON trainings "
                           "BEGIN SELECT raise (ABORT, 'full'); END");
  import (f);
  while (f->failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->n_left, ==, 0); /* the program may end then */
}

/* ---- what a kill leaves ---- */

static void
sweep_job (gpointer owner,
           GTask   *task)
{
  tlm_training_record_sweep (owner);
  g_task_return_boolean (task, TRUE);
}

/* As of yesterday. */
static void
write_old (const char *path)
{
  g_assert_true (g_file_set_contents (path, "a", 1, NULL));
  tlm_test_make_older (path, 24);
}

/* (transfer full): of a copy in our folder, as it is before the store knows it */
static char *
write_copy (Fixture    *f,
            const char *name)
{
  char            *path = g_build_filename (f->models, name, NULL);
  g_autofree char *mark = tlm_training_dup_mark (path), *lock = g_strconcat (mark, ".lock", NULL);

  g_assert_true (g_file_set_contents (path, "a", 1, NULL));
  write_old (lock);
  return path;
}

static void
is_swept_but_for_what_is_known_or_held (Fixture      *f,
                                        gconstpointer data)
{
  g_autofree char *unknown = write_copy (f, "unknown.gguf"), *known = write_copy (f, "known.gguf");
  g_autofree char *held = write_copy (f, "held.gguf"), *mark = tlm_training_dup_mark (held);
  g_autofree char *unjudged = g_build_filename (f->models, "lone.gguf.unjudged", NULL), *sql = NULL;
  g_autofree char *begun = g_build_filename (f->models, "begun.gguf.unjudged", NULL);
  g_autofree char *again = g_build_filename (f->models, "again.gguf.unjudged", NULL);
  g_autofree char *again_lock = g_build_filename (f->models, "again.gguf.lock", NULL);
  int              lock;

  write_old (unjudged);
  g_assert_true (g_file_set_contents (begun, "a", 1, NULL)); /* a moment ago */
  g_assert_true (g_file_set_contents (again, "a", 1, NULL)); /* too, but with a lock of yesterday */
  write_old (again_lock);
  sql = g_strdup_printf ("INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, rate, "
                         "targets, epochs, minutes, seed, finished) VALUES (0, 'Known', '', '%s', "
                         "0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0, 1)", known);
  tlm_test_exec (f->store, sql);
  g_assert_true (tlm_specialist_lock (mark, &lock, NULL));
  tlm_test_run_in_store (f->store, sweep_job, NULL);
  g_assert_false (g_file_test (unknown, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (known, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (held, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (begun, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (again, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (again_lock, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (f->models), ==, 6); /* these five, and the mark that is held */
  tlm_specialist_unlock (mark, lock);
}

/* ---- a merge ---- */

/* What is behind this the program looks at only when it merges. */
#define KEPT_BYTES (1 << 20)

static gboolean
is_mapped (const char *path)
{
  g_autofree char *maps = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  return strstr (maps, path) != NULL;
}

/* Returns when @result is there, or the model was cut while it was open. */
static gboolean
cut_when_opened (const char    *path,
                 GAsyncResult **result)
{
  while (*result == NULL && !is_mapped (path))
    g_main_context_iteration (NULL, FALSE);
  return *result == NULL && truncate (path, KEPT_BYTES) == 0;
}

static void
merges_no_model_that_was_cut (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char    *base = g_build_filename (f->folder, "base.gguf", NULL);
  g_autofree char    *adapter = g_build_filename (f->folder, "a.gguf", NULL);
  g_autofree char    *out = g_build_filename (f->folder, "out.gguf", NULL);
  g_autoptr (GError)  error = NULL;
  g_autofree char    *kept = NULL;

  tlm_test_make_model (base, NULL);
  tlm_test_make_adapter (adapter, base, NULL);
  do /* again where the merge was faster */
    {
      GAsyncResult *result = NULL;
      gboolean      cut;

      tlm_test_make_model (base, NULL);
      g_assert_true (g_file_set_contents (out, "older", -1, NULL));
      tlm_specialist_merge_async (base, adapter, out, tlm_test_keep, &result);
      cut = cut_when_opened (base, &result);
      tlm_test_await (&result);
      g_assert_true (tlm_specialist_merge_finish (result, &error) || cut);
      g_object_unref (result);
    }
  while (error == NULL);
  g_assert_nonnull (strstr (error->message, "“base.gguf”"));
  g_assert_true (g_file_get_contents (out, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "older");
}

#define TEST(name, func) g_test_add ("/app/trained/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("tinylm-XXXXXX", NULL);
  int              status;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  TEST ("import-leaves-a-copy-and-its-row", leaves_a_copy_and_its_row);
  TEST ("import-says-what-is-here-already", says_what_is_here_already);
  TEST ("import-brings-back-what-is-gone", brings_back_what_is_gone);
  TEST ("says-what-is-no-longer-in-the-bin", says_what_is_no_longer_in_the_bin);
  TEST ("import-leaves-nothing-without-a-row", leaves_nothing_without_a_row);
  TEST ("killed-import-is-swept", is_swept_but_for_what_is_known_or_held);
  TEST ("merges-no-model-that-was-cut", merges_no_model_that_was_cut);
  status = g_test_run ();
  tlm_test_remove_folder (g_steal_pointer (&home));
  return status;
}
