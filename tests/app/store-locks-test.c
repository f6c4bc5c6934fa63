/* SPDX-License-Identifier: Apache-2.0 */
/* Two programs at the same database: one opens it, makes a backup or looks for what a kill left while the
 * other makes what is to take its place. Neither loses anything by it. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "at-sync.h"
#include "core/errors.h"
#include "core/file-lock.h"
#include "store/backups.h"
#include "store/db-private.h"
#include "store/salvage.h"
#include "support.h"
#include "vault-support.h"

typedef struct
{
  const char *database, *file;
  TlmLock     purpose;
  int         lock;
} Other;

static void
take (Other *other)
{
  g_assert_true (tlm_db_lock (other->database, other->purpose, TRUE, 0, &other->lock, NULL));
  g_assert_cmpint (other->lock, >=, 0);
  g_assert_true (g_file_set_contents (other->file, "of the other", -1, NULL));
}

static gpointer
look_and_let_go (gpointer data)
{
  Other           *other = data;
  g_autofree char *text = NULL;

  g_usleep (G_USEC_PER_SEC / 5); /* less makes the test no harder to pass */
  g_file_get_contents (other->file, &text, NULL, NULL);
  tlm_db_unlock (other->lock);
  return g_steal_pointer (&text);
}

static void
waits_for_the_backup_of_another (Fixture      *f,
                                 gconstpointer data)
{
  g_autofree char   *folder = g_build_filename (f->folder, "backups", NULL), *text = NULL;
  g_autofree char   *partial = g_build_filename (folder, ".partial", NULL);
  Other              other = { f->path, partial, TLM_LOCK_BACKUP, -1 };
  g_autoptr (GError) error = NULL;
  GThread           *thread;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  take (&other);
  thread = g_thread_new ("other", look_and_let_go, &other);
  tlm_backups_make (f->db, TLM_BACKUP_NOW, &error);
  g_assert_no_error (error);
  text = g_thread_join (thread);
  g_assert_cmpstr (text, ==, "of the other");
}

/* What SQLite has written is cut short, as if another had begun anew. */
static void
cut (int fd)
{
  g_assert_cmpint (ftruncate (fd, 4096), ==, 0);
}

/* A window that said so would offer to restore a backup over what is whole. */
static void
calls_a_bad_copy_no_damage (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  at_sync = cut;
  g_assert_false (tlm_backups_make (f->db, TLM_BACKUP_NOW, &error));
  g_assert_null (at_sync);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE);
}

static void
leaves_what_another_restores (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char   *partial = tlm_backups_dup_partial (f->path);
  Other              other = { f->path, partial, TLM_LOCK_RESTORING, -1 };
  g_autoptr (GError) error = NULL;

  tlm_db_close (f->db);
  take (&other);
  g_assert_true (tlm_backups_put_in_place (f->path, NULL));
  g_assert_true (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_assert_false (tlm_backups_restore (f->path, f->path, NULL, NULL, FALSE, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  tlm_db_unlock (other.lock);
  g_assert_true (tlm_backups_put_in_place (f->path, NULL)); /* as after a kill */
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
}

static void
leaves_what_another_salvaged (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char       *partial = tlm_backups_dup_partial (f->path);
  g_autoptr (TlmSalvage) found = NULL;

  tlm_db_close (f->db);
  found = tlm_salvage_run (f->path, NULL, NULL);
  g_assert_nonnull (found);
  g_assert_true (tlm_backups_put_in_place (f->path, NULL));
  g_assert_true (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_clear_pointer (&found, tlm_salvage_free);
  g_assert_true (tlm_backups_put_in_place (f->path, NULL));
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
}

/* Who opens it now has not SQLite's lock yet. */
static void
gives_no_place_that_is_being_opened (Fixture      *f,
                                     gconstpointer data)
{
  g_autofree char   *ready = g_strconcat (f->path, ".restored", NULL);
  g_autofree char   *aside = g_strconcat (f->path, ".aside", NULL);
  g_autoptr (GError) error = NULL;
  int                lock;

  g_assert_true (tlm_backups_make (f->db, TLM_BACKUP_NOW, NULL));
  tlm_db_close (f->db);
  g_assert_true (tlm_db_lock (f->path, TLM_LOCK_PLACE, FALSE, 0, &lock, NULL));
  g_assert_cmpint (lock, >=, 0);
  {
    g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);

    g_assert_true (tlm_backups_restore (f->path, ((TlmBackup *) backups->pdata[0])->path, NULL, NULL,
                                        FALSE, NULL));
  }
  g_assert_true (tlm_backups_put_in_place (f->path, NULL));
  g_assert_true (g_file_test (ready, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (f->path, aside), ==, 0); /* an empty one must not be made in its place */
  g_assert_false (tlm_backups_put_in_place (f->path, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  tlm_db_unlock (lock);
  g_assert_true (tlm_backups_put_in_place (f->path, NULL));
  g_assert_false (g_file_test (ready, G_FILE_TEST_EXISTS));
}

/* A locked window waits while another program puts a copy that is not encrypted in the place. */
static void
unlocks_what_is_not_encrypted_any_more (Fixture      *f,
                                        gconstpointer data)
{
  g_autoptr (TlmStore)     store = tlm_store_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *plain = g_build_filename (f->folder, "plain.db", NULL), *bytes = NULL;
  gsize                    n;

  tlm_db_close (f->db);
  g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (plain, bytes, (gssize) n, NULL));
  open_db (f);
  seal (f);
  tlm_db_close (f->db);
  tlm_store_open_async (store, f->path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_store_get_is_locked (store));
  g_clear_object (&result);
  g_assert_true (tlm_backups_restore (f->path, plain, NULL, NULL, FALSE, NULL));
  g_assert_true (tlm_backups_place_now (f->path, NULL));
  tlm_store_unlock_async (store, PASSPHRASE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_store_open_finish (store, result, &error);
  g_assert_no_error (error);
  g_assert_false (tlm_store_get_is_locked (store));
  g_assert_false (tlm_store_get_is_sealed (store));
  tlm_store_close (store);
}

/* ---- A lock ---- */

static void
locks_the_file_that_is_there (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char   *path = g_strconcat (f->path, ".lock", NULL);
  int                first, second;
  g_autoptr (GError) error = NULL;

  g_assert_true (tlm_db_lock (f->path, TLM_LOCK_PLACE, FALSE, 0, &first, NULL));
  g_assert_cmpint (first, >=, 0);
  g_assert_true (tlm_db_lock (f->path, TLM_LOCK_PLACE, FALSE, 0, &second, NULL));
  g_assert_cmpint (second, >=, 0);
  tlm_db_unlock (second);
  g_assert_false (tlm_db_lock (f->path, TLM_LOCK_PLACE, TRUE, 0, &second, &error));
  g_assert_cmpint (second, ==, -1);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_true (tlm_db_lock (f->path, TLM_LOCK_BACKUP, TRUE, 0, &second, NULL));
  g_assert_cmpint (second, >=, 0);
  tlm_db_unlock (second);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (tlm_db_lock (f->path, TLM_LOCK_PLACE, TRUE, 0, &second, NULL));
  g_assert_cmpint (second, >=, 0);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tlm_db_unlock (second);
  tlm_db_unlock (first);
}

/* What the system says of each lock of ours; 0: it gives it. What gets another name before the next one,
 * or NULL. */
static int         lock_failure;
static const char *replaced;

/* In place of the C library's, as flock() below. */
int
fcntl (int fd,
       int command,
       ...)
{
  va_list args;
  void   *arg;

  va_start (args, command);
  arg = va_arg (args, void *);
  va_end (args);
  if (command != F_OFD_SETLK || lock_failure == 0)
    return (int) syscall (SYS_fcntl, fd, command, arg);
  errno = lock_failure;
  return -1;
}

int
flock (int fd,
       int operation)
{
  if (replaced != NULL)
    {
      g_autofree char *aside = g_strconcat (replaced, ".aside", NULL);

      g_assert_cmpint (g_rename (replaced, aside), ==, 0);
      replaced = NULL;
    }
  if (lock_failure == 0)
    return (int) syscall (SYS_flock, fd, operation);
  errno = lock_failure;
  return -1;
}

/* Some systems say EACCES of what another holds. */
static void
tells_a_held_lock_from_none (Fixture      *f,
                             gconstpointer data)
{
  static const struct { int failure; gboolean held; } systems[] = {
    { EAGAIN, TRUE }, { EACCES, TRUE }, { EINVAL, FALSE }, { ENOLCK, FALSE },
  };
  g_autofree char *path = g_build_filename (f->folder, "alone", NULL);
  g_autofree char *own = g_build_filename (f->folder, "own", NULL);
  int              lock;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (systems); i++)
    {
      lock_failure = systems[i].failure;
      g_assert_cmpint (tlm_db_lock (f->path, TLM_LOCK_PLACE, TRUE, 0, &lock, NULL), ==,
                       !systems[i].held);
      g_assert_cmpint (lock, ==, -1);
      g_assert_cmpint (tlm_file_lock (path, &lock), ==, !systems[i].held);
      g_assert_cmpint (lock, ==, -1);
      tlm_file_unlock (path, lock);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS)); /* as another's */
      g_assert_cmpint (tlm_file_lock (own, &lock), ==, !systems[i].held);
      g_assert_cmpint (g_unlink (own), ==, systems[i].held ? 0 : -1);
    }
  lock_failure = 0;
}

/* What another took away has a name still, as on NFS. */
static void
locks_no_file_that_was_taken_away (Fixture      *f,
                                   gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "alone", NULL);
  int              lock;

  replaced = path;
  g_assert_true (tlm_file_lock (path, &lock));
  g_assert_null (replaced);
  g_assert_true (tlm_file_is_at (lock, path));
  tlm_file_unlock (path, lock);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Ours was erased with all else. */
static void
takes_no_lock_of_another_away (Fixture      *f,
                               gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "alone", NULL);
  int              ours, of_another;

  g_assert_true (tlm_file_lock (path, &ours));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (tlm_file_lock (path, &of_another));
  tlm_file_unlock (path, ours);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (tlm_file_lock (path, &ours));
  tlm_file_unlock (path, of_another);
}

/* What cannot be opened for writing, as the superuser's. */
static void
does_everything_without_a_lock (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char       *path = g_strconcat (f->path, ".lock", NULL);
  g_autoptr (GPtrArray)  backups = NULL;
  g_autoptr (TlmSalvage) found = NULL;
  g_autoptr (GError)     error = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  tlm_backups_make (f->db, TLM_BACKUP_NOW, &error);
  g_assert_no_error (error);
  backups = tlm_backups_list (f->path);
  run (f, "DELETE FROM notes");
  tlm_db_close (f->db);
  tlm_backups_restore (f->path, ((TlmBackup *) backups->pdata[0])->path, NULL, NULL, FALSE, &error);
  g_assert_no_error (error);
  open_db (f); /* puts it in place */
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
  seal (f);
  g_assert_nonnull (tlm_db_get_handle (f->db));
  tlm_db_close (f->db);
  found = tlm_salvage_run (f->path, PASSPHRASE, &error);
  g_assert_no_error (error);
}

#define ADD(name, test) g_test_add ("/app/store-locks/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("waits-for-the-backup-of-another", waits_for_the_backup_of_another);
  ADD ("calls-a-bad-copy-no-damage", calls_a_bad_copy_no_damage);
  ADD ("leaves-what-another-restores", leaves_what_another_restores);
  ADD ("leaves-what-another-salvaged", leaves_what_another_salvaged);
  ADD ("gives-no-place-that-is-being-opened", gives_no_place_that_is_being_opened);
  ADD ("unlocks-what-is-not-encrypted-any-more", unlocks_what_is_not_encrypted_any_more);
  ADD ("locks-the-file-that-is-there", locks_the_file_that_is_there);
  ADD ("tells-a-held-lock-from-none", tells_a_held_lock_from_none);
  ADD ("locks-no-file-that-was-taken-away", locks_no_file_that_was_taken_away);
  ADD ("takes-no-lock-of-another-away", takes_no_lock_of_another_away);
  ADD ("does-everything-without-a-lock", does_everything_without_a_lock);
  return g_test_run ();
}
