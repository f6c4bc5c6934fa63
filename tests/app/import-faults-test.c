/* SPDX-License-Identifier: Apache-2.0 */
/* The disk fails while a model or an adapter is imported: at the first call, at the second, and so on
 * until the import is done without reaching it. What failed is said, nothing of it stays, and the
 * next try is as good as the first. The calls are the system's, which this program has of its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/paths.h"
#include "models/models.h"
#include "random-adapter.h"
#include "specialists/trained.h"
#include "support.h"

static gint     n_calls; /* by any thread */
static gint     first;   /* that fails; 0: none */
static gboolean halves;  /* each write takes half of what it is given */

/* ---- the disk ---- */

static void
read_path (int  fd,
           char path[4096])
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  ssize_t          n = readlink (link, path, 4095);

  path[MAX (n, 0)] = '\0';
}

/* Or of an adapter; of one that is imported, not one of the program's own. */
static gboolean
is_of_a_model (int fd)
{
  char path[4096];

  read_path (fd, path);
  return strstr (path, "/tinylm-test-") != NULL && strstr (path, ".gguf") != NULL;
}

/* A copy under its name: the list looks at what was imported. */
static gboolean
is_imported (int fd)
{
  char path[4096];

  read_path (fd, path);
  return g_str_has_prefix (path, g_getenv ("XDG_DATA_HOME")) && g_str_has_suffix (path, ".gguf");
}

static gboolean
fails (gboolean watched)
{
  gint at = g_atomic_int_get (&first);

  if (at == 0 || !watched || g_atomic_int_add (&n_calls, 1) + 1 != at)
    return FALSE;
  errno = EIO;
  return TRUE;
}

ssize_t
write (int         fd,
       const void *bytes,
       size_t      n)
{
  gboolean watched = (g_atomic_int_get (&first) > 0 || halves) && is_of_a_model (fd);

  return fails (watched) ? -1 : syscall (SYS_write, fd, bytes, watched && halves ? (n + 1) / 2 : n);
}

ssize_t
read (int    fd,
      void  *bytes,
      size_t n)
{
  gboolean watched = g_atomic_int_get (&first) > 0 && is_of_a_model (fd) && !is_imported (fd);

  return fails (watched) ? -1 : syscall (SYS_read, fd, bytes, n);
}

int
fsync (int fd)
{
  return fails (g_atomic_int_get (&first) > 0 && is_of_a_model (fd)) ? -1
                                                                     : (int) syscall (SYS_fsync, fd);
}

int
rename (const char *from,
        const char *to)
{
  return fails (strstr (to, ".gguf") != NULL) ? -1 : (int) syscall (SYS_rename, from, to);
}

/* ---- imports ---- */

typedef struct
{
  char           *folder, *models;
  char           *meeny, *model, *adapter; /* the first is the program's own */
  TlmStore       *store;
  TlmModels      *list;
  TlmTrainedList *trained;
  char           *failure;
} Fixture;

static void
failed_cb (Fixture    *f,
           const char *sentence)
{
  g_free (f->failure);
  f->failure = g_strdup (sentence);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize            n;

  f->folder = tlm_test_make_folder ();
  f->models = tlm_paths_dup_models ();
  g_assert_cmpint (g_mkdir_with_parents (f->models, 0700), ==, 0);
  f->meeny = tlm_paths_dup_data ("models/meeny.gguf");
  f->model = g_build_filename (f->folder, "letters.gguf", NULL);
  g_assert_true (g_file_get_contents (f->meeny, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (f->model, bytes, (gssize) n, NULL));
  f->adapter = g_build_filename (f->folder, "Post.gguf", NULL);
  tlm_test_make_adapter (f->adapter, f->meeny, NULL);
  f->store = tlm_test_open_store (NULL);
  f->list = tlm_models_new (f->store);
  f->trained = tlm_trained_list_new (f->store);
  g_signal_connect_swapped (f->trained, "failed", G_CALLBACK (failed_cb), f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  first = 0;
  halves = FALSE;
  tlm_models_shutdown (f->list);
  tlm_test_finalize (f->trained);
  tlm_store_close (f->store);
  tlm_test_finalize (f->list);
  g_object_unref (f->store);
  tlm_test_remove_folder (f->models);
  tlm_test_remove_folder (f->folder);
  g_free (f->meeny);
  g_free (f->model);
  g_free (f->adapter);
  g_free (f->failure);
}

/* (transfer full) (nullable): what went wrong */
static char *
import_model (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *sentence = NULL;

  tlm_models_import_async (f->list, f->model, TRUE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  sentence = tlm_models_finish (f->list, result, &error);
  return error != NULL ? g_strdup (error->message) : NULL;
}

/* The same of an adapter. */
static char *
import_adapter (Fixture *f)
{
  char       *bases[] = { f->meeny, NULL };
  GListModel *items = tlm_trained_list_get (f->trained);

  g_clear_pointer (&f->failure, g_free);
  tlm_trained_list_import (f->trained, f->adapter, bases);
  while (g_list_model_get_n_items (items) == 0 && f->failure == NULL)
    g_main_context_iteration (NULL, TRUE);
  tlm_test_settle ();
  return g_steal_pointer (&f->failure);
}

static guint
count_files (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->models, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* The mark of an import goes a moment after it. */
static void
wait_for_files (Fixture *f,
                guint    n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (count_files (f) != n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      tlm_test_settle ();
    }
}

typedef char *(*Import) (Fixture *f);

/* One file, of whatever name, has the bytes of what was imported. */
static void
assert_copied (Fixture    *f,
               const char *original)
{
  g_autoptr (GDir) dir = g_dir_open (f->models, 0, NULL);
  g_autofree char *wanted = NULL;
  const char      *name;
  guint            n_same = 0;
  gsize            n_wanted;

  g_assert_true (g_file_get_contents (original, &wanted, &n_wanted, NULL));
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->models, name, NULL), *bytes = NULL;
      gsize            n;

      g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
      n_same += n == n_wanted && memcmp (bytes, wanted, n) == 0;
    }
  g_assert_cmpuint (n_same, ==, 1);
}

static void
fails_at_each_call (Fixture    *f,
                    Import      import,
                    const char *original)
{
  guint n_failed = 0;

  for (gint at = 1;; at++)
    {
      g_autofree char *failure = NULL;

      g_atomic_int_set (&n_calls, 0);
      g_atomic_int_set (&first, at);
      failure = import (f);
      if (failure == NULL) /* and not since a failure was passed over */
        {
          g_assert_cmpint (g_atomic_int_get (&n_calls), <, at);
          break;
        }
      n_failed++;
      g_assert_nonnull (strstr (failure, g_strerror (EIO)));
      wait_for_files (f, 0);
    }
  g_atomic_int_set (&first, 0);
  g_assert_cmpuint (n_failed, >, 3);
  wait_for_files (f, 1);
  assert_copied (f, original);
}

static void
models_fail_well (Fixture      *f,
                  gconstpointer data)
{
  fails_at_each_call (f, import_model, f->model);
}

static void
adapters_fail_well (Fixture      *f,
                    gconstpointer data)
{
  fails_at_each_call (f, import_adapter, f->adapter);
}

static void
halves_are_made_whole (Fixture      *f,
                       gconstpointer data)
{
  halves = TRUE;
  g_assert_null (import_model (f));
  g_assert_null (import_adapter (f));
  assert_copied (f, f->model);
  assert_copied (f, f->adapter);
}

#define ADD(path, func) g_test_add ("/app/import-faults/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  char *folder;
  int   status;

  g_test_init (&argc, &argv, NULL);
  folder = tlm_test_make_folder ();
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ADD ("models-fail-well", models_fail_well);
  ADD ("adapters-fail-well", adapters_fail_well);
  ADD ("halves-are-made-whole", halves_are_made_whole);
  status = g_test_run ();
  tlm_test_remove_folder (folder);
  return status;
}
