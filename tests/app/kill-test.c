/* SPDX-License-Identifier: Apache-2.0 */
/* The program is killed at any moment of a busy day (busy-day.h), again and again over the same
 * store. After each kill it opens and is whole, all that was acknowledged is there, an answer and a
 * training lack no more than their last moments, and nothing of what was not finished stays. KILLS
 * says how often; the moments are the same in each run with the same SEED. */
#include <glib/gstdio.h>

#include "store/backups.h"
#include "busy-ledger.h"
#include "busy-store.h"
#include "store/db-private.h"
#include "models/models.h"
#include "old-store.h"
#include "core/paths.h"
#include "random-model.h"
#include "support.h"
#include "specialists/training.h"

#define MAX_US  (5 * G_USEC_PER_SEC / 2) /* of a day */
#define LONG_US (5 * G_USEC_PER_SEC)     /* of each fourth, at least: some may lose much */

typedef struct
{
  char         *folder, *path, *model, *file;
  gboolean      sealed;
  GRand        *rand;
  TlmBusyLedger ledger;
} Fixture;

static guint
count_kills (guint share)
{
  const char *kills = g_getenv ("KILLS");

  return MAX (2, (kills != NULL ? (guint) atoi (kills) : 20) * share / 100);
}

static guint32
get_seed (void)
{
  const char *seed = g_getenv ("SEED");

  return seed != NULL ? (guint32) atoi (seed) : 8;
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_strdup (g_getenv ("XDG_DATA_HOME")); /* which GLib reads once */
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  f->sealed = GPOINTER_TO_INT (data);
  f->rand = g_rand_new_with_seed (get_seed ());
  tlm_busy_ledger_init (&f->ledger);
  f->path = tlm_paths_dup_database ();
  f->model = g_build_filename (f->folder, "random.gguf", NULL);
  f->file = g_build_filename (f->folder, "note.md", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_busy_ledger_clear (&f->ledger);
  g_rand_free (f->rand);
  g_free (f->model);
  g_free (f->file);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

/* ---- what is there ---- */

static void
check_folder (Fixture *f)
{
  g_autofree char   *folder = g_path_get_dirname (f->path);
  g_autoptr (GDir)   dir = g_dir_open (folder, 0, NULL);
  static const char *const known[] = { "tinylm.db", "tinylm.db-wal", "tinylm.db-shm", "tinylm.db.lock",
                                       "backups", "models", NULL };
  const char        *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_strv_contains (known, name))
      g_error ("“%s” is left over", name);
}

static void
check_backups (Fixture *f,
               TlmDb   *db)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);

  g_assert_cmpuint (backups->len, <=, TLM_BACKUPS_KEPT);
  if (backups->len > 0)
    tlm_test_assert_whole (((TlmBackup *) backups->pdata[0])->path, tlm_db_get_vfs (db));
}

/* The index of words says what the tables say. */
static void
check_whole (Fixture *f,
             TlmDb   *db)
{
  g_autoptr (GError) error = NULL;

  tlm_test_assert_whole (f->path, tlm_db_get_vfs (db));
  tlm_db_exec (db, "INSERT INTO notes_index (notes_index, rank) VALUES ('integrity-check', 1);"
                   "INSERT INTO messages_index (messages_index, rank) "
                   "VALUES ('integrity-check', 1);", &error);
  g_assert_no_error (error);
}

/* ---- a busy day ---- */

static void
load_models (TlmModels *models)
{
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autofree char         *sentence = NULL;

  tlm_models_load_async (models, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  sentence = tlm_models_finish (models, loaded, NULL);
  g_assert_nonnull (sentence);
}

/* Beside the models themselves: what a training left a moment ago may be of one that begins, and is
 * let be (training-sweep.c). */
static void
make_rests_older (void)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_str_has_suffix (name, ".gguf"))
        tlm_test_make_older (path, 1);
    }
}

/* As the program starts: it ends what was begun. */
static void
start_again (Fixture *f)
{
  TlmStore    *store = tlm_busy_store_open (f->path);
  TlmModels   *models = tlm_models_new (store);
  TlmTraining *training = tlm_training_new (store, 0);

  tlm_training_load (training);
  load_models (models);
  load_models (models); /* after what the first one found */
  tlm_models_shutdown (models);
  tlm_store_close (store);
  tlm_test_settle ();
  g_object_unref (training);
  g_object_unref (models);
  g_object_unref (store);
}

static void
check_all (Fixture *f,
           GArray  *all,
           gint64   killed)
{
  TlmDb *db;

  tlm_busy_ledger_hear (&f->ledger, all);
  make_rests_older ();
  start_again (f);
  db = tlm_busy_store_open_db (f->path);
  check_whole (f, db);
  tlm_busy_ledger_check (&f->ledger, db, all, killed);
  check_folder (f);
  check_backups (f, db);
  tlm_db_free (db);
}

static void
prepare (Fixture *f)
{
  TlmDb *db;

  tlm_test_make_model (f->model, NULL);
  g_assert_true (g_file_set_contents (f->file, "7 walrus", -1, NULL));
  db = tlm_busy_store_open_db (f->path);
  if (f->sealed)
    tlm_busy_store_convert (db, TRUE);
  tlm_db_free (db);
}

static void
is_killed_while_busy (Fixture      *f,
                      gconstpointer data)
{
  guint n = count_kills (f->sealed ? 20 : 55);

  prepare (f);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char  *seed = g_strdup_printf ("%u", g_rand_int (f->rand) >> 1);
      const char       *child[] = { "--busy", f->model, f->file, seed, NULL };
      gint64            killed;
      gint64            delay_us = i % 4 == 3
                                     ? g_rand_int_range (f->rand, LONG_US, LONG_US + G_USEC_PER_SEC)
                                     : g_rand_int_range (f->rand, 0, MAX_US);
      g_autoptr (GArray) all = tlm_busy_day_kill (child, i % 8 != 0, delay_us, &killed);

      check_all (f, all, killed);
    }
  g_test_message ("%u kills, %u acknowledgements; a kill cost at most %.2f s of an answer and "
                  "%.2f s of a training", n, f->ledger.n_said, (double) f->ledger.worst_answer / 1e6,
                  (double) f->ledger.worst_training / 1e6);
}

/* ---- the store alone ---- */

static void
kill_soon (Fixture    *f,
           const char *kind)
{
  const char *child[] = { kind, f->path, NULL };
  gint64      killed;

  g_array_unref (tlm_busy_day_kill (child, FALSE, g_rand_int_range (f->rand, 0, 100000), &killed));
}

static void
clear (Fixture *f)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  tlm_test_remove_folder (g_steal_pointer (&folder));
}

static char *
dump (Fixture *f,
      TlmDb   *db,
      int      version)
{
  return tlm_test_dump (f->path, tlm_db_get_vfs (db), version);
}

static void
is_killed_while_migrating (Fixture      *f,
                           gconstpointer data)
{
  guint n = count_kills (10);

  for (guint i = 0; i < n; i++)
    {
      int              version = g_rand_int_range (f->rand, 1, tlm_test_newest_version ());
      g_autofree char *before = NULL, *now = NULL;
      TlmDb           *db;

      clear (f);
      tlm_test_make_old_store (f->path, version);
      before = tlm_test_dump (f->path, NULL, version);
      kill_soon (f, "--migrate");
      db = tlm_busy_store_open_db (f->path);
      now = dump (f, db, version);
      tlm_test_assert_same (now, before);
      check_whole (f, db);
      check_backups (f, db);
      check_folder (f);
      tlm_db_free (db);
    }
}

static void
is_killed_while_restoring (Fixture      *f,
                           gconstpointer data)
{
  int   version = tlm_test_newest_version ();
  guint n = count_kills (10);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *before = NULL, *other = NULL, *now = NULL;
      TlmDb           *db;

      clear (f);
      tlm_test_make_old_store (f->path, version);
      db = tlm_busy_store_open_db (f->path);
      other = dump (f, db, version);
      g_assert_true (tlm_backups_make (db, TLM_BACKUP_NOW, NULL));
      g_assert_true (tlm_db_exec (db, "UPDATE notes SET text = 'written since'", NULL));
      before = dump (f, db, version);
      tlm_db_free (db);
      kill_soon (f, "--restore");
      db = tlm_busy_store_open_db (f->path);
      now = dump (f, db, version);
      tlm_test_assert_same (now, g_str_equal (now, other) ? other : before);
      check_whole (f, db);
      check_folder (f);
      tlm_db_free (db);
    }
}

static void
is_killed_while_sealing (Fixture      *f,
                         gconstpointer data)
{
  int              version = tlm_test_newest_version ();
  guint            n = count_kills (5);
  g_autofree char *before = NULL;

  tlm_test_make_old_store (f->path, version);
  before = tlm_test_dump (f->path, NULL, version);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *now = NULL;
      TlmDb           *db;

      kill_soon (f, "--seal");
      db = tlm_busy_store_open_db (f->path);
      now = dump (f, db, version);
      tlm_test_assert_same (now, before);
      check_whole (f, db);
      check_folder (f);
      tlm_db_free (db);
    }
}

#define ADD(path, sealed, func)                                                                    \
  g_test_add ("/app/kill/" path, Fixture, GINT_TO_POINTER (sealed), set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = NULL;

  if (tlm_busy_day_run (argc, argv))
    return 0;
  g_test_init (&argc, &argv, NULL);
  folder = tlm_test_make_folder ();
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  ADD ("busy", FALSE, is_killed_while_busy);
  ADD ("busy-encrypted", TRUE, is_killed_while_busy);
  ADD ("migrating", FALSE, is_killed_while_migrating);
  ADD ("restoring", FALSE, is_killed_while_restoring);
  ADD ("sealing", FALSE, is_killed_while_sealing);
  return g_test_run ();
}
