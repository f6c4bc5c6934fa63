/* SPDX-License-Identifier: Apache-2.0 */
/* What is readable of a damaged database comes back, whatever the damage; and nothing is changed
 * before a person agrees. Damages are drawn with fixed seeds. */
#include <glib/gstdio.h>
#include <string.h>

#include "store/backups.h"
#include "store/db.h"
#include "core/errors.h"
#include "old-store.h"
#include "store/salvage.h"
#include "support.h"

#define PAGE       4096
#define N_NOTES    400
#define N_DAMAGES  300
#define PASSPHRASE "correct horse battery"

static const TlmVaultCost cheap = { 1, 8192 };

typedef struct
{
  char  *folder, *path, *wanted;
  guint8 *bytes;
  gsize  n;
} Fixture;

/* Of a version that has it, the table of what is due for the index of signs has rows with texts and
 * without fit other tables; they are not to be taken for theirs. */
static void
make_due (sqlite3 *db)
{
  g_assert_cmpint (sqlite3_exec (db, "UPDATE notes SET title = '海象 ' || id WHERE id % 9 = 0", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  sqlite3_exec (db, "DELETE FROM signs_notes_due WHERE id % 2", NULL, NULL, NULL);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE notes SET title = '象 ' || id WHERE id % 9 = 0;"
                                     "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL),
                   ==, SQLITE_OK);
}

/* What a row of them always has. */
static void
mark (sqlite3 *db)
{
  sqlite3_exec (db, "UPDATE revoked_licenses SET text = '-----BEGIN TINYLM ' || text", NULL, NULL, NULL);
  sqlite3_exec (db, "UPDATE folders SET uri = 'file:///' || uri", NULL, NULL, NULL);
}

/* Notes that fill leaves, some of them chains of pages, and chats of many messages. */
static void
fill (const char *path)
{
  g_autofree char *sql = g_strdup_printf (
    "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
    " INSERT INTO notes (id, title, text, created, updated)"
    " SELECT i, 'note ' || i, 'walrus ' || printf ('%%.*c', CASE i %% 40 WHEN 0 THEN 20000"
    " ELSE 300 END, 'x') || i, i, i FROM n;", N_NOTES + 9);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "INSERT INTO messages (chat_id, role, state, text, route,"
                                     " elapsed_ms, created, parent) SELECT 2, 0, 0, text, '', 0.5,"
                                     " id, NULL FROM notes; PRAGMA wal_checkpoint (TRUNCATE)",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  make_due (db);
  mark (db);
  sqlite3_close (db);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  int version = data != NULL ? GPOINTER_TO_INT (data) : tlm_test_newest_version ();

  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "data", "tinylm.db", NULL);
  tlm_test_make_old_store (f->path, version);
  fill (f->path);
  f->wanted = tlm_test_dump (f->path, NULL, version);
  g_assert_true (g_file_get_contents (f->path, (char **) &f->bytes, &f->n, NULL));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_free (f->bytes);
  g_free (f->wanted);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static void
write_bytes (Fixture *f)
{
  g_assert_true (g_file_set_contents (f->path, (char *) f->bytes, (gssize) f->n, NULL));
}

static TlmSalvage *
salvage (Fixture    *f,
         const char *secret)
{
  g_autoptr (GError) error = NULL;
  TlmSalvage        *sum = tlm_salvage_run (f->path, secret, &error);

  g_assert_no_error (error);
  return sum;
}

/* As a person agrees, and the next opening puts it in place. */
static void
agree (Fixture *f)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (tlm_backups_commit (f->path, TRUE, NULL));
  tlm_db_open (db, f->path, &error);
  g_assert_no_error (error);
  tlm_db_free (db);
}

static void
assert_all_back (Fixture *f,
                 int      version)
{
  g_autofree char *dump = NULL;

  agree (f);
  tlm_test_assert_whole (f->path, NULL);
  dump = tlm_test_dump (f->path, NULL, version);
  tlm_test_assert_same (dump, f->wanted);
}

/* An interior page of the notes' tree, or its root. */
static gsize
find_page (Fixture *f,
           guint8   type)
{
  for (gsize i = 1; i < f->n / PAGE; i++)
    if (f->bytes[i * PAGE] == type)
      return i;
  g_assert_not_reached ();
}

static void
gives_back_a_whole_one (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = salvage (f, NULL);
  g_autofree char       *report = tlm_salvage_dup_report (sum);

  g_assert_cmpuint (sum->n_bad + sum->n_lost + sum->n_cut, ==, 0);
  g_assert_true (g_str_has_prefix (report, "Notes: 403\n"));
  assert_all_back (f, GPOINTER_TO_INT (data));
}

/* Other tables have just this form. */
#define ALIKE                                                                                      \
  "SELECT group_concat (chat_id || texts) || (SELECT group_concat (uri) FROM folders)"              \
  " || (SELECT text FROM revoked_licenses) FROM draft_texts"

/* Then nobody knows where a table begins, nor which version it is. */
static void
needs_no_first_page (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  g_autofree char       *notes = NULL, *messages = NULL, *chats = NULL, *alike = NULL;
  g_autofree char       *wanted = tlm_test_query (f->path, ALIKE);

  memset (f->bytes, 0, PAGE);
  write_bytes (f);
  sum = salvage (f, NULL);
  agree (f);
  notes = tlm_test_query (f->path, "SELECT count(*) FROM notes WHERE text LIKE 'walrus%'");
  g_assert_cmpstr (notes, ==, G_STRINGIFY (N_NOTES));
  messages = tlm_test_query (f->path, "SELECT count(*) FROM messages JOIN chats"
                                      " ON chats.id = chat_id WHERE text LIKE 'walrus%'");
  g_assert_cmpstr (messages, ==, G_STRINGIFY (N_NOTES));
  chats = tlm_test_query (f->path, "SELECT title FROM chats WHERE id = 2");
  g_assert_cmpstr (chats, ==, "chats title row2");
  alike = tlm_test_query (f->path, ALIKE);
  g_assert_cmpstr (alike, ==, wanted);
}

static void
needs_no_interior_page (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;

  memset (f->bytes + find_page (f, 0x05) * PAGE, 0x77, PAGE);
  write_bytes (f);
  sum = salvage (f, NULL);
  g_assert_cmpuint (sum->n_bad, >, 0);
  assert_all_back (f, tlm_test_newest_version ());
}

/* Pages of nothing but the letters of the long texts lead nowhere: what comes before them is there.
 * */
static void
keeps_the_beginning_of_a_text (Fixture      *f,
                               gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  g_autofree char       *whole = g_strnfill (PAGE - 4, 'x');
  g_autofree char       *cut = NULL, *report = NULL;

  for (gsize i = 0; i < f->n / PAGE; i++)
    if (memcmp (f->bytes + i * PAGE + 4, whole, PAGE - 4) == 0)
      memset (f->bytes + i * PAGE, 0xff, 4);
  write_bytes (f);
  sum = salvage (f, NULL);
  g_assert_cmpuint (sum->n_cut, ==, 2 * (N_NOTES / 40)); /* notes, and messages */
  report = tlm_salvage_dup_report (sum);
  g_assert_nonnull (strstr (report, "20 texts lost their end."));
  agree (f);
  cut = tlm_test_query (f->path, "SELECT count(*) FROM notes WHERE length (text)"
                                 " BETWEEN 4000 AND 19999");
  g_assert_cmpstr (cut, ==, "10");
}

static void
reads_the_log (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  g_autofree char       *text = NULL;
  sqlite3               *db;

  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE notes SET text = 'in the log' WHERE id = 200", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close (db);
  sum = salvage (f, NULL);
  agree (f);
  text = tlm_test_query (f->path, "SELECT text FROM notes WHERE id = 200");
  g_assert_cmpstr (text, ==, "in the log");
}

/* The damaged file is kept beside, byte by byte; before the person agrees, nothing is changed. */
static void
keeps_the_damaged_one (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  g_autofree char       *now = NULL, *kept = NULL, *folder = NULL, *path = NULL;
  g_autoptr (GDir)       dir = NULL;
  gsize                  n;

  memset (f->bytes + PAGE, 0x13, PAGE);
  write_bytes (f);
  sum = salvage (f, NULL);
  g_assert_true (g_file_get_contents (f->path, &now, &n, NULL));
  g_assert_cmpmem (now, n, f->bytes, f->n);
  agree (f);
  folder = tlm_backups_dup_damaged_folder (f->path);
  dir = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_assert_true (g_file_get_contents (path, &kept, &n, NULL));
  g_assert_cmpmem (kept, n, f->bytes, f->n);
}

static void
says_when_nothing_is_left (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  g_autofree char       *count = NULL, *report = NULL;

  g_assert_true (g_file_set_contents (f->path, "This is no database.", -1, NULL));
  sum = salvage (f, NULL);
  g_assert_cmpuint (sum->n_rows, ==, 0);
  report = tlm_salvage_dup_report (sum);
  g_assert_nonnull (strstr (report, "Nothing could be read."));
  agree (f);
  count = tlm_test_query (f->path, "SELECT count(*) FROM notes");
  g_assert_cmpstr (count, ==, "0");
}

/* ---- Encrypted ---- */

static TlmDb *
seal (Fixture *f)
{
  TlmDb           *db = tlm_db_new ();
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (tlm_db_open (db, f->path, NULL));
  tlm_db_convert (db, tlm_vault_new (PASSPHRASE, &cheap, &code, NULL), &error);
  g_assert_no_error (error);
  return db;
}

static void
damage (const char *path,
        goffset     from,
        gsize       n)
{
  g_autofree guint8 *noise = g_malloc (n);
  FILE              *file = g_fopen (path, "r+b");

  memset (noise, 0x42, n);
  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, from, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (noise, n, 1, file), ==, 1);
  fclose (file);
}

static void
agree_and_count (Fixture *f,
                 gint64   least)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;
  sqlite3_stmt      *row;

  g_assert_true (tlm_backups_commit (f->path, TRUE, NULL));
  tlm_backups_put_in_place (f->path, NULL);
  g_assert_true (tlm_vault_is_sealed (f->path));
  tlm_db_set_vault (db, tlm_vault_open (f->path, PASSPHRASE, &error));
  g_assert_no_error (error);
  tlm_db_open (db, f->path, &error);
  g_assert_no_error (error);
  row = tlm_db_query (db, NULL, "SELECT count(*) FROM notes WHERE text LIKE '%walrus%'", "");
  g_assert_cmpint (tlm_db_step (db, row, NULL), ==, 1);
  g_assert_cmpint (sqlite3_column_int64 (row, 0), >=, least);
  tlm_db_free (db);
}

static void
decrypts (Fixture      *f,
          gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  g_autoptr (GError)     error = NULL;

  tlm_db_free (seal (f));
  damage (f->path, 2 * 4096 + 30 * (4096 + 40) + 100, 1);
  damage (f->path, 2 * 4096, 4096); /* the first page */
  g_assert_null (tlm_salvage_run (f->path, NULL, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED);
  sum = salvage (f, PASSPHRASE);
  g_assert_cmpuint (sum->n_bad, >, 0);
  agree_and_count (f, N_NOTES - 20);
}

static void
takes_the_key_from_a_backup (Fixture      *f,
                             gconstpointer data)
{
  g_autoptr (TlmSalvage) sum = NULL;
  TlmDb                 *db = seal (f);

  g_assert_true (tlm_backups_make (db, TLM_BACKUP_NOW, NULL));
  tlm_db_free (db);
  damage (f->path, 0, 2 * 4096);
  sum = salvage (f, PASSPHRASE);
  agree_and_count (f, N_NOTES);
}

/* What was salvaged before is not lost by it, and nothing empty takes the database's place. */
static void
keeps_what_it_has_after_a_wrong_passphrase (Fixture      *f,
                                            gconstpointer data)
{
  g_autofree char   *partial = tlm_backups_dup_partial (f->path);
  g_autoptr (GError) error = NULL;

  tlm_db_free (seal (f));
  damage (f->path, 2 * 4096 + 30 * (4096 + 40) + 100, 1);
  tlm_salvage_free (salvage (f, PASSPHRASE));
  g_assert_null (tlm_salvage_run (f->path, "mistyped", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_PASSPHRASE);
  agree_and_count (f, N_NOTES - 20);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (partial, "", 0, NULL));
  g_assert_false (tlm_backups_commit (f->path, TRUE, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_BUSY);
  g_assert_false (tlm_backups_is_waiting (f->path));
}

/* ---- Any damage ---- */

static void
draw_damage (Fixture *f,
             GRand   *random)
{
  gsize  n_pages = f->n / PAGE;
  gsize  page = (gsize) g_rand_int_range (random, 0, (gint32) n_pages);
  guint8 other[PAGE];

  switch (g_rand_int_range (random, 0, 5))
    {
    case 0: /* flipped bits */
      for (int i = g_rand_int_range (random, 1, 200); i > 0; i--)
        f->bytes[g_rand_int_range (random, 0, (gint32) f->n)] ^= 1 << g_rand_int_range (random, 0, 8);
      break;
    case 1:
      memset (f->bytes + page * PAGE, 0, PAGE);
      break;
    case 2: /* noise, also in the numbers of a page's header */
      for (int i = g_rand_int_range (random, 1, 64); i > 0; i--)
        f->bytes[page * PAGE + (gsize) i] = (guint8) g_rand_int (random);
      break;
    case 3:
      f->n = MAX (f->n - (gsize) g_rand_int_range (random, 1, 40000), 1);
      break;
    default: /* a page in another's place */
      memcpy (other, f->bytes + page * PAGE, PAGE);
      memcpy (f->bytes + (gsize) g_rand_int_range (random, 0, (gint32) n_pages) * PAGE, other, PAGE);
    }
}

static void
assert_salvaged (Fixture *f,
                 guint    seed)
{
  g_autoptr (TlmSalvage) sum = salvage (f, NULL);
  g_autofree char       *partial = tlm_backups_dup_partial (f->path);

  tlm_test_assert_whole (partial, NULL);
  if (sum->n_rows < N_NOTES)
    g_error ("seed %u: only %u rows came back", seed, sum->n_rows);
}

/* One to three damages at a time. Half of the rows, and far more in truth, come back from each. */
static void
survives_any_damage (Fixture      *f,
                     gconstpointer data)
{
  g_autofree guint8 *whole = g_memdup2 (f->bytes, f->n);
  gsize              n = f->n;

  for (guint seed = 0; seed < N_DAMAGES; seed++)
    {
      GRand *random = g_rand_new_with_seed (seed);

      memcpy (f->bytes, whole, n);
      f->n = n;
      for (guint i = 0; i <= seed % 3; i++)
        draw_damage (f, random);
      write_bytes (f);
      assert_salvaged (f, seed);
      g_rand_free (random);
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Before the ninth, messages had no parents to fill. */
  for (int version = 9; version <= tlm_test_newest_version (); version++)
    {
      g_autofree char *path = g_strdup_printf ("/app/salvage/v%d", version);

      g_test_add (path, Fixture, GINT_TO_POINTER (version), set_up, gives_back_a_whole_one,
                  tear_down);
    }
  ADD ("/app/salvage/needs-no-first-page", needs_no_first_page);
  ADD ("/app/salvage/needs-no-interior-page", needs_no_interior_page);
  ADD ("/app/salvage/keeps-the-beginning-of-a-text", keeps_the_beginning_of_a_text);
  ADD ("/app/salvage/reads-the-log", reads_the_log);
  ADD ("/app/salvage/keeps-the-damaged-one", keeps_the_damaged_one);
  ADD ("/app/salvage/says-when-nothing-is-left", says_when_nothing_is_left);
  ADD ("/app/salvage/decrypts", decrypts);
  ADD ("/app/salvage/takes-the-key-from-a-backup", takes_the_key_from_a_backup);
  ADD ("/app/salvage/keeps-what-it-has-after-a-wrong-passphrase",
       keeps_what_it_has_after_a_wrong_passphrase);
  ADD ("/app/salvage/survives-any-damage", survives_any_damage);
  return g_test_run ();
}
