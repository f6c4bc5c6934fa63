/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypting, and the way back, while another program starts, where the last step fails, and what is left
 * on the disk. Nobody loses anything by it. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "at-sync.h"
#include "core/errors.h"
#include "store/db-private.h"
#include "support.h"
#include "vault-support.h"

/* What happens just before the names change, and after it. */
static void (*before_exchange) (void), (*after_exchange) (void);

/* In place of the C library's. */
int
renameat2 (int          from_fd,
           const char  *from,
           int          to_fd,
           const char  *to,
           unsigned int flags)
{
  int done;

  if (before_exchange != NULL)
    before_exchange ();
  done = (int) syscall (SYS_renameat2, from_fd, from, to_fd, to, flags);
  if (after_exchange != NULL)
    after_exchange ();
  return done;
}

/* ---- A program that starts ---- */

static int begin_end;

/* It reaches for the database when it is told to. Started before this process opens anything, as SQLite
 * counts a process's locks. @vault: (transfer full) (nullable) */
static pid_t
fork_other (Fixture  *f,
            TlmVault *vault)
{
  int   begin[2];
  char  byte;
  pid_t child;

  g_assert_cmpint (pipe (begin), ==, 0);
  child = fork ();
  if (child == 0)
    {
      g_autoptr (GError) error = NULL;
      TlmDb             *db = tlm_db_new ();

      tlm_db_set_vault (db, vault);
      if (read (begin[0], &byte, 1) != 1)
        _exit (99);
      if (!tlm_db_open (db, f->path, &error))
        _exit (error->code);
      if (!tlm_db_exec (db, "INSERT INTO notes (title, text, created, updated)"
                            " VALUES ('of the other', '', 1, 1)", NULL))
        _exit (98);
      tlm_db_free (db);
      _exit (0);
    }
  close (begin[0]);
  begin_end = begin[1];
  g_clear_pointer (&vault, tlm_vault_free);
  return child;
}

/* Time enough to be in the middle of opening; less makes the test no harder to pass. */
static void
let_other_begin (void)
{
  before_exchange = NULL;
  g_assert_cmpint (write (begin_end, "x", 1), ==, 1);
  g_usleep (G_USEC_PER_SEC / 2);
}

/* Returns: its exit status */
static int
await (pid_t child)
{
  int status;

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (begin_end);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
assert_whole (Fixture *f)
{
  g_assert_cmpint (count (f, "SELECT count(*) FROM pragma_integrity_check ()"
                             "  WHERE integrity_check = 'ok'"), ==, 1);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes WHERE title = 'one'"), ==, 1);
}

static void
opens_what_was_decrypted (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  pid_t              child;

  seal (f);
  tlm_db_close (f->db);
  child = fork_other (f, tlm_vault_open (f->path, PASSPHRASE, NULL));
  unlock (f, PASSPHRASE);
  before_exchange = let_other_begin;
  g_assert_true (tlm_db_convert (f->db, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (await (child), ==, 0);
  assert_whole (f);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes WHERE title = 'of the other'"), ==, 1);
  open_db (f);
  assert_whole (f);
}

static void
finds_locked_what_was_encrypted (Fixture      *f,
                                 gconstpointer data)
{
  pid_t child;

  tlm_db_close (f->db);
  child = fork_other (f, NULL);
  open_db (f);
  before_exchange = let_other_begin;
  seal (f);
  g_assert_cmpint (await (child), ==, TLM_ERROR_STORE_LOCKED);
  assert_whole (f);
  unlock (f, PASSPHRASE);
  assert_whole (f);
}

static void
erases_what_a_kill_left_without_the_key (Fixture      *f,
                                         gconstpointer data)
{
  g_autofree char   *left_over = g_strconcat (f->path, ".converting", NULL);
  g_autoptr (GError) error = NULL;

  seal (f);
  tlm_db_close (f->db);
  tlm_db_set_vault (f->db, NULL);
  g_assert_true (g_file_set_contents (left_over, SECRET, -1, NULL));
  g_assert_false (tlm_db_open (f->db, f->path, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED);
  g_assert_false (g_file_test (left_over, G_FILE_TEST_EXISTS));
}

/* ---- What is done is done ---- */

static struct rlimit limit;

/* Nothing can be opened any more. */
static void
run_out_of_files (void)
{
  struct rlimit none;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  none = (struct rlimit) { 0, limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
}

static void
have_files_again (void)
{
  after_exchange = NULL;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static void
gives_the_code_of_what_stays_closed (Fixture      *f,
                                     gconstpointer data)
{
  g_autoptr (TlmStore)     store = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *left = NULL;

  tlm_db_close (f->db);
  store = tlm_test_open_store (f->path);
  after_exchange = run_out_of_files;
  tlm_store_seal_async (store, PASSPHRASE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  have_files_again ();
  f->code = tlm_store_seal_finish (store, result, &left, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->code);
  g_assert_nonnull (left);
  g_assert_true (tlm_store_get_is_sealed (store));
  tlm_store_close (store);
  unlock (f, f->code);
  assert_whole (f);
}

static void
says_that_what_stays_closed_is_decrypted (Fixture      *f,
                                          gconstpointer data)
{
  g_autoptr (TlmStore)     store = tlm_store_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *left = NULL;

  seal (f);
  tlm_db_close (f->db);
  tlm_store_open_async (store, f->path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_clear_object (&result);
  tlm_store_unlock_async (store, PASSPHRASE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_store_get_is_sealed (store));
  g_clear_object (&result);
  after_exchange = run_out_of_files;
  tlm_store_unseal_async (store, PASSPHRASE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  have_files_again ();
  g_assert_true (tlm_store_vault_finish (store, result, &left, &error));
  g_assert_no_error (error);
  g_assert_nonnull (left);
  g_assert_false (tlm_store_get_is_sealed (store));
  tlm_store_close (store);
}

/* The new header is written already. */
static void
run_out_at_sync (int fd)
{
  run_out_of_files ();
}

static void
changes_the_passphrase_of_what_stays_closed (Fixture      *f,
                                             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *left = NULL;

  seal (f);
  at_sync = run_out_at_sync;
  g_assert_true (tlm_db_set_passphrase (f->db, PASSPHRASE, "another phrase", &left, &error));
  have_files_again ();
  g_assert_no_error (error);
  g_assert_null (tlm_db_get_handle (f->db));
  unlock (f, "another phrase");
  assert_whole (f);
}

/* ---- The log ---- */

static int log_fd;

static void
take_log (Fixture *f)
{
  g_autofree char *log = g_strconcat (f->path, "-wal", NULL);

  log_fd = g_open (log, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (log_fd, >=, 0);
}

/* It is gone, and so is what stood in it. */
static void
assert_log_overwritten (void)
{
  struct stat info;

  g_assert_cmpint (fstat (log_fd, &info), ==, 0);
  g_assert_cmpint (info.st_nlink, ==, 0);
  g_assert_cmpint (info.st_size, ==, 0); /* tlm_erase_fd() cuts what it has overwritten */
  close (log_fd);
}

static void
overwrites_the_log_when_it_closes (Fixture      *f,
                                   gconstpointer data)
{
  take_log (f);
  tlm_db_close (f->db);
  assert_log_overwritten ();
}

static void
overwrites_the_log_when_it_encrypts (Fixture      *f,
                                     gconstpointer data)
{
  take_log (f);
  seal (f);
  assert_log_overwritten ();
}

#define ADD(name, test) g_test_add ("/app/store-race/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("opens-what-was-decrypted", opens_what_was_decrypted);
  ADD ("finds-locked-what-was-encrypted", finds_locked_what_was_encrypted);
  ADD ("erases-what-a-kill-left-without-the-key", erases_what_a_kill_left_without_the_key);
  ADD ("gives-the-code-of-what-stays-closed", gives_the_code_of_what_stays_closed);
  ADD ("says-that-what-stays-closed-is-decrypted", says_that_what_stays_closed_is_decrypted);
  ADD ("changes-the-passphrase-of-what-stays-closed", changes_the_passphrase_of_what_stays_closed);
  ADD ("overwrites-the-log-when-it-closes", overwrites_the_log_when_it_closes);
  ADD ("overwrites-the-log-when-it-encrypts", overwrites_the_log_when_it_encrypts);
  return g_test_run ();
}
