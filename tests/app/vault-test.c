/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted database: nothing of it is readable in its files, everything is there with the
 * passphrase, and a kill at any moment loses nothing. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/backups.h"
#include "store/db.h"
#include "core/errors.h"
#include "support.h"

#define PASSPHRASE "correct horse battery"
#define SECRET     "zanzibarquokka" /* one word, so that search finds it too */

/* As cheap as libsodium allows, so that tests are quick. */
static const TlmVaultCost cheap = { 1, 8192 };

typedef struct
{
  char  *folder, *path, *code;
  TlmDb *db;
} Fixture;

static void
open_db (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  tlm_db_open (f->db, f->path, &error);
  g_assert_no_error (error);
}

static void
run (Fixture    *f,
     const char *sql)
{
  g_autoptr (GError) error = NULL;

  tlm_db_exec (f->db, sql, &error);
  g_assert_no_error (error);
}

static gint64
count (Fixture    *f,
       const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64        n;

  g_assert_cmpint (sqlite3_prepare_v2 (tlm_db_get_handle (f->db), sql, -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return n;
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  f->db = tlm_db_new ();
  open_db (f);
  run (f, "INSERT INTO notes (title, text, created, updated)"
          "  VALUES ('one', 'the " SECRET " sleeps', 1, 1);"
          "INSERT INTO chats (title, created, updated, draft) VALUES ('c', 1, 1, 'a " SECRET "');");
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_db_free (f->db);
  g_free (f->path);
  g_free (f->code);
  tlm_test_remove_folder (f->folder);
}

static void
seal (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  TlmVault          *vault;

  g_clear_pointer (&f->code, g_free);
  vault = tlm_vault_new (PASSPHRASE, &cheap, &f->code, &error);
  g_assert_no_error (error);
  tlm_db_convert (f->db, vault, &error);
  g_assert_no_error (error);
}

static void
unlock (Fixture    *f,
        const char *secret)
{
  g_autoptr (GError) error = NULL;
  TlmVault          *vault;

  tlm_db_close (f->db);
  vault = tlm_vault_open (f->path, secret, &error);
  g_assert_no_error (error);
  tlm_db_set_vault (f->db, vault);
  open_db (f);
}

static void
assert_refuses (Fixture    *f,
                const char *secret)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (TlmVault) vault = tlm_vault_open (f->path, secret, &error);

  g_assert_null (vault);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
}

/* Returns: how many files of the folder hold @text */
static guint
grep_folder (const char *folder,
             const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  guint            n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize            size;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += grep_folder (path, text);
      else
        {
          g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
          n += memmem (bytes, size, text, strlen (text)) != NULL;
        }
    }
  return n;
}

static guint
grep (Fixture    *f,
      const char *text)
{
  return grep_folder (f->folder, text);
}

static void
test_recovery_code (void)
{
  guint8           secret[TLM_RECOVERY_BYTES], back[TLM_RECOVERY_BYTES];
  g_autofree char *code = NULL;
  g_autofree char *typed = NULL;

  for (guint i = 0; i < sizeof secret; i++)
    secret[i] = (guint8) (i * 37);
  code = tlm_recovery_encode (secret);
  g_assert_cmpuint (strlen (code), ==, 7 * 4 + 6);
  typed = g_ascii_strdown (code, -1);
  g_strdelimit (typed, "-", ' ');
  g_strdelimit (typed, "0", 'o');
  g_assert_true (tlm_recovery_decode (typed, back));
  g_assert_cmpmem (secret, sizeof secret, back, sizeof back);
  for (gsize i = 0; code[i] != '\0'; i++)
    if (code[i] != '-')
      {
        char right = code[i];

        code[i] = right == '7' ? '8' : '7';
        g_assert_false (tlm_recovery_decode (code, back));
        code[i] = right;
      }
  code[strlen (code) - 1] = '\0';
  g_assert_false (tlm_recovery_decode (code, back));
}

static void
test_hides_all (Fixture      *f,
                gconstpointer data)
{
  g_assert_true (tlm_backups_make (f->db, TLM_BACKUP_NOW, NULL));
  g_assert_cmpuint (grep (f, SECRET), >=, 2); /* the test can see it */
  seal (f);
  g_assert_cmpuint (grep (f, SECRET), ==, 0);
  g_assert_cmpuint (grep (f, "CREATE TABLE"), ==, 0);
  run (f, "UPDATE notes SET text = text || ' and " SECRET " wakes'");
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes_index ('wakes')"), ==, 1);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes_index ('" SECRET "')"), ==, 1);
  g_assert_cmpuint (grep (f, SECRET), ==, 0); /* now the log is there too */
  run (f, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_cmpuint (grep (f, SECRET), ==, 0);
}

static void
test_opens_with_its_secrets_only (Fixture      *f,
                                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  seal (f);
  tlm_db_close (f->db);
  tlm_db_set_vault (f->db, NULL);
  g_assert_true (tlm_vault_is_sealed (f->path));
  g_assert_false (tlm_db_open (f->db, f->path, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED);
  assert_refuses (f, "correct horse batter");
  assert_refuses (f, "");
  unlock (f, f->code);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
  unlock (f, PASSPHRASE);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
}

static void
test_changes_passphrase (Fixture      *f,
                         gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  seal (f);
  g_assert_false (tlm_db_set_passphrase (f->db, "wrong", "another phrase", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
  g_clear_error (&error);
  g_assert_false (tlm_db_set_passphrase (f->db, PASSPHRASE, "short", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
  g_clear_error (&error);
  g_assert_true (tlm_db_set_passphrase (f->db, f->code, "another phrase", &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
  tlm_db_close (f->db);
  assert_refuses (f, PASSPHRASE);
  unlock (f, "another phrase");
  unlock (f, f->code);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
}

static void
test_ends (Fixture      *f,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  seal (f);
  g_assert_true (tlm_db_convert (f->db, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (tlm_vault_is_sealed (f->path));
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes_index ('" SECRET "')"), ==, 1);
}

/* More pages than SQLite's cache holds: they reach the file in no order. */
static void
test_large (Fixture      *f,
            gconstpointer data)
{
  run (f, "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
          " INSERT INTO notes (title, text, created, updated)"
          "  SELECT 'n', hex (randomblob (3000)), 1, 1 FROM n");
  seal (f);
  unlock (f, PASSPHRASE);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 2001);
  run (f, "UPDATE notes SET text = text || ' more'; VACUUM;");
  unlock (f, f->code);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes_index ('more')"), ==, 2001);
  g_assert_cmpuint (grep (f, SECRET), ==, 0);
}

/* A page that somebody else wrote is no page: an error, never text. */
static void
test_notices_tampering (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8             byte;
  int                fd;

  seal (f);
  tlm_db_close (f->db);
  fd = g_open (f->path, O_RDWR, 0);
  g_assert_cmpint (pread (fd, &byte, 1, 8192 + 100), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, 8192 + 100), ==, 1);
  close (fd);
  g_assert_false (tlm_db_open (f->db, f->path, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_DAMAGED);
}

/* Each slot of the header opens the database when the other is torn. */
static void
test_survives_a_torn_header (Fixture      *f,
                             gconstpointer data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (TlmVault) vault = NULL;
  char                 zeros[4096] = "";
  int                  fd;

  seal (f);
  tlm_db_close (f->db);
  fd = g_open (f->path, O_RDWR, 0);
  g_assert_cmpint (pwrite (fd, "torn", 4, 4096), ==, 4);
  unlock (f, PASSPHRASE);
  tlm_db_close (f->db);
  g_assert_cmpint (pwrite (fd, zeros, 100, 0), ==, 100);
  close (fd);
  vault = tlm_vault_open (f->path, PASSPHRASE, &error);
  g_assert_null (vault);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_DAMAGED);
}

static void
test_waits_for_others (Fixture      *f,
                       gconstpointer data)
{
  TlmDb             *other = tlm_db_new ();
  g_autoptr (GError) error = NULL;
  TlmVault          *vault = tlm_vault_new (PASSPHRASE, &cheap, &f->code, NULL);

  g_assert_true (tlm_db_open (other, f->path, NULL));
  sqlite3_busy_timeout (tlm_db_get_handle (f->db), 0);
  g_assert_false (tlm_db_convert (f->db, vault, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
  g_assert_false (tlm_vault_is_sealed (f->path));
  tlm_db_free (other);
}

static void
test_mends_modes (Fixture      *f,
                  gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);
  struct stat      info;

  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  g_chmod (other, 0644);
  g_chmod (f->folder, 0755);
  open_db (f);
  g_assert_cmpint (stat (f->folder, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (other, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

/* Encrypts and decrypts without end. */
static void
convert_for_ever (Fixture *f)
{
  for (;;)
    {
      if (tlm_db_get_vfs (f->db) == NULL)
        seal (f);
      else
        tlm_db_convert (f->db, NULL, NULL);
    }
}

/* Writes a note after the other and tells of each that is committed. */
static void
write_for_ever (Fixture *f,
                int      out)
{
  for (;;)
    {
      run (f, "INSERT INTO notes (title, text, created, updated)"
              "  VALUES ('n', hex (randomblob (3000)), 1, 1)");
      if (write (out, "x", 1) != 1)
        _exit (1);
    }
}

/* Returns: how many notes the child said that it had saved */
static gint64
run_and_kill (Fixture *f,
              gboolean convert,
              guint    after_us)
{
  int    fds[2];
  pid_t  child;
  gint64 n = 0;
  char   byte;

  tlm_db_close (f->db);
  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  if (child == 0)
    {
      open_db (f);
      if (convert)
        convert_for_ever (f);
      write_for_ever (f, fds[1]);
    }
  close (fds[1]);
  g_usleep (after_us);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  while (read (fds[0], &byte, 1) == 1)
    n++;
  close (fds[0]);
  return n;
}

static void
assert_whole (Fixture *f,
              gint64   n)
{
  g_autofree char *left_over = g_strconcat (f->path, ".converting", NULL);

  if (tlm_vault_is_sealed (f->path))
    unlock (f, PASSPHRASE);
  else
    {
      tlm_db_set_vault (f->db, NULL);
      open_db (f);
    }
  g_assert_cmpint (count (f, "SELECT count(*) FROM pragma_integrity_check ()"
                             "  WHERE integrity_check = 'ok'"), ==, 1);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), >=, n);
  g_assert_false (g_file_test (left_over, G_FILE_TEST_EXISTS));
  if (tlm_db_get_vfs (f->db) != NULL)
    g_assert_cmpuint (grep (f, SECRET), ==, 0);
}

static void
test_kill_while_converting (Fixture      *f,
                            gconstpointer data)
{
  for (guint i = 0; i < 40; i++)
    {
      run_and_kill (f, TRUE, 2000 + 3700 * i % 60000);
      assert_whole (f, 1);
    }
}

static void
test_kill_while_writing (Fixture      *f,
                         gconstpointer data)
{
  gint64 n = 1;

  seal (f);
  for (guint i = 0; i < 20; i++)
    {
      n += run_and_kill (f, FALSE, 20000 + 7000 * i);
      assert_whole (f, n);
    }
  g_assert_cmpint (n, >, 20); /* the children came to write */
}

/* What was not committed when the power went may lie torn at the log's end. */
static void
test_torn_log (Fixture      *f,
               gconstpointer data)
{
  g_autofree char *log = g_strconcat (f->path, "-wal", NULL);
  struct stat      info = { 0 };

  seal (f);
  for (guint us = 100000; info.st_size <= 10000; us *= 2) /* on a busy machine it writes late */
    {
      run_and_kill (f, FALSE, us);
      g_assert_cmpint (stat (log, &info), ==, 0);
    }
  g_assert_cmpint (truncate (log, info.st_size - 2000), ==, 0);
  assert_whole (f, 1);
}

#define ADD_LARGE_NOTE                                                                             \
  "INSERT INTO notes (title, text, created, updated) VALUES ('n', hex (randomblob (200000)), 1, 1);"

/* The new size of the file stands in its first page. */
static void
write_to_log (Fixture *f)
{
  run (f, "PRAGMA wal_autocheckpoint = 0;" ADD_LARGE_NOTE);
}

static void
write_beside_journal (Fixture *f)
{
  run (f, "PRAGMA journal_mode = DELETE; BEGIN;" ADD_LARGE_NOTE);
  g_assert_cmpint (sqlite3_db_cacheflush (tlm_db_get_handle (f->db)), ==, SQLITE_OK);
}

/* A kill may cut a write where a page of memory ends. */
static void
tear_first_page (Fixture *f)
{
  char zeros[2000] = "";
  int  fd = g_open (f->path, O_RDWR, 0);

  g_assert_cmpint (pwrite (fd, zeros, sizeof zeros, 12288 - sizeof zeros), ==, sizeof zeros);
  close (fd);
}

/* @data: what a program did before it was killed. The log has the page anew, the journal the page
 * as it was. */
static void
test_torn_first_page (Fixture      *f,
                      gconstpointer data)
{
  void (*change) (Fixture *) = (void (*) (Fixture *)) data;
  pid_t child;

  seal (f);
  tlm_db_close (f->db);
  child = fork ();
  if (child == 0)
    {
      open_db (f);
      change (f);
      _exit (0);
    }
  waitpid (child, NULL, 0);
  tear_first_page (f);
  assert_whole (f, change == write_to_log ? 2 : 1);
}

static void
await_unlock (TlmStore   *store,
              const char *secret,
              GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_store_unlock_async (store, secret, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_store_open_finish (store, result, error);
}

/* Through the store, and at the full cost. */
static void
test_store (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (TlmStore)     store = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  char                    *code;

  tlm_db_close (f->db);
  store = tlm_test_open_store (f->path);
  tlm_store_seal_async (store, PASSPHRASE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  code = tlm_store_seal_finish (store, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (code);
  tlm_secret_free (code);
  g_assert_true (tlm_store_get_is_sealed (store));
  tlm_store_close (store);
  g_clear_object (&result);

  tlm_store_open_async (store, f->path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_false (tlm_store_open_finish (store, result, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED);
  g_clear_error (&error);
  g_assert_false (tlm_store_get_is_volatile (store));
  await_unlock (store, "wrong passphrase", &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
  g_assert_true (tlm_store_get_is_locked (store));
  g_clear_error (&error);
  await_unlock (store, PASSPHRASE, &error);
  g_assert_no_error (error);
  g_assert_false (tlm_store_get_is_locked (store));
  g_assert_true (tlm_store_get_is_sealed (store));
  tlm_test_exec (store, "UPDATE notes SET text = 'after'");
  tlm_store_close (store);
}

#define ADD(name, test) g_test_add ("/app/vault/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/vault/recovery-code", test_recovery_code);
  ADD ("hides-all", test_hides_all);
  ADD ("opens-with-its-secrets-only", test_opens_with_its_secrets_only);
  ADD ("changes-passphrase", test_changes_passphrase);
  ADD ("ends", test_ends);
  ADD ("large", test_large);
  ADD ("notices-tampering", test_notices_tampering);
  ADD ("survives-a-torn-header", test_survives_a_torn_header);
  ADD ("waits-for-others", test_waits_for_others);
  ADD ("mends-modes", test_mends_modes);
  ADD ("kill-while-converting", test_kill_while_converting);
  ADD ("kill-while-writing", test_kill_while_writing);
  ADD ("torn-log", test_torn_log);
  g_test_add ("/app/vault/torn-first-page/log", Fixture, write_to_log, set_up, test_torn_first_page,
              tear_down);
  g_test_add ("/app/vault/torn-first-page/journal", Fixture, write_beside_journal, set_up,
              test_torn_first_page, tear_down);
  ADD ("store", test_store);
  return g_test_run ();
}
