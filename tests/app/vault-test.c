/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted database: nothing of it is readable in its files, and everything is there with
 * the passphrase. What a kill leaves is in vault-kill-test.c. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "store/backups.h"
#include "core/errors.h"
#include "support.h"
#include "vault-support.h"

static void
assert_refuses (Fixture    *f,
                const char *secret)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (TlmVault) vault = tlm_vault_open (f->path, secret, &error);

  g_assert_null (vault);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
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
  assert_refuses (f, "\xff\xfe no text");
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
  char              *left;

  seal (f);
  g_assert_false (tlm_db_set_passphrase (f->db, "wrong", "another phrase", &left, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
  g_clear_error (&error);
  g_assert_false (tlm_db_set_passphrase (f->db, PASSPHRASE, "short", &left, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
  g_clear_error (&error);
  g_assert_true (tlm_db_set_passphrase (f->db, f->code, "another phrase", &left, &error));
  g_assert_no_error (error);
  g_assert_null (left);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
  tlm_db_close (f->db);
  assert_refuses (f, PASSPHRASE);
  unlock (f, "another phrase");
  unlock (f, f->code);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes"), ==, 1);
}

/* The change is a success all the same, and says so. */
static void
test_names_what_the_old_passphrase_opens (Fixture      *f,
                                          gconstpointer data)
{
  g_autofree char   *backups = g_build_filename (f->folder, "backups", NULL), *left = NULL;
  g_autoptr (GError) error = NULL;

  seal (f);
  g_assert_true (g_file_set_contents (backups, "no folder", -1, NULL)); /* so it cannot be emptied */
  g_assert_true (tlm_db_set_passphrase (f->db, PASSPHRASE, "another phrase", &left, &error));
  g_assert_no_error (error);
  g_assert_nonnull (left);
  g_assert_nonnull (strstr (left, backups));
  unlock (f, "another phrase");
}

/* Which of the coming calls fails; 0: none. */
static guint failing_sync;

/* In place of the C library's. */
int
fdatasync (int fd)
{
  if (failing_sync > 0 && --failing_sync == 0)
    {
      errno = EIO;
      return -1;
    }
  return (int) syscall (SYS_fdatasync, fd);
}

static void
limit_files (rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (bytes, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* What is said of a change that failed half way is what opens the database. */
static void
test_says_which_passphrase_opens (Fixture      *f,
                                  gconstpointer data)
{
  static const struct { guint sync; rlim_t bytes; gboolean changes; } disks[] = {
    { 1, RLIM_INFINITY, TRUE },   /* the new header is written */
    { 2, RLIM_INFINITY, TRUE },   /* and nothing in the old one's place */
    { 0, 4096 + 100, FALSE },     /* half of the new one */
    { 0, 100, FALSE },
  };

  signal (SIGXFSZ, SIG_IGN);
  seal (f);
  tlm_db_close (f->db);
  for (gsize i = 0; i < G_N_ELEMENTS (disks); i++)
    {
      const char          *old = i % 2 ? "another phrase" : PASSPHRASE;
      const char          *new = i % 2 ? PASSPHRASE : "another phrase";
      g_autoptr (TlmVault) vault = NULL;
      g_autoptr (GError)   error = NULL;
      gboolean             changed;
      int                  left;

      tlm_db_set_vault (f->db, NULL);
      vault = tlm_vault_open (f->path, i < 3 ? old : PASSPHRASE, NULL);
      g_assert_nonnull (vault);
      failing_sync = disks[i].sync;
      limit_files (disks[i].bytes);
      errno = 0;
      changed = tlm_vault_set_passphrase (vault, f->path, new, &left, &error);
      limit_files (RLIM_INFINITY);
      failing_sync = 0;
      g_assert_cmpint (changed, ==, disks[i].changes);
      g_assert_cmpint (left, !=, 0);
      unlock (f, changed ? new : PASSPHRASE);
      tlm_db_close (f->db);
    }
}

static TlmVault *
open_vault (const char *path)
{
  g_autoptr (GError) error = NULL;
  TlmVault          *vault = tlm_vault_open (path, PASSPHRASE, &error);

  g_assert_no_error (error);
  return vault;
}

static void
assert_asks_elsewhere (Fixture    *f,
                       const char *backup,
                       TlmVault   *vault)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tlm_backups_restore (f->path, backup, NULL, vault, FALSE, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED);
  g_assert_nonnull (strstr (error->message, "tinylm-cli backup restore"));
}

/* It is not damaged, which would send a person to another one. Nor is it foreign when only the
 * passphrase is another. */
static void
test_tells_another_key (Fixture      *f,
                        gconstpointer data)
{
  Fixture              other = { 0 };
  g_autoptr (TlmVault) vault = NULL;
  g_autoptr (GError)   error = NULL;
  int                  left;

  set_up (&other, NULL);
  seal (&other);
  assert_asks_elsewhere (f, other.path, NULL); /* the present one is not encrypted */
  seal (f);
  vault = open_vault (f->path);
  assert_asks_elsewhere (f, other.path, vault);
  tear_down (&other, NULL);

  g_assert_true (tlm_backups_make (f->db, TLM_BACKUP_NOW, NULL));
  tlm_db_close (f->db);
  g_assert_true (tlm_vault_set_passphrase (vault, f->path, "another phrase", &left, NULL));
  {
    g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);

    tlm_backups_restore (f->path, ((TlmBackup *) backups->pdata[0])->path, NULL, vault, FALSE, &error);
    g_assert_no_error (error);
  }
}

/* It would take the place of what was just encrypted, and is not. */
static void
test_leaves_what_another_is_to_replace (Fixture      *f,
                                        gconstpointer data)
{
  g_autoptr (GPtrArray) backups = NULL;
  g_autoptr (GError)    error = NULL;
  char                 *left;

  g_assert_true (tlm_backups_make (f->db, TLM_BACKUP_NOW, NULL));
  backups = tlm_backups_list (f->path);
  run (f, "UPDATE notes SET text = 'here'");
  tlm_backups_restore (f->path, ((TlmBackup *) backups->pdata[0])->path, NULL, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_false (tlm_db_convert (f->db, tlm_vault_new (PASSPHRASE, &cheap, &f->code, NULL), &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_clear_error (&error);
  g_assert_false (tlm_db_set_passphrase (f->db, PASSPHRASE, "another phrase", &left, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_cmpint (count (f, "SELECT count(*) FROM notes WHERE text = 'here'"), ==, 1);
  g_assert_true (tlm_backups_is_waiting (f->path));
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
  g_autofree char         *backups = g_build_filename (f->folder, "backups", NULL), *left = NULL;
  char                    *code;

  tlm_db_close (f->db);
  store = tlm_test_open_store (f->path);
  tlm_store_seal_async (store, PASSPHRASE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  code = tlm_store_seal_finish (store, result, &left, &error);
  g_assert_null (left);
  g_assert_no_error (error);
  g_assert_nonnull (code);
  tlm_secret_free (code);
  g_assert_true (tlm_store_get_is_sealed (store));
  assert_cost (f, 3, 256 << 20);
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
  g_assert_true (g_file_set_contents (backups, "no folder", -1, NULL)); /* so it cannot be emptied */
  g_clear_object (&result);
  tlm_store_change_passphrase_async (store, PASSPHRASE, "another phrase", NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_store_vault_finish (store, result, &left, &error));
  g_assert_no_error (error);
  g_assert_nonnull (left);
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
  ADD ("names-what-the-old-passphrase-opens", test_names_what_the_old_passphrase_opens);
  ADD ("says-which-passphrase-opens", test_says_which_passphrase_opens);
  ADD ("tells-another-key", test_tells_another_key);
  ADD ("leaves-what-another-is-to-replace", test_leaves_what_another_is_to_replace);
  ADD ("ends", test_ends);
  ADD ("large", test_large);
  ADD ("notices-tampering", test_notices_tampering);
  ADD ("survives-a-torn-header", test_survives_a_torn_header);
  ADD ("waits-for-others", test_waits_for_others);
  ADD ("mends-modes", test_mends_modes);
  ADD ("store", test_store);
  return g_test_run ();
}
