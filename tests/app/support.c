/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of the app tests. */
#include "support.h"

#include <glib/gstdio.h>
#include <utime.h>

#include "core/paths.h"
#include "store/store-private.h"

char *
tlm_test_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char              *folder = g_dir_make_tmp ("tinylm-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL
                                                                    : g_dir_open (path, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
tlm_test_remove_folder (char *folder)
{
  remove_tree (folder);
  g_free (folder);
}

void
tlm_test_make_older (const char *path,
                     int         hours)
{
  time_t         then = time (NULL) - hours * 3600;
  struct utimbuf times = { then, then };

  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

void
tlm_test_keep (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  GAsyncResult **slot = data;

  g_assert_null (*slot); /* a task finishes once */
  *slot = g_object_ref (result);
}

void
tlm_test_await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
tlm_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
tlm_test_finalize (gpointer object)
{
  gint64   deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;
  GWeakRef there;

  g_weak_ref_init (&there, object);
  do
    {
      g_object_unref (object);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline); /* someone keeps a reference */
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (100);
      object = g_weak_ref_get (&there);
    }
  while (object != NULL);
  g_weak_ref_clear (&there);
}

TlmStore *
tlm_test_open_store (const char *path)
{
  TlmStore                *store = tlm_store_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_store_open_async (store, path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_store_open_finish (store, result, &error);
  g_assert_no_error (error);
  return store;
}

void
tlm_test_run_in_store (TlmStore     *store,
                       TlmWorkerFunc func,
                       gpointer      data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  GTask                   *task = g_task_new (store, NULL, tlm_test_keep, &result);

  g_task_set_task_data (task, data, NULL);
  tlm_store_post (store, task, func);
  tlm_test_await (&result);
  g_task_propagate_boolean (G_TASK (result), &error);
  g_assert_no_error (error);
}

static void
exec_job (gpointer owner,
          GTask   *task)
{
  GError *error = NULL;

  if (tlm_db_exec (owner, g_task_get_task_data (task), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tlm_test_exec (TlmStore   *store,
               const char *sql)
{
  tlm_test_run_in_store (store, exec_job, (gpointer) sql);
}

void
tlm_test_open_and_close (const char *path)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;

  tlm_db_open (db, path, &error);
  g_assert_no_error (error);
  tlm_db_free (db);
}

char *
tlm_test_query (const char *path,
                const char *sql)
{
  sqlite3      *db = NULL;
  sqlite3_stmt *statement = NULL;
  char         *value = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    value = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return value;
}

static char *
skip_without (char *path)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_test_skip_printf ("there is no %s", path);
  g_free (path);
  return NULL;
}

char *
tlm_test_find_data (const char *name)
{
  const char *folder = g_getenv ("TINYLM_TEST_DATA");

  return skip_without (g_build_filename (folder != NULL ? folder : ".", name, NULL));
}

char *
tlm_test_find_reader (void)
{
  return skip_without (tlm_paths_dup_data ("models/eeny.gguf"));
}
