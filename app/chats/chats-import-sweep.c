/* SPDX-License-Identifier: Apache-2.0 */
/* Chats that an import has brought and that nobody is to see: those of one that failed or was
 * cancelled, and what a kill has left. */
#include "chat-private.h"
#include "chats-import-rows.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

/* A TlmStoreFunc: the hidden ones at @ids are gone. */
static gboolean
sweep_all (TlmDb   *db,
           gpointer ids,
           GError **error)
{
  GArray  *hidden = ids;
  gboolean good = tlm_db_begin (db, error);

  for (guint i = 0; good && i < hidden->len; i++)
    good = tlm_import_rows_sweep (db, g_array_index (hidden, gint64, i), error);
  good = good && tlm_db_commit (db, error);
  if (good)
    tlm_db_begin_to_forget (db, TLM_WORDS_OF_MESSAGES);
  else
    tlm_db_rollback (db);
  return good;
}

void
tlm_import_sweep (TlmStore *store,
                  GArray   *ids)
{
  tlm_store_call (store, sweep_all, ids, NULL);
}

int
tlm_import_hold_folder (TlmStore *store,
                        int       how)
{
  const char      *path = tlm_store_get_path (store);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  int              fd = folder != NULL ? g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;

  if (fd >= 0 && flock (fd, how) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

static void
sweep_thread (GTask        *task,
              gpointer      source,
              gpointer      ids,
              GCancellable *c)
{
  TlmStore *store = TLM_CHATS (source)->store;
  int       folder = tlm_import_hold_folder (store, LOCK_EX | LOCK_NB);

  if (folder >= 0)
    {
      tlm_import_sweep (store, ids);
      close (folder);
    }
  g_task_return_boolean (task, TRUE);
}

void
tlm_chats_sweep (TlmChats *self,
                 GArray   *hidden)
{
  g_autoptr (GTask) task = NULL;

  if (hidden->len == 0)
    return;
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (task, g_array_ref (hidden), (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, sweep_thread);
}
