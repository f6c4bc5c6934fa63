/* SPDX-License-Identifier: Apache-2.0 */
/* The list of notes: it holds titles and times, the store holds the texts (notes-text.c). Each public call has
 * an outer task for its caller and an inner one for the store's thread; between the two the list
 * is put right on the main thread. */
#include "notes-private.h"

#include "core/errors.h"

static guint gone_signal;

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
  gone_signal = g_signal_new ("gone", TLM_TYPE_NOTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, TLM_TYPE_NOTE);
  g_signal_new ("parted", TLM_TYPE_NOTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                TLM_TYPE_NOTE);
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
  g_signal_emit (self, gone_signal, 0, note);
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

static gboolean
insert (TlmDb         *db,
        GHashTable    *known,
        TlmNoteChange *change,
        GError       **error)
{
  if (!tlm_db_run (db, error,
                   "INSERT INTO notes (title, text, created, updated) VALUES (?, ?, ?, ?)", "ttii",
                   change->title, change->text, change->now, change->now))
    return FALSE;
  change->id = sqlite3_last_insert_rowid (tlm_db_get_handle (db));
  tlm_notes_know (known, change->id, change->now);
  return TRUE;
}

static gboolean
create_all (TlmDb         *db,
            GHashTable    *known,
            TlmNoteChange *change,
            GError       **error)
{
  const TlmNoteFile *file = change->file;

  return insert (db, known, change, error)
         && (file == NULL || file->keep (db, change, file->data, error))
         && tlm_db_commit (db, error);
}

static void
create_job (gpointer owner,
            GTask   *task)
{
  TlmNotes *self = g_task_get_source_object (task);
  GError   *error = NULL;
  gboolean  begun = tlm_db_begin (owner, &error);
  gboolean  good = begun && create_all (owner, self->known, g_task_get_task_data (task), &error);

  if (begun && !good)
    tlm_db_rollback (owner);
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
tlm_notes_create (TlmNotes          *self,
                  const char        *text,
                  const TlmNoteFile *file,
                  GTask             *outer)
{
  TlmNoteChange *change = tlm_note_change_new_text (NULL, text, outer);

  if (change == NULL)
    return;
  change->file = file;
  tlm_notes_post (self, change, outer, create_job, created);
}

void
tlm_notes_create_async (TlmNotes           *self,
                        const char         *text,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  tlm_notes_create (self, text, NULL, g_task_new (self, c, cb, data));
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
