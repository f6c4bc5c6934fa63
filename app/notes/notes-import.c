/* SPDX-License-Identifier: Apache-2.0 */
/* A file becomes a new note: read off the main thread, and a document turned into Markdown. The
 * file is never written. */
#include "notes-private.h"

#include "core/errors.h"
#include "import/import.h"
#include "core/text-input.h"

#include <string.h>

static void
read_file (GTask        *task,
           gpointer      source,
           gpointer      data,
           GCancellable *cancellable)
{
  GError *error = NULL;
  char   *text = tlm_import_read_file (data, NULL, NULL, cancellable, &error);

  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, error);
}

static void
file_was_read (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  GTask           *outer = data;
  GError          *error = NULL;
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), &error);
  const char      *start = text;

  if (text == NULL)
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }
  /* In a note, unlike in the file, a byte order mark would be a stray character. */
  if (g_str_has_prefix (text, TLM_TEXT_BOM))
    start += strlen (TLM_TEXT_BOM);
  tlm_notes_create (TLM_NOTES (source), start, NULL, outer);
}

void
tlm_notes_import_async (TlmNotes           *self,
                        GFile              *file,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  GTask            *outer = g_task_new (self, c, cb, data);
  g_autoptr (GTask) inner = g_task_new (self, c, file_was_read, outer);

  g_task_set_task_data (inner, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (inner, read_file);
}

TlmNote *
tlm_notes_import_finish (TlmNotes     *self,
                         GAsyncResult *r,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (r, self), NULL);
  return g_task_propagate_pointer (G_TASK (r), error);
}
