/* SPDX-License-Identifier: Apache-2.0 */
/* A summary made once more, as by a program that has just been started, so that its receipt can be
 * held against it. */
#include "engine-service-private.h"

#include "receipt.h"

#include <string.h>

static TlmReceipt *
new_receipt (TlmSummary *summary, const char *path, GError **error)
{
  TlmReceipt *receipt = tlm_receipt_new (TLM_RECEIPT_SUMMARIZE, path, error);

  if (receipt != NULL)
    tlm_receipt_take_summary (receipt, summary);
  return receipt;
}

static TlmSummary *
read_again (TlmReading *reading, TlmSummary *summary, GTask *task, GError **error)
{
  const char       *text = tlm_summary_get_text (summary);
  g_autoptr (GBytes) note = g_bytes_new_static (text, strlen (text));
  tl_read_options   options = { .cancel = tlm_engine_task_is_cancelled, .data = task };

  return tlm_reading_summarize (reading, note, tlm_summary_get_day (summary), 0, &options, error);
}

/* Gives the difference; "" for none. */
static char *
replay (const char *path, TlmSummary *summary, GTask *task, GError **error)
{
  TlmReading             anew = { .path = g_strdup (path) };
  g_autoptr (TlmSummary) second = read_again (&anew, summary, task, error);
  g_autoptr (TlmReceipt) receipt = NULL, again = NULL;
  char                  *why = NULL;

  if (second != NULL)
    receipt = new_receipt (summary, path, error);
  if (receipt != NULL)
    again = new_receipt (second, path, error);
  if (again != NULL)
    {
      g_free (receipt->model_sha256);
      receipt->model_sha256 = g_strdup (tlm_summary_get_model_sha256 (summary));
      why = tlm_receipt_explain (receipt, again);
    }
  tlm_reading_clear (&anew);
  return again == NULL ? NULL : why != NULL ? why : g_strdup ("");
}

static void
replay_job (gpointer owner, GTask *task)
{
  TlmEngineService *self = owner;
  GError           *error = NULL;
  char             *why = replay (self->reading.path, g_task_get_task_data (task), task, &error);

  if (why != NULL)
    g_task_return_pointer (task, why, g_free);
  else
    g_task_return_error (task, error);
}

void
tlm_engine_service_replay_async (TlmEngineService   *self,
                                 TlmSummary         *summary,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, g_object_ref (summary), g_object_unref);
  if (self->reading_worker != NULL)
    tlm_worker_push (self->reading_worker, task, replay_job);
  else
    tlm_engine_refuse (task);
}

gboolean
tlm_engine_service_replay_finish (TlmEngineService *self,
                                  GAsyncResult     *result,
                                  char            **why,
                                  GError          **error)
{
  char *sentence = g_task_propagate_pointer (G_TASK (result), error);

  *why = NULL;
  if (sentence == NULL)
    return FALSE;
  if (*sentence != '\0')
    *why = g_steal_pointer (&sentence);
  g_free (sentence);
  return TRUE;
}
