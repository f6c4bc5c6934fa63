/* SPDX-License-Identifier: Apache-2.0 */
/* The program is killed at any moment of a busy day (busy-day.h), again and again over the same
 * store. After each kill it opens and is whole, all that was acknowledged is there, an answer and a
 * training lack no more than their last moments, and nothing of what was not finished stays. KILLS
 * says how often; the moments are the same in each run. */
#include <glib/gstdio.h>
#include <string.h>

#include "store/backups.h"
#include "busy-day.h"
#include "busy-store.h"
#include "store/db-private.h"
#include "gguf/gguf.h"
#include "models/models.h"
#include "old-store.h"
#include "core/paths.h"
#include "random-model.h"
#include "support.h"
#include "specialists/training.h"

/* What was shown for so long is there. An answer and a training are saved each half a second; the
 * rest is for other programs on the same processors. */
#define KEPT_US (4 * G_USEC_PER_SEC)

#define MAX_US (5 * G_USEC_PER_SEC / 2) /* of a day */

#define MAYBE (-1)

typedef struct
{
  gint64 version; /* at least */
  int    trashed; /* or MAYBE */
  gboolean may_be_gone, gone;
} Note;

typedef struct
{
  char       *folder, *path, *model, *file;
  gboolean    sealed;
  GRand      *rand;
  GHashTable *notes;    /* id -> Note */
  GHashTable *drafts;   /* id -> version, at least */
  GHashTable *answers;  /* id -> bytes */
  GHashTable *steps;    /* of a training -> step from which it goes on */
  gint64      n_models, n_models_begun;
  gint64      worst_answer, worst_training; /* us that a kill cost */
  guint       n_said;
} Fixture;

static guint
count_kills (guint share)
{
  const char *kills = g_getenv ("KILLS");

  return MAX (2, (kills != NULL ? (guint) atoi (kills) : 20) * share / 100);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = g_strdup (g_getenv ("XDG_DATA_HOME")); /* which GLib reads once */
  g_assert_cmpint (g_mkdir_with_parents (f->folder, 0700), ==, 0);
  f->sealed = GPOINTER_TO_INT (data);
  f->rand = g_rand_new_with_seed (8);
  f->notes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  f->drafts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  f->answers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  f->steps = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  f->path = tlm_paths_dup_database ();
  f->model = g_build_filename (f->folder, "random.gguf", NULL);
  f->file = g_build_filename (f->folder, "note.md", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_hash_table_unref (f->notes);
  g_hash_table_unref (f->drafts);
  g_hash_table_unref (f->answers);
  g_hash_table_unref (f->steps);
  g_rand_free (f->rand);
  g_free (f->model);
  g_free (f->file);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

/* ---- what was said ---- */

static void
put (GHashTable *table,
     gint64      id,
     gint64      value)
{
  g_hash_table_replace (table, g_memdup2 (&id, sizeof id), g_memdup2 (&value, sizeof value));
}

static Note *
get_note (Fixture *f,
          gint64   id)
{
  Note *note = g_hash_table_lookup (f->notes, &id);

  if (note == NULL)
    g_hash_table_insert (f->notes, g_memdup2 (&id, sizeof id), note = g_new0 (Note, 1));
  return note;
}

static void
empty_the_bin (Fixture *f)
{
  GHashTableIter iter;
  gpointer       note;

  g_hash_table_iter_init (&iter, f->notes);
  while (g_hash_table_iter_next (&iter, NULL, &note))
    ((Note *) note)->may_be_gone |= ((Note *) note)->trashed != 0;
}

static void
hear (Fixture       *f,
      const TlmSaid *said)
{
  if (g_str_equal (said->what, "note"))
    *get_note (f, said->id) = (Note) { .version = said->value };
  else if (g_str_equal (said->what, "trashing"))
    get_note (f, said->id)->trashed = MAYBE;
  else if (g_str_equal (said->what, "trashed"))
    get_note (f, said->id)->trashed = (int) said->value;
  else if (g_str_equal (said->what, "emptying"))
    empty_the_bin (f);
  else if (g_str_equal (said->what, "gone"))
    get_note (f, said->id)->gone = TRUE;
  else if (g_str_equal (said->what, "draft"))
    put (f->drafts, said->id, said->value);
  else if (g_str_equal (said->what, "answered"))
    put (f->answers, said->id, said->value);
  else if (g_str_equal (said->what, "changing"))
    f->n_models_begun = said->value;
  else if (g_str_equal (said->what, "models"))
    f->n_models = f->n_models_begun = said->value;
}

/* ---- what is there ---- */

/* The first number of the first row, or -1. */
static gint64
ask (TlmDb      *db,
     const char *sql,
     gint64      id)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt      *row = tlm_db_query (db, &error, sql, "i", id);
  gint64             value = row != NULL && tlm_db_step (db, row, &error) > 0
                             ? sqlite3_column_int64 (row, 0) : -1;

  g_assert_no_error (error);
  sqlite3_reset (row);
  return value;
}

static void
check_notes (Fixture *f,
             TlmDb   *db)
{
  GHashTableIter iter;
  gpointer       id, value;

  g_hash_table_iter_init (&iter, f->notes);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      Note  *note = value;
      gint64 version = ask (db, "SELECT CAST(text AS INTEGER) FROM notes WHERE id = ?",
                            *(gint64 *) id);
      gint64 trashed = ask (db, "SELECT trashed IS NOT NULL FROM notes WHERE id = ?",
                            *(gint64 *) id);

      if (note->gone || (version < 0 && note->may_be_gone))
        {
          g_assert_cmpint (trashed, <=, 0); /* a new note may have its number */
          g_hash_table_iter_remove (&iter);
          continue;
        }
      g_assert_cmpint (version, >=, note->version);
      g_assert_true (note->trashed == MAYBE || note->trashed == trashed);
      note->trashed = (int) trashed;
      note->may_be_gone = FALSE;
    }
}

static void
check_drafts (Fixture *f,
              TlmDb   *db)
{
  GHashTableIter iter;
  gpointer       id, version;

  g_hash_table_iter_init (&iter, f->drafts);
  while (g_hash_table_iter_next (&iter, &id, &version))
    g_assert_cmpint (ask (db, "SELECT CAST(draft AS INTEGER) FROM chats WHERE id = ?",
                          *(gint64 *) id), >=, *(gint64 *) version);
}

/* How long the oldest text that is not there had been shown. */
static void
check_shown (Fixture *f,
             TlmDb   *db,
             GArray  *all,
             gint64   killed)
{
  for (guint i = 0; i < all->len; i++)
    {
      TlmSaid *said = &g_array_index (all, TlmSaid, i);
      gint64   there;

      if (!g_str_equal (said->what, "shown") || g_hash_table_contains (f->answers, &said->id))
        continue;
      there = ask (db, "SELECT length(CAST(text AS BLOB)) FROM messages WHERE id = ?", said->id);
      if (there >= said->value)
        continue;
      f->worst_answer = MAX (f->worst_answer, killed - said->time);
      g_assert_cmpint (killed - said->time, <, KEPT_US);
      put (f->answers, said->id, there);
    }
}

static void
check_answers (Fixture *f,
               TlmDb   *db)
{
  GHashTableIter iter;
  gpointer       id, bytes;

  g_hash_table_iter_init (&iter, f->answers);
  while (g_hash_table_iter_next (&iter, &id, &bytes))
    g_assert_cmpint (ask (db, "SELECT length(CAST(text AS BLOB)) FROM messages WHERE id = ?",
                          *(gint64 *) id), ==, *(gint64 *) bytes);
}

/* ---- a training ---- */

static char *
dup_out_path (gint64 number)
{
  g_autofree char *models = tlm_paths_dup_models ();

  return number == 1 ? g_strdup_printf ("%s/Mail.gguf", models)
                     : g_strdup_printf ("%s/Mail-%" G_GINT64_FORMAT ".gguf", models, number);
}

/* 0: there is none */
static gint64
read_checkpoint (gint64 number)
{
  g_autofree char *out = dup_out_path (number), *path = g_strconcat (out, ".checkpoint", NULL);
  tl_gguf         *gguf;
  tl_error         err = { 0 };
  uint64_t         step = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return 0;
  gguf = tl_gguf_open (path, &err);
  g_assert_nonnull (gguf);
  g_assert_true (tl_gguf_get_u64 (gguf, "train.step", &step));
  tl_gguf_close (gguf);
  return (gint64) step;
}

/* Of the training that writes to @out: 1, 0, or -1 when there is none. */
static int
is_finished (TlmDb      *db,
             const char *out)
{
  sqlite3_stmt *row = tlm_db_query (db, NULL, "SELECT finished IS NOT NULL FROM trainings "
                                              "WHERE out = ?", "t", out);
  int           finished = tlm_db_step (db, row, NULL) > 0 ? sqlite3_column_int (row, 0) : -1;

  sqlite3_reset (row);
  return finished;
}

/* It went on where it had stood, and goes on where it stands. */
static void
check_training (Fixture *f,
                TlmDb   *db,
                GArray  *all,
                gint64   killed)
{
  for (guint i = 0; i < all->len; i++)
    {
      TlmSaid         *said = &g_array_index (all, TlmSaid, i);
      g_autofree char *out = dup_out_path (said->id);
      gint64          *from = g_hash_table_lookup (f->steps, &said->id);

      if (!g_str_equal (said->what, "step"))
        continue;
      if (from != NULL)
        g_assert_cmpint (said->value, ==, *from + 1);
      put (f->steps, said->id, said->value);
      if (is_finished (db, out) == 1)
        g_assert_true (g_file_test (out, G_FILE_TEST_EXISTS));
      else if (said->value > read_checkpoint (said->id))
        {
          f->worst_training = MAX (f->worst_training, killed - said->time);
          g_assert_cmpint (killed - said->time, <, KEPT_US);
        }
    }
}

static void
look_where_trainings_stand (Fixture *f)
{
  GHashTableIter iter;
  gpointer       number, step;

  g_hash_table_iter_init (&iter, f->steps);
  while (g_hash_table_iter_next (&iter, &number, &step))
    *(gint64 *) step = read_checkpoint (*(gint64 *) number);
}

/* ---- files ---- */

/* A file of the models' folder that neither the store knows nor anybody writes. */
static void
check_file (TlmDb      *db,
            const char *path)
{
  g_autofree char   *uri = g_filename_to_uri (path, NULL, NULL), *out = g_strdup (path);
  gboolean           checkpoint = g_str_has_suffix (path, ".checkpoint");
  gboolean           lock = g_str_has_suffix (path, ".lock");
  g_autoptr (GError) error = NULL;
  sqlite3_stmt      *row;

  if (checkpoint)
    out[strlen (out) - strlen (".checkpoint")] = '\0';
  if (lock)
    out[strlen (out) - strlen (".lock")] = '\0';
  row = tlm_db_query (db, &error, "SELECT 1 FROM models WHERE uri = ?1 UNION "
                                  "SELECT 1 FROM trainings WHERE out = ?2", "tt", uri, out);
  if (tlm_db_step (db, row, &error) <= 0)
    g_error ("“%s” is left over", path);
  g_assert_no_error (error);
  sqlite3_reset (row);
}

static void
check_models (Fixture *f,
              TlmDb   *db)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gint64           n = ask (db, "SELECT count(*) FROM models WHERE id > ?", 0);
  const char      *name;

  g_assert_true (n == f->n_models || n == f->n_models_begun);
  f->n_models = f->n_models_begun = n;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      check_file (db, path);
    }
}

/* A rollback journal whose first byte is no longer there: SQLite passes over it and writes it anew. */
static gboolean
is_spent_journal (const char *folder,
                  const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *bytes = NULL;
  gsize            len;

  return g_str_equal (name, "tinylm.db-journal") && g_file_get_contents (path, &bytes, &len, NULL)
         && (len == 0 || bytes[0] == '\0');
}

static void
check_folder (Fixture *f)
{
  g_autofree char   *folder = g_path_get_dirname (f->path);
  g_autoptr (GDir)   dir = g_dir_open (folder, 0, NULL);
  static const char *const known[] = { "tinylm.db", "tinylm.db-wal", "tinylm.db-shm", "backups",
                                       "models", NULL };
  const char        *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_strv_contains (known, name) && !is_spent_journal (folder, name))
      g_error ("“%s” is left over", name);
}

static void
check_backups (Fixture *f,
               TlmDb   *db)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);

  g_assert_cmpuint (backups->len, <=, TLM_BACKUPS_KEPT + 1); /* the next one lets them go */
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

  for (guint i = 0; i < all->len; i++)
    hear (f, &g_array_index (all, TlmSaid, i));
  f->n_said += all->len;
  start_again (f);
  db = tlm_busy_store_open_db (f->path);
  check_whole (f, db);
  check_notes (f, db);
  check_drafts (f, db);
  check_shown (f, db, all, killed);
  check_answers (f, db);
  check_training (f, db, all, killed);
  look_where_trainings_stand (f);
  check_models (f, db);
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
      g_autofree char  *seed = g_strdup_printf ("%u", i);
      const char       *child[] = { "--busy", f->model, f->file, seed, NULL };
      gint64            killed;
      gint64            delay_us = g_rand_int_range (f->rand, 0, MAX_US);
      g_autoptr (GArray) all = tlm_busy_day_kill (child, i % 8 != 0, delay_us, &killed);

      check_all (f, all, killed);
    }
  g_test_message ("%u kills, %u acknowledgements; a kill cost at most %.2f s of an answer and "
                  "%.2f s of a training", n, f->n_said, (double) f->worst_answer / 1e6,
                  (double) f->worst_training / 1e6);
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
