/* SPDX-License-Identifier: Apache-2.0 */
/* The import of an adapter, up to its row in the store. Until there is one the copy is marked, so that
 * a kill leaves nothing that nobody knows. */
#include "trained-import.h"

#include "base/file.h"
#include "core/errors.h"
#include "models/model-hash.h"
#include "specialist-card.h"
#include "specialist.h"
#include "training-record.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* While an old mark of the same name is swept. */
#define MARK_POLL_US 1000

typedef struct
{
  char  *path;
  char **bases;
} Job;

void
tlm_trained_import_free (TlmTrainedImport *import)
{
  g_autofree char *mark = tlm_training_dup_mark (import->path);

  if (!import->kept)
    g_unlink (import->path);
  tlm_specialist_unlock (mark, import->lock);
  g_free (import->name);
  g_free (import->base_path);
  g_free (import->path);
  g_free (import->sha256);
  g_free (import);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_strfreev (job->bases);
  g_free (job);
}

/* Whether the adapter is for that model. */
static gboolean
fits (const char *path,
      const char *base)
{
  tl_model   *model = tl_model_open (base, NULL);
  tl_adapter *adapter = model != NULL ? tl_adapter_open (path, model, NULL) : NULL;

  tl_adapter_close (adapter);
  tl_model_close (model);
  return adapter != NULL;
}

/* (nullable): of those that it fits the one that it names, else the first */
static const char *
find_base (const char              *path,
           const TlmSpecialistCard *card,
           char                   **bases)
{
  const char *first = NULL;

  for (; *bases != NULL; bases++)
    {
      g_autofree char *sha256 = tlm_model_hash (*bases, NULL);

      if (!fits (path, *bases))
        continue;
      if (g_strcmp0 (sha256, card->base_sha256) == 0)
        return *bases;
      first = first != NULL ? first : *bases;
    }
  return first;
}

/* A place that nobody else has taken, and marked. */
static TlmTrainedImport *
reserve (const char *name,
         const char *base,
         const char *sha256)
{
  TlmTrainedImport *import = g_new (TlmTrainedImport, 1);
  g_autofree char  *mark = NULL;
  int               lock;

  *import = (TlmTrainedImport) { g_strdup (name), g_strdup (base), tlm_training_reserve (name, &lock),
                                 g_strdup (sha256), -1, FALSE };
  mark = tlm_training_dup_mark (import->path);
  while (!tlm_specialist_lock (mark, &import->lock, NULL))
    g_usleep (MARK_POLL_US);
  tlm_specialist_unlock (import->path, lock);
  return import;
}

/* Of the bytes that its card is of, whatever the file has become since. */
static gboolean
copy (const char              *from,
      const char              *to,
      const TlmSpecialistCard *card,
      GError                 **error)
{
  g_autofree char *bytes = NULL, *sha256 = NULL;
  gsize            n;
  tl_error         err = { 0 };

  if (!g_file_get_contents (from, &bytes, &n, error))
    return FALSE;
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, n);
  if (g_str_equal (sha256, card->sha256))
    return tl_file_replace (to, bytes, n, &err) || tlm_error_from_engine (error, &err);
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               _("“%s” changed while it was copied. Import it again."), from);
  return FALSE;
}

/* (transfer full) (nullable) */
static TlmSpecialistCard *
read_adapter (const char *path,
              GError    **error)
{
  g_autoptr (TlmSpecialistCard) card = tlm_specialist_card_read (path, error);

  if (card == NULL || !card->full)
    return g_steal_pointer (&card);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_MODEL,
                       _("This file is a model, not an adapter. Add it under Models."));
  return NULL;
}

static TlmTrainedImport *
import (const Job *job,
        GError   **error)
{
  g_autoptr (TlmSpecialistCard) card = read_adapter (job->path, error);
  g_autofree char              *shown = g_filename_display_basename (job->path);
  const char                   *base = card != NULL ? find_base (job->path, card, job->bases)
                                                    : NULL;
  const char                   *name = card != NULL && *card->name != '\0' ? card->name : shown;
  TlmTrainedImport             *import;

  if (card == NULL)
    return NULL;
  if (base == NULL)
    {
      if (*card->base_name != '\0')
        g_set_error (
            error, TLM_ERROR, TLM_ERROR_MODEL,
            /* Translators: the name of a file, and that of the model it was made for. */
            _("“%s” fits none of the installed models; it is for “%s”. Add that model first."),
            shown, card->base_name);
      else
        g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
                     _("“%s” fits none of the installed models. Add the model that it was made "
                       "for first."), shown);
      return NULL;
    }
  import = reserve (name, base, card->sha256);
  if (!copy (job->path, import->path, card, error))
    g_clear_pointer (&import, tlm_trained_import_free);
  return import;
}

static void
import_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  GError           *error = NULL;
  TlmTrainedImport *result = import (data, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) tlm_trained_import_free);
  else
    g_task_return_error (task, error);
}

void
tlm_trained_import_async (const char         *path,
                          char              **bases,
                          GAsyncReadyCallback cb,
                          gpointer            data)
{
  GTask *task = g_task_new (NULL, NULL, cb, data);
  Job   *job = g_new (Job, 1);

  *job = (Job) { g_strdup (path), g_strdupv (bases) };
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, import_thread);
  g_object_unref (task);
}

TlmTrainedImport *
tlm_trained_import_finish (GAsyncResult *r,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}

gboolean
tlm_trained_import_check (TlmDb                  *db,
                          const TlmTrainedImport *import,
                          GError                **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT out, name, trashed IS NULL FROM trainings "
                                               "WHERE finished = 1 AND full = 0 AND out <> ?", "t",
                                    import->path);
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      g_autofree char *sha256 = tlm_model_hash (tlm_db_column_text (row, 0), NULL);

      if (g_strcmp0 (sha256, import->sha256) != 0)
        continue;
      g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                   sqlite3_column_int (row, 2)
                     ? _("This specialist is here already; it is called “%s”.")
                     : _("This specialist is in the bin; it is called “%s”. Restore it there."),
                   tlm_db_column_text (row, 1));
      sqlite3_reset (row);
      return FALSE;
    }
  return more == 0;
}
