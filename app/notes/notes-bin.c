/* SPDX-License-Identifier: Apache-2.0 */
/* Notes go to the bin and come back. Loading the list empties what has lain there too long. */
#include "notes-private.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>

static void
trash_job (gpointer owner,
           GTask   *task)
{
  TlmNoteChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  gboolean       good;

  good = tlm_db_run (owner, &error, "UPDATE notes SET trashed = ? WHERE id = ?", "ii", change->now,
                     change->id);
  tlm_task_return_success (task, good, error);
}

static void
trashed (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  TlmNotes         *self = TLM_NOTES (source);
  g_autoptr (GTask) outer = data;
  TlmNoteChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (good)
    tlm_ordered_list_remove (&self->list, change->note);
  tlm_task_return_success (outer, good, error);
}

void
tlm_notes_trash_async (TlmNotes           *self,
                       TlmNote            *note,
                       GCancellable       *c,
                       GAsyncReadyCallback cb,
                       gpointer            data)
{
  tlm_notes_post (self, tlm_note_change_new (note), g_task_new (self, c, cb, data), trash_job,
                  trashed);
}

gboolean
tlm_notes_trash_finish (TlmNotes     *self,
                        GAsyncResult *r,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}

static void
restore_job (gpointer owner,
             GTask   *task)
{
  TlmNoteChange *change = g_task_get_task_data (task);
  GError        *error = NULL;
  gboolean       good;

  good = tlm_db_run (owner, &error, "UPDATE notes SET trashed = NULL WHERE id = ? "
                                  "AND trashed IS NOT 0", "i", change->id);
  if (good && sqlite3_changes (tlm_db_get_handle (owner)) == 0)
    {
      g_set_error_literal (&error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                           _("This note is no longer in the bin."));
      good = FALSE;
    }
  tlm_task_return_success (task, good, error);
}

static void
restored (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TlmNotes         *self = TLM_NOTES (source);
  g_autoptr (GTask) outer = data;
  TlmNoteChange    *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;
  gboolean          good = g_task_propagate_boolean (G_TASK (result), &error);

  if (good && tlm_ordered_list_find (&self->list, change->id) == NULL)
    tlm_ordered_list_insert (&self->list, change->note);
  tlm_task_return_success (outer, good, error);
}

void
tlm_notes_restore_async (TlmNotes           *self,
                         TlmNote            *note,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  tlm_notes_post (self, tlm_note_change_new (note), g_task_new (self, c, cb, data), restore_job,
                  restored);
}

gboolean
tlm_notes_restore_finish (TlmNotes     *self,
                          GAsyncResult *r,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), FALSE);
  return g_task_propagate_boolean (G_TASK (r), error);
}
