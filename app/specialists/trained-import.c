/* SPDX-License-Identifier: Apache-2.0 */
/* The import of an adapter, up to its row in the store. */
#include "trained-import.h"

#include "core/errors.h"
#include "models/model-hash.h"
#include "specialist-card.h"
#include "training-record.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

typedef struct
{
  char  *path;
  char **bases;
} Job;

void
tlm_trained_import_free (TlmTrainedImport *import)
{
  g_free (import->name);
  g_free (import->base_path);
  g_free (import->path);
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

/* What was copied must be what was read, or nothing stays. (transfer full) (nullable): its path */
static char *
copy (const char              *from,
      const char              *name,
      const TlmSpecialistCard *card,
      GError                 **error)
{
  g_autofree char  *path = tlm_training_dup_free_path (name), *sha256 = NULL;
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (path);

  if (!g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
    return NULL;
  sha256 = tlm_model_hash (path, error);
  if (g_strcmp0 (sha256, card->sha256) == 0)
    return g_steal_pointer (&path);
  if (sha256 != NULL)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("“%s” changed while it was copied. Import it again."), from);
  g_unlink (path);
  return NULL;
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
  g_autofree char              *shown = g_filename_display_basename (job->path), *path = NULL;
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
  path = copy (job->path, name, card, error);
  if (path == NULL)
    return NULL;
  import = g_new (TlmTrainedImport, 1);
  *import = (TlmTrainedImport) { g_strdup (name), g_strdup (base), g_steal_pointer (&path) };
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
