/* SPDX-License-Identifier: Apache-2.0 */
/* The engine service object, and its first half: a note goes to the reading thread and a summary
 * comes back. */
#include "engine-service-private.h"

#include "cpu-choice.h"
#include "core/errors.h"
#include "model-hash.h"
#include "skills/summarize.h"
#include "core/text-input.h"

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

void
tlm_reading_clear (TlmReading *reading)
{
  g_clear_pointer (&reading->reader, tl_reader_close);
  g_clear_pointer (&reading->cache, tl_reading_cache_free);
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
  tlm_reading_clear (&self->reading);
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
  self->max_context = TLM_DEFAULT_CONTEXT;
  self->reading_worker = tlm_worker_new ("tinylm-reader", self, NULL);
  self->writing_worker = tlm_worker_new ("tinylm-writer", self, NULL);
  self->completing_worker = tlm_worker_new ("tinylm-word", self, NULL);
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

gboolean
tlm_reading_load (TlmReading *reading,
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
  reading->cache = tl_reading_cache_new ();
  *load_ms = (g_get_monotonic_time () - start) / 1000.0;
  return TRUE;
}

/* Owned by its task. */
typedef struct
{
  GBytes         *note;
  gint64          written_at;
  TlmDay          day;
  TlmProgressFunc progress;
  gpointer        progress_data;
  GTask          *task; /* borrowed */
  double          fraction; /* under the lock: what was read when the idle was scheduled last */
  gboolean        pending;
  GMutex          lock;
} SummarizeJob;

static void
summarize_job_free (SummarizeJob *job)
{
  g_bytes_unref (job->note);
  g_mutex_clear (&job->lock);
  g_free (job);
}

static gboolean
show_progress (gpointer data)
{
  GTask        *task = data;
  SummarizeJob *job = g_task_get_task_data (task);
  double        fraction;

  g_mutex_lock (&job->lock);
  fraction = job->fraction;
  job->pending = FALSE;
  g_mutex_unlock (&job->lock);
  if (!g_task_get_completed (task))
    job->progress (fraction, job->progress_data);
  return G_SOURCE_REMOVE;
}

/* On the reading thread. At most one idle is on its way. */
static void
report_progress (void  *data,
                 size_t n_read,
                 size_t n_units)
{
  SummarizeJob *job = data;
  gboolean      schedule;

  if (job->progress == NULL)
    return;
  g_mutex_lock (&job->lock);
  job->fraction = (double) n_read / (double) n_units;
  schedule = !job->pending;
  job->pending = TRUE;
  g_mutex_unlock (&job->lock);
  if (schedule)
    g_main_context_invoke_full (g_task_get_context (job->task), G_PRIORITY_DEFAULT, show_progress,
                                g_object_ref (job->task), g_object_unref);
}

static bool
is_cancelled (void *data)
{
  SummarizeJob *job = data;

  return tlm_engine_task_is_cancelled (job->task);
}

TlmSummary *
tlm_reading_summarize (TlmReading            *reading,
                       GBytes                *note,
                       TlmDay                 day,
                       gint64                 written_at,
                       const tl_read_options *given,
                       GError               **error)
{
  gint64          start = g_get_monotonic_time ();
  gsize           len;
  const char     *text = g_bytes_get_data (note, &len);
  tl_read_options options = *given;
  tl_error        err = { 0 };
  TlmFrontMatter  front;
  tl_reading     *result;
  TlmSummary     *summary;
  double          load_ms;

  if (!tlm_text_check_content (text, len, error) || !tlm_reading_load (reading, &load_ms, error))
    return NULL;
  options.cache = reading->cache;
  tlm_front_matter_read (text, len, &front);
  result = tl_reader_read_with (reading->reader, text + front.end, len - front.end, &options, &err);
  if (result == NULL)
    {
      tlm_error_from_engine (error, &err);
      return NULL;
    }
  if (!tlm_day_is_set (day))
    day = tlm_note_day (text, len, &front, written_at);
  summary = tlm_skill_summarize (text, len, &front, day, result, reading->name, reading->sha256,
                                 load_ms, (g_get_monotonic_time () - start) / 1000.0);
  tl_reading_free (result);
  return summary;
}

static void
summarize_job (gpointer owner,
               GTask   *task)
{
  TlmEngineService *self = owner;
  SummarizeJob     *job = g_task_get_task_data (task);
  tl_read_options   options = { .cancel = is_cancelled, .progress = report_progress, .data = job };
  GError           *error = NULL;
  TlmSummary       *summary = tlm_reading_summarize (&self->reading, job->note, job->day,
                                                     job->written_at, &options, &error);

  if (summary != NULL)
    g_task_return_pointer (task, summary, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * tlm_engine_service_summarize_full_async:
 * @request: copied
 */
void
tlm_engine_service_summarize_full_async (TlmEngineService          *self,
                                         const TlmSummarizeRequest *request,
                                         GCancellable              *cancellable,
                                         GAsyncReadyCallback        callback,
                                         gpointer                   user_data)
{
  GTask        *task = g_task_new (self, cancellable, callback, user_data);
  SummarizeJob *job = g_new0 (SummarizeJob, 1);

  job->note = g_bytes_new (request->text,
                           request->len < 0 ? strlen (request->text) : (gsize) request->len);
  job->written_at = request->written_at;
  job->day = request->day;
  job->progress = request->progress;
  job->progress_data = request->progress_data;
  job->task = task;
  g_mutex_init (&job->lock);
  g_task_set_task_data (task, job, (GDestroyNotify) summarize_job_free);
  if (self->reading_worker != NULL)
    tlm_worker_push (self->reading_worker, task, summarize_job);
  else
    tlm_engine_refuse (task);
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
  TlmSummarizeRequest request = { .text = text, .len = len };

  tlm_engine_service_summarize_full_async (self, &request, cancellable, callback, user_data);
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
