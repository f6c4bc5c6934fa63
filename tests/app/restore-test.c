/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a backup in the database's place, where another program is in the way or a kill left more
 * than a file: what stands aside stays whole, and stays. */
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/errors.h"
#include "old-store.h"
#include "store/backups.h"
#include "store/db.h"
#include "support.h"

typedef struct
{
  char *folder, *path, *other; /* a second database */
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "data", "tinylm.db", NULL);
  f->other = g_build_filename (f->folder, "other.db", NULL);
  tlm_test_make_old_store (f->path, 4);
  tlm_test_make_old_store (f->other, 2);
  g_free (tlm_test_query (f->path, "UPDATE notes SET text = 'here'"));
  g_free (tlm_test_query (f->other, "UPDATE notes SET text = 'there'"));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_free (f->path);
  g_free (f->other);
  tlm_test_remove_folder (f->folder);
}

static void
lay_ready (Fixture    *f,
           const char *backup)
{
  g_autoptr (GError) error = NULL;

  tlm_backups_restore (f->path, backup, NULL, NULL, FALSE, &error);
  g_assert_no_error (error);
}

static void
assert_text (const char *path,
             const char *text)
{
  g_autofree char *now = tlm_test_query (path, "SELECT text FROM notes");

  g_assert_cmpstr (now, ==, text);
}

/* (transfer full): the path of the database that stood aside */
static char *
find_aside (Fixture *f)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);
  char                 *path = NULL;

  for (guint i = 0; i < backups->len && path == NULL; i++)
    if (((TlmBackup *) backups->pdata[i])->reason == TLM_BACKUP_RESTORE)
      path = g_strdup (((TlmBackup *) backups->pdata[i])->path);
  g_assert_nonnull (path);
  return path;
}

/* What a program that was killed while it wrote left in the old way belongs to its own file alone. */
static void
keeps_the_journal_of_what_stands_aside (Fixture      *f,
                                        gconstpointer data)
{
  g_autofree char *journal = g_strconcat (f->path, "-journal", NULL), *aside = NULL;
  sqlite3         *db;
  pid_t            child;

  lay_ready (f, f->other);
  child = fork ();
  if (child == 0)
    {
      sqlite3_open (f->path, &db);
      sqlite3_exec (db, "PRAGMA journal_mode = DELETE; BEGIN; UPDATE notes SET text = 'half'", NULL,
                    NULL, NULL);
      _exit (sqlite3_db_cacheflush (db));
    }
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_true (g_file_test (journal, G_FILE_TEST_EXISTS));
  tlm_test_open_and_close (f->path);
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
  assert_text (f->path, "there");
  aside = find_aside (f);
  lay_ready (f, aside);
  tlm_test_open_and_close (f->path);
  assert_text (f->path, "here");
}

/* It was laid ready before the five backups that are kept were made. */
static void
keeps_what_stands_aside_late (Fixture      *f,
                              gconstpointer data)
{
  gint64           now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *aside = NULL;

  lay_ready (f, f->other);
  for (int i = 0; i < TLM_BACKUPS_KEPT; i++)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (now + 60 + i);
      g_autofree char      *name = g_date_time_format (time, "%Y%m%dT%H%M%SZ-v1-now.db");
      g_autofree char      *backup = g_build_filename (f->folder, "data", "backups", name, NULL);

      tlm_test_make_old_store (backup, 1);
    }
  g_assert_true (tlm_backups_put_in_place (f->path, NULL));
  aside = find_aside (f);
  assert_text (aside, "here");
  assert_text (f->path, "there");
}

/* Holds the database as another program that reads does, until @end is closed. */
static pid_t
hold (const char *path,
      int        *end)
{
  int   ready[2], done[2];
  char  byte;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  g_assert_cmpint (pipe (done), ==, 0);
  child = fork ();
  if (child == 0)
    {
      sqlite3 *db;

      close (done[1]);
      sqlite3_open (path, &db);
      sqlite3_exec (db, "BEGIN; SELECT count(*) FROM notes", NULL, NULL, NULL);
      (void) !write (ready[1], "x", 1);
      (void) !read (done[0], &byte, 1);
      _exit (0);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  close (ready[1]);
  close (done[0]);
  *end = done[1];
  return child;
}

/* Who asked is told that it failed; a swap on a later day, without a word, would take what came since. */
static void
places_now_or_never (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int                end;
  pid_t              child = hold (f->path, &end);

  lay_ready (f, f->other);
  g_assert_true (tlm_backups_is_waiting (f->path));
  g_assert_false (tlm_backups_place_now (f->path, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_false (tlm_backups_is_waiting (f->path));
  close (end);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  tlm_test_open_and_close (f->path);
  assert_text (f->path, "here");
  lay_ready (f, f->other);
  g_clear_error (&error);
  g_assert_true (tlm_backups_place_now (f->path, &error));
  g_assert_no_error (error);
  assert_text (f->path, "there");
}

static void
await_copy (const char *backup,
            GFile      *target)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_backups_save_copy_async (backup, target, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_backups_save_copy_finish (result, &error));
}

/* And nothing of another log stays beside it. */
static void
copies_a_backup_with_its_log (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char  *copy = g_build_filename (f->folder, "copy.db", NULL);
  g_autofree char  *copy_log = g_strconcat (copy, "-wal", NULL);
  g_autoptr (GFile) target = g_file_new_for_path (copy);
  sqlite3          *db;

  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA journal_mode = WAL; UPDATE notes SET text = 'in the log'",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  await_copy (f->path, target);
  g_assert_true (g_file_test (copy_log, G_FILE_TEST_EXISTS));
  assert_text (copy, "in the log");
  sqlite3_close (db);
  g_assert_true (g_file_set_contents (copy_log, "of another", -1, NULL));
  await_copy (f->path, target);
  g_assert_false (g_file_test (copy_log, G_FILE_TEST_EXISTS));
}

/* To look at a database is not to write its log into it. */
static void
changes_nothing_to_see_damage (Fixture      *f,
                               gconstpointer data)
{
  g_autofree char *copy = g_build_filename (f->folder, "copy.db", NULL);
  g_autofree char *log = g_strconcat (copy, "-wal", NULL), *before = NULL, *after = NULL;
  g_autoptr (GFile) target = g_file_new_for_path (copy);
  sqlite3          *db;
  gsize             n_before, n_after;

  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA journal_mode = WAL; UPDATE notes SET text = 'in the log'",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  await_copy (f->path, target);
  sqlite3_close (db);
  g_assert_true (g_file_get_contents (copy, &before, &n_before, NULL));
  g_assert_false (tlm_db_is_damaged (copy));
  g_assert_true (g_file_get_contents (copy, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
}

#define ADD(path, func) g_test_add ("/app/restore/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keeps-the-journal-of-what-stands-aside", keeps_the_journal_of_what_stands_aside);
  ADD ("keeps-what-stands-aside-late", keeps_what_stands_aside_late);
  ADD ("places-now-or-never", places_now_or_never);
  ADD ("copies-a-backup-with-its-log", copies_a_backup_with_its_log);
  ADD ("changes-nothing-to-see-damage", changes_nothing_to_see_damage);
  return g_test_run ();
}
