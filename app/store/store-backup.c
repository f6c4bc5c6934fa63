/* SPDX-License-Identifier: Apache-2.0 */
/* Backups without waiting: of the open store by jobs on its thread, which has the key of an
 * encrypted one; of a store that cannot be opened in a thread of their own, with the passphrase. */
#include "backups.h"
#include "db-private.h"
#include "store-private.h"

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

void
tlm_backups_save_copy_async (const char         *backup,
                             GFile              *target,
                             GCancellable       *c,
                             GAsyncReadyCallback cb,
                             gpointer            data)
{
  g_autoptr (GFile) source = g_file_new_for_path (backup);

  g_file_copy_async (source, target, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT, c, NULL, NULL, cb,
                     data);
}
