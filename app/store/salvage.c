/* SPDX-License-Identifier: Apache-2.0 */
/* A new database of the damaged one's version takes its rows (salvage-tables.c), is brought up to
 * date, and is mended where rows speak of others that did not come back. */
#include "salvage.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "backups.h"
#include "db-private.h"
#include "erase.h"
#include "core/errors.h"
#include "salvage-private.h"

/* The version stands in the header; a damaged one says what the newest program would. */
static int
read_version (TlmPages *pages)
{
  guint8 page[TLM_PAGE_BYTES];
  int    version = 0, newest = tlm_db_get_newest_version ();

  if (tlm_pages_read (pages, 1, page) && memcmp (page, "SQLite format 3", 16) == 0)
    version = page[60] << 24 | page[61] << 16 | page[62] << 8 | page[63];
  return version > 0 && version < newest ? version : newest;
}

static gboolean
fill (TlmSalvaging *self,
      TlmScan      *scan,
      GError      **error)
{
  if (!tlm_db_migrate_to (self->db, read_version (scan->pages), error)
      || !tlm_salvaging_read_tables (self, error) || !tlm_db_begin (self->db, error))
    return FALSE;
  tlm_salvaging_take_all (self, scan);
  if (self->code != SQLITE_OK)
    return tlm_db_fail (self->db, self->code, error);
  if (!tlm_db_commit (self->db, error))
    return FALSE;
  tlm_salvaging_end (self);
  return tlm_db_migrate (self->db, error) && tlm_salvage_mend (self->db, error)
         && (tlm_db_is_whole (self->db->handle)
             || tlm_db_fail (self->db, SQLITE_CORRUPT, error));
}

/* Until tlm_backups_commit() writes it to the disk, the new file is nobody's. */
static gboolean
make_new (TlmSalvaging *self,
          TlmScan      *scan,
          const char   *target,
          const char   *vfs,
          GError      **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2 (target, &self->db->handle, flags, vfs);

  return (code == SQLITE_OK || tlm_db_fail (self->db, code, error))
         && tlm_db_exec (self->db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;"
                                   "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;", error)
         && fill (self, scan, error);
}

static TlmSalvage *
salvage_pages (TlmPages   *pages,
               const char *target,
               const char *vfs,
               GError    **error)
{
  TlmSalvaging self;
  TlmSalvage  *sum = NULL;
  TlmScan      scan;

  tlm_salvaging_init (&self);
  tlm_scan_init (&scan, pages);
  if (make_new (&self, &scan, target, vfs, error))
    sum = tlm_salvaging_sum_up (&self, &scan);
  tlm_salvaging_clear (&self);
  tlm_scan_clear (&scan);
  return sum;
}

/* A backup was made with the same key. (transfer full) (nullable) */
static TlmVault *
open_vault (const char *database,
            const char *secret,
            GError    **error)
{
  g_autoptr (GError)    first = NULL;
  g_autoptr (GPtrArray) backups = tlm_backups_list (database);
  TlmVault             *vault = tlm_vault_open (database, secret, &first);

  for (guint i = 0; vault == NULL && i < backups->len; i++)
    {
      TlmBackup *backup = backups->pdata[i];

      if (backup->sealed)
        vault = tlm_vault_open (backup->path, secret, NULL);
    }
  if (vault == NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  return vault;
}

static gboolean
check_there (const char *database,
             GError    **error)
{
  GStatBuf info = { 0 };

  if (g_stat (database, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                   _("There is no database at “%s”: TinyLM has kept nothing yet."), database);
      return FALSE;
    }
  return tlm_db_check_room (database, (guint64) info.st_size, error);
}

static TlmSalvage *
salvage_into (const char *database,
              const char *target,
              const char *vfs,
              GError    **error)
{
  TlmPages   *pages;
  TlmSalvage *salvage = NULL;

  if (!tlm_erase_file (target, error) || !tlm_db_make_file (target, error))
    return NULL;
  pages = tlm_pages_open (database, vfs);
  if (pages != NULL)
    salvage = salvage_pages (pages, target, vfs, error);
  else
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                         _("The database could not be opened. Check the permissions of its "
                           "folder."));
  g_clear_pointer (&pages, tlm_pages_free);
  if (salvage == NULL)
    tlm_erase_file (target, NULL);
  return salvage;
}

static TlmSalvage *
run_alone (const char *database,
           TlmVault   *vault,
           GError    **error)
{
  g_autofree char *target = tlm_backups_dup_partial (database);
  int              lock;
  TlmSalvage      *salvage = NULL;

  if (tlm_db_lock (database, TLM_LOCK_RESTORING, TRUE, 0, &lock, error))
    salvage = salvage_into (database, target, vault != NULL ? tlm_vault_get_vfs (vault) : NULL,
                            error);
  if (salvage != NULL)
    salvage->lock = lock;
  else
    tlm_db_unlock (lock);
  return salvage;
}

TlmSalvage *
tlm_salvage_run (const char *database,
                 const char *secret,
                 GError    **error)
{
  gboolean             sealed = secret != NULL && *secret != '\0';
  g_autoptr (TlmVault) vault = NULL;

  if (!sealed && tlm_vault_is_sealed (database))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                           _("This assistant is locked. Its passphrase or its recovery code opens "
                             "it."));
      return NULL;
    }
  if (!check_there (database, error)
      || (sealed && (vault = open_vault (database, secret, error)) == NULL))
    return NULL;
  return run_alone (database, vault, error);
}

/* ---- In a thread ---- */

typedef struct
{
  char *database, *secret;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->database);
  tlm_secret_free (job->secret);
  g_free (job);
}

static void
run_job (GTask        *task,
         gpointer      source,
         gpointer      data,
         GCancellable *c)
{
  Job        *job = data;
  GError     *error = NULL;
  TlmSalvage *salvage = tlm_salvage_run (job->database, job->secret, &error);

  if (salvage != NULL)
    g_task_return_pointer (task, salvage, (GDestroyNotify) tlm_salvage_free);
  else
    g_task_return_error (task, error);
}

void
tlm_salvage_async (const char         *database,
                   const char         *secret,
                   GCancellable       *c,
                   GAsyncReadyCallback cb,
                   gpointer            data)
{
  g_autoptr (GTask) task = g_task_new (NULL, c, cb, data);
  Job              *job = g_new0 (Job, 1);

  job->database = g_strdup (database);
  job->secret = g_strdup (secret);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, run_job);
}

TlmSalvage *
tlm_salvage_finish (GAsyncResult *r,
                    GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}
