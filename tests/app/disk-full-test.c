/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that is really full, under all that is written to one at length: it is said in a sentence,
 * what was shown stays, and once there is room it is saved without anybody asking. */
#include "chats-support.h"
#include "core/errors.h"
#include "models/models.h"
#include "notes/notes.h"
#include "core/paths.h"
#include "random-model.h"
#include "small-disk.h"
#include "store/db.h"
#include "support.h"
#include "specialists/training.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define DISK_BYTES (24 << 20)
#define N_EXAMPLES 50

typedef struct
{
  Fixture      chats;
  const char  *disk;
  TlmNotes    *notes;
  TlmModels   *models;
  TlmTraining *training;
  char        *random_model, *said;
  guint        n_said;
} Disk;

static gboolean can_mount;

static void
note_said (Disk       *d,
           const char *sentence)
{
  g_free (d->said);
  d->said = g_strdup (sentence);
  d->n_said++;
}

static void
begin (Disk         *d,
       gconstpointer data)
{
  d->disk = g_getenv ("XDG_DATA_HOME");
  if (!can_mount)
    return;
  tlm_small_disk_mount (d->disk, DISK_BYTES);
  d->chats.path = tlm_paths_dup_database ();
  start (&d->chats);
  d->notes = tlm_notes_new (d->chats.store);
  d->models = tlm_models_new (d->chats.store);
  d->training = tlm_training_new (d->chats.store, 0);
  g_signal_connect_swapped (d->training, "failed", G_CALLBACK (note_said), d);
}

static void
end (Disk         *d,
     gconstpointer data)
{
  if (!can_mount)
    return;
  tlm_training_shutdown (d->training);
  tlm_models_shutdown (d->models);
  tlm_store_close (d->chats.store);
  g_object_unref (d->training);
  g_object_unref (d->models);
  g_object_unref (d->notes);
  stop (&d->chats);
  tlm_small_disk_unmount (d->disk);
  g_free (d->chats.path);
  g_free (d->random_model);
  g_free (d->said);
}

static gboolean
skips (void)
{
  if (!can_mount)
    g_test_skip ("this system lets nobody mount a disk for a test");
  return !can_mount;
}

static void
assert_full (const GError *error)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (strstr (error->message, "The database refused"));
}

static gboolean
stored (Disk       *d,
        const char *sql)
{
  g_autofree char *answer = tlm_test_query (d->chats.path, sql);

  return g_strcmp0 (answer, "1") == 0;
}

#define wait_until(condition)                                                                      \
  while (!(condition))                                                                             \
  g_main_context_iteration (NULL, TRUE)

/* By itself, within some seconds. */
static void
wait_until_stored (Disk       *d,
                   const char *sql)
{
  gint64 end_time = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!stored (d, sql))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_time);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10000);
    }
}

/* ---- notes, drafts, replies ---- */

static void
notes_wait_for_room (Disk         *d,
                     gconstpointer data)
{
  g_autoptr (GAsyncResult) created = NULL, saved = NULL, read = NULL;
  g_autoptr (TlmNote)      note = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *text = NULL;

  if (skips ())
    return;
  tlm_notes_create_async (d->notes, "walrus", NULL, tlm_test_keep, &created);
  tlm_test_await (&created);
  note = tlm_notes_create_finish (d->notes, created, NULL);
  tlm_small_disk_fill (d->disk);
  tlm_notes_save_async (d->notes, note, "walrus, grown", NULL, tlm_test_keep, &saved);
  tlm_test_await (&saved);
  g_assert_false (tlm_notes_save_finish (d->notes, saved, &error));
  assert_full (error);
  g_assert_false (tlm_note_get_saved (note));
  /* As the page does that comes back to it. */
  tlm_notes_get_text_async (d->notes, note, NULL, tlm_test_keep, &read);
  tlm_test_await (&read);
  text = tlm_notes_get_text_finish (d->notes, read, NULL);
  g_assert_cmpstr (text, ==, "walrus, grown");
  tlm_small_disk_empty (d->disk);
  wait_until_stored (d, "SELECT text = 'walrus, grown' FROM notes");
  wait_until (tlm_note_get_saved (note));
}

static void
drafts_wait_for_room (Disk         *d,
                      gconstpointer data)
{
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (TlmChat)      chat = NULL;
  g_autoptr (GError)       error = NULL;

  if (skips ())
    return;
  chat = create (&d->chats);
  tlm_small_disk_fill (d->disk);
  tlm_chats_save_draft_async (d->chats.chats, chat, "half a thought", NULL, tlm_test_keep, &saved);
  tlm_test_await (&saved);
  g_assert_false (tlm_chats_save_draft_finish (d->chats.chats, saved, &error));
  assert_full (error);
  tlm_small_disk_empty (d->disk);
  wait_until_stored (d, "SELECT draft = 'half a thought' FROM chats");
}

static void
fill_once (TlmMessage *answer,
           GParamSpec *pspec,
           Disk       *d)
{
  g_signal_handlers_disconnect_by_func (answer, fill_once, d);
  tlm_small_disk_fill (d->disk);
}

static void
replies_wait_for_room (Disk         *d,
                       gconstpointer data)
{
  g_autoptr (GAsyncResult) sent = NULL;
  g_autoptr (TlmChat)      chat = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *sql = NULL, *folder = NULL;
  TlmMessage              *answer;

  if (skips ())
    return;
  folder = tlm_test_make_folder ();
  d->random_model = g_build_filename (folder, "random.gguf", NULL);
  tlm_test_make_model (d->random_model, NULL);
  chat = create (&d->chats);
  tlm_chats_set_model (d->chats.chats, d->random_model, NULL);
  tlm_chats_send_async (d->chats.chats, chat, "sing to me", NULL, tlm_test_keep, &sent);
  answer = get_message (chat, 1);
  g_signal_connect (answer, "notify::text", G_CALLBACK (fill_once), d);
  tlm_test_await (&sent);
  g_assert_false (tlm_chats_send_finish (d->chats.chats, sent, &error));
  assert_full (error);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
  g_assert_cmpuint (strlen (tlm_message_get_text (answer)), >, 100);
  tlm_small_disk_empty (d->disk);
  sql = g_strdup_printf ("SELECT state = 0 AND length (CAST (text AS BLOB)) = %" G_GSIZE_FORMAT
                         " FROM messages WHERE role = 1", strlen (tlm_message_get_text (answer)));
  wait_until_stored (d, sql);
  tlm_test_remove_folder (g_steal_pointer (&folder));
}

/* ---- a start ---- */

static void
assert_said_full (TlmStore *store)
{
  const char *reason = tlm_store_get_volatile_reason (store);

  g_assert_nonnull (reason);
  g_test_message ("%s", reason);
  g_assert_nonnull (strstr (reason, "The disk is full"));
}

/* Closed well, the database has no index of a log beside it, and there is no room for one. */
static void
a_start_shows_what_is_there (Disk         *d,
                             gconstpointer data)
{
  g_autoptr (GAsyncResult) created = NULL, loaded = NULL;
  g_autoptr (TlmStore)     store = NULL;
  g_autoptr (TlmNotes)     notes = NULL;

  if (skips ())
    return;
  tlm_notes_create_async (d->notes, "walrus", NULL, tlm_test_keep, &created);
  tlm_test_await (&created);
  g_object_unref (tlm_notes_create_finish (d->notes, created, NULL));
  tlm_store_close (d->chats.store);
  tlm_small_disk_fill (d->disk);
  store = tlm_test_open_store (d->chats.path);
  assert_said_full (store);
  notes = tlm_notes_new (store);
  tlm_notes_load_async (notes, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_notes_load_finish (notes, loaded, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (notes)), ==, 1);
  tlm_store_close (store);
}

/* What is shown of it can be locked again. */
static void
a_start_stays_locked (Disk         *d,
                      gconstpointer data)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  g_autoptr (TlmStore)      store = NULL;
  g_autoptr (GAsyncResult)  opened = NULL, unlocked = NULL;
  g_autoptr (GError)        error = NULL;
  TlmDb                    *db = tlm_db_new ();
  char                     *code;

  if (skips ())
    return;
  tlm_store_close (d->chats.store);
  g_assert_true (tlm_db_open (db, d->chats.path, NULL));
  g_assert_true (tlm_db_convert (db, tlm_vault_new ("correct horse", &cheap, &code, NULL), NULL));
  tlm_secret_free (code);
  tlm_db_free (db);
  tlm_small_disk_fill (d->disk);
  store = tlm_store_new ();
  tlm_store_open_async (store, d->chats.path, NULL, tlm_test_keep, &opened);
  tlm_test_await (&opened);
  g_assert_false (tlm_store_open_finish (store, opened, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED);
  g_assert_false (tlm_store_get_is_sealed (store));
  tlm_store_unlock_async (store, "correct horse", NULL, tlm_test_keep, &unlocked);
  tlm_test_await (&unlocked);
  g_assert_true (tlm_store_open_finish (store, unlocked, NULL));
  assert_said_full (store);
  g_assert_true (tlm_store_get_is_sealed (store));
  tlm_store_close (store);
}

/* ---- imports: nothing stays of what found no room ---- */

static char *
write_big_export (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char               *path = g_build_filename (g_get_tmp_dir (), "big-XXXXXX.jsonl", NULL);
  int                 fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  for (int i = 0; i < 8000; i++)
    g_string_append_printf (text, "{\"role\": \"%s\", \"content\": \"Tide %d comes and goes.\"}\n",
                            i % 2 ? "assistant" : "user", i);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  close (fd);
  return path;
}

static gboolean
import_chats (Disk    *d,
              GFile   *file,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  TlmChatsImported         imported;

  tlm_chats_import_async (d->chats.chats, file, NULL, NULL, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_import_finish (d->chats.chats, result, &imported, error);
}

static void
chats_are_imported_whole (Disk         *d,
                          gconstpointer data)
{
  g_autofree char   *path = NULL;
  g_autoptr (GFile)  file = NULL;
  g_autoptr (GError) error = NULL;

  if (skips ())
    return;
  path = write_big_export ();
  file = g_file_new_for_path (path);
  tlm_small_disk_fill (d->disk);
  g_assert_false (import_chats (d, file, &error));
  assert_full (error);
  g_assert_true (stored (d, "SELECT count(*) = 0 FROM messages"));
  tlm_small_disk_empty (d->disk);
  g_assert_true (import_chats (d, file, NULL));
  g_assert_true (stored (d, "SELECT count(*) = 8000 FROM messages"));
  g_unlink (path);
}

static gboolean
import_model (Disk    *d,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char         *model = tlm_paths_dup_data ("models/meeny.gguf"), *sentence = NULL;

  tlm_models_import_async (d->models, model, TRUE, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  sentence = tlm_models_finish (d->models, result, error);
  return sentence != NULL;
}

static guint
count_model_files (void)
{
  g_autofree char *folder = tlm_paths_dup_models ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint            n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
models_are_imported_whole (Disk         *d,
                           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (skips ())
    return;
  tlm_small_disk_fill (d->disk);
  g_assert_false (import_model (d, &error));
  assert_full (error);
  g_assert_cmpuint (count_model_files (), ==, 0);
  tlm_small_disk_empty (d->disk);
  g_assert_true (import_model (d, NULL));
  g_assert_cmpuint (count_model_files (), ==, 1);
}

/* ---- a training ---- */

static void
begin_training (Disk *d)
{
  g_autofree char        *model = tlm_paths_dup_data ("models/meeny.gguf");
  TlmExample              items[N_EXAMPLES];
  g_autoptr (TlmExamples) examples = NULL;
  TlmSpecialistOptions    options = { .model_path = model, .rank = 4, .epochs = 6, .seed = 1 };

  for (int i = 0; i < N_EXAMPLES; i++)
    items[i] = (TlmExample) { g_strdup_printf (i % 2 ? "please buy lamp %d" : "return chair %d", i),
                              (char *) (i % 2 ? "sales" : "refund") };
  options.examples = examples = tlm_examples_new (items, N_EXAMPLES);
  for (int i = 0; i < N_EXAMPLES; i++)
    g_free (items[i].input);
  tlm_training_start (d->training, 7, "Mail", &options);
}

/* It learns on to its end and waits there, with what it learned in memory, until there is room. */
static void
trainings_wait_for_room (Disk         *d,
                         gconstpointer data)
{
  if (skips ())
    return;
  begin_training (d);
  wait_until (tlm_training_get_points (d->training)->len > 0);
  tlm_small_disk_fill (d->disk);
  wait_until (d->said != NULL);
  g_test_message ("%s", d->said);
  g_assert_true (g_str_has_suffix (d->said, "."));
  g_assert_cmpint (tlm_training_get_state (d->training), ==, TLM_TRAINING_RUNNING);
  wait_until (tlm_training_get_progress (d->training)->step
              == tlm_training_get_progress (d->training)->n_steps);
  g_assert_cmpint (tlm_training_get_state (d->training), ==, TLM_TRAINING_RUNNING);
  tlm_small_disk_empty (d->disk);
  wait_until (tlm_training_get_state (d->training) == TLM_TRAINING_DONE);
  wait_until_stored (d, "SELECT finished = 1 FROM trainings");
}

#define ADD_DISK(path, func) g_test_add ("/app/disk-full/" path, Disk, NULL, begin, func, end)

int
main (int    argc,
      char **argv)
{
  char *home;
  int   status;

  g_test_init (&argc, &argv, NULL);
  home = tlm_test_make_folder ();
  g_setenv ("XDG_DATA_HOME", home, TRUE); /* before GLib reads it */
  can_mount = tlm_small_disk_prepare ();
  ADD_DISK ("notes-wait-for-room", notes_wait_for_room);
  ADD_DISK ("drafts-wait-for-room", drafts_wait_for_room);
  ADD_DISK ("replies-wait-for-room", replies_wait_for_room);
  ADD_DISK ("a-start-shows-what-is-there", a_start_shows_what_is_there);
  ADD_DISK ("a-start-stays-locked", a_start_stays_locked);
  ADD_DISK ("chats-are-imported-whole", chats_are_imported_whole);
  ADD_DISK ("models-are-imported-whole", models_are_imported_whole);
  ADD_DISK ("trainings-wait-for-room", trainings_wait_for_room);
  status = g_test_run ();
  tlm_test_remove_folder (home);
  return status;
}
