/* SPDX-License-Identifier: Apache-2.0 */
/* A database of every version opens with all its rows; what was there before is a backup that can
 * be restored; without room for one, nothing is touched. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/backups.h"
#include "core/errors.h"
#include "old-store.h"
#include "store/store-private.h"
#include "support.h"

/* SHA-256 of each migration as it was published: stores that it made are out there, and none is made
 * by another text. The line of a new one is added, and no line changes. */
static const char *const published[] = {
  "9b6a54ea20fa3cc8936acbd02abf5638ff45afbba91bcf27bc9f2bcf9e24084b", /* 0001-notes.sql */
  "dd71def833216668907fe0e80c3fc98081dd62dabcbab309d0cb3205bf0290dc", /* 0002-chats.sql */
  "fe1cd5c06fb77201df125b08b917f4e958d5d0d935ea2f246607dbe0bc2113f5", /* 0003-search.sql */
  "77fd8d95b07bfbde1414454789c1040f2e1b80a9367f42e2ff492986200f728a", /* 0004-drafts.sql */
  "53988381751e3c52df0564070c220d4ebd4802f6a2a733fcc35c957305c2d47e", /* 0005-licenses.sql */
  "0c7a78e27f2aa9887c9a31afb28b65f1196c34d2c86ea40f4047f2344aa6ccaa", /* 0006-todos.sql */
  "730d216584fab419b412b786e89f5056fdc631589bc7a390c3bfd34f15a2a645", /* 0007-folders.sql */
  "0dba67d1c3f749228a4440496805ff965444e47009b6f5089d28c21577cdab62", /* 0008-models.sql */
  "00fdc2937807393f68fed55e097a4b7bef0357df27979b9cd0c0b82fd1750a97", /* 0009-branches.sql */
  "4052413fe324640fb71a72d65131263258986395347f1081782db8817522c951", /* 0010-chat-settings.sql */
  "26c86c407c4cc9b73a2fd208046b478117c7a6002f8c4f947cf7e75ca94ea748", /* 0011-folder-states.sql */
  "40daef56b928717bd1be60f127f7058ecb9cf59beab3700d62a3729f4afae5c8", /* 0012-routes.sql */
  "4e58a28ee895070f49b201096bed180f2b769388fb6e36bd12741c9e37e33db9", /* 0013-chat-places.sql */
  "4b8c9d56bc56d744903993bf7760f8f3292411b472049bad8086f5eceb44bc50", /* 0014-trainings.sql */
  "4daf7283d522b15f8fc275de0f862b56a3a67af2a5dd65cab19cbf1be1e1fd4d", /* 0015-example-sets.sql */
  "d406a139a2c5b31c6f40084b1c96b335032f58d007467f33a8070b180f0981ae", /* 0016-chat-specialists.sql */
  "225c7fb9d8b67828eab55dd97dadb2d2e24781865eaead70a926cba78d0c5603", /* 0017-chat-digests.sql */
  "24222d8e032f36982ef7c7a57210896754e90461d0837f780b41c3635bd6b4b1", /* 0018-full-trainings.sql */
  "8acef1e775b2c0a735d99a99b443f9ee8d94440ec822a3fbb5d97f3c8027016e", /* 0019-turns.sql */
  "34cc56ca944dac269e4eff25ead9c9bad21be3fdd9049f52132291f7b2b4eac0", /* 0020-draft-texts.sql */
  "bc281e4c88b23726fa37a3e0529612a1405b9320cafc313dd5e954f9cbcd46e2", /* 0021-specialist-choices.sql */
  "da8f9af8fe269218a37c2be1bacf84e7d21a749e4934770a5a6fc9c5b325c4ec", /* 0022-large-stores.sql */
  "95e9e41cfffa52debac279421aa82e2edd352fa4f5d8ca1aa1d4e8f9f0358505", /* 0023-model-bin.sql */
  "5b0921879b22df13b848aa5c4c96a0c1df1f25bca0c29506bc2d3ceab6f0010f", /* 0024-signs.sql */
};

typedef struct
{
  char *folder, *path;
} Fixture;

/* What the disk has, as the program is told; 0: the truth does not matter. */
static guint64 free_bytes;

/* In place of the C library's. */
int
statvfs (const char     *path,
         struct statvfs *info)
{
  memset (info, 0, sizeof *info);
  info->f_frsize = 1;
  info->f_bavail = free_bytes != 0 ? free_bytes : (guint64) 1 << 40;
  return 0;
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "data", "tinylm.db", NULL);
  free_bytes = 0;
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static void
never_changes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (published); i++)
    {
      g_autoptr (GBytes) sql = tlm_test_get_migration ((int) i + 1);
      g_autofree char   *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, sql);

      g_assert_cmpstr (digest, ==, published[i]);
    }
  g_assert_cmpint (tlm_test_newest_version (), ==, G_N_ELEMENTS (published));
}

/* The newest one too, in which nothing changes. */
static void
keeps_every_row (Fixture      *f,
                 gconstpointer data)
{
  int              version = GPOINTER_TO_INT (data), newest = tlm_test_newest_version ();
  g_autofree char *before = NULL, *after = NULL, *schema = NULL, *number = NULL;

  tlm_test_make_old_store (f->path, version);
  before = tlm_test_dump (f->path, NULL, version);
  tlm_test_open_and_close (f->path);
  after = tlm_test_dump (f->path, NULL, version);
  tlm_test_assert_same (before, after);
  tlm_test_assert_whole (f->path, NULL);
  schema = tlm_test_query (f->path, "PRAGMA user_version");
  number = g_strdup_printf ("%d", newest);
  g_assert_cmpstr (schema, ==, number);
}

static void
makes_a_backup (Fixture      *f,
                gconstpointer data)
{
  int                   version = GPOINTER_TO_INT (data);
  g_autofree char      *before = NULL, *kept = NULL;
  g_autoptr (GPtrArray) backups = NULL;
  TlmBackup            *backup;
  struct stat           info;

  tlm_test_make_old_store (f->path, version);
  before = tlm_test_dump (f->path, NULL, version);
  tlm_test_open_and_close (f->path);
  backups = tlm_backups_list (f->path);
  g_assert_cmpuint (backups->len, ==, version < tlm_test_newest_version ());
  if (backups->len == 0)
    return;
  backup = backups->pdata[0];
  g_assert_cmpint (backup->version, ==, version);
  g_assert_cmpint (backup->reason, ==, TLM_BACKUP_MIGRATION);
  g_assert_cmpint (stat (backup->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  kept = tlm_test_dump (backup->path, NULL, version);
  tlm_test_assert_same (kept, before);
}

/* Then the old state is there again, migrated anew; and what was there before is a backup. */
static void
restores_a_backup (Fixture      *f,
                   gconstpointer data)
{
  int                   version = GPOINTER_TO_INT (data);
  g_autofree char      *before = NULL, *after = NULL, *backup = NULL, *text = NULL;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) backups = NULL;

  tlm_test_make_old_store (f->path, version);
  before = tlm_test_dump (f->path, NULL, version);
  tlm_test_open_and_close (f->path);
  backup = tlm_test_find_backup (f->path);
  g_free (tlm_test_query (f->path, "UPDATE notes SET text = 'written since'"));
  g_assert_true (tlm_backups_restore (f->path, backup, NULL, NULL, FALSE, &error));
  g_assert_no_error (error);
  tlm_test_open_and_close (f->path);
  after = tlm_test_dump (f->path, NULL, version);
  tlm_test_assert_same (after, before);
  backups = tlm_backups_list (f->path);
  for (guint i = 0; i < backups->len && text == NULL; i++)
    if (((TlmBackup *) backups->pdata[i])->reason == TLM_BACKUP_RESTORE)
      text = tlm_test_query (((TlmBackup *) backups->pdata[i])->path, "SELECT text FROM notes");
  g_assert_cmpstr (text, ==, "written since");
}

/* Then all can be read, and the disk is as it was. */
static void
needs_room (Fixture      *f,
            gconstpointer data)
{
  g_autofree char      *before = NULL, *after = NULL;
  g_autoptr (GPtrArray) backups = NULL;
  TlmStore             *store;

  tlm_test_make_old_store (f->path, 3);
  before = tlm_test_dump (f->path, NULL, 3);
  free_bytes = 1000 * 1000;
  store = tlm_test_open_store (f->path);
  g_assert_true (tlm_store_get_is_volatile (store));
  g_assert_nonnull (strstr (tlm_store_get_volatile_reason (store), "1.0\u00a0MB"));
  tlm_test_exec (store, "INSERT INTO trainings (set_id, name, base, out, rank, alpha, dropout, rate,"
                        " targets, epochs, minutes, seed) SELECT id, text, '', text, 1, 1, 1, 1, 1,"
                        " 1, 1, 1 FROM notes");
  g_object_unref (store);
  after = tlm_test_dump (f->path, NULL, 3);
  tlm_test_assert_same (after, before);
  backups = tlm_backups_list (f->path);
  g_assert_cmpuint (backups->len, ==, 0);
}

static void
keeps_few (Fixture      *f,
           gconstpointer data)
{
  TlmDb                *db = tlm_db_new ();
  g_autoptr (GPtrArray) backups = NULL;
  g_autoptr (GError)    error = NULL;
  g_autofree char      *text = NULL;

  tlm_test_make_old_store (f->path, tlm_test_newest_version ());
  g_assert_true (tlm_db_open (db, f->path, NULL));
  for (int i = 0; i < 2 * TLM_BACKUPS_KEPT; i++)
    {
      tlm_db_run (db, NULL, "UPDATE notes SET text = ?", "t", i % 2 == 0 ? "even" : "odd");
      tlm_backups_make (db, TLM_BACKUP_NOW, &error);
      g_assert_no_error (error);
    }
  tlm_db_free (db);
  backups = tlm_backups_list (f->path);
  g_assert_cmpuint (backups->len, ==, TLM_BACKUPS_KEPT);
  text = tlm_test_query (((TlmBackup *) backups->pdata[0])->path, "SELECT text FROM notes");
  g_assert_cmpstr (text, ==, "odd");
}

static void
refuse (Fixture    *f,
        const char *backup,
        int         code)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *ready = g_strconcat (f->path, ".restored", NULL);

  g_assert_false (tlm_backups_restore (f->path, backup, NULL, NULL, FALSE, &error));
  g_assert_error (error, TLM_ERROR, code);
  g_assert_false (g_file_test (ready, G_FILE_TEST_EXISTS));
}

static void
refuses_what_is_no_backup (Fixture      *f,
                           gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->folder, "other", NULL);
  g_autofree char *newer = g_build_filename (f->folder, "newer.db", NULL);
  g_autofree char *content = NULL;
  gsize            n;

  tlm_test_make_old_store (f->path, 5);
  refuse (f, other, TLM_ERROR_NOT_FOUND);
  g_assert_true (g_file_set_contents (other, "no database", -1, NULL));
  refuse (f, other, TLM_ERROR_STORE_DAMAGED);
  tlm_test_make_old_store (newer, 2);
  g_free (tlm_test_query (newer, "PRAGMA user_version = 999"));
  refuse (f, newer, TLM_ERROR_STORE_NEWER);
  g_assert_true (g_file_get_contents (f->path, &content, &n, NULL));
  memset (content + 4096 * 3, 0x55, 4096);
  g_assert_true (g_file_set_contents (other, content, (gssize) n, NULL));
  refuse (f, other, TLM_ERROR_STORE_DAMAGED);
}

/* A kill left a log that was never written back; it goes along with the file. */
static void
keeps_the_log_of_what_stands_aside (Fixture      *f,
                                    gconstpointer data)
{
  g_autofree char      *other = g_build_filename (f->folder, "other", "tinylm.db", NULL);
  g_autofree char      *dump = NULL, *wanted = NULL, *text = NULL;
  g_autoptr (GPtrArray) backups = NULL;
  sqlite3              *db;

  tlm_test_make_old_store (f->path, 4);
  tlm_test_make_old_store (other, 2);
  wanted = tlm_test_dump (other, NULL, 2);
  g_assert_true (tlm_backups_restore (f->path, other, NULL, NULL, FALSE, NULL));
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE notes SET text = 'in the log'", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close (db);
  tlm_test_open_and_close (f->path);
  dump = tlm_test_dump (f->path, NULL, 2);
  tlm_test_assert_same (dump, wanted);
  backups = tlm_backups_list (f->path);
  for (guint i = 0; i < backups->len && text == NULL; i++)
    if (((TlmBackup *) backups->pdata[i])->reason == TLM_BACKUP_RESTORE)
      text = tlm_test_query (((TlmBackup *) backups->pdata[i])->path, "SELECT text FROM notes");
  g_assert_cmpstr (text, ==, "in the log");
}

/* Until version 19 a draft was one text. */
static void
parts_a_draft (Fixture      *f,
               gconstpointer data)
{
  g_autofree char *typed = NULL, *pasted = NULL;

  tlm_test_make_old_store (f->path, 19);
  g_free (tlm_test_query (f->path, "UPDATE chats SET draft = 'a' || char (29) || 'b' || char (29) || 'c' "
                                   "WHERE id = (SELECT min (id) FROM chats)"));
  tlm_test_open_and_close (f->path);
  typed = tlm_test_query (f->path, "SELECT draft FROM chats ORDER BY id LIMIT 1");
  pasted = tlm_test_query (f->path, "SELECT group_concat (texts) FROM draft_texts");
  g_assert_cmpstr (typed, ==, "a");
  g_assert_cmpstr (pasted, ==, "b\x1d" "c");
}

/* As a version of the program left it that knew no folder for backups. @hours: how old the file is */
static void
put_old_backup (Fixture    *f,
                const char *end,
                int         hours)
{
  g_autofree char *path = g_strconcat (f->path, end, NULL);

  tlm_test_make_old_store (path, 3);
  tlm_test_make_older (path, hours);
}

static guint
count_beside (Fixture    *f,
              const char *part)
{
  g_autofree char *folder = g_path_get_dirname (f->path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  guint            n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, part) != NULL;
  return n;
}

static void
takes_in_old_backups (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (GPtrArray) backups = NULL;
  g_autoptr (GError)    error = NULL;

  tlm_test_make_old_store (f->path, tlm_test_newest_version ());
  put_old_backup (f, ".v3.backup", 2);
  put_old_backup (f, ".v4.backup", 1);
  put_old_backup (f, ".v5.backup.partial", 0);
  put_old_backup (f, ".v6.backup of mine", 0);
  tlm_test_open_and_close (f->path);
  backups = tlm_backups_list (f->path);
  g_assert_cmpuint (backups->len, ==, 2);
  g_assert_cmpuint (count_beside (f, ".backup"), ==, 1);
  for (guint i = 0; i < backups->len; i++)
    {
      TlmBackup *backup = backups->pdata[i];

      g_assert_cmpint (backup->reason, ==, TLM_BACKUP_MIGRATION);
      g_assert_cmpint (backup->version, ==, i == 0 ? 4 : 3);
      g_assert_true (tlm_backups_restore (f->path, backup->path, NULL, NULL, FALSE, &error));
      g_assert_no_error (error);
    }
}

/* A plain copy of any age would tell what the encryption hides. */
static void
encrypts_and_keeps_no_plain_copy (Fixture      *f,
                                  gconstpointer data)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  TlmDb                    *db = tlm_db_new ();
  g_autoptr (GPtrArray)     backups = NULL;
  g_autoptr (GError)        error = NULL;
  g_autofree char          *folder = tlm_backups_dup_damaged_folder (f->path);
  g_autofree char          *damaged = g_build_filename (folder, "x.db", NULL);
  char                     *code;

  tlm_test_make_old_store (f->path, 3);
  g_assert_true (tlm_db_open (db, f->path, NULL));
  put_old_backup (f, ".v2.backup", 0);
  tlm_test_make_old_store (damaged, 3);
  tlm_db_convert (db, tlm_vault_new ("correct horse", &cheap, &code, NULL), &error);
  g_assert_no_error (error);
  tlm_secret_free (code);
  tlm_db_free (db);
  backups = tlm_backups_list (f->path);
  g_assert_cmpuint (backups->len, ==, 0);
  g_assert_cmpuint (count_beside (f, ".backup"), ==, 0);
  g_assert_cmpuint (count_beside (f, "damaged"), ==, 0);
}

/* Of a salvage that a person looked at, and then quit. */
static void
erases_what_nobody_agreed_to (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char *partial = tlm_backups_dup_partial (f->path);

  tlm_test_make_old_store (f->path, 3);
  tlm_test_make_old_store (partial, 3);
  tlm_test_open_and_close (f->path);
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
}

static void
add_versions (const char *name,
              void      (*func) (Fixture *f, gconstpointer data))
{
  for (int version = 1; version <= tlm_test_newest_version (); version++)
    {
      g_autofree char *path = g_strdup_printf ("/app/migrations/v%d/%s", version, name);

      g_test_add (path, Fixture, GINT_TO_POINTER (version), set_up, func, tear_down);
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/migrations/never-change", never_changes);
  add_versions ("keeps-every-row", keeps_every_row);
  add_versions ("makes-a-backup", makes_a_backup);
  g_test_add ("/app/migrations/restores-a-backup", Fixture, GINT_TO_POINTER (6), set_up,
              restores_a_backup, tear_down);
  ADD ("/app/migrations/needs-room", needs_room);
  ADD ("/app/migrations/keeps-few-backups", keeps_few);
  ADD ("/app/migrations/refuses-what-is-no-backup", refuses_what_is_no_backup);
  ADD ("/app/migrations/takes-in-old-backups", takes_in_old_backups);
  ADD ("/app/migrations/encrypts-and-keeps-no-plain-copy", encrypts_and_keeps_no_plain_copy);
  ADD ("/app/migrations/erases-what-nobody-agreed-to", erases_what_nobody_agreed_to);
  ADD ("/app/migrations/keeps-the-log-of-what-stands-aside", keeps_the_log_of_what_stands_aside);
  ADD ("/app/migrations/parts-a-draft", parts_a_draft);
  return g_test_run ();
}
