/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing where the disk or another program is in the way. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/file-lock.h"
#include "core/paths.h"
#include "store/db-private.h"
#include "store/erase.h"
#include "support.h"

/* What each write says; 0: it is made. */
static int failure;

/* What has to be there at each write, or NULL; and how often it was not. */
static const char *guard;
static guint       n_unguarded;

/* What another program does meanwhile, from the first write on. */
static GThreadFunc other;
static GThread    *other_thread;

#define BEGIN_US (G_USEC_PER_SEC / 5) /* less makes the test no harder to pass */

/* In place of the C library's: a full disk that never writes in place has no room for it. */
ssize_t
pwrite (int         fd,
        const void *bytes,
        size_t      n,
        off_t       offset)
{
  if (other != NULL)
    {
      other_thread = g_thread_new ("other", g_steal_pointer (&other), NULL);
      g_usleep (BEGIN_US);
    }
  n_unguarded += guard != NULL && !g_file_test (guard, G_FILE_TEST_EXISTS);
  if (failure == 0)
    return syscall (SYS_pwrite64, fd, bytes, n, offset);
  errno = failure;
  return -1;
}

static void
takes_away_what_a_full_disk_does_not_overwrite (void)
{
  static const struct { int failure; gboolean erased; } disks[] = {
    { ENOSPC, TRUE }, { EDQUOT, TRUE }, { EIO, FALSE }, { 0, TRUE },
  };
  char            *folder = tlm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "note.txt", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (disks); i++)
    {
      gboolean erased;

      g_assert_true (g_file_set_contents (path, "a secret", -1, NULL));
      failure = disks[i].failure;
      erased = tlm_erase_file (path, NULL);
      failure = 0;
      g_assert_cmpint (erased, ==, disks[i].erased);
      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, !erased);
    }
  tlm_test_remove_folder (folder);
}

/* Another program has just begun to open the database, and holds nothing of SQLite's yet. */
static void
leaves_what_is_being_opened (void)
{
  g_autofree char   *database = tlm_paths_dup_database ();
  g_autofree char   *folder = g_path_get_dirname (database);
  g_autoptr (GError) error = NULL;
  int                lock;

  tlm_test_open_and_close (database);
  g_assert_true (tlm_db_lock (database, TLM_LOCK_PLACE, FALSE, 0, &lock, NULL));
  g_assert_cmpint (lock, >=, 0);
  g_assert_false (tlm_erase_everything (&error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_true (g_file_test (database, G_FILE_TEST_EXISTS));
  tlm_db_unlock (lock);
  tlm_erase_everything (NULL); /* where there are no settings, it says so */
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* Whatever the order in which the folder names its files. */
static void
holds_its_lock_to_the_end (void)
{
  g_autofree char *database = tlm_paths_dup_database ();
  g_autofree char *folder = g_path_get_dirname (database);
  g_autofree char *lock = g_strconcat (database, ".lock", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (int i = 0; i < 8; i++)
    {
      g_autofree char *file = g_strdup_printf ("%s/file-%d", folder, i);

      if (i == 4)
        tlm_test_open_and_close (database);
      g_assert_true (g_file_set_contents (file, "a secret", -1, NULL));
    }
  g_assert_true (g_file_test (lock, G_FILE_TEST_EXISTS));
  guard = lock;
  tlm_erase_everything (NULL);
  guard = NULL;
  g_assert_cmpuint (n_unguarded, ==, 0);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* (transfer full) (nullable): of the database */
static gpointer
open_new (gpointer data)
{
  g_autofree char   *database = tlm_paths_dup_database ();
  g_autoptr (GError) error = NULL;
  TlmDb             *db = tlm_db_new ();

  tlm_db_open (db, database, &error);
  g_assert_no_error (error);
  return db;
}

static gpointer
wait_for_lock (gpointer data)
{
  g_autofree char *database = tlm_paths_dup_database ();
  int              lock;

  g_assert_true (tlm_db_lock (database, TLM_LOCK_PLACE, FALSE, 0, &lock, NULL));
  return GINT_TO_POINTER (lock);
}

/* Returns: what @func does */
static gpointer
erase_while (GThreadFunc func)
{
  g_autofree char *database = tlm_paths_dup_database ();
  g_autofree char *folder = g_path_get_dirname (database);
  g_autofree char *note = g_build_filename (folder, "note.txt", NULL);

  tlm_test_open_and_close (database);
  g_assert_true (g_file_set_contents (note, "a secret", -1, NULL));
  other = func;
  tlm_erase_everything (NULL);
  g_assert_false (g_file_test (note, G_FILE_TEST_EXISTS));
  return g_thread_join (other_thread);
}

/* What is written there is on the disk. */
static void
opens_a_new_database_afterwards (void)
{
  g_autofree char *database = tlm_paths_dup_database ();
  g_autofree char *lock = g_strconcat (database, ".lock", NULL);
  TlmDb           *db = erase_while (open_new);

  g_assert_true (tlm_db_exec (db, "INSERT INTO notes (title, text, created, updated)"
                                  " VALUES ('new', '', 1, 1)", NULL));
  tlm_db_free (db);
  g_assert_true (g_file_test (database, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (lock, G_FILE_TEST_EXISTS));
}

/* However short it waits for others. */
static void
is_waited_for_to_the_end (void)
{
  g_autofree char *database = tlm_paths_dup_database ();
  g_autofree char *path = g_strconcat (database, ".lock", NULL);
  int              lock = GPOINTER_TO_INT (erase_while (wait_for_lock));

  g_assert_cmpint (lock, >=, 0);
  g_assert_true (tlm_file_is_at (lock, path));
  tlm_db_unlock (lock);
}

/* Another program restores a backup, or shows what it salvaged, of a database that is not open. */
static void
leaves_what_is_being_restored (void)
{
  g_autofree char   *database = tlm_paths_dup_database ();
  g_autoptr (GError) error = NULL;
  int                lock;

  tlm_test_open_and_close (database);
  g_assert_true (tlm_db_lock (database, TLM_LOCK_RESTORING, TRUE, 0, &lock, NULL));
  g_assert_false (tlm_erase_everything (&error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_true (g_file_test (database, G_FILE_TEST_EXISTS));
  tlm_db_unlock (lock);
}

int
main (int    argc,
      char **argv)
{
  char            *home = g_dir_make_tmp ("tinylm-erase-XXXXXX", NULL);
  g_autofree char *cache = g_build_filename (home, "cache", NULL);
  int              status;

  /* Of its own: other tests use theirs at the same time. */
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/erase/full-disk", takes_away_what_a_full_disk_does_not_overwrite);
  g_test_add_func ("/app/erase/being-opened", leaves_what_is_being_opened);
  g_test_add_func ("/app/erase/holds-its-lock", holds_its_lock_to_the_end);
  g_test_add_func ("/app/erase/opens-a-new-one", opens_a_new_database_afterwards);
  g_test_add_func ("/app/erase/is-waited-for", is_waited_for_to_the_end);
  g_test_add_func ("/app/erase/being-restored", leaves_what_is_being_restored);
  status = g_test_run ();
  tlm_test_remove_folder (home);
  return status;
}
