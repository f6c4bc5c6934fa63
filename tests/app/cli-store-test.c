/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of tinylm-cli that keep something: backups, and what is imported. */
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "core/paths.h"
#include "old-store.h"
#include "random-adapter.h"
#include "run-cli.h"
#include "small-disk.h"
#include "store/backups.h"
#include "store/db.h"
#include "support.h"

/* (transfer full): a folder that commands take for the person's own, until end() */
static char *
begin (void)
{
  char *folder = tlm_test_make_folder ();

  g_assert_true (g_setenv ("XDG_DATA_HOME", folder, TRUE));
  return folder;
}

static void
end (char *folder)
{
  g_unsetenv ("XDG_DATA_HOME");
  tlm_test_remove_folder (folder);
}

/* The lines of a command in the database's own folder. (transfer full) */
static char *
back_up (const char *input,
         const char *verb,
         const char *name,
         int         status)
{
  g_autoptr (GBytes) secret = input != NULL ? g_bytes_new (input, strlen (input)) : NULL;
  TlmTestRun         run;
  char              *out;

  tlm_test_run_cli (&run, secret, "backup", input != NULL ? "--passphrase-fd=0" : "--", verb, name,
                    NULL);
  g_assert_cmpint (run.status, ==, status);
  g_assert_cmpint (*run.err != '\0', ==, status != 0);
  out = tlm_test_dup_bytes (run.out);
  tlm_test_run_clear (&run);
  return out;
}

static TlmDb *
open_database (TlmVault *vault)
{
  const char        *folder = g_getenv ("XDG_DATA_HOME");
  g_autofree char   *path = g_build_filename (folder, "tinylm", "tinylm.db", NULL);
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;

  if (vault != NULL)
    tlm_db_set_vault (db, vault);
  tlm_db_open (db, path, &error);
  g_assert_no_error (error);
  return db;
}

static void
write_note (TlmDb      *db,
            const char *text)
{
  g_assert_true (tlm_db_run (db, NULL, "DELETE FROM notes", ""));
  g_assert_true (tlm_db_run (db, NULL, "INSERT INTO notes (title, text, created, updated)"
                                       " VALUES ('', ?, 1, 1)", "t", text));
}

static void
assert_note (TlmDb      *db,
             const char *text)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, "SELECT text FROM notes", "");

  g_assert_cmpint (tlm_db_step (db, row, NULL), ==, 1);
  g_assert_cmpstr (tlm_db_column_text (row, 0), ==, text);
  sqlite3_reset (row);
}

/* (transfer full): the name that the last line of a list begins with */
static char *
dup_last_name (const char *list)
{
  g_auto (GStrv) lines = g_strsplit (g_strstrip ((char *) list), "\n", -1);
  const char    *last = lines[g_strv_length (lines) - 1];

  return g_strndup (last, strcspn (last, " "));
}

static void
keeps_backups (void)
{
  char            *folder = begin ();
  g_autofree char *none = NULL, *list = NULL, *name = NULL, *gone = NULL, *after = NULL;
  TlmDb           *db;

  none = back_up (NULL, "list", NULL, 0);
  g_assert_nonnull (strstr (none, "no backup yet"));
  db = open_database (NULL);
  write_note (db, "first");
  tlm_db_free (db);
  list = back_up (NULL, "now", NULL, 0);
  name = dup_last_name (list);
  db = open_database (NULL);
  write_note (db, "second");
  g_free (back_up (NULL, "restore", name, 1)); /* in use */
  tlm_db_free (db);
  gone = back_up (NULL, "restore", "no-such-name", 1);
  g_free (back_up (NULL, "restore", name, 0));
  db = open_database (NULL);
  assert_note (db, "first");
  tlm_db_free (db);
  after = back_up (NULL, "list", NULL, 0);
  g_assert_nonnull (strstr (after, "Before a backup was restored"));
  end (folder);
}

/* On a machine that had none, not even the folder, nothing became a backup. */
static void
restores_where_nothing_was (void)
{
  char            *folder = begin ();
  g_autofree char *copy = g_build_filename (folder, "copy.db", NULL), *first = NULL, *second = NULL;
  g_autofree char *old = g_build_filename (folder, "tinylm", "tinylm.db", NULL);
  TlmDb           *db;

  db = open_database (NULL);
  write_note (db, "kept");
  tlm_db_free (db);
  g_assert_cmpint (g_rename (old, copy), ==, 0);
  tlm_test_remove_folder (g_path_get_dirname (old));
  first = back_up (NULL, "restore", copy, 0);
  g_assert_cmpstr (first, ==, "The backup is restored.\n");
  db = open_database (NULL);
  assert_note (db, "kept");
  tlm_db_free (db);
  second = back_up (NULL, "restore", copy, 0);
  g_assert_nonnull (strstr (second, "is a backup now"));
  end (folder);
}

/* Neither waits for one. */
static void
knows_no_specialist_yet (void)
{
  char      *folder = begin ();
  TlmTestRun run;

  tlm_db_free (open_database (NULL));
  tlm_test_run_cli (&run, NULL, "specialists", "list", NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (run.out), ==, 0);
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "complete", "specialists", "remove", "", NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  end (folder);
}

static void
keeps_encrypted_backups (void)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  char                     *folder = tlm_test_make_folder (), *code = NULL;
  g_autofree char          *path = NULL, *list = NULL, *name = NULL;
  TlmDb                    *db;

  g_assert_true (g_setenv ("XDG_DATA_HOME", folder, TRUE));
  path = g_build_filename (g_getenv ("XDG_DATA_HOME"), "tinylm", "tinylm.db", NULL);
  db = open_database (NULL);
  write_note (db, "first");
  g_assert_true (tlm_db_convert (db, tlm_vault_new ("correct horse", &cheap, &code, NULL), NULL));
  tlm_db_free (db);
  g_free (back_up ("wrong horse\n", "now", NULL, 1));
  list = back_up ("correct horse\n", "now", NULL, 0);
  name = dup_last_name (list);
  db = open_database (tlm_vault_open (path, "correct horse", NULL));
  write_note (db, "second");
  tlm_db_free (db);
  g_free (back_up ("wrong horse\n", "restore", name, 1));
  g_free (back_up ("correct horse\n", "restore", name, 0));
  g_assert_true (tlm_vault_is_sealed (path));
  db = open_database (tlm_vault_open (path, code, NULL));
  assert_note (db, "first");
  tlm_db_free (db);
  tlm_secret_free (code);
  g_unsetenv ("XDG_DATA_HOME");
  tlm_test_remove_folder (folder);
}

/* It has found the database encrypted when it takes the first byte. */
static void
await_reading (GSubprocess *process)
{
  GOutputStream *in = g_subprocess_get_stdin_pipe (process);
  int            n = 1;

  g_assert_true (g_output_stream_write_all (in, "c", 1, NULL, NULL, NULL));
  for (int i = 0; n > 0 && i < 6000; i++)
    {
      g_usleep (G_USEC_PER_SEC / 100);
      g_assert_cmpint (ioctl (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (in)), FIONREAD, &n),
                       ==, 0);
    }
  g_assert_cmpint (n, ==, 0);
}

static void
backs_up_what_is_decrypted_meanwhile (void)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  char                     *folder = tlm_test_make_folder (), *code = NULL;
  g_autofree char          *path = g_build_filename (folder, "tinylm", "tinylm.db", NULL);
  g_autoptr (GSubprocess)   process = NULL;
  g_autoptr (GError)        error = NULL;
  TlmDb                    *db;

  g_assert_true (g_setenv ("XDG_DATA_HOME", folder, TRUE));
  db = open_database (NULL);
  g_assert_true (tlm_db_convert (db, tlm_vault_new ("correct horse", &cheap, &code, NULL), NULL));
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                              | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, g_getenv ("TINYLM_CLI"),
                              "backup", "--passphrase-fd=0", "now", NULL);
  g_assert_no_error (error);
  await_reading (process);
  g_assert_true (tlm_db_convert (db, NULL, NULL));
  g_assert_false (tlm_vault_is_sealed (path));
  {
    g_autofree char *err = NULL;

    g_subprocess_communicate_utf8 (process, "orrect horse\n", NULL, NULL, &err, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (err, ==, "");
  }
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  tlm_db_free (db);
  tlm_secret_free (code);
  g_unsetenv ("XDG_DATA_HOME");
  tlm_test_remove_folder (folder);
}

/* The database is of an earlier version, of which a migration would make a sixth backup. */
static void
restores_the_oldest_backup (void)
{
  char            *folder = begin ();
  g_autofree char *path = g_build_filename (folder, "tinylm", "tinylm.db", NULL);
  g_autofree char *backups = g_build_filename (folder, "tinylm", "backups", NULL), *text = NULL;
  int              version = tlm_test_newest_version () - 1;

  tlm_test_make_old_store (path, version);
  for (int i = 0; i < TLM_BACKUPS_KEPT; i++)
    {
      g_autofree char *backup = g_strdup_printf ("%s/20260101T00000%dZ-v%d-now.db", backups, i, version);
      g_autofree char *sql = g_strdup_printf ("UPDATE notes SET text = 'backup %d'", i);

      tlm_test_make_old_store (backup, version);
      g_free (tlm_test_query (backup, sql));
    }
  text = g_strdup_printf ("20260101T000000Z-v%d-now.db", version);
  g_free (back_up (NULL, "restore", text, 0));
  g_free (text);
  text = tlm_test_query (path, "SELECT text FROM notes");
  g_assert_cmpstr (text, ==, "backup 0");
  end (folder);
}

/* A damaged one is told from a backup. */
static void
sets_a_damaged_database_aside (void)
{
  char            *folder = begin ();
  g_autofree char *path = g_build_filename (folder, "tinylm", "tinylm.db", NULL);
  g_autofree char *backup = g_build_filename (folder, "backup.db", NULL), *said = NULL;

  tlm_test_make_old_store (path, tlm_test_newest_version ());
  tlm_test_make_old_store (backup, tlm_test_newest_version ());
  g_assert_true (g_file_set_contents (path, "no database", -1, NULL));
  said = back_up (NULL, "restore", backup, 0);
  g_assert_nonnull (strstr (said, "damaged database is kept"));
  end (folder);
}

/* Where nothing can be saved it says so, in place of a success that nothing comes of. */
static void
refuses_to_keep_in_memory (void)
{
  static const char *const calls[][4] = {
    { "chats", "import" }, { "specialists", "import" }, { "specialists", "remove", "Mailer" },
    { "specialists", "on", "Mailer" }, { "models", "import" },
  };
  char            *folder = tlm_test_make_folder ();
  g_autofree char *file = g_build_filename (folder, "chat.jsonl", NULL);
  TlmTestRun       run;

  g_assert_true (g_setenv ("XDG_DATA_HOME", "/proc/none", TRUE));
  g_assert_true (g_file_set_contents (file, "{\"role\": \"user\", \"content\": \"Hello\"}\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      const char *last = calls[i][2] != NULL ? calls[i][2] : file;

      tlm_test_run_cli (&run, NULL, calls[i][0], calls[i][1], last, NULL);
      g_assert_nonnull (strstr (run.err, "nothing can be saved there"));
      g_assert_cmpint (run.status, ==, 1);
      g_assert_cmpuint (g_bytes_get_size (run.out), ==, 0);
      tlm_test_run_clear (&run);
    }
  tlm_test_run_cli (&run, NULL, "chats", "list", NULL);
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
  g_unsetenv ("XDG_DATA_HOME");
  tlm_test_remove_folder (folder);
}

static void
assert_refused (const char *command,
                const char *verb,
                const char *last,
                const char *reason)
{
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, command, verb, last, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, reason));
  g_assert_cmpuint (g_bytes_get_size (run.out), ==, 0);
  tlm_test_run_clear (&run);
}

static void
assert_done (const char *command,
             const char *verb,
             const char *last,
             const char *more)
{
  TlmTestRun run;

  tlm_test_run_cli (&run, NULL, command, verb, last, more, NULL);
  g_assert_cmpstr (run.err, ==, "");
  g_assert_cmpint (run.status, ==, 0);
  tlm_test_run_clear (&run);
}

static void
write_chat (TlmDb      *db,
            const char *text)
{
  g_assert_true (tlm_db_run (db, NULL, "INSERT INTO chats (id, title, created, updated)"
                                       " VALUES (1, 'A' || char (27, 10) || '[2Jtitle', 1, 1)", ""));
  g_assert_true (tlm_db_run (db, NULL, "INSERT INTO messages (id, chat_id, role, state, text,"
                                       " route, elapsed_ms, created)"
                                       " VALUES (1, 1, 0, 2, ?, '', 1.0, 1)", "t", text));
  g_assert_true (tlm_db_run (db, NULL, "UPDATE chats SET leaf = 1", ""));
}

static gboolean can_mount;

/* What found no room leaves no name behind, so the next try may have it. */
static void
exports_whole_files_or_none (void)
{
  char            *folder = begin ();
  g_autofree char *meeny = tlm_paths_dup_data ("models/meeny.gguf");
  g_autofree char *adapter = g_build_filename (folder, "Post.gguf", NULL);
  g_autofree char *disk = g_build_filename (folder, "disk", NULL);
  g_autofree char *chats = g_build_filename (disk, "all.jsonl", NULL);
  g_autofree char *post = g_build_filename (disk, "post.gguf", NULL);
  g_autofree char *text = g_strnfill (1 << 20, 'x');
  TlmTestRun       run;
  TlmDb           *db;

  if (!can_mount)
    {
      g_test_skip ("this system lets nobody mount a disk for a test");
      return;
    }
  db = open_database (NULL);
  write_chat (db, text);
  tlm_db_free (db);
  tlm_test_make_adapter (adapter, meeny, NULL);
  assert_done ("specialists", "import", adapter, NULL);
  g_assert_cmpint (g_mkdir (disk, 0700), ==, 0);
  tlm_small_disk_mount (disk, 8 << 20);
  tlm_small_disk_fill (disk);
  assert_refused ("chats", "export", chats, "No space left");
  tlm_test_run_cli (&run, NULL, "specialists", "export", "1", post, NULL);
  g_assert_cmpint (run.status, ==, 1);
  tlm_test_run_clear (&run);
  tlm_small_disk_empty (disk);
  {
    g_autoptr (GDir) dir = g_dir_open (disk, 0, NULL);

    g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
  }
  assert_done ("chats", "export", chats, NULL);
  assert_done ("specialists", "export", "1", post);
  tlm_small_disk_unmount (disk);
  end (folder);
}

static void
shows_no_escapes_and_knows_no_chat_zero (void)
{
  char            *folder = begin ();
  g_autofree char *file = g_build_filename (folder, "chat.md", NULL), *list = NULL;
  TlmTestRun       run;
  TlmDb           *db;

  db = open_database (NULL);
  write_chat (db, "Hello");
  tlm_db_free (db);
  tlm_test_run_cli (&run, NULL, "chats", "list", NULL);
  list = tlm_test_dup_bytes (run.out);
  g_assert_true (g_str_has_suffix (list, "  A  [2Jtitle\n"));
  tlm_test_run_clear (&run);
  tlm_test_run_cli (&run, NULL, "chats", "export", "--chat=0", file, NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.err, "no such chat"));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  tlm_test_run_clear (&run);
  assert_done ("chats", "export", "--chat=1", file);
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  end (folder);
}

/* A folder in the database's place, which not even root can read as a file. */
static void
takes_nothing_unread_for_empty (void)
{
  char            *folder = begin ();
  g_autofree char *path = g_build_filename (folder, "tinylm", "tinylm.db", NULL);
  g_autofree char *to = g_build_filename (folder, "all.jsonl", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  assert_refused ("chats", "export", to, "cannot be written");
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  assert_refused ("chats", "list", NULL, "cannot be written");
  assert_refused ("license", "list", NULL, "cannot be written");
  assert_refused ("export", to, NULL, "could not be opened");
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  end (folder);
}

int
main (int    argc,
      char **argv)
{
  can_mount = tlm_small_disk_prepare ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/cli-store/keeps-backups", keeps_backups);
  g_test_add_func ("/app/cli-store/keeps-encrypted-backups", keeps_encrypted_backups);
  g_test_add_func ("/app/cli-store/backs-up-what-is-decrypted-meanwhile",
                   backs_up_what_is_decrypted_meanwhile);
  g_test_add_func ("/app/cli-store/restores-where-nothing-was", restores_where_nothing_was);
  g_test_add_func ("/app/cli-store/restores-the-oldest-backup", restores_the_oldest_backup);
  g_test_add_func ("/app/cli-store/sets-a-damaged-database-aside", sets_a_damaged_database_aside);
  g_test_add_func ("/app/cli-store/knows-no-specialist-yet", knows_no_specialist_yet);
  g_test_add_func ("/app/cli-store/refuses-to-keep-in-memory", refuses_to_keep_in_memory);
  g_test_add_func ("/app/cli-store/takes-nothing-unread-for-empty", takes_nothing_unread_for_empty);
  g_test_add_func ("/app/cli-store/exports-whole-files-or-none", exports_whole_files_or_none);
  g_test_add_func ("/app/cli-store/shows-no-escapes-and-knows-no-chat-zero",
                   shows_no_escapes_and_knows_no_chat_zero);
  return g_test_run ();
}
