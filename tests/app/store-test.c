/* SPDX-License-Identifier: Apache-2.0 */
/* The database: made, migrated, refused, full, shared by two programs, killed in the middle. */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app-resources.h"
#include "core/errors.h"
#include "notes/notes.h"
#include "old-store.h"
#include "store/store-private.h"
#include "support.h"

typedef struct
{
  char *folder;
  char *path; /* in a folder that does not exist yet */
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "data", "tinylm.db", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static void
make_parent (Fixture *f)
{
  g_autofree char *parent = g_path_get_dirname (f->path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
}

static guint
get_mode (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_mode & 0777;
}

static TlmNote *
create_note (TlmNotes   *notes,
             const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmNote                 *note;

  tlm_notes_create_async (notes, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  note = tlm_notes_create_finish (notes, result, &error);
  g_assert_no_error (error);
  return note;
}

static gboolean
save_note (TlmNotes   *notes,
           TlmNote    *note,
           const char *text,
           GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_save_async (notes, note, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_save_finish (notes, result, error);
}

static char *
get_text (TlmNotes *notes,
          TlmNote  *note)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_get_text_async (notes, note, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_get_text_finish (notes, result, NULL);
}

static void
assert_query (const char *path,
              const char *sql,
              const char *expected)
{
  g_autofree char *value = tlm_test_query (path, sql);

  g_assert_cmpstr (value, ==, expected);
}

static void
opens_fresh_and_private (Fixture      *f,
                         gconstpointer data)
{
  g_autoptr (TlmStore) store = tlm_test_open_store (f->path);
  g_autofree char     *parent = g_path_get_dirname (f->path);
  g_autofree char     *wal = g_strconcat (f->path, "-wal", NULL);
  g_autofree char     *newest = g_strdup_printf ("%d", tlm_test_newest_version ());

  g_assert_false (tlm_store_get_is_volatile (store));
  g_assert_null (tlm_store_get_volatile_reason (store));
  g_assert_cmpuint (get_mode (parent), ==, 0700);
  g_assert_cmpuint (get_mode (f->path), ==, 0600);
  g_assert_cmpuint (get_mode (wal), ==, 0600);
  assert_query (f->path, "PRAGMA user_version", newest);
  assert_query (f->path, "PRAGMA journal_mode", "wal");
}

static void
erases_a_spent_journal (Fixture      *f,
                        gconstpointer data)
{
  g_autofree char     *journal = g_strconcat (f->path, "-journal", NULL);
  g_autoptr (TlmStore) store = NULL;

  make_parent (f);
  g_assert_true (g_file_set_contents (journal, "\0old pages", 10, NULL));
  store = tlm_test_open_store (f->path);
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
}

static void
keeps_notes (Fixture      *f,
             gconstpointer data)
{
  TlmStore *store = tlm_test_open_store (f->path);
  TlmNotes *notes = tlm_notes_new (store);

  g_object_unref (create_note (notes, "kept"));
  tlm_store_close (store);
  g_object_unref (notes);
  g_object_unref (store);
  assert_query (f->path, "SELECT text FROM notes", "kept");
}

/* A database as version @version of the program left it, with one note. */
static void
make_old_database (Fixture *f,
                   int      version)
{
  static const char *const files[] = { "0001-notes.sql", "0002-chats.sql",
                                              "0003-search.sql" };
  sqlite3                 *db;
  g_autofree char         *pragma = g_strdup_printf ("PRAGMA journal_mode = WAL;"
                                                    "PRAGMA user_version = %d", version);

  make_parent (f);
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  for (int i = 0; i < version; i++)
    {
      g_autofree char   *path = g_strconcat ("/com/sprapp/TinyLM/sql/", files[i], NULL);
      g_autoptr (GBytes) sql = g_resource_lookup_data (tlm_app_get_resource (), path, 0, NULL);

      g_assert_cmpint (sqlite3_exec (db, g_bytes_get_data (sql, NULL), NULL, NULL, NULL), ==,
                       SQLITE_OK);
    }
  g_assert_cmpint (sqlite3_exec (db, pragma, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "INSERT INTO notes (title, text, created, updated) VALUES "
                                     "('Old', 'an old walrus', 1, 2)", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  if (version >= 2)
    g_assert_cmpint (sqlite3_exec (db, "INSERT INTO chats (title, created, updated) VALUES "
                                       "('Old chat', 1, 2), ('Other chat', 1, 1);"
                                       "INSERT INTO messages (chat_id, role, state, text, route, "
                                       "elapsed_ms, created) VALUES (1, 0, 0, 'one', '', 0.0, 1), "
                                       "(2, 0, 0, 'other', '', 0.0, 1), "
                                       "(1, 1, 0, 'two', '', 0.0, 1)", NULL, NULL, NULL), ==,
                     SQLITE_OK);
  sqlite3_close (db);
}

static guint
count_hits (TlmStore   *store,
            const char *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel)   hits = NULL;

  tlm_store_search_async (store, query, TLM_SEARCH_ALL, TLM_SEARCH_MAX_HITS, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  hits = tlm_store_search_finish (store, result, NULL);
  return g_list_model_get_n_items (hits);
}

static void
migrates (Fixture      *f,
          gconstpointer data)
{
  int                  version = GPOINTER_TO_INT (data);
  g_autoptr (TlmStore) store = NULL;

  make_old_database (f, version);
  store = tlm_test_open_store (f->path);
  assert_query (f->path, "SELECT text FROM notes", "an old walrus");
  g_assert_cmpuint (count_hits (store, "walrus"), ==, 1);
  if (version >= 2)
    {
      assert_query (f->path, "SELECT title || ':' || draft FROM chats", "Old chat:");
      assert_query (f->path, "SELECT group_concat (text || '<' || ifnull (parent, '')) FROM messages",
                    "one<,other<,two<1");
      assert_query (f->path, "SELECT group_concat (leaf) FROM chats", "3,2");
    }
}

static void
makes_no_backup_of_nothing (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmStore) store = tlm_test_open_store (f->path);
  g_autofree char     *parent = g_path_get_dirname (f->path);
  g_autofree char     *backups = g_build_filename (parent, "backups", NULL);

  g_assert_false (tlm_store_get_is_volatile (store));
  g_assert_false (g_file_test (backups, G_FILE_TEST_EXISTS));
}

static void
assert_refused (Fixture *f,
                int      code)
{
  g_autoptr (TlmStore)     store = tlm_store_new ();
  g_autoptr (TlmNotes)     notes = tlm_notes_new (store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_store_open_async (store, f->path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_false (tlm_store_open_finish (store, result, &error));
  g_assert_error (error, TLM_ERROR, code);
  /* The program can still go on, in memory. */
  g_assert_true (tlm_store_get_is_volatile (store));
  g_assert_cmpstr (tlm_store_get_volatile_reason (store), ==, error->message);
  g_object_unref (create_note (notes, "for now"));
}

static void
refuses_a_newer_one_and_leaves_it_alone (Fixture      *f,
                                         gconstpointer data)
{
  make_old_database (f, 1);
  g_free (tlm_test_query (f->path, "PRAGMA user_version = 99"));
  assert_refused (f, TLM_ERROR_STORE_NEWER);
  assert_query (f->path, "PRAGMA user_version", "99");
  assert_query (f->path, "SELECT text FROM notes", "an old walrus");
}

static void
refuses_a_damaged_one_and_leaves_it_alone (Fixture      *f,
                                           gconstpointer data)
{
  const char      *garbage = "This is no database, but it is longer than the header of one, which "
                             "has a hundred bytes.";
  g_autofree char *content = NULL;

  make_parent (f);
  g_assert_true (g_file_set_contents (f->path, garbage, -1, NULL));
  assert_refused (f, TLM_ERROR_STORE_DAMAGED);
  g_assert_true (g_file_get_contents (f->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, garbage);
}

/* The first page says "database", the pages behind it are noise. */
static void
reports_damage_behind_the_header (Fixture      *f,
                                  gconstpointer data)
{
  g_autofree char *content = NULL;
  gsize            len;

  make_old_database (f, 2);
  g_assert_true (g_file_get_contents (f->path, &content, &len, NULL));
  g_assert_cmpuint (len, >, 8192);
  memset (content + 4096, 0x5a, len - 4096);
  g_assert_true (g_file_set_contents (f->path, content, (gssize) len, NULL));
  assert_refused (f, TLM_ERROR_STORE_DAMAGED);
}

static void
lives_in_memory_where_nothing_can_be_written (void)
{
  /* /proc takes no folders, not even from root. */
  g_autoptr (TlmStore) store = tlm_test_open_store ("/proc/tinylm/tinylm.db");
  g_autoptr (TlmNotes) notes = tlm_notes_new (store);
  g_autoptr (TlmNote)  note = create_note (notes, "for now");
  g_autofree char     *text = get_text (notes, note);

  g_assert_true (tlm_store_get_is_volatile (store));
  g_assert_nonnull (strstr (tlm_store_get_volatile_reason (store), "/proc/tinylm"));
  g_assert_cmpstr (text, ==, "for now");
}

/* An older one, too: it is brought up to date in memory, and not touched on the disk. */
static void
shows_what_cannot_be_written (Fixture      *f,
                              gconstpointer data)
{
  gboolean         root = geteuid () == 0; /* to whom modes mean nothing */
  g_autofree char *parent = g_path_get_dirname (f->path);
  TlmStore        *store;

  make_old_database (f, 2);
  g_assert_cmpint (chmod (f->path, 0444), ==, 0);
  g_assert_cmpint (chmod (parent, 0555), ==, 0);
  g_assert_cmpint (chmod (f->folder, 0755), ==, 0);
  if (root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  store = tlm_test_open_store (f->path);
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_true (tlm_store_get_is_volatile (store));
  g_assert_nonnull (strstr (tlm_store_get_volatile_reason (store), f->path));
  g_assert_cmpuint (count_hits (store, "walrus"), ==, 1);
  tlm_test_exec (store, "UPDATE notes SET text = 'for now'");
  g_object_unref (store);
  g_assert_cmpint (chmod (parent, 0755), ==, 0);
  g_assert_cmpint (chmod (f->path, 0644), ==, 0);
  assert_query (f->path, "SELECT text FROM notes", "an old walrus");
}

static void
says_so_when_closed (void)
{
  g_autoptr (TlmStore)     store = tlm_store_new ();
  g_autoptr (TlmNotes)     notes = tlm_notes_new (store);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_notes_load_async (notes, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_false (tlm_notes_load_finish (notes, result, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_CLOSED);
}

/* The disk is full: the save fails with a sentence, the new text waits in memory, and the next save
 * that fits makes all good. */
static void
survives_a_full_disk (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (TlmStore) store = tlm_test_open_store (f->path);
  g_autoptr (TlmNotes) notes = tlm_notes_new (store);
  g_autoptr (TlmNote)  note = create_note (notes, "before");
  g_autofree char     *large = g_strnfill (1 << 20, 'x');
  g_autofree char     *text = NULL, *later = NULL;
  g_autoptr (GError)   error = NULL;

  tlm_test_exec (store, "PRAGMA max_page_count = 64");
  g_assert_false (save_note (notes, note, large, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_FULL);
  g_assert_false (tlm_note_get_saved (note));
  text = get_text (notes, note);
  g_assert_cmpstr (text, ==, large);
  tlm_test_exec (store, "PRAGMA max_page_count = 1000000");
  g_assert_true (save_note (notes, note, large, NULL));
  g_assert_true (tlm_note_get_saved (note));
  later = get_text (notes, note);
  g_assert_cmpstr (later, ==, large);
}

static void
is_shared_by_two_programs (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (TlmStore) store_a = tlm_test_open_store (f->path);
  g_autoptr (TlmStore) store_b = tlm_test_open_store (f->path);
  g_autoptr (TlmNotes) notes_a = tlm_notes_new (store_a);
  g_autoptr (TlmNotes) notes_b = tlm_notes_new (store_b);

  for (int i = 0; i < 20; i++)
    {
      g_object_unref (create_note (notes_a, "a"));
      g_object_unref (create_note (notes_b, "b"));
    }
  assert_query (f->path, "SELECT count (DISTINCT id) FROM notes", "40");
}

/* Another program holds the write lock for a moment: we wait rather than fail. */
static gpointer
hold_lock (gpointer path)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000); /* the store may just look what is left to forget */
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  return db;
}

static gpointer
release_lock (gpointer db)
{
  g_usleep (200000); /* while the save below waits; correct however long it takes */
  sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  sqlite3_close (db);
  return NULL;
}

static void
waits_for_another_writer (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (TlmStore) store = tlm_test_open_store (f->path);
  g_autoptr (TlmNotes) notes = tlm_notes_new (store);
  GThread             *other = g_thread_new ("other", release_lock, hold_lock (f->path));

  g_object_unref (create_note (notes, "patient"));
  g_thread_join (other);
  assert_query (f->path, "SELECT text FROM notes", "patient");
}

static void
close_waits_for_what_was_posted (Fixture      *f,
                                 gconstpointer data)
{
  TlmStore *store = tlm_test_open_store (f->path);
  TlmNotes *notes = tlm_notes_new (store);
  TlmNote  *note = create_note (notes, "0");

  for (int i = 1; i <= 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", i);

      tlm_notes_save_async (notes, note, text, NULL, NULL, NULL);
    }
  tlm_store_close (store);
  tlm_test_settle ();
  g_assert_true (tlm_note_get_saved (note));
  g_object_unref (note);
  g_object_unref (notes);
  g_object_unref (store);
  assert_query (f->path, "SELECT text FROM notes", "100");
}

/* The child of the test below: saves 0, 1, 2, ... and says each number once it is acknowledged. */
static int
save_for_ever (const char *path)
{
  TlmStore *store = tlm_test_open_store (path);
  TlmNotes *notes = tlm_notes_new (store);
  TlmNote  *note = create_note (notes, "0");

  for (int i = 0; i < 100000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", i);

      g_assert_true (save_note (notes, note, text, NULL));
      printf ("%d\n", i);
      fflush (stdout);
    }
  return 0;
}

/* Reads numbers until @enough, kills the child and reads what it had still said. */
static int
kill_in_the_middle (const char *path,
                    int         enough)
{
  const char *child[] = { "/proc/self/exe", "--save-for-ever", path, NULL };
  char        line[32];
  int         out, acknowledged = -1;
  GPid        pid;
  FILE       *stream;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) child, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, NULL, &out, NULL, NULL));
  stream = fdopen (out, "r");
  while (fgets (line, sizeof line, stream) != NULL)
    {
      acknowledged = strchr (line, '\n') != NULL ? atoi (line) : acknowledged;
      if (acknowledged == enough)
        kill (pid, SIGKILL);
    }
  fclose (stream);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
  return acknowledged;
}

static void
loses_nothing_acknowledged_when_killed (Fixture      *f,
                                        gconstpointer data)
{
  static const int enough[] = { 0, 3, 17, 40, 111 };

  for (gsize i = 0; i < G_N_ELEMENTS (enough); i++)
    {
      int                  acknowledged = kill_in_the_middle (f->path, enough[i]);
      g_autoptr (TlmStore) store = NULL;
      g_autofree char     *text = NULL;

      g_assert_cmpint (acknowledged, >=, enough[i]);
      store = tlm_test_open_store (f->path);
      text = tlm_test_query (f->path, "SELECT text FROM notes ORDER BY id DESC LIMIT 1");
      g_assert_cmpint (atoi (text), >=, acknowledged);
      assert_query (f->path, "PRAGMA integrity_check", "ok");
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--save-for-ever"))
    return save_for_ever (argv[2]);
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/store/opens-fresh-and-private", opens_fresh_and_private);
  ADD ("/app/store/erases-a-spent-journal", erases_a_spent_journal);
  ADD ("/app/store/keeps-notes", keeps_notes);
  g_test_add ("/app/store/migrates-v1", Fixture, GINT_TO_POINTER (1), set_up, migrates, tear_down);
  g_test_add ("/app/store/migrates-v2", Fixture, GINT_TO_POINTER (2), set_up, migrates, tear_down);
  g_test_add ("/app/store/migrates-v3", Fixture, GINT_TO_POINTER (3), set_up, migrates, tear_down);
  ADD ("/app/store/makes-no-backup-of-nothing", makes_no_backup_of_nothing);
  ADD ("/app/store/refuses-a-newer-one", refuses_a_newer_one_and_leaves_it_alone);
  ADD ("/app/store/refuses-a-damaged-one", refuses_a_damaged_one_and_leaves_it_alone);
  ADD ("/app/store/reports-damage-behind-the-header", reports_damage_behind_the_header);
  g_test_add_func ("/app/store/lives-in-memory-where-nothing-can-be-written",
                   lives_in_memory_where_nothing_can_be_written);
  ADD ("/app/store/shows-what-cannot-be-written", shows_what_cannot_be_written);
  g_test_add_func ("/app/store/says-so-when-closed", says_so_when_closed);
  ADD ("/app/store/survives-a-full-disk", survives_a_full_disk);
  ADD ("/app/store/is-shared-by-two-programs", is_shared_by_two_programs);
  ADD ("/app/store/waits-for-another-writer", waits_for_another_writer);
  ADD ("/app/store/close-waits-for-what-was-posted", close_waits_for_what_was_posted);
  ADD ("/app/store/loses-nothing-acknowledged-when-killed", loses_nothing_acknowledged_when_killed);
  return g_test_run ();
}
