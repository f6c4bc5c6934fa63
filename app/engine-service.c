/* SPDX-License-Identifier: Apache-2.0 */
/* The engine service object, and its first half: a note goes to the reading thread and a summary
 * comes back. */
#include "engine-service-private.h"

#include "cpu-choice.h"
#include "errors.h"
#include "model-hash.h"
#include "skills/summarize.h"
#include "text-input.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (TlmEngineService, tlm_engine_service, G_TYPE_OBJECT)

bool
tlm_engine_task_is_cancelled (void *task)
{
  TlmEngineService *self = g_task_get_source_object (task);

  return g_atomic_int_get (&self->stopping)
         || g_cancellable_is_cancelled (g_task_get_cancellable (task));
}

void
tlm_engine_refuse (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The program is closing."));
  g_object_unref (task);
}

/**
 * tlm_engine_service_shutdown:
 *
 * Stops the running jobs at their next poll, fails the waiting ones, ends the threads.
 */
void
tlm_engine_service_shutdown (TlmEngineService *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_clear_pointer (&self->reading_worker, tlm_worker_abandon);
  g_clear_pointer (&self->writing_worker, tlm_worker_abandon);
  g_clear_pointer (&self->completing_worker, tlm_worker_abandon);
}

static void
clear_reading (TlmReading *reading)
{
  g_clear_pointer (&reading->reader, tl_reader_close);
  g_clear_pointer (&reading->path, g_free);
  g_clear_pointer (&reading->sha256, g_free);
  g_clear_pointer (&reading->name, g_free);
}

/* Queued and running tasks hold a reference, so here all threads are idle. */
static void
tlm_engine_service_finalize (GObject *object)
{
  TlmEngineService *self = TLM_ENGINE_SERVICE (object);

  tlm_engine_service_shutdown (self);
  clear_reading (&self->reading);
  tlm_writing_clear (&self->writing);
  tlm_writing_clear (&self->completer);
  G_OBJECT_CLASS (tlm_engine_service_parent_class)->finalize (object);
}

static void
tlm_engine_service_class_init (TlmEngineServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_engine_service_finalize;
}

static void
tlm_engine_service_init (TlmEngineService *self)
{
  tlm_cpu_choice_apply (NULL); /* a name that is none changes nothing */
  self->reading_worker = tlm_worker_new ("tinylm-reader", self);
  self->writing_worker = tlm_worker_new ("tinylm-writer", self);
  self->completing_worker = tlm_worker_new ("tinylm-word", self);
}

TlmEngineService *
tlm_engine_service_new (const char *reader_path)
{
  TlmEngineService *self = g_object_new (TLM_TYPE_ENGINE_SERVICE, NULL);

  self->reading.path = g_strdup (reader_path);
  return self;
}

/* "/usr/share/tinylm/models/eeny.gguf" to "eeny". */
static char *
make_model_name (const char *path)
{
  char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".gguf"))
    name[strlen (name) - strlen (".gguf")] = '\0';
  return name;
}

static gboolean
check_reader_path (const char *path,
                   GError    **error)
{
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("The built-in model is missing (“%s”). Install the program again."),
               path != NULL ? path : "eeny.gguf");
  return FALSE;
}

/* @load_ms: (out): 0 when it was loaded before */
static gboolean
load_reader (TlmReading *reading,
             double     *load_ms,
             GError    **error)
{
  gint64   start = g_get_monotonic_time ();
  tl_error err = { 0 };

  *load_ms = 0;
  if (reading->reader != NULL)
    return TRUE;
  if (!check_reader_path (reading->path, error))
    return FALSE;
  reading->sha256 = tlm_model_hash (reading->path, error);
  if (reading->sha256 == NULL)
    return FALSE;
  reading->reader = tl_reader_open (reading->path, &err);
  if (reading->reader == NULL)
    {
      g_clear_pointer (&reading->sha256, g_free);
      return tlm_error_from_model (error, reading->path, &err);
    }
  reading->name = make_model_name (reading->path);
  *load_ms = (g_get_monotonic_time () - start) / 1000.0;
  return TRUE;
}

static TlmSummary *
read_note (TlmReading *reading,
           GBytes     *note,
           GTask      *task,
           GError    **error)
{
  gint64      start = g_get_monotonic_time ();
  gsize       len;
  const char *text = g_bytes_get_data (note, &len);
  gsize       bom = len >= 3 && memcmp (text, TLM_TEXT_BOM, 3) == 0 ? 3 : 0;
  tl_error    err = { 0 };
  tl_reading *result;
  TlmSummary *summary;
  double      load_ms;

  if (!tlm_text_check_content (text, len, error) || !load_reader (reading, &load_ms, error))
    return NULL;
  result = tl_reader_read (reading->reader, text + bom, len - bom, tlm_engine_task_is_cancelled,
                           task, &err);
  if (result == NULL)
    {
      tlm_error_from_engine (error, &err);
      return NULL;
    }
  summary = tlm_skill_summarize (text, len, bom, result, reading->name, reading->sha256, load_ms,
                                 (g_get_monotonic_time () - start) / 1000.0);
  tl_reading_free (result);
  return summary;
}

static void
summarize_job (gpointer owner,
               GTask   *task)
{
  TlmEngineService *self = owner;
  GError           *error = NULL;
  TlmSummary       *summary = read_note (&self->reading, g_task_get_task_data (task), task, &error);

  if (summary != NULL)
    g_task_return_pointer (task, summary, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * tlm_engine_service_summarize_async:
 * @text: (array length=len): any bytes, copied
 * @len: -1 when NUL-terminated
 */
void
tlm_engine_service_summarize_async (TlmEngineService   *self,
                                    const char         *text,
                                    gssize              len,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data)
{
  GTask  *task = g_task_new (self, cancellable, callback, user_data);
  GBytes *note = g_bytes_new (text, len < 0 ? strlen (text) : (gsize) len);

  g_task_set_task_data (task, note, (GDestroyNotify) g_bytes_unref);
  if (self->reading_worker != NULL)
    tlm_worker_push (self->reading_worker, task, summarize_job);
  else
    tlm_engine_refuse (task);
}

/**
 * tlm_engine_service_summarize_finish:
 *
 * Returns: (transfer full) (nullable)
 */
TlmSummary *
tlm_engine_service_summarize_finish (TlmEngineService *self,
                                     GAsyncResult     *result,
                                     GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
