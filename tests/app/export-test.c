/* SPDX-License-Identifier: Apache-2.0 */
/* What is exported can be read back, whole; what is erased is found nowhere. The commands run as a
 * black box, with a home of their own. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "store/erase.h"
#include "export/export.h"
#include "core/paths.h"
#include "small-disk.h"
#include "support.h"

#define SECRET "zanzibarquokka"

typedef struct
{
  char  *folder, *path, *target;
  TlmDb *db;
} Fixture;

static gboolean can_mount;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "data", "tinylm", "tinylm.db", NULL);
  f->target = g_build_filename (f->folder, "out", NULL);
  f->db = tlm_db_new ();
  tlm_db_open (f->db, f->path, &error);
  g_assert_no_error (error);
  tlm_db_exec (f->db,
               "INSERT INTO notes (title, text, created, updated, trashed) VALUES"
               "  ('A/b: c', 'the " SECRET "\nµ', 1000000, 2000000, NULL),"
               "  ('a/B: C', 'second', 1, 1, NULL), ('', 'gone', 1, 1, 5000000);"
               "INSERT INTO chats (id, title, created, updated, draft, leaf) VALUES"
               "  (7, 'talk', 1, 1, 'not sent', 2);"
               "INSERT INTO messages (chat_id, role, state, text, route, elapsed_ms, created, parent)"
               "  VALUES (7, 0, 0, 'hello', '', 0, 1, NULL), (7, 1, 2, 'hi', 'code', 2.5, 1, 1),"
               "  (7, 1, 0, 'good day', 'code', 2.5, 1, 1), (7, 0, 0, 'bye', '', 0, 1, 3);"
               "CREATE TABLE added_later (name TEXT, bytes BLOB) STRICT;"
               "INSERT INTO added_later VALUES ('n', x'00ff');"
               "ALTER TABLE notes ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';",
               &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_db_free (f->db);
  g_free (f->path);
  g_free (f->target);
  tlm_test_remove_folder (f->folder);
}

static char *
read_file (const char *folder,
           const char *name)
{
  g_autofree char   *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char              *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static JsonObject *
parse_line (const char *folder,
            const char *name,
            int         line)
{
  g_autofree char     *text = read_file (folder, name);
  g_auto (GStrv)       lines = g_strsplit (text, "\n", -1);
  g_autoptr (JsonNode) node = json_from_string (lines[line], NULL);

  g_assert_nonnull (node);
  return json_node_dup_object (node);
}

static void
export_to (Fixture    *f,
           const char *target)
{
  g_autoptr (GError) error = NULL;

  tlm_export_run (f->db, target, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
test_folder (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (JsonObject) note = NULL, chat = NULL, added = NULL, model = NULL;
  JsonObject            *reply;
  g_autofree char       *first = NULL, *second = NULL, *gone = NULL, *talk = NULL;

  export_to (f, f->target);
  first = read_file (f->target, "notes/A-b- c.md");
  g_assert_cmpstr (first, ==, "the " SECRET "\nµ");
  second = read_file (f->target, "notes/a-B- C (2).md"); /* the same on some file systems */
  g_assert_cmpstr (second, ==, "second");
  gone = read_file (f->target, "bin/notes/untitled.md");
  g_assert_cmpstr (gone, ==, "gone");
  talk = read_file (f->target, "chats/talk.md");
  g_assert_cmpstr (talk, ==, "# talk\n\n## You\n\nhello\n\n## TinyLM\n\nhi\n"
                   "\n---\n\n*Another branch, after “hello”:*\n"
                   "\n## TinyLM\n\ngood day\n\n## You\n\nbye\n");

  note = parse_line (f->target, "notes.jsonl", 0);
  g_assert_cmpstr (json_object_get_string_member (note, "text"), ==, "the " SECRET "\nµ");
  g_assert_cmpstr (json_object_get_string_member (note, "updated"), ==, "1970-01-01T00:00:02Z");
  g_assert_true (json_object_get_null_member (note, "trashed"));
  g_assert_cmpstr (json_object_get_string_member (note, "colour"), ==, "blue"); /* a later one */
  chat = parse_line (f->target, "chats.jsonl", 0);
  g_assert_cmpstr (json_object_get_string_member (chat, "draft"), ==, "not sent");
  reply = json_array_get_object_element (json_object_get_array_member (chat, "messages"), 1);
  g_assert_cmpstr (json_object_get_string_member (reply, "role"), ==, "assistant");
  g_assert_cmpstr (json_object_get_string_member (reply, "content"), ==, "hi");
  g_assert_cmpstr (json_object_get_string_member (reply, "state"), ==, "stopped");
  added = parse_line (f->target, "tables/added_later.jsonl", 0);
  g_assert_cmpstr (json_object_get_string_member (added, "bytes"), ==, "AP8=");
  model = parse_line (f->target, "models.jsonl", 0);
  g_assert_cmpuint (strlen (json_object_get_string_member (model, "sha256")), ==, 64);
}

/* Many notes of one name do not make each name dearer than the last. */
static void
test_equal_titles (Fixture      *f,
                   gconstpointer data)
{
  g_autofree char   *target = g_strconcat (f->target, ".tar", NULL);
  g_autofree char   *one = NULL, *last = NULL;
  g_autoptr (GError) error = NULL;

  tlm_db_exec (f->db,
               "DELETE FROM notes;"
               "INSERT INTO notes (title, text, created, updated) VALUES ('Meeting', '1', 1, 1),"
               "  ('Meeting (3)', '2', 1, 1), ('meeting', '3', 1, 1), ('Meeting', '4', 1, 1);", &error);
  g_assert_no_error (error);
  export_to (f, f->target);
  one = read_file (f->target, "notes/meeting (2).md");
  g_assert_cmpstr (one, ==, "3");
  last = read_file (f->target, "notes/Meeting (4).md");
  g_assert_cmpstr (last, ==, "4");
  tlm_db_exec (f->db,
               "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
               " INSERT INTO notes (title, text, created, updated) SELECT 'Meeting', '', 1, 1 FROM n;", &error);
  g_assert_no_error (error);
  export_to (f, target);
}

/* What a specialist was taught comes along, with how it was trained. */
static void
test_specialists (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (JsonObject) example = NULL, training = NULL, learned = NULL;
  g_autoptr (GError)     error = NULL;

  tlm_db_exec (f->db,
               "INSERT INTO example_sets (id, name, kind, created) VALUES (3, 'Mail', '', 3);"
               "INSERT INTO examples (set_id, input, output, created) VALUES (3, 'lost', 'post', 4);"
               "INSERT INTO trainings (id, set_id, name, base, out, rank, alpha, dropout, rate,"
               " targets, epochs, minutes, seed, finished, used)"
               " VALUES (5, 3, 'Mail', '/m', '/o', 16, 32.0, 0.0, 0.004, 0, 0, 0.0, 7, 1, 1);"
               "INSERT INTO training_examples (training_id, input, output)"
               " VALUES (5, 'was lost', 'post');",
               &error);
  g_assert_no_error (error);
  export_to (f, f->target);
  example = parse_line (f->target, "tables/examples.jsonl", 0);
  g_assert_cmpstr (json_object_get_string_member (example, "input"), ==, "lost");
  training = parse_line (f->target, "tables/trainings.jsonl", 0);
  g_assert_cmpint (json_object_get_int_member (training, "rank"), ==, 16);
  g_assert_cmpint (json_object_get_int_member (training, "used"), ==, 1);
  learned = parse_line (f->target, "tables/training_examples.jsonl", 0);
  g_assert_cmpstr (json_object_get_string_member (learned, "input"), ==, "was lost");
}

static void
test_archive (Fixture      *f,
              gconstpointer data)
{
  g_autofree char      *target = g_strconcat (f->target, data, NULL);
  struct archive       *archive = archive_read_new ();
  struct archive_entry *entry;
  guint                 n = 0;
  char                  text[100] = "";

  export_to (f, target);
  archive_read_support_format_all (archive);
  archive_read_support_filter_all (archive);
  g_assert_cmpint (archive_read_open_filename (archive, target, 10240), ==, ARCHIVE_OK);
  for (; archive_read_next_header (archive, &entry) == ARCHIVE_OK; n++)
    if (g_str_equal (archive_entry_pathname_utf8 (entry), "notes/A-b- c.md"))
      g_assert_cmpint (archive_read_data (archive, text, sizeof text), >, 0);
  archive_read_free (archive);
  g_assert_cmpstr (text, ==, "the " SECRET "\nµ");
  g_assert_cmpuint (n, >=, 4 + 3 + 1); /* Markdown, JSONL, the table; and what the program adds */
}

static void
cancel_cb (double   fraction,
           gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* Returns: how many entries of the test's folder begin with "out" */
static guint
count_outputs (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char      *name;
  guint            n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, "out");
  return n;
}

static void
test_cancel_leaves_nothing (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_assert_false (tlm_export_run (f->db, f->target, cancel_cb, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_outputs (f), ==, 0);
}

static void
test_replaces_nothing (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *kept = NULL;

  g_assert_true (g_file_set_contents (f->target, "mine", -1, NULL));
  g_assert_false (tlm_export_run (f->db, f->target, NULL, NULL, NULL, &error));
  g_assert_nonnull (error);
  kept = read_file (f->folder, "out");
  g_assert_cmpstr (kept, ==, "mine");
  g_assert_cmpuint (count_outputs (f), ==, 1);
}

/* ---- The commands ---- */

/* @input: (nullable): one line. Returns: the exit status. */
static int G_GNUC_NULL_TERMINATED
run_cli (Fixture    *f,
         const char *input,
         ...)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess)         process = NULL;
  g_autoptr (GPtrArray)           args = g_ptr_array_new ();
  g_autoptr (GError)              error = NULL;
  g_autofree char                *home = g_build_filename (f->folder, "data", NULL);
  g_autofree char                *cache = g_build_filename (f->folder, "cache", NULL);
  va_list                         more;

  g_ptr_array_add (args, (gpointer) g_getenv ("TINYLM_CLI"));
  va_start (more, input);
  do
    g_ptr_array_add (args, va_arg (more, char *));
  while (args->pdata[args->len - 1] != NULL);
  va_end (more);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                        | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", home, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CACHE_HOME", cache, TRUE);
  g_subprocess_launcher_setenv (launcher, "GSETTINGS_BACKEND", "memory", TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) args->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

/* Encrypts the database with "correct horse", and closes it. */
static void
seal (Fixture *f)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  g_autofree char          *code = NULL;
  g_autoptr (GError)        error = NULL;
  TlmVault                 *vault = tlm_vault_new ("correct horse", &cheap, &code, &error);

  g_assert_no_error (error);
  g_assert_true (tlm_db_convert (f->db, vault, &error));
  tlm_db_close (f->db);
}

static void
test_command_asks_for_the_passphrase (Fixture      *f,
                                      gconstpointer data)
{
  g_autofree char *note = NULL;

  seal (f);
  g_assert_cmpint (run_cli (f, "wrong horse\n", "export", "--passphrase-fd=0", f->target, NULL), ==,
                   1);
  g_assert_cmpuint (count_outputs (f), ==, 0);
  g_assert_cmpint (run_cli (f, "correct horse\n", "export", "--passphrase-fd=0", f->target, NULL),
                   ==, 0);
  note = read_file (f->target, "notes/A-b- c.md");
  g_assert_cmpstr (note, ==, "the " SECRET "\nµ");
}

#define VERIFY                                                                                      \
  "license", "verify", "--product=Example Notes", "--model=eeny", "--accept-test",                  \
    "--passphrase-fd=0"

/* Keys lie in the same database: locked with it, exported to the byte, erased. */
static void
test_license_keys (Fixture      *f,
                   gconstpointer data)
{
  g_autofree char       *key = tlm_paths_dup_data ("licenses/vectors/life.txt"), *text = NULL;
  g_autoptr (JsonObject) exported = NULL;

  g_assert_true (g_file_get_contents (key, &text, NULL, NULL));
  seal (f);
  g_assert_cmpint (run_cli (f, "wrong horse\n", "license", "add", "--passphrase-fd=0", key, NULL),
                   ==, 1);
  g_assert_cmpint (run_cli (f, "correct horse\n", VERIFY, NULL), ==, 1);
  g_assert_cmpint (run_cli (f, "correct horse\n", "license", "add", "--passphrase-fd=0", key, NULL),
                   ==, 0);
  g_assert_cmpint (run_cli (f, "correct horse\n", VERIFY, NULL), ==, 0);

  g_assert_cmpint (run_cli (f, "correct horse\n", "export", "--passphrase-fd=0", f->target, NULL),
                   ==, 0);
  exported = parse_line (f->target, "tables/licenses.jsonl", 0);
  g_assert_cmpstr (json_object_get_string_member (exported, "text"), ==, text);

  g_assert_cmpint (run_cli (f, NULL, "erase", "--yes-erase-everything", NULL), ==, 0);
  g_assert_cmpint (run_cli (f, NULL, VERIFY, NULL), ==, 1);
}

static void
test_command_erases (Fixture      *f,
                     gconstpointer data)
{
  g_autofree char *own = g_path_get_dirname (f->path);
  g_autofree char *cached = g_build_filename (f->folder, "cache", "tinylm", "sub", "file", NULL);
  g_autofree char *cache = g_path_get_dirname (cached);
  g_autofree char *recent = g_build_filename (f->folder, "data", "recently-used.xbel", NULL);
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir_with_parents (cache, 0700), ==, 0);
  g_assert_true (g_file_set_contents (cached, SECRET, -1, NULL));
  g_assert_true (g_file_set_contents (
    recent,
    "<?xml version=\"1.0\"?>\n<xbel version=\"1.0\""
    " xmlns:bookmark=\"http://www.freedesktop.org/standards/desktop-bookmarks\""
    " xmlns:mime=\"http://www.freedesktop.org/standards/shared-mime-info\">"
    "<bookmark href=\"file:///ours\"><info><metadata owner=\"http://freedesktop.org\">"
    "<mime:mime-type type=\"text/plain\"/><bookmark:applications>"
    "<bookmark:application name=\"tinylm\" exec=\"tinylm\" count=\"1\""
    " modified=\"2026-01-01T00:00:00Z\"/></bookmark:applications></metadata></info></bookmark>"
    "<bookmark href=\"file:///theirs\"><info><metadata owner=\"http://freedesktop.org\">"
    "<mime:mime-type type=\"text/plain\"/><bookmark:applications>"
    "<bookmark:application name=\"gedit\" exec=\"gedit\" count=\"1\""
    " modified=\"2026-01-01T00:00:00Z\"/></bookmark:applications></metadata></info></bookmark>"
    "</xbel>",
    -1, NULL));
  g_assert_cmpint (run_cli (f, NULL, "erase", NULL), ==, 2);
  g_assert_cmpint (run_cli (f, NULL, "erase", "--yes-erase-everything", NULL), ==, 1); /* open */
  g_assert_true (g_file_test (f->path, G_FILE_TEST_EXISTS));
  tlm_db_close (f->db);
  g_assert_cmpint (run_cli (f, NULL, "erase", "--yes-erase-everything", NULL), ==, 0);
  g_assert_false (g_file_test (own, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (cache, G_FILE_TEST_EXISTS));
  text = read_file (f->folder, "data/recently-used.xbel");
  g_assert_null (strstr (text, "file:///ours"));
  g_assert_nonnull (strstr (text, "file:///theirs"));
}

/* The link stays, for what comes after; the rest goes too. */
static void
test_erases_through_a_link (Fixture      *f,
                            gconstpointer data)
{
  g_autofree char *own = g_path_get_dirname (f->path);
  g_autofree char *cache = g_build_filename (f->folder, "cache", "tinylm", NULL);
  g_autofree char *other = g_build_filename (f->folder, "other disk", NULL);
  g_autoptr (GDir) dir = NULL;

  tlm_db_close (f->db);
  g_assert_cmpint (g_rename (own, other), ==, 0);
  g_assert_cmpint (symlink (other, own), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (cache, 0700), ==, 0);
  g_assert_cmpint (run_cli (f, NULL, "erase", "--yes-erase-everything", NULL), ==, 0);
  g_assert_true (g_file_test (own, G_FILE_TEST_IS_SYMLINK));
  dir = g_dir_open (other, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
  g_assert_false (g_file_test (cache, G_FILE_TEST_EXISTS));
}

/* A disk that is not there holds what it held: nobody is told that all is erased. */
static void
test_erases_no_link_to_nowhere (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char *own = g_path_get_dirname (f->path);
  g_autofree char *other = g_build_filename (f->folder, "other disk", NULL);

  tlm_db_close (f->db);
  g_assert_cmpint (g_rename (own, other), ==, 0);
  g_assert_cmpint (symlink ("nowhere", own), ==, 0);
  g_assert_cmpint (run_cli (f, NULL, "erase", "--yes-erase-everything", NULL), ==, 1);
}

/* @data: the folder in the data folder that is a disk of its own; what is in it goes, and what is
 * not goes all the same. */
static void
test_erases_a_disk (Fixture      *f,
                    gconstpointer data)
{
  g_autofree char *own = g_path_get_dirname (f->path), *disk = g_build_filename (own, data, NULL);
  g_autofree char *cache = g_build_filename (f->folder, "cache", "tinylm", NULL);
  g_autofree char *file = g_build_filename (disk, "file", NULL);

  if (!can_mount)
    {
      g_test_skip ("this system lets nobody mount a disk for a test");
      return;
    }
  tlm_db_close (f->db);
  g_assert_cmpint (g_mkdir_with_parents (disk, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (cache, 0700), ==, 0);
  tlm_small_disk_mount (disk, 1 << 20);
  g_assert_true (g_file_set_contents (file, SECRET, -1, NULL));
  g_assert_cmpint (run_cli (f, NULL, "erase", "--yes-erase-everything", NULL), ==, 0);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (cache, G_FILE_TEST_EXISTS));
  tlm_small_disk_unmount (disk);
}

/* The bytes are gone from the file itself, not only its name from the folder. */
static void
test_overwrites (Fixture      *f,
                 gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->folder, "file", NULL);
  g_autofree char *link_name = g_build_filename (f->folder, "link", NULL);
  g_autofree char *text = NULL;
  char             bytes[sizeof SECRET];
  int              fd;

  g_assert_true (g_file_set_contents (file, SECRET, -1, NULL));
  fd = g_open (file, O_RDONLY, 0);
  g_assert_cmpint (pread (fd, bytes, sizeof bytes, 0), ==, strlen (SECRET));
  g_assert_true (tlm_erase_file (file, NULL));
  g_assert_cmpint (pread (fd, bytes, sizeof bytes, 0), ==, 0);
  close (fd);

  g_assert_true (g_file_set_contents (file, SECRET, -1, NULL));
  g_assert_cmpint (link (file, link_name), ==, 0);
  g_assert_true (tlm_erase_file (file, NULL));
  text = read_file (f->folder, "link"); /* somebody else's name for it */
  g_assert_cmpstr (text, ==, SECRET);
}

#define ADD(name, data, test) g_test_add ("/app/" name, Fixture, data, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  can_mount = tlm_small_disk_prepare ();
  ADD ("export/folder", NULL, test_folder);
  ADD ("export/equal-titles", NULL, test_equal_titles);
  ADD ("export/specialists", NULL, test_specialists);
  ADD ("export/zip", ".zip", test_archive);
  ADD ("export/tar", ".tar", test_archive);
  ADD ("export/tar-gz", ".tar.gz", test_archive);
  ADD ("export/cancel-leaves-nothing", NULL, test_cancel_leaves_nothing);
  ADD ("export/replaces-nothing", NULL, test_replaces_nothing);
  ADD ("export/command-asks-for-the-passphrase", NULL, test_command_asks_for_the_passphrase);
  ADD ("export/license-keys", NULL, test_license_keys);
  ADD ("erase/command", NULL, test_command_erases);
  ADD ("erase/through-a-link", NULL, test_erases_through_a_link);
  ADD ("erase/no-link-to-nowhere", NULL, test_erases_no_link_to_nowhere);
  ADD ("erase/disk", "", test_erases_a_disk);
  ADD ("erase/disk-in-it", "models", test_erases_a_disk);
  ADD ("erase/overwrites", NULL, test_overwrites);
  return g_test_run ();
}
