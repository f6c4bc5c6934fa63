/* SPDX-License-Identifier: Apache-2.0 */
/* The list of notes: it holds titles and times, the store holds the texts. Each public call has
 * an outer task for its caller and an inner one for the store's thread; between the two the list
 * is put right on the main thread. */
#include "notes-private.h"

#include "core/errors.h"
#include "core/text-input.h"
#include "titles.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { GONE, PARTED, N_SIGNALS };

static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return TLM_TYPE_NOTE;
}

static guint
get_n_items (GListModel *model)
{
  return TLM_NOTES (model)->list.items->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GPtrArray *items = TLM_NOTES (model)->list.items;

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TlmNotes, tlm_notes, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tlm_notes_finalize (GObject *object)
{
  TlmNotes *self = TLM_NOTES (object);

  tlm_ordered_list_clear (&self->list);
  g_hash_table_unref (self->unsaved);
  g_hash_table_unref (self->known);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_notes_parent_class)->finalize (object);
}

static void
tlm_notes_class_init (TlmNotesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_notes_finalize;
  signals[GONE] = g_signal_new ("gone", TLM_TYPE_NOTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, TLM_TYPE_NOTE);
  signals[PARTED] = g_signal_new ("parted", TLM_TYPE_NOTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, TLM_TYPE_NOTE);
}

static gint64
get_note_time (gpointer note)
{
  return tlm_note_get_updated_us (note);
}

static gint64
get_note_id (gpointer note)
{
  return tlm_note_get_id (note);
}

static GHashTable *
unsaved_new (void)
{
  return g_hash_table_new_full (NULL, NULL, g_object_unref, g_free);
}

/* What fails again is kept again. */
static void
save_again (TlmNotes *self)
{
  g_autoptr (GHashTable) unsaved = g_steal_pointer (&self->unsaved);
  GHashTableIter         iter;
  gpointer               note, text;

  self->unsaved = unsaved_new ();
  g_hash_table_iter_init (&iter, unsaved);
  while (g_hash_table_iter_next (&iter, &note, &text))
    tlm_notes_save_async (self, note, text, NULL, NULL, NULL);
}

static void
tlm_notes_init (TlmNotes *self)
{
  tlm_ordered_list_init (&self->list, G_LIST_MODEL (self), get_note_time, get_note_id);
  self->unsaved = unsaved_new ();
  self->known = tlm_notes_known_new ();
}

/**
 * tlm_notes_new:
 *
 * Returns: (transfer full): an empty list, to be filled by tlm_notes_load_async()
 */
TlmNotes *
tlm_notes_new (TlmStore *store)
{
  TlmNotes *self = g_object_new (TLM_TYPE_NOTES, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "again", G_CALLBACK (save_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "closing", G_CALLBACK (save_again), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * tlm_notes_find:
 *
 * Returns: (transfer none) (nullable): the note of a search hit
 */
TlmNote *
tlm_notes_find (TlmNotes *self,
                gint64    id)
{
  return tlm_ordered_list_find (&self->list, id);
}

void
tlm_note_change_free (gpointer data)
{
  TlmNoteChange *change = data;

  g_clear_object (&change->note);
  g_free (change->title);
  g_free (change->text);
  g_free (change->other_title);
  g_free (change);
}

TlmNoteChange *
tlm_note_change_new (TlmNote *note)
{
  TlmNoteChange *change = g_new0 (TlmNoteChange, 1);

  change->note = note != NULL ? g_object_ref (note) : NULL;
  change->id = note != NULL ? tlm_note_get_id (note) : 0;
  change->now = g_get_real_time ();
  return change;
}

void
tlm_notes_post (TlmNotes           *self,
                TlmNoteChange      *change,
                GTask              *outer,
                TlmWorkerFunc       job,
                GAsyncReadyCallback done)
{
  GTask *inner = g_task_new (self, g_task_get_cancellable (outer), done, outer);

  g_task_set_task_data (inner, change, tlm_note_change_free);
  tlm_store_post (self->store, inner, job);
}

static void
load_job (gpointer owner,
          GTask   *task)
{
  TlmDb        *db = owner;
  GPtrArray    *notes = g_ptr_array_new_with_free_func (g_object_unref);
  GError       *error = NULL;
  sqlite3_stmt *row = NULL;

  if (tlm_store_empty_bin (db, TLM_WORDS_OF_NOTES,
                           "UPDATE notes SET trashed = 0 WHERE trashed > 0 AND trashed < ?", &error))
    row = tlm_db_query (db, &error, "SELECT id, title, updated FROM notes WHERE trashed IS NULL "
                                    "ORDER BY updated DESC, id DESC", "");
  while (row != NULL && tlm_db_step (db, row, &error) > 0)
    g_ptr_array_add (notes, tlm_note_new (sqlite3_column_int64 (row, 0),
                                          tlm_db_column_text (row, 1),
                                          sqlite3_column_int64 (row, 2)));
  if (error == NULL)
    {
      g_task_return_pointer (task, notes, (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  g_ptr_array_unref (notes);
  g_task_return_error (task, error);
}

static void
take_fresh (gpointer note,
            gpointer fresh,
            gpointer data)
{
  gboolean changed = tlm_note_get_updated_us (note) != tlm_note_get_updated_us (fresh);

  tlm_note_set_title (note, tlm_note_get_title (fresh));
  tlm_note_set_updated_us (note, tlm_note_get_updated_us (fresh));
  if (changed)
    tlm_note_replaced (note);
}

static void
tell_gone (gpointer note,
           gpointer self)
{
  g_signal_emit (self, signals[GONE], 0, note);
}

static void
loaded (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  TlmNotes         *self = TLM_NOTES (source);
  g_autoptr (GTask) outer = data;
  GError           *error = NULL;
  GPtrArray        *notes = g_task_propagate_pointer (G_TASK (result), &error);

  if (notes != NULL)
    {
      tlm_ordered_list_merge (&self->list, notes, take_fresh, tell_gone, self);
      g_ptr_array_unref (notes);
    }
  tlm_task_return_success (outer, notes != NULL, error);
}

void
tlm_notes_load_async (TlmNotes           *self,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  tlm_notes_post (self, tlm_note_change_new (NULL), g_task_new (self, c, cb, data), load_job,
                  loaded);
}

gboolean
tlm_notes_load_finish (TlmNotes     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}

static void
create_job (gpointer owner,
            GTask   *task)
{
  TlmDb         *db = owner;
  TlmNoteChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  gboolean       good;

  good = tlm_db_run (db, &error,
                     "INSERT INTO notes (title, text, created, updated) VALUES (?, ?, ?, ?)",
                     "ttii", change->title, change->text, change->now, change->now);
  if (good)
    {
      change->id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
      tlm_notes_know (TLM_NOTES (g_task_get_source_object (task))->known, change->id, change->now);
    }
  tlm_task_return_success (task, good, error);
}

static void
created (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  TlmNotes         *self = TLM_NOTES (source);
  g_autoptr (GTask) outer = data;
  TlmNoteChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  TlmNote          *note;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error);
      return;
    }
  note = tlm_note_new (change->id, change->title, change->now);
  tlm_ordered_list_insert (&self->list, note);
  g_task_return_pointer (outer, note, g_object_unref);
}

/* Takes @outer. */
void
tlm_notes_create (TlmNotes   *self,
                  const char *text,
                  GTask      *outer)
{
  TlmNoteChange *change;
  GError        *error = NULL;

  if (!tlm_text_check_utf8 (text, strlen (text), &error))
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }
  change = tlm_note_change_new (NULL);
  change->title = tlm_title_of_text (text);
  change->text = g_strdup (text);
  tlm_notes_post (self, change, outer, create_job, created);
}

void
tlm_notes_create_async (TlmNotes           *self,
                        const char         *text,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  tlm_notes_create (self, text, g_task_new (self, c, cb, data));
}

/**
 * tlm_notes_create_finish:
 *
 * Returns: (transfer full) (nullable): the note, which is in the list
 */
TlmNote *
tlm_notes_create_finish (TlmNotes     *self,
                         GAsyncResult *r,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), NULL);
  return g_task_propagate_pointer (G_TASK (r), error);
}

static void
get_text_job (gpointer owner,
              GTask   *task)
{
  TlmDb         *db = owner;
  TlmNoteChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  sqlite3_stmt  *row = tlm_db_query (db, &error, "SELECT text, updated FROM notes WHERE id = ?", "i",
                                    change->id);
  int           step = row != NULL ? tlm_db_step (db, row, &error) : -1;

  if (step > 0)
    {
      tlm_notes_know (TLM_NOTES (g_task_get_source_object (task))->known, change->id,
                      sqlite3_column_int64 (row, 1));
      g_task_return_pointer (task, g_strdup (tlm_db_column_text (row, 0)), g_free);
      sqlite3_reset (row);
    }
  else if (step == 0)
    g_task_return_new_error (task, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                             _("This note is no longer there."));
  else
    g_task_return_error (task, error);
}

void
tlm_notes_get_text_async (TlmNotes           *self,
                          TlmNote            *note,
                          GCancellable       *c,
                          GAsyncReadyCallback cb,
                          gpointer            data)
{
  GTask *task = g_task_new (self, c, cb, data);

  g_task_set_task_data (task, tlm_note_change_new (note), tlm_note_change_free);
  tlm_store_post (self->store, task, get_text_job);
}

/* What the store did not take is newer than what it has. */
char *
tlm_notes_get_text_finish (TlmNotes     *self,
                           GAsyncResult *r,
                           GError      **error)
{
  TlmNoteChange *change;
  const char    *unsaved;

  g_return_val_if_fail (g_task_is_valid (r, self), NULL);
  change = g_task_get_task_data (G_TASK (r));
  unsaved = g_hash_table_lookup (self->unsaved, change->note);
  return unsaved != NULL ? g_strdup (unsaved) : g_task_propagate_pointer (G_TASK (r), error);
}

static void
save_job (gpointer owner,
          GTask   *task)
{
  TlmNotes *self = g_task_get_source_object (task);
  GError   *error = NULL;
  gboolean  good = tlm_notes_write (owner, self->known, g_task_get_task_data (task), &error);

  tlm_task_return_success (task, good, error);
}

/* What came of another program's writing comes into the list. */
static void
show_other (TlmNotes      *self,
            TlmNoteChange *change)
{
  g_autoptr (TlmNote) other = NULL;

  if (change->is_new && tlm_ordered_list_find (&self->list, change->id) == NULL)
    tlm_ordered_list_insert (&self->list, change->note);
  if (change->other_id == 0)
    return;
  other = tlm_note_new (change->other_id, change->other_title, change->other_updated);
  tlm_ordered_list_insert (&self->list, other);
  g_signal_emit (self, signals[PARTED], 0, other);
}

/* The page may have turned to another note since. */
static void
keep_unsaved (TlmNotes      *self,
              TlmNoteChange *change)
{
  g_hash_table_replace (self->unsaved, g_object_ref (change->note), g_steal_pointer (&change->text));
  tlm_store_ask_again (self->store);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  TlmNotes         *self = TLM_NOTES (source);
  g_autoptr (GTask) outer = data;
  TlmNoteChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (tlm_note_end_save (change->note, change->save, good) && !good)
    keep_unsaved (self, change);
  if (good)
    {
      tlm_note_set_title (change->note, change->title);
      tlm_note_set_updated_us (change->note, change->now);
      tlm_ordered_list_move (&self->list, change->note);
      show_other (self, change);
    }
  tlm_task_return_success (outer, good, error);
}

void
tlm_notes_save_async (TlmNotes           *self,
                      TlmNote            *note,
                      const char         *text,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  GTask         *outer = g_task_new (self, c, cb, data);
  TlmNoteChange *change;
  GError        *error = NULL;

  if (!tlm_text_check_utf8 (text, strlen (text), &error))
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }
  change = tlm_note_change_new (note);
  change->title = tlm_title_of_text (text);
  change->text = g_strdup (text);
  change->save = tlm_note_begin_save (note);
  g_hash_table_remove (self->unsaved, note);
  tlm_notes_post (self, change, outer, save_job, saved);
}

gboolean
tlm_notes_save_finish (TlmNotes     *self,
                       GAsyncResult *r,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
