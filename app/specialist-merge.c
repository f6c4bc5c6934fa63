/* SPDX-License-Identifier: Apache-2.0 */
/* Merging beside the window. */
#include "specialist-merge.h"

#include "errors.h"
#include "train/merge.h"

#include <glib/gstdio.h>

enum { MODEL, ADAPTER, OUT, N_PATHS };

static gboolean
merge (const tl_model *model,
       char          **paths,
       GError        **error)
{
  tl_error       err = { 0 };
  tl_adapter    *adapter = tl_adapter_open (paths[ADAPTER], model, &err);
  tl_adapter_use use = { adapter, 1.0f };
  gboolean       good;

  if (adapter == NULL)
    return tlm_error_from_model (error, paths[ADAPTER], &err);
  good = tl_merge_adapters (model, &use, 1, TL_TYPE_Q8_0, paths[OUT], &err)
         || tlm_error_from_engine (error, &err);
  tl_adapter_close (adapter);
  if (!good)
    g_unlink (paths[OUT]);
  return good;
}

static void
merge_thread (GTask        *task,
              gpointer      source,
              gpointer      paths,
              GCancellable *cancellable)
{
  char    **p = paths;
  tl_error  err = { 0 };
  GError   *error = NULL;
  tl_model *model = tl_model_open (p[MODEL], &err);

  if (model == NULL)
    tlm_error_from_model (&error, p[MODEL], &err);
  else
    merge (model, p, &error);
  tl_model_close (model);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tlm_specialist_merge_async (const char         *model_path,
                            const char         *adapter_path,
                            const char         *out_path,
                            GAsyncReadyCallback cb,
                            gpointer            data)
{
  GTask *task = g_task_new (NULL, NULL, cb, data);
  char **paths = g_new0 (char *, N_PATHS + 1);

  paths[MODEL] = g_strdup (model_path);
  paths[ADAPTER] = g_strdup (adapter_path);
  paths[OUT] = g_strdup (out_path);
  g_task_set_task_data (task, paths, (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, merge_thread);
  g_object_unref (task);
}

gboolean
tlm_specialist_merge_finish (GAsyncResult *r,
                             GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
