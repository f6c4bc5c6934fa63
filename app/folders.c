/* SPDX-License-Identifier: Apache-2.0 */
/* Looking through a folder is a chain: which files are known (the store's thread); which are new,
 * changed or gone (a thread of its own); then for each of them, when nothing else is to be done: read
 * it, put the note right, remember its state. What fails with one file is passed over, and tried again
 * the next time. */
#include "folders.h"

#include <string.h>

#include "folder-scan.h"
#include "import/import.h"
#include "note-private.h"
#include "store-private.h"
#include "text-input.h"

/* A program that saves writes several times; a synchronizing one many files. */
#define SETTLE_MS 2000
/* inotify gives a user some thousand watches for all programs. */
#define MAX_MONITORS 500

struct _TlmFolders
{
  GObject       parent_instance;
  TlmStore     *store;
  TlmNotes     *notes;
  GListStore   *list;     /* GFile */
  GQueue        waiting;  /* GFile: to be looked through */
  GHashTable   *monitors; /* URI of a folder or one inside it -> GFileMonitor */
  GCancellable *cancellable;
  guint         settle;
  gboolean      busy;
};

enum { PROP_0, PROP_BUSY, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmFolders, tlm_folders, G_TYPE_OBJECT)

/* ---- one file ---- */

typedef struct
{
  char    *path; /* below the folder */
  char    *text; /* NULL: the file is gone */
  char    *sha256;
  gint64   modified, size;
  gint64   note_id, note_updated; /* of its note when it was read last; 0 for a new file */
  gboolean gone;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->path);
  g_free (entry->text);
  g_free (entry->sha256);
  g_free (entry);
}

/* A folder on its way through the chain. */
typedef struct
{
  TlmFolders *self;
  GFile      *folder;
  char       *uri;
  GHashTable *known;   /* path -> Entry; touched by one step at a time */
  GPtrArray  *changes; /* Entry */
  guint       at;
} Walk;

static void
walk_free (gpointer data)
{
  Walk *walk = data;

  g_clear_pointer (&walk->known, g_hash_table_unref);
  g_clear_pointer (&walk->changes, g_ptr_array_unref);
  g_object_unref (walk->folder);
  g_object_unref (walk->self);
  g_free (walk->uri);
  g_free (walk);
}

static void look_through_next (TlmFolders *self);
static void take_next_change (Walk *walk);

static void
set_busy (TlmFolders *self, gboolean busy)
{
  if (self->busy == busy)
    return;
  self->busy = busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
end_walk (Walk *walk)
{
  g_autoptr (TlmFolders) self = g_object_ref (walk->self);

  walk_free (walk);
  set_busy (self, FALSE);
  look_through_next (self);
}

static void
post (TlmFolders *self, gpointer data, TlmWorkerFunc job, GAsyncReadyCallback done, gpointer user_data)
{
  GTask *task = g_task_new (self, self->cancellable, done, user_data);

  g_task_set_task_data (task, data, NULL);
  tlm_store_post (self->store, task, job);
}

/* ---- remembering a file ---- */

static void
remember_job (gpointer owner, GTask *task)
{
  Walk    *walk = g_task_get_task_data (task);
  Entry   *entry = walk->changes->pdata[walk->at];
  GError  *error = NULL;
  gboolean good;

  if (entry->gone)
    good = tlm_db_run (owner, &error,
                       "DELETE FROM folder_files WHERE path = ? AND folder_id = "
                       "(SELECT id FROM folders WHERE uri = ?)", "tt", entry->path, walk->uri);
  else
    good = tlm_db_run (owner, &error,
                       "INSERT OR REPLACE INTO folder_files (folder_id, path, modified, size, sha256, "
                       "note_id, note_updated) SELECT id, ?, ?, ?, ?, NULLIF (?, 0), ? FROM folders "
                       "WHERE uri = ?", "tiitiit", entry->path, entry->modified, entry->size,
                       entry->sha256, entry->note_id, entry->note_updated, walk->uri);
  tlm_task_return_success (task, good, error);
}

static void
remembered (GObject *source, GAsyncResult *result, gpointer data)
{
  Walk *walk = data;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    {
      end_walk (walk);
      return;
    }
  walk->at++;
  take_next_change (walk);
}

static void
remember (Walk *walk, TlmNote *note)
{
  Entry *entry = walk->changes->pdata[walk->at];

  if (note != NULL)
    {
      entry->note_id = tlm_note_get_id (note);
      entry->note_updated = tlm_note_get_updated_us (note);
    }
  post (walk->self, walk, remember_job, remembered, walk);
}

static void
pass_over (Walk *walk)
{
  walk->at++;
  take_next_change (walk);
}

/* ---- putting its note right ---- */

static void
created (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TlmNote) note = tlm_notes_create_finish (TLM_NOTES (source), result, NULL);

  if (note != NULL)
    remember (data, note);
  else
    pass_over (data);
}

static void
saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Walk  *walk = data;
  Entry *entry = walk->changes->pdata[walk->at];

  if (tlm_notes_save_finish (TLM_NOTES (source), result, NULL))
    remember (walk, tlm_notes_find (walk->self->notes, entry->note_id));
  else
    pass_over (walk);
}

static void
trashed (GObject *source, GAsyncResult *result, gpointer data)
{
  if (tlm_notes_trash_finish (TLM_NOTES (source), result, NULL))
    remember (data, NULL);
  else
    pass_over (data);
}

/* Its note, where it is as the file gave it. (transfer none) (nullable) */
static TlmNote *
find_unchanged (Walk *walk, const Entry *entry)
{
  TlmNote *note = entry->note_id != 0 ? tlm_notes_find (walk->self->notes, entry->note_id) : NULL;

  return note != NULL && tlm_note_get_saved (note)
         && tlm_note_get_updated_us (note) == entry->note_updated ? note : NULL;
}

static void
apply (Walk *walk)
{
  Entry      *entry = walk->changes->pdata[walk->at];
  TlmNote    *note = find_unchanged (walk, entry);
  const char *text = entry->text;

  if (entry->gone && note != NULL)
    tlm_notes_trash_async (walk->self->notes, note, walk->self->cancellable, trashed, walk);
  else if (entry->gone || text == NULL)
    remember (walk, NULL);
  else
    {
      text += g_str_has_prefix (text, TLM_TEXT_BOM) ? strlen (TLM_TEXT_BOM) : 0;
      if (note != NULL)
        tlm_notes_save_async (walk->self->notes, note, text, walk->self->cancellable, saved, walk);
      else
        tlm_notes_create_async (walk->self->notes, text, walk->self->cancellable, created, walk);
    }
}

/* ---- reading it ---- */

/* A file that was touched but says the same leaves entry->text NULL. */
static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Walk             *walk = data;
  Entry            *entry = walk->changes->pdata[walk->at];
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
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    apply (data);
  else
    pass_over (data);
}

static gboolean
begin_change_cb (gpointer data)
{
  Walk             *walk = data;
  Entry            *entry = walk->changes->pdata[walk->at];
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
take_next_change (Walk *walk)
{
  if (walk->at < walk->changes->len && !g_cancellable_is_cancelled (walk->self->cancellable))
    g_idle_add_full (G_PRIORITY_LOW, begin_change_cb, walk, NULL);
  else
    end_walk (walk);
}

/* ---- what has changed ---- */

static void
scan_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Walk                     *walk = data;
  GError                   *error = NULL;
  g_autoptr (TlmFolderScan) scan = tlm_folder_scan_new (walk->folder, cancellable, &error);
  GHashTableIter            left;
  gpointer                  path, entry;

  for (guint i = 0; scan != NULL && i < scan->files->len; i++)
    {
      TlmFolderFile   *file = &g_array_index (scan->files, TlmFolderFile, i);
      g_autofree char *key = NULL;
      Entry           *change;

      if (g_hash_table_steal_extended (walk->known, file->path, (gpointer *) &key, &entry))
        change = entry;
      else
        change = g_new0 (Entry, 1);
      if (change->path != NULL && change->modified == file->modified && change->size == file->size)
        {
          entry_free (change);
          continue;
        }
      g_free (change->path);
      change->path = g_strdup (file->path);
      change->modified = file->modified;
      change->size = file->size;
      g_ptr_array_add (walk->changes, change);
    }
  g_hash_table_iter_init (&left, walk->known);
  while (scan != NULL && g_hash_table_iter_next (&left, &path, &entry))
    {
      g_free (path);
      g_hash_table_iter_steal (&left);
      ((Entry *) entry)->gone = TRUE;
      g_ptr_array_add (walk->changes, entry);
    }
  tlm_task_return_success (task, scan != NULL, error);
}

static void
watch (TlmFolders *self, GFile *folder);

static void
scanned (GObject *source, GAsyncResult *result, gpointer data)
{
  Walk *walk = data;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    {
      end_walk (walk);
      return;
    }
  for (guint i = 0; i < walk->changes->len; i++)
    {
      g_autoptr (GFile) file = g_file_resolve_relative_path (walk->folder,
                                                             ((Entry *) walk->changes->pdata[i])->path);
      g_autoptr (GFile) parent = g_file_get_parent (file);

      watch (walk->self, parent);
    }
  take_next_change (walk);
}

static void
known_job (gpointer owner, GTask *task)
{
  Walk         *walk = g_task_get_task_data (task);
  GError       *error = NULL;
  sqlite3_stmt *row = tlm_db_query (owner, &error,
                                    "SELECT path, modified, size, sha256, note_id, note_updated "
                                    "FROM folder_files JOIN folders ON id = folder_id WHERE uri = ?",
                                    "t", walk->uri);

  while (row != NULL && tlm_db_step (owner, row, &error) > 0)
    {
      Entry *entry = g_new0 (Entry, 1);

      entry->path = g_strdup (tlm_db_column_text (row, 0));
      entry->modified = sqlite3_column_int64 (row, 1);
      entry->size = sqlite3_column_int64 (row, 2);
      entry->sha256 = g_strdup (tlm_db_column_text (row, 3));
      entry->note_id = sqlite3_column_int64 (row, 4);
      entry->note_updated = sqlite3_column_int64 (row, 5);
      g_hash_table_insert (walk->known, g_strdup (entry->path), entry);
    }
  tlm_task_return_success (task, error == NULL, error);
}

static void
known (GObject *source, GAsyncResult *result, gpointer data)
{
  Walk             *walk = data;
  g_autoptr (GTask) task = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    {
      end_walk (walk);
      return;
    }
  task = g_task_new (walk->self, walk->self->cancellable, scanned, walk);
  g_task_set_task_data (task, walk, NULL);
  g_task_run_in_thread (task, scan_thread);
}

static void
look_through_next (TlmFolders *self)
{
  Walk *walk;

  if (self->busy || g_queue_is_empty (&self->waiting)
      || g_cancellable_is_cancelled (self->cancellable))
    return;
  set_busy (self, TRUE);
  walk = g_new0 (Walk, 1);
  walk->self = g_object_ref (self);
  walk->folder = g_queue_pop_head (&self->waiting);
  walk->uri = g_file_get_uri (walk->folder);
  walk->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  walk->changes = g_ptr_array_new_with_free_func (entry_free);
  watch (self, walk->folder);
  post (self, walk, known_job, known, walk);
}

/* ---- watching ---- */

static gboolean
settled_cb (gpointer data)
{
  TlmFolders *self = data;
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  self->settle = 0;
  g_queue_clear_full (&self->waiting, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_queue_push_tail (&self->waiting, g_list_model_get_item (G_LIST_MODEL (self->list), i));
  look_through_next (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TlmFolders *self)
{
  if (self->settle == 0)
    self->settle = g_timeout_add_full (G_PRIORITY_LOW, SETTLE_MS, settled_cb, self, NULL);
}

static void
watch (TlmFolders *self, GFile *folder)
{
  g_autofree char *uri = g_file_get_uri (folder);
  GFileMonitor    *monitor;

  if (g_hash_table_size (self->monitors) >= MAX_MONITORS
      || g_hash_table_contains (self->monitors, uri))
    return;
  monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor == NULL)
    return;
  g_signal_connect_object (monitor, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->monitors, g_steal_pointer (&uri), monitor);
}

/* ---- the list ---- */

static void
list_job (gpointer owner, GTask *task)
{
  GPtrArray    *folders = g_ptr_array_new_with_free_func (g_object_unref);
  GError       *error = NULL;
  sqlite3_stmt *row = tlm_db_query (owner, &error, "SELECT uri FROM folders ORDER BY id", "");

  while (row != NULL && tlm_db_step (owner, row, &error) > 0)
    g_ptr_array_add (folders, g_file_new_for_uri (tlm_db_column_text (row, 0)));
  g_clear_error (&error);
  g_task_return_pointer (task, folders, (GDestroyNotify) g_ptr_array_unref);
}

static void
listed (GObject *source, GAsyncResult *result, gpointer data)
{
  TlmFolders            *self = TLM_FOLDERS (source);
  g_autoptr (GPtrArray) folders = g_task_propagate_pointer (G_TASK (result), NULL);

  if (folders == NULL)
    return;
  g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                       folders->pdata, folders->len);
  settled_cb (self);
}

void
tlm_folders_start (TlmFolders *self)
{
  post (self, NULL, list_job, listed, NULL);
}

static void
add_job (gpointer owner, GTask *task)
{
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "INSERT OR IGNORE INTO folders (uri) VALUES (?)", "t",
                              g_task_get_task_data (task));

  tlm_task_return_success (task, good, error);
}

static void
remove_job (gpointer owner, GTask *task)
{
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "DELETE FROM folders WHERE uri = ?", "t",
                              g_task_get_task_data (task));

  tlm_task_return_success (task, good, error);
}

static void
was_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  if (g_task_propagate_boolean (G_TASK (result), NULL))
    tlm_folders_start (TLM_FOLDERS (source));
}

static void
change_list (TlmFolders *self, GFile *folder, TlmWorkerFunc job)
{
  GTask *task = g_task_new (self, self->cancellable, was_changed, NULL);

  g_task_set_task_data (task, g_file_get_uri (folder), g_free);
  tlm_store_post (self->store, task, job);
}

void
tlm_folders_add (TlmFolders *self, GFile *folder)
{
  change_list (self, folder, add_job);
}

void
tlm_folders_remove (TlmFolders *self, GFile *folder)
{
  change_list (self, folder, remove_job);
}

GListModel *
tlm_folders_get_list (TlmFolders *self)
{
  return G_LIST_MODEL (self->list);
}

gboolean
tlm_folders_get_busy (TlmFolders *self)
{
  return self->busy;
}

/* ---- the object ---- */

static void
tlm_folders_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, TLM_FOLDERS (object)->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_folders_dispose (GObject *object)
{
  TlmFolders *self = TLM_FOLDERS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->settle, g_source_remove);
  g_hash_table_remove_all (self->monitors);
  g_queue_clear_full (&self->waiting, g_object_unref);
  G_OBJECT_CLASS (tlm_folders_parent_class)->dispose (object);
}

static void
tlm_folders_finalize (GObject *object)
{
  TlmFolders *self = TLM_FOLDERS (object);

  g_hash_table_unref (self->monitors);
  g_object_unref (self->cancellable);
  g_object_unref (self->list);
  g_object_unref (self->notes);
  g_object_unref (self->store);
  G_OBJECT_CLASS (tlm_folders_parent_class)->finalize (object);
}

static void
tlm_folders_class_init (TlmFoldersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tlm_folders_get_property;
  object_class->dispose = tlm_folders_dispose;
  object_class->finalize = tlm_folders_finalize;
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_folders_init (TlmFolders *self)
{
  self->list = g_list_store_new (G_TYPE_FILE);
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->waiting);
}

TlmFolders *
tlm_folders_new (TlmStore *store, TlmNotes *notes)
{
  TlmFolders *self = g_object_new (TLM_TYPE_FOLDERS, NULL);

  self->store = g_object_ref (store);
  self->notes = g_object_ref (notes);
  return self;
}
