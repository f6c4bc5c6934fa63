/* SPDX-License-Identifier: Apache-2.0 */
/* The disk fails at the first call of an act, then at the second, and so on until the act is done
 * without reaching it; or the program is killed there. Whatever was said to be saved is there when
 * the database is opened the next time, it is whole, and what failed was said in a sentence. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/backups.h"
#include "chats/chats.h"
#include "store/db-private.h"
#include "core/errors.h"
#include "specialists/example-sets.h"
#include "faulty-disk.h"
#include "notes/notes.h"
#include "old-store.h"
#include "support.h"

#define OLD        9 /* any version before the newest */
#define PASSPHRASE "correct horse"

static const TlmVaultCost cheap = { 1, 8192 };

typedef struct
{
  char      *folder, *path; /* of the database */
  char      *kept;          /* as the act finds it */
  char      *before, *other; /* all rows then, and of the other backup */
  gboolean   sealed;
  GPtrArray *saved; /* const char *: questions to which the answer is now 1 */
} Fixture;

typedef gboolean (*Act)   (Fixture *f, GError **error);
typedef void     (*Check) (Fixture *f, TlmDb *db, gboolean done);

/* As the window does, which looks whether the database is encrypted once it is in its place. */
static TlmDb *
new_db (Fixture *f)
{
  TlmDb *db = tlm_db_new ();

  tlm_backups_put_in_place (f->path, NULL);
  if (f->sealed)
    tlm_db_set_vault (db, tlm_vault_open (f->path, PASSPHRASE, NULL));
  return db;
}

static TlmDb *
open_again (Fixture *f)
{
  TlmDb             *db = new_db (f);
  g_autoptr (GError) error = NULL;

  tlm_db_open (db, f->path, &error);
  g_assert_no_error (error);
  g_assert_true (tlm_db_is_whole (tlm_db_get_handle (db)));
  return db;
}

static char *
dump (TlmDb      *db,
      const char *path)
{
  return tlm_test_dump (path, tlm_db_get_vfs (db), OLD);
}

/* ---- The folder before each try ---- */

static void
copy_folder (const char *from,
             const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char      *name;

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *bytes = NULL;
      gsize            n;

      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        copy_folder (source, target);
      else if (g_file_get_contents (source, &bytes, &n, NULL))
        g_assert_true (g_file_set_contents_full (target, bytes, (gssize) n,
                                                 G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

static void
begin_anew (Fixture *f)
{
  g_autofree char *data = g_path_get_dirname (f->path);

  tlm_test_remove_folder (g_steal_pointer (&data));
  data = g_path_get_dirname (f->path);
  copy_folder (f->kept, data);
  g_ptr_array_set_size (f->saved, 0);
}

/* @version: of the database; a backup of the state before all notes were emptied lies beside it */
static void
prepare (Fixture *f,
         int      version)
{
  g_autofree char *data = g_build_filename (f->folder, "data", NULL);
  char            *code = NULL;
  TlmDb           *db;

  tlm_test_make_old_store (f->path, version);
  if (version == OLD && !f->sealed)
    f->before = tlm_test_dump (f->path, NULL, OLD);
  else
    {
      db = open_again (&(Fixture) { .path = f->path });
      if (f->sealed)
        g_assert_true (tlm_db_convert (db, tlm_vault_new (PASSPHRASE, &cheap, &code, NULL), NULL));
      tlm_secret_free (code);
      f->other = dump (db, f->path);
      g_assert_true (tlm_backups_make (db, TLM_BACKUP_NOW, NULL));
      g_assert_true (tlm_db_exec (db, "UPDATE notes SET text = 'written since'", NULL));
      f->before = dump (db, f->path);
      tlm_db_free (db);
    }
  copy_folder (data, f->kept);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "data", "tinylm.db", NULL);
  f->kept = g_build_filename (f->folder, "kept", NULL);
  f->sealed = GPOINTER_TO_INT (data);
  f->saved = g_ptr_array_new ();
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_ptr_array_unref (f->saved);
  g_free (f->before);
  g_free (f->other);
  g_free (f->kept);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

/* ---- Trying ---- */

/* In words, and not in SQLite's. */
static void
assert_sentence (const char *message)
{
  g_assert_true (g_str_has_suffix (message, "."));
  g_assert_null (strstr (message, "The database refused"));
}

static gboolean
try_once (Fixture     *f,
          Act          act,
          TlmDiskFault fault,
          guint        nth,
          gboolean    *reached)
{
  g_autoptr (GError) error = NULL;
  gboolean           done;

  tlm_disk_begin (fault, nth);
  done = act (f, &error);
  *reached = tlm_disk_end ();
  g_assert_cmpint (done, ==, error == NULL);
  g_assert_true (done || *reached);
  if (error != NULL)
    {
      g_assert_true (error->domain == TLM_ERROR);
      assert_sentence (error->message);
    }
  return done;
}

/* @reached: (out): whether the child was killed */
static gboolean
be_killed (Fixture *f,
           Act      act,
           guint    nth,
           gboolean *reached)
{
  pid_t child = fork ();
  int   status;

  if (child == 0)
    {
      tlm_disk_begin (TLM_DISK_KILLS, nth);
      _exit (!act (f, NULL));
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  *reached = WIFSIGNALED (status);
  g_assert_true (*reached ? WTERMSIG (status) == SIGKILL : status == 0);
  return !*reached;
}

static void
try_all (Fixture     *f,
         Act          act,
         Check        check,
         TlmDiskFault fault)
{
  gboolean reached = TRUE;
  guint    nth, step = f->sealed && fault < TLM_DISK_LIES ? 3 : 1; /* the same acts once more */

  for (nth = 1; reached; nth += step)
    {
      TlmDb   *db;
      gboolean done;

      begin_anew (f);
      done = fault == TLM_DISK_KILLS ? be_killed (f, act, nth, &reached)
                                     : try_once (f, act, fault, nth, &reached);
      db = open_again (f);
      check (f, db, done);
      tlm_db_free (db);
    }
  g_assert_cmpuint (nth, >, 10);
}

static void
try_each (Fixture *f,
          Act      act,
          Check    check)
{
  for (TlmDiskFault fault = TLM_DISK_FULL; fault <= TLM_DISK_KILLS; fault++)
    try_all (f, act, check, fault);
}

/* ---- Acts on the database ---- */

static gboolean
open_it (Fixture *f,
         GError **error)
{
  TlmDb   *db = new_db (f);
  gboolean done = tlm_db_open (db, f->path, error);

  tlm_db_free (db);
  return done;
}

/* What may be restored can be: all that is listed is whole. */
static void
assert_backups_whole (Fixture *f,
                      TlmDb   *db)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);

  for (guint i = 0; i < backups->len; i++)
    tlm_test_assert_whole (((TlmBackup *) backups->pdata[i])->path, tlm_db_get_vfs (db));
}

static void
keeps_all (Fixture *f,
           TlmDb   *db,
           gboolean done)
{
  g_autofree char *now = dump (db, f->path);

  tlm_test_assert_same (now, f->before);
  assert_backups_whole (f, db);
}

static void
migrates (Fixture      *f,
          gconstpointer data)
{
  prepare (f, OLD);
  try_each (f, open_it, keeps_all);
}

static gboolean
back_up (Fixture *f,
         GError **error)
{
  TlmDb   *db = new_db (f);
  gboolean done = tlm_db_open (db, f->path, error)
                  && tlm_backups_make (db, TLM_BACKUP_NOW, error);

  tlm_db_free (db);
  return done;
}

static void
has_the_backup (Fixture *f,
                TlmDb   *db,
                gboolean done)
{
  g_autofree char *newest = tlm_test_find_backup (f->path);
  g_autofree char *rows = dump (db, newest);

  keeps_all (f, db, done);
  if (done)
    tlm_test_assert_same (rows, f->before);
  if (done && f->sealed)
    {
      g_autoptr (TlmVault) vault = tlm_vault_open (newest, PASSPHRASE, NULL); /* by its own header */

      g_assert_nonnull (vault);
    }
}

static void
backs_up (Fixture      *f,
          gconstpointer data)
{
  prepare (f, tlm_test_newest_version ());
  try_each (f, back_up, has_the_backup);
  try_all (f, back_up, has_the_backup, TLM_DISK_LIES);
  try_all (f, back_up, has_the_backup, TLM_DISK_DROPS);
}

/* As the window does: checked and laid ready while it is open, put in place by the next opening. */
static gboolean
restore (Fixture *f,
         GError **error)
{
  g_autofree char *backup = tlm_test_find_backup (f->path);
  TlmDb           *db = new_db (f);
  gboolean         done = tlm_db_open (db, f->path, error)
                          && tlm_backups_restore (f->path, backup, NULL, db->vault, FALSE, error);

  tlm_db_free (db);
  return done && open_it (f, error);
}

/* One of the two is there; the other is a backup. */
static void
has_either (Fixture *f,
            TlmDb   *db,
            gboolean done)
{
  g_autofree char *now = dump (db, f->path);
  gboolean         restored = g_str_equal (now, f->other);
  g_autoptr (GPtrArray) backups = tlm_backups_list (f->path);
  guint            n_old = 0;

  tlm_test_assert_same (now, restored ? f->other : f->before);
  g_assert_true (restored || !done);
  assert_backups_whole (f, db);
  for (guint i = 0; i < backups->len; i++)
    {
      g_autofree char *rows = dump (db, ((TlmBackup *) backups->pdata[i])->path);

      n_old += g_str_equal (rows, f->before);
    }
  g_assert_cmpuint (n_old, ==, restored);
}

static void
restores (Fixture      *f,
          gconstpointer data)
{
  prepare (f, tlm_test_newest_version ());
  try_each (f, restore, has_either);
}

/* ---- A day's work on the store ---- */

typedef struct
{
  Fixture          *f;
  TlmStore         *store;
  TlmEngineService *engine;
  TlmNotes         *notes;
  TlmChats         *chats;
  TlmExampleSets   *sets;
  TlmNote          *note;
  TlmChat          *chat;
  GError          **error; /* the first failure */
} Day;

/* @question: to be answered by 1 from now on */
static void
note_down (Day        *day,
           GError     *error,
           const char *question)
{
  if (error == NULL)
    g_ptr_array_add (day->f->saved, (gpointer) question);
  else if (*day->error == NULL)
    g_propagate_error (day->error, error);
  else
    {
      assert_sentence (error->message);
      g_error_free (error);
    }
}

static void
write_notes (Day *day)
{
  g_autoptr (GAsyncResult) created = NULL, saved = NULL;
  GError                  *error = NULL;

  tlm_notes_create_async (day->notes, "walrus", NULL, tlm_test_keep, &created);
  tlm_test_await (&created);
  day->note = tlm_notes_create_finish (day->notes, created, &error);
  note_down (day, error, "SELECT count(*) FROM notes WHERE text LIKE 'walrus%'");
  if (day->note == NULL)
    return;
  error = NULL;
  tlm_notes_save_async (day->notes, day->note, "walrus, grown", NULL, tlm_test_keep, &saved);
  tlm_test_await (&saved);
  tlm_notes_save_finish (day->notes, saved, &error);
  note_down (day, error, "SELECT count(*) FROM notes WHERE text = 'walrus, grown'");
}

static void
write_a_draft (Day *day)
{
  g_autoptr (GAsyncResult) created = NULL, saved = NULL, named = NULL;
  GError                  *error = NULL;

  tlm_chats_create_async (day->chats, NULL, tlm_test_keep, &created);
  tlm_test_await (&created);
  day->chat = tlm_chats_create_finish (day->chats, created, &error);
  if (day->chat == NULL)
    {
      note_down (day, error, NULL);
      return;
    }
  tlm_chats_save_draft_async (day->chats, day->chat, "half a thought", NULL, tlm_test_keep, &saved);
  tlm_test_await (&saved);
  tlm_chats_save_draft_finish (day->chats, saved, &error);
  note_down (day, error, "SELECT count(*) FROM chats WHERE draft = 'half a thought'");
  error = NULL;
  tlm_chats_rename_async (day->chats, day->chat, "My chat", NULL, tlm_test_keep, &named);
  tlm_test_await (&named);
  tlm_chats_organise_finish (day->chats, named, &error);
  note_down (day, error, "SELECT count(*) FROM chats WHERE title = 'My chat'");
}

static void
back_it_up (Day *day)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError                  *error = NULL;

  tlm_store_back_up_async (day->store, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_store_backup_finish (day->store, result, &error);
  note_down (day, error, "SELECT 1");
}

/* Sets of examples have no finish: they say what failed. */
static void
failed_cb (TlmExampleSets *sets,
           const char     *sentence,
           gboolean       *failed)
{
  assert_sentence (sentence);
  *failed = TRUE;
}

static void
gather_examples (Day *day)
{
  gboolean                 failed = FALSE;
  g_autoptr (GAsyncResult) result = NULL;

  g_signal_connect (day->sets, "failed", G_CALLBACK (failed_cb), &failed);
  tlm_example_sets_add (day->sets, "My examples", "");
  tlm_example_sets_load_async (day->sets, NULL, tlm_test_keep, &result); /* comes after it */
  tlm_test_await (&result);
  tlm_test_settle ();
  g_signal_handlers_disconnect_by_data (day->sets, &failed);
  if (!failed)
    g_ptr_array_add (day->f->saved,
                     (gpointer) "SELECT count(*) FROM example_sets WHERE name = 'My examples'");
}

static gboolean
open_day (Day *day)
{
  g_autoptr (GAsyncResult) result = NULL, unlocked = NULL;
  GError                  *error = NULL;

  tlm_store_open_async (day->store, day->f->path, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_store_open_finish (day->store, result, &error);
  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED))
    {
      g_clear_error (&error);
      tlm_store_unlock_async (day->store, PASSPHRASE, NULL, tlm_test_keep, &unlocked);
      tlm_test_await (&unlocked);
      tlm_store_open_finish (day->store, unlocked, &error);
    }
  if (error == NULL && tlm_store_get_is_volatile (day->store))
    g_set_error_literal (&error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                         tlm_store_get_volatile_reason (day->store));
  if (error == NULL)
    return TRUE;
  g_propagate_error (day->error, error);
  return FALSE;
}

static gboolean
work (Fixture *f,
      GError **error)
{
  GError *first_error = NULL;
  Day     day = { .f = f, .store = tlm_store_new (), .error = &first_error };

  day.engine = tlm_engine_service_new ("/nowhere");
  day.notes = tlm_notes_new (day.store);
  day.chats = tlm_chats_new (day.store, day.engine);
  day.sets = tlm_example_sets_new (day.store);
  if (open_day (&day))
    {
      write_notes (&day);
      write_a_draft (&day);
      gather_examples (&day);
      back_it_up (&day);
    }
  tlm_store_close (day.store);
  tlm_test_settle ();
  g_clear_object (&day.note);
  g_clear_object (&day.chat);
  g_object_unref (day.sets);
  g_object_unref (day.chats);
  g_object_unref (day.notes);
  g_object_unref (day.engine);
  g_object_unref (day.store);
  if (first_error == NULL)
    return TRUE;
  g_propagate_error (error, first_error);
  return FALSE;
}

static void
has_what_was_saved (Fixture *f,
                    TlmDb   *db,
                    gboolean done)
{
  for (guint i = 0; i < f->saved->len; i++)
    {
      sqlite3_stmt *row = NULL;

      g_assert_cmpint (sqlite3_prepare_v2 (tlm_db_get_handle (db), f->saved->pdata[i], -1, &row,
                                           NULL), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
      g_assert_cmpint (sqlite3_column_int (row, 0), ==, 1);
      sqlite3_finalize (row);
    }
  assert_backups_whole (f, db);
}

static void
works (Fixture      *f,
       gconstpointer data)
{
  prepare (f, tlm_test_newest_version ());
  for (TlmDiskFault fault = TLM_DISK_FULL; fault <= TLM_DISK_BROKEN; fault++)
    try_all (f, work, has_what_was_saved, fault);
}

#define ADD(path, sealed, func)                                                                    \
  g_test_add ("/app/faults/" path, Fixture, GINT_TO_POINTER (sealed), set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tlm_disk_install ();
  ADD ("migrates", FALSE, migrates);
  ADD ("backs-up", FALSE, backs_up);
  ADD ("backs-up-encrypted", TRUE, backs_up);
  ADD ("restores", FALSE, restores);
  ADD ("restores-encrypted", TRUE, restores);
  ADD ("works", FALSE, works);
  ADD ("works-encrypted", TRUE, works);
  return g_test_run ();
}
