/* SPDX-License-Identifier: Apache-2.0 */
/* Backups without waiting: of the open store by jobs on its thread, which has the key of an
 * encrypted one; of a store that cannot be opened in a thread of their own, with the passphrase. */
#include "backups.h"
#include "db-private.h"
#include "store-private.h"

#include <errno.h>

static void
back_up_job (gpointer owner,
             GTask   *task)
{
  GError  *error = NULL;
  gboolean done = tlm_backups_make (owner, TLM_BACKUP_NOW, &error);

  tlm_task_return_success (task, done, error);
}

void
tlm_store_back_up_async (TlmStore           *self,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  tlm_store_post (self, g_task_new (self, c, cb, data), back_up_job);
}

typedef struct
{
  char    *database, *backup, *secret;
  gboolean damaged;
} Restoring;

static void
restoring_free (gpointer data)
{
  Restoring *restoring = data;

  g_free (restoring->database);
  g_free (restoring->backup);
  tlm_secret_free (restoring->secret);
  g_free (restoring);
}

static GTask *
new_task (gpointer            source,
          const char         *database,
          const char         *backup,
          const char         *secret,
          GCancellable       *c,
          GAsyncReadyCallback cb,
          gpointer            data)
{
  GTask     *task = g_task_new (source, c, cb, data);
  Restoring *restoring = g_new0 (Restoring, 1);

  restoring->database = g_strdup (database);
  restoring->backup = g_strdup (backup);
  restoring->secret = g_strdup (secret);
  g_task_set_task_data (task, restoring, restoring_free);
  return task;
}

static void
restore_job (gpointer owner,
             GTask   *task)
{
  TlmDb     *db = owner;
  Restoring *restoring = g_task_get_task_data (task);
  GError    *error = NULL;
  gboolean   done = tlm_backups_restore (restoring->database, restoring->backup, NULL, db->vault,
                                         FALSE, &error);

  tlm_task_return_success (task, done, error);
}

void
tlm_store_restore_async (TlmStore           *self,
                         const char         *backup,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  tlm_store_post (self, new_task (self, tlm_store_get_path (self), backup, NULL, c, cb, data),
                  restore_job);
}

gboolean
tlm_store_backup_finish (TlmStore     *self,
                         GAsyncResult *r,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

static void
restore_in_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *c)
{
  Restoring *restoring = data;
  GError    *error = NULL;
  gboolean   done = tlm_backups_restore (restoring->database, restoring->backup, restoring->secret,
                                         NULL, restoring->damaged, &error);

  tlm_task_return_success (task, done, error);
}

void
tlm_backups_restore_async (const char         *database,
                           const char         *backup,
                           const char         *secret,
                           gboolean            damaged,
                           GCancellable       *c,
                           GAsyncReadyCallback cb,
                           gpointer            data)
{
  g_autoptr (GTask) task = new_task (NULL, database, backup, secret, c, cb, data);
  Restoring        *restoring = g_task_get_task_data (task);

  restoring->damaged = damaged;
  g_task_run_in_thread (task, restore_in_thread);
}

gboolean
tlm_backups_restore_finish (GAsyncResult *r,
                            GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}

/* One where SQLite looks for it. (transfer full) */
static GFile *
get_beside (GFile      *file,
            const char *end)
{
  g_autofree char *uri = g_file_get_uri (file), *beside = g_strconcat (uri, end, NULL);

  return g_file_new_for_uri (beside);
}

/* On the disk too. What is not a file there, such as on a share, is as safe as its system makes it. */
static gboolean
copy_safely (GFile        *from,
             GFile        *to,
             GCancellable *c,
             GError      **error)
{
  g_autofree char *path = g_file_get_path (to);

  if (!g_file_copy (from, to, G_FILE_COPY_OVERWRITE, c, NULL, NULL, error))
    return FALSE;
  if (path == NULL)
    return TRUE;
  if (!tlm_db_sync (path))
    return tlm_db_fail_errno (errno, path, error);
  tlm_db_sync_folder (path);
  return TRUE;
}

static void
copy_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *c)
{
  static const char *const ends[] = { "", "-wal", "-journal" };
  GError                  *error = NULL;

  for (gsize i = 0; error == NULL && i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (GFile) from = get_beside (source, ends[i]), to = get_beside (data, ends[i]);

      if (i == 0 || g_file_query_exists (from, c))
        copy_safely (from, to, c, &error);
      else
        g_file_delete (to, c, NULL); /* of what was there before */
    }
  tlm_task_return_success (task, error == NULL, error);
}

void
tlm_backups_save_copy_async (const char         *backup,
                             GFile              *target,
                             GCancellable       *c,
                             GAsyncReadyCallback cb,
                             gpointer            data)
{
  g_autoptr (GFile) source = g_file_new_for_path (backup);
  g_autoptr (GTask) task = g_task_new (source, c, cb, data);

  g_task_set_task_data (task, g_object_ref (target), g_object_unref);
  g_task_run_in_thread (task, copy_in_thread);
}

gboolean
tlm_backups_save_copy_finish (GAsyncResult *r,
                              GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
