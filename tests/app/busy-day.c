/* SPDX-License-Identifier: Apache-2.0 */
/* Each actor is a chain: what its callback acknowledges is said, and a moment later it goes on. All
 * of them run on one main loop, as in the window. Texts begin with their version, which only grows. */
#include "busy-day.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/backups.h"
#include "store/bin.h"
#include "busy-store.h"
#include "chats/chats.h"
#include "core/errors.h"
#include "models/models.h"
#include "notes/notes.h"
#include "core/paths.h"
#include "support.h"
#include "specialists/training.h"

#define N_EXAMPLES 50

typedef struct
{
  TlmStore         *store;
  TlmEngineService *engine;
  TlmNotes         *notes;
  TlmChats         *chats;
  TlmModels        *models;
  TlmTraining      *training;
  GRand            *rand;
  char             *built_in; /* a model */
  GFile            *file;     /* to import */

  TlmNote          *note, *rubbish;
  TlmChat          *chat, *asked;
  TlmMessage       *answer;
  GCancellable     *stop;
  gint64            saved, typed; /* versions of the note and of the draft */
  guint             n_questions;
} Day;

static void
say (const char *what,
     gint64      id,
     gint64      value)
{
  char line[128];
  int  n = g_snprintf (line, sizeof line,
                       "%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                       g_get_monotonic_time (), what, id, value);

  g_assert_cmpint (write (STDOUT_FILENO, line, (gsize) n), ==, n);
}

/* A call of a person never fails in this day. */
static void
check (gboolean good,
       GError  *error)
{
  if (!good)
    g_error ("%s", error->message);
}

typedef struct
{
  void (*act) (Day *day);
  Day   *day;
} Later;

static gboolean
later_cb (gpointer data)
{
  Later *later = data;

  later->act (later->day);
  return G_SOURCE_REMOVE;
}

static void
later (Day  *day,
       gint  from_ms,
       gint  to_ms,
       void (*act) (Day *day))
{
  Later *later = g_new (Later, 1);

  *later = (Later) { act, day };
  g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) g_rand_int_range (day->rand, from_ms, to_ms),
                      later_cb, later, g_free);
}

/* "17 xxxx": from a word to a few pages */
static char *
dup_version (Day   *day,
             gint64 version)
{
  gint             len = 1 << g_rand_int_range (day->rand, 2, 13);
  g_autofree char *padding = g_strnfill ((gsize) len, 'x');

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", version, padding);
}

/* ---- a note is written ---- */

static void write_note (Day *day);

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  check (tlm_notes_save_finish (day->notes, result, &error), error);
  say ("note", tlm_note_get_id (day->note), day->saved);
  later (day, 1, 20, write_note);
}

static void
created_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  day->note = tlm_notes_create_finish (day->notes, result, &error);
  check (day->note != NULL, error);
  say ("note", tlm_note_get_id (day->note), day->saved);
  later (day, 1, 20, write_note);
}

static void
write_note (Day *day)
{
  gboolean         new = day->note == NULL || day->saved % 40 == 0;
  g_autofree char *text = dup_version (day, new ? day->saved = 1 : ++day->saved);

  if (new)
    {
      g_clear_object (&day->note);
      tlm_notes_create_async (day->notes, text, NULL, created_cb, day);
    }
  else
    tlm_notes_save_async (day->notes, day->note, text, NULL, saved_cb, day);
}

/* ---- a draft is typed ---- */

static void type (Day *day);

static void
typed_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  check (tlm_chats_save_draft_finish (day->chats, result, &error), error);
  say ("draft", tlm_chat_get_id (day->chat), day->typed);
  later (day, 1, 20, type);
}

static void
type (Day *day)
{
  g_autofree char *text = dup_version (day, ++day->typed);

  tlm_chats_save_draft_async (day->chats, day->chat, text, NULL, typed_cb, day);
}

static void
draft_chat_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  day->chat = tlm_chats_create_finish (day->chats, result, &error);
  check (day->chat != NULL, error);
  type (day);
}

static void
begin_a_draft (Day *day)
{
  tlm_chats_create_async (day->chats, NULL, draft_chat_cb, day);
}

/* ---- a model answers, and is stopped ---- */

static void ask (Day *day);

static void
shown_cb (Day *day)
{
  say ("shown", tlm_message_get_id (day->answer),
       (gint64) strlen (tlm_message_get_text (day->answer)));
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  check (tlm_chats_send_finish (day->chats, result, &error), error);
  say ("answered", tlm_message_get_id (day->answer),
       (gint64) strlen (tlm_message_get_text (day->answer)));
  g_signal_handlers_disconnect_by_data (day->answer, day);
  g_clear_object (&day->answer);
  g_clear_object (&day->stop);
  if (++day->n_questions % 3 == 0)
    g_clear_object (&day->asked);
  later (day, 1, 50, ask);
}

static gboolean
stop_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
send (Day *day)
{
  day->stop = g_cancellable_new ();
  tlm_chats_send_async (day->chats, day->asked, "Tell me something.", day->stop, answered_cb, day);
  day->answer = g_list_model_get_item (G_LIST_MODEL (day->asked),
                                       g_list_model_get_n_items (G_LIST_MODEL (day->asked)) - 1);
  g_signal_connect_swapped (day->answer, "notify::text", G_CALLBACK (shown_cb), day);
  g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) g_rand_int_range (day->rand, 100, 6000), stop_cb,
                      g_object_ref (day->stop), g_object_unref);
}

static void
asked_chat_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  day->asked = tlm_chats_create_finish (day->chats, result, &error);
  check (day->asked != NULL, error);
  send (day);
}

static void
ask (Day *day)
{
  if (day->asked == NULL)
    tlm_chats_create_async (day->chats, NULL, asked_chat_cb, day);
  else
    send (day);
}

/* ---- notes are imported, thrown away, and taken back or deleted for good ---- */

static void import_note (Day *day);

static void
emptied_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  check (tlm_bin_delete_finish (day->store, result, &error), error);
  say ("gone", tlm_note_get_id (day->rubbish), 0);
  g_clear_object (&day->rubbish);
  later (day, 1, 60, import_note);
}

static void
taken_back_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  check (tlm_notes_restore_finish (day->notes, result, &error), error);
  say ("trashed", tlm_note_get_id (day->rubbish), 0);
  g_clear_object (&day->rubbish);
  later (day, 1, 60, import_note);
}

static void
thrown_away_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;
  gint64  id = tlm_note_get_id (day->rubbish);

  check (tlm_notes_trash_finish (day->notes, result, &error), error);
  say ("trashed", id, 1);
  if (g_rand_boolean (day->rand))
    {
      say ("trashing", id, 0);
      tlm_notes_restore_async (day->notes, day->rubbish, NULL, taken_back_cb, day);
    }
  else
    {
      say ("emptying", 0, 0);
      tlm_bin_delete_async (day->store, NULL, NULL, emptied_cb, day);
    }
}

static void
imported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  day->rubbish = tlm_notes_import_finish (day->notes, result, &error);
  check (day->rubbish != NULL, error);
  say ("note", tlm_note_get_id (day->rubbish), 7); /* as the file says */
  say ("trashing", tlm_note_get_id (day->rubbish), 1);
  tlm_notes_trash_async (day->notes, day->rubbish, NULL, thrown_away_cb, day);
}

static void
import_note (Day *day)
{
  tlm_notes_import_async (day->notes, day->file, NULL, imported_cb, day);
}

/* ---- a model is added and deleted ---- */

static void change_models (Day *day);

static gint64
count_copies (Day *day)
{
  GListModel *list = tlm_models_get_list (day->models);
  gint64      n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (list, i);

      n += tlm_model_get_state (model)->kind == TLM_MODEL_COPY;
    }
  return n;
}

static void
models_changed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  Day             *day = data;
  GError          *error = NULL;
  g_autofree char *sentence = tlm_models_finish (day->models, result, &error);

  check (sentence != NULL, error);
  say ("models", 0, count_copies (day));
  later (day, 50, 300, change_models);
}

static void
change_models (Day *day)
{
  gint64               n = count_copies (day);
  GListModel          *list = tlm_models_get_list (day->models);
  g_autoptr (TlmModel) last = g_list_model_get_item (list, g_list_model_get_n_items (list) - 1);

  say ("changing", 0, n == 0 ? 1 : n - 1);
  if (n == 0)
    tlm_models_import_async (day->models, day->built_in, TRUE, NULL, models_changed_cb, day);
  else
    tlm_models_remove_async (day->models, last, TRUE, NULL, models_changed_cb, day);
}

static void
load_models (Day *day)
{
  tlm_models_load_async (day->models, NULL, models_changed_cb, day);
}

/* ---- a specialist is trained ---- */

/* Of "Mail-12.gguf": 12. */
static gint64
get_training (Day *day)
{
  const char *number = strstr (tlm_training_get_options (day->training)->out_path, "/Mail-");

  return number != NULL ? atoi (number + strlen ("/Mail-")) : 1;
}

static void
stepped_cb (Day *day)
{
  const TlmSpecialistProgress *progress = tlm_training_get_progress (day->training);

  if (progress->stage == TLM_SPECIALIST_TRAIN)
    say ("step", get_training (day), progress->step);
}

static void
train (Day *day)
{
  TlmExample              items[N_EXAMPLES];
  g_autoptr (TlmExamples) examples = NULL;
  TlmSpecialistOptions    options = { .model_path = day->built_in, .rank = 4, .epochs = 12,
                                      .seed = 1, .n_threads = 1 };

  for (int i = 0; i < N_EXAMPLES; i++)
    items[i] = (TlmExample) { g_strdup_printf (i % 2 ? "please buy lamp %d" : "return chair %d", i),
                              (char *) (i % 2 ? "sales" : "refund") };
  options.examples = examples = tlm_examples_new (items, N_EXAMPLES);
  for (int i = 0; i < N_EXAMPLES; i++)
    g_free (items[i].input);
  tlm_training_start (day->training, 7, "Mail", &options);
}

static void
training_changed_cb (Day *day)
{
  if (tlm_training_get_state (day->training) == TLM_TRAINING_DONE)
    say ("trained", get_training (day), 0);
  else if (tlm_training_get_state (day->training) == TLM_TRAINING_WAITING)
    tlm_training_go_on (day->training);
}

static void
failed_cb (Day        *day,
           const char *sentence)
{
  g_error ("%s", sentence);
}

/* Nothing waits to go on, or one that is done. */
static void
train_if_idle (Day *day)
{
  TlmTrainingState state = tlm_training_get_state (day->training);

  if (state == TLM_TRAINING_NONE || state == TLM_TRAINING_DONE)
    train (day);
  later (day, 200, 400, train_if_idle);
}

/* ---- a backup now and then ---- */

static void back_up (Day *day);

static void
backed_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Day    *day = data;
  GError *error = NULL;

  check (tlm_store_backup_finish (day->store, result, &error), error);
  say ("backup", 0, 0);
  later (day, 300, 1500, back_up);
}

static void
back_up (Day *day)
{
  tlm_store_back_up_async (day->store, NULL, backed_up_cb, day);
}

/* ---- the day ---- */

static void
open_store (Day *day)
{
  g_autofree char *path = tlm_paths_dup_database ();

  day->store = tlm_busy_store_open (path);
  say ("opened", 0, 0);
}

static void
load (Day *day)
{
  g_autoptr (GAsyncResult) notes = NULL, chats = NULL;

  tlm_notes_load_async (day->notes, NULL, tlm_test_keep, &notes);
  tlm_test_await (&notes);
  g_assert_true (tlm_notes_load_finish (day->notes, notes, NULL));
  tlm_chats_load_async (day->chats, NULL, tlm_test_keep, &chats);
  tlm_test_await (&chats);
  g_assert_true (tlm_chats_load_finish (day->chats, chats, NULL));
}

static void
make_services (Day        *day,
               const char *model)
{
  g_autofree char *reader = tlm_paths_dup_data ("models/eeny.gguf");

  day->built_in = tlm_paths_dup_data ("models/meeny.gguf");
  day->engine = tlm_engine_service_new (reader);
  day->notes = tlm_notes_new (day->store);
  day->chats = tlm_chats_new (day->store, day->engine);
  day->models = tlm_models_new (day->store);
  day->training = tlm_training_new (day->store, 0);
  tlm_chats_set_model (day->chats, model, NULL);
  g_signal_connect_swapped (day->training, "changed", G_CALLBACK (training_changed_cb), day);
  g_signal_connect_swapped (day->training, "progress", G_CALLBACK (stepped_cb), day);
  g_signal_connect_swapped (day->training, "failed", G_CALLBACK (failed_cb), day);
}

/* MODEL FILE SEED */
static void
be_busy (char **argv)
{
  Day day = { .rand = g_rand_new_with_seed ((guint32) atoi (argv[2])),
              .file = g_file_new_for_path (argv[1]) };

  open_store (&day);
  make_services (&day, argv[0]);
  tlm_training_load (day.training); /* the store is asked in this order */
  load (&day);
  write_note (&day);
  begin_a_draft (&day);
  ask (&day);
  import_note (&day);
  load_models (&day);
  later (&day, 50, 200, train_if_idle);
  later (&day, 100, 1000, back_up);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}

gboolean
tlm_busy_day_run (int    argc,
                  char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "--busy"))
    be_busy (argv + 2);
  else if (argc == 3)
    return tlm_busy_store_run (argv[1], argv[2]);
  else
    return FALSE;
  return TRUE;
}
