/* SPDX-License-Identifier: Apache-2.0 */
/* Looking through a folder is a chain: which files are known (the store's thread); which are new,
 * changed or gone (a thread of its own); then for each of them, when nothing else is to be done: read
 * it, and put the note right and remember its state at once; at last, say what went wrong. What fails
 * with one file is tried again the next time. */
#include "folder-walk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/errors.h"
#include "import/import.h"
#include "notes-private.h"
#include "store/store-private.h"
#include "core/text-input.h"

/* In a row; the rest is counted. */
#define MAX_PROBLEMS 3

static void
walk_free (gpointer data)
{
  TlmFolderWalk *walk = data;

  g_clear_pointer (&walk->known, g_hash_table_unref);
  g_clear_pointer (&walk->changes, g_ptr_array_unref);
  g_clear_pointer (&walk->inside, g_ptr_array_unref);
  g_ptr_array_unref (walk->problems);
  g_object_unref (walk->folder);
  g_clear_object (&walk->gone);
  g_object_unref (walk->item);
  g_object_unref (walk->self);
  g_free (walk->uri);
  g_free (walk);
}

static void take_next_change (TlmFolderWalk *walk);

void
tlm_folder_walk_add_problem (TlmFolderWalk *walk, char *sentence)
{
  if (walk->problems->len < MAX_PROBLEMS)
    g_ptr_array_add (walk->problems, sentence);
  else
    {
      walk->n_more++;
      g_free (sentence);
    }
}

static void
post (TlmFolderWalk *walk, TlmWorkerFunc job, GAsyncReadyCallback done)
{
  GTask *task = g_task_new (walk->self, walk->self->cancellable, done, walk);

  g_task_set_task_data (task, walk, NULL);
  tlm_store_post (walk->self->store, task, job);
}

/* ---- saying what went wrong ---- */

static void
show_problems (TlmFolderWalk *walk)
{
  g_autofree char *problem = NULL;

  if (walk->n_more > 0)
    g_ptr_array_add (walk->problems,
                     g_strdup_printf (ngettext ("And %u more.", "And %u more.", walk->n_more),
                                      walk->n_more));
  g_ptr_array_add (walk->problems, NULL);
  problem = g_strjoinv ("\n", (char **) walk->problems->pdata);
  tlm_folder_set_problem (walk->item, *problem != '\0' ? problem : NULL);
}

static void
end_walk (TlmFolderWalk *walk)
{
  g_autoptr (TlmFolders) self = g_object_ref (walk->self);

  if (!g_cancellable_is_cancelled (self->cancellable))
    show_problems (walk);
  walk_free (walk);
  tlm_folders_end_walk (self);
}

/* A conflict is over when one of the two notes is in the bin. */
static void
conflicts_job (gpointer owner, GTask *task)
{
  TlmFolderWalk *walk = g_task_get_task_data (task);
  GError        *error = NULL;
  sqlite3_stmt  *row;

  row = tlm_db_query (owner, &error,
                      "SELECT path, mine.title, theirs.title FROM folder_files "
                      "JOIN folders ON folders.id = folder_id JOIN notes mine ON mine.id = other_id "
                      "JOIN notes theirs ON theirs.id = note_id WHERE uri = ? "
                      "AND mine.trashed IS NULL AND theirs.trashed IS NULL ORDER BY path", "t",
                      walk->uri);
  while (row != NULL && tlm_db_step (owner, row, &error) > 0)
    tlm_folder_walk_add_problem (
      walk, g_strdup_printf (_("“%s” was changed both in the folder and here. Your note “%s” stays, "
                               "the file’s text is the note “%s”. Move the one that you do not need to "
                               "the bin."), tlm_db_column_text (row, 0),
                             tlm_db_column_text (row, 1), tlm_db_column_text (row, 2)));
  tlm_task_return_success (task, error == NULL, error);
}

static void
conflicts_found (GObject *source, GAsyncResult *result, gpointer data)
{
  end_walk (data);
}

/* ---- remembering a file ---- */

static void
end_change (TlmFolderWalk *walk)
{
  walk->at++;
  take_next_change (walk);
}

static void
remembered (GObject *source, GAsyncResult *result, gpointer data)
{
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    end_change (data);
  else
    end_walk (data);
}

/* @error: (transfer full) */
static void
pass_over (TlmFolderWalk *walk, GError *error)
{
  TlmFolderEntry *entry = walk->changes->pdata[walk->at];

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: the name of a file, and what is wrong with it. */
    tlm_folder_walk_add_problem (walk, g_strdup_printf (_("“%s”: %s"), entry->path, error->message));
  g_error_free (error);
  end_change (walk);
}

/* ---- putting its note right ---- */

static void
created (GObject *source, GAsyncResult *result, gpointer data)
{
  GError             *error = NULL;
  g_autoptr (TlmNote) note = tlm_notes_create_finish (TLM_NOTES (source), result, &error);

  if (note != NULL)
    end_change (data);
  else
    pass_over (data, error);
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  if (tlm_notes_save_finish (TLM_NOTES (source), result, &error))
    end_change (data);
  else
    pass_over (data, error);
}

static void
trashed (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmFolderWalk *walk = data;
  GError        *error = NULL;

  if (!tlm_notes_trash_finish (TLM_NOTES (source), result, &error))
    {
      pass_over (walk, error);
      return;
    }
  g_signal_emit_by_name (walk->self, "gone", walk->gone);
  g_clear_object (&walk->gone);
  post (walk, tlm_folder_remember_job, remembered);
}

/* Whether @note is as the file gave it. */
static gboolean
is_unchanged (TlmNote *note, const TlmFolderEntry *entry)
{
  return tlm_note_get_saved (note) && tlm_note_get_updated_us (note) == entry->note_updated;
}

/* @note: (nullable): NULL when there is to be another */
static void
write_note (TlmFolderWalk *walk, TlmNote *note)
{
  const TlmFolderEntry *entry = walk->changes->pdata[walk->at];
  TlmNotes             *notes = walk->self->notes;
  GCancellable         *c = walk->self->cancellable;
  const char           *text = entry->text;

  text += g_str_has_prefix (text, TLM_TEXT_BOM) ? strlen (TLM_TEXT_BOM) : 0;
  if (note != NULL)
    tlm_notes_replace_async (notes, note, entry->note_updated, text, &walk->file, c, saved, walk);
  else
    tlm_notes_create (notes, text, &walk->file, g_task_new (notes, c, created, walk));
}

static void
apply (TlmFolderWalk *walk)
{
  TlmFolderEntry *entry = walk->changes->pdata[walk->at];
  TlmNote        *note = entry->note_id != 0 ? tlm_notes_find (walk->self->notes, entry->note_id) : NULL;

  if (note != NULL)
    tlm_note_flush (note);
  if (note != NULL && !is_unchanged (note, entry))
    {
      note = NULL;
      if (entry->text != NULL)
        entry->other_id = entry->note_id;
    }
  if (entry->gone && note != NULL)
    {
      g_set_object (&walk->gone, note);
      tlm_notes_trash_async (walk->self->notes, note, walk->self->cancellable, trashed, walk);
    }
  else if (entry->gone || entry->text == NULL)
    post (walk, tlm_folder_remember_job, remembered);
  else
    write_note (walk, note);
}

/* ---- reading it ---- */

/* A file that was touched but says the same leaves entry->text NULL. */
static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TlmFolderWalk    *walk = data;
  TlmFolderEntry   *entry = walk->changes->pdata[walk->at];
  g_autoptr (GFile) file = g_file_resolve_relative_path (walk->folder, entry->path);
  GError           *error = NULL;
  g_autofree char  *text = tlm_import_read_file (file, NULL, NULL, cancellable, &error);
  g_autofree char  *sha256 = NULL;

  if (text != NULL)
    {
      sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
      if (g_strcmp0 (sha256, entry->sha256) != 0)
        entry->text = g_steal_pointer (&text);
      g_free (entry->sha256);
      entry->sha256 = g_steal_pointer (&sha256);
    }
  tlm_task_return_success (task, error == NULL, error);
}

static void
was_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    apply (data);
  else
    pass_over (data, error);
}

static gboolean
begin_change_cb (gpointer data)
{
  TlmFolderWalk    *walk = data;
  TlmFolderEntry   *entry = walk->changes->pdata[walk->at];
  g_autoptr (GTask) task = NULL;

  if (entry->gone)
    {
      apply (walk);
      return G_SOURCE_REMOVE;
    }
  task = g_task_new (walk->self, walk->self->cancellable, was_read, walk);
  g_task_set_task_data (task, walk, NULL);
  g_task_run_in_thread (task, read_thread);
  return G_SOURCE_REMOVE;
}

/* Whatever the person does comes first. */
static void
take_next_change (TlmFolderWalk *walk)
{
  if (walk->at < walk->changes->len && !tlm_folder_get_paused (walk->item)
      && !g_cancellable_is_cancelled (walk->self->cancellable))
    g_idle_add_full (G_PRIORITY_LOW, begin_change_cb, walk, NULL);
  else
    post (walk, conflicts_job, conflicts_found);
}

/* ---- what has changed ---- */

static void
watch_inside (TlmFolderWalk *walk)
{
  guint n_unwatched = 0;

  for (guint i = 0; i < walk->inside->len; i++)
    {
      g_autoptr (GFile) file = g_file_resolve_relative_path (walk->folder, walk->inside->pdata[i]);

      n_unwatched += !tlm_folders_watch (walk->self, file);
    }
  if (n_unwatched > 0)
    tlm_folder_walk_add_problem (
      walk, g_strdup_printf (ngettext ("Changes in %u folder inside are seen only when TinyLM starts: "
                                       "it is more than the system watches.",
                                       "Changes in %u folders inside are seen only when TinyLM "
                                       "starts: they are more than the system watches.", n_unwatched),
                             n_unwatched));
}

static char *
dup_folder_problem (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
    return g_strdup (_("This folder is not there. Its notes stay. Put it back or connect its disk, or "
                       "stop watching it."));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_strdup (_("You may not read this folder. Its notes stay. Allow reading it, or choose it "
                       "anew."));
  return g_strdup (error->message);
}

static void
scanned (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmFolderWalk     *walk = data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    watch_inside (walk);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tlm_folder_walk_add_problem (walk, dup_folder_problem (error));
  take_next_change (walk);
}

static void
known (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmFolderWalk    *walk = data;
  g_autoptr (GTask) task = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    {
      end_walk (walk);
      return;
    }
  task = g_task_new (walk->self, walk->self->cancellable, scanned, walk);
  g_task_set_task_data (task, walk, NULL);
  g_task_run_in_thread (task, tlm_folder_scan_thread);
}

void
tlm_folders_look_through (TlmFolders *self, TlmFolder *folder)
{
  TlmFolderWalk *walk = g_new0 (TlmFolderWalk, 1);

  walk->self = g_object_ref (self);
  walk->item = g_object_ref (folder);
  walk->folder = g_object_ref (tlm_folder_get_file (folder));
  walk->uri = g_file_get_uri (walk->folder);
  walk->file = (TlmNoteFile) { tlm_folder_keep_file, walk };
  walk->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tlm_folder_entry_free);
  walk->changes = g_ptr_array_new_with_free_func (tlm_folder_entry_free);
  walk->problems = g_ptr_array_new_with_free_func (g_free);
  tlm_folders_watch (self, walk->folder);
  post (walk, tlm_folder_known_job, known);
}
