/* SPDX-License-Identifier: Apache-2.0 */
/* The list of watched folders, and when they are looked through: one after the other at the start, and
 * a moment after the system told of a change; by one program at a time, as two would each make a note of a
 * new file. */
#include "folders-private.h"

#include <glib/gi18n-lib.h>

#include "core/file-lock.h"
#include "store/store-private.h"

/* A program that saves writes several times; a synchronizing one many files. */
#define SETTLE_MS 2000
/* inotify gives a user some thousand watches for all programs. */
#define MAX_MONITORS 500

enum { PROP_0, PROP_BUSY, N_PROPS };
static GParamSpec *properties[N_PROPS];
static guint failed;

G_DEFINE_FINAL_TYPE (TlmFolders, tlm_folders, G_TYPE_OBJECT)

/* ---- one after the other ---- */

static void changed_cb (TlmFolders *self);

static void
set_busy (TlmFolders *self, gboolean busy)
{
  self->busy = busy;
  if (!busy && self->lock_path != NULL)
    tlm_file_unlock (self->lock_path, self->lock);
  if (!busy)
    g_clear_pointer (&self->lock_path, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

void
tlm_folders_end_walk (TlmFolders *self)
{
  gboolean              stop = g_cancellable_is_cancelled (self->cancellable);
  g_autoptr (TlmFolder) folder = stop ? NULL : g_queue_pop_head (&self->waiting);

  while (folder != NULL && tlm_folder_get_paused (folder))
    {
      g_object_unref (folder);
      folder = g_queue_pop_head (&self->waiting);
    }
  if (folder != NULL)
    tlm_folders_look_through (self, folder);
  else
    set_busy (self, FALSE);
}

static void
notes_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TlmFolders) self = data;

  if (!tlm_notes_load_finish (TLM_NOTES (source), result, NULL))
    {
      g_queue_clear_full (&self->waiting, g_object_unref);
      if (!g_cancellable_is_cancelled (self->cancellable))
        changed_cb (self);
    }
  tlm_folders_end_walk (self);
}

/* With the notes that another program has made of the files. While that does, or while they cannot be
 * read, it is tried again. */
static void
begin (TlmFolders *self)
{
  const char      *path = tlm_store_get_path (self->store);
  g_autofree char *lock_path = path != NULL ? g_strconcat (path, "-folders.lock", NULL) : NULL;

  if (lock_path != NULL && !tlm_file_lock (lock_path, &self->lock))
    {
      changed_cb (self);
      return;
    }
  self->lock_path = g_steal_pointer (&lock_path);
  set_busy (self, TRUE);
  tlm_notes_load_async (self->notes, self->cancellable, notes_loaded, g_object_ref (self));
}

static gboolean
settled_cb (gpointer data)
{
  TlmFolders *self = data;
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  self->settle = 0;
  g_queue_clear_full (&self->waiting, g_object_unref);
  for (guint i = 0; i < n; i++)
    {
      TlmFolder *folder = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (tlm_folder_get_paused (folder))
        g_object_unref (folder);
      else
        g_queue_push_tail (&self->waiting, folder);
    }
  if (!self->busy && !g_queue_is_empty (&self->waiting))
    begin (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TlmFolders *self)
{
  if (self->settle == 0)
    self->settle = g_timeout_add_full (G_PRIORITY_LOW, SETTLE_MS, settled_cb, self, NULL);
}

gboolean
tlm_folders_watch (TlmFolders *self, GFile *folder)
{
  g_autofree char *uri = g_file_get_uri (folder);
  GFileMonitor    *monitor;

  if (g_hash_table_contains (self->monitors, uri))
    return TRUE;
  if (g_hash_table_size (self->monitors) >= MAX_MONITORS)
    return FALSE;
  monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor == NULL)
    return FALSE;
  g_signal_connect_object (monitor, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->monitors, g_steal_pointer (&uri), monitor);
  return TRUE;
}

static gboolean
is_inside (gpointer uri, gpointer monitor, gpointer folder)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);

  return g_file_equal (file, folder) || g_file_has_prefix (file, folder);
}

/* Should it be looked through just now, that ends. */
static void
leave_alone (TlmFolders *self, TlmFolder *folder)
{
  tlm_folder_set_paused (folder, TRUE);
  g_hash_table_foreach_remove (self->monitors, is_inside, tlm_folder_get_file (folder));
}

/* ---- the list ---- */

static void
list_job (gpointer owner, GTask *task)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_object_unref);
  GError               *error = NULL;
  sqlite3_stmt         *row;

  row = tlm_db_query (owner, &error, "SELECT uri, paused FROM folders ORDER BY id", "");

  while (row != NULL && tlm_db_step (owner, row, &error) > 0)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (tlm_db_column_text (row, 0));

      g_ptr_array_add (folders, tlm_folder_new (file, sqlite3_column_int (row, 1) != 0));
    }
  if (error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&folders), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/* (transfer none) (nullable) */
static TlmFolder *
find (TlmFolders *self, GFile *file)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (TlmFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (g_file_equal (tlm_folder_get_file (folder), file))
        return folder;
    }
  return NULL;
}

/* Those that another program watches no longer. */
static void
leave_gone (TlmFolders *self, GPtrArray *folders)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (TlmFolder) here = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (!g_ptr_array_find (folders, here, NULL))
        leave_alone (self, here);
    }
}

/* Rows of a list that is the same stay as they are. */
static void
set_list (TlmFolders *self, GPtrArray *folders)
{
  guint    n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  gboolean same = n == folders->len;

  for (guint i = 0; same && i < n; i++)
    {
      g_autoptr (TlmFolder) here = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      same = here == folders->pdata[i];
    }
  if (!same)
    g_list_store_splice (self->list, 0, n, folders->pdata, folders->len);
}

/* A folder that is known already keeps what was found out about it. Returns: whether one is to be looked
 * through that was not */
static gboolean
show_list (TlmFolders *self, GPtrArray *folders)
{
  gboolean more = FALSE;

  for (guint i = 0; i < folders->len; i++)
    {
      TlmFolder *read = folders->pdata[i], *here = find (self, tlm_folder_get_file (read));
      gboolean   paused = tlm_folder_get_paused (read);

      more |= !paused && (here == NULL || tlm_folder_get_paused (here));
      if (here == NULL)
        continue;
      tlm_folder_set_paused (here, paused);
      g_set_object ((TlmFolder **) &folders->pdata[i], here);
    }
  leave_gone (self, folders);
  set_list (self, folders);
  return more;
}

/* @always: whether they are looked through also where none is new */
static void
listed (GObject *source, GAsyncResult *result, gpointer always)
{
  TlmFolders            *self = TLM_FOLDERS (source);
  g_autoptr (GPtrArray) folders = g_task_propagate_pointer (G_TASK (result), NULL);

  if (folders == NULL || (!show_list (self, folders) && !GPOINTER_TO_INT (always)))
    return;
  g_clear_handle_id (&self->settle, g_source_remove);
  settled_cb (self);
}

static void
read_list (TlmFolders *self, gboolean always)
{
  tlm_store_post (self->store,
                  g_task_new (self, self->cancellable, listed, GINT_TO_POINTER (always)), list_job);
}

void
tlm_folders_start (TlmFolders *self)
{
  read_list (self, TRUE);
}

void
tlm_folders_reload (TlmFolders *self)
{
  read_list (self, FALSE);
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
pause_job (gpointer owner, GTask *task)
{
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "UPDATE folders SET paused = 1 WHERE uri = ?", "t",
                              g_task_get_task_data (task));

  tlm_task_return_success (task, good, error);
}

static void
resume_job (gpointer owner, GTask *task)
{
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "UPDATE folders SET paused = 0 WHERE uri = ?", "t",
                              g_task_get_task_data (task));

  tlm_task_return_success (task, good, error);
}

/* Also when it failed, so that the list shows what is so. */
static void
was_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (source, failed, 0, error->message);
  tlm_folders_start (TLM_FOLDERS (source));
}

static void
change_list (TlmFolders *self, GFile *folder, TlmWorkerFunc job)
{
  GTask *task = g_task_new (self, self->cancellable, was_changed, NULL);

  g_task_set_task_data (task, g_file_get_uri (folder), g_free);
  tlm_store_post (self->store, task, job);
}

/* (transfer full) (nullable): why @folder cannot be watched */
static char *
dup_refusal (TlmFolders *self, GFile *folder)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    {
      g_autoptr (TlmFolder) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);
      GFile                *here = tlm_folder_get_file (item);
      g_autofree char      *path = g_file_get_parse_name (here);

      if (g_file_equal (here, folder) || g_file_has_prefix (folder, here))
        return g_strdup_printf (_("“%s” is watched already, with all folders inside it."), path);
      if (g_file_has_prefix (here, folder))
        return g_strdup_printf (_("“%s” lies inside this folder and is watched already. Stop watching it "
                                  "first."), path);
    }
  return NULL;
}

void
tlm_folders_add (TlmFolders *self, GFile *folder)
{
  g_autofree char *refusal = dup_refusal (self, folder);

  if (refusal != NULL)
    g_signal_emit (self, failed, 0, refusal);
  else
    change_list (self, folder, add_job);
}

void
tlm_folders_remove (TlmFolders *self, TlmFolder *folder)
{
  leave_alone (self, folder);
  change_list (self, tlm_folder_get_file (folder), remove_job);
}

void
tlm_folders_set_paused (TlmFolders *self, TlmFolder *folder, gboolean paused)
{
  if (paused)
    leave_alone (self, folder);
  change_list (self, tlm_folder_get_file (folder), paused ? pause_job : resume_job);
}

GListModel *
tlm_folders_get_list (TlmFolders *self)
{
  return G_LIST_MODEL (self->list);
}

GStrv
tlm_folders_dup_paths (TlmFolders *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  GStrv paths = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      paths[i] = g_file_get_parse_name (tlm_folder_get_file (folder));
    }
  return paths;
}

void
tlm_folders_read_paths_async (TlmStore           *store,
                              GCancellable       *c,
                              GAsyncReadyCallback cb,
                              gpointer            data)
{
  tlm_store_post (store, g_task_new (store, c, cb, data), list_job);
}

GStrv
tlm_folders_read_paths_finish (TlmStore *store, GAsyncResult *r, GError **error)
{
  g_autoptr (GPtrArray) folders = g_task_propagate_pointer (G_TASK (r), error);
  GStrv                 paths = folders != NULL ? g_new0 (char *, folders->len + 1) : NULL;

  for (guint i = 0; folders != NULL && i < folders->len; i++)
    paths[i] = g_file_get_parse_name (tlm_folder_get_file (folders->pdata[i]));
  return paths;
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
  g_signal_new ("gone", TLM_TYPE_FOLDERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                TLM_TYPE_NOTE);
  failed = g_signal_new ("failed", TLM_TYPE_FOLDERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tlm_folders_init (TlmFolders *self)
{
  self->list = g_list_store_new (TLM_TYPE_FOLDER);
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
