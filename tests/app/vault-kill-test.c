/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted database when its program is killed: at any moment, and with what it wrote last torn. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vault-support.h"

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

#define ADD(name, test) g_test_add ("/app/vault-kill/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("while-converting", test_kill_while_converting);
  ADD ("while-writing", test_kill_while_writing);
  ADD ("torn-log", test_torn_log);
  g_test_add ("/app/vault-kill/torn-first-page/log", Fixture, write_to_log, set_up, test_torn_first_page,
              tear_down);
  g_test_add ("/app/vault-kill/torn-first-page/journal", Fixture, write_beside_journal, set_up,
              test_torn_first_page, tear_down);
  return g_test_run ();
}
