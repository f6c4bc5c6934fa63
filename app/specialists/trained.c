/* SPDX-License-Identifier: Apache-2.0 */
/* The rows are those of the trainings that ended (training-record.c). A change and the rows that
 * there are then are one job on the store's thread; their files are read, and their digests made,
 * on a thread of their own. */
#include "trained.h"

#include "core/errors.h"
#include "store/store-private.h"
#include "trained-import.h"
#include "training-record.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

struct _TlmTrained
{
  GObject         parent_instance;
  TlmTrainedState state;
};

struct _TlmTrainedList
{
  GObject     parent_instance;
  TlmStore   *store;
  GListStore *list;
  guint       begun, shown; /* changes: the last that was begun, and the one that the list is of */
};

static guint failed_signal, listed_signal;

/* ---- one ---- */

G_DEFINE_FINAL_TYPE (TlmTrained, tlm_trained, G_TYPE_OBJECT)

static void
tlm_trained_finalize (GObject *object)
{
  TlmTrainedState *state = &TLM_TRAINED (object)->state;

  g_free (state->name);
  g_free (state->path);
  g_free (state->base_path);
  g_clear_pointer (&state->card, tlm_specialist_card_free);
  G_OBJECT_CLASS (tlm_trained_parent_class)->finalize (object);
}

static void
tlm_trained_class_init (TlmTrainedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_trained_finalize;
}

static void
tlm_trained_init (TlmTrained *self)
{
}

const TlmTrainedState *
tlm_trained_get_state (TlmTrained *self)
{
  return &self->state;
}

/* ---- reading ---- */

static TlmTrained *
read_row (sqlite3_stmt *row)
{
  TlmTrained      *self = g_object_new (TLM_TYPE_TRAINED, NULL);
  TlmTrainedState *state = &self->state;

  state->id = sqlite3_column_int64 (row, 0);
  state->name = g_strdup (tlm_db_column_text (row, 1));
  state->base_path = g_strdup (tlm_db_column_text (row, 2));
  state->path = g_strdup (tlm_db_column_text (row, 3));
  state->used = sqlite3_column_int (row, 4) != 0;
  state->n_specialist = (guint) sqlite3_column_int (row, 5);
  state->n_base = (guint) sqlite3_column_int (row, 6);
  state->n_same = (guint) sqlite3_column_int (row, 7);
  state->can_vote = sqlite3_column_int (row, 8) != 0;
  state->full = sqlite3_column_int (row, 9) != 0;
  return self;
}

gboolean
tlm_trained_delete (TlmDb   *db,
                    gint64   before,
                    gint64   id,
                    GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT out FROM trainings WHERE trashed < ?1 "
                                    "AND ?2 IN (0, id) AND full = 0", "ii", before, id);
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_unlink (tlm_db_column_text (row, 0));
  return more == 0
         && tlm_db_run (db, error, "DELETE FROM trainings WHERE trashed < ?1 AND ?2 IN (0, id)", "ii",
                        before, id);
}

static gboolean
empty_bin (TlmDb   *db,
           GError **error)
{
  gint64 limit_us;

  return tlm_store_get_bin_limit (db, &limit_us, error)
         && tlm_trained_delete (db, limit_us / G_USEC_PER_SEC, 0, error);
}

static GPtrArray *
read_all (TlmDb   *db,
          GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  sqlite3_stmt         *row = NULL;
  int                   more = -1;

  if (empty_bin (db, error))
    row = tlm_db_query (db, error,
                        "SELECT id, name, base, out, used, n_specialist, n_base, n_same, EXISTS "
                        "(SELECT 1 FROM training_examples WHERE training_id = trainings.id), full "
                        "FROM trainings WHERE finished = 1 AND trashed IS NULL ORDER BY id DESC",
                        "");
  while (row != NULL && (more = tlm_db_step (db, row, error)) > 0)
    g_ptr_array_add (all, read_row (row));
  return more == 0 ? g_steal_pointer (&all) : NULL;
}

/* ---- changes ---- */

typedef struct _Change Change;

struct _Change
{
  gboolean (*func) (TlmDb *db, const Change *change, GError **error); /* (nullable) */
  guint             number;
  gint64            id, value, other, third;
  char             *text;
  TlmTrainedImport *import;
};

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->text);
  g_clear_pointer (&change->import, tlm_trained_import_free);
  g_free (change);
}

static void
change_job (gpointer owner,
            GTask   *task)
{
  const Change *change = g_task_get_task_data (task);
  GError       *error = NULL;
  GPtrArray    *all = NULL;

  if (change->func == NULL || change->func (owner, change, &error))
    all = read_all (owner, &error);
  if (all != NULL)
    g_task_return_pointer (task, all, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/* They are nobody else's yet. */
static void
cards_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  GPtrArray *all = data;

  for (guint i = 0; i < all->len; i++)
    {
      TlmTrainedState *state = &TLM_TRAINED (all->pdata[i])->state;

      state->card = tlm_specialist_card_read (state->path, NULL);
    }
  g_task_return_boolean (task, TRUE);
}

/* @number: of a change. One that a later one overtook is not shown. */
static void
cards_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      number)
{
  TlmTrainedList *self = TLM_TRAINED_LIST (source);
  GPtrArray      *all = g_task_get_task_data (G_TASK (result));

  if (GPOINTER_TO_UINT (number) <= self->shown)
    return;
  self->shown = GPOINTER_TO_UINT (number);
  g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                       all->pdata, all->len);
  g_signal_emit (self, listed_signal, 0); /* of a list that stays empty GLib 2.90 tells nobody */
}

static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GPtrArray         *all = g_task_propagate_pointer (G_TASK (result), &error);
  Change            *change = g_task_get_task_data (G_TASK (result));
  GTask             *task;

  g_clear_pointer (&change->import, tlm_trained_import_free); /* before anybody hears of it */
  if (all == NULL)
    {
      g_signal_emit (source, failed_signal, 0, error->message);
      return;
    }
  task = g_task_new (source, NULL, cards_cb, GUINT_TO_POINTER (change->number));
  g_task_set_task_data (task, all, (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, cards_thread);
  g_object_unref (task);
}

/* @given: its text and its import are taken */
static void
begin (TlmTrainedList *self,
       const Change   *given)
{
  GTask  *task = g_task_new (self, NULL, changed_cb, NULL);
  Change *change = g_memdup2 (given, sizeof *given);

  change->number = ++self->begun;
  g_task_set_task_data (task, change, change_free);
  tlm_store_post (self->store, task, change_job);
}

void
tlm_trained_list_load (TlmTrainedList *self)
{
  begin (self, &(Change) { NULL });
}

static gboolean
do_rename (TlmDb        *db,
           const Change *change,
           GError      **error)
{
  return *change->text == '\0'
         || tlm_db_run (db, error, "UPDATE trainings SET name = ? WHERE id = ?", "ti", change->text,
                        change->id);
}

void
tlm_trained_list_rename (TlmTrainedList *self,
                         TlmTrained     *trained,
                         const char     *name)
{
  begin (self, &(Change) { do_rename, .id = trained->state.id,
                           .text = g_strstrip (g_strdup (name)) });
}

static gboolean
do_use (TlmDb        *db,
        const Change *change,
        GError      **error)
{
  return tlm_db_run (db, error, "UPDATE trainings SET used = ? WHERE id = ?", "ii", change->value,
                     change->id);
}

void
tlm_trained_list_use (TlmTrainedList *self,
                      TlmTrained     *trained,
                      gboolean        used)
{
  begin (self, &(Change) { do_use, .id = trained->state.id, .value = used });
}

static gboolean
do_vote (TlmDb        *db,
         const Change *change,
         GError      **error)
{
  return tlm_db_run (db, error,
                     "UPDATE trainings SET n_specialist = ?, n_base = ?, n_same = ? WHERE id = ?",
                     "iiii", change->value, change->other, change->third, change->id);
}

void
tlm_trained_list_vote (TlmTrainedList *self,
                       TlmTrained     *trained,
                       guint           n_specialist,
                       guint           n_base,
                       guint           n_same)
{
  begin (self, &(Change) { do_vote, .id = trained->state.id, .value = n_specialist, .other = n_base,
                           .third = n_same });
}

static gboolean
do_trash (TlmDb        *db,
          const Change *change,
          GError      **error)
{
  return tlm_db_run (db, error, "UPDATE trainings SET trashed = ? WHERE id = ?", "ii", change->value,
                     change->id);
}

static gboolean
do_restore (TlmDb        *db,
            const Change *change,
            GError      **error)
{
  if (!tlm_db_run (db, error, "UPDATE trainings SET trashed = NULL WHERE id = ?", "i", change->id))
    return FALSE;
  if (sqlite3_changes (tlm_db_get_handle (db)) > 0)
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_NOT_FOUND, _("This is no longer in the bin."));
  return FALSE;
}

void
tlm_trained_list_remove (TlmTrainedList *self,
                         TlmTrained     *trained)
{
  begin (self, &(Change) { do_trash, .id = trained->state.id,
                           .value = g_get_real_time () / G_USEC_PER_SEC });
}

void
tlm_trained_list_restore (TlmTrainedList *self,
                          TlmTrained     *trained)
{
  begin (self, &(Change) { do_restore, .id = trained->state.id });
}

/* ---- import ---- */

static gboolean
do_add (TlmDb        *db,
        const Change *change,
        GError      **error)
{
  TlmTrainedImport *import = change->import;

  if (!tlm_trained_import_check (db, import, error)
      || !tlm_training_record_free_name (db, import->path, error))
    return FALSE;
  import->kept = tlm_db_run (db, error,
                             "INSERT INTO trainings (set_id, name, base, out, rank, alpha, "
                             "dropout, rate, targets, epochs, minutes, seed, finished) "
                             "VALUES (0, ?, ?, ?, 0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0, 1)", "ttt",
                             import->name, import->base_path, import->path);
  return import->kept;
}

static void
imported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TlmTrainedList) self = user_data;
  g_autoptr (GError)         error = NULL;
  TlmTrainedImport          *import = tlm_trained_import_finish (result, &error);

  if (import == NULL)
    g_signal_emit (self, failed_signal, 0, error->message);
  else
    begin (self, &(Change) { do_add, .import = import });
}

void
tlm_trained_list_import (TlmTrainedList *self,
                         const char     *path,
                         char          **bases)
{
  tlm_trained_import_async (path, bases, imported_cb, g_object_ref (self));
}

/* ---- how it was trained ---- */

static void
options_job (gpointer owner,
             GTask   *task)
{
  GError                       *error = NULL;
  g_autoptr (TlmTrainingRecord) record
    = tlm_training_record_find (owner, g_task_get_task_data (task), &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (record == NULL)
    g_task_return_new_error (task, TLM_ERROR, TLM_ERROR_FAILED,
                             _("Its examples are not there any more."));
  else
    g_task_return_pointer (task, tlm_specialist_options_copy (record->options),
                           (GDestroyNotify) tlm_specialist_options_free);
}

void
tlm_trained_list_options_async (TlmTrainedList     *self,
                                TlmTrained         *trained,
                                GAsyncReadyCallback cb,
                                gpointer            data)
{
  GTask *task = g_task_new (self, NULL, cb, data);

  g_task_set_task_data (task, g_strdup (trained->state.path), g_free);
  tlm_store_post (self->store, task, options_job);
}

TlmSpecialistOptions *
tlm_trained_list_options_finish (TlmTrainedList *self,
                                 GAsyncResult   *r,
                                 GError        **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}

/* ---- all ---- */

G_DEFINE_FINAL_TYPE (TlmTrainedList, tlm_trained_list, G_TYPE_OBJECT)

GListModel *
tlm_trained_list_get (TlmTrainedList *self)
{
  return G_LIST_MODEL (self->list);
}

TlmTrained *
tlm_trained_list_find (TlmTrainedList *self,
                       const char     *path)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (g_str_equal (trained->state.path, path))
        return trained; /* the list holds it */
    }
  return NULL;
}

TlmTrainedList *
tlm_trained_list_new (TlmStore *store)
{
  TlmTrainedList *self = g_object_new (TLM_TYPE_TRAINED_LIST, NULL);

  self->store = g_object_ref (store);
  return self;
}

static void
tlm_trained_list_finalize (GObject *object)
{
  TlmTrainedList *self = TLM_TRAINED_LIST (object);

  g_clear_object (&self->list);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_trained_list_parent_class)->finalize (object);
}

static void
tlm_trained_list_class_init (TlmTrainedListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_trained_list_finalize;
  failed_signal = g_signal_new ("failed", TLM_TYPE_TRAINED_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  listed_signal = g_signal_new ("listed", TLM_TYPE_TRAINED_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
tlm_trained_list_init (TlmTrainedList *self)
{
  self->list = g_list_store_new (TLM_TYPE_TRAINED);
}
