/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a note, from the store and into it. A save that the store refuses is kept and tried again. */
#include "notes-private.h"

#include "core/errors.h"
#include "core/text-input.h"
#include "titles.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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
  g_signal_emit_by_name (self, "parted", other);
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
  gboolean          from_here = change->basis == 0;

  if (from_here && tlm_note_end_save (change->note, change->save, good) && !good)
    keep_unsaved (self, change);
  if (good)
    {
      tlm_note_set_title (change->note, change->title);
      tlm_note_set_updated_us (change->note, change->now);
      tlm_ordered_list_move (&self->list, change->note);
      show_other (self, change);
    }
  if (good && !from_here)
    tlm_note_replaced (change->note);
  tlm_task_return_success (outer, good, error);
}

TlmNoteChange *
tlm_note_change_new_text (TlmNote    *note,
                          const char *text,
                          GTask      *outer)
{
  TlmNoteChange *change;
  GError        *error = NULL;

  if (!tlm_text_check_utf8 (text, strlen (text), &error))
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return NULL;
    }
  change = tlm_note_change_new (note);
  change->title = tlm_title_of_text (text);
  change->text = g_strdup (text);
  return change;
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
  TlmNoteChange *change = tlm_note_change_new_text (note, text, outer);

  if (change == NULL)
    return;
  change->save = tlm_note_begin_save (note);
  g_hash_table_remove (self->unsaved, note);
  tlm_notes_post (self, change, outer, save_job, saved);
}

void
tlm_notes_replace_async (TlmNotes           *self,
                         TlmNote            *note,
                         gint64              basis,
                         const char         *text,
                         const TlmNoteFile  *file,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  GTask         *outer = g_task_new (self, c, cb, data);
  TlmNoteChange *change = tlm_note_change_new_text (note, text, outer);

  if (change == NULL)
    return;
  change->basis = basis;
  change->file = file;
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
